"""Words held on a locked page that the journal cannot take: none of them vanish without a word."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy

import pytest
from django.test import Client

from reattune.journal.documents import Draft
from reattune.journal.vocabulary import JournalKind
from reattune.vault.backup_file import Backup
from reattune.web.store.backups import copies, restore
from reattune.web.store.erasure import erase
from reattune.web.store.models import SealedJournal
from tests.web.conftest import PASSPHRASE
from tests.web.journals import opened, session_of
from tests.web.page_walker import _of_form, read
from tests.web.test_passphrase_again import fields_of
from tests.web.test_permissions import addresses, filled, undone
from tests.web.test_two_journals_one_browser import form_on, held_in

Own = Callable[..., Client]
pytestmark = pytest.mark.django_db
WORDS = "He forgot what I had told him about my mother."


def test_what_is_sealed_to_a_newer_address_stays_on_the_page(own: Own) -> None:
    """The folder was put back to a backup from before a new data key, while the page stood there."""
    client, new = own(), "another five words quite new"
    journal_id, _key = session_of(client)
    (before,) = copies(journal_id)
    changed = {"current": PASSPHRASE, "passphrase": new, "again": new}
    client.post("/settings/passphrase/", {**changed, "code": client.recovery_code})  # type: ignore[attr-defined]
    client.post("/unlock/", {"passphrase": new})
    (later,) = copies(journal_id)
    sent = {**form_on(client, "/note/"), "what": WORDS}
    client.post("/lock/")
    held = held_in(client.post("/note/", sent))
    put_back(journal_id, Backup((before,), ()))
    answer = client.post("/unlock/", {"passphrase": PASSPHRASE, "held": held})
    assert "put back to an earlier state" in answer.content.decode()
    assert held_in(answer) == held
    assert client.get("/today/").status_code == 200, "and it is open"
    put_back(journal_id, Backup((later,), ()))
    assert client.post("/unlock/", {"passphrase": new, "held": held}).headers["Location"] == "/note/"
    assert WORDS in client.get("/note/").content.decode()


@pytest.mark.parametrize("kind", list(JournalKind))
def test_every_form_with_room_for_words_is_held_and_comes_back(own: Own, kind: JournalKind) -> None:
    client, documents = filled(own, kind)
    forms = []
    for _name, address in addresses(documents):
        with undone():
            got = client.get(address)
        if got.status_code != 200 or not got.headers["Content-Type"].startswith("text/html") or got.streaming:
            continue
        page = read(address, got.content.decode())
        for form in page.main.all("form"):
            areas = [each for each in form.all("textarea") if "readonly" not in each.attributes]
            if form.attributes.get("method") == "post" and areas:
                button = next(each for each in _of_form(form, address))
                assert "hx-post" in form.attributes, (address, "is kept while it is typed, and taken along")
                forms.append((button, areas[0].attributes["name"]))
    assert len(forms) > 10
    client.post("/lock/")
    cookies, lost = deepcopy(client.cookies), []
    for button, name in forms:
        with undone():
            held = held_in(client.post(button.address, {**fields_of(button), name: WORDS}))
            unlocked = client.post("/unlock/", {"passphrase": client.passphrase, "held": held})  # type: ignore[attr-defined]
            onward = unlocked.headers["Location"]
            if not held or WORDS not in client.get(onward).content.decode():
                lost.append((button.address, name, bool(held), onward))
        client.cookies = deepcopy(cookies)
    assert lost == []


def put_back(journal_id: bytes, backup: Backup) -> None:
    erase(SealedJournal.objects.filter(id=journal_id))
    restore(backup, lambda: iter(()))


def test_what_is_too_long_for_an_entry_comes_back_whole(own: Own) -> None:
    client, long = own(), "She said it again. " * 7_000
    sent = {**form_on(client, "/note/"), "what": long}
    assert client.post("/typing/", sent).status_code == 204
    assert "Nothing is lost" in client.post("/note/", {**sent, "stop": ""}).content.decode()
    client.post("/lock/")
    longer = long + "\r\nAnd once more."
    held = held_in(client.post("/note/", {**sent, "what": longer}))
    assert client.post("/unlock/", {"passphrase": PASSPHRASE, "held": held}).headers["Location"] == "/note/"
    assert "And once more." in client.get("/note/").content.decode()


def test_what_no_draft_holds_is_shown_once_it_is_unlocked(own: Own) -> None:
    client, long = own(), "She said it again. " * 60_000
    sent = {**form_on(client, "/note/"), "what": long}
    client.post("/lock/")
    held = held_in(client.post("/note/", sent))
    answer = client.post("/unlock/", {"passphrase": PASSPHRASE, "held": held})
    assert "Your words couldn’t be saved" in answer.content.decode()
    assert long.strip() in answer.content.decode()
    assert f'="reattune_open_of={opened(client).mark}"' in answer.content.decode(), "and that page locks itself"


@pytest.mark.parametrize("questions", [79, 200, 500])
def test_a_long_questionnaire_is_kept(own: Own, questions: int) -> None:
    client = own()
    sent = {**form_on(client, "/note/"), **{f"item_{n}": "7" for n in range(questions)}}
    assert client.post("/typing/", {**sent, "what": WORDS}).status_code == 204
    client.post("/lock/", {**sent, "what": WORDS + " He did."})
    client.post("/unlock/", {"passphrase": PASSPHRASE})
    assert [draft.fields["what"] for draft in opened(client).journal.all(Draft)] == [(WORDS + " He did.",)]


def test_what_locking_cannot_keep_is_held(own: Own) -> None:
    client, long = own(), "She said it again. " * 60_000
    answer = client.post("/lock/", {**form_on(client, "/note/"), "what": long})
    assert held_in(answer)


def test_no_other_language_is_offered_where_the_page_alone_holds_something(own: Own) -> None:
    """The page in another language is asked for anew, and is another: the code and the words were on this one alone."""
    new = Client()
    assert 'action="/language/"' in new.get("/begin/").content.decode()
    code = new.post("/begin/", {"passphrase": PASSPHRASE, "again": PASSPHRASE, "journal_kind": "person"})
    assert 'name="code"' in code.content.decode()
    client = own(passphrase="five other quiet words too")
    sent = {**form_on(client, "/note/"), "what": WORDS}
    client.post("/lock/")
    held = client.post("/note/", sent)
    assert held_in(held)
    for answer in (code, held):
        assert 'action="/language/"' not in answer.content.decode()
