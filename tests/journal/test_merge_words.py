"""Whether an older form of an entry says in words what the newer one doesn't: in every script, and in one word."""

from __future__ import annotations

import pytest

from reattune.journal.merge import says_more
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


def test_what_the_program_calls_things_and_where_one_was_are_no_words(writer: Writer) -> None:
    therapist = writer.write("relationship", name="Miriam", role="therapist")
    older = writer.write("moment", relationship_id=therapist.id, at=writer.now, what="x y", feelings=["ashamed"])
    assert not says_more(older, writer.rewrite(older, zone="Asia/Tokyo", feelings=["small"]))
