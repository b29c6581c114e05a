"""What is brought to supervision says no name, and says nothing that was not chosen."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from django.test import Client

from reattune.journal.documents import Relationship, Rupture, Share
from reattune.reflection.caseload import Look, Reason, client_view
from reattune.web.pages.clients import supervision
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


def test_many_names_make_no_failure_of_it(therapist: Client, amber: Relationship) -> None:
    given = {"name": "the client who", "bring": chosen(therapist, amber), "questions": "Amber. " * 14_000}
    assert therapist.post(f"/those/{amber.id}/bring/", given).status_code == 200


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


@pytest.mark.parametrize("before", [False, True])
@pytest.mark.parametrize(("mine", "others"), [("Amber", ("100", "70", "50", "30", "95")), ("70", ("session 2",))])
def test_figures_are_no_names_though_clients_are_called_by_numbers(
    therapist: Client, mine: str, others: tuple[str, ...], before: bool
) -> None:
    client = add(therapist, mine)
    for place, rated in enumerate(("10", "7", "5", "3")):
        sent = {"day": f"2026-01-{5 + place:02}", "place": "in_person", **dict.fromkeys(RATED, rated)}
        therapist.post(f"/those/{client.id}/typed/", sent)
    happened = {"happened": "Client 70 and another 100 said so.", "did": "asked"}
    therapist.post(f"/those/{client.id}/after/", {"day": today(), **OWN, **happened})
    for name in others:
        other = add(therapist, name)
        if before:
            assert therapist.post(f"/those/{other.id}/name/", {"name": f"Holm {name}"}).status_code == 302
    given = {"name": "K.", "bring": chosen(therapist, client), "questions": ""}
    shown = therapist.post(f"/those/{client.id}/bring/", given).content.decode()
    sheet = shown.split("<article")[1].split("</article")[0]
    for place, rated in enumerate(("100", "70", "50", "30"), 1):
        assert f"Session {place}: client {rated}, I –" in sheet
    assert "The bond, 0 to 100" in sheet
    assert " in 100." in sheet
    # Their own words hold no name all the same.
    assert "70 and" not in sheet


def test_of_a_sentence_about_ratings_the_title_alone_is_a_therapists_words(
    therapist: Client, amber: Relationship, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(therapist, "100")
    journal = opened(therapist)
    noticed = [{"state": "noticed", "at": journal.now}]
    journal.create(Rupture, relationship_id=amber.id, began=journal.now, title="Amber was late", transitions=noticed)
    look = Look(Reason.NOT_HELD, sure=82, title="Amber was late", number=3, score=50, usual=100)
    monkeypatch.setattr(supervision, "client_view", lambda *given: replace(client_view(*given), looks=(look,)))
    given = {"name": "K.", "bring": chosen(therapist, amber), "questions": ""}
    shown = therapist.post(f"/those/{amber.id}/bring/", given).content.decode()
    sheet = shown.split("<article")[1].split("</article")[0]
    assert "“K. was late” was mended" in sheet
    assert "about 100 is usual. How sure: about 82 in 100." in sheet
    assert "Amber" not in sheet


@pytest.mark.parametrize(("name", "said"), [("Holm", False), ("A", True), ("7", True), ("4711", False)])
def test_a_name_that_sentences_hold_anyway_is_said_to_be_hard_to_find(
    therapist: Client, amber: Relationship, name: str, *, said: bool
) -> None:
    if name != "Holm":
        add(therapist, name)
    given = {"name": "the client", "bring": chosen(therapist, amber), "questions": f"Was client {name} here before?"}
    shown = therapist.post(f"/those/{amber.id}/bring/", given).content.decode()
    assert "another client here before?" in shown
    assert ("can’t always be found in your own words" in shown) is said
    assert "Wherever that one is found in the words below" in page(therapist, f"/those/{amber.id}/bring/")
