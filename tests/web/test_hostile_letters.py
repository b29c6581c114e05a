"""Hostile letters: real ones with bytes changed, well-sealed ones with hostile words: a sentence or a result."""

from __future__ import annotations

import json
from collections.abc import Callable
from itertools import islice
from uuid import UUID, uuid4

import pytest
from django.test import Client

from reattune.journal.documents import Address, CameIn
from reattune.vault.letters import LONGEST_CONTENT, seal_letter
from reattune.web.store import letterbox
from reattune.web.store.letterbox import address_key, deliver, open_letterbox
from reattune.web.store.models import WaitingLetter
from tests import hostile
from tests.web.journals import opened

pytestmark = pytest.mark.django_db

NOTE = {"letter": 1, "id": str(uuid4()), "at": "2026-03-02T18:00:00Z", "zone": "Europe/London", "kind": "note"}
CONTENTS = [
    {**NOTE, "words": "She looked at the clock."},
    {**NOTE, "kind": "answer", "share_id": str(uuid4()), "words": "I am sorry.", "name": "M."},
    {**NOTE, "kind": "share", "title": "A card", "lines": ["One.", "Two."], "name": "M."},
    {
        **NOTE, "kind": "rating", "client_id": str(uuid4()), "day": "2026-03-02", "instrument": "reattune-check-in/1",
        "answers": {"safe": 7, "whole": 8.5}, "words": "It was long.",
    },
]  # fmt: skip


def test_letters_with_changed_bytes(own: Callable[..., Client], monkeypatch: pytest.MonkeyPatch) -> None:
    client = own()
    monkeypatch.setattr(letterbox, "MOST", hostile.COUNT)
    monkeypatch.setattr(letterbox, "MOST_BYTES", 64 * 1024 * hostile.COUNT)
    pair = address_key(opened(client))
    assert pair
    seeds = [seal_letter(pair.public, json.dumps(each).encode()) for each in CONTENTS]
    seeds.append(seal_letter(pair.public, bytes(LONGEST_CONTENT)))
    answers: dict[int, int] = {}
    anybody = Client()
    for letter in hostile.of_bytes(seeds):
        answer = anybody.post(f"/to/{pair.address.hex()}/", letter, content_type="application/octet-stream")
        assert answer.status_code in (202, 400, 413, 429)
        assert answer.status_code == 202 or answer.json()["sentence"].endswith(".")
        answers[answer.status_code] = answers.get(answer.status_code, 0) + 1
    assert min(answers.get(202, 0), answers.get(400, 0)) > 0
    waiting = WaitingLetter.objects.count()
    while WaitingLetter.objects.exists():
        open_letterbox(opened(client))
    [address] = opened(client).journal.all(Address)
    came = len(opened(client).journal.all(CameIn))
    assert came + address.unreadable + address.repeated == waiting
    assert client.get("/today/").status_code == client.get("/arrived/").status_code == 200
    print(sum(answers.values()), "letters with changed bytes:", answers, "came in:", came)


def test_well_sealed_letters_with_hostile_contents(own: Callable[..., Client]) -> None:
    client = own()
    pair = address_key(opened(client))
    assert pair
    tried = came = 0
    seeds = ({**each, "id": str(uuid4())} for each in CONTENTS * (hostile.COUNT // 3))
    contents = hostile.of_json(list(seeds))
    while batch := list(islice(contents, 100)):
        for content in batch:
            if len(content) <= LONGEST_CONTENT:
                assert deliver(pair.address, seal_letter(pair.public, content)) is None
        journal = opened(client)
        open_letterbox(journal)
        assert not WaitingLetter.objects.exists()
        waiting = journal.journal.all(CameIn)
        tried, came = tried + len(batch), came + len(waiting)
        assert all(isinstance(each.content.id, UUID) for each in waiting)
        page = client.get("/arrived/").content.decode()
        assert "<script>alert" not in page
        assert ">49<" not in page
        for each in waiting[:3]:
            assert client.post(f"/arrived/{each.id}/take/").status_code == 302
        journal = opened(client)
        journal.write_and_discard([], journal.journal.all(CameIn))
    assert came > 0
    assert opened(client).damages == []
    print(tried, "well-sealed letters with hostile contents:", came, "came in")
