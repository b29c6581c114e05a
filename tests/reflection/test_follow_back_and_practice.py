"""Big reactions, people, patterns and chance, beliefs, and what carries over."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Any

import pytest

from reattune.journal.vocabulary import Cause, Feeling, Touched
from reattune.reflection.beliefs import against, change, touched_by, truth_chart
from reattune.reflection.echoes.suggest import suggestions
from reattune.reflection.people import ON_THE_MAP, people, people_map, person
from reattune.reflection.practice import carried_over, to_note
from reattune.reflection.reaction_size import is_big_reaction
from reattune.reflection.recurring_patterns import ENOUGH, chance, shared_ticks, strands, table
from tests.conftest import Writer


def someone(writer: Writer, name: str, role: str = "friend", **fields: Any) -> Any:
    return writer.write("relationship", name=name, role=role, **fields)


def moment(writer: Writer, who: Any, **fields: Any) -> Any:
    writer.now += timedelta(hours=1)
    return writer.write("moment", relationship_id=who.id, **{"at": writer.now, **fields})


# Big reactions


def sizes(writer: Writer, pairs: list[tuple[int, int]]) -> Any:
    therapist = writer.therapist()
    for reaction, event in pairs:
        moment(writer, therapist, reaction=reaction, event=event)
    return therapist


def big(writer: Writer, who: Any, reaction: int | None, event: int | None) -> bool:
    return is_big_reaction(moment(writer, who, reaction=reaction, event=event), writer.journal)


def test_with_few_moments_only_what_the_person_says_counts(writer: Writer) -> None:
    who = sizes(writer, [(9, 2)] * 4)
    assert big(writer, who, 9, 2)
    assert not big(writer, who, 6, 1)


def test_someone_who_always_feels_much_is_not_told_so_each_time(writer: Writer) -> None:
    who = sizes(writer, [(9, 2), (8, 2), (9, 3), (8, 1), (9, 2), (9, 4), (8, 3)] * 2)
    assert not big(writer, who, 9, 2)


def test_someone_who_feels_little_is_asked_earlier(writer: Writer) -> None:
    who = sizes(writer, [(2, 2), (3, 3), (1, 1), (2, 3), (4, 4), (3, 2)] * 2)
    assert big(writer, who, 6, 2)
    assert not big(writer, who, 5, 1)
    assert not big(writer, who, 6, 9)


def test_five_alike_do_not_run_away_with_it(writer: Writer) -> None:
    who = sizes(writer, [(2, 2)] * 5)
    assert not big(writer, who, 6, 5)
    assert big(writer, who, 9, 2)


@pytest.mark.parametrize("answers", [(None, 2), (9, None), (None, None)])
def test_without_both_numbers_nothing_is_said(writer: Writer, answers: tuple[int | None, int | None]) -> None:
    assert not big(writer, sizes(writer, [(3, 3)] * 9), *answers)


# People and patterns


def link(writer: Writer, one: Any, two: Any, answer: str = "yes") -> Any:
    return writer.write("echo", moment_id=one.id, earlier_id=two.id, answer=answer)


def test_people_know_what_belongs_to_them_and_the_map_shows_it(writer: Writer) -> None:
    miriam, jo, hale = writer.therapist(), someone(writer, "Jo"), someone(writer, "Hale", "teacher")
    a, b, c = moment(writer, miriam), moment(writer, jo), moment(writer, hale)
    echo = link(writer, a, c)
    link(writer, a, b, "no")
    belief = writer.write("belief", words="x", about_relationship_id=miriam.id, from_relationship_id=hale.id)
    pattern = writer.write("pattern", name="p", echo_ids=[echo.id], belief_id=belief.id)
    practice = writer.write("practice", relationship_id=jo.id, tried="asked")
    found = people(writer.journal)
    assert [each.who.name for each in found] == [miriam.name, "Hale", "Jo"]
    teacher = person(writer.journal, hale)
    assert [(seen.here.id, seen.there.id, seen.who.id) for seen in teacher.echoes] == [(c.id, a.id, miriam.id)]
    assert teacher.patterns == (pattern,)
    assert teacher.beliefs == (belief,)
    assert person(writer.journal, jo).practices == (practice,)
    assert person(writer.journal, jo).echoes == ()
    drawn = people_map(found)
    assert len(drawn.nodes) == 3
    assert [(thread.echoes, {thread.one.who.id, thread.two.who.id}) for thread in drawn.threads] == [
        (1, {miriam.id, hale.id})
    ]
    assert (drawn.nodes[0].x, drawn.nodes[0].y) == pytest.approx((0, -1))


def test_the_map_keeps_those_with_echoes_when_there_are_many(writer: Writer) -> None:
    writer.therapist()
    many = [someone(writer, f"P{number:02}") for number in range(20)]
    made = [moment(writer, who) for who in many]
    link(writer, made[18], made[19])
    drawn = people_map(people(writer.journal))
    assert len(drawn.nodes) == ON_THE_MAP
    assert drawn.left_out == 20 - ON_THE_MAP
    assert {"P18", "P19"} <= {node.who.name for node in drawn.nodes}
    assert people_map([]).nodes == ()


def test_echoes_that_share_moments_hang_together_and_get_a_name(writer: Writer) -> None:
    one, two, three = writer.therapist(), someone(writer, "Jo"), someone(writer, "Hale")
    ticks = {"cause": "judged_me", "feelings": ["ashamed"], "touched": ["ridiculous"]}
    long_ago = writer.now - timedelta(days=9000)
    a, b = moment(writer, one, **ticks), moment(writer, two, **ticks)
    c = moment(writer, three, **{**ticks, "at": long_ago})
    d, e = moment(writer, one), moment(writer, three)
    first, second, other = link(writer, a, b), link(writer, b, c), link(writer, d, e)
    found = strands(writer.journal, writer.now)
    assert [{m.id for m in strand.moments} for strand in found] == [{a.id, b.id, c.id}, {d.id, e.id}]
    assert found[0].years == (long_ago.year, writer.now.year)
    assert found[0].lately == 2
    assert shared_ticks(found[0]) == ("ridiculous", "judged_me", ["ashamed"])
    assert shared_ticks(found[1]) == (None, None, [])
    named = writer.write("pattern", name="laughed at", echo_ids=[first.id, second.id])
    bridge = link(writer, c, d)
    found = strands(writer.journal, writer.now)
    assert [strand.pattern and strand.pattern.name for strand in found] == ["laughed at", None]
    assert {each.id for each in found[1].echoes} == {other.id, bridge.id}
    assert found[1].could_join == (named,)
    columns, rows = table(found[:1])
    assert len(columns) == 3
    assert rows[0].counts == (1, 1, 1)
    # Taken back: the pattern has nothing left to stand on.
    for echo in (first, second):
        writer.rewrite(echo, answer="no")
    assert [strand.pattern for strand in strands(writer.journal, writer.now)] == [None]


def test_with_few_moments_nothing_is_said_about_chance(writer: Writer) -> None:
    one, two = writer.therapist(), someone(writer, "Jo")
    made = [moment(writer, one if number % 2 else two) for number in range(ENOUGH - 1)]
    link(writer, made[0], made[1])
    (strand,) = strands(writer.journal, writer.now)
    assert chance(writer.journal, strand) is None
    moment(writer, one)
    assert chance(writer.journal, strand) is not None


def unrelated(writer: Writer, rng: random.Random, count: int) -> list[Any]:
    people_ = [writer.therapist(), *(someone(writer, f"P{number}") for number in range(3))]
    return [
        moment(
            writer,
            people_[number % 4],
            cause=rng.choice(list(Cause)),
            feelings=rng.sample(list(Feeling), 2),
            touched=rng.sample(list(Touched), 1),
        )
        for number in range(count)
    ]


def test_the_best_of_unrelated_moments_rarely_passes_for_more_than_chance() -> None:
    """Whoever says yes to the best suggestion among unrelated moments is told that it may be chance."""
    passed = 0
    for seed in range(40):
        writer = Writer()
        made = unrelated(writer, random.Random(seed), 24)
        for asked in made:
            found = suggestions(writer.journal, asked, writer.now)
            if found:
                link(writer, asked, found[0].moment)
                break
        (strand,) = strands(writer.journal, writer.now)
        said = chance(writer.journal, strand)
        assert said is not None
        assert chance(writer.journal, strand) == said
        passed += said.as_close < 10
    assert passed <= 9


def test_ticks_that_hang_together_in_a_person_are_not_taken_for_a_pattern_with_people() -> None:
    """Moods have causes, feelings and needs of their own, whoever it is with."""
    passed = 0
    for seed in range(16):
        writer, rng = Writer(), random.Random(seed)
        people_ = [writer.therapist(), *(someone(writer, f"P{number}") for number in range(3))]
        moods = [
            (rng.choice(list(Cause)), rng.sample(list(Feeling), 3), rng.sample(list(Touched), 2)) for _ in range(6)
        ]
        made = []
        for _ in range(24):
            cause, feelings, touched = rng.choice(moods)
            made.append(
                moment(writer, rng.choice(people_), cause=cause, feelings=rng.sample(feelings, 2), touched=touched[:1])
            )
        for asked in made:
            found = suggestions(writer.journal, asked, writer.now)
            if found:
                link(writer, asked, found[0].moment)
                break
        (strand,) = strands(writer.journal, writer.now)
        said = chance(writer.journal, strand)
        assert said is not None
        passed += said.as_close < 10
    assert passed <= 3


def test_a_strong_and_rare_likeness_is_hardly_chance(writer: Writer) -> None:
    made = unrelated(writer, random.Random(1), 40)
    ticks = {"cause": "broke_confidence", "feelings": ["betrayed", "numb", "small"], "touched": ["not_safe", "no_say"]}
    one = writer.rewrite(made[0], **ticks)
    two = writer.rewrite(made[1], **ticks)
    link(writer, one, two)
    (strand,) = strands(writer.journal, writer.now)
    said = chance(writer.journal, strand)
    assert said is not None
    assert said.as_close < 10


# Beliefs


def mended(writer: Writer, who: Any, moments: list[Any]) -> Any:
    start = [{"at": writer.now, "state": "noticed"}]
    ids = [each.id for each in moments]
    rupture = writer.write("rupture", relationship_id=who.id, began=writer.now, moment_ids=ids, transitions=start)
    writer.write("attempt", rupture_id=rupture.id, at=writer.now, outcome="repaired")
    return rupture


def test_a_repair_is_offered_against_a_belief_until_it_is_taken(writer: Writer) -> None:
    therapist, jo = writer.therapist(), someone(writer, "Jo")
    met = moment(writer, therapist)
    belief = writer.write("belief", words="I am too much.", about_relationship_id=jo.id, moment_id=met.id)
    assert against(writer.journal, belief) == []
    rupture = mended(writer, therapist, [met])
    went = writer.write("practice", relationship_id=jo.id, tried="asked", done=writer.now, went="well")
    writer.write("practice", relationship_id=jo.id, tried="asked", done=writer.now, went="not_well")
    assert [(each.kind, each.source_id) for each in against(writer.journal, belief)] == [
        ("practice", went.id),
        ("repair", rupture.id),
    ]
    assert touched_by(writer.journal, rupture) == [belief]
    taken = writer.rewrite(belief, against=[{"at": writer.now, "words": "x", "source_id": rupture.id}])
    assert [each.source_id for each in against(writer.journal, taken)] == [went.id]


def test_how_true_it_feels_over_time(writer: Writer) -> None:
    writer.therapist()
    belief = writer.write("belief", words="x", ratings=[{"at": writer.now, "truth": 80}])
    assert change(belief) is None
    again = [{"at": writer.now + timedelta(days=9), "truth": 40}, {"at": writer.now, "truth": 80}]
    rated = writer.rewrite(belief, ratings=again)
    found = change(rated)
    assert found
    assert (found.first, found.last, found.by) == (80, 40, -40)
    assert [truth for _at, truth in truth_chart(rated).points] == [80, 40]


# Practising


def test_what_carries_over_is_counted_and_not_claimed_of_few(writer: Writer) -> None:
    writer.therapist()
    jo = someone(writer, "Jo")
    for went in ("well", "not_well"):
        writer.write("practice", relationship_id=jo.id, tried="asked", done=writer.now, went=went)
    writer.write("practice", relationship_id=jo.id, tried="firmer", planned_for=writer.now)
    mended(writer, jo, [])
    few, talks = carried_over(writer.journal)
    assert (few.tried, few.well, few.times, few.low) == ("asked", 1, 2, None)
    assert (talks.tried, talks.well, talks.times) == (None, 1, 1)
    writer.write("practice", relationship_id=jo.id, tried="asked", done=writer.now, went="partly")
    (enough, _talks) = carried_over(writer.journal)
    assert enough.low is not None
    assert enough.high is not None
    assert 0 < enough.low < 1 / 3 < enough.high < 1


def test_what_was_planned_and_whose_day_has_come(writer: Writer) -> None:
    jo = someone(writer, "Jo")
    due = writer.write("practice", relationship_id=jo.id, tried="asked", planned_for=writer.now)
    writer.write("practice", relationship_id=jo.id, tried="asked", planned_for=writer.now + timedelta(days=1))
    writer.write("practice", relationship_id=jo.id, tried="asked", planned_for=writer.now, done=writer.now)
    assert to_note(writer.journal, writer.now) == [due]


def test_a_pattern_tells_years_only_of_what_has_a_year(writer: Writer) -> None:
    therapist, father = writer.therapist(), writer.write("relationship", name="Dad", role="parent", began=writer.now)
    now = writer.write("moment", relationship_id=therapist.id, at=writer.now, what="a")
    then = writer.write("moment", relationship_id=father.id, at=writer.now, what="b", age=9, by_year=True)
    writer.write("echo", moment_id=now.id, earlier_id=then.id, answer="yes")
    (strand,) = strands(writer.journal, writer.now)
    assert strand.years == (writer.now.year,)
    assert strand.age == 9
