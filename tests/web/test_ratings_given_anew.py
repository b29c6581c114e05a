"""Ratings that were deleted and given anew on one computer take the place of the first on the other."""

from __future__ import annotations

import html
import json
from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client

from reattune.journal.codec import encode
from reattune.journal.documents import CheckIn, Removed, Session
from tests.web.conftest import PASSPHRASE
from tests.web.files_brought import as_it_is, preview
from tests.web.journals import exported, opened
from tests.web.test_bad_input_on_pages import note
from tests.web.test_clients import add
from tests.web.test_two_copies import to_and_fro

Own = Callable[..., Client]
pytestmark = pytest.mark.django_db
KEYS = ("cared_for", "understood", "safe", "goals", "way", "whole")
DANGER = "She said she is thinking of ending her life."


@pytest.mark.parametrize("first", ["one", "other"])
def test_what_was_typed_anew_from_paper_reaches_the_other_computer(own: Own, first: str) -> None:
    one, other = own(journal_kind="therapist"), own("words of the other one", journal_kind="therapist")
    client = add(one, "K.")

    def typed(value: str, note: str) -> None:
        form = as_it_is(one.get(f"/those/{client.id}/typed/").content.decode(), "note")
        sent = {**form, "day": "2026-01-05", **dict.fromkeys(KEYS, value), "note": note}
        assert one.post(f"/those/{client.id}/typed/", sent).status_code == 302

    one.post(f"/those/{client.id}/after/", {"day": "2026-01-05", "place": "in_person", "happened": "She went quiet."})
    typed("9", "fine")
    to_and_fro(one, other)
    (wrong,) = opened(one).journal.all(CheckIn)
    assert one.post(f"/away/{wrong.id}/", {"passphrase": PASSPHRASE}).status_code == 302
    typed("1", DANGER)
    page = html.unescape(preview(other, exported(one).content, "notes.json"))
    assert "Check-ins here that give way to newer ones of the same session: 1 (2026-01-05)." in page
    to_and_fro(*((one, other) if first == "one" else (other, one)))
    to_and_fro(one, other)
    for each in (one, other):
        (kept,) = opened(each).journal.all(CheckIn)
        assert (kept.answers["safe"], kept.note) == (1, DANGER)
        assert len(opened(each).journal.all(Session)) == 1
    assert any("fine" in raw for each in opened(other).journal.all(Removed) for raw in each.documents)


def test_one_that_is_refused_takes_nothing_away(own: Own) -> None:
    client = own()
    client.post("/check/", {"day": "2026-01-05", "place": "in_person", **dict.fromkeys(KEYS, "9")})
    (here,) = opened(client).journal.all(CheckIn)
    later = here.updated + timedelta(days=1)
    wrong = here.model_copy(update={"id": uuid4(), "answers": {"safe": 99.0}, "created": later, "updated": later})
    moment = note(client, "The clock.")
    file = json.loads(exported(client).content)
    mine = [each for each in file["documents"] if each["id"] != str(here.id) and "removed" not in each["kind"]]
    file["documents"] = [*mine, json.loads(encode(wrong))]
    assert moment
    page = preview(client, json.dumps(file).encode(), "notes.json")
    assert "give way" not in page
    if 'name="bring"' in page:
        client.post("/settings/file/in/", {**as_it_is(page, "held_file"), "bring": ""})
    assert [each.id for each in opened(client).journal.all(CheckIn)] == [here.id]
