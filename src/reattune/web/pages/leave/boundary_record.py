"""The dated record of what happened, to add to, print, copy, or take away as a file."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from reattune.journal.document_base import Document, RecordNote
from reattune.journal.documents import Attempt, Moment, Relationship, Rupture
from reattune.reflection.leaving_follow_up import record_of
from reattune.web.pages.leave.forms import RecordNoteForm
from reattune.web.pages.manage.downloads import as_file, not_sealed
from reattune.web.pages.shared.access import here_or_404, to_page, with_journal
from reattune.web.pages.shared.dates import dated
from reattune.web.pages.shared.form_page import FormPage
from reattune.web.pages.shared.template_tags import when
from reattune.web.pages.shared.wording import labels
from reattune.web.store.open_journal import OpenJournal


@dataclass(frozen=True)
class Added:
    """Something that was added to a record later, and to which entry."""

    to: Moment | Rupture
    note: RecordNote

    @property
    def key(self) -> str:
        """What tells it from the others."""
        return f"{self.to.id} {self.note.at.isoformat()}"


@require_http_methods(["GET", "HEAD", "POST"])
@with_journal
def record(request: HttpRequest, opened: OpenJournal, document_id: UUID) -> HttpResponse:
    """The dated record of what happened, and of nothing else."""
    of, documents, added = _of(opened, document_id)
    if request.method == "POST" and "take_out" in request.POST:
        _take_out(opened, added, request.POST["take_out"])
        return to_page(request, "record", of.id)
    page = FormPage(request, opened, RecordNoteForm)
    if page.can_be_kept():
        notes = [note.model_dump() for note in of.record_notes]
        opened.change(of, record_notes=[*notes, {"at": opened.now, "words": page.form.cleaned_data["words"]}])
        return page.kept("record", of.id)
    text = _as_text(opened.journal.get(Relationship, of.relationship_id), documents, added)
    return page.show("leave/boundary_record.html", of=of, added=added, as_text=text)


@require_http_methods(["GET", "HEAD", "POST"])
@with_journal
def record_file(request: HttpRequest, opened: OpenJournal, document_id: UUID) -> HttpResponse:
    """The same as a file."""
    of, documents, added = _of(opened, document_id)

    def made() -> HttpResponse:
        text = _as_text(opened.journal.get(Relationship, of.relationship_id), documents, added)
        return as_file(text.encode(), "text/plain; charset=utf-8", "record.txt")

    page = to_page(request, "record", of.id).headers["Location"]
    return not_sealed(request, opened, _("Your record as a file"), made, back=page)


def _of(opened: OpenJournal, document_id: UUID) -> tuple[Moment | Rupture, list[Document], list[Added]]:
    """What the record is of, what it shows, and what was added to it."""
    moment = opened.journal.find(Moment, document_id)
    of: Moment | Rupture = moment or here_or_404(opened.journal.get, Rupture, document_id)
    documents = [entry.document for entry in record_of(opened.journal, of)]
    return of, documents, _added(of, documents)


def _added(of: Moment | Rupture, documents: Iterable[Document]) -> list[Added]:
    """What was added to a record, and to those of its moments, earliest first."""
    holds = {each.id: each for each in (of, *documents) if isinstance(each, (Moment, Rupture))}
    found = {each.note: each for holder in holds.values() for each in (Added(holder, n) for n in holder.record_notes)}
    return sorted(found.values(), key=lambda each: each.note.at)


def _take_out(opened: OpenJournal, added: Iterable[Added], key: str) -> None:
    """Out of the record; the entry as it was with it waits beside what was deleted."""
    for each in added:
        if each.key == key:
            rest = [note.model_dump() for note in each.to.record_notes if note != each.note]
            opened.amend(each.to, record_notes=rest)


def _as_text(who: Relationship, documents: Iterable[Document], added: Iterable[Added]) -> str:
    head = _("Record made on %(day)s. About: %(name)s") % {
        "day": dated(timezone.localdate(), "day"),
        "name": who.name,
    }
    parts = [head]
    for each in documents:
        if isinstance(each, Moment):
            lines = [
                f"{_day_of(each)} {_written(each)}",
                _from_file(each, each),
                labels("cause")[each.cause] if each.cause != "other" else "",
                each.what,
                *_ticked(each),
            ]
        elif isinstance(each, Attempt):
            lines = [f"{dated(each.local(each.at), 'day')} {_written(each)}", _from_file(each, each)]
            lines += [_("I brought it up."), *(labels("met")[met] for met in each.met)]
            lines += [each.they_said, each.feel_now, each.agreed]
        parts.append("\n".join(line for line in lines if line))
    for one in added:
        day = dated(one.to.local(one.note.at), "day_and_time")
        lines = [_("Added on %(day)s:") % {"day": day}, _from_file(one.note, one.to), one.note.words]
        parts.append("\n".join(line for line in lines if line))
    return "\n\n".join(parts) + "\n"


def _written(of: Moment | Attempt) -> str:
    """When it was written down; and where it was changed on a later day, when that was."""
    day = dated(of.local(of.created), "day_and_time")
    if not (of.reworded and _on_a_later_day(of.reworded, of)):
        return _("(written down on %(day)s)") % {"day": day}
    later = dated(of.local(of.reworded), "day_and_time")
    return _("(written down on %(day)s, changed on %(later)s)") % {"day": day, "later": later}


def _from_file(of: Moment | Attempt | RecordNote, within: Document) -> str:
    if of.brought is None:
        return ""
    return _("From a file that was imported on %(day)s.") % {"day": dated(within.local(of.brought), "day")}


def _ticked(moment: Moment) -> list[str]:
    lines = [labels("crossed")[line] for line in moment.crossed]
    if not (moment.crossed_on and _on_a_later_day(moment.crossed_on, moment)):
        return [_("From a list, I ticked: “%(line)s”.") % {"line": line} for line in lines]
    day = dated(moment.local(moment.crossed_on), "day")
    return [_("From a list, I ticked on %(day)s: “%(line)s”.") % {"day": day, "line": line} for line in lines]


def _on_a_later_day(at: datetime, of: Document) -> bool:
    return of.local_day(at) > of.local_day(of.created)


def _day_of(moment: Moment) -> str:
    if moment.has_day:
        return dated(moment.local(moment.at), "day")
    return _("No day given") if moment.no_day else when(moment)
