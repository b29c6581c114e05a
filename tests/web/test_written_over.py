"""Words that were written over, emptied or put aside without the passphrase: none of them is gone for good."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from copy import deepcopy
from itertools import count

import pytest
from django.test import Client

from reattune.journal import Journal
from reattune.journal.codec import decode, encode
from reattune.journal.documents import (
    Address,
    CameIn,
    Document,
    Draft,
    Fit,
    LooseNote,
    Preferences,
    Relationship,
    Removed,
)
from reattune.journal.journal_kinds import JournalKind
from reattune.journal.vocabulary import RelationshipKind, RelationshipStatus
from reattune.web.pages.notice.instruments import own_check_in
from reattune.web.store.open_journal import OpenJournal
from tests.journal.every_kind import every_kind, every_kind_of_therapist
from tests.web.journals import opened, session_of
from tests.web.page_walker import Button, read
from tests.web.test_permissions import addresses, undone

pytestmark = pytest.mark.django_db
WORDS = "words to be kept"
# What becomes something else, waits for its reader, or is no words of anybody's.
NOT_LOOKED_AT = (Address, CameIn, Draft, Preferences, Removed)


def filled(own: Callable[..., Client], kind: JournalKind) -> tuple[Client, list[Document]]:
    """A journal with one of every kind, and other words in each field."""
    client = own("a passphrase of some words", "Berit", kind)
    journal, number = opened(client), count(1)
    documents = []
    for each in every_kind(WORDS) if kind is JournalKind.PERSON else every_kind_of_therapist(WORDS):
        if isinstance(each, Preferences):
            continue
        told_apart = re.sub(rf'{WORDS}"(?!:)', lambda _found: f'{WORDS}, {next(number)}."', encode(each).decode())
        document = decode(told_apart.encode())
        if isinstance(document, Relationship) and document.role is RelationshipKind.THERAPIST:
            document = document.model_copy(update={"status": RelationshipStatus.PAST})
        if isinstance(document, Fit):
            document = document.model_copy(update={"relationship_id": None})  # the list that is on the page
        if document.kind == "loose_note":
            document = document.model_copy(update={"became": None, "set_aside": False})
        journal.record(document)
        documents.append(document)
    return client, documents


def words_of(journal: Journal) -> set[str]:
    """Everything that can be read in it, or restored."""
    found = set()
    for each in journal:
        found |= set(re.findall(rf"{WORDS}, \d+\.", encode(each).decode()))
    return found


def words_written(journal: Journal) -> set[str]:
    return {
        words
        for each in journal
        if not isinstance(each, NOT_LOOKED_AT)
        for words in re.findall(rf"{WORDS}, \d+\.", encode(each).decode())
    }


def ways_to_write(button: Button) -> Iterator[dict[str, list[str]]]:
    """As it stands; with every text emptied; with other words in every text."""
    form = button.node.above("form")
    texts = {
        each.attributes.get("name", "")
        for each in (form.all("textarea", "input") if form else [])
        if each.tag == "textarea" or each.attributes.get("type", "text") == "text"
    }
    for instead in (None, "", "Something else."):
        if instead is not None and not texts:
            return
        fields: dict[str, list[str]] = {}
        for name, value in button.fields:
            fields.setdefault(name, []).append(instead if instead is not None and name in texts else value)
        yield fields


@pytest.mark.parametrize("kind", [JournalKind.PERSON, JournalKind.THERAPIST])
def test_no_page_takes_words_away_for_good_without_the_passphrase(
    own: Callable[..., Client], kind: JournalKind
) -> None:
    client, documents = filled(own, kind)
    keys, cookies = session_of(client), deepcopy(client.cookies)
    before = words_written(OpenJournal(*keys).journal)
    assert len(before) > 60
    gone, pressed = set(), 0
    for name, address in addresses(documents):
        with undone():
            got = client.get(address)
        sent: list[tuple[str, dict[str, list[str]]]] = [(address, {})]
        if got.status_code == 200 and got.headers["Content-Type"].startswith("text/html"):
            buttons = read(address, got.content.decode()).buttons()
            sent += [(each.address, fields) for each in buttons for fields in ways_to_write(each)]
        for to, fields in sent:
            with undone():
                client.post(to, fields)
                client.cookies = deepcopy(cookies)
                lost = before - words_of(OpenJournal(*keys).journal)
                gone |= {(name, to, each) for each in lost}
            pressed += 1
    assert sorted(gone) == []
    assert pressed > 150


def test_an_entry_that_was_left_out_comes_back_to_be_sorted(own: Callable[..., Client]) -> None:
    client = own()
    journal = opened(client)
    note = journal.create(LooseNote, at=journal.now, words="What happened on Sunday.", letter=True)
    client.post(f"/loose/{note.id}/aside/")
    assert not opened(client).journal.get(LooseNote, note.id).waits
    (kept,) = opened(client).journal.all(Removed)
    assert "What happened on Sunday." in client.get("/settings/away/").content.decode()
    client.post(f"/settings/away/{kept.id}/back/")
    back = opened(client).journal.get(LooseNote, note.id)
    assert (back.waits, back.words) == (True, "What happened on Sunday.")


def test_a_need_that_was_taken_off_the_list_comes_back(own: Callable[..., Client]) -> None:
    client = own()
    need = "Somebody who stays when I cry."
    client.post("/next/", {"words": need, "wanted": "yes", "weight": "2"})
    client.post("/next/drop/0/", {"words": need})
    assert need not in client.get("/next/").content.decode()
    (kept,) = opened(client).journal.all(Removed)
    assert need in client.get("/settings/away/").content.decode()
    client.post(f"/settings/away/{kept.id}/back/")
    assert need in client.get("/next/").content.decode()


def test_a_half_written_check_in_waits_where_other_questions_are_chosen(own: Callable[..., Client]) -> None:
    client = own()
    words = "I could not say that I was afraid of him."
    said = "You have a half-written check-in."
    assert said not in client.get("/settings/questions/").content.decode()
    client.post("/typing/", {"draft_of": "/check/", "unsaid_words": words})
    assert said in client.get("/settings/questions/").content.decode()
    client.post("/settings/questions/use/", {"name": own_check_in().name})
    assert not opened(client).journal.all(Draft)
    (kept,) = opened(client).journal.all(Removed)
    assert words in client.get("/settings/away/").content.decode()
    answer = client.post(f"/settings/away/{kept.id}/back/")
    assert answer.headers["Location"] == "/check/"
    assert words in client.get("/check/").content.decode()
