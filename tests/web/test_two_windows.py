"""One form in two windows, or on two machines: what was typed in one never takes the place of what the other holds."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.test import Client

from reattune.journal.documents import Draft
from tests.web.conftest import PASSPHRASE
from tests.web.files_brought import bring, journal_file, lies_in, plain
from tests.web.journals import opened
from tests.web.test_deletion import note
from tests.web.test_typed_and_left import hidden

Own = Callable[..., Client]
pytestmark = pytest.mark.django_db
LONG = "Half an hour of writing in the first window"


def window(client: Client, path: str = "/note/") -> dict[str, str]:
    """A form as a window has it, with what is hidden in it."""
    return {**hidden(client.get(path).content.decode()), "day": "2026-01-05"}


def what_was_typed(client: Client) -> list[str]:
    return sorted("".join(each.fields.get("what", ())) for each in opened(client).journal.all(Draft))


def test_each_window_goes_on_with_its_own(own: Own) -> None:
    client = own()
    one, other = window(client), window(client)
    for typed in ("Half", "Half an hour", "An hour, put differently", LONG):
        client.post("/typing/", {**one, "what": typed})
        client.post("/typing/", {**other, "what": f"B {typed[:4]}"})
    assert what_was_typed(client) == ["B Half", LONG]
    again = window(client)
    client.post("/typing/", {**again, "what": "B Half and more"})
    assert what_was_typed(client) == ["B Half and more", LONG]


def test_a_form_that_was_filled_with_a_draft_goes_on_with_it_until_another_window_did(own: Own) -> None:
    client = own()
    client.post("/typing/", {**window(client), "what": LONG})
    one, other = window(client), window(client)
    client.post("/typing/", {**one, "what": "All of it anew"})
    assert what_was_typed(client) == ["All of it anew"]
    client.post("/typing/", {**other, "what": f"{LONG}, and on"})
    assert what_was_typed(client) == ["All of it anew", f"{LONG}, and on"]


def test_saving_takes_only_the_words_of_its_own_window(own: Own) -> None:
    client = own()
    one, other = window(client), window(client)
    client.post("/typing/", {**one, "what": LONG})
    client.post("/typing/", {**other, "what": "Short"})
    who = {"who": "new", "name": "Jo", "role": "friend", "stop": ""}
    assert client.post("/note/", {**other, **who, "what": "Short words of the second."}).status_code == 302
    assert what_was_typed(client) == [LONG]
    note(client, "What no window's mark came along with.")
    assert what_was_typed(client) == [LONG]


def test_locking_in_a_window_that_nobody_wrote_in(own: Own) -> None:
    laptop = own()
    mark = opened(laptop).mark
    laptop.post("/typing/", {"draft_of": "/note/", "journal": mark, "what": LONG})
    phone = Client()
    phone.post("/unlock/", {"passphrase": PASSPHRASE})
    phone.post("/lock/", {"draft_of": "/note/", "journal": mark, "day": "2026-11-26", "what": ""})
    assert what_was_typed(laptop) == [LONG]


def test_locking_what_another_window_locked_holds_the_words(own: Own) -> None:
    client = own()
    one = window(client)
    client.post("/lock/")
    assert client.post("/typing/", {**one, "what": LONG}, headers={"HX-Request": "true"}).status_code == 302
    page = client.post("/lock/", {**one, "what": LONG}).content.decode()
    held = re.search(r'name="held" value="([^"]+)"', page)
    assert held
    client.post("/unlock/", {"passphrase": PASSPHRASE, "held": held[1]})
    assert what_was_typed(client) == [LONG]


def test_words_of_two_windows_that_were_both_held(own: Own) -> None:
    client = own()
    windows = [{**window(client), "what": f"Words of the {which} window."} for which in ("first", "second")]
    client.post("/lock/")
    pages = [client.post("/note/", each).content.decode() for each in windows]
    for page in pages:
        held = re.search(r'name="held" value="([^"]+)"', page)
        assert held
        client.post("/unlock/", {"passphrase": PASSPHRASE, "held": held[1]})
        client.post("/lock/")
    client.post("/unlock/", {"passphrase": PASSPHRASE})
    assert len(what_was_typed(client)) == 2


def test_each_draft_of_a_form_is_reached_from_today(own: Own) -> None:
    client = own()
    client.post("/typing/", {**window(client), "what": LONG})
    client.post("/typing/", {"draft_of": "/note/", "what": "Other words of another window."})
    today = client.get("/today/").content.decode()
    links = re.findall(r'href="([^"]+)">Carry on', today)
    assert len(links) == 2
    shown = [client.get(each).content.decode() for each in links]
    assert "Other words of another window." in shown[0]
    assert LONG in shown[1]


def test_the_latest_draft_is_the_one_that_is_shown(own: Own) -> None:
    client = own()
    client.post("/typing/", {"draft_of": "/note/", "what": "My own words here"})
    older = plain("draft", form="/note/", fields={"what": ["other words"]}, created="2020-01-01T00:00:00Z")
    bring(client, journal_file(older), "n.json")
    assert "My own words here" in client.get("/note/").content.decode()


def test_words_for_what_another_window_deleted_are_shown(own: Own) -> None:
    client = own()
    moment = note(client, "Some words.")
    form = {**window(client, f"/note/{moment}/change/"), "who": "new", "what": "An hour of new writing"}
    client.post("/typing/", form)
    client.post(f"/away/{moment}/")
    answer = client.post(f"/note/{moment}/change/", form)
    assert answer.status_code == 404
    assert "An hour of new writing" in answer.content.decode()
    [link] = re.findall(r'href="([^"]+)">Carry on', client.get("/today/").content.decode())
    assert "An hour of new writing" in client.get(link).content.decode()
    assert lies_in(client, "An hour of new writing") == ["draft"]


@pytest.mark.parametrize("kind", ["person", "therapist"])
def test_every_draft_is_reached_from_today_however_many_there_are(own: Own, kind: str) -> None:
    client = own(journal_kind=kind)
    for number in range(5):
        client.post("/typing/", {"draft_of": f"/typing/{number}/", "what": f"Half of a thought, number {number}."})
    drafts = {str(each.id) for each in opened(client).journal.all(Draft)}
    assert len(drafts) == 5
    today = client.get("/today/").content.decode()
    assert len(set(re.findall(r'action="/typing/([0-9a-f-]{36})/', today))) == 3
    assert '<a href="?all">and 2 more</a>' in today
    every = client.get("/today/?all").content.decode()
    assert set(re.findall(r'action="/typing/([0-9a-f-]{36})/', every)) == drafts
    assert 'href="?all"' not in every
