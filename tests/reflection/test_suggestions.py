"""What is asked about, one thing at a time, and that a no is remembered."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from reattune import content
from reattune.alliance.instruments import read_definition
from reattune.journal import rupture_states
from reattune.journal.vocabulary import NoticedBy
from reattune.reflection.bond_line import bond_line
from reattune.reflection.possible_ruptures import Noticed, noticing
from tests.conftest import Writer

OWN = read_definition(content.text("instruments", "reattune-check-in.toml"), "reattune-check-in.toml")
CALM = [7, 8, 7, 8, 7, 7, 8, 7, 8, 7]


def asked(writer: Writer) -> Noticed | None:
    line = bond_line(writer.journal, writer.journal.therapist, {OWN.name: OWN})
    return noticing(writer.journal, line, writer.now)


def weeks(writer: Writer, therapist: Any, scores: Sequence[float]) -> None:
    for score in scores:
        writer.now += timedelta(days=7)
        writer.check_in(therapist, score)


def moment(writer: Writer, therapist: Any, reaction: int | None, **fields: Any) -> Any:
    fields = {"relationship_id": therapist.id, "at": writer.now, "what": "Something", "reaction": reaction, **fields}
    return writer.write("moment", **fields)


def answer(writer: Writer, therapist: Any, noticed: Noticed, said: str) -> None:
    writer.write("suggestion", relationship_id=therapist.id, source=noticed.source, source_ids=noticed.source_ids,
                 answer=said)  # fmt: skip


def test_nothing_is_asked_of_an_empty_or_calm_journal(writer: Writer) -> None:
    assert asked(writer) is None
    therapist = writer.therapist()
    weeks(writer, therapist, CALM)
    moment(writer, therapist, 3)
    assert asked(writer) is None


def test_a_strike_on_the_bond_line_and_a_no(writer: Writer) -> None:
    therapist = writer.therapist()
    weeks(writer, therapist, [*CALM, 3])
    found = asked(writer)
    assert found
    assert found.source is NoticedBy.BOND
    assert found.pattern == "lightning"
    answer(writer, therapist, found, "no")
    weeks(writer, therapist, [3])
    assert asked(writer) is None, "the same drop is not asked about again"
    weeks(writer, therapist, [7, 8, 7, 8, 7, 8, 7, 2])
    again = asked(writer)
    assert again, "a new drop is a new question"


def test_a_drop_that_a_rupture_is_about_is_not_asked(writer: Writer) -> None:
    therapist = writer.therapist()
    weeks(writer, therapist, CALM)
    writer.write(
        "rupture", relationship_id=therapist.id, began=writer.now, transitions=rupture_states.begin(writer.now)
    )
    weeks(writer, therapist, [3])
    assert asked(writer) is None


def test_a_drop_long_after_another_rupture_may_join_it(writer: Writer) -> None:
    therapist = writer.therapist()
    old = writer.write(
        "rupture", relationship_id=therapist.id, began=writer.now, transitions=rupture_states.begin(writer.now)
    )
    weeks(writer, therapist, [*CALM, 3])
    found = asked(writer)
    assert found
    assert [each.rupture.id for each in found.joinable] == [old.id]


def test_one_big_moment(writer: Writer) -> None:
    therapist = writer.therapist()
    big = moment(writer, therapist, 8)
    found = asked(writer)
    assert found
    assert found.source is NoticedBy.MOMENT
    assert found.moments == (big,)
    answer(writer, therapist, found, "no")
    assert asked(writer) is None


def test_several_small_ones_add_up_and_a_no_holds_until_there_are_new_ones(writer: Writer) -> None:
    therapist = writer.therapist()
    for _ in range(2):
        moment(writer, therapist, 4)
    assert asked(writer) is None
    moment(writer, therapist, 4)
    found = asked(writer)
    assert found
    assert (found.source, found.pattern, found.weight, len(found.moments)) == (NoticedBy.MOMENTS, "trickle", 12, 3)
    answer(writer, therapist, found, "no")
    moment(writer, therapist, 4)
    moment(writer, therapist, 4)
    assert asked(writer) is None
    moment(writer, therapist, 4)
    assert asked(writer), "as many new ones again are a new question"


def test_what_was_said_let_go_or_long_past_does_not_add_up(writer: Writer) -> None:
    therapist = writer.therapist()
    moment(writer, therapist, 5, said=writer.now)
    gone = moment(writer, therapist, 5)
    writer.write("unsaid", relationship_id=therapist.id, source_id=gone.id, since=writer.now, status="let_go")
    for _ in range(2):
        moment(writer, therapist, 5)
    moment(writer, therapist, 5, at=writer.now - timedelta(days=200))
    assert asked(writer) is None


def test_beside_a_crossed_boundary_nothing_is_asked(writer: Writer) -> None:
    therapist = writer.therapist()
    moment(writer, therapist, 9)
    moment(writer, therapist, 9, cause="crossed_a_boundary")
    assert asked(writer) is None
