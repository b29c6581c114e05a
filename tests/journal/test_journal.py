"""What a journal accepts and what it refuses."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest

from reattune.journal import Journal, JournalError
from reattune.journal.documents import Address, Moment, Relationship
from reattune.journal.merge import merge_file
from tests.conftest import Writer


def test_it_holds_and_finds(writer: Writer) -> None:
    therapist = writer.therapist()
    moment = writer.write("moment", relationship_id=therapist.id, at=writer.now, what="A silence")
    again = Journal(list(writer.journal))
    assert again.therapist == therapist
    assert again.moments(therapist) == [moment]
    assert again.find(Relationship, moment.id) is None
    with pytest.raises(JournalError, match="no moment"):
        again.get(Moment, uuid4())


def test_one_therapist_is_current_at_a_time(writer: Writer) -> None:
    first = writer.therapist()
    with pytest.raises(JournalError, match="Miriam is your current therapist"):
        writer.write("relationship", name="Other", role="therapist")
    writer.rewrite(first, status="past")
    writer.write("relationship", name="Other", role="therapist")
    assert writer.journal.therapist.name == "Other"  # type: ignore[union-attr]


def test_what_is_not_there_cannot_be_referred_to(writer: Writer) -> None:
    with pytest.raises(JournalError, match=r"What this belongs to \(a person\) isn’t in the journal"):
        writer.write("moment", relationship_id=uuid4(), at=writer.now)


def test_a_session_is_with_a_therapist_and_has_one_check_in(writer: Writer) -> None:
    mother = writer.write("relationship", name="Mum", role="parent")
    with pytest.raises(JournalError, match="meeting with a therapist"):
        writer.write("session", relationship_id=mother.id, at=writer.now)
    check_in = writer.check_in(writer.therapist(), 7)
    with pytest.raises(JournalError, match="already has a check-in"):
        writer.write("check_in", session_id=check_in.session_id, instrument="a/1", answers={})


def test_an_echo_links_two_relationships(writer: Writer) -> None:
    therapist = writer.therapist()
    two = [writer.write("moment", relationship_id=therapist.id, at=writer.now) for _ in range(2)]
    with pytest.raises(JournalError, match="two different people"):
        writer.write("echo", moment_id=two[0].id, earlier_id=two[1].id, answer="yes")


def test_a_rupture_holds_moments_of_its_own_relationship(writer: Writer) -> None:
    therapist = writer.therapist()
    mother = writer.write("relationship", name="Mum", role="parent")
    moment = writer.write("moment", relationship_id=mother.id, at=writer.now)
    with pytest.raises(JournalError, match="with the same person"):
        writer.write(
            "rupture",
            relationship_id=therapist.id,
            began=writer.now,
            moment_ids=[moment.id],
            transitions=[{"at": writer.now, "state": "noticed"}],
        )


def test_older_forms_and_other_kinds_do_not_take_a_place(writer: Writer) -> None:
    therapist = writer.therapist()
    newer = writer.rewrite(therapist, note="newer")
    with pytest.raises(JournalError, match="newer version"):
        writer.journal.record(therapist)
    with pytest.raises(JournalError, match="can’t change"):
        writer.rewrite(newer, created=newer.created - timedelta(days=1))
    with pytest.raises(JournalError, match="different kind"):
        writer.write("moment", id=therapist.id, relationship_id=therapist.id, at=writer.now)


def test_fields_are_refused_in_sentences(writer: Writer) -> None:
    therapist = writer.therapist()
    cases = {
        "Reaction must be at most 10, and was 12.": {"reaction": 12},
        "Cause must be one of": {"cause": "retrograde"},
        "100,001 characters long": {"what": "x" * 100_001},
        "Colour isn’t one of its fields.": {"colour": "red"},
        "not a time zone": {"zone": "Europe/Atlantis"},
        "must say its time zone": {"at": "2026-03-02T10:00:00"},
    }
    for sentence, fields in cases.items():
        with pytest.raises(JournalError, match=sentence):
            writer.write("moment", **{"relationship_id": therapist.id, "at": writer.now, **fields})


def test_times_are_utc_and_the_zone_is_kept(writer: Writer) -> None:
    made = writer.make("relationship", name="A", role="friend", began="2026-07-01T12:00:00+02:00", zone="Europe/Madrid")
    assert isinstance(made, Relationship)
    assert made.began is not None
    assert made.began.utcoffset() == timedelta(0)
    assert made.local(made.began).hour == 12


@pytest.mark.parametrize("in_turn", [1, -1])
def test_who_became_the_therapist_on_another_computer_is_the_therapist_here(writer: Writer, in_turn: int) -> None:
    """In whatever order the copy has them; and the same copy again changes nothing."""
    before = writer.therapist()
    here = Journal(list(writer.journal))
    writer.rewrite(before, status="past")
    after = writer.write("relationship", name="Berta", role="therapist")
    copy = [each for each in writer.journal if each.id in {before.id, after.id}][::in_turn]
    here.take_in(merge_file(here, copy, read_on=None).changes)
    assert here.therapist
    assert here.therapist.id == after.id
    assert not merge_file(here, copy, read_on=None).changes


def test_what_came_in_on_either_computer_does_not_come_in_again(writer: Writer) -> None:
    key = "A" * 43 + "="
    address = writer.write("address", private=key, seen=["one"])
    here = Journal(list(writer.journal))
    here.take_in([address.model_copy(update={"seen": ("one", "two"), "updated": writer.now})])
    elsewhere = writer.rewrite(address, seen=["one", "three"])
    here.take_in(merge_file(here, [elsewhere], read_on=None).changes)
    assert here.get(Address, address.id).seen == ("one", "two", "three")
