"""Locking and leaving where the store cannot write or the server heard nothing of it, and in other browsers."""

from __future__ import annotations

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from copy import deepcopy
from datetime import timedelta
from unittest import mock

import pytest
from django.db import OperationalError, connections
from django.test import Client
from django.utils import timezone

from reattune.journal import JournalError
from reattune.web.store.browser_sessions import LEFT_COOKIE
from reattune.web.store.models import SealedJournal, UnlockedSession
from reattune.web.store.open_journal import Conflict
from reattune.web.store.provisional_journals import TooLarge
from reattune.web.store.unlocking import COOKIE, FIRST
from reattune.web.store.waiting import OthersFirst
from tests.web.conftest import PASSPHRASE
from tests.web.journals import opened
from tests.web.test_clients import add

Own = Callable[..., Client]
pytestmark = pytest.mark.django_db
LOCKED_COOKIE = "reattune_locked"
BUSY = OperationalError("database is locked")


def another_browser(passphrase: str = PASSPHRASE) -> Client:
    client = Client()
    assert client.post("/unlock/", {"passphrase": passphrase}).headers["Location"] == "/today/"
    return client


def opens(client: Client) -> bool:
    return client.get("/today/").status_code == 200


# A store that cannot write


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("address", "leads_to"), [("/lock/", "/unlock/"), ("/leave/", "/measures/")])
def test_a_store_that_cannot_write_keeps_nothing_open(own: Own, address: str, leads_to: str) -> None:
    client = own()
    cookie = client.cookies[COOKIE].value
    with mock.patch("django.db.models.query.QuerySet.delete", side_effect=BUSY):
        answer = client.post(address)
    assert answer.headers["Location"] == leads_to
    assert answer.cookies[COOKIE].value == ""
    thief = Client()
    thief.cookies[COOKIE] = cookie
    assert not opens(thief)


@pytest.mark.parametrize("failing", [BUSY, Conflict(), OthersFirst(), JournalError("No.")])
def test_what_could_not_be_kept_while_locking_comes_back(own: Own, failing: Exception) -> None:
    client = own()
    mark = re.search(r'name="journal" value="([^"]+)"', client.get("/note/").content.decode())
    assert mark
    typed = {"journal": mark[1], "draft_of": "/note/", "what": "Typed while the disk was full."}
    with mock.patch("reattune.web.pages.begin.unlock.keep_typed", side_effect=failing):
        locked = client.post("/lock/", typed)
    page = locked.content.decode()
    assert locked.cookies[COOKIE].value == ""
    assert "disk was full" not in page
    held = re.search(r'name="held" value="([^"]+)"', page)
    assert held
    assert client.post("/unlock/", {"passphrase": PASSPHRASE, "held": held[1]}).headers["Location"] == "/note/"
    assert "Typed while the disk was full." in client.get("/note/").content.decode()


@pytest.mark.django_db(transaction=True)
def test_lock_while_what_is_typed_is_just_being_kept(own: Own) -> None:
    """As a hand does it: the draft is on its way when the button is touched."""
    for number in range(8):
        client = own(f"words for a hand {number}")
        mark = opened(client).mark
        other = Client()
        other.cookies = deepcopy(client.cookies)
        typed = {"journal": mark, "draft_of": "/note/", "what": "first words", "typed_in": "w1", "filled_with": ""}
        client.post("/typing/", typed)

        def keeps(there: Client = other, sent: dict[str, str] = typed) -> int:
            try:
                return there.post("/typing/", {**sent, "what": "first words and more"}).status_code
            finally:
                connections.close_all()

        with ThreadPoolExecutor(1) as pool:
            keeping = pool.submit(keeps)
            locked = client.post("/lock/", {**typed, "what": "first words and more and the last"})
            keeping.result()
        assert locked.status_code in (200, 302)
        assert not opens(other)


def test_the_quick_exit_erases_what_was_written_first_where_there_is_no_room_for_a_draft() -> None:
    client = Client()
    client.post("/begin/write/")
    typed = {"draft_of": "/note/", "what": "Half a word."}
    with mock.patch("reattune.web.pages.begin.unlock.keep_typed", side_effect=TooLarge()):
        assert client.post("/leave/", typed).headers["Location"] == "/measures/"
    assert not SealedJournal.objects.exists()


# What a script could only note down


def test_after_a_quick_exit_that_never_arrived_nothing_opens(own: Own) -> None:
    client = own()
    cookie = client.cookies[COOKIE].value
    client.cookies[LEFT_COOKIE] = "1"
    answer = client.get("/settings/")
    assert answer.headers["Location"] == "/measures/"
    assert answer.cookies[COOKIE].value == ""
    # Who copied the cookie before has a minute, and no more.
    UnlockedSession.objects.get(last_seen__lt=timezone.now() - timedelta(minutes=13))
    thief = Client()
    thief.cookies[COOKIE] = cookie
    with mock.patch("django.utils.timezone.now", return_value=timezone.now() + timedelta(seconds=61)):
        assert not opens(thief)
    # Coming back on purpose asks for the passphrase, and then all is as before.
    assert client.get("/").headers["Location"] == "/unlock/"
    assert client.post("/unlock/", {"passphrase": PASSPHRASE}).headers["Location"] == "/today/"
    assert opens(client)


@pytest.mark.parametrize("said", [LEFT_COOKIE, LOCKED_COOKIE])
def test_who_copied_the_cookie_prolongs_nothing_within_that_minute(own: Own, said: str) -> None:
    client, thief = own(), Client()
    thief.cookies[COOKIE] = client.cookies[COOKIE].value
    client.cookies[said] = "1"
    client.get("/help/")
    assert opens(thief)
    with mock.patch("django.utils.timezone.now", return_value=timezone.now() + timedelta(seconds=61)):
        assert not opens(thief)


def test_what_was_typed_while_leaving_is_kept_though_the_cookie_came_first(own: Own) -> None:
    client = own()
    open_still = client.cookies[COOKIE].value
    client.cookies[LEFT_COOKIE] = "1"
    client.get("/today/")
    client.cookies[COOKIE], client.cookies[LEFT_COOKIE] = open_still, "1"  # sent before, and slower
    client.post("/leave/", {"draft_of": "/note/", "what": "The last words before Esc."})
    client.get("/")
    client.post("/unlock/", {"passphrase": PASSPHRASE})
    assert "The last words before Esc." in client.get("/note/").content.decode()


def test_what_was_written_first_is_erased_at_the_next_request() -> None:
    client = Client()
    client.post("/begin/write/")
    client.cookies[LEFT_COOKIE] = "1"
    answer = client.get("/")
    assert answer.cookies[FIRST.name].value == ""
    assert not SealedJournal.objects.exists()


def test_what_locked_itself_without_a_connection_is_locked(own: Own) -> None:
    client = own()
    client.cookies[LOCKED_COOKIE] = "1"
    answer = client.get("/settings/")
    assert answer.headers["Location"].startswith("/unlock/")
    assert answer.cookies[COOKIE].value == ""
    assert answer.cookies[LOCKED_COOKIE].value == ""
    client.post("/unlock/", {"passphrase": PASSPHRASE})
    assert opens(client)


def test_a_journal_begun_after_a_quick_exit_stays_open(own: Own) -> None:
    client = Client()
    client.cookies[LEFT_COOKIE] = "1"
    client.post("/begin/", {"passphrase": PASSPHRASE, "again": PASSPHRASE})
    assert client.get("/begin/recovery/").status_code == 200


# Other browsers


def test_a_new_passphrase_locks_every_other_browser(own: Own) -> None:
    client, other = own(), another_browser()
    new = "nobody knows these words"
    page = client.post("/settings/passphrase/", {"current": PASSPHRASE, "passphrase": new, "again": new})
    assert "Your new passphrase is set" in page.content.decode()
    assert opens(client)
    assert not opens(other)
    assert UnlockedSession.objects.count() == 1


def test_a_recovery_locks_every_other_browser(own: Own) -> None:
    client, other = own(), another_browser()
    new = {"passphrase": "nobody knows these words", "again": "nobody knows these words"}
    third = Client()
    third.post("/unlock/recovery/", {"code": client.recovery_code, **new})  # type: ignore[attr-defined]
    assert [opens(each) for each in (client, other, third)] == [False, False, True]


def test_settings_say_how_many_have_it_open_and_lock_them_all(own: Own) -> None:
    client = own()
    own("words of the other one", "Anselm")
    assert "Lock it everywhere" not in client.get("/settings/").content.decode()
    other = another_browser()
    assert "open in 2 browsers" in client.get("/settings/").content.decode()
    assert client.post("/lock/", {"everywhere": "1"}).headers["Location"] == "/unlock/"
    assert not opens(client)
    assert not opens(other)
    assert UnlockedSession.objects.count() == 1


# What a form sent


def test_a_page_that_answers_a_form_tells_the_script_so(own: Own) -> None:
    client = own()
    assert "data-sent" not in client.get("/note/").content.decode()
    assert "data-sent" in client.post("/note/", {"what": "No day.", "day": "2099-01-01"}).content.decode()
    refused = client.post("/begin/recovery/", {"code": client.recovery_code, "ending": "AAAA-AAAA"})  # type: ignore[attr-defined]
    assert "data-sent" in refused.content.decode()


def test_today_says_for_a_week_that_helplines_are_for_another_country(own: Own) -> None:
    client = own()
    said = "The country that helplines are shown for was changed on"
    given = {"weeks": "1", "region": "GB", "language": "en"}
    client.post("/settings/", given)
    assert said not in client.get("/today/").content.decode()
    client.post("/settings/", {**given, "region": "XX"})
    client.post("/settings/", {**given, "region": "XX"})
    assert said in client.get("/today/").content.decode()
    journal = opened(client)
    preferences = journal.journal.preferences
    assert preferences
    journal.change(preferences, region_changed=journal.now - timedelta(days=8))
    assert said not in client.get("/today/").content.decode()


def test_a_therapist_is_told_so_too_before_a_client_is_handed_the_device(own: Own) -> None:
    client = own(journal_kind="therapist")
    somebody = add(client)
    said = "The country that helplines are shown for was changed on"
    assert said not in client.get("/today/").content.decode()
    client.post("/settings/", {"region": "XX", "language": "en"})
    for address in ("/today/", f"/those/{somebody.id}/hand/"):
        assert said in client.get(address).content.decode(), address
