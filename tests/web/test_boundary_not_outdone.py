"""No file, no older date and no decoy keeps Today from telling what takes weight from a crossed boundary."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client

from reattune.journal.documents import Moment, Relationship, Removed
from reattune.journal.vocabulary import RelationshipKind
from tests.web.files_brought import bring, clock, journal_file, plain
from tests.web.journals import opened
from tests.web.test_boundary_taken_back import ALLOWED, CHANGED, NAMED, RENAMED, today
from tests.web.test_record_dates import written

Own = Callable[..., Client]
pytestmark = pytest.mark.django_db
SEVERAL = "entries were changed that had said a boundary was crossed:"
MIRIAM = "019c0000-0000-7000-8000-0000000000ab"


def therapist(client: Client) -> Relationship:
    who = opened(client).journal.therapist
    assert who
    return who


def raw(document: Relationship, **fields: Any) -> dict[str, Any]:
    later = (document.updated + timedelta(seconds=1)).isoformat()
    return {**document.model_dump(mode="json"), "updated": later, **fields}


def of_long_ago(who: Relationship, **fields: Any) -> dict[str, Any]:
    """Somebody of the same name, whom a file dates back."""
    years_ago = {"created": "2020-01-01T00:00:00Z", "updated": "2020-01-02T00:00:00Z"}
    return {**raw(who), "id": MIRIAM, **years_ago, "current_on": "2020-01-01T00:00:00Z", **fields}


def ended(client: Client) -> None:
    client.post("/settings/person/ended/", {"day": datetime.now(UTC).date().isoformat()})


@pytest.mark.parametrize("way", ["by a file", "by hand, and a file"])
def test_a_therapist_whom_a_file_dates_back_is_told(own: Own, monkeypatch: pytest.MonkeyPatch, way: str) -> None:
    client = own()
    moment = written(client)
    who = therapist(client)
    if way == "by a file":
        bring(client, journal_file(raw(who, status="past"), of_long_ago(who)), "a.json")
    else:
        ended(client)
        bring(client, journal_file(of_long_ago(who)), "a.json")
    assert str(therapist(client).id) == MIRIAM
    assert NAMED in today(client)
    assert f'href="/with/{moment.relationship_id}/"' in today(client)
    clock(monkeypatch, timedelta(days=8))
    assert NAMED not in today(client)


def test_a_past_therapist_whom_a_file_makes_the_current_one_is_told(own: Own) -> None:
    client = own()
    written(client)
    who = therapist(client)
    bring(client, journal_file(of_long_ago(who, status="past")), "a.json")
    assert NAMED not in today(client)
    past = opened(client).journal.get(Relationship, UUID(MIRIAM))
    bring(client, journal_file(raw(who, status="past"), raw(past, status="current")), "b.json")
    assert str(therapist(client).id) == MIRIAM
    assert NAMED in today(client)


@pytest.mark.parametrize("way", ["therapy goes on", "named again"])
def test_somebody_from_before_who_is_taken_up_again_is_told(own: Own, way: str) -> None:
    client = own()
    before = therapist(client)
    ended(client)
    client.post("/settings/person/", {"name": "Berta", "same": "no"})
    written(client)
    ended(client)
    assert NAMED not in today(client)
    if way == "therapy goes on":
        client.post(f"/with/{before.id}/on/")
    else:
        client.post("/settings/person/", {"name": before.name, "same": "yes"})
    assert therapist(client).id == before.id
    assert NAMED in today(client)


def test_a_therapist_who_was_deleted_and_is_restored_is_told(own: Own) -> None:
    client = own()
    before = therapist(client)
    client.post(f"/away/{before.id}/")
    (removed,) = opened(client).journal.all(Removed)
    client.post("/settings/person/", {"name": "Berta", "same": "no"})
    written(client)
    ended(client)
    client.post(f"/settings/away/{removed.id}/back/")
    assert therapist(client).id == before.id
    assert NAMED in today(client)


def test_who_comes_with_a_whole_journal_is_no_news(own: Own) -> None:
    """A journal that is moved to another computer: the dates are those of before."""
    client = own()
    ours = opened(client)
    here = therapist(client)
    ours.discard(here)
    once = plain("relationship", name="Tom", role="therapist", status="past")
    moment = plain(
        "moment", relationship_id=once["id"], at=once["created"], what="x", cause="other", crossed=["sexual"]
    )
    bring(client, journal_file(once, moment, of_long_ago(here)), "a.json")
    assert str(therapist(client).id) == MIRIAM
    assert NAMED not in today(client)


def test_a_therapist_of_before_who_is_added_later_is_no_news(own: Own) -> None:
    client = own()
    who = opened(client).create(Relationship, name="Tom", role="therapist", status="past")
    opened(client).create(Moment, relationship_id=who.id, at=datetime.now(UTC), what="x", crossed=["sexual"])
    assert NAMED not in today(client)


@pytest.mark.parametrize("role", ["friend", "partner"])
def test_a_file_makes_no_friend_of_a_therapist_and_no_therapist_of_a_friend(own: Own, role: str) -> None:
    client = own()
    written(client)
    who = therapist(client)
    kim = opened(client).create(Relationship, name="Kim", role=role)
    calm = plain("relationship", name="Somebody", role="friend")
    bring(client, journal_file(raw(who, role=role), raw(kim, role="therapist", status="past"), calm), "a.json")
    journal = opened(client).journal
    assert journal.therapist
    assert journal.therapist.id == who.id
    assert journal.get(Relationship, kim.id).role is RelationshipKind(role)
    ended(client)
    now_past = opened(client).journal.get(Relationship, who.id)
    bring(client, journal_file(raw(now_past, role=role), {**calm, "id": str(uuid4())}), "b.json")
    assert opened(client).journal.get(Relationship, who.id).past_therapist
    client.post("/settings/person/", {"name": who.name, "same": "no"})
    assert NAMED in today(client)


def test_that_a_past_therapist_is_made_a_friend_by_hand_is_told(own: Own) -> None:
    client = own()
    moment = written(client)
    who = therapist(client)
    ended(client)
    client.post(f"/with/{who.id}/name/", {"name": who.name, "role": "friend"})
    assert opened(client).journal.get(Relationship, who.id).role is RelationshipKind.FRIEND
    assert RENAMED.replace("Kim", who.name) in today(client)
    client.post("/settings/person/", {"name": who.name, "same": "no"})
    assert NAMED in today(client)
    assert f'href="/with/{moment.relationship_id}/"' in today(client)


def test_all_that_was_taken_back_within_the_week_is_told(own: Own) -> None:
    client = own()
    moments = [written(client, what=f"Entry {number}") for number in range(6)]
    for each in moments[:2]:
        client.post(f"/which/{each.id}/", {"none": ""})
    page = today(client)
    assert SEVERAL in page
    assert CHANGED not in page
    assert "Entry 0</a>" in page
    assert all(f'href="/note/{each.id}/"' in page for each in moments[:2])
    assert "<details><summary>and " not in page
    for each in moments[2:]:
        client.post(f"/which/{each.id}/", {"none": ""})
    page = today(client)
    assert all(page.count(f'href="/note/{each.id}/"') >= 1 for each in moments)
    assert "<details><summary>and 3 more" in page.replace("\n", "")


def test_one_that_was_changed_twice_is_told_once(own: Own) -> None:
    client = own()
    moment = written(client)
    client.post(f"/which/{moment.id}/", {"smaller": "too_familiar"})
    client.post(f"/which/{moment.id}/", {"none": ""})
    assert CHANGED in today(client)
    assert SEVERAL not in today(client)


def test_what_they_are_called_on_today_has_no_words_where_those_are_not_wanted(own: Own) -> None:
    client = own()
    moments = [written(client, what=f"Entry {number}") for number in range(2)]
    for each in moments:
        client.post(f"/which/{each.id}/", {"none": ""})
    ours = opened(client)
    assert ours.journal.preferences
    ours.change(ours.journal.preferences, titles_only=True)
    page = today(client)
    assert all(f'href="/note/{each.id}/"' in page for each in moments)
    assert "Entry 0" not in page


def test_all_who_were_renamed_and_with_whom_talks_were_allowed_are_told(own: Own) -> None:
    client = own()
    ours = opened(client)
    people = [ours.create(Relationship, name=f"P{number}", role="partner") for number in range(5)]
    for each in people:
        ours.create(Moment, relationship_id=each.id, at=ours.now, what="x", cause="other", crossed=["violence"])
    for each in people[:2]:
        client.post(f"/with/{each.id}/name/", {"name": f"Q{each.name}", "role": "partner"})
    page = today(client)
    assert all(RENAMED.replace("Kim", f"QP{number}") in page for number in (0, 1))
    for each in people:
        client.post(f"/with/{each.id}/once-more/")
    page = today(client)
    assert page.count(ALLOWED) == 5
    assert all(f'href="/with/{each.id}/"' in page for each in people)
    assert "<details><summary>and 2 more" in page.replace("\n", "")
