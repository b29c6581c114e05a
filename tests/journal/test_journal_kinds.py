"""A journal is a person's in therapy or a therapist's, from its beginning on, and neither becomes the other."""

from __future__ import annotations

import json

import pytest

from reattune.journal import Journal, JournalError
from reattune.journal.codec import encode, from_raw
from reattune.journal.merge import merge
from reattune.journal.vocabulary import JournalKind, RelationshipKind
from tests.conftest import Writer
from tests.journal.every_kind import every_kind, every_kind_of_therapist


def test_without_settings_it_is_a_persons(writer: Writer) -> None:
    assert writer.journal.journal_kind is JournalKind.PERSON
    writer.write("preferences")
    assert writer.journal.journal_kind is JournalKind.PERSON


def test_the_settings_of_a_person_are_written_as_before(writer: Writer) -> None:
    kept = writer.write("preferences", region="GB")
    assert set(json.loads(encode(kept))) == {"kind", "version", "id", "created", "updated", "region"}


def test_a_client_cannot_stand_in_a_persons_journal(writer: Writer) -> None:
    with pytest.raises(JournalError, match="This belongs in a therapist’s journal"):
        writer.write("relationship", name="K.", role="client")


@pytest.mark.parametrize("role", [each for each in RelationshipKind if each is not RelationshipKind.CLIENT])
def test_nobody_but_clients_stands_in_a_therapists_journal(writer: Writer, role: str) -> None:
    writer.write("preferences", journal_kind="therapist")
    with pytest.raises(JournalError, match="A therapist’s journal is about clients"):
        writer.write("relationship", name="Somebody", role=role)
    writer.write("relationship", name="K.", role="client")
    assert [each.name for each in writer.journal.clients] == ["K."]


def test_a_persons_journal_holds_no_practised_answers(writer: Writer) -> None:
    with pytest.raises(JournalError, match="belongs in a therapist’s journal"):
        writer.write("tried_answer", vignette="the_diet", at="2026-03-02T18:00:00Z", way="say")


@pytest.mark.parametrize(
    ("kind", "field", "value"),
    [("rupture", "causes", ["judged_me"]), ("rupture", "their_words", "It hurt"), ("talk_plan", "my_part", "I did"),
     ("attempt", "client_met", ["cried"])],
)  # fmt: skip
def test_what_only_a_therapist_fills_stays_empty_in_a_persons(kind: str, field: str, value: object) -> None:
    documents = every_kind("words")
    journal = Journal(documents)
    [known] = [each for each in documents if each.kind == kind]
    with pytest.raises(JournalError, match="belongs in a therapist’s journal"):
        journal.record(from_raw({**dict(known), field: value}))


@pytest.mark.parametrize(("before", "after"), [("person", "therapist"), ("therapist", "person")])
def test_a_journal_stays_what_it_is(writer: Writer, before: str, after: str) -> None:
    kept = writer.write("preferences", journal_kind=before)
    with pytest.raises(JournalError, match="keeps the kind it was started as"):
        writer.rewrite(kept, journal_kind=after)
    assert writer.journal.journal_kind == before


def test_nothing_of_one_kind_is_taken_into_the_other() -> None:
    """Neither the settings nor the people of a file, whatever it says of itself; and what hangs on them neither."""
    of_person, of_therapist = every_kind("words"), every_kind_of_therapist("words")
    for here, there in ((of_person, of_therapist), (of_therapist, of_person)):
        journal = Journal(here[:1])
        newer = [each.model_copy(update={"updated": each.updated.replace(year=2031)}) for each in there]
        weighed = merge(journal, newer)
        kinds = {each.kind for each, _why in weighed.refused}
        assert {"preferences", "relationship"} <= kinds
        journal.take_in(weighed.changes)
        assert journal.journal_kind is here[0].journal_kind  # type: ignore[attr-defined]
        assert not [each for each in journal if each.kind in ("relationship", "session", "check_in", "rupture")]
