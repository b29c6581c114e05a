"""What is not the person's to mend: ticking it, the record of it, and where to turn."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from reattune.journal.document import Document
from reattune.journal.documents import Moment, Relationship, Rupture
from reattune.reflection.leaving import record_of
from reattune.web.pages.access import here_or_404, to_page, with_journal
from reattune.web.pages.forms.care import CrossedForm
from reattune.web.pages.words import advice, care, labels, regions
from reattune.web.store.opening import OpenJournal


@require_POST
@with_journal
def tick_moment(request: HttpRequest, opened: OpenJournal, moment_id: UUID) -> HttpResponse:
    """Which lines a moment crossed, by the person's own tick; and none, to take it back."""
    _tick(request, opened, here_or_404(opened.journal.get, Moment, moment_id))
    return to_page(request, "moment", moment_id)


@require_POST
@with_journal
def tick_rupture(request: HttpRequest, opened: OpenJournal, rupture_id: UUID) -> HttpResponse:
    """The same for a rupture as a whole."""
    _tick(request, opened, here_or_404(opened.journal.get, Rupture, rupture_id))
    return to_page(request, "mend", rupture_id)


def _tick(request: HttpRequest, opened: OpenJournal, document: Moment | Rupture) -> None:
    form = CrossedForm(request.POST)
    if form.is_valid():
        opened.change(document, crossed=form.cleaned_data["crossed"])


def _found(opened: OpenJournal, document_id: UUID) -> Moment | Rupture:
    moment = opened.journal.find(Moment, document_id)
    found: Moment | Rupture = moment or here_or_404(opened.journal.get, Rupture, document_id)
    return found


@require_safe
@with_journal
def record(request: HttpRequest, opened: OpenJournal, document_id: UUID) -> HttpResponse:
    """The dated record of what happened, and of nothing else: to print, to copy, to take away as a file."""
    of = _found(opened, document_id)
    entries = record_of(opened.journal, of)
    who = opened.journal.get(Relationship, of.relationship_id)
    text = _as_text(who, [entry.document for entry in entries])
    if "file" in request.GET:
        answer = HttpResponse(text, content_type="text/plain; charset=utf-8")
        answer["Content-Disposition"] = 'attachment; filename="record.txt"'
        return answer
    context = {"open": opened, "of": of, "who": who, "entries": entries, "as_text": text}
    return render(request, "pages/record.html", context)


def _as_text(who: Relationship, documents: list[Document]) -> str:
    head = _("Record, made on %(day)s. Concerning: %(name)s.") % {
        "day": f"{timezone.localdate():%d %B %Y}",
        "name": who.name,
    }
    parts = [head]
    for each in documents:
        if isinstance(each, Moment):
            written = _("(written down on %(day)s)") % {"day": f"{timezone.localtime(each.created):%d %B %Y, %H:%M}"}
            lines = [
                f"{timezone.localtime(each.at):%d %B %Y} {written}",
                labels("cause")[each.cause] if each.cause != "other" else "",
                each.what,
            ]
            lines += [labels("crossed")[line] for line in each.crossed]
        else:
            lines = [f"{timezone.localtime(each.at):%d %B %Y}", _("Spoken about.")]  # type: ignore[attr-defined]
            lines += [labels("met")[met] for met in each.met] + [each.feel_now, each.agreed]  # type: ignore[attr-defined]
        parts.append("\n".join(line for line in lines if line))
    return "\n\n".join(parts) + "\n"


@require_http_methods(["GET", "HEAD"])
@with_journal
def turn_to(request: HttpRequest, opened: OpenJournal) -> HttpResponse:
    """Independent advice and complaint, by country, with what was not found."""
    preferences = opened.journal.preferences
    region = request.GET.get("region", preferences.region if preferences else "")
    context = {"open": opened, "advice": advice(region), "region": region, "regions": regions(), "safe": care()["safe"]}
    return render(request, "pages/turn_to.html", context)
