"""The life of a rupture through ``record``, the one way in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reattune.journal import JournalError, rupture_states
from reattune.journal.documents import Rupture
from reattune.journal.vocabulary import RuptureState as State
from tests.conftest import NOW, Writer

Make = Callable[[], Any]


def state(writer: Writer, rupture: Any) -> State:
    return writer.journal.get(Rupture, rupture.id).state


def step(writer: Writer, rupture: Any, to: State) -> Any:
    now = writer.journal.get(Rupture, rupture.id)
    return writer.rewrite(now, transitions=rupture_states.step(now.transitions, to, writer.now + timedelta(hours=1)))


def test_from_noticed_to_repaired_at_the_second_attempt(writer: Writer, rupture: Make) -> None:
    one = rupture()
    writer.write("talk_plan", rupture_id=one.id)
    assert state(writer, one) is State.PREPARING
    writer.write("attempt", rupture_id=one.id, at=writer.now, outcome="unheard")
    assert state(writer, one) is State.UNHEARD
    writer.write("talk_plan", rupture_id=one.id, attempt=2, approach="name_not_heard")
    writer.write("attempt", rupture_id=one.id, number=2, at=writer.now, outcome="repaired")
    kept = writer.journal.get(Rupture, one.id)
    states = [each.state for each in kept.transitions]
    assert states == [
        State.NOTICED, State.PREPARING, State.RAISED, State.UNHEARD, State.PREPARING, State.RAISED, State.REPAIRED,
    ]  # fmt: skip
    assert all(a.at <= b.at for a, b in zip(kept.transitions, kept.transitions[1:], strict=False))
    assert all(each.because for each in kept.transitions[1:])


def test_record_returns_what_changed_and_a_refusal_changes_nothing(writer: Writer, rupture: Make) -> None:
    one = rupture()
    changed = writer.journal.record(writer.make("talk_plan", rupture_id=one.id))
    assert [each.kind for each in changed] == ["talk_plan", "rupture"]
    before = list(writer.journal)
    with pytest.raises(JournalError, match="already started preparing"):
        writer.write("talk_plan", rupture_id=one.id)
    assert list(writer.journal) == before


def test_an_outcome_may_come_later(writer: Writer, rupture: Make) -> None:
    one = rupture()
    attempt = writer.write("attempt", rupture_id=one.id, at=writer.now)
    assert state(writer, one) is State.RAISED
    attempt = writer.rewrite(attempt, outcome="partly")
    assert state(writer, one) is State.PARTLY
    writer.rewrite(attempt, feel_now="better")


def test_an_outcome_can_be_corrected_where_nothing_contradicts_it(writer: Writer, rupture: Make) -> None:
    one = rupture()
    first = writer.write("attempt", rupture_id=one.id, at=writer.now, outcome="unheard")
    first = writer.rewrite(first, outcome="repaired")
    assert state(writer, one) is State.REPAIRED
    first = writer.rewrite(first, outcome=None)
    assert state(writer, one) is State.RAISED
    first = writer.rewrite(first, outcome="partly")
    writer.write("attempt", rupture_id=one.id, at=writer.now, number=2, outcome="unheard")
    before = list(writer.journal)
    with pytest.raises(JournalError, match="Something came after this conversation"):
        writer.rewrite(first, outcome="repaired")
    assert list(writer.journal) == before
    writer.rewrite(first, outcome="unheard")
    states = [step.state for step in writer.journal.get(Rupture, one.id).transitions]
    assert states == ["noticed", "raised", "unheard", "preparing", "raised", "unheard"]


def test_an_ending_can_be_taken_back_to_where_it_was(writer: Writer, rupture: Make) -> None:
    one = rupture()
    writer.write("attempt", rupture_id=one.id, at=writer.now, outcome="partly")
    for said in ("ended", "partly", "let_go", "ended", "partly"):
        known = writer.journal.get(Rupture, one.id)
        writer.rewrite(known, transitions=rupture_states.step(known.transitions, State(said), writer.now))
    assert state(writer, one) is State.PARTLY
    known = writer.journal.get(Rupture, one.id)
    ended = writer.rewrite(known, transitions=rupture_states.step(known.transitions, State.ENDED, writer.now))
    with pytest.raises(JournalError, match="be marked as"):
        rupture_states.step(ended.transitions, State.REPAIRED, writer.now)


def test_a_further_plan_says_what_is_different(writer: Writer, rupture: Make) -> None:
    one = rupture()
    writer.write("attempt", rupture_id=one.id, at=writer.now, outcome="unheard")
    with pytest.raises(JournalError, match="different this time"):
        writer.write("talk_plan", rupture_id=one.id, attempt=2)


def test_letting_go_can_be_taken_back_from_any_open_state(writer: Writer, rupture: Make) -> None:
    one = rupture()
    writer.write("talk_plan", rupture_id=one.id)
    step(writer, one, State.LET_GO)
    step(writer, one, State.PREPARING)
    assert state(writer, one) is State.PREPARING
    writer.write("attempt", rupture_id=one.id, at=writer.now, outcome="unheard")
    step(writer, one, State.LET_GO)
    with pytest.raises(JournalError, match="closed"):
        writer.write("talk_plan", rupture_id=one.id, attempt=2, approach="other_words")
    step(writer, one, State.UNHEARD)
    assert state(writer, one) is State.UNHEARD


def test_a_repaired_one_can_reopen_and_keeps_its_thread(writer: Writer, rupture: Make) -> None:
    one = rupture()
    writer.write("attempt", rupture_id=one.id, at=writer.now, outcome="repaired")
    step(writer, one, State.NOTICED)
    writer.write("talk_plan", rupture_id=one.id, attempt=2)
    assert [each.state for each in writer.journal.get(Rupture, one.id).transitions][-2:] == [
        State.NOTICED,
        State.PREPARING,
    ]


def test_states_of_a_talk_come_from_the_talk(writer: Writer, rupture: Make) -> None:
    one = rupture()
    writer.write("talk_plan", rupture_id=one.id)
    with pytest.raises(JournalError, match="when you note the conversation"):
        step(writer, one, State.RAISED)


def test_history_is_not_rewritten(writer: Writer, rupture: Make) -> None:
    one = rupture()
    step(writer, one, State.LET_GO)
    with pytest.raises(JournalError, match="stays in the story so far"):
        writer.rewrite(writer.journal.get(Rupture, one.id), transitions=one.transitions)


def test_a_talk_is_not_dated_before_what_it_is_about_nor_ahead(writer: Writer, rupture: Make) -> None:
    one = rupture()
    with pytest.raises(JournalError, match="before the thing it was about happened"):
        writer.write("attempt", rupture_id=one.id, at=writer.now - timedelta(days=3))
    with pytest.raises(JournalError, match="in the future"):
        writer.write("attempt", rupture_id=one.id, at=writer.now + timedelta(days=3))
    assert state(writer, one) is State.NOTICED


@given(st.lists(st.sampled_from(list(State)), max_size=12))
def test_whatever_is_tried_the_history_stays_one_that_can_be(wanted: list[State]) -> None:
    history = rupture_states.begin(NOW)
    for number, each in enumerate(wanted):
        try:
            longer = rupture_states.step(history, each, NOW + timedelta(hours=number))
        except JournalError:
            continue
        assert longer[: len(history)] == history
        history = longer
    rupture_states.check_history(history)


def test_a_history_that_cannot_be_is_refused() -> None:
    later = rupture_states.Transition(at=NOW, state=State.PREPARING)
    with pytest.raises(JournalError, match="starts as noticed"):
        rupture_states.check_history([later])
    backwards = rupture_states.Transition(at=NOW - timedelta(days=1), state=State.PREPARING)
    with pytest.raises(JournalError, match="before the one it follows"):
        rupture_states.check_history([*rupture_states.begin(NOW), backwards])
    with pytest.raises(JournalError, match="be marked as"):
        rupture_states.step(rupture_states.begin(NOW), State.REPAIRED, NOW)


def test_a_slip_can_be_taken_back_after_a_letting_go_was_taken_back_too() -> None:
    states = (State.NOTICED, State.RAISED, State.REPAIRED, State.NOTICED, State.LET_GO, State.NOTICED)
    history = tuple(rupture_states.Transition(at=NOW, state=each) for each in states)
    assert rupture_states.reopened_just_now(history)
    assert State.REPAIRED in rupture_states.following(history)
    assert not rupture_states.reopened_just_now((*history, rupture_states.Transition(at=NOW, state=State.PREPARING)))
