"""What came in waits on Today, is words and nothing else, and is taken in once or deleted."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable
from uuid import uuid4

import pytest
from django.test import Client

from reattune.journal.documents import Address, CameIn, LooseNote, Moment, Removed
from reattune.vault.letters import seal_letter
from reattune.web.pages.home import came_in
from reattune.web.store.letterbox import address_key, deliver
from reattune.web.store.open_journal import Conflict
from tests.web.journals import opened

Own = Callable[..., Client]
pytestmark = pytest.mark.django_db
MARKUP = "<script>alert(1)</script> {{ 7 * 7 }} <b onclick=x>bold</b>"


def arrives(client: Client, words: object = "She looked at the clock.", **fields: object) -> None:
    pair = address_key(opened(client))
    assert pair
    letter = {"letter": 1, "id": str(uuid4()), "at": "2026-03-02T18:00:00Z", "kind": "note", "words": words, **fields}
    plain = json.dumps({name: value for name, value in letter.items() if value is not None}).encode()
    assert deliver(pair.address, seal_letter(pair.public, plain)) is None


def today(client: Client) -> str:
    return client.get("/today/").content.decode()


def the_one(client: Client) -> CameIn:
    [letter] = opened(client).journal.all(CameIn)
    return letter


def test_it_waits_on_today_and_changes_nothing(own: Own) -> None:
    client = own()
    assert "Came in" not in today(client)
    arrives(client)
    page = today(client)
    assert "Came in" in page
    assert "She looked at the clock." in page
    assert "written without unlocking" in page
    assert not opened(client).journal.all(LooseNote)


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"kind": "answer", "share_id": str(uuid4()), "name": MARKUP},
        {"kind": "share", "words": None, "title": MARKUP, "lines": [MARKUP, "two"], "name": MARKUP},
    ],
)
def test_nothing_in_it_is_markup_or_an_order(own: Own, fields: dict[str, object]) -> None:
    client = own()
    arrives(client, **{"words": MARKUP, **fields})
    pages = [today(client), client.get("/arrived/").content.decode()]
    client.post(f"/arrived/{the_one(client).id}/take/")
    pages += [client.get("/loose/").content.decode(), client.get("/settings/away/").content.decode(), today(client)]
    for page in pages:
        assert "<script>alert" not in page
        assert "<b onclick" not in page
        assert ">49<" not in page
    assert "&lt;script&gt;" in "".join(pages)


def test_a_note_is_taken_in_once_and_then_sorted(own: Own) -> None:
    client = own()
    arrives(client)
    today(client)
    letter = the_one(client)
    answer = client.post(f"/arrived/{letter.id}/take/")
    [note] = opened(client).journal.all(LooseNote)
    assert answer.headers["Location"] == f"/loose/?note={note.id}"
    assert (note.words, note.letter, note.at) == ("She looked at the clock.", True, letter.at)
    assert client.post(f"/arrived/{letter.id}/take/").status_code == 404
    assert len(opened(client).journal.all(LooseNote)) == 1
    page = today(client)
    assert "One note is waiting to be sorted" in page
    who = re.search(r'<option value="([0-9a-f-]{36})"', client.get(answer.headers["Location"]).content.decode())
    assert who
    client.post("/loose/", {"note": str(note.id), "who": who[1]})
    assert [each.what for each in opened(client).journal.all(Moment)] == ["She looked at the clock."]
    assert "waiting to be sorted" not in today(client)


@pytest.mark.parametrize(
    ("instrument", "lines"),
    [
        ("reattune-check-in/1", ["Reattune check-in", "I felt I could say anything: 1", "gone: 2.5"]),
        ("other/3", ["other/3", "safe: 1", "gone: 2.5"]),
    ],
)
@pytest.mark.parametrize("words", ["", "She looked at the clock."])
def test_ratings_are_seen_and_kept_with_their_figures(own: Own, instrument: str, lines: list[str], words: str) -> None:
    client = own()
    rated = {"instrument": instrument, "answers": {"safe": 1, "gone": 2.5}, "day": "2026-03-02"}
    arrives(client, words, kind="rating", client_id=str(uuid4()), **rated)
    shown = client.get("/arrived/").content.decode()
    client.post(f"/arrived/{the_one(client).id}/take/")
    [note] = opened(client).journal.all(LooseNote)
    assert note.words.split("\n") == [*([words] if words else []), *lines]
    for line in note.words.split("\n"):
        assert f"<p>{line}</p>" in html.unescape(shown)


def test_two_windows_take_it_in_once(own: Own) -> None:
    client = own()
    arrives(client)
    today(client)
    one, other = opened(client), opened(client)
    for window, once in ((one, True), (other, False)):
        [letter] = window.journal.all(CameIn)
        taken = came_in.TAKING_IN["note"](window, letter)
        if once:
            window.write_and_discard(taken.written, [letter], once=True)
        else:
            with pytest.raises(Conflict):
                window.write_and_discard(taken.written, [letter], once=True)
    assert len(opened(client).journal.all(LooseNote)) == 1
    assert opened(client).damages == []


def test_what_is_deleted_can_be_restored(own: Own) -> None:
    client = own()
    arrives(client)
    today(client)
    letter = the_one(client)
    assert "She looked at the clock." in client.get(f"/away/{letter.id}/").content.decode()
    client.post(f"/away/{letter.id}/")
    assert "Came in" not in today(client)
    [removed] = opened(client).journal.all(Removed)
    client.post(f"/settings/away/{removed.id}/back/")
    assert the_one(client) == letter


def test_many_are_deleted_at_once_and_restored_at_once(own: Own) -> None:
    client = own()
    for number in range(4):
        arrives(client, f"Note number {number}.")
    page = today(client)
    assert "and 2 more" in page
    assert "Delete all 4" in client.get("/arrived/").content.decode()
    client.post("/arrived/away/")
    assert not opened(client).journal.all(CameIn)
    [removed] = opened(client).journal.all(Removed)
    assert removed.title == "4 things that came in"
    client.post(f"/settings/away/{removed.id}/back/")
    assert len(opened(client).journal.all(CameIn)) == 4
    client.post("/arrived/away/")
    client.post("/arrived/away/")
    assert len(opened(client).journal.all(Removed)) == 1


def test_what_could_not_be_read_gets_its_sentence_once(own: Own) -> None:
    client = own()
    arrives(client, "", kind="order")
    arrives(client)
    arrives(client, id="0f8fad5b-d9cb-469f-a165-708677289501")
    arrives(client, id="0f8fad5b-d9cb-469f-a165-708677289501")
    page = today(client)
    assert "One thing that came in couldn’t be read, and was removed." in page
    assert "One thing had already come in" in page
    client.post("/arrived/seen/")
    assert "couldn’t be read" not in today(client)
    [address] = opened(client).journal.all(Address)
    assert (address.unreadable, address.repeated) == (0, 0)


def test_words_of_danger_in_a_note_show_where_to_turn_and_in_an_answer_do_not(own: Own) -> None:
    client = own()
    arrives(client, "I want to kill myself.", kind="answer", share_id=str(uuid4()))
    assert "alone with this" not in today(client)
    arrives(client, "I want to kill myself.")
    assert "alone with this" in today(client)


def test_titles_only_hides_its_words(own: Own) -> None:
    client = own()
    arrives(client)
    journal = opened(client)
    preferences = journal.journal.preferences
    assert preferences
    journal.change(preferences, titles_only=True)
    page = today(client)
    assert "Came in" in page
    assert "looked at the clock" not in page
