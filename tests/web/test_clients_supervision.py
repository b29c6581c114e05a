"""What is brought to supervision says no name, and says nothing that was not chosen."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.test import Client

from reattune.journal.documents import Relationship, Share
from tests.web.journals import opened, sure
from tests.web.test_clients import OWN, add, page, today

Own = Callable[..., Client]
RATED = ("cared_for", "understood", "safe", "goals", "way", "whole")
pytestmark = pytest.mark.django_db


@pytest.fixture
def therapist(own: Own) -> Client:
    return own(journal_kind="therapist")


@pytest.fixture
def amber(therapist: Client) -> Relationship:
    client = add(therapist, "Amber", note="a note that is not brought")
    add(therapist, "Holm")
    said = "Amber said that Holm is kinder. It was Amber’s birthday."
    therapist.post(f"/those/{client.id}/after/", {"day": today(), **OWN, "happened": said, "did": "asked"})
    return client


def chosen(therapist: Client, client: Relationship) -> list[str]:
    words = page(therapist, f"/those/{client.id}/bring/")
    return re.findall(r'name="bring" value="([^"]+)"', words)


def test_names_are_taken_out_of_what_is_brought(therapist: Client, amber: Relationship) -> None:
    given = {"name": "the client", "bring": chosen(therapist, amber), "questions": "What would Amber need of me?"}
    shown = therapist.post(f"/those/{amber.id}/bring/", given).content.decode()
    sheet = re.search(r"<article.*?</article>", shown, re.S)
    assert sheet
    assert "Amber" not in sheet[0]
    assert "Holm" not in sheet[0]
    assert "The client said that another client is kinder. It was the client’s birthday." in sheet[0]
    assert "What would the client need of me?" in sheet[0]
    assert "Session 1" in sheet[0]
    # Days can tell who somebody is.
    assert not re.search(r"20\d\d", sheet[0])
    assert "you noticed" not in sheet[0]
    assert "a note that is not brought" not in sheet[0]
    assert not opened(therapist).journal.all(Share)


def test_only_what_was_chosen_is_brought(therapist: Client, amber: Relationship) -> None:
    given = {"name": "C.", "bring": ["ratings"], "questions": ""}
    shown = therapist.post(f"/those/{amber.id}/bring/", given).content.decode()
    assert "kinder" not in shown
    assert "client –, I 70" in shown


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"name": ""}, "Choose a name that says nothing"),
        ({"name": "amber"}, "the name you use here"),
        ({"name": "Àm\u00a0bér."}, "the name you use here"),
        ({"name": "C.", "bring": ["of somebody else"]}, "isn’t one of the choices"),
    ],
)
def test_what_cannot_be_made_says_why(
    therapist: Client, amber: Relationship, given: dict[str, str], sentence: str
) -> None:
    assert sentence in therapist.post(f"/those/{amber.id}/bring/", given).content.decode()
    assert not opened(therapist).journal.all(Share)


def test_an_encrypted_page_of_it_and_what_is_kept(therapist: Client, amber: Relationship) -> None:
    given = {
        "name": "C.",
        "bring": chosen(therapist, amber),
        "questions": "Was it mine?",
        "page": "",
        **sure(therapist),
    }
    made = therapist.post(f"/those/{amber.id}/bring/", given).content.decode()
    assert "your supervisor" in made
    (share,) = opened(therapist).journal.all(Share)
    assert "Amber" not in "".join(line.words + line.label for line in share.lines) + share.title
    file = b"".join(therapist.get(f"/out/given/{share.id}/page.html"))
    assert b"kinder" not in file
    assert "For supervision: C." in page(therapist, f"/out/given/{share.id}/")
    assert "For supervision: C." in page(therapist, "/out/")


def test_a_page_is_made_with_the_passphrase_alone_and_once(therapist: Client, amber: Relationship) -> None:
    address = f"/those/{amber.id}/bring/"
    given = {"name": "C.", "bring": chosen(therapist, amber), "questions": "", "csrfmiddlewaretoken": "a" * 64}
    assert 'name="current"' in therapist.post(address, given).content.decode()
    given["page"] = ""
    for typed, said in {"": "Please fill this in", "not these words": "isn’t the passphrase"}.items():
        refused = therapist.post(address, {**given, "current": typed}).content.decode()
        assert said in refused
        assert 'class="code' not in refused
        assert "kinder" in refused
    assert not opened(therapist).journal.all(Share)
    made = therapist.post(address, {**given, **sure(therapist)}).content.decode()
    again = therapist.post(address, {**given, **sure(therapist)}).content.decode()
    code = r'<p class="code[^>]*>(.*?)</p>'
    assert re.findall(code, made, re.S) == re.findall(code, again, re.S) != []
    assert len(opened(therapist).journal.all(Share)) == 1


def test_my_work_says_when_there_is_too_little(therapist: Client, amber: Relationship) -> None:
    words = page(therapist, "/mine/")
    assert "2 more have too few" in words
    assert "So far the ratings don’t show anything going wrong" in words
    example = Client().get("/example/other/mine/").content.decode()
    assert "too few to say anything" in example


@pytest.mark.parametrize("name", ["1", "4711", "A", "#5"])
def test_what_the_page_says_itself_names_nobody(therapist: Client, name: str) -> None:
    client = add(therapist, name)
    for day in range(5, 13):
        sent = {"day": f"2026-01-{day:02}", "place": "in_person", **dict.fromkeys(RATED, "10")}
        therapist.post(f"/those/{client.id}/typed/", sent)
    given = {"name": "the client", "bring": chosen(therapist, client), "questions": ""}
    shown = therapist.post(f"/those/{client.id}/bring/", given).content.decode()
    sheet = re.search(r"<article.*?</article>", shown, re.S)
    assert sheet
    assert "In each of the client’s last" in sheet[0]
    assert f"{name}’s" not in sheet[0]
