"""Questionnaires that a person puts in: what is refused, and that the check-in then asks them."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from reattune import content
from reattune.journal.documents import CheckIn, Instrument, Removed
from tests.web.files_brought import bring, journal_file, plain
from tests.web.journals import opened

Own = Callable[..., Client]
pytestmark = pytest.mark.django_db
STRUCTURE = content.text("instruments", "srs.toml")


def worded(text: str = STRUCTURE) -> str:
    return re.sub(r'(key = "(relationship|goals_and_topics|approach|overall)")', r'\1\ntext = "Words for \2"', text)


def put(client: Client, text: str | bytes, name: str = "mine.toml") -> str:
    data = text if isinstance(text, bytes) else text.encode()
    answer = client.post("/settings/questions/", {"file": SimpleUploadedFile(name, data)})
    return "kept" if answer.status_code == 302 else answer.content.decode()


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (b"\xff\xfe\x00", "mine.toml isn’t plain text (UTF-8)"),
        ("key = ", "mine.toml is not valid TOML"),
        (STRUCTURE, "relationship, goals_and_topics, approach, overall: &quot;text&quot; is empty"),
        (worded().replace("scale_high = 10", "scale_high = 0"), "scale_high must be above scale_low"),
        (worded().replace('key = "srs"', 'key = "reattune-check-in"'), "Give yours another key"),
        (worded().replace('key = "srs"', 'key = "reattune-therapist-check-in"'), "Give yours another key"),
        (worded().replace("scale_step = 0.1", "scale_step = 11"), "larger than the whole scale"),
        (b"", "This file is empty"),
        ("#" * 300_000, "far too large"),
    ],
)
def test_what_cannot_be_put_in(own: Own, text: str | bytes, sentence: str) -> None:
    client = own()
    assert sentence in put(client, text)
    assert "Session Rating Scale</b>" not in client.get("/settings/questions/").content.decode()


def test_without_a_file_it_asks_for_one(own: Own) -> None:
    assert b"Choose the file first" in own().post("/settings/questions/").content


def test_a_mark_before_the_text_is_no_mistake(own: Own) -> None:
    assert put(own(), b"\xef\xbb\xbf" + worded().encode()) == "kept"


def test_put_in_and_asked(own: Own) -> None:
    client = own()
    assert put(client, worded()) == "kept"
    assert b"relationship" not in client.get("/check/").content
    client.post("/settings/questions/use/", {"name": "srs/1"})
    page = client.get("/check/").content.decode()
    assert "Words for relationship" in page
    assert "I felt understood" not in page
    off = client.post("/check/", {"day": date.today().isoformat(), "relationship": "10.5"}).content.decode()
    assert "The highest number here is 10" in off
    answers = {"relationship": "9.5", "goals_and_topics": "8", "approach": "7.1", "overall": "9"}
    kept = client.post("/check/", {"day": date.today().isoformat(), **answers})
    assert kept.status_code == 302
    assert "One check-in so far" in client.get(kept.headers["Location"]).content.decode()
    client.post("/settings/questions/use/", {"name": "reattune-check-in/1"})
    assert "I felt understood" in client.get("/check/").content.decode()


def test_wording_that_is_replaced_comes_back(own: Own) -> None:
    client = own()
    assert put(client, worded()) == put(client, worded().replace("Words for ", "Other words for ")) == "kept"
    (kept,) = opened(client).journal.all(Removed)
    client.post(f"/settings/away/{kept.id}/back/")
    (instrument,) = opened(client).journal.all(Instrument)
    assert instrument.definition.items[0].text == "Words for relationship"


def test_answers_given_go_on_meaning_what_they_meant(own: Own) -> None:
    client = own()
    assert put(client, worded()) == "kept"
    assert put(client, worded().replace("Words for", "Other words for")) == "kept"
    assert "Give the new one a higher version" in put(client, worded().replace("scale_high = 10", "scale_high = 100"))
    assert (
        put(client, worded().replace("scale_high = 10", "scale_high = 100").replace("version = 1", "version = 2"))
        == "kept"
    )


def test_a_name_that_is_not_there_changes_nothing(own: Own) -> None:
    client = own()
    client.post("/settings/questions/use/", {"name": "nothing/9"})
    assert "I felt understood" in client.get("/check/").content.decode()


def test_structures_can_be_taken(own: Own) -> None:
    client = own()
    assert client.get("/settings/questions/wai-sr.toml").content.decode().count("[[items]]") == 12
    assert client.get("/settings/questions/secret.toml").status_code == 404


def test_settings_that_were_changed_in_another_window_say_so(own: Own) -> None:
    client = own()
    seen = re.search(r'name="seen" value="([^"]+)"', client.get("/settings/").content.decode())
    assert seen
    assert put(client, worded()) == "kept"
    client.post("/settings/questions/use/", {"name": "srs/1"})
    stale = client.post("/settings/", {"region": "DE", "seen": seen[1]})
    assert "changed in another window" in stale.content.decode()
    assert client.post("/settings/", {"region": "DE"}).status_code == 302


def asked(client: Client, **changes: object) -> None:
    """A file brings a questionnaire, and it is the one in use."""
    items = [{"key": "a", "subscale": "whole", "text": "How was it?"}]
    definition = {"key": "x", "title": "X", "scale_low": 0, "scale_high": 10, "items": items, **changes}
    bring(client, journal_file(plain("instrument", definition=definition)), "notes.json")
    client.post("/settings/questions/use/", {"name": "x/1"})


@pytest.mark.parametrize(
    "changes",
    [{"scale_step": 1e-6}, {"scale_low": -1e9, "scale_high": 1e9}, {"scale_high": 1e-6}, {"scale_step": 1e9}],
)
def test_a_scale_of_any_steps_can_be_answered(own: Own, changes: dict[str, float]) -> None:
    client = own()
    asked(client, **changes)
    assert "How was it?" in client.get("/check/").content.decode()
    assert client.post("/check/", {"day": date.today().isoformat(), "a": "5"}).status_code in (200, 302)


@pytest.mark.parametrize(
    "changes",
    [{"scale_step": 5e-324}, {"scale_low": -1e308, "scale_high": 1e308}, {"scale_high": 1e-9}, {"scale_step": 1e300}],
)
def test_one_with_which_nothing_can_be_reckoned_comes_in_with_no_file(own: Own, changes: dict[str, float]) -> None:
    client = own()
    items = [{"key": "a", "subscale": "whole", "text": "How was it?"}]
    definition = {"key": "x", "title": "X", "scale_low": 0, "scale_high": 10, "items": items, **changes}
    file = SimpleUploadedFile("notes.json", journal_file(plain("instrument", definition=definition)))
    assert "can’t be saved" in client.post("/settings/file/in/", {"file": file}).content.decode()
    assert not opened(client).journal.all(Instrument)


@pytest.mark.parametrize("key", ["urge_to_leave", "unsaid", "day", "place", "words"])
def test_an_item_called_as_a_question_of_the_page_is_one_of_its_own(own: Own, key: str) -> None:
    client = own()
    asked(client, items=[{"key": key, "subscale": "whole", "text": "How safe did you feel?"}])
    page = client.get("/check/").content.decode()
    assert f'name="item.{key}"' in page
    kept = client.post("/check/", {"day": date.today().isoformat(), "place": "in_person", f"item.{key}": "9"})
    assert kept.status_code == 302
    [check_in] = opened(client).journal.all(CheckIn)
    assert check_in.answers == {key: 9}
    assert (check_in.urge_to_leave, check_in.unsaid) == (None, None)
    assert 'value="9"' in client.get(f"/check/{check_in.id}/change/").content.decode()
