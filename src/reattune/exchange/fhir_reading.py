"""Check-ins out of a FHIR bundle, R4 or R5, whoever wrote it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from reattune.content.translated_sentences import say
from reattune.exchange.deterministic_ids import made_at
from reattune.exchange.errors import ExchangeError
from reattune.exchange.fhir_before import CameBefore, check_in_id, session_id
from reattune.exchange.fhir_bundle import Response, parts_of, read_all
from reattune.exchange.fhir_questionnaires import Said, questionnaires_for
from reattune.exchange.fhir_subjects import whole_subject
from reattune.exchange.fhir_therapists import Course, with_therapists
from reattune.journal import Journal, JournalError
from reattune.journal.documents import Document
from reattune.journal.documents.relationship import CheckIn, InstrumentDefinition, Relationship, Session

_NAMED = 5
# Where clocks differ by parts of an hour; whole hours have zones of their own.
_PARTS_OF_HOURS = (
    "Asia/Kolkata", "America/St_Johns", "Asia/Tehran", "Asia/Kabul", "Asia/Kathmandu", "Asia/Yangon",
    "Australia/Adelaide", "Australia/Darwin", "Australia/Eucla", "Pacific/Chatham", "Pacific/Marquesas",
)  # fmt: skip


@dataclass(frozen=True)
class Found:
    """What a bundle holds.

    Attributes:
        documents: questionnaires that are not known here, then sessions with their check-ins.
        left_out: sentences about answers that don't count or could not be read, if there are any.
        notes: sentences about those whose answers they are.
        courses: sessions of which nothing says with whom they were.
        guessed: the names of new questionnaires of which the bundle doesn't say what their numbers mean.
    """

    documents: list[Document]
    left_out: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    guessed: tuple[str, ...] = ()
    courses: tuple[Course, ...] = ()


def from_fhir(
    content: bytes,
    instruments: Mapping[str, InstrumentDefinition],
    therapist: Relationship,
    name: str = "The file",
    zone: str = "UTC",
    journal: Journal | None = None,
    chosen: Mapping[str, str] | None = None,
) -> Found:
    """Sessions and check-ins from the QuestionnaireResponses of a bundle, R4 or R5.

    Answers to a questionnaire of the bundle that is not known here bring that questionnaire along as an `Instrument`,
    its scale as the answers show it; answers that a known one has no room for, a new version of it. Answers inside
    groups count like others. All other resources are passed over.

    Args:
        content: of the file, which is called ``name``.
        instruments: the questionnaires that are known here, by name.
        therapist: whose sessions these are, where nothing says otherwise.
        zone: that of the journal, see `_zone_of`.
        journal: in which answers may be that came in before, and therapists.
        chosen: who else's they are, see `with_therapists`.

    Raises:
        ExchangeError: it is not such a bundle, it holds answers of several people, or an answer cannot be read; it
            names the place.
    """
    parts = parts_of(content, name)
    responses = parts.responses.values()
    people = {json.dumps(whole_subject(each), sort_keys=True) for each in responses if each.get("subject")}
    if len(people) > 1:
        raise ExchangeError(
            say(
                "{name} holds the answers of {n} people. Choose a file that holds only yours.",
                name=name,
                n=len(people),
            )
        )
    read, before = read_all(parts, name), CameBefore(journal)
    said, courses = with_therapists(read, therapist, journal, before, chosen or {})
    found = check_ins_of(said, parts.questionnaires, instruments, before, name, zone)
    nobodys = (
        [say("Check-ins of sessions that nobody was chosen for are left out: {n}.", n=n)]
        if (n := len(read) - len(said))
        else []
    )
    left_out = (*parts.left_out, *nobodys, *unread_in(each for _, each in said))
    return replace(found, left_out=left_out, courses=tuple(courses))


def check_ins_of(
    said: Said,
    questionnaires: list[dict[str, Any]],
    instruments: Mapping[str, InstrumentDefinition],
    before: CameBefore,
    name: str,
    zone: str,
) -> Found:
    """Questionnaires that are not known here, and a session and a check-in for each set of answers, of one or many.

    Raises:
        ExchangeError: a questionnaire or an answer can be none; it names the place.
    """
    read_by = questionnaires_for(said, questionnaires, instruments, before, name)
    found: list[Document] = [*read_by.made]
    taken: dict[tuple[UUID, datetime, str], list[object]] = {}
    for (who, each), instrument in zip(said, read_by.names, strict=True):
        answers = [each.answers, each.leave, each.unsaid]
        others = taken.setdefault((who.id, each.at, instrument), [])
        if answers not in others:
            others.append(answers)
            found += _check_in(who, each, instrument, len(others), zone)
    return Found(found, guessed=tuple(read_by.guessed))


def unread_in(said: Iterable[Response]) -> list[str]:
    """A sentence about answers that could not be read, if there are any."""
    unread = Counter(key for each in said for key in each.unread)
    if not unread:
        return []
    which = ", ".join(f"{key[:40]} ({n})" for key, n in unread.most_common(_NAMED))
    return [say("Answers that aren’t one number are left out, and totals are made without them: {which}.", which=which)]


def _zone_of(at: datetime, zone: str) -> str:
    """The zone in which a session's day is the one that the file says.

    A time in UTC says no place, since programs write every time so: it is one of the journal's ``zone``. An offset that
    isn't in use there at that time is that of another place.
    """
    offset = at.utcoffset()
    if not offset:
        return zone
    hours, rest = divmod(offset, timedelta(hours=1))
    places = _PARTS_OF_HOURS if rest else (f"Etc/GMT{-hours:+d}",) if -12 <= hours <= 14 else ()
    fitting = (each for each in (zone, *places) if at.replace(tzinfo=ZoneInfo(each)).utcoffset() == offset)
    return next(fitting, zone)


def _check_in(who: Relationship, said: Response, instrument: str, number: int, zone: str) -> list[Document]:
    """``number`` tells several of one time apart."""
    session, there = session_id(who, said, instrument, number), _zone_of(said.at, zone)
    try:
        return [
            made_at(Session, session, said.at, there, relationship_id=who.id, at=said.at),
            made_at(
                CheckIn,
                check_in_id(session),
                said.at,
                there,
                session_id=session,
                instrument=instrument,
                answers=said.answers,
                urge_to_leave=said.leave,
                unsaid=said.unsaid,
            ),
        ]
    except JournalError as error:
        raise ExchangeError(say("{where}: {error}", where=said.where, error=error)) from error
