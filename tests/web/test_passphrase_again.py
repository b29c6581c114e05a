"""What gives lasting access, or takes something away for good, asks for the passphrase again; nothing else does."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from copy import deepcopy
from typing import Any
from uuid import UUID

import pytest
from django.http import HttpResponse
from django.test import Client

from reattune.journal import Journal, JournalError
from reattune.journal.codec import decode, encode
from reattune.journal.documents import CameIn, Candidate, Document, Draft, Moment, Relationship, Removed, Share
from reattune.journal.vocabulary import JournalKind, ShareWay
from reattune.vault import WrongSecret
from reattune.vault.recovery_code import new_recovery_secret, to_code
from reattune.web.pages.shared.locked_submission import sealed
from reattune.web.store.models import SharedLink, UnlockedSession
from reattune.web.store.open_journal import OpenJournal
from reattune.web.store.rate_limit import FREE_TRIES
from reattune.web.store.unlocking import keyring_of
from tests.web.conftest import PASSPHRASE
from tests.web.journals import opened, session_of, sure
from tests.web.page_walker import Button, read
from tests.web.test_permissions import addresses, filled, names, right, undone  # noqa: F401  a fixture

Own = Callable[..., Client]
Keys = tuple[bytes, bytes]
Right = tuple[Client, list[Document]]
pytestmark = pytest.mark.django_db

# Each with what it does. A route that does one of these and is not here makes a test below fail.
ASKS = {
    "begin-recovery": "another recovery code",
    "passphrase": "another passphrase",
    "carry-json": "a file that is not sealed",
    "carry-tables": "a file that is not sealed",
    "carry-fhir": "a file that is not sealed",
    "record-file": "a file that is not sealed",
    "leaf": "a file that is not sealed",
    "share": "an encrypted page, a web link",
    "share-of": "an encrypted page, a web link",
    "forget": "what was deleted goes at once",
    "erase-somebody": "somebody goes with everything",
    "earlier-name": "a name goes out with what is shared",
    "erase": "the journal goes",
    "client-bring": "an encrypted page",
    "list-change-seen": "that an entry may be missing is said no more",
    "carry-in": "so many entries that every page is slow",
    "settings": "what keeps others from reading along is switched off",
}
# Files that tell nothing to whoever has them: sealed, only a time, only questions, or opened by a code.
TELL_NOTHING = names("carry-sealed reminder session-calendar structure shared-page")


def all_addresses(documents: list[Document]) -> Iterator[tuple[str, str]]:
    yield from addresses(documents)
    yield "begin-recovery", "/begin/recovery/"


def waiting_in(removed: Removed) -> set[UUID]:
    """The entries that it brings back; the one of the fixture holds a canary, and none."""
    found = set()
    for document in removed.documents:
        with suppress(JournalError):
            found.add(decode(document.encode()).id)
    return found


def what_went(now: Journal, before: list[Document]) -> list[Document]:
    """Entries that are gone and cannot come back. Drafts and letters become something else, or wait as removed."""
    waiting = {each for kept in now.all(Removed) for each in waiting_in(kept)}
    went = [each for each in before if now.document(each.id) is None and each.id not in waiting]
    return [each for each in went if not isinstance(each, (Draft, CameIn)) and not _back(now, each)]


def _back(now: Journal, each: Document) -> bool:
    return isinstance(each, Removed) and any(now.document(one) for one in waiting_in(each))


def grave(client: Client, keys: Keys, answer: HttpResponse, name: str, before: list[Document]) -> str:
    """What this answer or what is kept now shows to have been done; empty where nothing grave was."""
    if "attachment" in answer.headers.get("Content-Disposition", "") and name not in TELL_NOTHING:
        return "a file"
    keyring, now = keyring_of(keys[0]), OpenJournal(*keys).journal
    try:
        keyring.open_with_passphrase(client.passphrase)  # type: ignore[attr-defined]
        keyring.open_with_recovery(client.recovery_code)  # type: ignore[attr-defined]
    except WrongSecret:
        return "a key"
    known = {each.id for each in before}
    shared = [each for each in now.all(Share) if each.id not in known]
    if SharedLink.objects.exists() or any(each.way is not ShareWay.HANDED for each in shared):
        return "shared"
    names = {each.id: set(each.called_before) for each in before if isinstance(each, (Relationship, Candidate))}
    people = [*now.all(Relationship), *now.all(Candidate)]
    if any(names.get(each.id, set()) - set(each.called_before) for each in people):
        return "a name"
    return "gone" if what_went(now, before) else ""


def test_the_pages_that_ask_are_these(right: Right) -> None:  # noqa: F811
    client, documents = right
    asking = set()
    for name, address in all_addresses(documents):
        with undone():
            answer = client.get(address)
            if answer.headers.get("Content-Type", "").startswith("text/html") and not answer.streaming:
                fields = [
                    each.attributes.get("name") for each in read(address, answer.content.decode()).root.all("input")
                ]
                asking |= {name} if "current" in fields else set()
    # In this journal a boundary was crossed, so that nothing is shared together: it is looked at below. What is brought
    # to supervision is in a therapist's, and asks once it was chosen.
    # Nobody changed its list of entries, no large file is brought in, and nothing in Settings is switched off.
    assert asking == set(ASKS) - {"share-of", "client-bring", "list-change-seen", "carry-in", "settings"}


@pytest.mark.parametrize("kind", list(JournalKind))
@pytest.mark.parametrize("typed", [None, "not the words of this one"])
def test_without_the_passphrase_nothing_grave_is_done_by_any_page(
    own: Own, kind: JournalKind, typed: str | None
) -> None:
    """Every button of every page and of every page that answers one, and every address that only takes what is sent."""
    client, documents = filled(own, kind)
    keys, cookies = session_of(client), deepcopy(client.cookies)
    before = list(OpenJournal(*keys).journal)
    wrong = {} if typed is None else {"current": typed}
    new = {"sure": "on", "passphrase": "a new one here", "again": "a new one here"}
    done, pressed = [], 0
    for name, address in all_addresses(documents):
        with undone():
            got = client.get(address)
            if found := grave(client, keys, got, name, before):
                done.append((name, "get", found))
        sent: list[tuple[str, dict[str, Any]]] = [(address, {"what": "anything", "ending": "x"})]
        if got.status_code == 200 and got.headers["Content-Type"].startswith("text/html"):
            page = read(address, got.content.decode())
            sent += [(button.address, fields_of(button)) for button in page.buttons()]
        for to, fields in sent:
            with undone():
                answer = client.post(to, {**fields, **new, **wrong})
                client.cookies = deepcopy(cookies)
                if found := grave(client, keys, answer, name, before):
                    done.append((name, to, found))
                pressed += 1
                if answer.status_code != 200 or not answer.headers["Content-Type"].startswith("text/html"):
                    continue
                for next_one in read(to, answer.content.decode()).buttons():
                    then = client.post(next_one.address, {**fields_of(next_one), **new, **wrong})
                    client.cookies = deepcopy(cookies)
                    if found := grave(client, keys, then, name, before):
                        done.append((name, next_one.address, found))
                    pressed += 1
    assert done == []
    assert pressed > 150


def fields_of(button: Button) -> dict[str, list[str]]:
    fields: dict[str, list[str]] = {}
    for name, value in button.fields:
        fields.setdefault(name, []).append(value)
    return fields


def test_a_code_that_was_not_shown_after_the_passphrase_never_becomes_the_journals(own: Own) -> None:
    client = own()
    mine = to_code(new_recovery_secret())
    # Both lie in every copy of the folder: the number of what is open, and the key of the installation.
    session = bytes(UnlockedSession.objects.get().id)
    made = [sealed(mine.encode(), b"new recovery code " + each) for each in (b"", session)]
    for proof in ("", "AAAA", *made):
        page = client.post("/begin/recovery/", {"code": mine, "ending": mine[-9:], "proof": proof})
        assert "Please make another new code." in page.content.decode()
    assert recovers(client, client.recovery_code)  # type: ignore[attr-defined]
    assert not recovers(client, mine)


def test_the_old_code_works_until_the_new_one_is_confirmed(own: Own) -> None:
    client = own()
    old = client.recovery_code  # type: ignore[attr-defined]
    assert "<span>" not in client.post("/begin/recovery/", {"current": "not these words"}).content.decode()
    shown = client.post("/begin/recovery/", sure(client)).content.decode()
    new, proof = (re.search(rf'name="{name}" value="([^"]+)"', shown) for name in ("code", "proof"))
    assert new
    assert proof
    given = {"code": new[1], "proof": proof[1]}
    client.post("/begin/recovery/", {**given, "ending": "8888-9999"})
    assert recovers(client, old)
    assert client.post("/begin/recovery/", {**given, "ending": new[1][-9:]}).status_code == 302
    assert recovers(client, new[1])
    assert not recovers(client, old)
    other = own("words of the other one", "Anselm")
    assert other.post("/begin/recovery/", {**given, "ending": new[1][-9:]}).status_code == 200
    assert not recovers(other, new[1])


def recovers(client: Client, code: str) -> bool:
    try:
        return bool(keyring_of(session_of(client)[0]).open_with_recovery(code))
    except WrongSecret:
        return False


@pytest.mark.parametrize("address", ["/begin/recovery/", "/settings/file/notes.json", "/settings/file/off/"])
def test_a_wrong_passphrase_counts_as_it_does_at_unlocking(own: Own, address: str) -> None:
    client = own()
    for _guess in range(FREE_TRIES):
        client.post(address, {"current": "not these words", "sure": "on"})
    assert "Please wait" in client.post(address, {**sure(client), "sure": "on"}).content.decode()
    assert Client().post("/unlock/", {"passphrase": PASSPHRASE}).status_code == 429


def test_what_was_chosen_is_still_chosen_after_a_wrong_passphrase(own: Own) -> None:
    client = own()
    page = client.post("/settings/file/page/", {"parts": ["beliefs"], "current": "not these words"}).content.decode()
    assert re.search(r'value="beliefs"[^>]*checked', page)
    assert "isn’t the passphrase" in page
    assert "not these words" not in page
    journal = opened(client)
    journal.create(Relationship, name="Jonas", role="partner")
    who = journal.journal.therapist
    assert who
    moment = journal.create(Moment, relationship_id=who.id, at=journal.now, what="The joke.", meant_about_me="Silly.")
    address = f"/out/{moment.id}/"
    shown = read(address, client.get(address).content.decode())
    fields = fields_of(next(each for each in shown.buttons() if ("way", "page") in each.fields))
    again = client.post(address, {**fields, "current": "not these words"}).content.decode()
    assert "isn’t the passphrase" in again
    kept = fields_of(next(each for each in read(address, again).buttons() if ("way", "page") in each.fields))
    assert kept == fields
    together = [client.get(f"/out/of/{what}/?chosen=1&keep=0").content.decode() for what in ("line", "held", "soon")]
    assert ['name="way"' in each for each in together] == ['name="current"' in each for each in together]
    assert any('name="way"' in each for each in together)


PROTECTS = ("titles_only", "lock_on_hide", "no_locked_notes")


@pytest.mark.parametrize("off", PROTECTS)
def test_what_keeps_others_from_reading_along_is_switched_off_with_the_passphrase_alone(own: Own, off: str) -> None:
    client = own()
    given = {"region": "GB", "weeks": "1", "language": "en"}
    on = dict.fromkeys(PROTECTS, "on")
    assert client.post("/settings/", {**given, **on}).status_code == 302
    less = {**given, **{name: "on" for name in PROTECTS if name != off}}

    def still_on() -> bool:
        preferences = opened(client).journal.preferences
        return bool(getattr(preferences, off))

    asked = client.post("/settings/", less).content.decode()
    assert "Unticking one of the boxes above needs your passphrase." in asked
    assert 'name="current"' in asked
    assert still_on()
    assert "isn’t the passphrase" in client.post("/settings/", {**less, "current": "not these words"}).content.decode()
    assert still_on()
    # What switches nothing off asks nothing.
    assert client.post("/settings/", {**given, **on, "region": "XX"}).status_code == 302
    assert client.post("/settings/", {**less, **sure(client)}).status_code == 302
    assert not still_on()


def test_before_there_is_a_passphrase_what_was_switched_on_is_switched_off_without() -> None:
    client = Client()
    client.post("/begin/write/")
    ticked = re.compile(r'name="titles_only"[^>]*checked')
    client.post("/settings/", {"titles_only": "on"})
    assert ticked.search(client.get("/settings/").content.decode())
    assert client.post("/settings/", {"region": ""}).status_code == 302
    assert not ticked.search(client.get("/settings/").content.decode())


def test_the_example_and_what_has_no_passphrase_yet_are_not_asked_for_one() -> None:
    client = Client()
    client.post("/begin/write/")
    assert 'name="current"' not in client.get("/settings/file/page/").content.decode()
    assert "attachment" in client.post("/settings/file/page/", {"parts": ["moments"]}).headers["Content-Disposition"]
    assert 'name="current"' not in client.get("/example/settings/file/page/").content.decode()


@pytest.mark.django_db
def test_no_draft_holds_a_passphrase_or_a_code(own: Own) -> None:
    client = own()
    secrets = {name: f"secret {name} here" for name in ("passphrase", "again", "current", "code", "ending")}
    assert client.post("/typing/", {"draft_of": "/held/", "words": "half a word", **secrets}).status_code == 204
    client.post("/try/one/", {"draft_of": "/try/one/", "plan": "a small thing", **secrets})
    kept = [encode(each).decode() for each in opened(client).journal.all(Draft)]
    assert len(kept) == 2
    assert not [each for each in kept if "secret" in each]
