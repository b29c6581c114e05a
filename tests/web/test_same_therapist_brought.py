"""A journal that was begun anew with the name of the therapist, and the file of the one before: they are one."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from reattune.journal.documents import Moment, Preferences, Relationship, Removed
from reattune.journal.merge import merge_file
from reattune.web.store.shared_links import take_in
from tests.web.files_brought import bring, preview
from tests.web.journals import exported, opened
from tests.web.made_up_histories import Story

Own = Callable[..., Client]
pytestmark = pytest.mark.django_db
ANEW = "words of the new one here"
INSTEAD = "Nothing is written about Miriam here yet. Miriam from this file comes in instead."
PAST = "Miriam comes in as a past therapist: this journal has a current one"


def with_a_story(client: Client) -> Client:
    story = Story(opened(client))
    for week in range(6):
        story.check_in(7 * (6 - week), 8)
    story.rupture(story.moment(days=3))
    return client


def therapists(client: Client) -> list[tuple[str, str, int]]:
    """Name, status and number of check-ins of each."""
    kept = opened(client).journal
    return [(each.name, each.status.value, len(kept.check_ins(each))) for each in kept.all(Relationship)]


def of_a_backup(one: Client, other: Client) -> None:
    """All of a journal, as a backup of it brings it to another computer."""
    there = opened(other)
    documents = [each for each in opened(one).journal if not isinstance(each, Preferences)]
    weighed = merge_file(there.journal, documents, read_on=None)
    take_in(there, weighed.changes, weighed.older, weighed.gone)


def test_the_one_of_the_file_takes_the_place_of_one_of_whom_nothing_is_written(own: Own) -> None:
    old, new = with_a_story(own()), own(ANEW, therapist=" miriam")
    empty, file = opened(new).journal.therapist, exported(old).content
    assert empty is not None
    page, _answer = bring(new, file, "notes.json")
    assert INSTEAD.replace("about Miriam", "about miriam").replace(". Miriam", ". miriam") in page
    assert PAST not in page
    assert therapists(new) == [("Miriam", "current", 6)]
    assert "Still open" in new.get("/today/").content.decode()
    assert "There’s nothing to import" in preview(new, file, "notes.json")
    # Back into the one before, as from another computer: nothing to take.
    assert "There’s nothing to import" in preview(old, exported(new).content, "notes.json")
    # The empty one can be had back for thirty days, as one of the past.
    [removed] = opened(new).journal.all(Removed)
    assert (removed.title, removed.kind_of, removed.replaced) == ("miriam", "relationship", False)
    new.post(f"/settings/away/{removed.id}/back/")
    assert sorted(therapists(new)) == [("Miriam", "current", 6), ("miriam", "past", 0)]


@pytest.mark.parametrize("first", ["one", "two"])
def test_two_computers_come_to_the_same_whichever_tells_the_other_first(own: Own, first: str) -> None:
    old, one, two = with_a_story(own()), own(ANEW), own("words of a third one")
    for each in opened(two).journal.all(Relationship):
        opened(two).discard(each)
    of_a_backup(one, two)
    assert therapists(one) == therapists(two) == [("Miriam", "current", 0)]
    bring(one, exported(old).content, "notes.json")
    ways = [(one, two), (two, one)] if first == "one" else [(two, one), (one, two)]
    for given, taker in ways:
        of_a_backup(given, taker)
    assert therapists(one) == therapists(two) == [("Miriam", "current", 6)]


def test_an_empty_one_of_a_file_is_nobody_new(own: Own) -> None:
    old, new = with_a_story(own()), own(ANEW)
    assert "There’s nothing to import" in preview(old, exported(new).content, "notes.json")
    assert therapists(old) == [("Miriam", "current", 6)]


def test_of_two_of_whom_nothing_is_known_both_computers_keep_one(own: Own) -> None:
    one, two = own(), own(ANEW)
    kept = min(each.id for client in (one, two) for each in opened(client).journal.all(Relationship))
    files = exported(one).content, exported(two).content
    for client, file in ((one, files[1]), (two, files[0])):
        if 'name="bring"' in preview(client, file, "notes.json"):
            bring(client, file, "notes.json")
    for client in (one, two):
        assert [each.id for each in opened(client).journal.all(Relationship)] == [kept]


@pytest.mark.parametrize("what", ["moment", "deleted moment", "note"])
def test_where_something_is_written_both_stay_and_the_preview_says_what_to_do(own: Own, what: str) -> None:
    old, new = with_a_story(own()), own(ANEW)
    journal = opened(new)
    here = journal.journal.therapist
    assert here is not None
    if what == "note":
        journal.change(here, note="She is kind.")
    else:
        moment = journal.create(Moment, relationship_id=here.id, at=journal.now, what="The clock.")
    if what == "deleted moment":
        new.post(f"/away/{moment.id}/")
        assert not opened(new).journal.all(Moment)
    page, _answer = bring(new, exported(old).content, "notes.json")
    assert f"{PAST} of that name. If it’s the same person, choose “Mark therapy as ended”" in page
    assert sorted(therapists(new)) == [("Miriam", "current", 0), ("Miriam", "past", 6)]
    # What it says can be done.
    before = next(each for each in opened(new).journal.all(Relationship) if each.id != here.id)
    assert "first mark your therapy with Miriam as ended" in new.get(f"/with/{before.id}/").content.decode()
    assert "Mark therapy as ended" in new.get(f"/with/{here.id}/").content.decode()
    ended = new.post("/settings/person/ended/", {"day": ""})
    assert ended.status_code == 302, ended.content.decode()
    assert "It hasn’t ended after all" in new.get(f"/with/{before.id}/").content.decode()
    new.post(f"/with/{before.id}/on/")
    assert sorted(therapists(new)) == [("Miriam", "current", 6), ("Miriam", "past", 0)]
