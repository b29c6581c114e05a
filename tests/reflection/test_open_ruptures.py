"""What is open, and what is unsaid."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from reattune.journal import rupture_states
from reattune.journal.documents import Rupture
from reattune.journal.vocabulary import RuptureState
from reattune.reflection.attempts import cannot_take_feedback
from reattune.reflection.open_ruptures import NextStep, next_step, open_ruptures
from reattune.reflection.reaction_size import is_big_reaction
from reattune.reflection.rupture_timeline import thread
from reattune.reflection.unsaid import unsaid_things
from tests.conftest import Writer

Make = Callable[[], Any]


def step(writer: Writer, rupture: Any) -> NextStep:
    return next_step(writer.journal, writer.journal.get(Rupture, rupture.id))


def test_each_state_has_its_one_next_step(writer: Writer, rupture: Make) -> None:
    one = rupture()
    assert step(writer, one) is NextStep.PREPARE
    plan = writer.write("talk_plan", rupture_id=one.id)
    assert step(writer, one) is NextStep.FINISH_PLAN
    writer.rewrite(plan, finished=writer.now)
    assert step(writer, one) is NextStep.BRING_IT
    attempt = writer.write("attempt", rupture_id=one.id, plan_id=plan.id, at=writer.now)
    assert step(writer, one) is NextStep.SAY_HOW_IT_WENT
    writer.rewrite(attempt, outcome="unheard")
    assert step(writer, one) is NextStep.TRY_AGAIN
    attempt = writer.write("attempt", rupture_id=one.id, number=2, at=writer.now, outcome="repaired")
    assert step(writer, one) is NextStep.LOOK_BACK
    writer.write("repair", rupture_id=one.id, attempt_id=attempt.id, at=writer.now)
    assert step(writer, one) is NextStep.NONE
    assert open_ruptures(writer.journal) == []
    kinds = [entry.kind for entry in thread(writer.journal, writer.journal.get(Rupture, one.id))]
    assert kinds.count("attempt") == 2
    assert kinds[0] == "moment"


def test_a_crossed_boundary_never_asks_for_a_talk(writer: Writer) -> None:
    therapist = writer.therapist()
    moment = writer.write("moment", relationship_id=therapist.id, at=writer.now, cause="crossed_a_boundary")
    one = writer.write(
        "rupture",
        relationship_id=therapist.id,
        began=writer.now,
        moment_ids=[moment.id],
        transitions=rupture_states.begin(writer.now),
    )
    assert step(writer, one) is NextStep.NOT_YOURS
    assert unsaid_things(writer.journal, writer.now) == []


def test_unsaid_has_age_and_weight_until_it_is_said_or_let_go(writer: Writer, rupture: Make) -> None:
    one = rupture()
    therapist = writer.journal.therapist
    assert therapist is not None
    light = writer.write("moment", relationship_id=therapist.id, at=writer.now, what="The clock", reaction=2)
    writer.write("moment", relationship_id=therapist.id, at=writer.now, said=writer.now, reaction=9)
    later = writer.now + timedelta(days=20)
    things = unsaid_things(writer.journal, later)
    assert [(thing.words, thing.weight) for thing in things] == [("The joke", 8), ("The clock", 2)]
    assert things[0].days == 20
    writer.write("unsaid", relationship_id=therapist.id, source_id=light.id, since=light.at, status="let_go")
    writer.write("attempt", rupture_id=one.id, at=writer.now, outcome="unheard")
    assert unsaid_things(writer.journal, later) == []


def test_words_of_a_check_in_and_beliefs_are_unsaid_too(writer: Writer) -> None:
    therapist = writer.therapist()
    session = writer.write("session", relationship_id=therapist.id, at=writer.now)
    writer.write(
        "check_in", session_id=session.id, instrument="a/1", answers={}, unsaid=True, unsaid_words="The breathing"
    )
    writer.write("belief", words="I bore her", about_relationship_id=therapist.id)
    writer.write("unsaid", relationship_id=therapist.id, since=writer.now, words="The fee", weight=3)
    words = {thing.words for thing in unsaid_things(writer.journal, writer.now)}
    assert words == {"The breathing", "I bore her", "The fee"}


def test_letting_a_rupture_go_takes_its_moments_along(writer: Writer, rupture: Make) -> None:
    one = rupture()
    kept = writer.journal.get(Rupture, one.id)
    writer.rewrite(
        kept, transitions=rupture_states.step(kept.transitions, RuptureState.LET_GO, writer.now + timedelta(hours=1))
    )
    assert unsaid_things(writer.journal, writer.now) == []
    assert open_ruptures(writer.journal) == []


def test_two_fair_attempts_turned_away(writer: Writer, rupture: Make) -> None:
    one = rupture()
    for number in (1, 2):
        writer.write(
            "attempt", rupture_id=one.id, number=number, at=writer.now, met=["got_defensive"], outcome="unheard"
        )
        assert cannot_take_feedback(writer.journal, one) is (number == 2)


def test_a_big_reaction_is_large_and_out_of_proportion(writer: Writer) -> None:
    therapist = writer.therapist()
    for reaction, event, big in ((9, 2, True), (9, 8, False), (4, 0, False), (9, None, False)):
        moment = writer.make("moment", relationship_id=therapist.id, at=writer.now, reaction=reaction, event=event)
        assert is_big_reaction(moment) is big  # type: ignore[arg-type]
