"""Numbers as tables write them: decimal points and commas, thousands, percent signs, words for "missing"."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from enum import StrEnum

# What people and programs write where there is no value; compared without case.
_MISSING_LINES = (
    "|na|n/a|n.a.|nan|null|none|nil|.|-|--|missing|fehlend|fehlt|k.a.|k. a.|keine angabe|s/d|n/d|nd|sin datos|nr",
    "#null!|#n/a|#na|#nv|#div/0!|#value!|#wert!|#ref!|<na>|(null)|\\n|–|—|na_integer_|na_real_|#¡nulo!|#valor!|#valeur!",
)
MISSING_WORDS = frozenset("|".join(_MISSING_LINES).split("|"))
_NOISE = re.compile(r"[\s\u00a0\u202f'\u2019%]")
_GROUPS_COMMA = re.compile(r"[-+]?[1-9]\d{0,2}(,\d{3})+(\.\d+)?")
_GROUPS_POINT = re.compile(r"[-+]?[1-9]\d{0,2}(\.\d{3})+(,\d+)?")
_PLAIN = re.compile(r"[-+]?(\d+(\.\d*)?|\.\d+)([eE][-+]?\d+)?")
_WITH_COMMA = re.compile(r"[-+]?\d*,\d+")


class Decimal(StrEnum):
    """Which sign stands before the decimals."""

    POINT = "point"
    COMMA = "comma"


def is_missing(cell: str) -> bool:
    """Whether a cell says that there is no value."""
    return cell.strip().casefold() in MISSING_WORDS


def decimal_of(cells: Iterable[str], hint: Decimal | None = None, *, sure: bool = True) -> Decimal | None:
    """Which sign stands before the decimals in a column; ``None`` where 1,234 could be either.

    Args:
        hint: what other columns or the delimiter speak for; it decides where the cells do not.
        sure: whether it is more than the delimiter.
    """
    comma = point = grouped_comma = grouped_point = False
    for cell in cells:
        text = _NOISE.sub("", cell)
        if "," in text and "." in text:
            if text.rindex(",") > text.rindex("."):
                comma = True
            else:
                point = True
        elif "," in text:
            if _GROUPS_COMMA.fullmatch(text):
                grouped_comma = True
            else:
                comma = True
        elif "." in text:
            if _GROUPS_POINT.fullmatch(text):
                grouped_point = True
            else:
                point = True
    if comma != point:
        return Decimal.COMMA if comma else Decimal.POINT
    if comma:
        return hint
    if grouped_comma and not grouped_point:
        return hint
    if grouped_point and not grouped_comma:
        return Decimal.POINT if hint is None else hint if sure else None
    return hint or Decimal.POINT


def number(cell: str, decimal: Decimal = Decimal.POINT) -> float | None:
    """A number; ``None`` where it is none. Percent signs, spaces and signs between thousands are left out."""
    text = _NOISE.sub("", cell)
    if decimal is Decimal.COMMA:
        if "." in text and not _GROUPS_POINT.fullmatch(text):
            # "73.5" in a column of commas is no thousand: it is taken as it stands where nothing else is possible.
            return None if "," in text else _plain(text)
        text = text.replace(".", "").replace(",", ".")
    elif "," in text:
        if not _GROUPS_COMMA.fullmatch(text):
            return None
        text = text.replace(",", "")
    return _plain(text)


def _plain(text: str) -> float | None:
    found = float(text) if len(text) < 40 and _PLAIN.fullmatch(text) else None
    return found if found is None or math.isfinite(found) else None


def lone_number(cell: str) -> float | None:
    """The same for a single cell of which nothing else is known: a comma is a decimal sign."""
    text = _NOISE.sub("", cell)
    if _WITH_COMMA.fullmatch(text):
        return number(cell, Decimal.COMMA)
    return number(cell, decimal_of([cell]) or Decimal.COMMA)
