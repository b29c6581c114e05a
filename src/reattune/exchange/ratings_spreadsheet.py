"""Ratings from a spreadsheet: one row a session. Columns are guessed, then corrected by the person."""

from __future__ import annotations

import csv
import io
import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import Literal
from zoneinfo import ZoneInfo

from reattune.exchange.deterministic_ids import made_at, steady_id
from reattune.exchange.errors import ExchangeError
from reattune.journal import JournalError
from reattune.journal.documents import Document
from reattune.journal.documents.relationship import CheckIn, Instrument, InstrumentDefinition, Relationship, Session

MOST_ROWS, MOST_COLUMNS, LARGEST = 20_000, 60, 8 * 1024 * 1024
Order = Literal["day", "month"]
_DATE_NAMES = re.compile(r"date|datum|fecha|day|tag|session|time|when|at$", re.IGNORECASE)
_NOTE_NAMES = re.compile(r"note|comment|remark|text|notiz|nota", re.IGNORECASE)
_NOT_RATINGS = re.compile(r"^(id|client|session|nr|no|number|week|visit|index)\b|_id$", re.IGNORECASE)
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ](\d{1,2}):(\d{2})\S*)?")
_WRITTEN = re.compile(r"(\d{1,2})[./-](\d{1,2})[./-](\d{4}|\d{2})(?:[ ,T]+(\d{1,2}):(\d{2})\S*)?")
_USUAL_TOPS = (5, 6, 7, 10, 40, 100)


@dataclass(frozen=True)
class Table:
    """What a file says, as text: the names of its columns, and its rows, all as long as the head."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


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
    """

    when: int
    ratings: tuple[int, ...]
    note: int | None = None
    low: float = 0
    high: float = 10
    higher_is_better: bool = True
    order: Order = "day"
    title: str = "Ratings"


def read_table(content: bytes, name: str = "The file") -> Table:
    """The text of a CSV file; commas, semicolons or tabs, UTF-8 or the older Western encoding.

    Raises:
        ExchangeError: it is too large, has no rows, or is no table.
    """
    if len(content) > LARGEST:
        raise ExchangeError(f"{name} is too large; the limit is {LARGEST / 1e6:.0f} MB.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")
    if "\0" in text:
        raise ExchangeError(f"{name} isn't a text file. Save the table as CSV first.")
    first = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = max(",;\t", key=first.count)
    try:
        lines = [
            row for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter) if any(map(str.strip, row))
        ]
    except csv.Error as error:
        raise ExchangeError(f"{name} isn't a table: {error}.") from error
    if len(lines) < 2:
        raise ExchangeError(f"{name} needs a line with column names and at least one row.")
    head = [cell.strip() or f"column {number}" for number, cell in enumerate(lines[0], start=1)]
    if len(head) < 2 or len(head) > MOST_COLUMNS:
        raise ExchangeError(
            f"{name} has {len(head)} columns; it needs at least a date and a rating, and at most {MOST_COLUMNS}."
        )
    if len(lines) - 1 > MOST_ROWS:
        raise ExchangeError(f"{name} has {len(lines) - 1:,} rows; the limit is {MOST_ROWS:,}.")
    width = len(head)
    rows = tuple(tuple(cell.strip() for cell in (row + [""] * width)[:width]) for row in lines[1:])
    return Table(tuple(head), rows)


def guess(table: Table, instruments: Mapping[str, InstrumentDefinition] | None = None) -> Columns | None:
    """Which column is what, by their names and what stands in them; ``None`` where no column holds days.

    Columns that are called like the questions of a known questionnaire are on its scale.
    """
    days = {
        place: share
        for place in range(len(table.head))
        if (share := _share(bool(_parts(cell)) for cell in _column(table, place))) > 0.8
    }
    if not days:
        return None
    when = max(days, key=lambda place: (bool(_DATE_NAMES.search(table.head[place])), days[place], -place))
    numbers = [
        place
        for place in range(len(table.head))
        if place not in days
        and not _NOT_RATINGS.search(table.head[place])
        and _share(number(cell) is not None for cell in _column(table, place)) >= 0.6
    ]
    words = [place for place in range(len(table.head)) if place not in days and place not in numbers]
    named = [place for place in words if _NOTE_NAMES.search(table.head[place])]
    values = [value for place in numbers for cell in _column(table, place) if (value := number(cell)) is not None]
    low, high = _ends(values)
    keys = set(_keys(table, tuple(numbers)).values())
    for known in (instruments or {}).values():
        if {item.key for item in known.items} == keys:
            low, high = known.scale_low, known.scale_high
    return Columns(when, tuple(numbers), named[0] if named else None, low, high, order=_order(table, when))


def _ends(values: list[float]) -> tuple[float, float]:
    if not values:
        return 0, 10
    low = min(0.0, math.floor(min(values)))
    top = max(values)
    high = next((float(usual) for usual in _USUAL_TOPS if top <= usual), math.ceil(top))
    return (1.0 if min(values) >= 1 and high in (5, 6, 7) else low), high


def _column(table: Table, place: int) -> list[str]:
    return [row[place] for row in table.rows if row[place]]


def _share(found: Iterable[bool]) -> float:
    counts = Counter(found)
    return counts[True] / counts.total() if counts else 0.0


def number(cell: str) -> float | None:
    """A number, with a point or a comma; ``None`` where it is none."""
    try:
        value = float(cell.replace(",", ".")) if len(cell) < 30 else math.nan
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _parts(cell: str) -> tuple[str, re.Match[str]] | None:
    if found := _ISO.fullmatch(cell):
        return "iso", found
    if found := _WRITTEN.fullmatch(cell):
        return "written", found
    return None


def _order(table: Table, when: int) -> Order:
    written = [parts[1] for cell in _column(table, when) if (parts := _parts(cell)) and parts[0] == "written"]
    return "month" if any(int(found[2]) > 12 for found in written) else "day"


def day_and_time(cell: str, order: Order, zone: str) -> datetime | None:
    """When a session was, in UTC; a day alone is taken as noon there. ``None`` where it cannot be read."""
    parts = _parts(cell)
    if parts is None:
        return None
    kind, found = parts
    first, second, third = (int(found[place]) for place in (1, 2, 3))
    if kind == "iso":
        year, month, day = first, second, third
    else:
        year = third if third > 99 else 2000 + third
        day, month = (first, second) if order == "day" else (second, first)
    clock = time(int(found[4]), int(found[5])) if found[4] and int(found[4]) < 24 and int(found[5]) < 60 else time(12)
    try:
        return datetime(year, month, day, clock.hour, clock.minute, tzinfo=ZoneInfo(zone)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


@dataclass(frozen=True)
class Ratings:
    """What becomes of a table: documents, and a sentence for each row that was left out."""

    documents: tuple[Document, ...]
    left_out: tuple[str, ...]
    instrument: InstrumentDefinition


def documents_of(
    table: Table,
    columns: Columns,
    therapist: Relationship,
    instruments: Mapping[str, InstrumentDefinition],
    zone: str,
    now: datetime,
) -> Ratings:
    """A session and a check-in for each row, under a questionnaire that is known here or made from the columns.

    Raises:
        ExchangeError: no column was chosen for the day or the ratings, or the scale's ends make none.
    """
    if not columns.ratings:
        raise ExchangeError("Choose at least one column with ratings.")
    if columns.when in columns.ratings:
        raise ExchangeError(f"The column {table.head[columns.when]!r} is chosen both as the date and as a rating.")
    keys = _keys(table, columns.ratings)
    definition, made = _instrument(table, columns, keys, instruments, therapist)
    documents: list[Document] = [made] if made else []
    left_out: list[str] = []
    seen: Counter[datetime] = Counter()
    for line, row in enumerate(table.rows, start=2):
        where = f"Row {line}"
        at = day_and_time(row[columns.when], columns.order, zone)
        if at is None:
            left_out.append(f"{where}: {_short(row[columns.when])} isn't a date Reattune can read.")
            continue
        if at > now:
            left_out.append(f"{where}: {_short(row[columns.when])} is in the future.")
            continue
        try:
            answers = _answers(row, keys, columns, definition)
            if answers:
                seen[at] += 1
                note = row[columns.note] if columns.note is not None else ""
                documents += _session(at, seen[at], answers, note, definition.name, therapist, zone)
        except (ExchangeError, JournalError) as error:
            left_out.append(f"{where}: {error}")
    return Ratings(tuple(documents), tuple(left_out), definition)


def _keys(table: Table, ratings: tuple[int, ...]) -> dict[int, str]:
    keys: dict[int, str] = {}
    for place in ratings:
        cleaned = "".join(c if c.isascii() and c.isalnum() else "_" for c in table.head[place].lower()).strip("_")
        key = (cleaned if cleaned[:1].isalpha() else f"q_{cleaned}")[:50].strip("_") or "q"
        keys[place] = key if key not in keys.values() else f"{key}_{place + 1}"
    return keys


def _instrument(
    table: Table,
    columns: Columns,
    keys: dict[int, str],
    instruments: Mapping[str, InstrumentDefinition],
    therapist: Relationship,
) -> tuple[InstrumentDefinition, Instrument | None]:
    for known in instruments.values():
        same_scale = (known.scale_low, known.scale_high) == (columns.low, columns.high)
        if same_scale and {item.key for item in known.items} == set(keys.values()):
            return known, None
    title = columns.title.strip() or "Ratings"
    shape = (title, sorted(keys.values()), columns.low, columns.high, columns.higher_is_better)
    document_id = steady_id("instrument", *map(str, shape))
    definition = {
        "key": f"brought-{document_id.hex[:12]}",
        "title": title,
        "scale_low": columns.low,
        "scale_high": columns.high,
        "higher_is_better": columns.higher_is_better,
        "max_missing": len(keys) // 2 if len(keys) > 1 else 0,
        "items": [{"key": key, "subscale": "whole", "text": table.head[place][:200]} for place, key in keys.items()],
    }
    try:
        made = made_at(Instrument, document_id, therapist.created, "UTC", definition=definition)
    except JournalError as error:
        raise ExchangeError(str(error)) from error
    assert isinstance(made, Instrument)  # noqa: S101
    return made.definition, None if made.definition.name in instruments else made


def _answers(
    row: tuple[str, ...], keys: dict[int, str], columns: Columns, definition: InstrumentDefinition
) -> dict[str, float]:
    answers = {}
    for place, key in keys.items():
        if not row[place]:
            continue
        value = number(row[place])
        if value is None:
            raise ExchangeError(f"{_short(row[place])} isn't a number.")
        if not definition.scale_low <= value <= definition.scale_high:
            raise ExchangeError(f"{value:g} isn't between {columns.low:g} and {columns.high:g}.")
        answers[key] = value
    return answers


def _session(
    at: datetime, number: int, answers: dict[str, float], note: str, instrument: str, therapist: Relationship, zone: str
) -> list[Document]:
    session_id = steady_id("session", therapist.id, at.isoformat(), number, instrument)
    session = made_at(Session, session_id, at, zone, relationship_id=therapist.id, at=at)
    check_in = made_at(
        CheckIn, steady_id("check-in", session_id), at, zone,
        session_id=session_id, instrument=instrument, answers=answers, note=note,
    )  # fmt: skip
    return [session, check_in]


def _short(cell: str) -> str:
    return repr(cell if len(cell) <= 30 else f"{cell[:29]}…")
