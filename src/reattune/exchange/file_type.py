"""What kind of file somebody brings, by what stands in it rather than by its name."""

from __future__ import annotations

import re
from enum import Enum

from reattune.exchange.diaries import is_daylio
from reattune.exchange.workbook import is_workbook

# What a file of JSON says of itself: words of somebody that are alike are no names of its parts.
_OURS = re.compile(rb'"format"\s*:\s*"reattune-(journal|answer)"')
_FHIR, _DAY_ONE = re.compile(rb'"resourceType"\s*:'), re.compile(rb'"(?:entries|creationDate)"\s*:')


class Kind(Enum):
    """The kinds that can be brought in."""

    JOURNAL = "journal"
    FHIR = "fhir"
    RATINGS = "ratings"
    DIARY = "diary"
    ANSWER = "answer"


def kind_of(content: bytes, name: str) -> Kind:
    """Which it is. A file that is none of them is taken for a diary, whose reader says what is wrong with it."""
    start = content[:4096]
    if start.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"{":
        if told := _OURS.search(start):
            return Kind(told[1].decode())
        if _FHIR.search(start):
            return Kind.FHIR
        return Kind.DIARY if _DAY_ONE.search(start) else Kind.JOURNAL
    if is_workbook(content):
        return Kind.RATINGS
    if name.lower().endswith((".csv", ".tsv")) and not is_daylio(content):
        return Kind.RATINGS
    return Kind.DIARY
