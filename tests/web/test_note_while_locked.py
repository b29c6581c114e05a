"""A note to a locked journal: kept sealed, read back by nobody there, and each refusal leaves what was typed."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client, RequestFactory
from django.utils import timezone

from reattune.journal.documents import CameIn
from reattune.vault.journal_names import name_of
from reattune.vault.letters import LONGEST_CONTENT, AddressKey, seal_letter
from reattune.web.hosted.environment import Hosting
from reattune.web.store import letterbox, rate_limit
from reattune.web.store.known_address import COOKIE, address_for
from reattune.web.store.letterbox import address_key
from reattune.web.store.models import JournalAddress, SealedJournal, WaitingLetter
from reattune.web.store.open_journal import mark_of
from tests.web.conftest import PASSPHRASE
from tests.web.journals import opened, sure

Own = Callable[..., Client]
pytestmark = pytest.mark.django_db
WORDS = "The canary under the stairs <b>& more</b>"


@pytest.fixture
def hosted(settings: object) -> None:
    settings.HOSTING = Hosting(hosts=("testserver",), secret="s" * 50)  # type: ignore[attr-defined]


def page(client: Client, path: str = "/unlock/") -> str:
    return client.get(path).content.decode()


def address_on(client: Client) -> str:
    found = re.search(r'name="address" value="([0-9a-f]{20})"', page(client))
    assert found
    return found[1]


def locked(own: Own) -> Client:
    client = own()
    client.post("/lock/")
    return client


def letter_to(client: Client, content: object) -> bytes:
    pair = address_key(opened(client))
    assert pair
    return seal_letter(pair.public, json.dumps(content).encode())


def send(address: str, letter: bytes, client: Client | None = None, **more: str) -> tuple[int, dict[str, object]]:
    answer = (client or Client()).post(f"/to/{address}/", letter, content_type="application/octet-stream", **more)
    return answer.status_code, answer.json()


def test_it_is_sealed_on_arrival_and_stands_on_today_after_unlocking(own: Own) -> None:
    client = locked(own)
    answer = client.post("/down/", {"address": address_on(client), "words": WORDS, "zone": "Europe/London"})
    assert answer.headers["Location"] == "/unlock/?down"
    assert "Saved and encrypted" in page(client, "/unlock/?down")
    assert b"canary" not in bytes(WaitingLetter.objects.get().sealed)
    for path in ("/", "/unlock/", "/unlock/?down", "/help/"):
        assert "canary" not in client.get(path, follow=True).content.decode()
    client.post("/unlock/", {"passphrase": PASSPHRASE})
    today = page(client, "/today/")
    assert "The canary under the stairs &lt;b&gt;&amp; more&lt;/b&gt;" in today
    assert len(opened(client).journal.all(CameIn)) == 1


def test_another_browser_on_a_machine_with_one_journal_may_write_too(own: Own) -> None:
    locked(own)
    stranger = Client()
    assert "Write something down" in page(stranger)
    assert stranger.post("/down/", {"address": address_on(stranger), "words": WORDS}).status_code == 302


def test_with_two_journals_only_the_one_that_was_open_here_is_offered(own: Own) -> None:
    one, other = own(PASSPHRASE), own("other quiet words here")
    assert "Write something down" not in page(Client())
    for client in (one, other):
        pair = address_key(opened(client))
        client.post("/lock/")
        assert pair
        assert address_on(client) == pair.address.hex()


def test_where_two_were_open_in_one_browser_none_is_offered_and_the_page_says_why(own: Own) -> None:
    """Nobody knows whose the words at the locked page are: not those of whoever unlocked last."""
    client = locked(own)
    begin(client, "his own quiet words")
    assert client.post("/lock/").status_code == 302
    assert_none_is_offered(client)
    for passphrase in ("his own quiet words", PASSPHRASE):
        client.post("/unlock/", {"passphrase": passphrase})
        client.post("/lock/")
        assert_none_is_offered(client)


def test_hosted_none_is_offered_either_and_the_page_without_a_connection_knows(hosted: None, own: Own) -> None:
    client = locked(own)
    begin(client, "his own quiet words")
    assert "data-several>" in page(client, "/settings/")
    client.post("/lock/")
    assert_none_is_offered(client)


def assert_none_is_offered(client: Client) -> None:
    shown = page(client)
    assert "More than one journal was open in this browser" in shown
    assert 'name="words"' not in shown
    assert client.get("/").headers["Location"] == "/unlock/"


def test_once_the_other_is_erased_here_a_note_is_offered_again(own: Own) -> None:
    client = locked(own)
    mine = address_on(client)
    begin(client, "his own quiet words")
    client.post("/settings/file/off/", {"current": "his own quiet words", "sure": "on"})
    assert address_on(client) == mine


def begin(client: Client, passphrase: str) -> None:
    """Another journal in this browser."""
    given = {"passphrase": passphrase, "again": passphrase, "journal_kind": "person"}
    code = re.search(r'name="code" value="([^"]+)"', client.post("/begin/", given).content.decode())
    assert code
    client.post("/begin/recovery/", {"code": code[1], "ending": "-".join(code[1].split("-")[-2:])})
    client.post("/begin/about/", {"region": "GB", "zone": "Europe/London", "name": "Tom", "weeks": "1"})


@pytest.mark.parametrize(
    ("words", "change", "status", "said"),
    [
        ("   ", {}, 400, "nothing written yet"),
        (WORDS, {"address": "00" * 10}, 404, "isn’t here"),
        (WORDS, {"address": "../../etc"}, 404, "isn’t here"),
        (WORDS + "é" * 40_000, {}, 413, "too long"),
        (WORDS + "x" * 66_000, {}, 413, "too long"),
    ],
)
def test_each_refusal_is_a_sentence_and_leaves_what_was_typed(
    own: Own, words: str, change: dict[str, str], status: int, said: str
) -> None:
    client = locked(own)
    answer = client.post("/down/", {"address": address_on(client), "words": words, **change})
    content = answer.content.decode()
    assert answer.status_code == status
    assert said in content
    assert "canary under the stairs &lt;b&gt;" in content or not words.strip()
    assert not WaitingLetter.objects.exists()


def test_a_full_box_is_a_sentence_too(own: Own, monkeypatch: pytest.MonkeyPatch) -> None:
    client = locked(own)
    monkeypatch.setattr(letterbox, "MOST", 1)
    address = address_on(client)
    assert client.post("/down/", {"address": address, "words": "first"}).status_code == 302
    answer = client.post("/down/", {"address": address, "words": WORDS})
    assert answer.status_code == 429
    assert "Once it’s unlocked there’s room again" in answer.content.decode()
    assert "canary" in answer.content.decode()


def test_a_sealed_letter_is_received_and_each_refusal_has_its_sentence(own: Own) -> None:
    client = own()
    pair = address_key(opened(client))
    assert pair
    address = pair.address.hex()
    note = {"letter": 1, "id": str(uuid4()), "at": "2026-03-02T18:00:00Z", "kind": "note", "words": WORDS}
    letter = letter_to(client, note)
    assert send(address, letter) == (202, {"accepted": True})
    assert send(address, letter) == (202, {"accepted": True})  # a replay lies there once
    assert WaitingLetter.objects.count() == 1
    for where, what, status, refused in (
        ("00" * 10, letter, 404, "unknown"),
        ("not-an-address", letter, 404, "unknown"),
        (address, b"", 400, "malformed"),
        (address, letter[:-1], 400, "malformed"),
        (address, b"{}", 400, "malformed"),
        (address, bytes(65 * 1024), 413, "too_large"),
        (address, bytes(3 * 1024 * 1024), 413, "too_large"),
    ):
        got, said = send(where, what)
        assert (got, said["refused"]) == (status, refused)
        assert str(said["sentence"]).endswith(".")
    # One that is for another address is accepted, since nobody can tell, and then is none.
    assert send(address, seal_letter(AddressKey.new().public, b"{}"))[0] == 202
    assert "One thing that came in couldn’t be read" in page(client, "/today/")
    assert [Client().get(f"/to/{each}/").status_code for each in (address, "00" * 10)] == [204, 404]


def test_no_cookie_is_asked_for_and_none_is_given(own: Own) -> None:
    client = own()
    pair = address_key(opened(client))
    assert pair
    strict = Client(enforce_csrf_checks=True)
    letter = seal_letter(pair.public, b"{}")
    answer = strict.post(f"/to/{pair.address.hex()}/", letter, content_type="application/octet-stream")
    assert answer.status_code == 202
    assert not answer.cookies


def test_hosted_only_the_browser_it_was_open_in_may_write(hosted: None, own: Own) -> None:
    client = locked(own)
    assert "Write something down" not in page(Client())
    assert client.cookies[COOKIE]["httponly"]
    assert client.cookies[COOKIE]["samesite"] == "Strict"
    assert client.get("/").headers["Location"] == "/unlock/"
    assert client.post("/down/", {"address": address_on(client), "words": WORDS}).status_code == 302


def test_hosted_one_network_address_cannot_send_without_end(
    hosted: None, own: Own, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rate_limit, "LETTERS_AN_HOUR", 3)
    client = locked(own)
    address = address_on(client)
    answers = [client.post("/down/", {"address": address, "words": f"{n} {WORDS}"}).status_code for n in range(5)]
    assert answers == [302, 302, 302, 429, 429]
    assert send(address, b"")[0] == 429
    assert send(address, b"", REMOTE_ADDR="203.0.113.80")[0] == 400
    assert "in 60 minutes" in client.post("/down/", {"address": address, "words": WORDS}).content.decode()


def test_hosted_one_network_address_cannot_fill_the_room_of_all(
    hosted: None, own: Own, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rate_limit, "LETTER_BYTES_A_DAY", 64 * 1024)
    now = timezone.now().replace(hour=8)
    monkeypatch.setattr(timezone, "now", lambda: now)
    client = locked(own)
    address = address_on(client)
    large = [seal_letter(AddressKey.new().public, bytes(LONGEST_CONTENT)) for _number in range(3)]
    assert [send(address, each)[0] for each in large] == [202, 429, 429]
    assert send(address, large[1])[1]["refused"] == "no_room"
    assert client.post("/down/", {"address": address, "words": WORDS}).status_code == 429
    assert send(address, large[1], REMOTE_ADDR="203.0.113.80")[0] == 202
    now += timedelta(days=1)
    assert send(address, large[2])[0] == 202


def test_hosted_what_another_site_sends_and_what_is_no_letter_spends_nobodys_letters(
    hosted: None, own: Own, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rate_limit, "LETTERS_AN_HOUR", 3)
    client = locked(own)
    address = address_on(client)
    letter = seal_letter(AddressKey.new().public, b"{}")
    for site in ("cross-site", "same-site"):
        for what in (letter, b"junk"):
            sent = {"content_type": "text/plain", "HTTP_SEC_FETCH_SITE": site, "secure": True}
            assert [Client().post(f"/to/{address}/", what, **sent).status_code for _number in range(4)] == [403] * 4
    assert [send(address, b"junk")[0] for _number in range(4)] == [400] * 4
    assert not WaitingLetter.objects.exists()
    assert send(address, letter, HTTP_SEC_FETCH_SITE="same-origin")[0] == 202
    assert client.post("/down/", {"address": address, "words": WORDS}).status_code == 302


def test_on_ones_own_machine_there_is_nothing_to_install(own: Own) -> None:
    client = own()
    assert "manifest" not in page(client, "/today/")
    for path in ("/notes.webmanifest", "/worker.js", "/offline/"):
        assert client.get(path).status_code == 404


def test_what_is_installed_is_the_same_for_everybody_and_names_nothing(hosted: None, own: Own) -> None:
    client = own(therapist="Miriam")
    today = page(client, "/today/")
    assert 'rel="manifest"' in today
    assert 'name="notes-to"' in today
    for path in ("/notes.webmanifest", "/worker.js", "/offline/"):
        mine, nobodys = client.get(path), Client().get(path)
        assert mine.content == nobodys.content
        assert not nobodys.cookies
        words = mine.content.decode().lower()
        visible = words.replace("reattuneoutbox", "")
        assert not re.search(r"reattune|therap|journal's|miriam", visible)
        assert "default-src 'none'" in mine.headers["Content-Security-Policy"]
    icons = client.get("/notes.webmanifest").json()["icons"]
    assert {each["purpose"] for each in icons} == {"any", "maskable"}


def test_the_worker_keeps_static_files_and_two_pages(hosted: None, own: Own) -> None:
    answer = Client().get("/worker.js")
    assert answer.headers["Content-Type"] == "text/javascript; charset=utf-8"
    said = answer.content.decode()
    kept = re.search(r"const KEPT = \[(.*)\]", said)
    assert kept
    names = re.findall(r'"([^"]+)"', kept[1])
    assert names[:2] == ["/offline/", "/measures/"]
    assert all(name.startswith("/static/") for name in names[2:])
    assert ".put(" not in said  # nothing that is asked for later is kept


@pytest.mark.parametrize("where", ["here", "hosted"])
def test_who_wants_no_notes_while_locked_is_offered_none(own: Own, settings: object, where: str) -> None:
    if where == "hosted":
        settings.HOSTING = Hosting(hosts=("testserver",), secret="s" * 50)  # type: ignore[attr-defined]
    client = own()
    address = address_key(opened(client)).address.hex()  # type: ignore[union-attr]
    client.post("/settings/", {"weeks": "1", "region": "GB", "no_locked_notes": "on"})
    assert COOKIE not in client.cookies or not client.cookies[COOKIE].value
    assert 'name="notes-to"' not in page(client, "/today/")
    client.post("/lock/")
    assert "Write something down" not in page(client)
    assert Client().get(f"/to/{address}/").status_code == 404
    name = opened_name() if where == "hosted" else ""
    client.post("/unlock/", {"passphrase": PASSPHRASE, "name": name})
    client.post("/settings/", {"weeks": "1", "region": "GB", **sure(client)})
    client.post("/lock/")
    assert address_on(client) == address


def opened_name() -> str:
    return name_of(bytes(SealedJournal.objects.get().id))


def test_an_erased_journal_is_forgotten_by_the_browser(own: Own) -> None:
    client = own()
    client.post("/settings/file/off/", {"current": PASSPHRASE, "sure": "on"})
    assert not client.cookies[COOKIE].value
    assert "Write something down" not in page(client)


def test_an_address_that_somebody_put_in_the_place_of_the_journals_gets_no_note(own: Own) -> None:
    client = own()
    client.post("/lock/")
    evil = AddressKey.new()
    JournalAddress.objects.update(id=evil.address, public_key=evil.public)
    page = client.get("/unlock/").content.decode()
    assert evil.address.hex() not in page
    assert "no note can be written to it here" in page
    # Unlocking puts the right one back.
    client.post("/unlock/", {"passphrase": PASSPHRASE})
    client.post("/lock/")
    assert client.cookies[COOKIE].value in client.get("/unlock/").content.decode()


@pytest.mark.parametrize("told", [True, False])
def test_a_key_that_somebody_put_under_the_journals_own_address_gets_no_note(own: Own, told: bool) -> None:
    client = locked(own)
    address, evil = address_on(client), AddressKey.new()
    JournalAddress.objects.update(public_key=evil.public)
    visitor = client if told else Client()
    assert address not in page(visitor)
    assert visitor.post("/down/", {"address": address, "words": WORDS}).status_code == 404
    assert Client().get(f"/to/{address}/").status_code == 404
    # Unlocking puts the right one back.
    client.post("/unlock/", {"passphrase": PASSPHRASE})
    client.post("/lock/")
    assert address_on(client) == address
    assert bytes(JournalAddress.objects.get().public_key) != evil.public


def test_in_the_hour_before_a_journal_locks_such_a_key_gets_no_note_either(own: Own) -> None:
    client = own()
    mark = mark_of(opened(client).journal_id)
    request = RequestFactory().get("/")
    request.COOKIES = {COOKIE: client.cookies[COOKIE].value}
    assert address_for(request, mark)
    JournalAddress.objects.update(public_key=AddressKey.new().public)
    assert address_for(request, mark) is None


def test_a_browser_that_was_told_nothing_is_offered_none_where_there_are_two(own: Own) -> None:
    own()
    evil = AddressKey.new()
    JournalAddress.objects.create(id=evil.address, public_key=evil.public, journal=SealedJournal.objects.get())
    assert 'name="words"' not in Client().get("/unlock/").content.decode()
