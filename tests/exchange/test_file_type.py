"""Which kind a file is, whatever words stand in it."""

from __future__ import annotations

import json

import pytest

from reattune.exchange.diaries import from_diary
from reattune.exchange.errors import ExchangeError
from reattune.exchange.fhir import to_fhir
from reattune.exchange.file_type import Kind, kind_of
from reattune.exchange.journal_json import from_json, to_json
from tests.exchange.test_fhir import KNOWN, journal, pairs
from tests.exchange.test_ratings_spreadsheet import NOW

WORDS = [
    "Bundle", "entries", "creationDate", "resourceType", "reattune-answer", "reattune-journal",
    'he wrote "entries": and "resourceType": and "format": "reattune-answer"',
]  # fmt: skip


@pytest.mark.parametrize("words", WORDS)
def test_a_word_of_somebody_makes_no_file_of_another_kind(words: str) -> None:
    person = journal().therapist
    assert person
    ours = to_json([person.model_copy(update={"name": words})], NOW)
    assert kind_of(ours, "a.json") is Kind.JOURNAL
    assert len(from_json(ours)) == 1
    diary = {"entries": [{"creationDate": "2024-05-31T16:30:00Z", "text": words, "tags": [words]}]}
    assert kind_of(json.dumps(diary).encode(), "a.json") is Kind.DIARY
    answer = {"format": "reattune-answer", "version": 1, "to": words, "letter": words}
    assert kind_of(json.dumps(answer, separators=(",", ":")).encode(), "a.json") is Kind.ANSWER
    bundle = json.loads(to_fhir(pairs(journal())[:1], KNOWN, NOW, "R4"))
    for sort_keys in (False, True):
        said = json.dumps({"id": words, **bundle, "title": words}, sort_keys=sort_keys).encode()
        assert kind_of(said, "a.json") is Kind.FHIR


@pytest.mark.parametrize(
    "begins", ["%PDF-1.4\n%", "BEGIN:VCALENDAR\r\nVERSION:2.0\r\n", "<!DOCTYPE html>\n<p>", "<html>"]
)
def test_what_dates_would_make_no_diary_is_not_told_to_have_some(begins: str) -> None:
    with pytest.raises(ExchangeError, match="isn’t a text file or any other kind Reattune can import"):
        from_diary(f"{begins}some words".encode(), "a.pdf", "UTC")
