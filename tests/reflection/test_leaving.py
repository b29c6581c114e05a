"""Leaving and finding: breaks, when to ask how it turned out, records, needs and candidates."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from reattune.journal import rupture_states
from reattune.journal.documents.practice_and_ending import Need
from reattune.reflection.crossed_boundaries import crossed_line, for_repair
from reattune.reflection.leaving_follow_up import record_of, running_break, to_look_back
from reattune.reflection.therapist_fit import compared, look_back_due, suggested_needs, wishes
from tests.conftest import Writer


def session(writer: Writer, therapist: Any, days: int = 7) -> Any:
    writer.now += timedelta(days=days)
    return writer.write("session", relationship_id=therapist.id, at=writer.now)


def test_two_sessions_later_it_asks_and_once(writer: Writer) -> None:
    therapist = writer.therapist()
    choice = writer.write("ending", relationship_id=therapist.id, form="talk", about=["hurt"])
    session(writer, therapist)
    assert to_look_back(writer.journal, writer.now) is None
    session(writer, therapist)
    asked = to_look_back(writer.journal, writer.now)
    assert asked
    assert asked.id == choice.id
    writer.rewrite(choice, looked_back=writer.now, turned_out="Better.")
    assert to_look_back(writer.journal, writer.now) is None


def test_without_sessions_three_weeks_stand_for_two(writer: Writer) -> None:
    therapist = writer.therapist()
    writer.write("ending", relationship_id=therapist.id, form="leave", why="It hurt.")
    writer.write("ending", relationship_id=therapist.id, form="look")
    assert to_look_back(writer.journal, writer.now + timedelta(days=20)) is None
    asked = to_look_back(writer.journal, writer.now + timedelta(days=22))
    assert asked
    assert asked.form == "leave", "what was only looked at is not asked about"


def test_a_break_runs_until_it_is_ended_and_is_asked_about_after(writer: Writer) -> None:
    therapist = writer.therapist()
    pause = writer.write("ending", relationship_id=therapist.id, form="pause", until=writer.now + timedelta(days=14))
    assert running_break(writer.journal)
    assert to_look_back(writer.journal, writer.now + timedelta(days=100)) is None
    writer.rewrite(pause, ended=writer.now)
    assert running_break(writer.journal) is None
    assert to_look_back(writer.journal, writer.now + timedelta(days=22))


def test_a_tick_on_a_rupture_closes_it_to_repair(writer: Writer) -> None:
    therapist = writer.therapist()
    moment = writer.write("moment", relationship_id=therapist.id, at=writer.now, what="It was odd.")
    rupture = writer.write(
        "rupture", relationship_id=therapist.id, began=writer.now, moment_ids=[moment.id],
        transitions=rupture_states.begin(writer.now),
    )  # fmt: skip
    assert for_repair(writer.journal, rupture)
    assert crossed_line(writer.journal) is None
    ticked = writer.rewrite(rupture, crossed=["threat"])
    assert not for_repair(writer.journal, ticked)
    assert crossed_line(writer.journal) == ticked
    assert [entry.document for entry in record_of(writer.journal, ticked)] == [moment]


def test_needs_come_from_the_journal_once_each(writer: Writer) -> None:
    therapist = writer.therapist()
    for what in ("a", "b"):
        moment = writer.write(
            "moment", relationship_id=therapist.id, at=writer.now, what=what, cause="judged_me", reaction=8
        )
        rupture = writer.write(
            "rupture", relationship_id=therapist.id, began=writer.now, moment_ids=[moment.id],
            transitions=rupture_states.begin(writer.now),
        )  # fmt: skip
        writer.write("talk_plan", rupture_id=rupture.id, what_i_need="That you ask first.")
    found = suggested_needs(writer.journal)
    assert [each.words or str(each.cause) for each in found] == ["That you ask first.", "judged_me"]
    writer.write("fit", needs=[{"words": "That you ask first.", "source_id": found[0].source_id}])
    assert [each.kind for each in suggested_needs(writer.journal)] == ["hurt"]
    assert wishes(writer.journal)


def test_candidates_compared_hand_checked(writer: Writer) -> None:
    needs = (Need(words="asks", weight=3), Need(words="near", weight=1), Need(words="cold", wanted=False, weight=2))
    one = writer.write("candidate", name="Ada", meets={"asks": 2, "near": 1})
    two = writer.write("candidate", name="Ben", meets={"asks": 1, "near": 2, "cold": 2})
    three = writer.write("candidate", name="Cy")
    # Ada: 3 + 0.5 of 4; Ben: 1.5 + 1 + 2 of 6; Cy: nothing yet.
    found = compared([three, two, one], needs)
    assert [each.candidate.name for each in found] == ["Ada", "Ben", "Cy"]
    assert [(each.reached, each.possible, each.open) for each in found] == [(3.5, 4, 1), (4.5, 6, 0), (0, 0, 3)]


def test_the_first_three_sessions_are_looked_back_at_once_each(writer: Writer) -> None:
    therapist = writer.therapist()
    assert look_back_due(writer.journal) is None
    chosen = writer.write("candidate", name="Miriam", relationship_id=therapist.id)
    assert look_back_due(writer.journal) is None
    for number in (1, 2, 3):
        session(writer, therapist)
        due = look_back_due(writer.journal)
        assert due
        assert due.number == number
        backs = [*(back.model_dump() for back in chosen.look_backs), {"at": writer.now, "session": number}]
        chosen = writer.rewrite(chosen, look_backs=backs)
        assert look_back_due(writer.journal) is None
    session(writer, therapist)
    assert look_back_due(writer.journal) is None
