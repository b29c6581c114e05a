"""Deleting one thing, with thirty days to think better of it; and erasing somebody from the journal for good."""

from __future__ import annotations

from collections import Counter
from uuid import UUID

from django import forms
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from reattune.journal import JournalError
from reattune.journal.deletion import (
    Removal,
    before_replacing,
    readable,
    remaining,
    removal,
    returning,
    title_of,
    without,
    without_trace,
)
from reattune.journal.document_base import Document
from reattune.journal.documents import (
    Answer,
    Attempt,
    Belief,
    CameIn,
    Candidate,
    CheckIn,
    ClientNote,
    Draft,
    Ending,
    Fit,
    Moment,
    Observation,
    Pattern,
    Practice,
    Relationship,
    Removed,
    Rupture,
    Session,
    Share,
    TalkPlan,
    TriedAnswer,
    Unsaid,
    Vector,
)
from reattune.journal.documents.unsorted_and_deleted import KEPT_FOR
from reattune.journal.names_in_titles import removed_less_name
from reattune.journal.vocabulary import JournalKind
from reattune.web.http.redirect_within import redirect_within
from reattune.web.pages.shared.access import asked_for, here_or_404, to_page, with_either_journal
from reattune.web.pages.shared.confirm_passphrase import GraveForm, confirmed
from reattune.web.pages.shared.document_urls import address_in
from reattune.web.pages.shared.template_tags import shortened, when
from reattune.web.pages.shared.wording import labels
from reattune.web.store.erasure import wipe
from reattune.web.store.letterbox import look_for_letters
from reattune.web.store.open_journal import OpenJournal
from reattune.web.store.shared_links import kept_elsewhere, lead_somewhere, note_opened, take_back

DELETABLE = (
    Moment,
    CheckIn,
    Unsaid,
    Rupture,
    TalkPlan,
    Attempt,
    Ending,
    Belief,
    Pattern,
    Practice,
    Candidate,
    Share,
    Answer,
    Relationship,
    CameIn,
    ClientNote,
    Observation,
    TriedAnswer,
)
_FIRST_WORDS = 60
# What a person never made by hand is not counted to them.
_BESIDE = (Vector, Session)


class EraseSomebodyForm(GraveForm):
    """Sure, and allowed."""

    sure = forms.BooleanField(
        label=gettext_lazy("Erase this person and everything with them, for good"),
        error_messages={"required": gettext_lazy("Tick this if you mean it.")},
    )


@require_http_methods(["GET", "HEAD", "POST"])
@with_either_journal
def delete(request: HttpRequest, opened: OpenJournal, document_id: UUID) -> HttpResponse:
    """Say what goes along; then put it away for thirty days."""
    document = next((each for kind in DELETABLE if (each := opened.journal.find(kind, document_id))), None)
    if document is None:
        raise Http404
    try:
        going = removal(opened.journal, document)
    except JournalError as error:
        context = {"open": opened, "sentence": str(error), "back": address_in(opened, document)}
        return render(request, "shared/refused.html", context, status=409)
    if request.method == "POST":
        going = _without_links(opened, document, going)
        fields = {"at": opened.now, "title": title_of(opened.journal, document), "kind_of": document.kind}
        kept = opened.create(Removed, **fields, **going.kept_as())
        try:
            opened.write_and_discard(going.left, going.gone)
        except Exception:
            opened.discard(kept)  # nothing was deleted, so nothing has to come back
            raise
        return to_page(request, "deleted")
    context = {
        "open": opened,
        "back": address_in(opened, document),
        "what": labels("kind")[document.kind],
        "title": title_of(opened.journal, document),
        "along": _along(going),
        "days": KEPT_FOR.days,
        "elsewhere": kept_elsewhere(_shared(going), opened.now),
    }
    return render(request, "manage/delete.html", context)


def _without_links(opened: OpenJournal, document: Document, going: Removal) -> Removal:
    """What goes, with its web links taken back: nothing leads to what was deleted, nor does when it is restored."""
    if not lead_somewhere(_shared(going)):
        return going
    note_opened(opened)
    with transaction.atomic():
        for each in take_back(opened.journal.get(Share, each.id) for each in _shared(going)):
            opened.change(each, taken_back=opened.now)
    return removal(opened.journal, opened.journal.document(document.id) or document)


def _shared(going: Removal) -> list[Share]:
    return [each for each in going.gone if isinstance(each, Share)]


def _along(going: Removal) -> list[tuple[str, int]]:
    words = labels("kind")
    counted = Counter(each.kind for each in going.gone[1:] if not isinstance(each, _BESIDE))
    return [(words.get(kind, kind), count) for kind, count in counted.most_common()]


@require_safe
@with_either_journal
def deleted(request: HttpRequest, opened: OpenJournal) -> HttpResponse:
    """What can still come back; and where it is, if something just did (``?back=``)."""
    try:
        back = opened.journal.document(UUID(request.GET.get("back", "")))
    except ValueError:
        back = None
    return _page(request, opened, back=back, left=_left_over(request, opened))


def _page(
    request: HttpRequest,
    opened: OpenJournal,
    problem: str = "",
    status: int = 200,
    back: Document | None = None,
    left: str = "",
) -> HttpResponse:
    words = labels("kind")
    rows = [
        {
            "kept": each,
            "what": words.get(each.kind_of, each.kind_of),
            "until": each.at + KEPT_FOR,
            "known_by": _known_by(opened, each),
        }
        for each in sorted(opened.journal.all(Removed), key=lambda each: each.at, reverse=True)
    ]
    context = {"open": opened, "rows": rows, "days": KEPT_FOR.days, "problem": problem, "left": left}
    if back:
        title = title_of(opened.journal, back) or labels("kind").get(back.kind, "")
        context["back"] = {"title": title, "address": address_in(opened, back)}
    return render(request, "manage/recently_deleted.html", context, status=status)


def _known_by(opened: OpenJournal, removed: Removed) -> list[str]:
    """What tells it from others that begin alike: of a moment with whom, which kind and when; of leaving, its form."""
    document = next(iter(readable(removed.documents)), None)
    if isinstance(document, Moment):
        who = opened.journal.find(Relationship, document.relationship_id)
        return [*([who.name] if who else []), labels("cause")[document.cause], when(document)]
    if isinstance(document, Ending):
        first = shortened(next(iter(document.written), ""), _FIRST_WORDS)
        return [labels("ending")[document.form], *([first] if first and first != removed.title else [])]
    if isinstance(document, Fit):
        # One list of many: known by what is on it no more.
        here = opened.journal.find(Fit, document.id)
        left = {each.words for each in here.needs} if here else set()
        return [shortened(each.words, _FIRST_WORDS) for each in document.needs if each.words not in left]
    return []


@require_POST
@with_either_journal
def bring_back(request: HttpRequest, opened: OpenJournal, removed_id: UUID) -> HttpResponse:
    """Put it where it was."""
    removed = here_or_404(opened.journal.get, Removed, removed_id)
    try:
        weighed, mended = returning(opened.journal, removed, opened.now)
    except JournalError as error:
        return _page(request, opened, str(error), status=409)
    if weighed.refused and not weighed.changes:
        return _page(request, opened, weighed.refused[0][1], status=409)
    # What follows from it (where a story stands) is no form of its own that could come back.
    newer = weighed.newer[:1] if removed.changed else weighed.newer
    beside = before_replacing(opened.journal, newer, opened.now, changed=removed.changed or not removed.replaced)
    left = remaining(opened.journal, removed, {each.id for each, _ in weighed.refused})
    written = [*weighed.changes, *mended, *beside, *([left] if left else [])]
    opened.write_and_discard(written, [] if left else [removed])
    back = next((each for each in readable(removed.documents) if opened.journal.holds(each.id)), None)
    if isinstance(back, Draft):
        return redirect_within(back.form, to_page(request, "deleted"))
    place = request.path.removesuffix(f"{removed_id}/back/")
    return redirect(f"{place}?back={back.id if back else ''}{f'&left={left.id}' if left else ''}")


def _left_over(request: HttpRequest, opened: OpenJournal) -> str:
    """Why something that was restored came back in part only (``?left=``)."""
    removed = asked_for(request, opened, Removed, "left")
    if removed is None:
        return ""
    try:
        weighed, _mended = returning(opened.journal, removed, opened.now)
    except JournalError as error:
        return str(error)
    return weighed.refused[0][1] if weighed.refused else ""


@require_http_methods(["GET", "HEAD", "POST"])
@with_either_journal
def forget(request: HttpRequest, opened: OpenJournal, removed_id: UUID) -> HttpResponse:
    """Gone at once, and not in thirty days: asked first, for there is no way back."""
    removed = here_or_404(opened.journal.get, Removed, removed_id)
    form = GraveForm(request.POST if request.method == "POST" else None, opened=opened)
    if confirmed(request, opened, form):
        opened.discard(removed)
        wipe()
        return to_page(request, "deleted")
    what = labels("kind").get(removed.kind_of, removed.kind_of)
    return render(
        request, "manage/delete_for_good.html", {"open": opened, "form": form, "removed": removed, "what": what}
    )


@require_http_methods(["GET", "HEAD", "POST"])
@with_either_journal
def erase_somebody(request: HttpRequest, opened: OpenJournal, relationship_id: UUID) -> HttpResponse:
    """Erase somebody and everything with them, after a last chance to take it along. There is no way back."""
    person = here_or_404(opened.journal.get, Relationship, relationship_id)
    look_for_letters(opened)  # what they rated on this device may still lie sealed before the door
    going = without_trace(opened.journal, person)
    form = EraseSomebodyForm(request.POST if request.method == "POST" else None, opened=opened)
    if confirmed(request, opened, form):
        ids = {each.id for each in going.gone}
        drafts = Draft.model_fields["kind"].default
        # What is being typed may be about them; which form it belongs to does not tell.
        typed = [*opened.journal.all(Draft), *(each for each in opened.journal.all(Removed) if each.kind_of == drafts)]
        deleted_before = [each for each in opened.journal.all(Removed) if each.kind_of != drafts]
        left = {each.id: without(opened.journal, removed_less_name(each, person), ids) for each in deleted_before}
        traces = [each for each in deleted_before if left[each.id] is None]
        of_others = [kept for each in deleted_before if (kept := left[each.id]) and kept is not each]
        take_back(_shared(going))
        opened.write_and_discard([*going.left, *of_others], [*going.gone, *traces, *typed])
        wipe()
        return to_page(request, "people" if opened.kind is JournalKind.PERSON else "clients")
    elsewhere = kept_elsewhere(_shared(going), opened.now)
    context = {"open": opened, "form": form, "person": person, "along": _along(going), "elsewhere": elsewhere}
    return render(request, "manage/erase_person.html", context)
