"""Lines of a diary that are days, as people write them in four languages: each begins an entry."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

from reattune.content.translated_sentences import say
from reattune.exchange.errors import ExchangeError
from reattune.exchange.written_dates import ZONE, MixedDates, Order, minutes_of_zone, order_of, plain_spaces, year_of

_NAMES = (
    "january jan enero ene januar jänner janvier janv", "february feb febrero februar février févr",
    "march mar marzo märz mrz mars", "april apr abril abr avril avr", "may mayo mai", "june jun junio juni juin",
    "july jul julio juli juillet juil", "august aug agosto ago août", "september sep sept septiembre septembre",
    "october oct octubre oktober okt octobre", "november nov noviembre novembre",
    "december dec diciembre dic dezember dez décembre déc",
)  # fmt: skip
_MONTHS = {name: number for number, names in enumerate(_NAMES, start=1) for name in names.split()}
_MONTH = "|".join(sorted(_MONTHS, key=len, reverse=True))
_WHOLE_WEEKDAY = (
    r"(?:[^\W\d_]+day|[^\W\d_]+tag|mittwoch|sonnabend|lunes|martes|mi[ée]rcoles|jueves|viernes|s[áa]bado|domingo|lundi"
    r"|mardi|mercredi|jeudi|vendredi|samedi|dimanche)"
)
_WEEKDAY = (
    rf"(?:{_WHOLE_WEEKDAY}|(?:mon|tues?|wed|thu(?:rs?)?|fri|sat|sun|mo|di|mi|do|fr|sa|so|lun|mar|mi[ée]|jue|vie|s[áa]b|dom"
    r"|mer|jeu|ven|sam|dim)\b\.?)"
)
_CLOCK = (
    r"(?:[ ,T]+(?:[-–—|@] ?)?(?:at |um |a las |à )?(?P<hour>\d{1,2})"
    r"(?:[:h](?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,]\d+)?)?"
    r"|\.(?P<minutes>\d{2})(?= ?Uhr)|(?= ?(?:Uhr|h\b|[AaPp]\.?[Mm]\b)))"
    r"(?: ?(?P<half>[AaPp])\.?[Mm]\.?)?(?: ?(?:Uhr|h))?"
    rf"(?: ?(?P<offset>{ZONE}))?)?"
)
_DAY = re.compile(
    rf"(?:date|datum|fecha)?:?\s*[\"']?(?:(?:am|on|le|el) )?(?:{_WEEKDAY},?\s+(?:[-–—] )?)?(?:(?:den|der|the|le) )?(?:"
    r"(?P<y>\d{4})(?P<between>[-/.])(?P<m>\d{1,2})(?P=between)(?P<d>\d{1,2})(?!\d)"
    r"|(?P<y2>(?:19|20)\d{2})(?P<m2>0[1-9]|1[0-2])(?P<d2>0[1-9]|[12]\d|3[01])(?!\d)"
    r"|(?P<digits>\d{1,2}(?P<mark>[./-])\s?\d{1,2}(?P=mark)\s?(?:\d{4}|\d{2})(?!\d))"
    rf"|(?P<d3>\d{{1,2}})(?:st|nd|rd|th|er|º)?\.?[\s-]+(?:of |de )?(?P<m3>{_MONTH})\.?,?[\s-]+(?:del? )?"
    r"(?P<y3>\d{4})(?!\d)"
    rf"|(?P<m4>{_MONTH})\.?\s+(?P<d4>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<y4>\d{{4}})(?!\d)"
    rf")(?:,?\s+(?:\({_WEEKDAY}\)|{_WEEKDAY}(?=\s*(?:$|[-–—:|,\d]))))?{_CLOCK}",
    re.IGNORECASE,
)
# What stands between a day and the title of its entry, and what a bold line begins and ends with.
_TITLE = re.compile(r"(?:\s*[–—:|]\s*|\s*[-,]\s+|\s+)(?=\S)")
_BOLD = ("**", "__")
_LIKE = re.compile(
    rf"(?:(?:date|datum|fecha):?\s*)?(?:{_WEEKDAY},?\s+)?(?:"
    r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}\b.*|\d{1,2}(?P<mark>[./-])\s?\d{1,2}(?P=mark)\s?(?:\d{4}|\d{2})\b.*"
    r"|\d{1,2}\.\s?\d{1,2}\.(?:[\s:,–-].*)?|\d{1,2}/(?!(?:5|10)$)\d{1,2}"  # 7/10 is a rating
    rf"|\d{{1,2}}(?:st|nd|rd|th|er|º)?\.?\s+(?:of |de )?(?:{_MONTH})\b.*"
    rf"|(?:{_MONTH})\.?\s+\d{{1,2}}(?:st|nd|rd|th)?(?:\W.*)?"
    rf"|(?:19|20)\d{{2}},?\s+(?:{_MONTH})\.?\s+\d{{1,2}}|\d{{1,2}}(?: \. | )\d{{1,2}}(?: \. | )(?:19|20)\d{{2}}"
    r"|\d{4}年\d{1,2}月\d{1,2}日"
    r"|\d{1,2}\.?\s+(?:d[ei] )?[^\W\d_]{3,}\.?,?\s+(?:d[ei] )?(?:19|20)\d{2}"  # in another language
    r")|(?:mon|tues|wednes|thurs|fri|satur|sun)day|(?:mon|diens|donners|frei|sams|sonn)tag|mittwoch|sonnabend|lunes|martes"
    r"|mi[ée]rcoles|jueves|viernes|s[áa]bado|domingo|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche",
    re.IGNORECASE,
)
# A day stands at the beginning of its line; what follows is the title, however long.
_LONGEST, _READ = 80, 300
# A line as short as this, with a day and no more than so many words beside it, looks like one.
_SHORT, _BESIDE = 40, 2
_BRACKETS = {"[": "]", "(": ")", "<": ">"}
_IN_AN_ENTRY = re.compile(r"\s*(?:>|[-*+]\s)")


@dataclass(frozen=True)
class DayLine:
    """A line that is a day: when, in which time zone, and what it is called, where the heading says so."""

    at: datetime
    zone: str
    title: str = ""


class Days:
    """Reads the days of one text.

    Raises:
        ExchangeError: whether the day or the month comes first where they are written in digits cannot be told, or
            differs.
    """

    def __init__(self, lines: Sequence[str], name: str, zone: str, *, dated: bool = False) -> None:
        """``dated`` is whether the whole text has a day already."""
        self._zone = zone
        self._orders = _orders(lines, name)
        self._in_lists = False
        # What is in a list or quoted is of the day above it, unless all days are written so.
        self._in_lists = not dated and not any(map(self.day_of, lines))

    def day_of(self, line: str) -> DayLine | None:
        """The day that a line names, if that is all it says: a heading, a bold line, a field of a Markdown header.

        A heading may say a title after it.
        """
        bare = _bare(line)
        found = _DAY.match(plain_spaces(bare[:_READ]))
        if not found or (_IN_AN_ENTRY.match(line) and not self._in_lists):
            return None
        rest = bare[found.end() :]
        title = _TITLE.match(rest) if _is_heading(line) else None
        if rest.strip(" :\"'") and not title:
            return None
        at = _when(found, self._zone, self._orders)
        return DayLine(at, _named(found, at, self._zone), rest[title.end() :] if title else "") if at else None


def looks_like_a_day(line: str) -> bool:
    """Whether a line that is no day that can be read looks like one."""
    bare = plain_spaces(_bare(line))
    if bare and len(bare) <= _SHORT and (within := _DAY.search(bare)):
        beside = f"{bare[: within.start()]} {bare[within.end() :]}"
        return len(re.findall(r"\w+", beside)) <= _BESIDE or bool(_LIKE.fullmatch(bare))
    if bare:
        return bool(_LIKE.fullmatch(bare[:_READ]))
    # A paragraph that begins with its day: a sign, or a new sentence, follows on it.
    begun = plain_spaces(line[:_LONGEST]).lstrip("#>-*_[( ")
    found = _DAY.match(begun)
    rest = begun[found.end() :].strip("*_]) ") if found else ""
    return bool(rest) and (rest[0] in "-–—:|.," or rest[0].isupper())


def day_written(words: str, zone: str) -> DayLine | None:
    """The day that ``words`` are, if they are one, with a time or without."""
    found = _DAY.fullmatch(plain_spaces(words))
    at = _when(found, zone, {}) if found else None
    return DayLine(at, _named(found, at, zone), "") if found and at else None


def _orders(lines: Iterable[str], name: str) -> Mapping[str, Order]:
    """By the sign between the digits, whether the day or the month comes first; of one that doesn't tell, as the
    others of the text do. Years of two digits that nothing tells are no days."""
    given: dict[str, list[str]] = {}
    for line in lines:
        if (found := _DAY.match(plain_spaces(_bare(line)[:_READ]))) and found["digits"]:
            given.setdefault(found["mark"], []).append(found["digits"])
    try:
        found_orders = {mark: order_of(cells) for mark, cells in given.items()}
    except MixedDates as error:
        raise ExchangeError(f"{name}: {error}") from error
    told = set(found_orders.values()) - {None}
    orders: dict[str, Order] = {}
    for mark, cells in given.items():
        order = found_orders[mark] or (next(iter(told)) if len(told) == 1 else "day" if mark == "." else None)
        if order:
            orders[mark] = order
        elif whole := [each for each in cells if re.search(r"\d{4}$", each) and _is_some_day(each)]:
            raise ExchangeError(
                say(
                    "{name}: {given} can be read in two ways. Write the month as a word, or the date like 2024-05-31.",
                    name=name,
                    given=whole[0],
                )
            )
    return orders


def _is_some_day(digits: str) -> bool:
    """Whether it can be a day, whichever comes first: of 31/13/2024, neither can be the month."""
    first, second, _year = map(int, re.findall(r"\d+", digits))
    return min(first, second) in range(1, 13) and max(first, second) < 32


def _is_heading(line: str) -> bool:
    """Whether a line is a heading, or bold from end to end."""
    said = line.strip()
    bold = any(said.startswith(mark) and said.endswith(mark) and len(said) > 2 * len(mark) for mark in _BOLD)
    return said.startswith("#") or bold


def _bare(line: str) -> str:
    if len(line) > _LONGEST and not line.lstrip().startswith("#"):
        return ""
    said = line.strip().lstrip("#>-* ").strip("*_= \t").removesuffix(":")
    quoted = len(said) > 1 and said[0] == said[-1] and said[0] in "\"'"
    said = said[1:-1].removesuffix(":") if quoted else said
    while len(said) > 1 and _BRACKETS.get(said[0]) == said[-1]:
        said = said[1:-1]
    return said


def _when(found: re.Match[str], zone: str, orders: Mapping[str, Order]) -> datetime | None:
    """When a day is that was found, at noon where it says no time; ``None`` where there is no such day."""
    given = found.groupdict()
    day = _date(given, orders)
    try:
        return datetime.combine(day, _clock(given), _zone(found, zone)).astimezone(UTC) if day else None
    except (ValueError, OverflowError):
        return None


def _zone(found: re.Match[str], zone: str) -> tzinfo:
    """That of an offset beside a time, or ``zone``; 10:30-11:15 is no offset, but until when."""
    exact = found["offset"] and (
        found["offset"][0].isalpha() or found["second"] or found.string[found.start("hour") - 1] in "Tt"
    )
    return timezone(timedelta(minutes=minutes_of_zone(found["offset"].upper()))) if exact else ZoneInfo(zone)


def _named(found: re.Match[str], at: datetime, zone: str) -> str:
    """The name of the zone where it was written: ``zone``, unless an offset of whole hours says that it was another.
    Zero is how programs write any time, wherever that was."""
    there, here = (at.astimezone(each).utcoffset() or timedelta() for each in (_zone(found, zone), ZoneInfo(zone)))
    hours, beside = divmod(there, timedelta(hours=1))
    # Their sign is turned in these names.
    return zone if not there or there == here or beside or not -12 <= hours <= 14 else f"Etc/GMT{-hours:+d}"


def _date(given: Mapping[str, str | None], orders: Mapping[str, Order]) -> date | None:
    if (digits := given["digits"]) and (mark := given["mark"]):
        first, second, year = re.findall(r"\d+", digits)
        month, day = (first, second) if orders.get(mark) == "month" else (second, first)
        return _on(year_of(year), int(month), int(day)) if mark in orders else None
    for kind in ("", "2", "3", "4"):
        year, month, day = given[f"y{kind}"], given[f"m{kind}"], given[f"d{kind}"]
        if year and month and day:
            return _on(int(year), int(month) if month.isdigit() else _MONTHS[month.lower()], int(day))
    return None


def _on(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _clock(given: Mapping[str, str | None]) -> time:
    if given["hour"] is None:
        return time(12)
    hour, minute, half = (
        int(given["hour"]),
        int(given["minute"] or given["minutes"] or 0),
        (given["half"] or "").lower(),
    )
    hour = hour % 12 + (12 if half == "p" else 0) if half else hour
    return time(hour, minute) if hour < 24 and minute < 60 else time(12)
