"""Whether an older form of an entry says in words what the newer one doesn't: in every script, and in one word."""

from __future__ import annotations

import pytest

from reattune.journal.two_forms import says_more
from tests.conftest import Writer

WORDS = [
    "I was afraid of her",
    "Schwangerschaftsabbruch",
    "彼女は私の話を聞いてくれませんでした。父のことを思い出しました。",
    "เธอไม่ฟังฉันเลยและฉันนึกถึงพ่อ",
    "爸",
    "Über",
]


@pytest.mark.parametrize("words", WORDS)
def test_words_are_words(writer: Writer, words: str) -> None:
    therapist = writer.write("relationship", name="Miriam", role="therapist")
    older = writer.write("moment", relationship_id=therapist.id, at=writer.now, what=words)
    newer = writer.rewrite(older, what="x y")
    assert says_more(older, newer)
    assert not says_more(older, writer.rewrite(newer, what=f"At first: {words}"))


def test_where_one_was_and_what_nobody_answered_says_nothing(writer: Writer) -> None:
    therapist = writer.write("relationship", name="Miriam", role="therapist")
    older = writer.write("moment", relationship_id=therapist.id, at=writer.now, what="x y", feelings=["ashamed"])
    newer = writer.rewrite(older, zone="Asia/Tokyo", feelings=["ashamed", "small"], reaction=5, cause="other")
    assert not says_more(older, newer)


@pytest.mark.parametrize(
    ("said", "later"),
    [
        ({"reaction": 9}, {"reaction": 5}),
        ({"event": 0}, {"event": None}),
        ({"feelings": ["ashamed"]}, {"feelings": ["small"]}),
        ({"did": "withdrew"}, {"did": "said_it"}),
        ({"cause": "judged_me"}, {"cause": "other"}),
        ({"keep_apart": True}, {"keep_apart": False}),
    ],
)
def test_a_figure_and_a_choice_say_something(writer: Writer, said: dict[str, object], later: dict[str, object]) -> None:
    therapist = writer.write("relationship", name="Miriam", role="therapist")
    older = writer.write("moment", relationship_id=therapist.id, at=writer.now, what="x y", **said)
    newer = writer.rewrite(older, **later)
    assert says_more(older, newer)
    assert not says_more(older, writer.rewrite(newer, **said))


def test_answers_of_a_check_in_say_something(writer: Writer) -> None:
    therapist = writer.write("relationship", name="Miriam", role="therapist")
    session = writer.write("session", relationship_id=therapist.id, at=writer.now)
    answers = {"safe": 1, "whole": 2}
    older = writer.write("check_in", session_id=session.id, instrument="reattune-check-in/1", answers=answers)
    assert says_more(older, writer.rewrite(older, answers={"safe": 8, "whole": 2}))
    assert not says_more(older, writer.rewrite(older, answers={**answers, "goals": 3}, urge_to_leave=6))
