"""Somebody who was renamed: the words of before name them still, and no earlier name goes out with them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from reattune.journal.documents import Candidate, Moment, Relationship, Removed
from tests.web.files_brought import journal_file
from tests.web.journals import opened
from tests.web.test_clients import OWN, add, today
from tests.web.test_clients_supervision import chosen
from tests.web.test_restoring import bring, exported, restore
from tests.web.test_sharing import seen_in
from tests.web.test_two_copies import to_and_fro, two

Own = Callable[..., Client]
pytestmark = pytest.mark.django_db
SURE = {"current": "four quiet words here"}
WORDS = "I told you that Jonas shouts at me at night."
TAKEN_OUT = "I told you that my partner shouts at me at night."


def partner(client: Client) -> Relationship:
    return opened(client).create(Relationship, name="Jonas", role="partner")


def told(client: Client, words: str = WORDS) -> Moment:
    journal = opened(client)
    who = journal.journal.therapist
    assert who
    return journal.create(Moment, relationship_id=who.id, at=journal.now, what=words)


def shared(client: Client, moment: Moment, named: Relationship | None = None) -> str:
    query = f"?named={named.id}" if named else ""
    return " ".join(seen_in(client.get(f"/out/{moment.id}/{query}").content.decode()))


def renamed(client: Client, who: Relationship, name: str) -> None:
    assert client.post(f"/with/{who.id}/name/", {"name": name, "role": who.role}).status_code == 302


def test_an_earlier_name_is_taken_out_of_what_is_shared(own: Own) -> None:
    client = own()
    jonas, moment = partner(client), told(client)
    for name in ("J.", "My partner then"):
        renamed(client, jonas, name)
        assert TAKEN_OUT in shared(client, moment)
    # Who may be named is not named by what they aren't called any more.
    assert TAKEN_OUT in shared(client, moment, jonas)
    assert opened(client).journal.get(Relationship, jonas.id).called_before == ("Jonas", "J.")


def test_who_is_called_so_again_can_be_named(own: Own) -> None:
    client = own()
    jonas, moment = partner(client), told(client)
    renamed(client, jonas, "J.")
    renamed(client, jonas, "Jonas")
    assert WORDS in shared(client, moment, jonas)
    assert opened(client).journal.get(Relationship, jonas.id).called_before == ("J.",)


def test_no_page_but_their_own_shows_an_earlier_name(own: Own) -> None:
    client = own()
    jonas = partner(client)
    renamed(client, jonas, "J.")
    for address in ("/with/", f"/with/{jonas.id}/name/", "/today/", "/so-far/"):
        answer = client.get(address, follow=True)
        assert answer.status_code == 200
        assert "Jonas" not in answer.content.decode()
    shown = client.get(f"/with/{jonas.id}/").content.decode()
    assert "Jonas" in shown.split("<details")[-1].split("</details>")[0]
    assert "Jonas" not in shown.split("<details")[0]
    assert "Earlier names" not in client.get("/with/").content.decode()


def test_an_earlier_name_is_forgotten_with_the_passphrase_alone(own: Own) -> None:
    client = own()
    jonas, moment = partner(client), told(client, "You did not believe Jonas.")
    for name in ("believe", "Jo"):
        renamed(client, jonas, name)
    said = "You did not my partner my partner."
    assert said in shared(client, moment)
    for address in re.findall(r'href="([^"]+/before/\d+/)"', client.get(f"/with/{jonas.id}/").content.decode()):
        assert 'name="current"' in client.get(address).content.decode()
    address = f"/with/{jonas.id}/before/1/"
    for sent in ({}, {"name": "believe"}, {"name": "believe", "current": "not these words"}, {"name": "Jonas", **SURE}):
        assert client.post(address, sent).status_code == 200
        assert said in shared(client, moment)
    assert client.post(address, {"name": "believe", **SURE}).status_code == 302
    assert "You did not believe my partner." in shared(client, moment)
    assert opened(client).journal.get(Relationship, jonas.id).called_before == ("Jonas",)
    # The place is nobody's now.
    assert client.post(address, {"name": "believe", **SURE}).status_code == 404


def test_of_a_therapist_who_was_to_try_and_of_one_who_still_is_names_are_forgotten_too(own: Own) -> None:
    client = own()
    someone, moment = opened(client).create(Candidate, name="Ottilie"), told(client, "I called Ottilie and Otto.")
    for name in ("Otto", "O."):
        opened(client).amend(opened(client).journal.get(Candidate, someone.id), name=name)
    assert "Ottilie" in client.get(f"/next/{someone.id}/").content.decode()
    assert client.post(f"/with/{someone.id}/before/0/", {"name": "Ottilie", **SURE}).status_code == 302
    assert "I called Ottilie and a therapist." in shared(client, moment)
    known = opened(client).create(Relationship, name="Frau Berg", role="therapist", status="past")
    opened(client).change(opened(client).journal.get(Candidate, someone.id), relationship_id=known.id)
    shown = client.get(f"/with/{known.id}/").content.decode()
    for name in ("O.", "Otto"):
        assert f">{name}</p>" in shown
        assert client.post(f"/with/{known.id}/before/0/", {"name": name, **SURE}).status_code == 302
    assert "I called Ottilie and Otto." in shared(client, moment)
    assert "Earlier names" not in client.get(f"/with/{known.id}/").content.decode()


@pytest.mark.parametrize(
    "name",
    ["He", "him", "Nobody", "Me", "not", "never", "The", "X", "Er", "niemand", "Él", "moi", "He and me"],
)
def test_who_was_called_by_a_word_that_names_nobody_is_not_kept_under_it(own: Own, name: str) -> None:
    client = own()
    jonas, words = partner(client), f"Who said that {name} can love me? It was Jonas"
    moment = told(client, words)
    for each in (name, "Tom"):
        renamed(client, jonas, each)
    assert opened(client).journal.get(Relationship, jonas.id).called_before == ("Jonas",)
    assert words.replace("Jonas", "my partner") in shared(client, moment)


@pytest.mark.parametrize("name", ["J.", "J. K.", "Ella", "Will", "Mark", "Mine", "Can", "Una"])
def test_a_name_that_is_also_a_word_or_letters_with_a_dot_is_kept(own: Own, name: str) -> None:
    client = own()
    jonas = partner(client)
    renamed(client, jonas, name)
    renamed(client, jonas, "Tom")
    assert name in opened(client).journal.get(Relationship, jonas.id).called_before


def brought(client: Client, who: Relationship, **fields: Any) -> None:
    later = (opened(client).journal.get(Relationship, who.id).updated + timedelta(seconds=1)).isoformat()
    bring(client, journal_file({**who.model_dump(mode="json"), "updated": later, **fields}), "notes.json")


def test_a_file_brings_no_word_that_names_nobody(own: Own) -> None:
    client = own()
    jonas, moment = partner(client), told(client, "You did not love me.")
    brought(client, jonas, called_before=["not", "me", "You", "Joni"])
    other = jonas.model_copy(update={"id": uuid4(), "name": "Kim"})
    brought_new = {**other.model_dump(mode="json"), "called_before": ["did", "Kimberly"]}
    bring(client, journal_file(brought_new), "notes.json")
    assert "You did not love me." in shared(client, moment)
    assert opened(client).journal.get(Relationship, jonas.id).called_before == ("Joni",)
    assert opened(client).journal.get(Relationship, other.id).called_before == ("Kimberly",)


@pytest.mark.parametrize("first", [(), ("Jonas",)])
@pytest.mark.parametrize("newer", [True, False])
def test_names_that_a_file_brings_push_out_none_that_was_known(own: Own, newer: bool, first: tuple[str, ...]) -> None:
    client = own()
    jonas, moment = partner(client), told(client)
    renamed(client, jonas, "J.")
    made_up = [*first, *(f"nn{number}" for number in range(50 - len(first)))]
    here = opened(client).journal.get(Relationship, jonas.id)
    older = {} if newer else {"updated": here.created.isoformat(), "name": "made up"}
    brought(client, here, called_before=made_up, **older)
    assert TAKEN_OUT in shared(client, moment)
    # Nor do names given here afterwards, before those of the file are gone.
    for name in ("Jo", "Joe", "Joni"):
        renamed(client, jonas, name)
    assert TAKEN_OUT in shared(client, moment)
    kept = opened(client).journal.get(Relationship, jonas.id).called_before
    assert len(kept) == 50
    assert kept[-4:] == ("Jonas", "J.", "Jo", "Joe")


def test_a_name_that_a_file_replaced_or_restoring_did_is_kept_too(own: Own) -> None:
    client = own()
    jonas, moment = partner(client), told(client, "Jonas and Joni and Jo.")
    raw: dict[str, Any] = json.loads(exported(client).content)
    for each in raw["documents"]:
        if each["id"] == str(jonas.id):
            each |= {"name": "Joni", "updated": "2199-01-01T00:00:00Z"}
    bring(client, json.dumps(raw).encode(), "notes.json")
    assert opened(client).journal.get(Relationship, jonas.id).called_before == ("Jonas",)
    [older] = opened(client).journal.all(Removed)
    restore(client, older)
    renamed(client, jonas, "Jo")
    assert set(opened(client).journal.get(Relationship, jonas.id).called_before) == {"Jonas", "Joni"}
    assert "My partner and my partner and my partner." in shared(client, moment)


@pytest.mark.parametrize("first", [True, False])
def test_a_name_given_on_another_computer_is_kept_though_a_later_one_won(own: Own, first: bool) -> None:
    one, other, _moment, mum = two(own)
    renamed(one, opened(one).journal.get(Relationship, mum.id), "Gisela")
    moment = told(one, "I told you that Gisela shouts at me at night.")
    renamed(other, opened(other).journal.get(Relationship, mum.id), "M.")
    assert (first and to_and_fro(one, other)) or to_and_fro(other, one)
    for client in (one, other):
        assert "Gisela" not in shared(client, moment)
        who = opened(client).journal.get(Relationship, mum.id)
        assert (who.name, set(who.called_before)) == ("M.", {"Mum", "Gisela"})
    assert "nothing" in to_and_fro(one, other).lower()


def test_a_therapist_who_was_to_try_under_another_name(own: Own) -> None:
    client = own()
    someone, moment = opened(client).create(Candidate, name="Ottilie"), told(client, "I called Ottilie.")
    opened(client).amend(someone, name="O.")
    assert "I called a therapist." in shared(client, moment)
    known = opened(client).create(Relationship, name="Frau O.", role="therapist", status="past")
    journal = opened(client)
    journal.change(journal.journal.get(Candidate, someone.id), relationship_id=known.id)
    assert "I called a therapist." in shared(client, moment)


def test_with_somebody_their_earlier_names_are_erased(own: Own) -> None:
    client = own()
    jonas = partner(client)
    renamed(client, jonas, "J.")
    client.post(f"/with/{jonas.id}/off/", {"current": "four quiet words here", "sure": "on"})
    assert "Jonas" not in exported(client).content.decode()


def test_names_of_clients_from_before_are_not_brought_to_supervision(own: Own) -> None:
    therapist = own(journal_kind="therapist")
    amber, holm = add(therapist, "Amber"), add(therapist, "Holm")
    said = "Amber said that Holm is kinder."
    therapist.post(f"/those/{amber.id}/after/", {"day": today(), **OWN, "happened": said, "did": "asked"})
    for who, name in ((amber, "A. M."), (holm, "H.")):
        assert therapist.post(f"/those/{who.id}/name/", {"name": name}).status_code == 302
    given = {"name": "the client", "bring": chosen(therapist, amber), "questions": "What would Amber need of me?"}
    sheet = (
        therapist.post(f"/those/{amber.id}/bring/", given).content.decode().split("<article")[1].split("</article")[0]
    )
    assert "The client said that another client is kinder." in sheet
    assert "What would the client need of me?" in sheet
