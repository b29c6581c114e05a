"""Ratings of clients, four ways: typed (test_clients), handed over, from files, and from what came in."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import timedelta
from time import time
from typing import Any
from unittest import mock
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from reattune.journal.documents import CameIn, CheckIn, ClientNote, Relationship, Removed, Session
from reattune.journal.documents.letters import RatingLetter
from reattune.vault.letters import seal_letter
from reattune.web.store.letterbox import address_key, deliver, open_letterbox
from reattune.web.store.models import WaitingLetter
from tests.web.conftest import PASSPHRASE
from tests.web.journals import opened
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


# Handed over


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
    assert "Kitchen measures" in therapist.get("/measures/").content.decode()
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
    assert "Where a life is in danger you may break confidence" in words
    assert "116 123" in words
    assert "Are you safe?" not in words


def test_what_no_passphrase_opens_is_not_handed_over(db: None) -> None:
    client = Client()
    seen = client.get("/example/other/those/").content.decode()
    address = re.search(r'href="(/example/other/those/[0-9a-f-]{36}/)"', seen)
    assert address
    assert "a passphrase of its own" in client.get(f"{address[1]}hand/").content.decode()
    assert client.post(f"{address[1]}hand/", {"day": today()}).status_code == 404


# What came in


def send(therapist: Client, **content: Any) -> CameIn:
    pair = address_key(opened(therapist))
    assert pair
    shared = {"letter": 1, "id": str(uuid4()), "at": timezone.now().isoformat(), "zone": "UTC"}
    assert deliver(pair.address, seal_letter(pair.public, json.dumps({**shared, **content}).encode())) is None
    journal = opened(therapist)
    open_letterbox(journal)
    return journal.journal.all(CameIn)[-1]


def test_a_card_that_came_in_is_put_to_a_client(therapist: Client) -> None:
    client = add(therapist)
    letter = send(therapist, kind="share", title="The joke", lines=["When you laughed, I went quiet."], name="K")
    shown = page(therapist, "/arrived/")
    assert "Who is it from?" in shown
    for nobody in ({}, {"client": ""}, {"client": "x"}, {"client": str(uuid4())}):
        answer = therapist.post(f"/arrived/{letter.id}/take/", nobody)
        assert answer.headers["Location"] == "/arrived/?whose"
    assert "Choose whom it’s from first" in page(therapist, "/arrived/?whose")
    assert therapist.post(f"/arrived/{letter.id}/take/", {"client": str(client.id)}).status_code == 302
    (note,) = opened(therapist).journal.all(ClientNote)
    assert note.words == "The joke\nWhen you laughed, I went quiet."
    assert "When you laughed, I went quiet." in page(therapist, f"/those/{client.id}/")
    assert not opened(therapist).journal.all(CameIn)


def test_danger_in_a_shared_card_brings_what_a_professional_needs(therapist: Client) -> None:
    add(therapist)
    send(therapist, kind="share", title="", lines=["I want to kill myself tonight."], name="")
    for address in ("/today/", "/arrived/"):
        words = page(therapist, address)
        assert "Someone may be in danger" in words
        assert "Speak with a colleague or a supervisor today" in words


def test_a_second_rating_of_a_day_keeps_the_first_beside_what_was_deleted(therapist: Client) -> None:
    client = add(therapist)
    therapist.post(f"/those/{client.id}/typed/", {"day": today(), **THEIRS})
    said = {"kind": "rating", "client_id": str(client.id), "day": today(), "instrument": "reattune-check-in/1"}
    letter = send(therapist, **said, answers={"safe": 1.0})
    therapist.post(f"/arrived/{letter.id}/take/")
    journal = opened(therapist).journal
    assert journal.all(CheckIn)[0].answers == {"safe": 1}
    assert len(journal.all(Session)) == 1
    assert [each.replaced for each in journal.all(Removed)] == [True]


def test_ratings_of_nobody_ask_whose_they_are(therapist: Client) -> None:
    client = add(therapist)
    tomorrow = (timezone.localdate() + timedelta(days=3)).isoformat()
    said = {"kind": "rating", "client_id": str(uuid4()), "day": tomorrow, "instrument": "reattune-check-in/1"}
    letter = send(therapist, **said, answers={"safe": 4.0})
    assert "isn’t a client here any more" in page(therapist, "/arrived/")
    therapist.post(f"/arrived/{letter.id}/take/")
    assert not opened(therapist).journal.all(CheckIn)
    therapist.post(f"/arrived/{letter.id}/take/", {"client": str(client.id)})
    # A day that is still to come is today's.
    (session,) = opened(therapist).journal.all(Session)
    assert session.at.date() == timezone.localdate()


def test_ratings_that_come_to_a_persons_journal_are_words(own: Own) -> None:
    person = own()
    said = {"kind": "rating", "client_id": str(uuid4()), "day": today(), "instrument": "x/1"}
    letter = send(person, **said, answers={"safe": 4.0}, words="From somewhere.")
    assert person.get("/arrived/").status_code == 200
    assert person.post(f"/arrived/{letter.id}/take/").status_code == 302
    assert not opened(person).journal.all(CheckIn)


# From files


def bring(therapist: Client, content: bytes, name: str, **chosen: str) -> str:
    from django.core.files.uploadedfile import SimpleUploadedFile

    shown = therapist.post("/settings/file/in/", {"file": SimpleUploadedFile(name, content)}).content.decode()
    held = re.search(r'name="held_file" value="([^"]+)"', shown)
    if not held:
        return shown
    given: dict[str, Any] = {"held_file": held[1], "bring": "", **chosen}
    if 'name="when"' in shown:
        for field, value in re.findall(r'<input type="radio" name="(\w+)" value="([^"]*)"[^>]*checked', shown):
            given.setdefault(field, value)
        given.setdefault("ratings", re.findall(r'name="ratings" value="(\d+)"[^>]*checked', shown))
        for field in ("when", "note", "whose", "who"):
            choice = re.search(rf'<select name="{field}".*?</select>', shown, re.S)
            picked = re.search(r'<option value="([^"]*)" selected', choice[0]) if choice else None
            if picked:
                given.setdefault(field, picked[1])
        for field in ("low", "high", "title"):
            value = re.search(rf'name="{field}" value="([^"]*)"', shown)
            given.setdefault(field, value[1] if value else "x")
    return therapist.post("/settings/file/in/", given).content.decode()


SHEET = b"client,date,safe,whole\n" + b"\n".join(
    f"{who},2026-01-{5 + 7 * week:02},{7 + week},{8 - week}".encode() for who in ("K.", "L.", "17") for week in range(3)
)


def test_a_whole_caseload_from_a_spreadsheet(therapist: Client) -> None:
    known = add(therapist, "k.")
    from django.core.files.uploadedfile import SimpleUploadedFile

    file = SimpleUploadedFile("ours.csv", SHEET)
    shown = therapist.post("/settings/file/in/", {"file": file}).content.decode()
    assert "2 new clients:" in shown
    assert "L., 17" in shown
    assert len(opened(therapist).journal.clients) == 1
    bring(therapist, SHEET, "ours.csv")
    journal = opened(therapist).journal
    assert sorted(each.name for each in journal.clients) == ["17", "L.", "k."]
    assert [len(journal.check_ins(each)) for each in journal.clients] == [3, 3, 3]
    assert known in journal.clients
    bring(therapist, SHEET, "ours.csv")
    assert len(opened(therapist).journal.all(CheckIn)) == 9


def test_ratings_from_a_file_join_the_session_of_their_day(therapist: Client) -> None:
    client = add(therapist, "K.")
    therapist.post(f"/those/{client.id}/after/", {"day": "2026-01-05", "own_safe": "5"})
    bring(therapist, SHEET, "ours.csv")
    journal = opened(therapist).journal
    assert len(journal.sessions(journal.clients[0])) == 3
    first = journal.sessions(journal.clients[0])[0]
    assert journal.check_in_of(first)


def test_a_file_without_clients_asks_whose_it_is(therapist: Client) -> None:
    client = add(therapist, "K.")
    sheet = b"date,safe,whole\n2026-01-05,7,8\n2026-01-12,6,8\n"
    refused = bring(therapist, sheet, "one.csv", who="", whose="")
    assert "Choose the column that says whose they are, or one client." in refused
    assert not opened(therapist).journal.all(CheckIn)
    bring(therapist, sheet, "one.csv", who=str(client.id), whose="")
    assert len(opened(therapist).journal.check_ins(client)) == 2


def test_rows_that_name_nobody_are_left_out_and_said(therapist: Client) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    sheet = b"client,date,safe,whole\n,2026-01-05,7,8\nK.,2026-01-12,6,8\nK.,soon,6,8\n" + SHEET.partition(b"\n")[2]
    shown = therapist.post("/settings/file/in/", {"file": SimpleUploadedFile("a.csv", sheet)}).content.decode()
    assert "Row 2 doesn" in shown
    assert "K.: Row 4: " in shown


def test_a_caseload_as_fhir_goes_out_and_comes_back(therapist: Client, own: Own) -> None:
    bring(therapist, SHEET, "ours.csv")
    out = therapist.post("/settings/file/fhir4.json", {"current": PASSPHRASE}).content
    assert b'"display": "L."' in out
    other = own("words of another one", journal_kind="therapist")
    add(other, "L.")
    bring(other, out, "all.json")
    journal = opened(other).journal
    assert sorted(each.name for each in journal.clients) == ["17", "K.", "L."]
    assert [len(journal.check_ins(each)) for each in journal.clients] == [3, 3, 3]
    assert "already here" in bring(other, out, "all.json")


@pytest.mark.parametrize("content", [b"{}", b'{"resourceType": "Bundle", "entry": 3}', b'{"resourceType": "Bundle"}'])
def test_a_bundle_that_is_none_says_so(therapist: Client, content: bytes) -> None:
    words = bring(therapist, content, "all.json")
    assert 'role="alert"' in words
    assert not opened(therapist).journal.clients


def test_a_journal_of_the_other_kind_is_not_taken_in(therapist: Client, own: Own) -> None:
    person = own("words of a person")
    person.post("/check/", {"day": today(), "safe": "5"})
    refused = bring(
        therapist, person.post("/settings/file/notes.json", {"current": "words of a person"}).content, "notes.json"
    )
    assert "Neither takes the other in" in refused
    journal = opened(therapist).journal
    assert not journal.all(Relationship)
    assert not journal.all(CheckIn)
    add(therapist, "K.")
    assert "Neither takes the other in" in bring(
        person, therapist.post("/settings/file/notes.json", {"current": PASSPHRASE}).content, "notes.json"
    )
    assert "is a diary" in bring(therapist, b"2026-01-05\n\nA day like any other.\n", "diary.txt")
    assert not opened(person).journal.clients
