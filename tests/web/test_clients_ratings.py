"""Ratings of clients from files and from what came in; typed ones: test_clients, handed over: test_handed_check_in."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from reattune.journal.documents import CameIn, CheckIn, ClientNote, Relationship, Removed, Session
from reattune.vault.letters import seal_letter
from reattune.web.store.letterbox import address_key, deliver, open_letterbox
from tests.web.conftest import PASSPHRASE
from tests.web.journals import opened
from tests.web.test_clients import THEIRS, add, page, today

Own = Callable[..., Client]
pytestmark = pytest.mark.django_db


@pytest.fixture
def therapist(own: Own) -> Client:
    return own(journal_kind="therapist")


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
    assert "Choose who it’s from first" in page(therapist, "/arrived/?whose")
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
    therapist.post(f"/those/{client.id}/typed/", {"day": today(), **THEIRS, "note": "ok"})
    said = {"kind": "rating", "client_id": str(client.id), "day": today(), "instrument": "reattune-check-in/1"}
    letter = send(therapist, **said, answers={"safe": 1.0})
    for address in ("/today/", "/arrived/"):
        assert "If you save this one, it takes its place." in page(therapist, address)
    therapist.post(f"/arrived/{letter.id}/take/")
    journal = opened(therapist).journal
    assert journal.all(CheckIn)[0].answers == {"safe": 1}
    assert journal.all(CheckIn)[0].note == "ok"
    assert len(journal.all(Session)) == 1
    assert [each.replaced for each in journal.all(Removed)] == [True]


OTHER = {"instrument": "four-lines/1", "answers": {"goals": 8.5}, "note": "Said in session 23."}
SAME = {"instrument": "reattune-check-in/1", "answers": {"safe": 9.0}, "note": "Ben’s own words."}


@pytest.mark.parametrize(("before", "named"), [(OTHER, True), (OTHER, False), (SAME, False)])
def test_a_rating_takes_the_place_of_none_that_asked_something_else_or_may_be_anothers(
    therapist: Client, before: dict[str, Any], named: bool
) -> None:
    client, journal = add(therapist), opened(therapist)
    met = journal.create(Session, relationship_id=client.id, at=timezone.now())
    journal.create(CheckIn, session_id=met.id, **before)
    whose = str(client.id if named else uuid4())
    said = {"kind": "rating", "client_id": whose, "day": today(), "instrument": "reattune-check-in/1"}
    letter = send(therapist, **said, answers={"safe": 3.0})
    assert "takes its place" not in page(therapist, "/arrived/")
    therapist.post(f"/arrived/{letter.id}/take/", {} if named else {"client": str(client.id)})
    now = opened(therapist).journal
    kept = {each.session_id: (each.instrument, each.answers, each.note) for each in now.all(CheckIn)}
    assert kept.pop(met.id) == (before["instrument"], before["answers"], before["note"])
    assert list(kept.values()) == [("reattune-check-in/1", {"safe": 3}, "")]
    assert not now.all(Removed)
    assert {each.local_day(each.at) for each in now.sessions(client)} == {timezone.localdate()}


def test_a_rating_by_another_questionnaire_leaves_one_that_waits(therapist: Client) -> None:
    client = add(therapist)
    said = {"kind": "rating", "client_id": str(client.id), "day": today()}
    send(therapist, **said, instrument="four-lines/1", answers={"goals": 8.5})
    later = (timezone.now() + timedelta(seconds=5)).isoformat()
    send(therapist, **said, instrument="reattune-check-in/1", answers={"safe": 3.0}, at=later)
    latest = max(opened(therapist).journal.all(CameIn), key=lambda each: each.at)
    therapist.post(f"/arrived/{latest.id}/take/")
    assert [each.content.instrument for each in opened(therapist).journal.all(CameIn)] == ["four-lines/1"]  # type: ignore[union-attr]


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


def test_a_rating_of_a_day_that_no_entry_can_be_of_says_so(therapist: Client) -> None:
    client = add(therapist, "K.")
    said = {"kind": "rating", "client_id": str(client.id), "day": "0001-01-01", "instrument": "x/1"}
    letter = send(therapist, **said, answers={"safe": 4.0}, words="")
    assert therapist.post(f"/arrived/{letter.id}/take/").status_code == 409
    assert opened(therapist).journal.all(CameIn)


def test_a_table_with_a_number_too_large_to_be_one_gets_an_answer(therapist: Client) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    file = SimpleUploadedFile("ours.csv", SHEET.replace(b",7,", b",1e400,", 1))
    assert therapist.post("/settings/file/in/", {"file": file}).status_code == 200


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


def test_a_corrected_file_says_that_what_is_here_differs(therapist: Client) -> None:
    bring(therapist, SHEET, "ours.csv")
    said = "Check-ins that are here with other answers: 1 (17: 5 January 2026)."
    assert said not in bring(therapist, SHEET, "ours.csv")
    assert said in bring(therapist, SHEET.replace(b"17,2026-01-05,7", b"17,2026-01-05,2"), "ours.csv")
    assert len(opened(therapist).journal.all(CheckIn)) == 9


def test_a_correction_of_a_rating_that_joined_a_noted_session_says_so_and_adds_no_session(therapist: Client) -> None:
    client = add(therapist, "K.")
    therapist.post(f"/those/{client.id}/after/", {"day": "2026-01-05", "own_safe": "5"})
    sheet = SHEET.replace(b",7,", b" 17:00,7,")
    for corrected in (sheet, sheet.replace(b"K.,2026-01-05 17:00,7", b"K.,2026-01-05 17:00,2")):
        shown = bring(therapist, corrected, "ours.csv")
        journal = opened(therapist).journal
        assert len(journal.sessions(client)) == 3
    assert "Check-ins that are here with other answers: 1 (K.: 5 January 2026)." in shown
    assert "everything in this file is already here" not in shown


def test_a_note_in_a_table_that_is_here_comes_to_its_check_in(therapist: Client) -> None:
    bring(therapist, SHEET, "ours.csv")
    noted = SHEET.replace(b"whole\n", b"whole,note\n").replace(b"L.,2026-01-05,7,8", b"L.,2026-01-05,7,8,The letter.")
    assert "Updated: 1" in bring(therapist, noted, "ours.csv")
    journal = opened(therapist).journal
    assert [each.note for each in journal.all(CheckIn) if each.note] == ["The letter."]
    assert len(journal.all(Session)) == 9
    client = next(each for each in journal.clients if each.name == "L.")
    assert "The letter." in page(therapist, f"/those/{client.id}/")
    assert "New: 0. Updated: 0" in bring(therapist, noted, "ours.csv")


def test_a_row_with_only_a_note_shuts_no_page(therapist: Client) -> None:
    bring(therapist, SHEET.replace(b"whole\n", b"whole,note\n") + b"\nK.,2026-02-05,,,She was silent.\n", "ours.csv")
    client = next(each for each in opened(therapist).journal.clients if each.name == "K.")
    for address in ("/today/", f"/those/{client.id}/", "/settings/file/"):
        assert therapist.get(address).status_code == 200
    assert "She was silent." in page(therapist, f"/those/{client.id}/")


LONG = "Praxis Dr. Lüdenscheidt-Hof: Klientin Nr. 000{}"


def test_clients_whose_long_names_begin_alike_are_two(therapist: Client) -> None:
    rows = [f"{LONG.format(who)},2026-0{month}-05,{9 if who == 1 else 1}" for month in (1, 2, 3) for who in (1, 2)]
    sheet = "\n".join(["client,date,score", *rows]).encode()
    for _twice in range(2):
        bring(therapist, sheet, "ours.csv")
        journal = opened(therapist).journal
        assert [len(journal.check_ins(each)) for each in journal.clients] == [3, 3]
        assert len({each.name for each in journal.clients}) == 2
        assert all(len(each.name) <= 40 for each in journal.clients)
        rated = [[*kept.answers.values()] for who in journal.clients for _session, kept in journal.check_ins(who)]
        assert sorted(rated) == [[1.0]] * 3 + [[9.0]] * 3
        assert rated[0] == rated[1] == rated[2]
    # The second of them alone, and once more with other spaces, is still the second.
    alone = "\n".join(["client,date,score", f"{LONG.format(2).replace(' Nr', '  Nr')},2026-04-05,2"]).encode()
    bring(therapist, alone, "april.csv", whose="0")
    journal = opened(therapist).journal
    assert sorted(len(journal.check_ins(each)) for each in journal.clients) == [3, 4]
    assert [kept.answers for who in journal.clients for _at, kept in journal.check_ins(who)[3:]] == [{"score": 2.0}]


def test_one_client_whose_name_is_spaced_and_composed_in_many_ways_is_one(therapist: Client) -> None:
    names = ("Zoé B", "ZOÉ B", "Zoé  B", "Zoé\u00a0B", "Zoe\u0301 B")
    rows = [f"{name},2026-01-{5 + day:02},{day}" for day, name in enumerate(names)]
    bring(therapist, "\n".join(["client,date,score", *rows]).encode(), "ours.csv")
    [client] = opened(therapist).journal.clients
    assert len(opened(therapist).journal.check_ins(client)) == 5


def test_a_client_who_was_renamed_here_keeps_the_name_when_a_file_comes_again(therapist: Client) -> None:
    bring(therapist, SHEET, "ours.csv")
    client = next(each for each in opened(therapist).journal.clients if each.name == "L.")
    therapist.post(f"/those/{client.id}/name/", {"name": "Tuesday", "weeks": "1", "note": "Speaks softly."})
    bring(therapist, SHEET + b"\nL.,2026-02-05,3,3\n", "ours.csv")
    journal = opened(therapist).journal
    again = next(each for each in journal.clients if each.id == client.id)
    assert (again.name, again.note) == ("Tuesday", "Speaks softly.")
    assert len(journal.check_ins(again)) == 4


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
    assert "Neither can be imported into the other" in refused
    journal = opened(therapist).journal
    assert not journal.all(Relationship)
    assert not journal.all(CheckIn)
    add(therapist, "K.")
    assert "Neither can be imported into the other" in bring(
        person, therapist.post("/settings/file/notes.json", {"current": PASSPHRASE}).content, "notes.json"
    )
    assert "is a diary" in bring(therapist, b"2026-01-05\n\nA day like any other.\n", "diary.txt")
    assert not opened(person).journal.clients
