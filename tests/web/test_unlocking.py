"""Unlocking, staying unlocked, locking, and guessing."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from unittest import mock

import pytest
from django.db import OperationalError
from django.test import Client
from django.utils import timezone

from reattune.vault import keyring
from reattune.web.pages.begin import unlock
from reattune.web.pages.shared import left_or_locked
from reattune.web.pages.shared.locked_submission import sealed, unsealed
from reattune.web.store import idle_clock
from reattune.web.store.models import Guesses, SealedJournal, UnlockedSession
from reattune.web.store.rate_limit import FREE_TRIES, FREE_TRIES_A_DAY
from reattune.web.store.unlocking import COOKIE, store_keyring
from tests.web.conftest import PASSPHRASE

Own = Callable[..., Client]
pytestmark = pytest.mark.django_db


def test_it_works(own: Own) -> None:
    client = own()
    assert client.get("/today/").status_code == 200
    client.post("/lock/")
    assert client.get("/today/").status_code == 302
    response = client.post("/unlock/", {"passphrase": PASSPHRASE})
    assert response.headers["Location"] == "/today/"
    assert b"Miriam" in client.get("/today/").content


def test_neither_half_opens_anything(own: Own) -> None:
    client = own()
    cookie = client.cookies[COOKIE].value
    stored = UnlockedSession.objects.get()
    # The store alone: a cookie made from it does not fit.
    thief = Client()
    thief.cookies[COOKIE] = stored.id.hex()
    assert thief.get("/today/").status_code == 302
    # The cookie alone: the store has forgotten.
    stored.delete()
    thief.cookies[COOKIE] = cookie
    assert thief.get("/today/").status_code == 302


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(own: Own) -> None:
    cookie = own().cookies[COOKIE]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Strict"
    assert not cookie["max-age"]


def test_unlocking_again_rotates_the_session(own: Own) -> None:
    client = own()
    before = client.cookies[COOKIE].value
    client.post("/unlock/", {"passphrase": PASSPHRASE})
    assert client.cookies[COOKIE].value != before
    assert UnlockedSession.objects.count() == 1


def test_idle_locks(own: Own) -> None:
    client = own()
    UnlockedSession.objects.update(last_seen=timezone.now() - timedelta(minutes=16))
    assert client.get("/today/").status_code == 302
    idle_clock.look()
    assert not UnlockedSession.objects.exists()


def test_a_copied_cookie_opens_nothing_a_day_after_the_unlocking(own: Own) -> None:
    """However busily it is used, and also where its journal was unlocked and locked again meanwhile."""
    client, thief = own(), Client()
    thief.cookies[COOKIE] = client.cookies[COOKIE].value
    client.cookies.clear()  # the browser was closed without locking
    began = timezone.now()
    for hours, opens in ((0.5, True), (12, True), (23.9, True), (24.1, False), (25, False)):
        with mock.patch.object(timezone, "now", return_value=began + timedelta(hours=hours)):
            UnlockedSession.objects.update(last_seen=timezone.now() - timedelta(minutes=10))
            client.post("/unlock/", {"passphrase": PASSPHRASE})
            client.post("/lock/")
            assert (thief.get("/today/").status_code == 200) is opens, hours


def test_a_changed_time_in_the_cookie_opens_nothing(own: Own) -> None:
    client = own()
    raw = bytearray(base64.urlsafe_b64decode(client.cookies[COOKIE].value))
    raw[4] ^= 1
    client.cookies[COOKIE] = base64.urlsafe_b64encode(bytes(raw)).decode()
    assert client.get("/today/").status_code == 302


@pytest.mark.parametrize("kind", ["person", "therapist"])
def test_today_says_that_it_is_open_elsewhere_too(own: Own, kind: str) -> None:
    client, other = own(journal_kind=kind), Client()
    assert "browsers" not in client.get("/today/").content.decode()
    other.post("/unlock/", {"passphrase": PASSPHRASE})
    words = client.get("/today/").content.decode()
    assert "Your journal is open in 2 browsers." in words
    assert "Lock it everywhere" in words


@pytest.mark.parametrize("cookie", ["LEFT_COOKIE", "LOCKED_COOKIE"])
def test_one_browser_that_was_left_and_unlocked_again_is_no_second_one(own: Own, cookie: str) -> None:
    client = own()
    client.cookies[getattr(left_or_locked, cookie)] = "1"
    client.get("/measures/" if cookie == "LEFT_COOKIE" else "/unlock/")
    client.get("/unlock/")
    client.cookies.pop(getattr(left_or_locked, cookie), None)
    client.post("/unlock/", {"passphrase": PASSPHRASE})
    assert UnlockedSession.objects.count() == 2, "what was on its way may still be kept"
    assert "browsers" not in client.get("/today/").content.decode()


def test_guessing_slows_down_and_ends_with_the_right_one(own: Own) -> None:
    own().post("/lock/")
    client = Client()
    for _ in range(5):
        assert client.post("/unlock/", {"passphrase": "not this one either"}).status_code == 200
    response = client.post("/unlock/", {"passphrase": PASSPHRASE})
    assert response.status_code == 429
    assert b"Please wait" in response.content
    Guesses.objects.update(last=timezone.now() - timedelta(minutes=10))
    assert client.post("/unlock/", {"passphrase": PASSPHRASE}).status_code == 302
    for _ in range(5):
        assert client.post("/unlock/", {"passphrase": "not this one either"}).status_code == 200


def test_a_journal_of_ones_own_is_no_way_to_go_on_guessing_at_another(own: Own) -> None:
    own().post("/lock/")
    own("his own quiet words", "Anselm").post("/lock/")
    client, guessed = Client(), 0
    with mock.patch.object(timezone, "now", return_value=timezone.now()):
        for turn in range(20):
            for number in range(4):
                answer = client.post("/unlock/", {"passphrase": f"guess number {turn} {number}"})
                guessed += answer.status_code == 200
            client.post("/unlock/", {"passphrase": "his own quiet words"})
        assert client.post("/unlock/", {"passphrase": PASSPHRASE}).status_code == 429
    assert FREE_TRIES < guessed <= FREE_TRIES_A_DAY


def test_a_recovery_code_opens_and_sets_a_new_passphrase(own: Own) -> None:
    client = own()
    code = client.recovery_code  # type: ignore[attr-defined]
    new = "an altogether new one"
    stranger = Client()
    response = stranger.post("/unlock/recovery/", {"code": code, "passphrase": new, "again": new})
    assert response.headers["Location"] == "/today/"
    assert (
        b"No journal here opens with this passphrase" in Client().post("/unlock/", {"passphrase": PASSPHRASE}).content
    )
    assert Client().post("/unlock/", {"passphrase": new}).status_code == 302


def test_a_mistyped_recovery_code_says_where(own: Own) -> None:
    own()
    response = Client().post(
        "/unlock/recovery/", {"code": "ABC", "passphrase": "words for a code", "again": "words for a code"}
    )
    assert b"this one has 3" in response.content


def test_change_of_passphrase_rewraps_and_seals_nothing_again(own: Own) -> None:
    from reattune.web.store.models import SealedRow

    client = own()
    before = list(SealedRow.objects.values_list("sealed", flat=True))
    new = "yet another passphrase"
    wrong = client.post("/settings/passphrase/", {"current": "wrong one here", "passphrase": new, "again": new})
    assert "isn’t the passphrase of this journal" in wrong.content.decode()
    client.post("/settings/passphrase/", {"current": PASSPHRASE, "passphrase": new, "again": new})
    assert list(SealedRow.objects.values_list("sealed", flat=True)) == before
    assert Client().post("/unlock/", {"passphrase": new}).status_code == 302


def test_an_outside_address_is_not_followed_after_unlocking(own: Own) -> None:
    own().post("/lock/")
    for outside in ("https://example.org/", "//example.org/", "javascript:alert(1)"):
        response = Client().post("/unlock/", {"passphrase": PASSPHRASE, "next": outside})
        assert response.headers["Location"] == "/today/"


def test_short_and_different_passphrases_are_refused() -> None:
    client = Client()
    assert b"at least 10" in client.post("/begin/", {"passphrase": "short", "again": "short"}).content
    assert (
        "aren’t the same".encode()
        in client.post("/begin/", {"passphrase": "long enough 1", "again": "long enough 2"}).content
    )
    assert not SealedJournal.objects.exists()


def test_who_has_a_journal_here_finds_the_way_to_unlock_it(own: Own) -> None:
    start = Client().get("/begin/").content.decode()
    assert "private journal for people in therapy" in start
    assert "Do you already have a journal here?" not in start
    own()
    assert "Do you already have a journal here?" in Client().get("/begin/").content.decode()
    told = Client().post("/begin/", {"passphrase": PASSPHRASE, "again": PASSPHRASE}).content.decode()
    assert "already opens a journal here" in told
    assert '<a href="/unlock/">Unlock your journal.</a> For a new journal' in told


def test_setting_up_says_how_the_quick_exit_works_and_how_to_come_back() -> None:
    client = Client()
    client.post("/begin/", {"passphrase": PASSPHRASE, "again": PASSPHRASE})
    about = client.get("/begin/about/").content.decode()
    for said in ("Quick exit", "Esc", "To come back, open this address again and unlock."):
        assert said in about


def test_setup_goes_on_where_it_was_left() -> None:
    client = Client()
    client.post("/begin/", {"passphrase": PASSPHRASE, "again": PASSPHRASE})
    response = client.get("/today/", follow=True)
    assert b"Show me my code" in response.content
    assert b"translate" in client.post("/begin/recovery/", {"current": PASSPHRASE}).content


def test_a_damaged_keyring_does_not_keep_the_others_shut(own: Own) -> None:
    own()
    SealedJournal.objects.create(id=bytes(16), keyring=b"damaged")
    page = Client().get("/unlock/").content.decode()
    assert "keys of one journal here are damaged" in page
    assert Client().post("/unlock/", {"passphrase": PASSPHRASE}).status_code == 302


def test_a_disk_that_cannot_be_written_is_a_clear_page_without_the_passphrase(own: Own) -> None:
    own()
    with mock.patch("reattune.web.pages.begin.unlock.begin_session", side_effect=OperationalError("readonly database")):
        response = Client().post("/unlock/", {"passphrase": PASSPHRASE})
    assert response.status_code == 507
    assert PASSPHRASE not in response.content.decode()


def locked_while_typing(client: Client) -> str:
    page = client.get("/note/").content.decode()
    mark = re.search(r'name="journal" value="([^"]+)"', page)
    assert mark
    UnlockedSession.objects.all().delete()
    fields = {"journal": mark[1], "draft_of": "/note/", "what": "A long thought, typed slowly.", "cause": "judged_me"}
    locked = client.post("/note/", fields).content.decode()
    assert "what you typed comes back" in locked
    assert "typed slowly" not in locked
    held = re.search(r'name="held" value="([^"]+)"', locked)
    assert held
    return held[1]


def test_what_was_typed_comes_back_after_the_idle_lock(own: Own) -> None:
    client = own()
    held = locked_while_typing(client)
    wrong = client.post("/unlock/", {"passphrase": "not this one here", "held": held}).content.decode()
    assert held in wrong
    response = client.post("/unlock/", {"passphrase": PASSPHRASE, "held": held})
    assert response.headers["Location"] == "/note/"
    page = client.get("/note/").content.decode()
    assert "A long thought, typed slowly." in page
    assert re.search(r'value="judged_me"[^>]*checked', page)


def test_another_journal_never_gets_what_was_typed(own: Own) -> None:
    client = own()
    own("words of the other one", "Anselm")
    held = locked_while_typing(client)
    response = client.post("/unlock/", {"passphrase": "words of the other one", "held": held})
    page = response.content.decode()
    assert "belongs to a different journal" in page
    assert held in page
    assert "typed slowly" not in client.get("/note/").content.decode()
    wrong = client.post("/unlock/", {"passphrase": "not this one here", "held": held}).content.decode()
    assert "belongs to a different journal" in wrong
    assert client.post("/unlock/", {"passphrase": PASSPHRASE, "held": held}).headers["Location"] == "/note/"
    assert "typed slowly" in client.get("/note/").content.decode()
    nonsense = Client().post("/unlock/", {"passphrase": PASSPHRASE, "held": "AAAA"})
    assert nonsense.headers["Location"] == "/today/"


def test_held_words_open_with_the_journal_alone(own: Own) -> None:
    client = own()
    held = locked_while_typing(client)
    # Whoever has the page and the folder has the installation's key, and no more.
    inside = unsealed(held, b"reattune held words")
    assert b"typed slowly" not in inside
    assert b"/note/" not in inside
    made_up = sealed(inside[:-1] + bytes([inside[-1] ^ 1]), b"reattune held words")
    answer = client.post("/unlock/", {"passphrase": PASSPHRASE, "held": made_up}).content.decode()
    assert "can’t be opened" in answer
    assert "typed slowly" not in answer


def test_held_words_longer_than_a_letter_come_back_whole(own: Own) -> None:
    client = own()
    page = client.get("/note/").content.decode()
    mark = re.search(r'name="journal" value="([^"]+)"', page)
    assert mark
    UnlockedSession.objects.all().delete()
    long = "She said it again. " * 5_000
    fields = {"journal": mark[1], "draft_of": "/note/", "what": long}
    held = re.search(r'name="held" value="([^"]+)"', client.post("/note/", fields).content.decode())
    assert held
    client.post("/unlock/", {"passphrase": PASSPHRASE, "held": held[1]})
    assert long.strip() in client.get("/note/").content.decode()


def test_beginning_is_no_faster_way_to_guess(own: Own) -> None:
    own().post("/lock/")
    for number in range(5):
        words = f"guess number {number} at begin"
        assert Client().post("/begin/", {"passphrase": words, "again": words}).status_code == 200
    answer = Client().post("/begin/", {"passphrase": PASSPHRASE, "again": PASSPHRASE})
    assert answer.status_code == 429
    assert "already opens a journal here" not in answer.content.decode()
    assert "Please wait" in answer.content.decode()
    assert Client().post("/unlock/", {"passphrase": PASSPHRASE}).status_code == 429


def test_whoever_goes_on_with_a_new_journal_did_not_guess(own: Own) -> None:
    for number in range(7):
        own(f"words of number {number} here")
    for _ in range(5):
        assert Client().post("/unlock/", {"passphrase": "none of them"}).status_code == 200


def test_what_was_begun_and_never_used_is_erased_after_days(own: Own) -> None:
    own()
    Client().post("/begin/", {"passphrase": "guess at the beginning", "again": "guess at the beginning"})
    UnlockedSession.objects.all().delete()
    idle_clock.look()
    assert SealedJournal.objects.count() == 2
    SealedJournal.objects.update(created=timezone.now() - timedelta(days=3))
    idle_clock.look()
    assert SealedJournal.objects.count() == 1
    assert Client().post("/unlock/", {"passphrase": PASSPHRASE}).headers["Location"] == "/today/"


def test_a_new_passphrase_locks_every_other_browser(own: Own) -> None:
    client, elsewhere, stranger = own(), Client(), own("words of the other one", "Anselm")
    elsewhere.post("/unlock/", {"passphrase": PASSPHRASE})
    assert elsewhere.get("/today/").status_code == 200
    new = "a new passphrase here"
    client.post("/settings/passphrase/", {"current": PASSPHRASE, "passphrase": new, "again": new})
    assert elsewhere.get("/today/").status_code == 302
    assert client.get("/today/").status_code == stranger.get("/today/").status_code == 200
    code = {"code": client.recovery_code, "passphrase": PASSPHRASE, "again": PASSPHRASE}  # type: ignore[attr-defined]
    assert elsewhere.post("/unlock/recovery/", code).status_code == 302
    assert client.get("/today/").status_code == 302


def test_a_passphrase_that_was_changed_while_it_was_tried_opens_nothing(
    own: Own, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner, new = own(), "another five quiet words here"
    really = keyring.first_opened

    def slowly(*given: Any) -> Any:
        found = really(*given)
        if given[1] == PASSPHRASE:
            owner.post("/settings/passphrase/", {"current": PASSPHRASE, "passphrase": new, "again": new, "code": ""})
        return found

    monkeypatch.setattr(unlock, "first_opened", slowly)
    other = Client()
    page = other.post("/unlock/", {"passphrase": PASSPHRASE})
    assert page.status_code == 200
    assert "No journal here opens with this passphrase" in page.content.decode()
    assert other.get("/today/").status_code == 302
    assert other.post("/unlock/", {"passphrase": new}).status_code == 302, "and the new one does"


def test_a_keyring_that_changes_while_it_is_opened_refuses_nobody(own: Own, monkeypatch: pytest.MonkeyPatch) -> None:
    """A new recovery code, say: the passphrase is tried once more, and opens it."""
    own()
    really, tried = keyring.first_opened, []

    def slowly(*given: Any) -> Any:
        found, key = really(*given)
        tried.append(found)
        if len(tried) == 1:
            store_keyring(found.with_new_recovery(key)[0])
        return found, key

    monkeypatch.setattr(unlock, "first_opened", slowly)
    assert Client().post("/unlock/", {"passphrase": PASSPHRASE}).status_code == 302
    assert len(tried) == 2


def test_one_passphrase_opens_one_journal_however_it_was_chosen(own: Own) -> None:
    """Where two had the same, unlocking would always open the first, and the other would seem gone."""
    theirs = "the words of somebody else here"
    own(passphrase=theirs)
    client = own()
    changed = {"current": PASSPHRASE, "passphrase": theirs, "again": theirs, "code": ""}
    assert "already opens another journal here" in client.post("/settings/passphrase/", changed).content.decode()
    code = client.recovery_code  # type: ignore[attr-defined]
    recovered = {"code": code, "passphrase": theirs, "again": theirs}
    assert "already opens another journal here" in Client().post("/unlock/recovery/", recovered).content.decode()
    assert Client().post("/unlock/", {"passphrase": PASSPHRASE}).status_code == 302, "it is as it was"
    kept = {**changed, "passphrase": PASSPHRASE, "again": PASSPHRASE}
    assert "already opens" not in client.post("/settings/passphrase/", kept).content.decode(), "one's own may stay"
