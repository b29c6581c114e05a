"""Thinking of leaving: looking at a way is not choosing it, and what was written can be opened and deleted."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from reattune.journal.documents import Ending, Removed
from reattune.journal.vocabulary import EndingKind, LeavingAbout
from reattune.reflection.crossed_boundaries import crossed_line
from tests.web.journals import exported, opened
from tests.web.test_say_and_mend import page

Own = Callable[..., Client]
pytestmark = pytest.mark.django_db
NOT_YOURS = "This isn’t yours to mend"
QUESTION = "Was a boundary crossed, or do you feel unsafe?"


def main(client: Client, address: str) -> str:
    return page(client, address).partition("<main")[2]


def choose(client: Client, choice: str, **more: Any) -> str:
    return client.post("/going/", {"choice": choice, **more}).headers["Location"]


def endings(client: Client) -> list[Ending]:
    found: list[Ending] = opened(client).journal.all(Ending)
    return found


def person_page(client: Client) -> str:
    therapist = opened(client).journal.therapist
    assert therapist
    return f"/with/{therapist.id}/"


@pytest.mark.parametrize("choice", list(EndingKind))
def test_an_option_that_was_only_opened_is_listed_nowhere(own: Own, choice: str) -> None:
    client = own()
    for _again in range(2):
        choose(client, choice)
    assert len(endings(client)) == 1, "looking twice leaves one trace"
    for address in ("/so-far/", person_page(client), "/today/", "/going/"):
        shown = main(client, address)
        assert f"/away/{endings(client)[0].id}/" not in shown, address
        assert "#endings" not in shown, address
        assert "What you’ve begun" not in shown, address
        assert "begun on" not in shown, address
        assert NOT_YOURS not in shown, address
    printed = exported(client, "/settings/file/page/", parts=["endings"]).content.decode()
    assert "None of what you chose is in your journal yet." in printed


def test_opening_the_way_out_to_look_crosses_nothing_and_a_look_leaves_nothing(own: Own) -> None:
    client = own()
    safe = choose(client, "safe")
    assert crossed_line(opened(client).journal) is None
    shown = main(client, safe)
    assert QUESTION in shown
    assert NOT_YOURS not in shown
    assert "Get help now" in shown
    assert client.post(safe, {"looked": ""}).headers["Location"] == "/going/"
    assert endings(client) == []
    assert QUESTION in main(client, choose(client, "safe")), "it can be opened again"


def test_a_yes_counts_from_there_on_and_can_be_taken_back_without_a_trace(own: Own) -> None:
    client = own()
    safe = choose(client, "safe")
    assert client.post(safe, {"yes": ""}).headers["Location"] == safe
    assert endings(client)[0].about == (LeavingAbout.CROSSED_LINE,)
    assert NOT_YOURS in main(client, safe)
    assert NOT_YOURS in main(client, "/today/")
    asked = safe.replace("/first/", "/no-line/")
    assert "this will simply be removed" in main(client, asked)
    assert client.post(asked).headers["Location"] == "/going/"
    assert endings(client) == [], "nothing was written, so nothing becomes ending therapy well"
    assert NOT_YOURS not in main(client, "/today/")


@pytest.mark.parametrize("given", [{"why": "He wrote to me at night."}, {"about": ["crossed_line"]}])
def test_words_or_a_tick_count_at_once(own: Own, given: dict[str, Any]) -> None:
    client = own()
    safe = choose(client, "safe", **given)
    assert QUESTION not in main(client, safe)
    assert crossed_line(opened(client).journal) is not None


def test_safety_pressed_itself_forgets_what_was_pressed_before_it(own: Own) -> None:
    client = own()
    choose(client, "leave", why="He wrote to me at night.", about=["crossed_line"])
    assert endings(client)[0].chosen is EndingKind.LEAVE
    choose(client, "safe", why="He wrote to me at night.", about=["crossed_line"])
    assert [(each.form, each.chosen) for each in endings(client)] == [(EndingKind.SAFE, None)]


def test_what_was_written_before_is_not_lost_by_a_look_sent_twice(own: Own) -> None:
    client = own()
    safe = choose(client, "safe", why="He wrote to me at night.")
    client.post(safe, {"looked": ""})
    assert [each.why for each in endings(client)] == ["He wrote to me at night."]


@pytest.mark.parametrize("choice", list(EndingKind))
def test_what_was_written_is_opened_where_it_leads_and_can_be_deleted(own: Own, choice: str) -> None:
    client = own()
    choose(client, choice, why="I want to run from there.", about=["too_close"])
    ending = endings(client)[0]
    assert f'href="{person_page(client)}#endings"' in main(client, "/so-far/")
    shown = main(client, person_page(client))
    assert "I want to run from there." in shown
    assert f'href="/away/{ending.id}/"' in shown
    its_page = re.search(rf'id="e-{ending.id}".*?href="([^"]+)"', shown, re.DOTALL)
    assert its_page
    shown = main(client, its_page[1])
    assert "I want to run from there." in shown
    assert f"/away/{ending.id}/" in shown or choice == "pause"
    assert client.post(f"/away/{ending.id}/").headers["Location"] == "/settings/away/"
    assert endings(client) == []


def test_each_part_says_what_it_is(own: Own) -> None:
    client = own()
    well = choose(client, "leave", why="I want to run.")
    client.post(well, {"how_to_say_it": "Goodbye.", "goodbye": "Dear M."})
    shown = main(client, person_page(client))
    for label in ("In your own words", "What you’ll say or write", "What you’d have liked to tell them"):
        assert label in shown


def test_set_aside_is_said_but_not_of_getting_out_safely(own: Own) -> None:
    client = own()
    for choice in ("leave", "safe"):
        choose(client, choice, why="Words.")
    for ending in endings(client):
        client.post(f"/going/{ending.id}/away/")
    shown = main(client, person_page(client))
    assert shown.count("· set aside") == 1


def test_where_the_card_was_made_it_leads_there(own: Own) -> None:
    client = own()
    short = choose(client, "talk", why="It was the joke.")
    card = client.post(short, {"what_happened": "The joke."}).headers["Location"]
    shown = main(client, short)
    assert f'href="{card}"' in shown
    assert "<textarea" not in shown
    assert f"/away/{endings(client)[0].id}/" in shown
    assert client.post(short, {"what_happened": "Twice."}).headers["Location"] == card
    client.post(f"/away/{card.split('/')[2]}/")
    assert "<textarea" in main(client, short), "without the card there is room for one again"


def test_taking_back_a_crossed_boundary_loses_no_goodbye(own: Own) -> None:
    """Long after the older form of the entry has left what was deleted."""
    client = own()
    choose(client, "leave", about=["unsure"], why="I’m not sure any more.")
    (ending,) = endings(client)
    client.post(f"/going/{ending.id}/well/", {"goodbye": "My goodbye", "take_along": "The calm"})
    client.post(f"/going/{ending.id}/no-line/", {"after-all": ""})
    for removed in opened(client).journal.all(Removed):
        opened(client).discard(removed)
    answer = client.post(f"/going/{ending.id}/no-line/")
    (left,) = endings(client)
    assert (left.form, left.goodbye, left.take_along) == (EndingKind.LEAVE, "My goodbye", "The calm")
    assert str(left.id) in answer.headers["Location"]
