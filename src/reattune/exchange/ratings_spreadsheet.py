"""Ratings from a spreadsheet: one row a session. Columns are guessed, then corrected by the person."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

import numpy as np

from reattune.alliance.missing_codes import suspects
from reattune.alliance.published_scores import PublishedScore, named_in, published_scores, usual_range
from reattune.content.translated_sentences import say
from reattune.exchange.column_names import Role, role_of, words_of
from reattune.exchange.columns_beside import columns_beside
from reattune.exchange.columns_of_clients import client_column, columns_called_like, columns_of_sessions
from reattune.exchange.columns_of_days import are_days_alone, clock_in, columns_of_days, day_of_session
from reattune.exchange.columns_of_words import columns_of_words
from reattune.exchange.columns_twice import check_only_one
from reattune.exchange.deterministic_ids import made_at, steady_id
from reattune.exchange.errors import ExchangeError
from reattune.exchange.questionnaires_of_columns import known_of, questionnaire_of, questions
from reattune.exchange.raters_of_rows import rater_column, rater_in, says_who_rated
from reattune.exchange.table_of_file import Table
from reattune.exchange.table_scales import scale_beside
from reattune.exchange.written_dates import MixedDates, Order, day_of, minutes_of_zone, order_of, written
from reattune.exchange.written_numbers import is_missing, lone_number
from reattune.journal import JournalError
from reattune.journal.documents import Document
from reattune.journal.documents.relationship import CheckIn, InstrumentDefinition, Relationship, Session
from reattune.journal.names_in_titles import UNTITLED
from reattune.journal.therapists_vocabulary import Rater
from reattune.journal.vocabulary import RelationshipKind

_OTHER = {Rater.CLIENT: Rater.THERAPIST, Rater.THERAPIST: Rater.CLIENT}
_NOTE_NAMES = re.compile(r"note|com+ent|kom+ent|remar[kq]|text|notiz|nota|bemerk|anmerk|observa[ct]i", re.IGNORECASE)
_NOT_RATINGS = re.compile(r"^(id|client|session|nr|no|number|week|visit|index)\b|_id$", re.IGNORECASE)


@dataclass(frozen=True)
class Columns:
    """Which column is what.

    Attributes:
        when: the day, or day and time, of the session.
        ratings: one question each.
        note: words beside it, or ``None``.
        low, high: the ends of the answers' scale.
        higher_is_better: its direction.
        order: whether in 3/4/2024 the day or the month comes first.
        title: what the questionnaire is called, where it is none that is known here.
        rater: who of client and therapist has rated, where the table says so.
        named: whether somebody chose that title: then it's no other questionnaire with the same columns.
        beside: numbers that were not taken for ratings, as they are hardly of the same questionnaire.
        days: every column that holds days.
        of_clients: numbers that were not taken for ratings, as each column is called like a client.
        of_sessions: numbers that were not taken for ratings, as each column seems to be a session of its own.
    """

    when: int
    ratings: tuple[int, ...]
    note: int | None = None
    low: float = 0
    high: float = 10
    higher_is_better: bool = True
    order: Order = "day"
    title: str = UNTITLED
    rater: int | None = None
    named: bool = False
    beside: tuple[int, ...] = ()
    days: tuple[int, ...] = ()
    of_clients: tuple[int, ...] = ()
    of_sessions: tuple[int, ...] = ()


def guess(
    table: Table,
    instruments: Mapping[str, InstrumentDefinition] | None = None,
    clients: Collection[str] | None = None,
    questionnaire: str = "",
) -> Columns | None:
    """Which column is what, by their names and what stands in them; ``None`` where no column holds days.

    Notes are a column that is called so, or else the only one that holds somebody's own words.

    Of two columns that differ in whose rating they hold alone, the client's is taken; and none of those that are
    something else than the others, unless a known questionnaire asks all of them.

    Columns that are called like the questions of a known questionnaire are on its scale; where several are, on that of
    the last; on a longer one where a table made it and these answers go further. Where a column came or went since,
    all answers have to lie on it.

    Args:
        clients: in a therapist's journal, how the clients are called who are here.
        questionnaire: what all rows are of, where the table says so.

    Raises:
        ExchangeError: two columns have the name of the day, or in a therapist's journal that of the client.
    """
    days, whose = columns_of_days(table), client_column(table)
    if not days:
        return None
    when = day_of_session(table, days, whose)
    for place in (when,) if clients is None or whose is None else (when, whose):
        check_only_one(table, place)
    rated = [
        place
        for place in range(len(table.head))
        if place not in days
        and not _NOT_RATINGS.search(table.head[place])
        and not says_who_rated(table.head[place], _column(table, place))
        and role_of(table.head[place]) not in (Role.CLIENT, Role.SESSION, Role.DATE, Role.THERAPIST, Role.OTHER)
        and _share(lone_number(cell) is not None for cell in _column(table, place)) >= 0.6
    ]
    beside = _beside(table, rated, instruments or {})
    of_clients = columns_called_like(clients or (), table.head, rated) if whose is None else ()
    of_sessions = columns_of_sessions(table, rated, whose) if clients is not None else ()
    numbers = [place for place in rated if place not in (*beside, *of_clients, *of_sessions)]
    words = [place for place in range(len(table.head)) if place not in days and place not in rated]
    named = [place for place in words if _NOTE_NAMES.search(table.head[place])]
    values = _numbers(table, numbers)
    named_so = [questionnaire] if questionnaire else [table.head[place] for place in numbers]
    low, high, better = _scale(named_so, len(numbers), values)
    known = known_of(questions(table.head, numbers), values, _called(questionnaire, instruments or {}))
    if known:
        low, high = scale_beside(known, (low, high), values)
        better = known.higher_is_better
    said = columns_of_words(table, {*days, *rated})
    note = named[0] if named else said[0] if len(said) == 1 else None
    rater = rater_column(table.head, table.rows)
    order = _order(table, when)
    found = Columns(when, tuple(numbers), note, low, high, better, order=order, rater=rater)
    return replace(found, beside=beside, days=tuple(days), of_clients=of_clients, of_sessions=of_sessions)


def _beside(table: Table, rated: list[int], instruments: Mapping[str, InstrumentDefinition]) -> tuple[int, ...]:
    """Columns of numbers that are hardly of one questionnaire with the others, where none that is known asks all."""
    asked = questions(table.head, rated).keys()
    if any(each.by_key.keys() == asked for each in instruments.values()):
        return ()
    found = columns_beside({table.head[place]: _numbers(table, [place]) for place in rated})
    return tuple(place for place in rated if table.head[place] in found)


def _numbers(table: Table, places: Iterable[int]) -> list[float]:
    return [value for place in places for cell in _column(table, place) if (value := lone_number(cell)) is not None]


def _called(title: str, instruments: Mapping[str, InstrumentDefinition]) -> Mapping[str, InstrumentDefinition]:
    """Those of a title, where rows say their questionnaire: columns of several are called alike then."""
    return {name: each for name, each in instruments.items() if each.title == title} if title else instruments


def _scale(names: Sequence[str], columns: int, values: list[float]) -> tuple[float, float, bool]:
    """The ends of the answers' scale and its direction: of a known instrument, or as the answers look.

    ``names`` are those of the columns, or of the questionnaire that all of them are of.
    """
    scores = np.array(values, dtype=float)
    odd = {each.value for each in suspects(scores)}
    scores = scores[~np.isin(scores, list(odd))] if odd else scores
    known = {_instrument_of(name) for name in names}
    instrument = known.pop() if len(known) == 1 else None
    if instrument is not None:
        most = max(form.high for form in instrument.forms)
        scores = scores[(scores >= 0) & (scores <= most)]
        ends = instrument.item_scale(scores) if columns > 1 else None
        form = instrument.form_of(scores) if columns == 1 else None
        ends = (form.low, form.high) if form else ends
        if ends is not None:
            return (*ends, instrument.higher_is_better)
    better = instrument.higher_is_better if instrument else True
    if not len(scores):
        return 0.0, 10.0, better
    low, high = usual_range(scores) or (float(np.floor(scores.min())), float(np.ceil(scores.max())))
    return low, high if high > low else low + 1, better


def _instrument_of(name: str) -> PublishedScore | None:
    found = named_in(words_of(name), published_scores().values())
    return found[0] if found else None


def _column(table: Table, place: int) -> list[str]:
    return [row[place] for row in table.rows if not is_missing(row[place])]


def _share(found: Iterable[bool]) -> float:
    counts = Counter(found)
    return counts[True] / counts.total() if counts else 0.0


def _order(table: Table, when: int) -> Order:
    """Which comes first in a column of days; the day where no date tells, to be corrected by the person."""
    try:
        return order_of(_column(table, when)) or "day"
    except MixedDates:
        # Rows that the order does not fit are left out, each with a sentence.
        return "day"


def day_and_time(cell: str, order: Order, zone: str, *, day_alone: bool = False) -> datetime | None:
    """When a session was, in UTC; a day alone is taken as noon there. ``None`` where it cannot be read.

    A time that says its own zone or offset is of that, and not of ``zone``; with ``day_alone`` it says nothing.
    """
    found, day = written(cell), day_of(cell, order)
    if found is None or day is None:
        return None
    clock, own_zone = time(12), ""
    if not day_alone and (told := clock_in(found.time)):
        clock, own_zone = told, found.zone
    try:
        there = timezone(timedelta(minutes=minutes_of_zone(own_zone))) if own_zone else ZoneInfo(zone)
        return datetime.combine(day, clock, there).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


@dataclass(frozen=True)
class Ratings:
    """What becomes of a table: documents, and sentences about what was left out (so many rows), and about clients."""

    documents: tuple[Document, ...]
    left_out: tuple[str, ...]
    instrument: InstrumentDefinition
    rows: int = 0
    notes: tuple[str, ...] = ()


def documents_of(
    table: Table,
    columns: Columns,
    therapist: Relationship,
    instruments: Mapping[str, InstrumentDefinition],
    zone: str,
    now: datetime,
    *,
    days_alone: bool | None = None,
) -> Ratings:
    """A session and a check-in for each row, under a questionnaire that is known here or made from the columns.

    Args:
        days_alone: whether the times of the rows say nothing, where these are some of a table's; else the rows tell.

    Raises:
        ExchangeError: no column was chosen for the day or the ratings, or the scale's ends make none.
    """
    if not columns.ratings:
        raise ExchangeError(say("Choose at least one column with ratings."))
    if columns.when in columns.ratings:
        raise ExchangeError(
            say("The column {head} is chosen both as the date and as a rating.", head=repr(table.head[columns.when]))
        )
    asked = questions(table.head, columns.ratings)
    keys = dict(zip(columns.ratings, asked, strict=True))
    scale = (columns.low, columns.high, columns.higher_is_better)
    title = columns.title.strip() or UNTITLED
    definition, made = questionnaire_of(asked, scale, title, instruments, therapist.created, named=columns.named)
    documents: list[Document] = [made] if made else []
    left_out: list[str] = []
    seen: Counter[tuple[datetime, Rater]] = Counter()
    of_therapist = 0
    alone = are_days_alone(row[columns.when] for row in table.rows) if days_alone is None else days_alone
    for line, row in enumerate(table.rows, start=table.first):
        if not any(row):
            continue  # it had more cells than there are columns, which was said
        where = say("Row {line}", line=line)
        rater = rater_in(row[columns.rater]) if columns.rater is not None else Rater.CLIENT
        if rater is None:
            said = row[columns.rater or 0]
            left_out.append(
                say("{where}: {given} is neither client nor therapist.", where=where, given=_short(said))
                if said
                else say("{where} doesn’t say whether the rating is the client’s or the therapist’s.", where=where)
            )
            continue
        if rater is Rater.THERAPIST and therapist.role is not RelationshipKind.CLIENT:
            of_therapist += 1
            continue
        at = day_and_time(row[columns.when], columns.order, zone, day_alone=alone)
        if at is None:
            left_out.append(
                say("{where}: {given} isn’t a date Reattune can read.", where=where, given=_short(row[columns.when]))
            )
            continue
        # A day alone is noon there, which of today may be still to come.
        today = (alone or not _says_a_time(row[columns.when])) and _is_today(at, zone, now)
        was = min(at, now) if today else at
        if was > now:
            left_out.append(say("{where}: {given} is in the future.", where=where, given=_short(row[columns.when])))
            continue
        try:
            answers = _answers(row, keys, columns, definition)
            note = row[columns.note] if columns.note is not None else ""
            if answers or not is_missing(note):
                seen[at, rater] += 1
                number = seen[at, rater]
                session, check_in = _session(was, at, number, answers, note, definition.name, therapist, zone, rater)
                # Where the other of the two has rated it too, it's there already.
                documents += [check_in] if number <= seen[at, _OTHER[rater]] else [session, check_in]
        except (ExchangeError, JournalError) as error:
            left_out.append(f"{where}: {error}")
    rows = len(left_out) + of_therapist + sum(not any(row) for row in table.rows)
    if of_therapist:
        sentence = say("Ratings that are a therapist’s own: {n}. This journal holds yours.", n=of_therapist)
        left_out.append(sentence)
    return Ratings(tuple(documents), tuple(left_out), definition, rows)


def _answers(
    row: tuple[str, ...], keys: dict[int, str], columns: Columns, definition: InstrumentDefinition
) -> dict[str, float]:
    answers = {}
    for place, key in keys.items():
        if is_missing(row[place]):
            continue
        value = lone_number(row[place])
        if value is None:
            raise ExchangeError(say("{row} isn’t a number.", row=_short(row[place])))
        if not definition.scale_low <= value <= definition.scale_high:
            raise ExchangeError(
                say("{value} isn’t between {low} and {high}.", value=value, low=columns.low, high=columns.high)
            )
        answers[key] = value
    return answers


def _says_a_time(cell: str) -> bool:
    found = written(cell)
    return found is not None and clock_in(found.time) is not None


def _is_today(at: datetime, zone: str, now: datetime) -> bool:
    here = ZoneInfo(zone)
    return at.astimezone(here).date() == now.astimezone(here).date()


def _session(
    at: datetime,
    said: datetime,
    number: int,
    answers: dict[str, float],
    note: str,
    instrument: str,
    therapist: Relationship,
    zone: str,
    rater: Rater,
) -> tuple[Document, Document]:
    """``said`` is when it was by the file, whenever that is read; ``number`` tells several of one time apart."""
    session_id = steady_id("session", therapist.id, said.isoformat(), number, instrument)
    session = made_at(Session, session_id, at, zone, relationship_id=therapist.id, at=at)
    check_in = made_at(
        CheckIn, steady_id("check-in", session_id, *([rater] if rater is Rater.THERAPIST else [])), at, zone,
        session_id=session_id, rater=rater, instrument=instrument, answers=answers, note=note,
    )  # fmt: skip
    return session, check_in


def _short(cell: str) -> str:
    return repr(cell if len(cell) <= 30 else f"{cell[:29]}…")
