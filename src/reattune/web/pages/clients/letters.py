"""Letters in a therapist's journal: ratings that a client gave on this device, and what clients share or write."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.utils.translation import gettext as _

from reattune.journal.codec import encode
from reattune.journal.deletion import before_replacing, title_of
from reattune.journal.documents import (
    CameIn,
    CheckIn,
    ClientNote,
    Document,
    Relationship,
    Removed,
    Session,
)
from reattune.journal.documents.letters import AnswerLetter, NoteLetter, RatingLetter, ShareLetter
from reattune.journal.vocabulary import RelationshipKind
from reattune.web.pages.clients.sessions import sessions_on
from reattune.web.pages.home.taken_in import TakenIn, as_answer, entry_of
from reattune.web.pages.shared.form_fields import moment_of
from reattune.web.store.open_journal import OpenJournal


def client_of(opened: OpenJournal, letter: CameIn) -> Relationship | None:
    """Whose ratings a letter holds, if they are a client here."""
    said = letter.content
    return _client(opened, said.client_id) if isinstance(said, RatingLetter) else None


def _client(opened: OpenJournal, client_id: UUID | None) -> Relationship | None:
    found = opened.journal.find(Relationship, client_id)
    return found if found and found.role is RelationshipKind.CLIENT else None


def taken_by_therapist(opened: OpenJournal, letter: CameIn, chosen: str) -> TakenIn | None:
    """What a letter becomes: a check-in, an answer to what was shared, or words on a client's page.

    ``chosen`` is the id of the client it is from, where the letter does not say it; ``None`` where nobody was chosen.
    """
    said = letter.content
    if answer := as_answer(opened, letter):
        return answer
    client = client_of(opened, letter)
    if client is None:
        try:
            client = _client(opened, UUID(chosen))
        except ValueError:
            return None
    if client is None:
        return None
    if isinstance(said, RatingLetter):
        earlier = _corrected_by(opened, letter, said)
        written = [*_rated(opened, client, letter, said), *(_kept(opened, each) for each in earlier)]
        return TakenIn(written, "client", (client.id,), along=earlier)
    note = opened.make(
        ClientNote,
        id=entry_of(letter),
        relationship_id=client.id,
        at=letter.at,
        words=_words(said),
        source=_source(said),
    )
    return TakenIn([note], "client", (client.id,), "#notes")


def _corrected_by(opened: OpenJournal, letter: CameIn, said: RatingLetter) -> tuple[CameIn, ...]:
    """What the client saved of the same session before this, and it waits still: it must not take its place later."""
    whose = (said.client_id, said.day, _asked(said.instrument))
    return tuple(
        each
        for each in opened.journal.all(CameIn)
        if isinstance(each.content, RatingLetter)
        and (each.content.client_id, each.content.day, _asked(each.content.instrument)) == whose
        and each.at < letter.at
    )


def _asked(instrument: str) -> str:
    """A questionnaire, whatever version of it."""
    return instrument.rpartition("/")[0]


def _kept(opened: OpenJournal, letter: CameIn) -> Removed:
    title = title_of(opened.journal, letter)
    documents = (encode(letter).decode(),)
    return opened.make(Removed, at=opened.now, title=title, kind_of=letter.kind, documents=documents)


def would_replace(opened: OpenJournal, letter: CameIn) -> CheckIn | None:
    """The check-in whose place a letter takes once it is saved: the same client's, of that day, by the same
    questionnaire. Of a letter that names nobody who is here it is not known to be theirs."""
    said, client = letter.content, client_of(opened, letter)
    if client is None or not isinstance(said, RatingLetter):
        return None
    there = (opened.journal.check_in_of(each) for each in sessions_on(opened, client, _day(opened, said)))
    return next((each for each in there if each and _asked(each.instrument) == _asked(said.instrument)), None)


def _rated(opened: OpenJournal, client: Relationship, letter: CameIn, said: RatingLetter) -> list[Document]:
    """The check-in with its session; where the client had rated the same questions that day, the earlier form waits
    beside what was deleted. A check-in that is another's or asks something else stays, and this is of a session more.
    """
    given = {"instrument": said.instrument, "answers": said.answers}
    if before := would_replace(opened, letter):
        newer = opened.changed(before, **given, note=said.words or before.note)
        return [newer, *before_replacing(opened.journal, [newer], opened.now)]
    day, made = _day(opened, said), list[Document]()
    there = sessions_on(opened, client, day)
    session = next((each for each in there if opened.journal.check_in_of(each) is None), None)
    if session is None:
        session = opened.make(Session, relationship_id=client.id, at=_at(opened, day))
        made.append(session)
    return [*made, opened.make(CheckIn, id=entry_of(letter), session_id=session.id, **given, note=said.words)]


def _day(opened: OpenJournal, said: RatingLetter) -> date:
    """Of the session; a day that is still to come is today's."""
    return min(said.day, opened.journal.preferences.local_day(opened.now)) if opened.journal.preferences else said.day


def _at(opened: OpenJournal, day: date) -> object:
    return moment_of(day, opened.now, opened.zone)


def _words(said: NoteLetter | AnswerLetter | ShareLetter) -> str:
    return "\n".join(filter(None, [said.title, *said.lines])) if isinstance(said, ShareLetter) else said.words


def _source(said: NoteLetter | AnswerLetter | ShareLetter) -> str:
    name = "" if isinstance(said, NoteLetter) else said.name
    if name:
        return _("shared with you, signed “%(name)s”") % {"name": name[:150]}
    return _("written on this device, locked") if isinstance(said, NoteLetter) else _("shared with you")
