"""Documents to bytes and back, of this version and of older ones."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reattune import content
from reattune.content.translated_sentences import speaking
from reattune.journal import Journal, JournalError
from reattune.journal.codec import UPGRADES, decode, encode, from_raw, upgraded
from reattune.journal.documents import KINDS, Share
from tests.journal.every_kind import every_kind, every_kind_of_therapist

GOLDEN = Path(__file__).parent / "golden" / "version-1.jsonl"
# Kinds whose fields changed since, as they were first written in the form of today.
GOLDEN_2 = GOLDEN.with_name("version-2.jsonl")


def test_every_kind_comes_back_as_it_was() -> None:
    for document in [*every_kind("words"), *every_kind_of_therapist("words")]:
        assert decode(encode(document)) == document


def test_every_kind_is_covered_and_can_be_recorded() -> None:
    of_both = [every_kind("words"), every_kind_of_therapist("words")]
    assert {document.kind for documents in of_both for document in documents} == set(KINDS)
    for documents in of_both:
        journal = Journal()
        for document in documents:
            journal.record(document)


def test_every_field_of_every_kind_is_filled() -> None:
    filled: dict[str, set[str]] = {}
    for document in [*every_kind("words"), *every_kind_of_therapist("words")]:
        plain = json.loads(encode(document))
        filled.setdefault(document.kind, set()).update(plain)
    for kind, model in KINDS.items():
        # A default that the example happens to share is left out of the bytes.
        assert set(model.model_fields) - filled[kind] <= {"number", "attempt", "status"}, kind


@settings(max_examples=50, deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=300).filter(lambda text: text.strip()))
def test_any_words_come_back(words: str) -> None:
    for document in [*every_kind(words), *every_kind_of_therapist(words)]:
        assert decode(encode(document)) == document


def test_rows_written_by_version_1_are_readable() -> None:
    """Fields that came later have their defaults; all others are as they were written."""
    for line, today in zip(GOLDEN.read_bytes().splitlines(), every_kind("golden words"), strict=True):
        opened = decode(line)
        if json.loads(line)["version"] < opened.version:
            continue  # each has a test of its own below
        assert json.loads(encode(opened)) == json.loads(line)
        later = {name: getattr(opened, name) for name in set(dict(today)) - set(json.loads(line))}
        assert opened == today.model_copy(update=later)


def test_rows_written_by_version_2_are_readable() -> None:
    of_kind = {each.kind: each for each in every_kind("golden words")}
    for line in GOLDEN_2.read_bytes().splitlines():
        opened = decode(line)
        assert json.loads(encode(opened)) == json.loads(line)
        later = {name: getattr(opened, name) for name in set(dict(opened)) - set(json.loads(line))}
        assert opened == of_kind[opened.kind].model_copy(update=later)


def test_what_was_shared_before_names_what_it_was_made_from() -> None:
    (line,) = (each for each in GOLDEN.read_bytes().splitlines() if b'"kind":"share"' in each)
    opened = decode(line)
    assert isinstance(opened, Share)
    assert opened.version == 2
    assert [str(each) for each in opened.source_ids] == [json.loads(line)["shared_id"]]
    assert (opened.what, opened.way, opened.lines) == (None, None, ())
    assert opened.taken_back == opened.at


def test_an_old_version_is_upgraded_step_by_step() -> None:
    def first(raw: dict) -> dict:  # type: ignore[type-arg]
        raw["what"] = raw.pop("text")
        return raw

    def second(raw: dict) -> dict:  # type: ignore[type-arg]
        return {**raw, "reaction": raw["reaction"] * 10}

    steps = {("moment", 1): first, ("moment", 2): second}
    old = {"kind": "moment", "version": 1, "text": "hello", "reaction": 3}
    assert upgraded(old, 3, steps) == {"kind": "moment", "version": 3, "what": "hello", "reaction": 30}
    assert old == {"kind": "moment", "version": 1, "text": "hello", "reaction": 3}


def test_a_real_document_of_an_old_version_opens(monkeypatch: pytest.MonkeyPatch) -> None:
    def from_zero(raw: dict) -> dict:  # type: ignore[type-arg]
        raw["role"] = raw.pop("sort")
        return raw

    monkeypatch.setitem(UPGRADES, ("relationship", 0), from_zero)
    raw = json.loads(encode(every_kind("words")[1]))
    raw |= {"version": 0, "sort": raw.pop("role")}
    assert decode(json.dumps(raw).encode()) == every_kind("words")[1]


@pytest.mark.parametrize(
    ("plain", "sentence"),
    [
        (b"", "can’t be read"),
        (b"[1, 2]", "can’t be read"),
        (b"\xff\xfe", "can’t be read"),
        (b'{"kind": "diagnosis", "version": 1}', "doesn’t know"),
        (b'{"kind": "moment", "version": 99}', "newer Reattune"),
        (b'{"kind": "moment"}', "which version"),
        (b'{"kind": "moment", "version": 0}', "doesn’t know"),
        (b'{"kind": "moment", "version": true}', "which version"),
        (b'{"kind": "moment", "version": 1, "reaction": 40}', "Reaction must be at most 10, and was 40"),
        (b"[" * 100_000, "can’t be read"),
    ],
)
def test_what_cannot_be_read_says_why(plain: bytes, sentence: str) -> None:
    with pytest.raises(JournalError, match=sentence):
        decode(plain)


@pytest.mark.parametrize(
    ("language", "kind", "called"),
    [("en", "talk_plan", "prepared words"), ("de", "moment", "ein Moment"), ("es", "share", "algo compartido"),
     ("fr", "loose_note", "une entrée d’un carnet"), ("fr", "no such kind", "no such kind")],
)  # fmt: skip
def test_an_error_names_the_kind_in_the_reader_s_language(language: str, kind: str, called: str) -> None:
    with speaking(language), pytest.raises(JournalError) as error:
        from_raw({"kind": kind, "version": 1})
    assert f"({called})" in str(error.value)
    assert f"({kind})" not in str(error.value) or kind == called


@pytest.mark.parametrize("language", content.OFFERED)
def test_every_kind_has_its_words_in_each_language(language: str) -> None:
    assert set(content.words("labels", language)["kind"]) == set(KINDS)
