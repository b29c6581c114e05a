"""Clients, their sessions, and the ratings of both, as a therapist notes them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from reattune.journal.documents import CheckIn, Observation, Relationship, Session
from reattune.journal.therapists_vocabulary import Rater
from tests.web.journals import opened

Own = Callable[..., Client]
pytestmark = pytest.mark.django_db
OWN = {f"own_{key}": "7" for key in ("cared_for", "understood", "safe", "goals", "way", "whole")}
THEIRS = dict.fromkeys(("cared_for", "understood", "safe", "goals", "way", "whole"), "8")


@pytest.fixture
def therapist(own: Own) -> Client:
    return own(journal_kind="therapist")


def add(therapist: Client, name: str = "K.", **fields: str) -> Relationship:
    answer = therapist.post("/those/one/", {"name": name, "weeks": "1", **fields})
    assert answer.status_code == 302, answer.content.decode()
    return next(each for each in opened(therapist).journal.clients if each.name == name)


def page(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def today() -> str:
    return timezone.localdate().isoformat()


def test_the_first_page_says_what_does_not_belong_here(therapist: Client) -> None:
    words = page(therapist, "/today/")
    assert "Full names don’t belong here" in words
    assert "isn’t an official record" in words
    assert "isn’t an official record" in page(therapist, "/those/one/")


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"name": ""}, "What do you want to call them here?"),
        ({"name": "x" * 41}, "there’s room for 40 characters"),
        ({"name": "K.", "weekday": "9"}, "isn’t one of the choices"),
        ({"name": "K.", "time": "half past"}, "Write the time like this"),
        ({"name": "K.", "weeks": "0.1"}, "isn’t one of the choices"),
    ],
)
def test_a_client_that_cannot_be_kept(therapist: Client, given: dict[str, str], sentence: str) -> None:
    answer = therapist.post("/those/one/", {"weeks": "1", **given})
    assert sentence in answer.content.decode()
    assert not opened(therapist).journal.clients


def test_two_of_one_name_would_be_taken_for_each_other(therapist: Client) -> None:
    add(therapist, "K.")
    assert "called that already" in therapist.post("/those/one/", {"name": "k.", "weeks": "1"}).content.decode()
    other = add(therapist, "L.")
    answer = therapist.post(f"/those/{other.id}/name/", {"name": "K.", "weeks": "1"})
    assert "called that already" in answer.content.decode()
    assert therapist.post(f"/those/{other.id}/name/", {"name": "l.", "weeks": "2"}).status_code == 302


def test_a_session_with_both_ratings_and_what_was_noticed(therapist: Client) -> None:
    client = add(therapist, weekday="2", time="15:30")
    noted = {
        "withdrawal": "gone_quiet", "happened": "A silence after I moved the day.", "did": ["asked", "owned_my_part"],
        "did_words": "I said it was me.", "ended": "mended",
    }  # fmt: skip
    given = {"day": today(), "place": "video", **OWN, **noted}
    assert therapist.post(f"/those/{client.id}/after/", given).status_code == 302
    assert therapist.post(f"/those/{client.id}/typed/", {"day": today(), **THEIRS, "note": "ok"}).status_code == 302
    journal = opened(therapist).journal
    (session,) = journal.all(Session)
    assert session.form == "video"
    own, theirs, observation = (
        journal.check_in_of(session, Rater.THERAPIST), journal.check_in_of(session), journal.observation_of(session),
    )  # fmt: skip
    assert own
    assert theirs
    assert observation
    assert (own.answers["safe"], own.instrument) == (7, "reattune-therapist-check-in/1")
    assert (theirs.answers["safe"], theirs.note, theirs.rater) == (8, "ok", Rater.CLIENT)
    assert (observation.markers, observation.did, observation.ended) == (
        ("gone_quiet",), ("asked", "owned_my_part"), "mended",
    )  # fmt: skip
    words = page(therapist, f"/those/{client.id}/")
    for said in (
        "A silence after I moved the day.",
        "I said it was me.",
        "K.: 80",
        "you: 70",
        "<svg",
        "something noticed",
    ):
        assert said in words, said


def test_a_session_is_noted_once_a_day_and_can_be_changed(therapist: Client) -> None:
    client = add(therapist)
    therapist.post(f"/those/{client.id}/after/", {"day": today(), **OWN, "happened": "Before."})
    again = therapist.post(f"/those/{client.id}/after/", {"day": today(), **OWN})
    assert "noted already" in again.content.decode()
    (session,) = opened(therapist).journal.all(Session)
    shown = page(therapist, f"/those/met/{session.id}/")
    assert "Before." in shown
    changed = {"day": today(), **OWN, "own_safe": "2", "confrontation": "", "happened": "After.", "ended": "not"}
    changed.pop("confrontation")
    answer = therapist.post(f"/those/met/{session.id}/", changed)
    assert answer.status_code == 302, answer.content.decode()
    journal = opened(therapist).journal
    (kept,) = journal.all(Observation)
    assert (kept.happened, kept.ended) == ("After.", "not")
    assert journal.all(CheckIn)[0].answers["safe"] == 2


def test_only_that_it_took_place(therapist: Client) -> None:
    """So that a check-in that is missing can be seen to be missing."""
    client = add(therapist)
    therapist.post(f"/those/{client.id}/after/", {"day": today(), "place": "phone"})
    journal = opened(therapist).journal
    assert len(journal.all(Session)) == 1
    assert not journal.all(CheckIn)
    assert not journal.all(Observation)


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({}, "Which day was it?"),
        ({"day": "2999-01-01"}, "in the future"),
        ({"day": "today"}, "Write the date like this"),
        ({"day": "2026-01-05", "own_safe": "11"}, "Choose one of these numbers"),
        ({"day": "2026-01-05", "withdrawal": "of_my_own"}, "isn’t one of the choices"),
        ({"day": "2026-01-05", "did": "shouted"}, "isn’t one of the choices"),
        ({"day": "2026-01-05", "ended": "well"}, "isn’t one of the choices"),
    ],
)
def test_a_session_that_cannot_be_kept(therapist: Client, given: dict[str, Any], sentence: str) -> None:
    client = add(therapist)
    assert sentence in therapist.post(f"/those/{client.id}/after/", given).content.decode()
    assert not opened(therapist).journal.all(Session)


@pytest.mark.parametrize(
    ("given", "sentence"), [({"day": "2026-01-05"}, "Nothing is filled in yet"), (THEIRS, "Which day was it?")]
)
def test_a_typed_rating_that_cannot_be_kept(therapist: Client, given: dict[str, str], sentence: str) -> None:
    client = add(therapist)
    assert sentence in therapist.post(f"/those/{client.id}/typed/", given).content.decode()
    assert not opened(therapist).journal.all(CheckIn)


def test_a_second_rating_of_a_day_is_asked_about(therapist: Client) -> None:
    client = add(therapist)
    therapist.post(f"/those/{client.id}/typed/", {"day": today(), **THEIRS})
    again = therapist.post(f"/those/{client.id}/typed/", {"day": today(), **THEIRS})
    assert "a check-in from them for this day already" in again.content.decode()
    (kept,) = opened(therapist).journal.all(CheckIn)
    (session,) = opened(therapist).journal.all(Session)
    address = f"/those/{client.id}/typed/?session={session.id}"
    assert therapist.post(address, {"day": today(), **THEIRS, "safe": "1"}).status_code == 302
    assert opened(therapist).journal.get(CheckIn, kept.id).answers["safe"] == 1


def test_a_session_of_another_client_is_not_taken(therapist: Client) -> None:
    one, two = add(therapist, "K."), add(therapist, "L.")
    therapist.post(f"/those/{one.id}/typed/", {"day": today(), **THEIRS, "note": "of K. alone"})
    (session,) = opened(therapist).journal.all(Session)
    assert "of K. alone" not in page(therapist, f"/those/{two.id}/typed/?session={session.id}")
    therapist.post(f"/those/{two.id}/typed/?session={session.id}", {"day": today(), **THEIRS})
    journal = opened(therapist).journal
    assert [len(journal.check_ins(each)) for each in journal.clients] == [1, 1]


def test_today_says_who_comes_and_who_needs_a_look(therapist: Client) -> None:
    weekday = str(timezone.localdate().weekday())
    fallen, calm = add(therapist, "Fallen", weekday=weekday, time="08:00"), add(therapist, "Calm")
    add(therapist, "Newcomer")
    start = timezone.localdate() - timedelta(weeks=16)
    for week in range(16):
        day = (start + timedelta(weeks=week)).isoformat()
        wobble = {"safe": str(7 + week % 2), "goals": str(8 - week % 3)}
        low = dict.fromkeys(THEIRS, "3") if week > 13 else {}
        therapist.post(f"/those/{fallen.id}/typed/", {"day": day, **THEIRS, **wobble, **low})
        therapist.post(f"/those/{calm.id}/typed/", {"day": day, **THEIRS, **wobble})
    words = page(therapist, "/today/")
    assert "Something probably went wrong between you and Fallen around session 15" in words
    assert "the latest rating is 30, where about" in words
    assert "in 100." in words
    assert words.index("Nothing stands out with") < words.index("Too little to say anything yet")
    assert words.index("Who comes next") < words.rindex("Fallen") < words.rindex("08:00")
    assert "Before the session" in page(therapist, f"/those/{fallen.id}/soon/")


def test_one_whose_work_has_ended_is_at_peace_and_can_come_back(therapist: Client) -> None:
    client = add(therapist)
    therapist.post(f"/those/{client.id}/ended/")
    assert opened(therapist).journal.clients[0].status == "past"
    assert "a client, in the past" in page(therapist, f"/those/{client.id}/")
    therapist.post(f"/those/{client.id}/ended/")
    assert opened(therapist).journal.clients[0].status == "current"


def test_pages_of_the_therapists_example(db: None) -> None:
    client = Client()
    words = client.get("/example/other/today/").content.decode()
    for name in ("K.", "Amber", "Okapi", "Aster"):
        assert name in words
    seen = client.get("/example/other/those/").content.decode()
    for address in [
        each.split('"')[0] for each in seen.split('href="')[1:] if each.startswith("/example/other/those/")
    ]:
        assert client.get(address).status_code == 200, address
    assert client.get("/example/other/so-far/").status_code == 404
    assert client.get("/example/those/").status_code == 404


def test_the_two_examples_know_nothing_of_each_other(db: None) -> None:
    client = Client()
    answer = client.post("/example/other/those/one/", {"name": "Tried out", "weeks": "1"})
    assert answer.status_code == 302
    assert "Tried out" in client.get("/example/other/those/").content.decode()
    assert "Miriam" in client.get("/example/today/").content.decode()
    client.post("/example/done/")
    assert "Tried out" not in client.get("/example/other/those/").content.decode()
