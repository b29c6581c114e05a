"""Diaries kept elsewhere: plain text, Markdown, Day One and Daylio, as loose notes that wait to be sorted."""

from __future__ import annotations

import csv
import html
import io
import json
import re
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

from reattune.content.translated_sentences import say
from reattune.exchange.deterministic_ids import made_at, steady_id
from reattune.exchange.errors import ExchangeError
from reattune.exchange.written_dates import MixedDates, Order, day_of, order_of
from reattune.journal import JournalError
from reattune.journal.documents.unsorted_and_deleted import LooseNote

LARGEST = 64 * 1024 * 1024
MOST_ENTRIES, _MOST_FILES, _LONGEST = 20_000, 2_000, 100_000
_NAMES = (
    "january jan enero ene januar janvier janv", "february feb febrero februar février févr",
    "march mar marzo märz mrz mars", "april apr abril abr avril avr", "may mayo mai", "june jun junio juni juin",
    "july jul julio juli juillet juil", "august aug agosto ago août", "september sep sept septiembre septembre",
    "october oct octubre oktober okt octobre", "november nov noviembre novembre",
    "december dec diciembre dic dezember dez décembre déc",
)  # fmt: skip
_MONTHS = {name: number for number, names in enumerate(_NAMES, start=1) for name in names.split()}
_WEEKDAY = (
    r"(?:[^\W\d_]+day|[^\W\d_]+tag|mittwoch|lunes|martes|mi[ée]rcoles|jueves|viernes|s[áa]bado|domingo|lundi|mardi|mercredi"
    r"|jeudi|vendredi|samedi|dimanche)"
)
_MONTH = "|".join(sorted(_MONTHS, key=len, reverse=True))
_CLOCK = (
    r"(?:[ ,T]+(?:at |um |a las )?(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::\d{2})?"
    r"(?: ?(?P<half>[AaPp])\.?[Mm]\.?)?Z?)?"
)
_DAY = re.compile(
    rf"(?:date|datum|fecha)?:?\s*(?:{_WEEKDAY},?\s+)?(?:"
    r"(?P<y>\d{4})-(?P<m>\d{1,2})-(?P<d>\d{1,2})"
    r"|(?P<d2>\d{1,2})\.(?P<m2>\d{1,2})\.(?P<y2>\d{4})"
    rf"|(?P<d3>\d{{1,2}})(?:st|nd|rd|th|er)?\.?\s+(?:of |de )?(?P<m3>{_MONTH})\.?,?\s+(?:de )?(?P<y3>\d{{4}})"
    rf"|(?P<m4>{_MONTH})\.?\s+(?P<d4>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<y4>\d{{4}})"
    rf"){_CLOCK}\s*:?",
    re.IGNORECASE,
)


_SLASHED = re.compile(r"\d{1,2}/\d{1,2}/\d{4}")


def from_diary(content: bytes, name: str, zone: str) -> list[LooseNote]:
    """The entries of a diary, oldest first. ``name`` ends as the file does and is named in errors.

    Raises:
        ExchangeError: it cannot be read, is too large, or no day was found in it.
    """
    if len(content) > LARGEST:
        raise ExchangeError(
            say("{name} is too large; the limit is {largest} MB.", name=name, largest=round(LARGEST / 1e6))
        )
    found = []
    for number, note in enumerate(_entries(content, name, zone), start=1):
        _not_too_many(number, name)  # in all files of an archive together
        found += [note] if note.words else []
    if not found:
        raise ExchangeError(say("{name} has no entries with words in them.", name=name))
    return sorted(found, key=lambda note: (note.at, note.id))


def _entries(content: bytes, name: str, zone: str) -> Iterator[LooseNote]:
    ending = name.rpartition(".")[2].lower()
    if content[:4] == b"PK\x03\x04":
        yield from _of_archive(content, name, zone)
    elif ending == "json" or content.lstrip()[:1] in (b"{", b"["):
        yield from _of_day_one(content, name, zone)
    elif ending == "csv" or is_daylio(content):
        yield from _of_daylio(content, name, zone)
    else:
        yield from _of_text(_text(content, name), name, zone)


def _text(content: bytes, name: str) -> str:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")
    if "\0" in text:
        raise ExchangeError(say("{name} isn’t a text file or any other kind Reattune can import.", name=name))
    return text


def _not_too_many(entries: int, name: str) -> None:
    if entries > MOST_ENTRIES:
        raise ExchangeError(
            say(
                "{name} has {entries} entries; the limit is {most_entries}.",
                name=name,
                entries=entries,
                most_entries=MOST_ENTRIES,
            )
        )


def _note(at: datetime, words: str, source: str, zone: str, where: str) -> LooseNote:
    words = words.encode("utf-8", "replace").decode().strip()  # half a character is none
    if len(words) > _LONGEST:
        raise ExchangeError(
            say(
                "{where} has {words} characters; there is room for {longest}.",
                where=where,
                words=len(words),
                longest=_LONGEST,
            )
        )
    try:
        made = made_at(
            LooseNote, steady_id("loose", at.isoformat(), words), at, zone, at=at, words=words, source=source
        )
    except JournalError as error:
        raise ExchangeError(say("{where}: {error}", where=where, error=error)) from error
    assert isinstance(made, LooseNote)  # noqa: S101
    return made


# Text and Markdown


def _of_text(text: str, name: str, zone: str) -> Iterator[LooseNote]:
    """An entry for each line that is a day, with what follows it; or one, of the day that the file is called after."""
    named = re.search(r"\d{4}-\d{2}-\d{2}", name)
    at = _day_of(named[0], zone, None) if named else None
    order = _order(text, name)
    words: list[str] = []
    entries: list[tuple[datetime, list[str]]] = []
    for line in text.splitlines():
        day = _day_of(line, zone, order)
        if day is None:
            if line.strip() not in ("---", "***"):
                words.append(line)
            continue
        if at is not None and any(map(str.strip, words)):
            entries.append((at, words))
            words = []
        at = day  # words above the first day go with it
    if at is None:
        raise ExchangeError(
            say(
                "No dates were found in {name}. Put the date on its own line above each entry, like 2024-05-31.",
                name=name,
            )
        )
    entries.append((at, words))
    _not_too_many(len(entries), name)
    for day, said in entries:
        yield _note(
            day, "\n".join(said), name, zone, say("{name}, the entry of {day}", name=name, day=f"{day:%Y-%m-%d}")
        )


def _order(text: str, name: str) -> Order | None:
    """Whether the day or the month comes first where they are written with slashes.

    Raises:
        ExchangeError: it cannot be told, or differs.
    """
    slashed = [bare for line in text.splitlines() if _SLASHED.fullmatch(bare := _bare(line))]
    try:
        order = order_of(slashed)
    except MixedDates as error:
        raise ExchangeError(f"{name}: {error}") from error
    if slashed and order is None:
        raise ExchangeError(
            say(
                "{name}: {given} can be read in two ways. Write the month as a word, or the date like 2024-05-31.",
                name=name,
                given=slashed[0],
            )
        )
    return order


def _bare(line: str) -> str:
    return line.strip().lstrip("#>-* ").strip("*_= \t").strip("\"'").removesuffix(":") if len(line) <= 80 else ""


def _day_of(line: str, zone: str, order: Order | None) -> datetime | None:
    """The day that a line names, if that is all it says: a heading, a bold line, a field of a Markdown header."""
    bare = _bare(line)
    if _SLASHED.fullmatch(bare):
        day = day_of(bare, order)
        return datetime.combine(day, time(12), ZoneInfo(zone)).astimezone(UTC) if day else None
    found = _DAY.fullmatch(bare)
    return _when(found, zone) if found else None


def _when(found: re.Match[str], zone: str) -> datetime | None:
    given = found.groupdict()
    for mark in ("", "2", "3", "4"):
        if given[f"d{mark}"]:
            month = given[f"m{mark}"].lower()
            number = int(month) if month.isdigit() else _MONTHS[month]
            clock = _clock(given)
            try:
                whole = datetime(int(given[f"y{mark}"]), number, int(given[f"d{mark}"]), clock.hour, clock.minute)
                return whole.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
            except (ValueError, OverflowError):
                return None
    return None


def _clock(given: dict[str, str | None]) -> time:
    if given["hour"] is None or given["minute"] is None:
        return time(12)
    hour, half = int(given["hour"]), (given["half"] or "").lower()
    hour = hour % 12 + (12 if half == "p" else 0) if half else hour
    return time(hour, int(given["minute"])) if hour < 24 and int(given["minute"]) < 60 else time(12)


# Archives


def _of_archive(content: bytes, name: str, zone: str) -> Iterator[LooseNote]:
    """A ZIP of Day One, or of text files. What it holds is counted while it is read, not as it claims."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = [each for each in archive.infolist() if each.filename.lower().endswith((".json", ".md", ".txt"))]
            if len(members) > _MOST_FILES:
                raise ExchangeError(
                    say(
                        "{name} contains {members} files; the limit is {most_files}.",
                        name=name,
                        members=len(members),
                        most_files=_MOST_FILES,
                    )
                )
            if not members:
                raise ExchangeError(say("{name} contains no .json, .md or .txt file.", name=name))
            room = LARGEST
            for member in members:
                with archive.open(member) as file:
                    inside = file.read(room + 1)
                room -= len(inside)
                if room < 0:
                    raise ExchangeError(
                        say("{name} contains more than {largest} MB.", name=name, largest=round(LARGEST / 1e6))
                    )
                where = f"{name}: {member.filename}"
                if member.filename.lower().endswith(".json"):
                    yield from _of_day_one(inside, where, zone)
                else:
                    yield from _of_text(_text(inside, where), where, zone)
    except ExchangeError:
        raise
    except Exception as error:  # what zipfile makes of a damaged archive is a dozen kinds of error
        raise ExchangeError(say("{name} is a damaged or locked archive.", name=name)) from error


# Day One


def _of_day_one(content: bytes, name: str, zone: str) -> Iterator[LooseNote]:
    try:
        whole = json.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise ExchangeError(say("{name} isn’t JSON in UTF-8.", name=name)) from error
    entries = whole.get("entries") if isinstance(whole, dict) else None
    if not isinstance(entries, list):
        raise ExchangeError(
            say("{name} is JSON, but not a Reattune export, a FHIR bundle or a Day One export.", name=name)
        )
    _not_too_many(len(entries), name)
    for number, entry in enumerate(entries, start=1):
        where = say("{name}, entry {number}", name=name, number=number)
        if not isinstance(entry, dict):
            raise ExchangeError(say("{where} isn’t an entry.", where=where))
        try:
            at = datetime.fromisoformat(str(entry.get("creationDate")))
            at = (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
        except (ValueError, OverflowError) as error:
            raise ExchangeError(say("{where}: its 'creationDate' is missing or isn’t a time.", where=where)) from error
        text = entry.get("text")
        # Day One escapes full stops and the like, and puts its pictures between the words.
        words = re.sub(r"!\[[^\[\]]*\]\(dayone-moment:[^()]*\)", "", text) if isinstance(text, str) else ""
        yield _note(at, re.sub(r"\\([.!()\-_*#+])", r"\1", words), "Day One", zone, where)


# Daylio


# A "<" before anything else is one that somebody wrote, such as a heart.
_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,200}>")


def is_daylio(content: bytes) -> bool:
    """Whether the first line is the one that Daylio writes."""
    return content[:200].lstrip(b"\xef\xbb\xbf").startswith((b"full_date,", b'"full_date",'))


def _of_daylio(content: bytes, name: str, zone: str) -> Iterator[LooseNote]:
    if not is_daylio(content):
        raise ExchangeError(say("{name} isn’t a Daylio export.", name=name))
    try:
        rows = list(csv.DictReader(io.StringIO(_text(content, name), newline="")))
    except csv.Error as error:
        raise ExchangeError(say("{name} isn’t a table: {error}.", name=name, error=error)) from error
    _not_too_many(len(rows), name)
    for line, row in enumerate(rows, start=2):
        given = {key: value.strip() for key, value in row.items() if isinstance(key, str) and isinstance(value, str)}
        found = _DAY.fullmatch(f"{given.get('full_date', '')} {given.get('time', '')}".strip())
        at = _when(found, zone) if found else None
        if at is None:
            raise ExchangeError(
                say(
                    "{name}, row {line}: {given} isn’t a date Reattune can read.",
                    name=name,
                    line=line,
                    given=repr(given.get("full_date", "")[:30]),
                )
            )
        note = re.sub(r"<br\s*/?>|</p>|</div>", "\n", given.get("note", ""))
        words = [given.get("note_title", ""), html.unescape(_TAG.sub("", note))]
        beside = ", ".join(each for each in (given.get("mood", ""), given.get("activities", "")) if each)
        if any(words):
            said = "\n".join(each for each in (*words, beside and f"({beside})") if each)
            yield _note(at, said, "Daylio", zone, say("{name}, row {line}", name=name, line=line))
