"""The timeline: everything with a date is there once, in its month; pages lose nothing; filters can be combined."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reattune.journal import rupture_states
from reattune.journal.documents import Moment, Relationship
from reattune.journal.vocabulary import RuptureState
from reattune.reflection.timeline import (
    Chosen,
    Entry,
    Month,
    Place,
    Standing,
    Turn,
    by_month,
    chosen_of,
    entries,
    stretch,
    without_a_day,
)
from reattune.reflection.timeline_year import year_counts, year_of
from tests.conftest import NOW, Writer
from tests.journal.every_kind import every_kind

Make = Callable[[], Any]
DATED = {
    *(
        "check_in",
        "moment",
        "rupture",
        "talk_plan",
        "attempt",
        "repair",
        "share",
        "answer",
        "unsaid",
        "belief",
        "practice",
    ),
    "ending",
}


def kinds_of(found: list[Entry]) -> list[str]:
    return [each.document.kind for each in found]


def test_everything_with_a_date_is_there_once_newest_first(writer: Writer) -> None:
    for document in every_kind("words"):
        writer.journal.record(document)
    writer.write("unsaid", relationship_id=writer.journal.all(Relationship)[0].id, since=NOW, words="By itself.")
    found = entries(writer.journal)
    assert set(kinds_of(found)) == DATED
    assert len({each.document.id for each in found}) == len(found)
    assert [each.at for each in found] == sorted((each.at for each in found), reverse=True)  # type: ignore[type-var]
    assert set(kinds_of(without_a_day(writer.journal))) >= {"relationship", "pattern", "fit", "candidate", "draft"}


def test_what_a_damaged_journal_lacks_takes_nothing_else_away(writer: Writer, rupture: Make) -> None:
    one = rupture()
    writer.check_in(writer.journal.therapist, 7)
    writer.write("talk_plan", rupture_id=one.id)
    for kind in ("session", "relationship", "rupture"):
        for each in [each for each in writer.journal if each.kind == kind]:
            writer.journal.let_be(each.id)
    assert sorted(kinds_of(entries(writer.journal))) == ["check_in", "moment", "talk_plan"]


def test_a_day_belongs_to_the_month_that_the_person_saw(writer: Writer) -> None:
    who = writer.therapist()
    for zone in ("UTC", "Pacific/Auckland"):
        at = datetime(2026, 2, 28, 23, 30, tzinfo=UTC)
        writer.write("moment", relationship_id=who.id, at=at, what="Late.", zone=zone)
    assert [each.place for each in by_month(entries(writer.journal))] == [Place(2026, 3), Place(2026, 2)]


def test_the_hour_that_clocks_show_twice_stays_in_order(writer: Writer) -> None:
    who = writer.write("relationship", name="Miriam", role="therapist")
    for minute, words in ((30, "before"), (75, "after")):  # 2:30, then 2:15 once more
        at = datetime(2026, 10, 25, 0, tzinfo=UTC) + timedelta(minutes=minute)
        writer.write("moment", relationship_id=who.id, at=at, what=words, zone="Europe/Berlin", cause="other")
    moments = [each.document for each in entries(writer.journal)]
    assert [each.what for each in moments if isinstance(each, Moment)] == ["after", "before"]


def test_of_what_only_a_year_or_an_age_is_remembered(writer: Writer) -> None:
    who = writer.write("relationship", name="Dad", role="parent")

    def moment(at: datetime, **fields: Any) -> None:
        writer.write("moment", relationship_id=who.id, at=at, what="Then.", **fields)

    moment(datetime(1999, 7, 1, tzinfo=UTC), by_year=True)
    moment(datetime(1999, 1, 5, tzinfo=UTC))
    moment(writer.now, by_year=True, age=7)
    moment(writer.now)
    assert [each.place for each in by_month(entries(writer.journal))] == [
        Place(2026, 3), Place(1999, 1), Place(1999, 0), Place(0, 0),
    ]  # fmt: skip


@pytest.mark.parametrize("at", ["1900-01-01T00:00:00Z", "2200-12-31T23:59:59Z"])
@pytest.mark.parametrize("zone", ["Pacific/Auckland", "America/Los_Angeles"])
def test_the_first_and_the_last_day_of_all_time(writer: Writer, at: str, zone: str) -> None:
    who = writer.therapist()
    writer.write("moment", relationship_id=who.id, at=datetime.fromisoformat(at), what="Then.", zone=zone)
    (month,) = by_month(entries(writer.journal))
    year = year_of([month], [], {}, month.place.year, NOW, 4)
    assert sum(year.counts) == 1


# Choosing


def test_filters_can_be_combined(writer: Writer, rupture: Make) -> None:
    open_one, mended = rupture(), rupture()
    _lived(writer, mended, RuptureState.RAISED, RuptureState.REPAIRED)
    other = writer.write("relationship", name="Jonas", role="partner")
    alone = writer.write("moment", relationship_id=other.id, at=writer.now, what="Else.")
    echo = writer.write("echo", moment_id=alone.id, earlier_id=mended.moment_ids[0], answer="yes")
    denied = writer.write("echo", moment_id=alone.id, earlier_id=open_one.moment_ids[0], answer="no")
    pattern = writer.write("pattern", name="Laughed at", echo_ids=[echo.id, denied.id])
    everything = entries(writer.journal)

    def found(**chosen: Any) -> set[Any]:
        return {each.document.id for each in chosen_of(writer.journal, everything, Chosen(**chosen))}

    assert found() == {each.document.id for each in everything}
    assert found(who=other.id) == {alone.id}
    assert found(standing=Standing.OPEN) == {open_one.id, *open_one.moment_ids}
    assert found(standing=Standing.MENDED) == {mended.id, *mended.moment_ids}
    assert found(pattern=pattern) == {alone.id, mended.id, *mended.moment_ids}
    assert found(pattern=pattern, standing=Standing.MENDED, kinds=frozenset({"moment"})) == set(mended.moment_ids)
    assert found(pattern=pattern, who=other.id, standing=Standing.OPEN) == set()


def test_what_was_let_go_by_itself_or_with_what_it_belongs_to(writer: Writer, rupture: Make) -> None:
    one = rupture()
    _lived(writer, one, RuptureState.LET_GO)
    who = writer.journal.therapist
    alone = writer.write("moment", relationship_id=who.id, at=writer.now, what="Small.")
    writer.write("unsaid", relationship_id=who.id, source_id=alone.id, since=writer.now, status="let_go")
    held = writer.write("unsaid", relationship_id=who.id, since=writer.now, words="Tuesdays.")
    everything = entries(writer.journal)
    let_go = chosen_of(writer.journal, everything, Chosen(standing=Standing.LET_GO))
    assert {each.document.id for each in let_go} == {one.id, *one.moment_ids, alone.id}
    still = chosen_of(writer.journal, everything, Chosen(standing=Standing.OPEN))
    assert [each.document.id for each in still] == [held.id]


def _lived(writer: Writer, rupture: Any, *states: RuptureState) -> Any:
    """The same with a longer life, as if the conversations for it had been noted; ten days between two steps."""
    history = rupture.transitions
    for number, state in enumerate(states, start=1):
        history = rupture_states.step(history, state, rupture.began + timedelta(days=10 * number))
    lived = rupture.model_copy(update={"transitions": history})
    writer.journal.take_in([lived])
    return lived


# By pages


def made(*counts: int) -> list[Month]:
    """So many entries in each month, newest first."""
    kept = []
    for number, count in enumerate(counts):
        place = Place(2026 - number // 12, 12 - number % 12)
        kept.append(Month(place, tuple(Entry(NOW, _moment(number, each)) for each in range(count))))
    return kept


def _moment(month: int, number: int) -> Any:
    return (month, number)


def pages(months: list[Month], least: int, most: int) -> list[list[Any]]:
    found, turn = [], None
    while True:
        part = stretch(months, turn, least, most)
        found.append([each.document for month in part.months for each in month.entries])
        turn = part.earlier
        if turn is None:
            return found
        assert len(found) < 10_000


@settings(deadline=None)
@given(st.lists(st.integers(1, 30), min_size=1, max_size=12), st.integers(1, 8), st.integers(8, 12))
def test_page_by_page_everything_is_there_once_and_in_order(counts: list[int], least: int, most: int) -> None:
    months = made(*counts)
    everything = [each.document for month in months for each in month.entries]
    shown = pages(months, least, most)
    assert [each for page in shown for each in page] == everything
    assert all(1 <= len(page) <= most for page in shown)


@settings(deadline=None)
@given(st.lists(st.integers(1, 30), min_size=1, max_size=12), st.integers(0, 40), st.integers(0, 40))
def test_back_from_any_page_one_comes_to_the_beginning(counts: list[int], month: int, after: int) -> None:
    months = made(*counts)
    turn: Turn | None = Turn(Place(2026 - month // 12, 12 - month % 12), after)
    seen = set()
    while turn is not None:
        assert turn not in seen
        seen.add(turn)
        part = stretch(months, turn, 5, 8)
        assert part.months
        turn = part.later
    assert part.months[0].entries[0] == months[0].entries[0]


def test_a_month_that_is_not_there_leads_to_the_next_before_it() -> None:
    months = [Month(Place(2026, 5), made(2)[0].entries), Month(Place(2026, 2), made(3)[0].entries)]
    assert stretch(months, Turn(Place(2026, 4))).months[0].place == Place(2026, 2)
    assert stretch(months, Turn(Place(2031, 1))).months[0].place == Place(2026, 5)
    assert stretch(months, Turn(Place(1900, 1))).months[0].place == Place(2026, 2)
    assert stretch(months, Turn(Place(2026, 5), 999)).months[0].place == Place(2026, 5)
    assert stretch([], Turn(Place(2026, 5))).months == ()


# A year at a glance


def test_what_was_open_when(writer: Writer, rupture: Make) -> None:
    one = rupture()
    one = _lived(writer, one, RuptureState.RAISED, RuptureState.REPAIRED, RuptureState.NOTICED)
    months = by_month(entries(writer.journal))
    now = NOW + timedelta(days=400)
    year = year_of(months, [one], {}, 2026, now, 4)
    first, second = year.open_times
    assert (first.ended, second.ended) == (Standing.MENDED, None)
    assert 2 <= first.begin < first.end < second.begin < second.end == 12
    assert year.counts[2] == 2
    (after,) = year_of(months, [one], {}, 2027, now, 4).open_times
    assert (after.begin, after.ended) == (0, None)
    assert year_of(months, [one], {}, 2025, now, 4).open_times == ()
    assert year_counts(months) == {2026: 2}


def test_what_a_talk_mended_was_open_until_the_day_of_the_talk(writer: Writer, rupture: Make) -> None:
    one = rupture()
    day = one.began + timedelta(days=2)
    writer.now += timedelta(days=90)
    talk = writer.write(
        "attempt", rupture_id=one.id, at=day, met=["listened"], outcome="repaired", trust_before=3, trust_after=7
    )
    one = writer.journal.get(type(one), one.id)
    (told,) = year_of([], [one], {talk.id: talk.at}, one.began.year, writer.now, 4).open_times
    (written,) = year_of([], [one], {}, one.began.year, writer.now, 4).open_times
    assert told.end < told.begin + 0.2 < written.end
    assert told.ended is written.ended is Standing.MENDED


def test_more_than_there_is_room_for_is_counted_and_none_lies_on_another(writer: Writer, rupture: Make) -> None:
    many = [rupture() for _ in range(7)]
    year = year_of([], many, {}, 2026, NOW + timedelta(days=60), 4)
    assert len(year.open_times) == 7
    assert year.left_out == 3
    lanes = [time.lane for time in year.open_times if time.lane is not None]
    assert sorted(lanes) == [0, 1, 2, 3]


def test_a_moment_may_be_in_none_of_it(writer: Writer) -> None:
    who = writer.therapist()
    writer.write("moment", relationship_id=who.id, at=writer.now, what="Alone.")
    assert isinstance(entries(writer.journal)[0].document, Moment)
    assert chosen_of(writer.journal, entries(writer.journal), Chosen(standing=Standing.OPEN)) == []
