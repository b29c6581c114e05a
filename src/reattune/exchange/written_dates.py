"""Dates as tables write them, in four languages; a whole column tells whether the day or the month comes first."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal

from reattune.exchange.errors import ExchangeError
from reattune.text.normal_form import normal_form

Order = Literal["day", "month"]
_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january januar jaenner janner enero janvier", "february februar febrero fevrier",
            "march maerz marz marzo mars", "april abril avril", "may mai mayo", "june juni junio juin",
            "july juli julio juillet", "august agosto aout", "september septiembre setiembre septembre",
            "october oktober octubre octobre", "november noviembre novembre", "december dezember diciembre decembre",
        ),
        start=1,
    )
    for name in names.split()
}  # fmt: skip
_SHORT = {
    short: number for name, number in _MONTHS.items() for short in {name[:3], name[:4]} if name[:3] not in {"jui"}
} | {"juin": 6, "juil": 7, "sept": 9}
# Zones as programs write them behind a time, in minutes ahead of UTC.
_OFFSETS = {
    "Z": 0, "UTC": 0, "GMT": 0, "BST": 60, "CET": 60, "CEST": 120, "MEZ": 60, "MESZ": 120,
    "EST": -300, "EDT": -240, "CST": -360, "CDT": -300, "MST": -420, "MDT": -360, "PST": -480, "PDT": -420,
}  # fmt: skip
ZONE = rf"(?:(?:GMT|UTC)[+-]\d{{1,2}}(?::?\d{{2}})?|(?:{'|'.join(_OFFSETS)})\b|[+-]\d{{2}}:?\d{{2}})"
_TIME = (
    r"(?:[T ,]+(?:um |a las |à |at )?"
    rf"(\d{{1,2}}[:h.]\d{{2}}\S*(?: ?[AaPp]\.?[Mm]\.?)?(?: ?{ZONE})?)(?: Uhr)?)?"
)
_ISO = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})" + _TIME)
_PACKED = re.compile(r"(19|20)(\d{2})(\d{2})(\d{2})")
_DIGITS = re.compile(r"(?:[^\W\d_]{2,10}[.,]{0,2} )?(\d{1,2})\s?[./\-]\s?(\d{1,2})\s?[./\-]\s?(\d{4}|\d{2})" + _TIME)
_DAY_NAME = re.compile(
    r"(?:[a-z]+,? )?(\d{1,2})(?:st|nd|rd|th|er|º|\.)?[\s\-./]*(?:de |of )?([a-z]{3,12})\.?[\s\-./,]*"
    r"(?:de |del )?(\d{4}|\d{2})" + _TIME
)
_NAME_DAY = re.compile(r"(?:[a-z]+,? )?([a-z]{3,12})\.?[\s\-./]+(\d{1,2})(?:st|nd|rd|th)?,?[\s\-./]+(\d{4})" + _TIME)
_ZONE = re.compile(rf"({ZONE})$")
# 10:30-11:15 says until when, where there is neither a T before it nor a second.
_UNTIL = re.compile(r".*[^T\d:](\d{1,2})[:h.](\d{2})-(\d{2}):?(\d{2})(?: Uhr)?")
_OFFSET = re.compile(r"(?:GMT|UTC)?([+-])(\d{1,2}):?(\d{2})?")
# What programs write between the words of a day, or between a time and its half of the day, instead of a space.
_SPACES = str.maketrans("\u00a0\u2009\u202f", "   ")
# Day 0 of the dates of spreadsheets.
_SERIAL_DAY = date(1899, 12, 30)


@dataclass(frozen=True)
class WrittenDate:
    """A date as it was written. In ``first`` and ``second`` day and month, where only the order tells them apart."""

    year: int
    first: int
    second: int
    clear: bool
    zone: str = ""
    time: str = ""
    mark: str = ""


class MixedDates(ExchangeError):
    """In one column the day comes first in one row and the month in another."""

    def __init__(self, day_first: str, month_first: str) -> None:
        super().__init__(
            f"in {day_first!r} the day comes first, and in {month_first!r} the month. Write all dates of the column in "
            "one way, best as 2024-05-31."
        )
        self.day_first, self.month_first = day_first, month_first


def written(cell: str) -> WrittenDate | None:
    """A cell taken apart; ``None`` where it is no date."""
    text = plain_spaces(cell).strip()
    found = None if len(text) < 6 or len(text) > 60 else _taken_apart(text)
    until = _UNTIL.fullmatch(text) if found and found.zone else None
    later = until is not None and (int(until[3]), int(until[4])) > (int(until[1]), int(until[2]))
    return replace(found, zone="") if found and later else found


def _taken_apart(text: str) -> WrittenDate | None:
    if found := _ISO.fullmatch(text):
        return _date(int(found[1]), int(found[3]), int(found[2]), True, found[4])
    if found := _DIGITS.fullmatch(text):
        mark = next(char for char in text if char in "./-")
        return _date(year_of(found[3]), int(found[1]), int(found[2]), False, found[4], mark)
    if found := _PACKED.fullmatch(text):
        return _date(int(found[1] + found[2]), int(found[4]), int(found[3]), True, None)
    if not any(char.isalpha() for char in text):
        return None
    plain = _plain(text)
    if (found := _DAY_NAME.fullmatch(plain)) and (month := _month(found[2])):
        return _date(year_of(found[3]), int(found[1]), month, True, found[4])
    if (found := _NAME_DAY.fullmatch(plain)) and (month := _month(found[1])):
        return _date(int(found[3]), int(found[2]), month, True, found[4])
    return None


def plain_spaces(text: str) -> str:
    """The same with spaces for those that take no line's end."""
    return text.translate(_SPACES)


def _plain(text: str) -> str:
    decomposed = normal_form("NFKD", text.casefold())
    return "".join(char for char in decomposed if not unicodedata.combining(char))


def _month(word: str) -> int | None:
    return _MONTHS.get(word) or (_SHORT.get(word) if len(word) <= 4 else None)


def year_of(text: str) -> int:
    """A year as written, in four digits or two."""
    return int(text) if len(text) == 4 else 2000 + int(text) if int(text) < 70 else 1900 + int(text)


def _date(year: int, first: int, second: int, clear: bool, time: str | None, mark: str = "") -> WrittenDate | None:
    if not 1900 <= year <= 2200 or not (1 <= first <= 31 and 1 <= second <= 31) or min(first, second) > 12:
        return None
    if clear and second > 12:
        return None
    zone = _ZONE.search(time.upper()) if time else None
    return WrittenDate(year, first, second, clear, zone[1] if zone else "", time or "", mark)


def order_of(cells: Iterable[str]) -> Order | None:
    """Whether the day or the month comes first in a column; ``None`` where it cannot be told.

    Raises:
        MixedDates: it differs between the rows.
    """
    day = month = ""
    dots = False
    for cell in cells:
        found = written(cell)
        if found is None or found.clear:
            continue
        dots |= found.mark == "."
        if found.first > 12:
            day = day or cell
        if found.second > 12:
            month = month or cell
        if day and month:
            raise MixedDates(day, month)
    if day or month:
        return "day" if day else "month"
    return "day" if dots else None


def needs_order(cells: Iterable[str]) -> bool:
    """Whether a date of the column is written in digits with the year last."""
    return any(found is not None and not found.clear for found in map(written, cells))


def day_of(cell: str, order: Order | None) -> date | None:
    """The day of a cell; ``None`` where it is no date, or none in this order."""
    found = written(cell)
    if found is None:
        return None
    day, month = (found.first, found.second) if found.clear or order != "month" else (found.second, found.first)
    try:
        return date(found.year, month, day)
    except ValueError:
        return None


def serial_day(number: float) -> date:
    """The day of a spreadsheet's serial number."""
    return _SERIAL_DAY + timedelta(days=int(number))


def minutes_of_zone(zone: str) -> int:
    """How far a zone as written is ahead of UTC, in minutes."""
    if found := _OFFSET.fullmatch(zone):
        return int(f"{found[1]}1") * (60 * int(found[2]) + int(found[3] or 0))
    return _OFFSETS[zone]
