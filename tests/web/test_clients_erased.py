"""Erasing one client leaves nothing of them: no name, no rating, no note, no letter, no copy, no draft."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from reattune.journal.codec import encode
from reattune.journal.documents import CameIn, CheckIn, Instrument, Relationship, Rupture, Session
from reattune.vault.letters import seal_letter
from reattune.web.store.letterbox import address_key, deliver
from reattune.web.store.models import SealedRow, WaitingLetter
from tests.web.conftest import PASSPHRASE
from tests.web.journals import opened
from tests.web.test_clients import OWN, THEIRS, add, page, today
from tests.web.test_clients_ratings import send

Own = Callable[..., Client]
pytestmark = pytest.mark.django_db
CANARY = "canary 77c of one client"


def filled(therapist: Client, name: str, words: str) -> Relationship:
    """A client with something of every kind, in every state: kept, waiting, deleted, replaced, half-written."""
    client = add(therapist, name, note=words, weekday="1")
    base = f"/those/{client.id}/"
    noted = {"withdrawal": "gone_quiet", "happened": words, "did": "asked", "did_words": words, "ended": "not"}
    therapist.post(f"{base}after/", {"day": today(), **OWN, **noted})
    therapist.post(f"{base}typed/", {"day": today(), **THEIRS, "note": words})
    session = opened(therapist).journal.sessions(client)[0]
    therapist.post(f"/those/met/{session.id}/", {"day": today(), **OWN, **noted, "happened": f"{words}, again"})
    send(therapist, kind="share", title=words, lines=[words], name=words)
    letter = next(each for each in opened(therapist).journal.all(CameIn) if each.content.kind == "share")
    therapist.post(f"/arrived/{letter.id}/take/", {"client": str(client.id)})
    journal = opened(therapist)
    rupture = journal.create(
        Rupture, relationship_id=client.id, title=words, began=journal.now,
        transitions=[{"at": journal.now, "state": "noticed"}],
    )  # fmt: skip
    therapist.post(f"/away/{rupture.id}/")
    rating = {"kind": "rating", "client_id": str(client.id), "day": today(), "instrument": "reattune-check-in/1"}
    send(therapist, **rating, answers={"safe": 2.0}, words=words)
    waits = {"letter": 1, "id": str(uuid4()), "at": timezone.now().isoformat(), **rating, "answers": {"safe": 1.0}}
    pair = address_key(opened(therapist))
    assert pair
    assert deliver(pair.address, seal_letter(pair.public, json.dumps({**waits, "words": words}).encode())) is None
    therapist.post("/typing/", {"draft_of": f"{base}after/", "happened": f"{words} half written"})
    return client


def erase(therapist: Client, client: Relationship) -> Any:
    return therapist.post(f"/with/{client.id}/off/", {"sure": "on", "current": PASSPHRASE})


def test_nothing_of_one_client_is_left_and_all_of_the_other(own: Own) -> None:
    therapist = own(journal_kind="therapist")
    other = filled(therapist, "Other", "words of the other")
    gone = filled(therapist, "Canaryname", CANARY)
    assert CANARY in page(therapist, f"/those/{gone.id}/")
    answer = erase(therapist, gone)
    assert answer.headers["Location"] == "/those/"
    left = b"\n".join(encode(each) for each in opened(therapist).journal)
    for trace in (CANARY.encode(), b"Canaryname", str(gone.id).encode()):
        assert trace not in left, [each.kind for each in opened(therapist).journal if trace in encode(each)]
    assert not WaitingLetter.objects.exists()
    journal = opened(therapist).journal
    assert [each.name for each in journal.clients] == ["Other"]
    assert b"words of the other" in left
    assert len(journal.sessions(other)) == 1
    assert [each.content.client_id for each in journal.all(CameIn)] == [other.id] * 2  # type: ignore[union-attr]
    assert therapist.get(f"/those/{gone.id}/").status_code == 404


def test_a_questionnaire_that_a_table_of_theirs_made_goes_along(own: Own) -> None:
    therapist = own(journal_kind="therapist")
    gone, other = add(therapist, "Zebulon"), add(therapist, "B.")
    journal = opened(therapist)
    asked = {"subscale": "whole", "text": "How safe"}
    for key, title, of in (
        ("brought-1", "Zebulon 2026", [gone]),
        ("clinic", "Zebulon’s own", [gone]),
        ("brought-2", "Both", [gone, other]),
        ("mood", "Mood", [gone]),
    ):
        definition = {"key": key, "title": title, "scale_low": 0, "scale_high": 9, "items": [{"key": "a", **asked}]}
        journal.create(Instrument, definition=definition)
        for client in of:
            met = journal.create(Session, relationship_id=client.id, at=timezone.now())
            journal.create(CheckIn, session_id=met.id, instrument=f"{key}/1", answers={"a": 5})
    therapist.post(f"/with/{gone.id}/off/", {"sure": "on", "current": PASSPHRASE})
    left = opened(therapist).journal
    assert {each.definition.title for each in left.all(Instrument)} == {"Both", "Mood"}
    assert len(left.all(CheckIn)) == 1


def test_neither_the_passphrase_nor_the_tick_can_be_left_out(own: Own) -> None:
    therapist = own(journal_kind="therapist")
    client = add(therapist, "K.")
    for given in ({}, {"sure": "on"}, {"current": PASSPHRASE}, {"sure": "on", "current": "something else"}):
        assert therapist.post(f"/with/{client.id}/off/", given).status_code == 200
    assert opened(therapist).journal.clients


def test_pseudonyms_and_notes_lie_sealed(own: Own) -> None:
    therapist = own(journal_kind="therapist")
    filled(therapist, "Canaryname", CANARY)
    rows = b"".join(bytes(each) for each in SealedRow.objects.values_list("sealed", flat=True))
    rows += b"".join(bytes(each) for each in WaitingLetter.objects.values_list("sealed", flat=True))
    assert b"Canaryname" not in rows
    assert b"canary" not in rows
    if connection.vendor == "sqlite" and connection.settings_dict["NAME"] not in (":memory:",):
        file = Path(str(connection.settings_dict["NAME"]))
        assert not file.exists() or b"Canaryname" not in file.read_bytes()
