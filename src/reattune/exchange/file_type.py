"""What kind of file somebody brings, by what stands in it rather than by its name."""

from __future__ import annotations

from enum import Enum

from reattune.exchange.diaries import is_daylio
from reattune.exchange.workbook import is_workbook


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
        if b'"reattune-answer"' in start:
            return Kind.ANSWER
        if b'"Bundle"' in start or b'"resourceType"' in start:
            return Kind.FHIR
        if b'"entries"' in start or b'"creationDate"' in start:
            return Kind.DIARY
        return Kind.JOURNAL
    if is_workbook(content):
        return Kind.RATINGS
    if name.lower().endswith((".csv", ".tsv")) and not is_daylio(content):
        return Kind.RATINGS
    return Kind.DIARY
