"""Write first, lock later: what has no passphrase yet, its three ends, and keeping it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from unittest import mock

import pytest
from django.conf import settings
from django.db import OperationalError
from django.test import Client
from django.utils import timezone

from reattune.web.hosted.environment import Hosting
from reattune.web.store import idle_clock, provisional_journals
from reattune.web.store.models import SealedJournal, SealedRow, UnlockedSession
from reattune.web.store.rate_limit import PROVISIONAL_A_DAY
from reattune.web.store.unlocking import forget_all_unlocked
from tests.web.test_two_journals_one_browser import form_on

pytestmark = pytest.mark.django_db
WORDS = "She looked at the clock, canary 81f3."
PASSPHRASE = "four words kept later"


def writer() -> Client:
    client = Client()
    assert client.post("/begin/write/", {"zone": "Europe/London"}).headers["Location"] == "/note/"
    return client


def notes(client: Client, what: str = WORDS, **fields: object) -> str:
    shown = client.get("/note/").content.decode()
    who = re.search(r'<option value="([0-9a-f-]{36})"', shown)
    assert who
    given = {"who": who[1], "day": timezone.localdate().isoformat(), "what": what, **fields}
    return str(client.post("/note/", given).headers["Location"])


def keeps(client: Client, passphrase: str = PASSPHRASE) -> str:
    shown = client.post("/begin/keep/", {"passphrase": passphrase, "again": passphrase}).content.decode()
    assert "Your recovery code" in shown
    return "-".join(re.findall(r"<span>([0-9A-Z]{4,})</span>", shown))


def left() -> tuple[int, int, int]:
    return SealedJournal.objects.count(), SealedRow.objects.count(), UnlockedSession.objects.count()


def test_from_the_first_page_to_a_card_without_a_passphrase() -> None:
    client = Client()
    front = client.get("/").content.decode()
    assert 'action="/begin/write/"' in front
    assert "Until you choose a passphrase" in front, "what it means is said beforehand"
    client = writer()
    whole = notes(client, words="", feelings=["hurt"])
    assert whole.endswith("/whole/")
    card = client.post(whole, {"what_happened": WORDS, "what_i_felt": "I felt hurt.", "make": ""}).headers["Location"]
    shown = client.get(card).content.decode()
    assert WORDS in shown
    assert "Quick exit erases it. So does 60 minutes without use, or Reattune restarting." in shown
    assert 'action="/lock/"' not in shown
    assert "my therapist (my therapist)" not in client.get("/note/").content.decode()


def test_no_word_lies_in_clear_and_another_browser_sees_nothing() -> None:
    client = writer()
    moment = notes(client, stop="")
    assert not any(WORDS.encode() in bytes(row.sealed) for row in SealedRow.objects.all())
    assert Client().get(moment).headers["Location"].startswith("/unlock/")
    assert SealedJournal.kept.count() == 0


@pytest.mark.parametrize("end", ["dropped", "exit", "idle", "restart"])
def test_not_kept_it_leaves_nothing(end: str) -> None:
    client = writer()
    moment = notes(client, stop="")
    if end == "dropped":
        assert client.post("/begin/drop/").headers["Location"] == "/"
    elif end == "exit":
        client.post("/leave/")
    elif end == "idle":
        UnlockedSession.objects.update(last_seen=timezone.now() - timedelta(minutes=61))
        client.get("/")
        idle_clock.look()
    else:
        forget_all_unlocked()
    assert left() == (0, 0, 0)
    assert client.get(moment).status_code == 302


def test_after_fifty_nine_minutes_it_is_still_there() -> None:
    client = writer()
    moment = notes(client, stop="")
    UnlockedSession.objects.update(last_seen=timezone.now() - timedelta(minutes=59))
    assert WORDS in client.get(moment).content.decode()


REMINDER = "If you forget your passphrase, only a recovery code opens this journal."
CHANGED = "The country that helplines are shown for was changed on"


@pytest.mark.parametrize("typed", ["", "AAAA", "of another"])
def test_the_page_after_the_code_ends_no_reminder_of_the_code(typed: str) -> None:
    client = writer()
    notes(client, stop="")
    keeps(client)
    if typed == "of another":
        other = Client()
        words = "words of another journal"
        code = re.search(
            r'name="code" value="([^"]+)"',
            other.post("/begin/", {"passphrase": words, "again": words}).content.decode(),
        )
        assert code
        given = {"code": code[1], "ending": "-".join(code[1].split("-")[-2:])}
        typed = other.post("/begin/recovery/", given).headers["Location"].partition("?typed=")[2]
        assert typed
    about = {"name": "", "weeks": "1", "region": "XX", "zone": "Europe/London"}
    assert client.post(f"/begin/about/?typed={typed}", about).status_code == 302
    today = client.get("/today/").content.decode()
    assert REMINDER in today
    assert CHANGED in today


def test_kept_it_is_the_same_journal_sealed_once_and_opens_with_both() -> None:
    client = writer()
    moment = notes(client, stop="")
    before = {bytes(row.row_id): bytes(row.sealed) for row in SealedRow.objects.all()}
    code = keeps(client)
    after = {bytes(row.row_id): bytes(row.sealed) for row in SealedRow.objects.all()}
    assert after == before, "nothing is sealed again"
    assert SealedJournal.kept.count() == 1
    ending = " ".join(code.split("-")[-2:])
    onward = client.post("/begin/recovery/", {"code": code, "ending": ending}).headers["Location"]
    about = {"name": "Miriam", "weeks": "1", "region": "GB", "zone": "Europe/London"}
    assert client.post(onward, about).headers["Location"] == "/today/"
    today = client.get("/today/").content.decode()
    assert REMINDER not in today
    assert CHANGED not in today
    assert "Quick exit erases it. So does 60 minutes without use, or Reattune restarting." not in today
    assert "Miriam" in today
    client.post("/lock/")
    other = Client()
    other.post("/unlock/", {"passphrase": PASSPHRASE})
    assert WORDS in other.get(moment).content.decode()
    again = Client()
    new = {"code": code, "passphrase": "words that are new here", "again": "words that are new here"}
    again.post("/unlock/recovery/", new)
    assert WORDS in again.get(moment).content.decode()


def test_kept_without_the_code_written_down_asks_for_it_on_each_page() -> None:
    client = writer()
    notes(client, stop="")
    keeps(client)
    assert "Make one and write it down" in client.get("/today/").content.decode()


def test_a_short_or_known_passphrase_keeps_nothing_and_loses_nothing() -> None:
    client = writer()
    moment = notes(client, stop="")
    for passphrase, again in (("short", "short"), (PASSPHRASE, "another one here")):
        refused = client.post("/begin/keep/", {"passphrase": passphrase, "again": again})
        assert refused.status_code == 200
    keeps(client)
    second = writer()
    notes(second, stop="")
    known = second.post("/begin/keep/", {"passphrase": PASSPHRASE, "again": PASSPHRASE}).content.decode()
    assert "already opens a journal here" in known
    assert WORDS in client.get(moment).content.decode()


def test_what_needs_a_kept_journal_leads_to_keeping_it() -> None:
    client = writer()
    for address in ("/settings/passphrase/", "/settings/file/", "/settings/file/off/", "/settings/file/notes.json"):
        assert client.get(address).headers["Location"] == "/begin/keep/", address
    assert client.post("/lock/").headers["Location"] == "/begin/keep/"
    assert client.get("/settings/").status_code == 200


def test_too_much_for_it_is_given_back() -> None:
    client = writer()
    notes(client, stop="")
    with mock.patch.object(provisional_journals, "MOST_BYTES", 10):
        shown = client.get("/note/").content.decode()
        who = re.search(r'<option value="([0-9a-f-]{36})"', shown)
        assert who
        given = {"who": who[1], "day": timezone.localdate().isoformat(), "what": "words that do not fit", "stop": ""}
        answer = client.post("/note/", given)
    assert answer.status_code == 507
    assert "words that do not fit" in answer.content.decode()
    assert "Choose a passphrase" in answer.content.decode()


def test_nobody_holds_a_place_for_good() -> None:
    client = writer()
    SealedJournal.objects.update(created=timezone.now().date() - timedelta(days=1))
    assert client.get("/").headers["Location"] == "/today/"
    SealedJournal.objects.update(created=timezone.now().date() - timedelta(days=2))
    assert client.get("/").status_code == 200
    idle_clock.look()
    assert not SealedJournal.objects.exists()


def test_no_room_for_another_says_so() -> None:
    with mock.patch.object(provisional_journals, "MOST", 1):
        writer()
        answer = Client().post("/begin/write/", {"zone": ""})
    assert answer.status_code == 429
    assert "With a passphrase you can start now" in answer.content.decode()


@pytest.fixture
def hosted() -> Iterator[None]:
    before = settings.HOSTING
    settings.HOSTING = Hosting(hosts=("testserver",), secret="s" * 50)
    yield
    settings.HOSTING = before


@pytest.mark.usefixtures("hosted")
def test_hosted_it_is_slowed_down_like_guesses_and_can_be_turned_off() -> None:
    answers = [Client().post("/begin/write/", {"zone": ""}).status_code for _ in range(8)]
    assert answers[0] == 302
    assert answers[-1] == 429
    settings.HOSTING = Hosting(hosts=("testserver",), secret="s" * 50, write_first=False)
    assert 'action="/begin/write/"' not in Client().get("/").content.decode()
    assert Client().post("/begin/write/", {"zone": ""}).status_code == 403


@pytest.mark.usefixtures("hosted")
def test_hosted_one_address_takes_so_many_rooms_a_day_with_the_example_and_what_is_written_first() -> None:
    start = timezone.now().replace(hour=0, minute=1, second=0, microsecond=0)
    clock, taken = [start], 0

    def go(address: str, client: Client) -> str:
        if address == "/begin/write/":
            return client.post(address, {"zone": ""}).content.decode()
        shown = client.get("/example/note/").content.decode()
        who = re.search(r'<option value="([0-9a-f-]{36})"', shown)
        assert who
        given = {"who": who[1], "day": timezone.localdate().isoformat(), "what": "A look at the clock."}
        return client.post(address, given).content.decode()

    with mock.patch.object(timezone, "now", side_effect=lambda: clock[0]):
        while clock[0] < start + timedelta(hours=3):
            for address in ("/begin/write/", "/example/note/"):
                answer = go(address, Client(REMOTE_ADDR="198.51.100.7"))
                taken += not answer
            clock[0] += timedelta(minutes=6)
        assert taken == PROVISIONAL_A_DAY
        assert "room for only so many" in answer
        assert "With a passphrase you can start now" in go("/begin/write/", Client(REMOTE_ADDR="198.51.100.7"))
        assert not go("/begin/write/", Client(REMOTE_ADDR="198.51.100.8"))
        clock[0] = start + timedelta(days=1)
        assert not go("/begin/write/", Client(REMOTE_ADDR="198.51.100.7"))


def test_with_a_journal_open_it_goes_straight_there() -> None:
    client = writer()
    assert client.post("/begin/write/", {"zone": ""}).headers["Location"] == "/note/"
    assert SealedJournal.objects.count() == 1


def test_its_pages_say_that_whoever_sits_there_can_take_it() -> None:
    assert "give it a passphrase of their own" in writer().get("/note/").content.decode()


@pytest.mark.parametrize("how", ["closed", "an hour"])
def test_what_stands_on_a_page_when_it_is_erased_comes_back_to_its_writer(how: str) -> None:
    """No passphrase would ever open it, so none is asked for."""
    words, client = "Everything that happened on Friday.", Client()
    client.post("/begin/write/", {"zone": "Europe/London"})
    sent = {**form_on(client, "/note/"), "what": words, "stop": ""}
    if how == "closed":
        forget_all_unlocked()
    else:
        with mock.patch.object(timezone, "now", return_value=timezone.now() + timedelta(minutes=61)):
            idle_clock.look()
    assert not SealedJournal.objects.exists()
    page = client.post("/note/", sent).content.decode()
    assert words in page
    assert "Your words couldn’t be saved" in page
    assert "Unlock your journal" not in page


@pytest.mark.parametrize("then", ["begin_session", "_show_code"])
def test_keeping_that_is_cut_off_keeps_nothing_yet(db: None, then: str) -> None:
    """It was kept by then, under a name and a code that nobody had seen; hosted nobody could open it any more."""
    client = Client()
    client.post("/begin/write/", {"zone": "UTC"})
    given = {"passphrase": PASSPHRASE, "again": PASSPHRASE}
    stops = mock.patch(f"reattune.web.pages.begin.new_journal.{then}", side_effect=OperationalError("cut off"))
    with stops:
        assert client.post("/begin/keep/", given).status_code == 507
        assert Client().post("/begin/", {**given, "journal_kind": "person"}).status_code == 507
    assert not SealedJournal.kept.exists()
    assert 'name="code"' in client.post("/begin/keep/", given).content.decode()
    assert SealedJournal.kept.count() == 1
