"""Many words sent at once: they are kept, and read for danger by and by, so that other pages are answered meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from django.test import Client

from reattune.journal.documents import CameIn
from reattune.reflection import danger_probability, danger_recogniser
from reattune.reflection.danger_recogniser import MOST_READ
from reattune.reflection.reading_allowance import IN_PASSING
from tests.web.journals import opened
from tests.web.test_came_in import arrives

Own = Callable[..., Client]


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """The lengths of the pieces that are read, without the sentence model, as they come."""
    lengths: list[int] = []
    plain = danger_probability.buckets
    monkeypatch.setattr(danger_probability, "buckets", lambda text: (lengths.append(len(text)), plain(text))[1])
    monkeypatch.setattr(danger_probability, "sentence_model", lambda: None)
    danger_probability.forget()
    yield lengths
    danger_probability.forget()


def test_a_form_full_of_words_is_kept_and_read_by_and_by(own: Own, seen: list[int]) -> None:
    client = own()
    words = ["".join(f"On the {field}th day the {n}th bus was late. " for n in range(2_500)) for field in range(18)]
    words[0] = f"I want to die. {words[0]}"
    seen.clear()
    sent = {"draft_of": "/note/", **{f"f{place}": each[:100_000] for place, each in enumerate(words)}}
    assert client.post("/typing/", sent).status_code in {200, 204}
    assert sum(seen) <= IN_PASSING
    for path in ("/today/", "/note/", "/today/"):
        seen.clear()
        assert client.get(path).status_code == 200
        assert sum(seen) <= IN_PASSING
    (kept,) = opened(client).drafts("/note/")
    assert len(kept.fields) == 18
    # What is written afterwards is read at once, whatever lies before it.
    page = client.post("/typing/", {"draft_of": "/ways/talk/", "what": "I want to kill myself."}).content.decode()
    assert "/help/" in page


def test_letters_that_were_read_are_not_looked_at_again(
    own: Own, seen: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """They wait for as long as nobody puts them away, and every Today shows them."""
    cut: list[str] = []
    plain = danger_recogniser.sentences
    monkeypatch.setattr(danger_recogniser, "sentences", lambda text: (cut.append(text), plain(text))[1])
    client = own()
    for letter in range(40):
        arrives(client, f"{letter} " + "a. b\n" * 800)
    for _page in range(60):
        cut.clear()
        assert client.get("/today/").status_code == 200
        if not cut:
            break
    for path in ("/today/", "/arrived/"):
        assert client.get(path).status_code == 200
        assert not cut
    arrives(client, "I want to kill myself.")
    for _page in range(2):
        assert "alone with this" in client.get("/today/").content.decode()


def test_letters_full_of_words_are_read_by_and_by(own: Own, seen: list[int]) -> None:
    """Whoever knows the address may send many, and Today with its helplines is not to wait for them."""
    client = own()
    for letter in range(6):
        arrives(client, "".join(f"On the {letter}th day the {n}th bus was late. " for n in range(1_300)))
    for path in ("/today/", "/arrived/", "/today/"):
        seen.clear()
        assert client.get(path).status_code == 200
        assert 0 < sum(seen) <= IN_PASSING
    arrives(client, "I want to kill myself.")
    assert "alone with this" in client.get("/today/").content.decode(), "the latest is read first"


def test_of_very_many_letters_a_page_looks_at_so_many(own: Own, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also of what was read before: cutting it into sentences anew is work too."""
    client = own()
    for _letter in range(20):
        arrives(client, "a. " * 19_000)
    assert len(opened(client).journal.all(CameIn)) == 0
    client.get("/today/")
    assert 57_000 * len(opened(client).journal.all(CameIn)) > MOST_READ, "as many long ones as come in at a time"
    looked_at: list[int] = []
    plain = danger_recogniser.sentences
    monkeypatch.setattr(danger_recogniser, "sentences", lambda text: (looked_at.append(len(text)), plain(text))[1])
    for path in ("/today/", "/arrived/"):
        looked_at.clear()
        assert client.get(path).status_code == 200
        assert sum(looked_at) <= MOST_READ
