"""What somebody else would see: the lines of each choice, whose names stand in them, and what is never offered."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from reattune import content
from reattune.alliance.instruments import read_definition
from reattune.journal.documents import Moment
from reattune.journal.vocabulary import BondPattern, SharedKind
from reattune.reflection.bond_line import BondLine, Reading, Standing, bond_line
from reattune.reflection.sharing.names import NamesTakenOut
from reattune.reflection.sharing.offered import may_share, readers
from reattune.reflection.sharing.text import Choice, SharedText, Wording, shared_text
from tests.conftest import Writer

LABELS = {**content.words("labels", "en"), **content.words("sharing", "en")}


def _when(moment: Moment) -> str:
    return f"{moment.at:%Y-%m-%d}"


WORDING = Wording(
    label=lambda group, key: LABELS[group][key],
    day=lambda at: f"{at:%Y-%m-%d}",
    when=_when,
    misread="I may have misread this.",
    everyday=frozenset({"will"}),
)


def text(writer: Writer, kind: str, of: Any, reader: Any, *named: UUID, **more: Any) -> SharedText:
    choice = Choice(SharedKind(kind), of, reader, frozenset(named), **more)
    return shared_text(writer.journal, choice, WORDING, writer.now)


def shown(found: SharedText) -> str:
    return "\n".join(f"{line.label}: {line.words}" for line in found.kept())


@pytest.fixture
def people(writer: Writer) -> tuple[Any, Any]:
    therapist = writer.therapist()
    return therapist, writer.write("relationship", name="Jonas", role="partner")


@pytest.fixture
def moment(writer: Writer, people: tuple[Any, Any]) -> Any:
    return writer.write(
        "moment", relationship_id=people[1].id, at=writer.now, what="Jonas laughed, and Miriam knows Jonas’s sister.",
        feelings=["hurt"], meant_about_me="Jonas thinks I’m silly", meant_about_them="he is cruel", reaction=7,
    )  # fmt: skip


def test_a_moment_for_the_therapist_names_nobody_else(writer: Writer, people: tuple[Any, Any], moment: Any) -> None:
    found = text(writer, "moment", moment, people[0])
    assert shown(found) == (
        f"When: {_when(moment)}\nWith: my partner\n"
        "What happened: My partner laughed, and Miriam knows my partner’s sister.\n"
        "What I felt: hurt\nWhat it seemed to say about me: My partner thinks I’m silly"
    )
    assert [(each.name, each.named) for each in found.people] == [("Jonas", False)]


def test_who_is_ticked_is_named_and_who_reads_is_you(writer: Writer, people: tuple[Any, Any], moment: Any) -> None:
    therapist, partner = people
    assert "With: Jonas\nWhat happened: Jonas laughed, and Miriam" in shown(
        text(writer, "moment", moment, therapist, partner.id)
    )
    theirs = text(writer, "moment", moment, partner)
    assert "With: you" in shown(theirs)
    assert "Jonas laughed, and my therapist knows" in shown(theirs)
    assert [each.name for each in theirs.people] == ["Miriam"]


def test_what_judges_the_other_is_left_out_at_first(writer: Writer, people: tuple[Any, Any], moment: Any) -> None:
    found = text(writer, "moment", moment, people[0])
    assert "cruel" not in shown(found)
    assert "7 out of 10" not in shown(found)
    everything = found.kept(range(len(found.lines)))
    assert [line.words for line in everything if line not in found.kept()] == ["7 out of 10", "he is cruel"]


def test_any_line_can_be_left_out(writer: Writer, people: tuple[Any, Any], moment: Any) -> None:
    found = text(writer, "moment", moment, people[0])
    for place, line in enumerate(found.lines):
        others = [each for each in range(len(found.lines)) if each != place]
        assert line not in found.kept(others)
        assert len(found.kept(others)) == len(found.lines) - 1
    assert found.kept([]) == ()


def test_a_card_is_what_stands_on_the_card(writer: Writer, rupture: Callable[[], Any]) -> None:
    opened = rupture()
    plan = writer.write(
        "talk_plan", rupture_id=opened.id, what_happened="You joked.", what_i_felt="Small.", may_have_misread=True,
        what_i_fear="That you leave.", hope="secret",
    )  # fmt: skip
    found = text(writer, "card", plan, writer.journal.therapist)
    assert [line.words for line in found.kept()] == ["You joked.", "Small.", "I may have misread this."]
    assert found.rupture_id == opened.id


def test_a_story_with_its_conversation(writer: Writer, rupture: Callable[[], Any]) -> None:
    opened = rupture()
    plan = writer.write("talk_plan", rupture_id=opened.id, what_happened="The joke hurt.", what_i_fear="a fear")
    writer.write(
        "attempt", rupture_id=opened.id, plan_id=plan.id, at=writer.now, met=["got_defensive"], they_said="I see.",
        agreed="No jokes.", outcome="partly",
    )  # fmt: skip
    found = text(writer, "story", writer.journal.get(type(opened), opened.id), writer.journal.therapist)
    said = shown(found)
    assert "The joke\n" in said
    assert "The joke hurt." in said
    assert "Partly: something shifted" in said
    assert "No jokes." in said
    assert said.endswith("Where it is now: partly mended")
    for kept_back in ("a fear", "They got defensive", "I see."):
        assert kept_back not in said
    assert found.heading == "Something between us"
    friend = writer.write("relationship", name="Ada", role="friend")
    assert "I see." in shown(text(writer, "story", writer.journal.get(type(opened), opened.id), friend))


def test_the_bond_since_a_day(writer: Writer, people: tuple[Any, Any]) -> None:
    start = writer.now
    for week in range(4):
        writer.check_in(people[0], 5 + week, start + timedelta(weeks=week))
    definition = read_definition(content.text("instruments", "reattune-check-in.toml"), "check-in")
    line = bond_line(writer.journal, people[0], {definition.name: definition})
    since: datetime = start + timedelta(weeks=2)
    found = text(writer, "bond", None, people[0], since=since, line=line)
    assert [each.label for each in found.lines[1:]] == [f"{start + timedelta(weeks=week):%Y-%m-%d}" for week in (2, 3)]
    assert text(writer, "bond", None, people[0]).lines == ()


def test_unsaid_things_are_chosen_one_by_one(writer: Writer, people: tuple[Any, Any]) -> None:
    for words in ("I was bored", "Jonas read it"):
        writer.write("unsaid", relationship_id=people[0].id, since=writer.now, words=words)
    found = text(writer, "unsaid", None, people[0])
    assert found.kept() == ()
    assert {line.words for line in found.kept([0, 1])} == {"I was bored", "My partner read it"}


def test_of_very_many_words_only_the_beginnings_are_read_for_names(
    writer: Writer, people: tuple[Any, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A page for others has no room for more, and a list of what may be chosen shows no more of each."""
    read: list[int] = []
    most = 50_000
    out_of = NamesTakenOut.out_of
    monkeypatch.setattr("reattune.reflection.sharing.text.MOST_READ", most)
    monkeypatch.setattr(
        NamesTakenOut, "out_of", lambda names, words: (read.append(len(words)), out_of(names, words))[1]
    )
    for number in range(20):
        words = f"Jonas {'read it ' * 1_000}{number}"
        writer.write("unsaid", relationship_id=people[0].id, since=writer.now, words=words)
    found = text(writer, "unsaid", None, people[0])
    assert sum(read) < 1.1 * most
    assert all(line.words.startswith("My partner read it") for line in found.lines)
    assert not found.too_long
    choice = Choice(SharedKind.UNSAID, None, people[0])
    some = shared_text(writer.journal, choice, WORDING, writer.now, {17, 19})
    assert [len(line.words) > 8_000 for line in some.kept({17, 19})] == [True, True]
    assert not some.too_long
    read.clear()
    everything = shared_text(writer.journal, choice, WORDING, writer.now, set(range(20)))
    assert sum(read) < 1.1 * most
    assert everything.too_long
    assert len(everything.lines) == 20


def test_a_belief_and_a_pattern(writer: Writer, people: tuple[Any, Any], moment: Any) -> None:
    therapist, partner = people
    belief = writer.write(
        "belief", words="I’m too much for Jonas", from_relationship_id=partner.id,
        ratings=[{"at": writer.now, "truth": 90}, {"at": writer.now + timedelta(days=9), "truth": 40}],
        against=[{"at": writer.now, "words": "Jonas stayed"}],
    )  # fmt: skip
    said = shown(text(writer, "belief", belief, therapist))
    assert "What I believe: I’m too much for my partner" in said
    assert ": 90%" in said
    assert ": 40%" in said
    assert "My partner stayed" in said
    assert "learned" not in said
    other = writer.write("moment", relationship_id=therapist.id, at=writer.now, what="The joke")
    echo = writer.write("echo", moment_id=other.id, earlier_id=moment.id, answer="yes")
    pattern = writer.write("pattern", name="Being laughed at", echo_ids=[echo.id], belief_id=belief.id)
    said = shown(text(writer, "pattern", pattern, therapist))
    assert f"{_when(moment)}, with my partner: My partner laughed" in said
    assert f"{_when(other)}, with you: The joke" in said
    assert "too much" not in said


def test_before_the_session(writer: Writer, people: tuple[Any, Any]) -> None:
    for number in range(5):
        writer.write("unsaid", relationship_id=people[0].id, since=writer.now, words=f"thing {number}")
    reading = Reading(Standing.USUAL, 71.4, 60, 80, 5)
    found = text(writer, "before_session", None, people[0], line=BondLine((), reading))
    assert [line.words for line in found.kept()] == [
        "thing 0", "thing 1", "thing 2",
        "The last session, at 71 out of 100, was within what’s usual for me: 60 to 80.",
    ]  # fmt: skip
    assert len(found.lines) == 6


def test_what_was_chosen_for_the_session_is_what_is_shared_at_first(writer: Writer, people: tuple[Any, Any]) -> None:
    things = [writer.write("unsaid", relationship_id=people[0].id, since=writer.now, words=f"t {n}") for n in range(5)]
    writer.write("preferences", bring=[things[4].id], bring_chosen=writer.now)
    assert [line.words for line in text(writer, "before_session", None, people[0]).kept()] == ["t 4"]


@pytest.mark.parametrize("standing", Standing)
def test_what_the_check_ins_say_is_said_in_the_first_person(
    writer: Writer, people: tuple[Any, Any], standing: Standing
) -> None:
    little = standing in (Standing.NOTHING, Standing.TOO_EARLY)
    numbers: dict[str, Any] = {} if little else {"score": 40, "low": 60, "high": 80}
    for pattern in (None, BondPattern.TRICKLE):
        reading = Reading(standing, **numbers, pattern=pattern, since_at=writer.now if pattern else None)
        found = text(writer, "before_session", None, people[0], line=BondLine((), reading))
        words = "".join(line.words for line in found.lines)
        assert ("usual for me" in words) is not little
        assert "you" not in words
        assert "{" not in words


def test_what_is_not_theirs_to_mend_is_never_offered(writer: Writer, people: tuple[Any, Any], moment: Any) -> None:
    therapist, partner = people
    assert may_share(writer.journal, moment, writer.now)
    assert readers(writer.journal, writer.now) == [therapist, partner]
    crossed = writer.write("moment", relationship_id=partner.id, at=writer.now, what="x", crossed=["threat"])
    assert not may_share(writer.journal, crossed, writer.now)
    assert not may_share(writer.journal, moment, writer.now), "nor anything else with them"
    assert readers(writer.journal, writer.now) == [therapist]
    belief = writer.write("belief", words="mine", about_relationship_id=partner.id)
    assert not may_share(writer.journal, belief, writer.now)


def test_words_that_sound_like_danger_wait_for_an_answer(writer: Writer, people: tuple[Any, Any]) -> None:
    therapist, partner = people
    hit = writer.write("moment", relationship_id=partner.id, at=writer.now, what="He hit me in the face yesterday.")
    assert not may_share(writer.journal, hit, writer.now)
    assert readers(writer.journal, writer.now) == [therapist]
    dark = writer.write("unsaid", relationship_id=therapist.id, since=writer.now, words="I want to kill myself.")
    assert all("kill" not in line.words for line in text(writer, "unsaid", None, therapist).lines)
    assert dark.words
