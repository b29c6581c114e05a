"""Which moments are asked about, why, and which never are."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import numpy as np
import pytest

from reattune.journal.documents import Moment
from reattune.reflection.echoes.ranking import Signs, ranked
from reattune.reflection.echoes.suggest import NOT_NOW, askable, mark_of, signs_of, suggestions
from reattune.text.sentence_vectors import NUMBERS, packed
from tests.conftest import Writer


def someone(writer: Writer, name: str, **fields: Any) -> Any:
    return writer.write("relationship", name=name, role="friend", **fields)


def moment(writer: Writer, who: Any, **fields: Any) -> Moment:
    writer.now += timedelta(hours=1)
    given = {"cause": "joked_and_it_hurt", "feelings": ["ashamed", "hurt"], "what": "A joke.", **fields}
    return writer.write("moment", relationship_id=who.id, at=writer.now, **given)  # type: ignore[no-any-return]


def asked(writer: Writer, of: Moment) -> list[Any]:
    return [each.moment.id for each in suggestions(writer.journal, of, writer.now)]


def test_the_rarer_thing_in_common_counts_more() -> None:
    me = Signs(frozenset({"hurt", "numb"}), frozenset({"no_say"}), "judged_me")
    often = [Signs(frozenset({"hurt"}))] * 8
    found = ranked(me, [*often, Signs(frozenset({"numb"})), Signs(frozenset({"sad"}), cause="judged_me"), me])
    assert [match.place for match in found[:3]] == [10, 9, 8]
    assert found[0].cause
    assert found[0].feelings == ("hurt", "numb")
    assert found[0].touched == ("no_say",)
    assert not found[2].cause


def test_something_else_is_nothing_in_common() -> None:
    found = ranked(Signs(what="one"), [Signs(what="two"), Signs(did="withdrew")])
    assert not any(match.has_reason for match in found)


def test_at_most_three_and_two_with_one_person_each_with_a_reason(writer: Writer) -> None:
    here, jo, max_ = writer.therapist(), someone(writer, "Jo"), someone(writer, "Max")
    now = moment(writer, here)
    of_jo = [moment(writer, jo) for _ in range(5)]
    of_max = [moment(writer, max_, feelings=["ashamed"]) for _ in range(2)]
    found = suggestions(writer.journal, now, writer.now)
    assert [each.moment.id for each in found] == [of_jo[0].id, of_jo[1].id, of_max[0].id]
    assert all(each.match.has_reason for each in found)
    assert {each.who.name for each in found} == {"Jo", "Max"}


def test_never_from_the_same_person(writer: Writer) -> None:
    therapist = writer.therapist()
    now = moment(writer, therapist)
    moment(writer, therapist)
    assert asked(writer, now) == []


def test_a_no_is_not_asked_again_from_either_side_and_not_now_waits(writer: Writer) -> None:
    here, there = writer.therapist(), someone(writer, "Jo")
    now, earlier, other = moment(writer, here), moment(writer, there), moment(writer, there)
    assert asked(writer, now) == [earlier.id, other.id]
    writer.write("echo", moment_id=now.id, earlier_id=earlier.id, answer="no")
    writer.write("echo", moment_id=now.id, earlier_id=other.id, answer="not_now")
    assert asked(writer, now) == []
    assert asked(writer, earlier) == []
    writer.now += NOT_NOW
    assert asked(writer, now) == [other.id]


def test_nothing_from_what_is_kept_apart(writer: Writer) -> None:
    here, jo, ex = writer.therapist(), someone(writer, "Jo"), someone(writer, "Ex", keep_apart=True)
    now, sealed, with_ex = moment(writer, here), moment(writer, jo, keep_apart=True), moment(writer, ex)
    assert asked(writer, now) == []
    assert askable(writer.journal, now, writer.now) == []
    assert asked(writer, sealed) == []
    assert asked(writer, with_ex) == []
    opened = writer.rewrite(sealed, keep_apart=False)
    assert asked(writer, now) == [opened.id]


@pytest.mark.parametrize("what", ["Joke", "x", "", "夏", "word " * 19_999])
def test_one_word_and_a_novel_are_compared_by_their_ticks(writer: Writer, what: str) -> None:
    here, there = writer.therapist(), someone(writer, "Jo")
    now, earlier = moment(writer, here, what=what), moment(writer, there, what=what)
    assert asked(writer, now) == [earlier.id]


def test_with_no_ticks_only_much_the_same_words_are_asked_about(writer: Writer) -> None:
    here, there = writer.therapist(), someone(writer, "Jo")
    bare = {"cause": "other", "feelings": []}
    now = moment(writer, here, what="Late again.", **bare)
    moment(writer, there, what="The soup was cold.", **bare)
    assert asked(writer, now) == []


def test_all_moments_the_same_and_five_thousand_of_them(writer: Writer) -> None:
    here = writer.therapist()
    people = [someone(writer, f"P{number}") for number in range(5)]
    now = moment(writer, here)
    for number in range(5_000):
        moment(writer, people[number % 5])
    found = suggestions(writer.journal, now, writer.now)
    assert len(found) == 3
    assert len({each.who.id for each in found}) == 3


def vector(writer: Writer, of: Moment, row: Any, **fields: Any) -> None:
    given = {"model": "m/1", "of": mark_of(of), "what": packed(np.asarray(row, dtype=float)), **fields}
    writer.write("vector", moment_id=of.id, **given)


def test_a_vector_brings_what_the_ticks_leave_apart_and_a_stale_or_broken_one_is_left_aside(writer: Writer) -> None:
    here, jo = writer.therapist(), someone(writer, "Jo")
    bare = {"cause": "other", "feelings": []}
    now = moment(writer, here, what="She yawned.", **bare)
    near = moment(writer, jo, what="Él miraba por la ventana.", **bare)
    far = moment(writer, someone(writer, "Max"), what="The rent.", **bare)
    row = np.eye(3, NUMBERS)
    vector(writer, now, row[0])
    vector(writer, near, row[0] + 0.1 * row[1])
    vector(writer, far, row[2])
    found = suggestions(writer.journal, now, writer.now)
    assert [each.moment.id for each in found] == [near.id]
    assert found[0].match.sense
    changed = writer.rewrite(near, what="Something else entirely.")
    assert mark_of(changed) != mark_of(near)
    assert asked(writer, now) == []


@pytest.mark.parametrize("fields", [{"what": "not base64"}, {"model": "m/2"}])
def test_a_vector_of_another_model_or_damaged(writer: Writer, fields: dict[str, str]) -> None:
    here, jo = writer.therapist(), someone(writer, "Jo")
    now, other = moment(writer, here), moment(writer, jo)
    vector(writer, now, np.eye(1, NUMBERS)[0])
    vector(writer, other, np.eye(1, NUMBERS)[0], **fields)
    assert asked(writer, now) == [other.id]


def test_signs_take_all_words_about_meaning(writer: Writer) -> None:
    made = moment(writer, writer.therapist(), meant_about_me="a", meant_about_them="b", feelings_words="c")
    assert signs_of(made).meant == "a b c"
