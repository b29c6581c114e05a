"""How much one request has read for danger: little, the latest first, and the rest by and by."""

from __future__ import annotations

from collections.abc import Iterator
from threading import Event, Thread
from uuid import uuid4

import pytest

from reattune.reflection import danger_probability, danger_recogniser, reading_allowance
from reattune.reflection.danger_recogniser import (
    Danger,
    danger,
    danger_brought,
    danger_came_in,
    dangers_in,
    dangers_lately,
    dangers_typed,
)
from reattune.reflection.reading_allowance import A_LITTLE, AT_LENGTH, IN_PASSING, LEAST, for_one_request, in_passing
from tests.conftest import Writer

DANGER = "I want to die."


@pytest.fixture
def letters(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """The letters of each piece that is read, without the sentence model."""
    seen: list[int] = []
    plain = danger_probability.buckets
    monkeypatch.setattr(danger_probability, "buckets", lambda text: (seen.append(len(text)), plain(text))[1])
    monkeypatch.setattr(danger_probability, "sentence_model", lambda: None)
    danger_probability.forget()
    yield seen
    danger_probability.forget()


def ordinary(letters: int, mark: str = "") -> str:
    """So many letters of sentences that were never read, and of which none is danger."""
    found = "".join(f"The {place}th{mark} bus came late to the hill. " for place in range(letters // 30 + 1))
    return found[:letters].rpartition(". ")[0] + ". "


def test_a_page_reads_so_much_in_passing_and_the_next_one_goes_on(letters: list[int]) -> None:
    text, pages = ordinary(100_000), 0
    before = 1
    while before:
        letters.clear()
        with for_one_request(), in_passing():
            danger(text)
        before = sum(letters)
        assert before <= IN_PASSING
        pages += 1
    assert 6 <= pages <= 10


def test_the_end_of_a_text_is_read_first_and_its_beginning_in_the_end(letters: list[int]) -> None:
    early, late = f"{DANGER} {ordinary(50_000)}", f"{ordinary(50_000, 'x')} I want to kill myself."
    with for_one_request(), in_passing():
        assert danger(late) is Danger.SUICIDE
    with for_one_request(), in_passing():
        assert danger(early) is None
    for _page in range(5):
        with for_one_request(), in_passing():
            found = danger(early)
    assert found is Danger.SUICIDE


def test_what_was_written_last_is_read_first(writer: Writer, letters: list[int]) -> None:
    who = writer.therapist()
    for words in (ordinary(60_000), DANGER):
        moment = writer.write("moment", relationship_id=who.id, at=writer.now, what=words)
    with for_one_request():
        assert dangers_lately(writer.journal, moment.updated) == {Danger.SUICIDE}


def test_short_sentences_are_no_way_around_it(letters: list[int]) -> None:
    with for_one_request(), in_passing():
        danger(" ".join(f"a{place}!" for place in range(20_000)))
    assert len(letters) <= IN_PASSING / LEAST


def test_what_decides_something_is_read_at_length(writer: Writer, letters: list[int]) -> None:
    words = f"My therapist hit me. {ordinary(100_000)}"
    moment = writer.write("moment", relationship_id=writer.therapist().id, at=writer.now, what=words)
    with for_one_request():
        assert dangers_lately(writer.journal, moment.updated) == frozenset()
        assert dangers_in(moment) == {Danger.HARMED}
    assert sum(letters) <= AT_LENGTH


def test_of_a_file_as_much_as_is_promised(writer: Writer, letters: list[int]) -> None:
    who = writer.therapist()
    texts = (DANGER, ordinary(99_000), ordinary(99_000, "x"))
    brought = [writer.make("moment", relationship_id=who.id, at=writer.now, what=words) for words in texts]
    with for_one_request():
        assert danger_brought(brought) == [DANGER]


def test_what_is_looked_at_at_all_is_bounded(writer: Writer, monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[int] = []
    plain = danger_recogniser.sentences
    monkeypatch.setattr(danger_recogniser, "sentences", lambda text: (looked.append(len(text)), plain(text))[1])
    texts = tuple(ordinary(99_000, mark) for mark in "abcd")
    draft = writer.write("draft", form="/note/", fields={"what": texts}, window="")
    with for_one_request():
        dangers_lately(writer.journal, draft.updated)
    assert sum(looked) <= 200_000
    looked.clear()
    with for_one_request():
        dangers_typed(texts, Writer().journal, draft.updated)
    assert sum(looked) <= 200_000


def test_one_request_of_a_process_reads_more_than_a_little(letters: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading_allowance, "PATIENCE", 0.05)
    begun, over = Event(), Event()

    def another() -> None:
        with for_one_request(), in_passing():
            danger(ordinary(10_000, "y"))
            begun.set()
            over.wait(30)

    other = Thread(target=another)
    other.start()
    assert begun.wait(30)
    letters.clear()
    with for_one_request(), in_passing():
        assert danger(f"{ordinary(20_000)} {DANGER}") is Danger.SUICIDE
    assert sum(letters) <= A_LITTLE
    letters.clear()
    with for_one_request():
        danger(ordinary(20_000, "z"))
    assert sum(letters) <= A_LITTLE
    over.set()
    other.join()
    letters.clear()
    with for_one_request():
        danger(ordinary(20_000, "z"))
    assert sum(letters) > A_LITTLE


def test_an_error_gives_the_turn_back(letters: list[int]) -> None:
    def fails() -> None:
        with for_one_request():
            danger(ordinary(10_000))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fails()
    assert reading_allowance._turn.acquire(blocking=False)
    reading_allowance._turn.release()


def test_a_text_that_was_read_is_not_cut_again_but_where_another_sentence_is_passed_over(
    letters: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    cut: list[str] = []
    plain = danger_recogniser.sentences
    monkeypatch.setattr(danger_recogniser, "sentences", lambda text: (cut.append(text), plain(text))[1])
    text = f"{DANGER} {ordinary(50_000)}"
    while danger(text) is None:
        with for_one_request(), in_passing():
            danger(text)
    cut.clear()
    assert danger(text) is Danger.SUICIDE
    assert not cut
    assert danger(text, [DANGER]) is None
    assert danger(text) is Danger.SUICIDE


def test_of_very_many_letters_so_much_is_cut_for_one_page(
    writer: Writer, letters: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    cut: list[str] = []
    plain = danger_recogniser.sentences
    monkeypatch.setattr(danger_recogniser, "sentences", lambda text: (cut.append(text), plain(text))[1])
    came_in = []
    for number in range(40):
        content = {"letter": 1, "id": str(uuid4()), "at": writer.now.isoformat(), "kind": "note"}
        content["words"] = f"{DANGER if number == 39 else number} " + "a. b\n" * 1_000
        came_in.append(writer.make("came_in", at=writer.now, arrived=writer.now, content=content))
    found, pages = False, 0
    while not found:
        cut.clear()
        with for_one_request():
            found = danger_came_in(came_in)
        assert sum(map(len, cut)) < 70_000
        pages += 1
    assert 3 < pages < 20
    cut.clear()
    assert danger_came_in(came_in)
    assert not cut


def test_elsewhere_there_is_no_bound(letters: list[int]) -> None:
    assert danger(f"{DANGER} {ordinary(100_000)}") is Danger.SUICIDE
