"""A locked page that somebody left for the owner to unlock leads to a page of the journal, and to nothing else."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.test import Client

from reattune.journal.vocabulary import JournalKind
from reattune.vault import WrongSecret
from reattune.web.store.unlocking import keyring_of, open_session
from tests.web.conftest import PASSPHRASE
from tests.web.journals import opened, session_of, sure
from tests.web.test_permissions import addresses, filled

Own = Callable[..., Client]
pytestmark = pytest.mark.django_db
# What looks locked, or is none of the journal's pages.
ELSEWHERE = (
    "/unlock/", "/unlock/?next=/today/", "/unlock/recovery/", "/measures/", "/begin/", "/", "/help/", "/example/today/",
    "/s/none/", "//example.org/today/", "https://example.org/today/", "/today", "today/", "/no/such/page/",
)  # fmt: skip


def unlocks(client: Client, onward: str) -> str:
    """Where unlocking leads."""
    client.post("/lock/")
    answer = client.post("/unlock/", {"passphrase": client.passphrase, "next": onward})  # type: ignore[attr-defined]
    assert answer.status_code == 302
    return answer.headers["Location"]


@pytest.mark.parametrize("onward", ELSEWHERE)
def test_unlocking_leads_to_no_page_that_looks_locked(own: Own, onward: str) -> None:
    assert unlocks(own(), onward) == "/today/"


def test_unlocking_leads_to_the_page_that_was_asked_for(own: Own) -> None:
    client = own()
    for onward in ("/settings/", "/so-far/?month=2026-01", "/note/"):
        assert unlocks(client, onward) == onward


def test_unlocking_leads_to_no_file(own: Own) -> None:
    """Of every address of a journal in which each kind of entry is."""
    client, documents = filled(own, JournalKind.PERSON)
    files = []
    for name, address in addresses(documents):
        answer = client.get(address)
        if "attachment" in answer.headers.get("Content-Disposition", ""):
            files.append((name, address))
    assert files
    left = [(name, unlocks(client, address)) for name, address in files]
    assert {where for _name, where in left} == {"/today/"}, left


def test_a_page_that_looks_locked_is_locked(own: Own) -> None:
    for address in ("/unlock/", "/unlock/recovery/"):
        client = own(f"words for {address}")
        answer = client.get(address)
        assert answer.status_code == 200
        assert not open_session(answer.wsgi_request)
        assert client.get("/today/").status_code == 302


# Another recovery code


def makes_another_code(client: Client, words: str = PASSPHRASE) -> str:
    shown = client.post("/begin/recovery/", {"current": words}).content.decode()
    new, proof = (re.search(rf'name="{name}" value="([^"]+)"', shown) for name in ("code", "proof"))
    assert new
    assert proof
    given = {"code": new[1], "proof": proof[1], "ending": new[1][-9:]}
    assert client.post("/begin/recovery/", given).headers["Location"] == "/settings/?new-code"
    return new[1]


DESTROY = "so you can destroy it"


def test_no_address_tells_to_destroy_a_code_that_still_opens(own: Own) -> None:
    client = own()
    assert unlocks(client, "/settings/?new-code") == "/settings/?new-code"
    assert DESTROY not in client.get("/settings/?new-code").content.decode()
    makes_another_code(client)
    assert DESTROY in client.get("/settings/?new-code").content.decode()
    journal = opened(client)
    preferences = journal.journal.preferences
    assert preferences
    assert preferences.recovery_made
    journal.change(preferences, recovery_made=preferences.recovery_made.replace(year=2025))
    assert DESTROY not in client.get("/settings/?new-code").content.decode()


def test_another_recovery_code_is_said_on_today_and_in_settings(own: Own) -> None:
    for kind in ("person", "therapist"):
        client = own(f"words of a {kind}", journal_kind=kind)
        said = "another recovery code was made"
        assert said not in client.get("/today/").content.decode()
        assert "It was made on" not in client.get("/settings/").content.decode()
        makes_another_code(client, f"words of a {kind}")
        assert said in client.get("/today/").content.decode()
        assert "It was made on" in client.get("/settings/").content.decode()


def test_who_changes_the_passphrase_is_told_that_somebody_may_have_a_code(own: Own) -> None:
    client = own()
    paper = client.recovery_code  # type: ignore[attr-defined]
    theirs = makes_another_code(client)
    new = {**sure(client), "passphrase": "quite another one", "again": "quite another one"}
    refused = client.post("/settings/passphrase/", {**new, "code": paper}).content.decode()
    assert "somebody may have made another one" in refused
    done = client.post("/settings/passphrase/", new).content.decode()
    assert "they may have made a recovery code of their own" in done
    assert 'href="/begin/recovery/"' in done
    makes_another_code(client, "quite another one")
    with pytest.raises(WrongSecret):
        keyring_of(session_of(client)[0]).open_with_recovery(theirs)
