"""A check-in that a client fills in on the therapist's device, everything else behind the passphrase."""

from __future__ import annotations

import re
from collections.abc import Callable
from copy import deepcopy
from datetime import timedelta
from time import time
from typing import Any
from unittest import mock

import pytest
from django.db import InterfaceError, OperationalError
from django.test import Client
from django.utils import timezone

from reattune.journal.documents import CameIn, Draft, Instrument, Relationship, Removed
from reattune.journal.documents.letters import RatingLetter
from reattune.web.pages.shared.wording import crisis_lines
from reattune.web.store.models import WaitingLetter
from reattune.web.store.waiting import OthersFirst
from tests.web.conftest import PASSPHRASE
from tests.web.journals import opened
from tests.web.page_walker import read
from tests.web.test_clients import THEIRS, add, page, today

Own = Callable[..., Client]
pytestmark = pytest.mark.django_db


@pytest.fixture
def therapist(own: Own) -> Client:
    return own(journal_kind="therapist")


def hand(therapist: Client, client: Relationship, day: str = "") -> str:
    answer = therapist.post(f"/those/{client.id}/hand/", {"day": day or today()})
    assert answer.status_code == 200, answer.content.decode()
    return answer.content.decode()


def token(words: str) -> str:
    found = re.search(r'name="token" value="([^"]+)"', words)
    assert found
    return found[1]


def unlock(client: Client) -> None:
    assert client.post("/unlock/", {"passphrase": PASSPHRASE}).status_code == 302


def test_what_is_handed_over_is_the_check_in_alone(therapist: Client) -> None:
    client = add(therapist, "Secretname")
    words = hand(therapist, client)
    assert "I felt understood." in words
    assert "Secretname" not in words
    assert str(client.id) not in words
    # Everything else asks for the passphrase: also what is open to anyone, and the example.
    for address in ("/today/", "/those/", f"/those/{client.id}/", "/", "/example/today/", "/example/other/today/"):
        assert therapist.get(address).headers["Location"].startswith("/unlock/"), address


def test_after_saving_there_is_a_thank_you_and_no_history(therapist: Client) -> None:
    client = add(therapist, "Secretname")
    therapist.post(f"/those/{client.id}/typed/", {"day": "2026-01-05", **THEIRS, "note": "a word of before"})
    given = {"token": token(hand(therapist, client)), **THEIRS, "safe": "3", "words": "It was long."}
    thanks = therapist.post("/filled/", given)
    words = thanks.content.decode()
    assert "Thank you" in words
    for hidden in ("Secretname", "a word of before", "It was long.", "<svg"):
        assert hidden not in words
    assert therapist.get("/today/").status_code == 302
    unlock(therapist)
    assert "Secretname rated the session of" in page(therapist, "/today/")
    (letter,) = opened(therapist).journal.all(CameIn)
    assert therapist.post(f"/arrived/{letter.id}/take/").headers["Location"] == f"/those/{client.id}/"
    journal = opened(therapist).journal
    kept = journal.check_ins(journal.clients[0])[-1][1]
    assert (kept.answers["safe"], kept.note, kept.rater) == (3, "It was long.", "client")
    assert not journal.all(CameIn)


def test_the_thank_you_shown_anew_is_a_thank_you_still(therapist: Client) -> None:
    client = add(therapist)
    therapist.post("/filled/", {"token": token(hand(therapist, client)), **THEIRS})
    again = therapist.get("/filled/")
    assert again.status_code == 200
    assert "Thank you" in again.content.decode()
    assert 'href="/help/"' in again.content.decode()
    # Nobody else is told that something was saved.
    assert Client().get("/filled/").headers["Location"] == "/unlock/"


@pytest.mark.parametrize("words", ["", "He hits me every night."])
def test_what_was_refused_shown_anew_says_that_nothing_was_saved(therapist: Client, words: str) -> None:
    client = add(therapist)
    therapist.post("/filled/", {"token": token(hand(therapist, client)), **THEIRS})
    unlock(therapist)
    sent = token(hand(therapist, client))
    refused = therapist.post("/filled/", {"token": sent, "words": words}).content.decode()
    assert ("Words alone can’t be saved here." in refused) is bool(words)
    assert ("Safety comes first" in refused) is bool(words)
    again = therapist.get("/filled/").content.decode()
    assert "Nothing was saved" in again
    assert "Thank you" not in again
    therapist.post("/filled/", {"token": sent, **THEIRS, "words": words})
    assert "Thank you" in therapist.get("/filled/").content.decode()


def test_help_opens_beside_a_check_in_that_is_being_filled_in(therapist: Client) -> None:
    assert '<a href="/help/?region=GB" target="_blank"' in hand(therapist, add(therapist))


def test_words_in_another_tab_are_held_when_the_device_is_handed_over(therapist: Client) -> None:
    client = add(therapist)
    mark = re.search(r'name="journal" value="([^"]+)"', page(therapist, f"/those/{client.id}/after/"))
    assert mark
    hand(therapist, client)
    typed = {"journal": mark[1], "draft_of": f"/those/{client.id}/after/", "words": "I was moved by her brother."}
    locked = therapist.post("/lock/", typed).content.decode()
    assert "I was moved" not in locked
    held = re.search(r'name="held" value="([^"]+)"', locked)
    assert held
    assert therapist.get("/today/").headers["Location"].startswith("/unlock/")
    back = therapist.post("/unlock/", {"passphrase": PASSPHRASE, "held": held[1]})
    assert back.headers["Location"] == f"/those/{client.id}/after/"
    assert [each.fields["words"] for each in opened(therapist).journal.all(Draft)] == [("I was moved by her brother.",)]


def test_it_is_in_the_clients_language(therapist: Client, settings: Any) -> None:
    settings.LANGUAGES = [("en", "English"), ("de", "German")]
    client = add(therapist, language="de")
    answer = therapist.post(f"/those/{client.id}/hand/", {"day": today()})
    assert 'lang="de"' in answer.content.decode()
    assert "Ich habe mich verstanden gefühlt" in answer.content.decode()


def test_what_is_sent_twice_comes_in_once(therapist: Client) -> None:
    client = add(therapist)
    given = {"token": token(hand(therapist, client)), **THEIRS}
    assert therapist.post("/filled/", given).status_code == therapist.post("/filled/", given).status_code == 200
    unlock(therapist)
    assert len(opened(therapist).journal.all(CameIn)) == 1


def test_what_is_corrected_and_then_corrected_back_stands_as_it_was_said_last(therapist: Client) -> None:
    client = add(therapist)
    # With the field that makes each form be taken once, as a page that comes back from the browser's memory has it.
    given = {"token": token(hand(therapist, client)), "csrfmiddlewaretoken": "of this page", **THEIRS}
    for seconds, safe in ((9, "2"), (6, "9"), (3, "2"), (2, "2"), (1, "2")):
        with mock.patch.object(timezone, "now", return_value=timezone.now() - timedelta(seconds=seconds)):
            assert "saved" in therapist.post("/filled/", {**given, "safe": safe}).content.decode()
    unlock(therapist)
    letters = sorted(opened(therapist).journal.all(CameIn), key=lambda each: each.at)
    assert [each.content.answers["safe"] for each in letters if isinstance(each.content, RatingLetter)] == [2, 9, 2]
    for each in letters:
        therapist.post(f"/arrived/{each.id}/take/")
    journal = opened(therapist).journal
    assert journal.check_ins(journal.clients[0])[-1][1].answers["safe"] == 2


@pytest.mark.parametrize("number", range(6))
def test_what_is_corrected_back_after_lost_thanks_stands_as_it_was_said_last(therapist: Client, number: int) -> None:
    client = add(therapist)
    given = {"token": token(hand(therapist, client)), **THEIRS}
    lost = number % 2  # the thanks for the correction, or those for both
    for seconds, safe in ((9, "2"), (6, "9"), (3, "2")):
        cookies = deepcopy(therapist.cookies)
        with mock.patch.object(timezone, "now", return_value=timezone.now() - timedelta(seconds=seconds)):
            assert "saved" in therapist.post("/filled/", {**given, "safe": safe}).content.decode()
        if safe == "9" or lost:
            therapist.cookies = cookies
    unlock(therapist)
    for each in sorted(opened(therapist).journal.all(CameIn), key=lambda each: each.at):
        therapist.post(f"/arrived/{each.id}/take/")
    journal = opened(therapist).journal
    assert journal.check_ins(journal.clients[0])[-1][1].answers["safe"] == 2


@pytest.mark.parametrize("cookie", ["1", "x.y", ".", "é." + "a" * 5000])
def test_a_cookie_that_is_not_ours_changes_nothing(therapist: Client, cookie: str) -> None:
    client = add(therapist)
    given = {"token": token(hand(therapist, client)), **THEIRS}
    therapist.cookies["reattune_filled"] = cookie
    assert "saved" in therapist.post("/filled/", given).content.decode()
    assert "saved" in therapist.post("/filled/", given).content.decode()
    unlock(therapist)
    assert len(opened(therapist).journal.all(CameIn)) == 1


@pytest.mark.parametrize("newest_first", [True, False])
def test_what_a_client_corrects_comes_in_too_and_the_newest_stands(therapist: Client, newest_first: bool) -> None:
    client = add(therapist)
    given = {"token": token(hand(therapist, client)), **THEIRS}
    with mock.patch.object(timezone, "now", return_value=timezone.now() - timedelta(seconds=5)):
        assert "saved" in therapist.post("/filled/", {**given, "safe": "4"}).content.decode()
    assert "saved" in therapist.post("/filled/", {**given, "safe": "0", "words": "I was afraid."}).content.decode()
    unlock(therapist)
    letters = sorted(opened(therapist).journal.all(CameIn), key=lambda each: each.at, reverse=newest_first)
    assert {each.content.words for each in letters if isinstance(each.content, RatingLetter)} == {"", "I was afraid."}
    for each in letters:
        therapist.post(f"/arrived/{each.id}/take/")
    journal = opened(therapist).journal
    kept = journal.check_ins(journal.clients[0])[-1][1]
    assert (kept.answers["safe"], kept.note) == (0, "I was afraid.")
    (earlier,) = journal.all(Removed)  # and the first one is not gone
    assert '"safe":4' in "".join(earlier.documents)
    assert not journal.all(CameIn)


@pytest.mark.parametrize(
    ("given", "sentence"),
    [({}, "Nothing is filled in yet"), ({"safe": "12"}, "Choose one of these numbers"),
     ({"safe": "1", "words": "x" * 200_000}, "too long")],
)  # fmt: skip
def test_what_cannot_be_kept_of_it_says_why(therapist: Client, given: dict[str, str], sentence: str) -> None:
    words = hand(therapist, add(therapist))
    answer = therapist.post("/filled/", {"token": token(words), **given}).content.decode()
    assert sentence in answer
    assert 'name="token"' in answer
    assert not WaitingLetter.objects.exists()


@pytest.mark.parametrize("failure", [OperationalError("server closed the connection"), InterfaceError(), OthersFirst()])
def test_a_store_that_does_not_answer_takes_no_answer_off_the_page(therapist: Client, failure: Exception) -> None:
    """The page for that was in another language, and held the words and the page's own signed field, but no rating."""
    client = add(therapist)
    opened(therapist).change(client, language="de")
    given = {"token": token(hand(therapist, client)), **THEIRS, "safe": "3", "words": "Es war schwer."}
    with mock.patch("reattune.web.pages.clients.hand.accept", side_effect=failure):
        refused = therapist.post("/filled/", given)
    assert refused.status_code == 503
    form = read("/filled/", refused.content.decode())
    again = next(dict(each.fields) for each in form.buttons() if each.address == "/filled/")
    assert {name: again[name] for name in given} == given
    assert "Das lässt sich gerade nicht speichern." in refused.content.decode()
    thanks = therapist.post("/filled/", again)
    assert "Danke" in thanks.content.decode()
    unlock(therapist)
    page(therapist, "/today/")
    (letter,) = opened(therapist).journal.all(CameIn)
    assert isinstance(letter.content, RatingLetter)
    assert (letter.content.answers["safe"], letter.content.words) == (3, "Es war schwer.")


def test_what_lay_on_the_device_for_days_comes_in_and_says_its_day(therapist: Client) -> None:
    words = hand(therapist, add(therapist), "2026-01-05")
    with mock.patch("time.time", return_value=time() + 5 * 24 * 3600):
        answer = therapist.post("/filled/", {"token": token(words), **THEIRS, "words": "It took me all evening."})
    assert "saved" in answer.content.decode()
    unlock(therapist)
    (letter,) = opened(therapist).journal.all(CameIn)
    assert isinstance(letter.content, RatingLetter)
    assert (letter.content.words, str(letter.content.day)) == ("It took me all evening.", "2026-01-05")


def test_a_double_tap_shows_the_check_in(therapist: Client) -> None:
    client = add(therapist)
    before, given = dict(therapist.cookies), {"day": today(), "csrfmiddlewaretoken": "x" * 64}
    first = therapist.post(f"/those/{client.id}/hand/", given)
    therapist.cookies.clear()
    therapist.cookies.update(before)  # the second tap left before the first was answered
    second = therapist.post(f"/those/{client.id}/hand/", given)
    assert (first.status_code, second.status_code) == (200, 200)
    assert first.content == second.content
    assert second.cookies["reattune_handed"].value
    assert therapist.get("/today/").headers["Location"].startswith("/unlock/")
    assert therapist.post(f"/those/{client.id}/hand/", given).headers["Location"].startswith("/unlock/")


def test_after_a_clients_quick_exit_the_device_is_still_in_other_hands(therapist: Client) -> None:
    hand(therapist, add(therapist))
    assert therapist.post("/leave/").headers["Location"] == "/measures/"
    for address in ("/", "/begin/", "/example/today/", "/example/other/today/"):
        assert therapist.get(address).headers["Location"].startswith("/unlock/"), address
    assert "Cooking measurements" in therapist.get("/measures/").content.decode()
    unlock(therapist)
    assert therapist.get("/begin/").status_code == 200


@pytest.mark.parametrize("forged", ["", "anything", "eyJpZCI6MX0:1:abc"])
def test_only_what_was_handed_over_is_taken(therapist: Client, forged: str) -> None:
    hand(therapist, add(therapist))
    answer = therapist.post("/filled/", {"token": forged, **THEIRS})
    assert answer.headers["Location"] == "/unlock/"
    assert not WaitingLetter.objects.exists()


def test_words_of_danger_bring_the_lines_to_the_client_and_to_the_therapist(therapist: Client) -> None:
    client = add(therapist)
    given = {"token": token(hand(therapist, client)), **THEIRS, "words": "I want to kill myself. I have a plan."}
    assert "116 123" in therapist.post("/filled/", given).content.decode()
    unlock(therapist)
    words = page(therapist, "/today/")
    assert "Someone may be in danger" in words
    assert "Where a life is in danger you may break confidentiality" in words
    assert "116 123" in words
    assert "Are you safe?" not in words


@pytest.mark.parametrize(
    ("written", "heading", "now"),
    [("I want to kill myself. I have a plan.", "You don’t have to be alone with this", True),
     ("He hits me every night.", "Safety comes first", False),
     ("He hits me every night. I want to kill myself.", "Safety comes first", False),
     ("I want to kill him.", "It may help to talk to someone now", True)],
)  # fmt: skip
def test_who_is_harmed_is_not_sent_to_the_therapist_first(
    therapist: Client, written: str, heading: str, now: bool
) -> None:
    """Who harms a client may be who reads it."""
    given = {"token": token(hand(therapist, add(therapist))), **THEIRS, "words": written}
    words = therapist.post("/filled/", given).content.decode()
    assert heading in words
    assert ("Tell your therapist now" in words) is now
    harmed = [line.name for line in crisis_lines("GB")["entry"].lines if line.for_harmed]
    assert harmed
    assert ("116 123" in words) is True
    assert all((name in words) is (heading != "You don’t have to be alone with this") for name in harmed)


def test_what_no_passphrase_opens_is_not_handed_over(db: None) -> None:
    client = Client()
    seen = client.get("/example/other/those/").content.decode()
    address = re.search(r'href="(/example/other/those/[0-9a-f-]{36}/)"', seen)
    assert address
    assert "a passphrase of its own" in client.get(f"{address[1]}hand/").content.decode()
    assert client.post(f"{address[1]}hand/", {"day": today()}).status_code == 404


def test_a_questionnaire_of_very_many_questions_can_be_handed_over(therapist: Client) -> None:
    client = add(therapist)
    items = [{"key": f"a{n}", "subscale": "s", "text": f"Question {n}"} for n in range(120)]
    definition = {"key": "long", "title": "Long", "scale_low": 0, "scale_high": 4, "items": items}
    opened(therapist).create(Instrument, definition=definition)
    therapist.post("/settings/questions/use/", {"name": "long/1"})
    given = {"token": token(hand(therapist, client)), **{each["key"]: "2" for each in items}, "words": "Long."}
    assert "Thank you" in therapist.post("/filled/", given).content.decode()
    unlock(therapist)
    (letter,) = opened(therapist).journal.all(CameIn)
    assert isinstance(letter.content, RatingLetter)
    assert len(letter.content.answers) == 120
