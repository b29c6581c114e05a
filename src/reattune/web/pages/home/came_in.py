"""Came in: what arrived while the journal was locked, until the person takes it in or deletes it.

Whatever it says is from anybody: it is shown as words, and changes nothing until it is taken in.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from reattune.journal import JournalError
from reattune.journal.codec import encode
from reattune.journal.documents import Address, CameIn, LooseNote, Removed
from reattune.journal.documents.letters import AnswerLetter, NoteLetter, RatingLetter, ShareLetter
from reattune.journal.vocabulary import JournalKind, RelationshipStatus
from reattune.reflection.danger_recogniser import danger_came_in
from reattune.web.pages.clients.letters import taken_by_therapist, would_replace
from reattune.web.pages.home.taken_in import TakenIn, as_answer, entry_of
from reattune.web.pages.notice.instruments import answers_as_lines
from reattune.web.pages.shared.access import here_or_404, to_page, with_either_journal
from reattune.web.store.letterbox import look_for_letters, still_waiting
from reattune.web.store.open_journal import Conflict, OpenJournal

# From so many on, all of them can be deleted at once.
MANY = 3


def _as_note(words: Callable[[Any], str], source: Callable[[Any], str]) -> Callable[[OpenJournal, CameIn], TakenIn]:
    def taken(opened: OpenJournal, letter: CameIn) -> TakenIn:
        given = {"words": words(letter.content), "source": source(letter.content)[:200]}
        note = opened.make(LooseNote, id=entry_of(letter), at=letter.at, letter=True, **given)
        return TakenIn([note], "sort", query=f"?note={note.id}")

    return taken


def _from_locked(_letter: NoteLetter) -> str:
    return _("written while locked")


def _from_answer(letter: AnswerLetter) -> str:
    return _("an answer, signed %(name)s") % {"name": letter.name} if letter.name else _("an answer")


def _from_share(letter: ShareLetter) -> str:
    return _("something shared, signed %(name)s") % {"name": letter.name} if letter.name else _("something shared")


def _answered(opened: OpenJournal, letter: CameIn) -> TakenIn:
    """With what was shared, in their words; where that is not here any more, a note like any other."""
    return as_answer(opened, letter) or _as_note(lambda each: each.words, _from_answer)(opened, letter)


def _rated(opened: OpenJournal, letter: CameIn) -> TakenIn:
    """Ratings of somebody else's client: their words, and all that was answered."""
    said = letter.content
    lines = answers_as_lines(opened, said.instrument, said.answers) if isinstance(said, RatingLetter) else []
    return _as_note(lambda each: "\n".join(filter(None, [each.words, *lines])), lambda _each: _("ratings"))(
        opened, letter
    )


def _as_lines(letter: ShareLetter) -> str:
    return "\n".join(filter(None, [letter.title, *letter.lines]))


# By the kind of the letter: what it becomes when it is taken in. A therapist's are in `clients.letters`.
TAKING_IN: dict[str, Callable[[OpenJournal, CameIn], TakenIn]] = {
    "note": _as_note(lambda letter: letter.words, _from_locked),
    "answer": _answered,
    "share": _as_note(_as_lines, _from_share),
    "rating": _rated,
}


def what_came_in(opened: OpenJournal, most: int) -> dict[str, Any]:
    """For a page: the latest that wait, how many more do, and what was taken away because nobody could read it."""
    waiting = sorted(opened.journal.all(CameIn), key=lambda each: (each.arrived, each.at, each.id), reverse=True)
    addresses = opened.journal.all(Address)
    read = (
        waiting if opened.kind is JournalKind.THERAPIST else [n for n in waiting if isinstance(n.content, NoteLetter)]
    )
    if danger_came_in(read):
        opened.at_the_words = True  # where to turn, in full: nobody could say it when this was written
    return {
        "came_in": waiting[:most],
        "clients": [each for each in opened.journal.clients if each.status is RelationshipStatus.CURRENT],
        "replacing": [each.id for each in waiting[:most] if would_replace(opened, each)],
        "came_in_all": len(waiting),
        "came_in_more": max(0, len(waiting) - most),
        "unreadable": sum(each.unreadable for each in addresses),
        "repeated": sum(each.repeated for each in addresses),
        "notes_to_sort": sum(each.letter and each.waits for each in opened.journal.all(LooseNote)),
    }


@require_safe
@with_either_journal
def came_in(request: HttpRequest, opened: OpenJournal) -> HttpResponse:
    """All that waits, the latest first, whole."""
    look_for_letters(opened)
    waits = len(opened.journal.all(CameIn))
    context = {"open": opened, "whole": True, "many": waits >= MANY, **what_came_in(opened, waits)}
    context |= {"whose": "whose" in request.GET, "sealed": still_waiting(opened)}
    return render(request, "home/came_in.html", context)


@require_POST
@with_either_journal
def take(request: HttpRequest, opened: OpenJournal, letter_id: UUID) -> HttpResponse:
    """Make an entry of it: in one transaction, and once."""
    letter = here_or_404(opened.journal.get, CameIn, letter_id)
    try:
        return _taken(request, opened, letter)
    except JournalError as error:
        context = {"open": opened, "sentence": str(error), "back": to_page(request, "came-in").headers["Location"]}
        return render(request, "shared/refused.html", context, status=409)


def _taken(request: HttpRequest, opened: OpenJournal, letter: CameIn) -> HttpResponse:
    if opened.kind is JournalKind.THERAPIST:
        found = taken_by_therapist(opened, letter, request.POST.get("client", ""))
        if found is None:
            answer = to_page(request, "came-in")
            answer.headers["Location"] += "?whose"
            return answer
        taken = found
    else:
        taken = TAKING_IN[letter.content.kind](opened, letter)
    try:
        # Taken in on another computer, it came here with that one's file: what was made of it since stays.
        written = [] if opened.journal.holds(entry_of(letter)) else taken.written
        opened.write_and_discard(written, [letter, *taken.along], once=True)
    except Conflict:
        return to_page(request, "came-in")  # another window was faster
    answer = to_page(request, taken.page, *taken.args)
    answer.headers["Location"] += taken.query
    return answer


@require_POST
@with_either_journal
def all_away(request: HttpRequest, opened: OpenJournal) -> HttpResponse:
    """Delete all that waits, as one thing that can be restored for thirty days."""
    waiting = opened.journal.all(CameIn)
    if waiting:
        title = ngettext("%(n)d thing that came in", "%(n)d things that came in", len(waiting)) % {"n": len(waiting)}
        kept = opened.make(
            Removed,
            at=opened.now,
            title=title,
            kind_of="came_in",
            documents=tuple(encode(each).decode() for each in waiting),
        )
        opened.write_and_discard([kept], waiting, once=True)
    return to_page(request, "deleted")


@require_POST
@with_either_journal
def seen(request: HttpRequest, opened: OpenJournal) -> HttpResponse:
    """It was read how many could not be read: that need not be said again."""
    for each in opened.journal.all(Address):
        if each.unreadable or each.repeated:
            opened.change(each, unreadable=0, repeated=0)
    return to_page(request, "today")
