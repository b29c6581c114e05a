"""Words that met a locked journal are sealed to an address of it, whatever became of its addresses and of others."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.test import Client

from reattune.vault.letters import SIZES, LetterNotOpened, open_letter
from reattune.web.pages.shared.locked_submission import unsealed
from reattune.web.store.known_address import COOKIE
from reattune.web.store.letterbox import address_key, address_keys
from reattune.web.store.models import UnlockedSession
from reattune.web.store.open_journal import OpenJournal, mark_of
from tests.web.journals import opened, session_of, sure
from tests.web.test_deletion import note

Own = Callable[..., Client]
pytestmark = pytest.mark.django_db
WORDS, NEW = "I will leave on Friday and nobody knows.", "another passphrase of some words"
TO_ADDRESS = b"sealed to an address "


def held(client: Client) -> str:
    mark = re.search(r'name="journal" value="([^"]+)"', client.get("/note/").content.decode())
    assert mark
    UnlockedSession.objects.all().delete()
    page = client.post("/note/", {"journal": mark[1], "draft_of": "/note/", "what": WORDS}).content.decode()
    found = re.search(r'name="held" value="([^"]+)"', page)
    assert found
    return found[1]


def inside(words: str) -> bytes:
    """What whoever has the installation's key makes of held words."""
    return unsealed(words, b"reattune held words")[len(mark_of(b"")) :]


def opens_with(private: bytes, words: str) -> bool:
    try:
        open_letter(private, inside(words).removeprefix(TO_ADDRESS)[: SIZES[0]])
    except LetterNotOpened:
        return False
    return True


def without_notes(client: Client) -> None:
    journal = opened(client)
    assert journal.journal.preferences
    journal.change(journal.journal.preferences, no_locked_notes=True)


def unlock(client: Client, passphrase: str) -> None:
    assert client.post("/unlock/", {"passphrase": passphrase}).status_code == 302


def test_to_the_newest_where_no_notes_are_wanted_after_a_new_key(own: Own) -> None:
    client = own()
    without_notes(client)
    code = client.recovery_code  # type: ignore[attr-defined]
    client.post("/settings/passphrase/", {**sure(client), "passphrase": NEW, "again": NEW, "code": code})
    assert not client.cookies[COOKIE].value
    keys = session_of(client)
    words = held(client)
    assert WORDS.encode() not in inside(words)
    journal = OpenJournal(*keys)
    newest = address_key(journal)
    assert newest
    assert [pair for pair in address_keys(journal).values() if opens_with(pair.private, words)] == [newest]
    assert client.post("/unlock/", {"passphrase": NEW, "held": words}).headers["Location"] == "/note/"
    assert WORDS in client.get("/note/").content.decode()


def two_journals(own: Own) -> tuple[Client, Client]:
    """Both were open in the browser of the first; the second is erased in its own."""
    first, second = own(), own("the words of another", "Anselm")
    first.post("/lock/")
    unlock(first, "the words of another")
    first.post("/lock/")
    unlock(first, first.passphrase)  # type: ignore[attr-defined]
    assert "." in first.cookies[COOKIE].value
    return first, second


@pytest.mark.parametrize("notes", [True, False])
def test_to_ones_own_where_another_journal_of_this_browser_was_erased(own: Own, notes: bool) -> None:
    first, second = two_journals(own)
    if not notes:
        without_notes(first)
        first.post("/lock/")
        unlock(first, first.passphrase)  # type: ignore[attr-defined]
    second.post("/settings/file/off/", {**sure(second), "sure": "on"})
    words = held(first)
    assert WORDS.encode() not in inside(words)
    answer = first.post("/unlock/", {"passphrase": first.passphrase, "held": words})  # type: ignore[attr-defined]
    assert answer.headers["Location"] == "/note/"
    assert WORDS in first.get("/note/").content.decode()


def test_a_note_is_offered_again_once_the_other_journal_was_erased(own: Own) -> None:
    first, second = two_journals(own)
    first.post("/lock/")
    assert "More than one journal" in first.get("/unlock/").content.decode()
    second.post("/settings/file/off/", {**sure(second), "sure": "on"})
    unlock(first, first.passphrase)  # type: ignore[attr-defined]
    first.post("/lock/")
    page = first.get("/unlock/").content.decode()
    assert "More than one journal" not in page
    assert first.cookies[COOKIE].value in page


def test_beside_another_journal_an_address_that_is_lost_stays_told(own: Own) -> None:
    first, second = two_journals(own)
    own("the words of a third one", "Berit")
    second.post("/settings/file/off/", {**sure(second), "sure": "on"})
    unlock(first, first.passphrase)  # type: ignore[attr-defined]
    first.post("/lock/")
    assert 'name="words"' not in first.get("/unlock/").content.decode()


def test_words_for_what_was_deleted_meanwhile_lead_to_where_they_are_shown(own: Own) -> None:
    client = own()
    moment = note(client, "The clock.")
    change = f"/note/{moment}/change/"
    other = Client()
    other.post("/unlock/", {"passphrase": client.passphrase})  # type: ignore[attr-defined]
    client.post("/lock/")
    sent = {"draft_of": change, "journal": opened(other).mark, "what": WORDS}
    locked = client.post(change, sent).content.decode()
    words = re.search(r'name="held" value="([^"]+)"', locked)
    assert words
    other.post(f"/away/{moment}/", {"sure": "on", **sure(client)})
    unlocked = client.post("/unlock/", {"passphrase": client.passphrase, "held": words[1]})  # type: ignore[attr-defined]
    assert unlocked.headers["Location"] == "/today/"
    page = client.get("/today/").content.decode()
    assert "You were in the middle of this" in page
    carry_on = re.search(r'href="(/typing/[^"]+)"', page)
    assert carry_on
    assert WORDS in client.get(carry_on[1]).content.decode()
