"""Answering a hurt: nothing is graded, nothing odd is kept, and what one finds oneself is seen over time."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.test import Client

from reattune.journal.documents import TriedAnswer
from reattune.reflection import practised_answers
from reattune.web.store.models import SealedRow
from tests.web.journals import opened

Own = Callable[..., Client]
pytestmark = pytest.mark.django_db
WRITE = "?way=write&clock=120"


@pytest.fixture
def chair(own: Own) -> Client:
    return own(journal_kind="therapist")


def tried(chair: Client) -> list[TriedAnswer]:
    return opened(chair).journal.all(TriedAnswer)


def test_no_address_names_what_is_practised(chair: Client) -> None:
    chair.post(f"/exercise/with/5/{WRITE}", {"words": "I joked."})
    assert [each.vignette for each in tried(chair)] == ["the_diet"]
    page = chair.get("/exercise/").content.decode()
    addresses = set(re.findall(r'href="(/exercise/with/[^"]+)"', page))
    assert len(addresses) > 10
    assert [each for each in addresses if not re.fullmatch(r"/exercise/with/\d+/", each)] == []


@pytest.mark.parametrize("key", ["nobody", "the-diet", "x" * 300, "0", "99", "9" * 300, "१"])
def test_one_that_is_not_there_is_not_there(chair: Client, key: str) -> None:
    assert chair.get(f"/exercise/with/{key}/").status_code == 404
    assert chair.post(f"/exercise/with/{key}/{WRITE}", {"words": "x"}).status_code == 404
    assert tried(chair) == []


@pytest.mark.parametrize("query", ["?way=shout&clock=60", "?way=write", "?way=write&clock=-1", "?way=write&clock=9e9"])
def test_a_way_or_a_clock_that_is_none_is_asked_again(chair: Client, query: str) -> None:
    page = chair.get(f"/exercise/with/the_diet/{query}")
    assert page.status_code == 200
    assert "Begin" in page.content.decode()
    chair.post(f"/exercise/with/the_diet/{query}", {"words": "x"})
    assert tried(chair) == []


@pytest.mark.parametrize("began", ["", "x", "-5", "99999999999", "0", "१२", "1" * 400])
def test_a_clock_that_cannot_be_is_no_clock(chair: Client, began: str) -> None:
    chair.post(f"/exercise/with/the_diet/{WRITE}", {"words": "I joked.", "began": began})
    [answer] = tried(chair)
    assert (answer.words, answer.seconds) == ("I joked.", None)


def test_the_answer_is_beside_others_and_nobody_grades_it(chair: Client) -> None:
    page = chair.get("/exercise/").content.decode()
    assert "Begin with this one" in page
    page = chair.get(f"/exercise/with/the_diet/{WRITE}").content.decode()
    assert "That soup joke." in page
    assert "I made a joke of nine hard days" not in page  # ours are seen after one's own
    began = int(opened(chair).now.timestamp()) - 50
    answer = chair.post(f"/exercise/with/the_diet/{WRITE}", {"words": "I joked, sorry.", "began": began})
    page = chair.get(answer.headers["Location"]).content.decode()
    assert "I joked, sorry." in page
    assert "I made a joke of nine hard days" in page
    assert "Reminding him that he laughed" in page
    assert "In less than a minute" in page
    chair.post(answer.headers["Location"], {"parts": ["own_part"], "keep_in_mind": "Shorter.", "come_back": "on"})
    [kept] = tried(chair)
    assert (kept.looked, kept.parts, kept.keep_in_mind, kept.come_back) == (True, ("own_part",), "Shorter.", True)
    assert "You wanted to come back to these" in chair.get("/exercise/").content.decode()


def test_what_somebody_finds_has_to_be_on_the_list(chair: Client) -> None:
    answer = chair.post("/exercise/with/the_diet/?way=say&clock=0", {})
    page = chair.post(answer.headers["Location"], {"parts": ["brilliant"], "keep_in_mind": "Mine"}).content.decode()
    assert "This isn’t one of the choices" in page
    assert "Mine" in page
    assert not tried(chair)[0].looked


@pytest.mark.parametrize("way", ["say", "read"])
def test_what_is_said_or_thought_has_no_words(chair: Client, way: str) -> None:
    chair.post(f"/exercise/with/the_diet/?way={way}&clock=0", {"words": "smuggled in", "began": "1"})
    [answer] = tried(chair)
    assert (answer.words, answer.seconds, answer.way) == ("", None, way)


def test_where_it_is_not_theirs_to_mend_it_says_so(chair: Client) -> None:
    for key, about in practised_answers.vignettes().items():
        answer = chair.post(f"/exercise/with/{key}/?way=read&clock=0", {})
        page = chair.get(answer.headers["Location"]).content.decode()
        grave = practised_answers.not_the_clients(about)
        assert ("isn’t theirs to mend" in page) is grave, key
        assert ("It isn’t quite what happened" in page) is bool(about.get("unfair")), key


def test_what_one_finds_is_seen_over_time_and_too_little_is_said_to_be(chair: Client) -> None:
    journal = opened(chair)
    for number in range(practised_answers.LEAST):
        assert "it’s worth seeing them together" in chair.get("/exercise/lately/").content.decode()
        parts = ["own_part", "feeling"] if number >= practised_answers.LEAST // 2 else ["own_part"]
        fields = {"vignette": "the_diet", "at": journal.now, "way": "say", "looked": True, "parts": parts}
        journal.create(TriedAnswer, **fields)
    seen = practised_answers.over_time(opened(chair).journal)
    found = {each.part: (each.earlier, each.later) for each in seen.found}
    assert found["own_part"] == (3, 3)  # type: ignore[index]
    assert found["feeling"] == (0, 3)  # type: ignore[index]
    assert seen.found[0].times <= seen.found[-1].times
    assert seen.again == (("joked_and_it_hurt", 6),)
    page = chair.get("/exercise/lately/").content.decode()
    assert "What you keep coming back to" in page
    assert "I named what they may have felt" in page


def test_each_comes_once_before_any_comes_again(chair: Client) -> None:
    journal, seen = opened(chair), []
    for _each in practised_answers.vignettes():
        key = practised_answers.next_one(journal.journal)
        journal.create(TriedAnswer, vignette=key, at=journal.now, way="read")
        seen.append(key)
    assert sorted(seen) == sorted(practised_answers.vignettes())
    assert practised_answers.next_one(journal.journal) == seen[0]


def test_an_answer_to_one_that_is_gone_still_opens(chair: Client) -> None:
    journal = opened(chair)
    answer = journal.create(TriedAnswer, vignette="of_another_version", at=journal.now, way="write", words="Mine")
    page = chair.get(f"/exercise/looked/{answer.id}/").content.decode()
    assert "Mine" in page
    for address in ("/exercise/", "/exercise/lately/"):
        assert chair.get(address).status_code == 200


def test_nothing_of_it_can_be_read_from_the_disk(chair: Client) -> None:
    chair.post(f"/exercise/with/the_diet/{WRITE}", {"words": "canary 77a1 of an answer"})
    rows = b"".join(bytes(each) for each in SealedRow.objects.values_list("sealed", flat=True))
    assert b"canary 77a1" not in rows
    assert b"the_diet" not in rows


def test_a_persons_journal_has_none_of_it(own: Own) -> None:
    person = own()
    for address in ("/exercise/", "/exercise/lately/", "/exercise/with/the_diet/"):
        assert person.get(address).status_code == 404
    assert "exercise" not in person.get("/today/").content.decode()
