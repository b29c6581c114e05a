"""The sentences to learn from: every row readable, every label one of ours, no text twice."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from reattune.journal.vocabulary import Cause, Feeling, RelationshipKind, Touched

SENTENCES = Path(__file__).parents[2] / "training" / "sentences"
LANGUAGES = ("en", "de", "es", "fr")
KINDS = {"suicide", "self_harm", "harmed", "harming"}


def rows(name: str) -> list[dict[str, str]]:
    with (SENTENCES / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("language", LANGUAGES)
def test_danger_has_labels_and_no_text_twice(language: str) -> None:
    found = rows(f"danger.{language}.csv")
    assert len(found) > 2000
    assert len({row["text"] for row in found}) == len(found)
    for row in found:
        assert row["text"].strip(), row
        assert row["form"] in ("sentence", "entry"), row
        if row["danger"] == "1":
            assert row["kind"] in KINDS, row
            assert row["veiled"] in ("0", "1"), row
        else:
            assert row["danger"] == "0", row
            assert row["sort"], row
    ordinary = sum(row["sort"] == "ordinary" for row in found)
    assert ordinary > len(found) / 5


@pytest.mark.parametrize("language", LANGUAGES)
def test_moments_are_labelled_in_the_words_of_the_journal(language: str) -> None:
    found = rows(f"moments.{language}.csv")
    assert len(found) >= 750
    assert len({row["what"] for row in found}) == len(found)
    for row in found:
        assert row["role"] in set(RelationshipKind), row
        assert row["cause"] in set(Cause), row
        assert row["cause2"] in {"", *Cause}, row
        assert set(filter(None, row["feelings"].split(";"))) <= set(Feeling), row
        assert set(filter(None, row["touched"].split(";"))) <= set(Touched), row
    assert {row["cause"] for row in found} == set(Cause)
