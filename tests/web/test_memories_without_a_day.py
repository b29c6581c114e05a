"""A memory with only an age, or only a year, is never given a day that nobody said."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.test import Client

from reattune.journal.documents import Moment, Relationship
from tests.web.journals import exported, opened
from tests.web.test_bad_input_on_pages import TODAY, note
from tests.web.test_say_and_mend import page

Own = Callable[..., Client]
pytestmark = pytest.mark.django_db
WHO = {"earlier": "", "who": "new", "name": "Mum", "role": "parent", "what": "She laughed at my drawing."}


def memory(client: Client, now: str, **when: str) -> str:
    """The address of a memory to which a moment was followed back."""
    assert client.post(f"{now}back/before/", {**WHO, **when}).headers["Location"] == f"{now}back/then/"
    made = max(opened(client).journal.all(Moment), key=lambda each: each.created)
    return f"/note/{made.id}/"


def moment_of(client: Client, address: str) -> Moment:
    found = next(each for each in opened(client).journal.all(Moment) if str(each.id) in address)
    assert isinstance(found, Moment)
    return found


def test_of_two_linked_moments_the_one_with_only_an_age_is_the_earlier(own: Own) -> None:
    client = own()
    now = note(client, "She looked at the clock.")
    then = memory(client, now, age="9")
    assert "An earlier moment" in page(client, now)
    there = page(client, then)
    assert "An earlier moment" not in there
    assert "A later moment" in there
    assert "Where this came up again" in there
    assert page(client, now).count("age 9") == 1
    assert "I was 9" not in page(client, now), "once is enough"
    assert client.get(f"{then}back/then/").headers["Location"] == f"{then}back/before/", "nothing is before it yet"


def test_also_where_it_was_followed_from_the_memory(own: Own) -> None:
    client = own()
    first = note(client, "She looked at the clock.")
    then = memory(client, first, age="9")
    other = note(client, "She yawned.")
    client.post(f"{then}back/before/", {"choose": "", "other": other.split("/")[2]})
    assert "A later moment" in page(client, then)
    assert "An earlier moment" not in page(client, then)
    assert "An earlier moment" in page(client, other)


def test_it_comes_first_wherever_moments_stand_in_order(own: Own) -> None:
    client = own()
    now = note(client, "She looked at the clock.")
    mother = str(moment_of(client, memory(client, now, age="9")).relationship_id)
    memory(client, now, age="7", who=mother)
    journal = opened(client).journal
    assert [each.age for each in journal.moments()] == [7, 9, None]
    mum = next(each for each in journal.all(Relationship) if each.name == "Mum")
    shown = page(client, f"/with/{mum.id}/").partition('id="moments"')[2]
    assert shown.index("at age 9") < shown.index("at age 7"), "the latest first"
    naming = re.search(r"/again/name/[0-9a-f-]{36}/", page(client, "/again/"))
    assert naming
    client.post(naming[0], {"name": "Laughed at"})
    first, last = re.findall(r"<td[^>]*>([^<]+)</td>", page(client, "/again/").partition("</main>")[0])[-3:-1]
    assert (first.strip(), last.strip()) == ("at age 7", f"{TODAY.day} {TODAY:%B %Y}")


@pytest.mark.parametrize("when", [{"age": "9"}, {"year": "1996"}])
def test_changing_the_words_makes_up_no_day(own: Own, when: dict[str, str]) -> None:
    client = own()
    address = memory(client, note(client, "a"), **when)
    before = moment_of(client, address)
    form = page(client, f"{address}change/")
    assert "You gave a rough date. To keep it rough, leave this blank." in form
    assert re.search(r'name="day"(?![^>]*value=)', form)
    fields = {"who": str(before.relationship_id), "cause": "other", "what": "She laughed."}
    assert client.post(f"{address}change/", {**fields, "day": ""}).headers["Location"] == address
    kept = moment_of(client, address)
    assert (kept.what, kept.at, kept.by_year, kept.age) == ("She laughed.", before.at, True, before.age)
    client.post(f"{address}change/", {**fields, "day": TODAY.isoformat()})
    assert not moment_of(client, address).by_year, "a day that is said counts"


def test_a_day_is_still_asked_of_what_has_one(own: Own) -> None:
    client = own()
    address = note(client, "a")
    fields = {"who": str(moment_of(client, address).relationship_id), "cause": "other", "what": "b", "day": ""}
    assert "Which day was it?" in client.post(f"{address}change/", fields).content.decode()


@pytest.mark.parametrize("when", [{"age": "9"}, {"year": "1996"}])
def test_nothing_asks_to_bring_up_a_memory_of_long_ago(own: Own, when: dict[str, str]) -> None:
    client = own()
    now = note(client, "a")
    client.post(f"{now}did/", {"did": "withdrew", "stop": ""})
    address = memory(client, now, **when)
    for said in ("Do they know?", "Prepare to bring it up"):
        assert said in page(client, now)
        assert said not in page(client, address).partition("<main")[2]
    client.post(f"{address}did/", {"did": "said_it", "said": "yes", "stop": ""})
    assert "Do they know?" in page(client, address)


def test_where_it_is_part_of_a_story_it_stands_first_and_has_no_day(own: Own) -> None:
    client = own()
    address = memory(client, note(client, "a"), age="9")
    mum = moment_of(client, address).relationship_id
    at = date.today() - timedelta(days=9)
    fields = {"who": str(mum), "day": at.isoformat(), "what": "She laughed again.", "cause": "other", "stop": ""}
    later = client.post("/note/", fields).headers["Location"]
    ids = [address.split("/")[2], later.split("/")[2]]
    thread = client.post(f"/thread/?who={mum}", {"title": "Laughing", "day": at.isoformat(), "moments": ids})
    story = page(client, thread.headers["Location"]).partition("<main")[2]
    assert "at age 9" in story
    assert story.index("at my drawing") < story.index("laughed again")
    assert "Do they know?" in page(client, address)


def test_in_the_table_it_has_an_age_or_a_year_and_no_day(own: Own) -> None:
    client = own()
    now = note(client, "a")
    memory(client, now, age="9")
    memory(client, now, year="1996")
    archive = zipfile.ZipFile(io.BytesIO(exported(client, "/settings/file/tables.zip").content))
    rows = list(csv.DictReader(io.StringIO(archive.read("moments.csv").decode("utf-8-sig"))))
    assert [(row["at"][:10], row["age"]) for row in rows] == [("", "9"), ("1996", ""), (TODAY.isoformat(), "")]
