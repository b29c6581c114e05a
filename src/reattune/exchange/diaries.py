"""Diaries kept elsewhere: plain text, Markdown, Day One and Daylio, as loose notes that wait to be sorted."""

from __future__ import annotations

import csv
import html
import io
import re
import zipfile
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from reattune.content.translated_sentences import say
from reattune.exchange.deterministic_ids import made_at, steady_id
from reattune.exchange.diary_days import DayLine, Days, day_written, looks_like_a_day
from reattune.exchange.errors import ExchangeError
from reattune.exchange.journal_json import FORMAT
from reattune.exchange.json_files import json_of_file
from reattune.exchange.table_text import NotText, encoding_of
from reattune.exchange.text_lines import longer_rows, said_of_longer, unread_letters
from reattune.journal import Journal, JournalError
from reattune.journal.documents.unsorted_and_deleted import LooseNote

LARGEST = 64 * 1024 * 1024
MOST_ENTRIES, _MOST_FILES, _LONGEST, _NAMED, _SOURCE = 20_000, 2_000, 100_000, 5, 200
_DAY_ONE = "Day One"
# Of an archive, the files that are read, and those that hold no words; all others are named.
_TEXTS = (".md", ".markdown", ".mdown", ".txt", ".text")
_WORDLESS = (
    ".jpg", ".jpeg", ".png", ".gif", ".heic", ".heif", ".webp", ".avif", ".tif", ".tiff", ".bmp", ".svg", ".mp3",
    ".m4a", ".aac", ".wav", ".ogg", ".opus", ".flac", ".caf", ".mp4", ".m4v", ".mov", ".avi", ".mkv", ".webm", ".3gp",
    ".css", ".js", ".ttf", ".otf", ".woff", ".woff2",
)  # fmt: skip
# A text of more lines than this is no diary; what ends a line is what `str.splitlines` says.
_MOST_LINES, _LINE_ENDS = 2_000_000, "\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029"


@dataclass
class Diary:
    """What a diary holds.

    Attributes:
        entries: oldest first.
        notes: sentences about what may be meant otherwise than it was read.
    """

    entries: list[LooseNote]
    notes: tuple[str, ...] = ()


# How text begins that somebody's program has written, and that no date would make a diary.
_NO_DIARY = re.compile(r"\s*(%PDF-|BEGIN:VCALENDAR|<!doctype html|<html)", re.IGNORECASE)


class _NoDiary(ExchangeError):
    """A file says of no day that something was written then."""


@dataclass
class _Passed:
    """What was passed over on the way: lines that look like days, texts with words above their first day, files of an
    archive that are none that can be read or say no day, entries without words, and letters that are none."""

    lines: list[str] = field(default_factory=list)
    above: list[str] = field(default_factory=list)
    files: list[str] = field(default_factory=list)
    wordless: int = 0
    unread: str = ""

    def sentences(self) -> Iterator[str]:
        if self.lines:
            yield say(
                "Lines that look like a day but can’t be read as one: {n}. What stands below them comes in as part of "
                "another day. If they’re days, write them like 2024-05-31 and import the file again: {lines}",
                n=len(self.lines),
                lines=_some(self.lines),
            )
        if self.above:
            yield say("Words above the first day come in with that day: {names}", names=_some(self.above))
        if self.files:
            yield say(
                "Files in this archive that can’t be read here: {n}. {names}",
                n=len(self.files),
                names=_some(self.files),
            )
        if self.wordless:
            yield say("Entries without words, which don’t come in: {n}.", n=self.wordless)
        yield from unread_letters(self.unread)


def _some(words: list[str]) -> str:
    return " · ".join(f"“{each.strip()[:60]}”" for each in words[:_NAMED]) + " …" * (len(words) > _NAMED)


def from_diary(content: bytes, name: str, zone: str) -> Diary:
    """The entries of a diary. ``name`` ends as the file does and is named in errors.

    Raises:
        ExchangeError: it cannot be read, is too large, or no day was found in it.
    """
    if len(content) > LARGEST:
        raise ExchangeError(
            say("{name} is too large; the limit is {largest} MB.", name=name, largest=round(LARGEST / 1e6))
        )
    found, passed = [], _Passed()
    for number, note in enumerate(_entries(content, name, zone, passed), start=1):
        _not_too_many(number, name)  # in all files of an archive together
        found += [note] if note.words else []
        passed.wordless += not note.words and note.source == _DAY_ONE
    if not found:
        raise ExchangeError(say("{name} has no entries with words in them.", name=name))
    return Diary(sorted(found, key=lambda note: (note.at, note.id)), tuple(passed.sentences()))


def _entries(content: bytes, name: str, zone: str, passed: _Passed) -> Iterator[LooseNote]:
    ending = name.rpartition(".")[2].lower()
    if content[:4] == b"PK\x03\x04":
        yield from _of_archive(content, name, zone, passed)
    elif ending == "json" or content.lstrip()[:1] in ((b"{",) if f".{ending}" in _TEXTS else (b"{", b"[")):
        yield from _of_day_one(content, name, zone)
    elif ending == "csv" or is_daylio(content):
        yield from _of_daylio(content, name, zone, passed)
    else:
        yield from _of_text(_text(content, name, passed), name, zone, passed)


def _text(content: bytes, name: str, passed: _Passed) -> str:
    try:
        text = content.decode(encoding_of([content]), errors="replace").removeprefix("\ufeff")
    except NotText:
        text = "\0"
    if "\0" in text:
        raise ExchangeError(say("{name} isn’t a text file or any other kind Reattune can import.", name=name))
    passed.unread += "\ufffd" * text.count("\ufffd")
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
        made = made_at(LooseNote, _id_of(at, words), at, zone, at=at, words=words, source=source[-_SOURCE:])
    except JournalError as error:
        raise ExchangeError(say("{where}: {error}", where=where, error=error)) from error
    assert isinstance(made, LooseNote)  # noqa: S101
    return made


# Text and Markdown


def _of_text(text: str, name: str, zone: str, passed: _Passed, file: str = "") -> Iterator[LooseNote]:
    """An entry for each line that is a day, with what follows it; or one, of the day that the file is called after.

    ``file`` is what it is called in an archive.
    """
    parts = reversed((file or name).split("/"))
    named = next((found for part in parts if (found := re.search(r"\d{4}-\d{2}-\d{2}", part))), None)
    of = day_written(named[0], zone) if named else None
    if sum(map(text.count, _LINE_ENDS)) > _MOST_LINES:
        raise ExchangeError(say("{name} has too many lines to read at once. Split it.", name=name))
    lines = text.splitlines()
    days = Days([*filter(str.strip, lines)], name, zone, dated=of is not None)
    words: list[str] = []
    entries: list[tuple[DayLine, list[str]]] = []
    for line in lines:
        day = days.day_of(line) if line.strip() else None
        if day is None:
            if line.strip() not in ("---", "***"):
                words.append(line)
                passed.lines += [line] if looks_like_a_day(line) else []
            continue
        if any(map(str.strip, words)):
            if of is None:  # words above the first day go with it
                passed.above.append(file or name)
            else:
                entries.append((of, words))
                words = []
        words += [day.title] if day.title else []
        of = day
    if of is None and _NO_DIARY.match(text):
        raise _NoDiary(say("{name} isn’t a text file or any other kind Reattune can import.", name=name))
    if of is None:
        raise _NoDiary(
            say(
                "No dates were found in {name}. Put the date on its own line above each entry, like 2024-05-31.",
                name=name,
            )
        )
    entries.append((of, words))
    _not_too_many(len(entries), name)
    for day, said in entries:
        where = say("{name}, the entry of {day}", name=name, day=f"{day.at:%Y-%m-%d}")
        yield _note(day.at, "\n".join(said), name, day.zone, where)


# Archives


def _of_archive(content: bytes, name: str, zone: str, passed: _Passed) -> Iterator[LooseNote]:
    """A ZIP of Day One, or of text files. What it holds is counted while it is read, not as it claims."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            there = [each for each in archive.infolist() if not each.is_dir() and not _hidden(each.filename)]
            members = [each for each in there if each.filename.lower().endswith((".json", *_TEXTS))]
            silent = (".json", *_TEXTS, *_WORDLESS)
            passed.files += [each.filename for each in there if not each.filename.lower().endswith(silent)]
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
            others: list[_NoDiary] = []
            for member in members:
                with archive.open(member) as file:
                    inside = file.read(room + 1)
                room -= len(inside)
                if room < 0:
                    raise ExchangeError(
                        say("{name} contains more than {largest} MB.", name=name, largest=round(LARGEST / 1e6))
                    )
                where = f"{name}: {member.filename}"
                try:
                    if member.filename.lower().endswith(".json"):
                        yield from _of_day_one(inside, where, zone)
                    else:
                        yield from _of_text(_text(inside, where, passed), where, zone, passed, member.filename)
                except _NoDiary as other:
                    others.append(other)
                    passed.files.append(member.filename)
            if len(others) == len(members):
                raise others[0]
    except ExchangeError:
        raise
    except Exception as error:  # what zipfile makes of a damaged archive is a dozen kinds of error
        raise ExchangeError(say("{name} is a damaged or locked archive.", name=name)) from error


def _hidden(path: str) -> bool:
    """Whether a program keeps this file for itself."""
    return any(part.startswith(".") or part == "__MACOSX" for part in path.split("/"))


# Day One


def _of_day_one(content: bytes, name: str, zone: str) -> Iterator[LooseNote]:
    whole = json_of_file(content, name)
    if isinstance(whole, dict) and whole.get("format") == FORMAT:
        raise ExchangeError(
            say(
                "{name} is a journal exported from Reattune, inside an archive. Unpack the archive, and choose that "
                "file.",
                name=name,
            )
        )
    entries = whole.get("entries") if isinstance(whole, dict) else None
    if not isinstance(entries, list):
        raise _NoDiary(say("{name} is JSON, but not a Reattune export, a FHIR bundle or a Day One export.", name=name))
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
        yield _note(
            at, re.sub(r"\\([.!()\-_*#+])", r"\1", words), _DAY_ONE, _known_zone(entry.get("timeZone"), zone), where
        )


def _known_zone(said: object, zone: str) -> str:
    """Where an entry was written, if it says so by a name that is known here; else ``zone``."""
    name = said.replace("\\/", "/") if isinstance(said, str) else ""
    try:
        return ZoneInfo(name).key
    except (KeyError, OSError, ValueError):
        return zone


# Daylio


# A "<" before anything else is one that somebody wrote, such as a heart.
_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,200}>")


def is_daylio(content: bytes) -> bool:
    """Whether the first line is the one that Daylio writes."""
    return content[:200].lstrip(b"\xef\xbb\xbf").startswith((b"full_date,", b'"full_date",'))


def _of_daylio(content: bytes, name: str, zone: str, passed: _Passed) -> Iterator[LooseNote]:
    if not is_daylio(content):
        raise ExchangeError(say("{name} isn’t a Daylio export.", name=name))
    try:
        lines = [row for row in csv.reader(io.StringIO(_text(content, name, passed), newline="")) if row]
    except csv.Error as error:
        raise ExchangeError(say("{name} isn’t a table: {error}.", name=name, error=error)) from error
    _not_too_many(len(lines) - 1, name)
    if longer := longer_rows(lines):
        raise ExchangeError(say("{where}: {error}", where=name, error=said_of_longer(longer)))
    for line, row in enumerate(lines[1:], start=2):
        given = {key: value.strip() for key, value in zip(lines[0], row, strict=False)}
        day = day_written(f"{given.get('full_date', '')} {given.get('time', '')}".strip(), zone)
        if day is None:
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
        if not any(words):
            passed.wordless += 1
        else:
            said = "\n".join(each for each in (*words, beside and f"({beside})") if each)
            yield _note(day.at, said, "Daylio", day.zone, say("{name}, row {line}", name=name, line=line))


def as_here(journal: Journal, entries: Iterable[LooseNote]) -> list[LooseNote]:
    """The same entries, those that are here as they are here: also where they were read in another time zone.

    The id of an entry is made of its time and words; what was sorted has no words any more, but its time and its id.
    """
    here: dict[datetime, dict[datetime, dict[UUID, LooseNote]]] = defaultdict(lambda: defaultdict(dict))
    for each in journal.all(LooseNote):
        here[clock_of(each)][each.at][each.id] = each
    return [_known(each, here[clock_of(each)]) for each in entries]


def clock_of(note: LooseNote) -> datetime:
    """What the clocks showed where it was written, whatever zone that was."""
    return note.local(note.at).replace(tzinfo=None)


def _known(entry: LooseNote, here: Mapping[datetime, Mapping[UUID, LooseNote]]) -> LooseNote:
    """By time: one local time is few, one for each zone, however many entries there are of it."""
    known = next((found for at, notes in here.items() if (found := notes.get(_id_of(at, entry.words)))), None)
    # Of the same time as the one here, so that neither is the newer one.
    same = {"id": known.id, "at": known.at, "created": known.created, "updated": known.updated} if known else {}
    return entry.model_copy(update=same)


def _id_of(at: datetime, words: str) -> UUID:
    return steady_id("loose", at.isoformat(), words)
