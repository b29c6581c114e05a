"""Every form, sent what nobody should send: an answer, never a failure; the journal opens, and nothing is half kept."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client

from reattune.journal.documents import Document, Moment, Rupture
from reattune.web.store.open_journal import OpenJournal
from tests import hostile
from tests.exchange.test_hostile import READERS
from tests.web.journals import opened, session_of
from tests.web.test_permissions import FORM, OUTSIDE, SENT, addresses, right  # noqa: F401  a fixture

pytestmark = pytest.mark.django_db
_FIELD = re.compile(r'<(?:input|select|textarea)[^>]* name="([^"]+)"')
_VALUE = re.compile(r'(?:<option|type="(?:radio|checkbox|hidden)"[^>]*) (?:name="[^"]*" )?value="([^"]+)"')
_ALWAYS = [
    "what",
    "words",
    "who",
    "name",
    "role",
    "day",
    "stop",
    "seen",
    "keep-what",
    "other-what",
    "held_file",
    "choose",
]


@pytest.fixture
def sayable(right: tuple[Client, list[Document]]) -> tuple[Client, list[Document]]:  # noqa: F811
    """The same journal, in which no line was crossed: otherwise no page leads towards saying anything."""
    client, documents = right
    journal = opened(client)
    for each in documents:
        if isinstance(each, (Moment, Rupture)):
            journal.change(journal.journal.get(type(each), each.id), crossed=())
    return client, documents


def sent(chance: random.Random, fields: list[str], values: list[str]) -> dict[str, Any]:
    """Some of a form's fields, with real values, hostile ones, or several at once."""
    names = [name for name in fields if chance.random() < 0.8] + chance.sample(_ALWAYS, 1)
    given: dict[str, Any] = {}
    for name in names:
        if name == "csrfmiddlewaretoken":
            continue
        kind = chance.randrange(4)
        word = chance.choice(hostile.WORDS).encode("utf-8", "replace").decode()
        if kind == 0 and values:
            given[name] = chance.choice(values)
        elif kind == 1:
            given[name] = [word, chance.choice(values or [""])]
        elif kind == 2:
            given[name] = str(chance.randrange(-2, 12))
        else:
            given[name] = word
    return given


def tries(client: Client, documents: list[Document], chance: random.Random) -> Iterator[tuple[str, dict[str, Any]]]:
    """Without end: a form of the journal, and something to send it."""
    forms = []
    for name, address in addresses(documents):
        if name in FORM or name in SENT:
            page = client.get(address).content.decode() if name in FORM else ""
            forms.append((address, sorted(set(_FIELD.findall(page))), sorted(set(_VALUE.findall(page)))))
    while True:
        address, fields, values = chance.choice(forms)
        yield address, sent(chance, fields, values)


def test_every_form(sayable: tuple[Client, list[Document]]) -> None:
    client, documents = sayable
    client.raise_request_exception = False
    session = session_of(client)
    tried, wrong, taken = tries(client, documents, random.Random(3)), [], 0
    for _ in range(hostile.COUNT):
        address, given = next(tried)
        with transaction.atomic():
            answer = client.post(address, given)
            taken += answer.status_code == 302
            if answer.status_code >= 500:
                wrong.append((address, given))
            elif OpenJournal(*session).damages:
                wrong.append((address, given, "damaged"))
            transaction.set_rollback(True)
        if wrong:
            break
    assert wrong == []
    assert taken > hostile.COUNT // 10


def test_forms_before_a_journal_is_open(right: tuple[Client, list[Document]], monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: F811
    from reattune.vault import keyring
    from reattune.vault.crypto_primitives import key_for

    # Stretching takes a tenth of a second each, on purpose; what is tried here is what comes before and after it.
    monkeypatch.setattr(keyring, "key_from_passphrase", lambda words, salt, _kdf: key_for(words, b"s" * 32, salt))
    monkeypatch.setattr("reattune.web.store.rate_limit.FREE_TRIES", 10**9)
    chance, wrong = random.Random(4), []
    fields = [
        "passphrase",
        "again",
        "code",
        "ending",
        "held",
        "next",
        "region",
        "zone",
        "weeks",
        "name",
        "draft_of",
        "journal",
    ]
    paths = [
        "/begin/",
        "/begin/write/",
        "/begin/keep/",
        "/begin/drop/",
        "/begin/recovery/",
        "/begin/about/",
        "/unlock/",
        "/unlock/recovery/",
        "/lock/",
        "/leave/",
        "/help/",
        "/example/done/",
        "/example/away/",
        "/down/",
        "/to/nobody/",
        "/notes.webmanifest",
        "/worker.js",
        "/offline/",
        "/s/nobody/",
        "/s/nobody/in/",
        "/language/",
        "/filled/",
        "/running/",
        "/open/",
    ]
    assert len(paths) == len(OUTSIDE) - 2
    for _ in range(hostile.COUNT):
        path, given = (
            chance.choice(paths),
            sent(chance, fields, ["four quiet words here", "Europe/London", "GB", "/today/"]),
        )
        with transaction.atomic():
            client = right[0] if chance.random() < 0.3 else Client()
            client.raise_request_exception = False
            answer = client.post(path, given)
            if answer.status_code >= 500:
                wrong.append((path, given))
            transaction.set_rollback(True)
    assert wrong == []


def test_files_through_the_page(right: tuple[Client, list[Document]], own: Callable[..., Client]) -> None:  # noqa: F811
    client = own("words of somebody else")
    client.raise_request_exception = False
    session = session_of(client)
    before = {each.id for each in OpenJournal(*session).journal}
    names = {"journal": "a.json", "fhir": "b.json", "ratings": "c.csv", "text": "d.md", "day one": "e.json",
             "daylio": "f.csv", "archive": "g.zip", "workbook": "h.xlsx", "answer": "h.json"}  # fmt: skip
    each_kind = max(20, hostile.COUNT // 20)
    wrong = []
    for kind, (_read, seeds) in READERS.items():
        for content in hostile.of_bytes(seeds, each_kind, seed=5):
            answer = client.post("/settings/file/in/", {"file": SimpleUploadedFile(names[kind], content)})
            if answer.status_code not in (200, 400):
                wrong.append((kind, answer.status_code, content))
    assert wrong == []
    assert {each.id for each in OpenJournal(*session).journal} == before
