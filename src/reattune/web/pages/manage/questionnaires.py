"""Settings: the questionnaire of the check-in."""

from __future__ import annotations

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from reattune import content
from reattune.journal import JournalError
from reattune.journal.documents import Instrument
from reattune.journal.documents.relationship import InstrumentDefinition
from reattune.journal.merge import check_key
from reattune.journal.questionnaires_brought import check_same
from reattune.web.pages.notice.check_in_forms import QuestionnaireForm
from reattune.web.pages.notice.instruments import STRUCTURES, in_use, instruments_of, own_check_in, structure
from reattune.web.pages.shared.access import to_page, with_either_journal
from reattune.web.pages.shared.kept_drafts import put_away
from reattune.web.store.open_journal import OpenJournal


@require_http_methods(["GET", "HEAD", "POST"])
@with_either_journal
def questionnaires(request: HttpRequest, opened: OpenJournal) -> HttpResponse:
    """Which questions the check-in asks, and room for others."""
    posted = request.method == "POST"
    form = QuestionnaireForm(request.POST if posted else None, request.FILES if posted else None)
    if form.is_valid() and _may_be_kept(opened, form):
        _keep(opened, form.definition)
        return to_page(request, "questionnaires")
    context = {
        "open": opened,
        "form": form,
        "known": [*instruments_of(opened).values()],
        "in_use": in_use(opened),
        "half_written": bool(opened.drafts("/check/")),
        "structures": [structure(key) for key in STRUCTURES],
    }
    return render(request, "manage/questionnaires.html", context)


def _loaded(opened: OpenJournal, name: str) -> list[Instrument]:
    """One, or one of each computer on which it was loaded before their journals met."""
    return [each for each in opened.journal.all(Instrument) if each.definition.name == name]


def _may_be_kept(opened: OpenJournal, form: QuestionnaireForm) -> bool:
    """Answers given so far must go on meaning what they meant."""
    try:
        check_key(form.definition)
        for known in _loaded(opened, form.definition.name):
            check_same(known.definition, form.definition)
    except JournalError as error:
        form.add_error("file", str(error))
        return False
    return True


def _keep(opened: OpenJournal, definition: InstrumentDefinition) -> None:
    loaded = _loaded(opened, definition.name)
    with transaction.atomic():
        for known in loaded:
            opened.amend(known, definition=definition.model_dump())
        if not loaded:
            opened.create(Instrument, definition=definition.model_dump())


@require_POST
@with_either_journal
def use(request: HttpRequest, opened: OpenJournal) -> HttpResponse:
    """Ask these questions from the next check-in on."""
    name = request.POST.get("name", "")
    preferences = opened.journal.preferences
    if preferences and name in instruments_of(opened):
        opened.change(preferences, instrument="" if name == own_check_in().name else name)
        for draft in opened.drafts("/check/"):
            put_away(opened, draft)
    return to_page(request, "questionnaires")


@require_safe
@with_either_journal
def structure_file(request: HttpRequest, opened: OpenJournal, key: str) -> HttpResponse:
    """A structure without wording, as the file to fill in."""
    if key not in STRUCTURES:
        raise Http404
    answer = HttpResponse(content.text("instruments", f"{key}.toml"), content_type="text/plain; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{key}.toml"'
    return answer
