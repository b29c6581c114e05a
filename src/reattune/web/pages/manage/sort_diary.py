"""Entries of another diary, one at a time: a moment with somebody, or none."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST

from reattune.journal import JournalError
from reattune.journal.documents import LooseNote, Moment
from reattune.reflection.danger_recogniser import dangers_in
from reattune.web.pages.shared.access import here_or_404, to_page, with_journal
from reattune.web.pages.shared.person_choice import person_chosen, whom_to_choose
from reattune.web.pages.shared.person_form import WithWhomForm
from reattune.web.store.open_journal import OpenJournal


def waiting(opened: OpenJournal) -> list[LooseNote]:
    """What is still to be sorted, earliest first."""
    return sorted((each for each in opened.journal.all(LooseNote) if each.waits), key=lambda each: each.at)


@require_http_methods(["GET", "HEAD", "POST"])
@with_journal
def sort(request: HttpRequest, opened: OpenJournal) -> HttpResponse:
    """The earliest that waits, or the one that ``?note=`` names; once it is a moment, the following one."""
    found = waiting(opened)
    sent = request.POST if request.method == "POST" else None
    first = next(iter(found), None)
    note = (
        here_or_404(opened.journal.get, LooseNote, _id(sent.get("note", ""))) if sent else _asked(request, found, first)
    )
    form = WithWhomForm(sent, people=whom_to_choose(opened))
    if sent and note and note.waits and form.is_valid():
        try:
            with transaction.atomic():
                who = person_chosen(opened, form.cleaned_data)
                moment = opened.create(
                    Moment, relationship_id=who, at=min(note.at, opened.now), zone=note.zone, what=note.words
                )
                opened.change(note, became=moment.id, words="")
        except JournalError as error:
            form.refuse(error)
        else:
            return to_page(request, "moment", moment.id) if "open" in request.POST else to_page(request, "sort")
    if note and dangers_in(note):
        opened.typed = (*opened.typed, note.words)  # it is being read here, whenever it was written
    context = {"open": opened, "note": note, "form": form, "count": len(found)}
    return render(request, "manage/sort_diary.html", context)


def _asked(request: HttpRequest, found: list[LooseNote], first: LooseNote | None) -> LooseNote | None:
    asked = _id(request.GET.get("note", ""))
    return next((each for each in found if each.id == asked), first)


def _id(words: str) -> UUID:
    try:
        return UUID(words)
    except ValueError:
        return UUID(int=0)


@require_POST
@with_journal
def set_aside(request: HttpRequest, opened: OpenJournal, note_id: UUID) -> HttpResponse:
    """It is no moment: its words wait beside what was deleted, and the same file does not bring it again."""
    note = here_or_404(opened.journal.get, LooseNote, note_id)
    if note.waits:
        opened.amend(note, set_aside=True, words="")
    return to_page(request, "sort")
