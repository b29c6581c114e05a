"""Whoever sits at the open journal can take weight from a crossed boundary: Today says so. *Restore* never does it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from reattune.journal.documents import Attempt, Candidate, Ending, Moment, Relationship, Removed, Rupture
from reattune.journal.record_dates import restored
from reattune.journal.rupture_states import Transition
from reattune.journal.uuid7 import uuid7
from reattune.journal.vocabulary import EndingKind, LeavingAbout, Met, RelationshipStatus, RuptureState
from reattune.reflection.crossed_boundaries import crossing_of
from tests.web.files_brought import bring, clock, journal_file
from tests.web.journals import opened
from tests.web.test_record_dates import FIRST, LONG_AGO, day, record, written

Own = Callable[..., Client]
pytestmark = pytest.mark.django_db
CHANGED = "an entry was changed that had said a boundary was crossed"
ALLOWED = "was allowed again here, although a boundary had been crossed"
NAMED = "You had noted a crossed boundary with an earlier therapist"
RENAMED = "or who they are to you, was changed here. You had noted that this person crossed a boundary."
LONGER = "He put his hand on my knee, and kept it there."
THREAT = "He hit me again last night and said he will kill me if I leave."


def today(client: Client) -> str:
    return client.get("/today/").content.decode()


def change(client: Client, moment: Moment, **fields: str) -> None:
    given = {"what": moment.what, "who": str(moment.relationship_id), "cause": moment.cause.value}
    on = {"day": moment.local(moment.at).date().isoformat()}
    assert client.post(f"/note/{moment.id}/change/", {**given, **on, **fields}).status_code == 302


def restore(client: Client, title: str) -> None:
    (removed,) = [each for each in opened(client).journal.all(Removed) if each.title == title]
    assert client.post(f"/settings/away/{removed.id}/back/").status_code == 302


def reread(client: Client, moment: Moment) -> Moment:
    return opened(client).journal.get(Moment, moment.id)


@pytest.mark.parametrize(
    ("given", "asked"),
    [
        ({"crossed": ["sexual"]}, {"none": ""}),
        ({"crossed": ["sexual"]}, {"smaller": "too_familiar"}),
        ({"crossed": []}, {"none": ""}),
        ({"crossed": []}, {"smaller": "too_familiar"}),
    ],
    ids=["none of these", "a mild one in its place", "the cause alone, none of these", "the cause alone, a mild one"],
)
def test_that_a_boundary_counts_no_more_is_said_for_a_week(
    own: Own, monkeypatch: pytest.MonkeyPatch, given: dict[str, Any], asked: dict[str, str]
) -> None:
    client = own()
    moment = written(client, **given)
    assert CHANGED not in today(client)
    client.post(f"/which/{moment.id}/", asked)
    assert CHANGED in today(client)
    assert f'href="/note/{moment.id}/"' in today(client)
    clock(monkeypatch, timedelta(days=8))
    assert CHANGED not in today(client)
    clock(monkeypatch, timedelta())
    client.post(f"/note/{moment.id}/which/", {"crossed": "sexual"})
    assert CHANGED not in today(client), "it counts again"


def test_that_it_is_said_of_somebody_else_now_is_said(own: Own) -> None:
    client = own()
    moment = written(client)
    friend = opened(client).create(Relationship, name="Kim", role="friend")
    change(client, moment, who=str(friend.id))
    assert CHANGED in today(client)


def test_that_a_file_brings_another_form_of_it_is_said(own: Own) -> None:
    client = own()
    moment = written(client)
    later = (moment.updated + timedelta(seconds=1)).isoformat()
    forged = {**moment.model_dump(mode="json"), "crossed": [], "cause": "other", "updated": later}
    who = opened(client).journal.therapist
    assert who
    bring(client, journal_file(who.model_dump(mode="json"), forged), "notes.json")
    assert reread(client, moment).crossed == ()
    assert CHANGED in today(client)


def test_that_leaving_is_no_longer_about_safety_is_said(own: Own) -> None:
    client = own()
    who = opened(client).journal.therapist
    assert who
    about = (LeavingAbout.CROSSED_LINE, LeavingAbout.UNSURE)
    ending = opened(client).create(Ending, relationship_id=who.id, form=EndingKind.SAFE, about=about, goodbye="Bye.")
    assert client.post(f"/going/{ending.id}/no-line/").status_code == 302
    assert CHANGED in today(client)


def test_what_was_written_of_leaving_safely_waits_under_what_was_deleted(own: Own) -> None:
    client = own()
    left = client.post("/going/", {"choice": "safe", "why": "He stood too near."}).headers["Location"]
    assert client.post(left.replace("/first/", "/no-line/")).headers["Location"] == "/going/"
    assert opened(client).journal.all(Ending) == []
    assert CHANGED in today(client)
    assert 'href="/settings/away/">Recently deleted' in today(client)
    restore(client, "He stood too near.")
    (back,) = opened(client).journal.all(Ending)
    assert (back.form, back.why) == (EndingKind.SAFE, "He stood too near.")


def test_that_mending_was_allowed_is_said_for_a_week(own: Own, monkeypatch: pytest.MonkeyPatch) -> None:
    client = own()
    who = opened(client).journal.therapist
    assert who
    written(client)
    clock(monkeypatch, timedelta(minutes=1))
    assert ALLOWED not in today(client)
    client.post(f"/with/{who.id}/once-more/")
    assert f"preparing conversations with {who.name} {ALLOWED}" in today(client)
    assert f'href="/with/{who.id}/"' in today(client)
    clock(monkeypatch, timedelta(days=8))
    assert ALLOWED not in today(client)


def test_that_a_file_allows_mending_is_said_whatever_day_it_names(own: Own, monkeypatch: pytest.MonkeyPatch) -> None:
    client = own()
    who = opened(client).journal.therapist
    assert who
    clock(monkeypatch, timedelta(days=-30))
    written(client)
    clock(monkeypatch, timedelta())
    allowed = (opened(client).now - timedelta(days=20)).isoformat()
    later = (who.updated + timedelta(days=20)).isoformat()
    bring(client, journal_file({**who.model_dump(mode="json"), "mend_again": allowed, "updated": later}), "a.json")
    assert crossing_of(opened(client).journal, opened(client).journal.therapist) is None
    assert ALLOWED in today(client)


def test_that_a_file_allows_it_beforehand_holds_for_nothing_that_comes_later(own: Own) -> None:
    client = own()
    who = opened(client).journal.therapist
    assert who
    later = (who.updated + timedelta(seconds=1)).isoformat()
    ahead = {**who.model_dump(mode="json"), "mend_again": "2150-01-01T00:00:00Z", "updated": later}
    other = {**ahead, "id": "019c0000-0000-7000-8000-0000000000aa", "name": "Tom", "role": "partner"}
    bring(client, journal_file(ahead, other), "a.json")
    assert ALLOWED not in today(client), "no boundary had been crossed"
    tom = opened(client).journal.get(Relationship, UUID(str(other["id"])))
    for person in (who, tom):
        opened(client).create(
            Moment, relationship_id=person.id, at=datetime.now(UTC), what="He hit me.", crossed=["violence"]
        )
        assert crossing_of(opened(client).journal, person)


def test_that_a_story_is_of_somebody_else_by_a_file_is_said(own: Own) -> None:
    client = own()
    journal = opened(client)
    who = journal.journal.therapist
    assert who
    friend = journal.create(Relationship, name="Kim", role="friend")
    rupture = story(client, who)
    journal = opened(client)
    journal.create(Attempt, rupture_id=rupture.id, at=journal.now, met=["retaliated"])
    rupture = opened(client).journal.get(Rupture, rupture.id)
    assert crossing_of(opened(client).journal, who)
    moved = {**rupture.model_dump(mode="json"), "relationship_id": str(friend.id)}
    later = (rupture.updated + timedelta(seconds=1)).isoformat()
    people = [each.model_dump(mode="json") for each in (who, friend)]
    bring(client, journal_file(*people, {**moved, "updated": later}), "a.json")
    assert crossing_of(opened(client).journal, who) is None
    assert CHANGED in today(client)


def test_that_what_was_deleted_comes_back_milder_is_said(own: Own) -> None:
    client = own()
    moment = written(client)
    client.post(f"/away/{moment.id}/")
    assert CHANGED not in today(client), "deleting it is nobody else's business"
    who = opened(client).journal.therapist
    assert who
    milder = {**moment.model_dump(mode="json"), "cause": "other", "crossed": []}
    bring(client, journal_file(who.model_dump(mode="json"), milder), "a.json")
    assert CHANGED in today(client)


def test_what_was_changed_and_then_deleted_is_no_change(own: Own) -> None:
    client = own()
    moment = written(client)
    change(client, moment, what=LONGER)
    client.post(f"/away/{moment.id}/")
    assert CHANGED not in today(client)


def test_a_note_of_the_record_comes_back_after_the_story_went_on(own: Own) -> None:
    client = own()
    who = opened(client).journal.therapist
    assert who
    rupture = story(client, who)
    note = {"at": datetime.now(UTC).isoformat(), "words": "Anna was there and saw it."}
    opened(client).change(rupture, record_notes=[note], crossed=["too_familiar"])
    rupture = opened(client).journal.get(Rupture, rupture.id)
    opened(client).amend(rupture, record_notes=[])
    client.post(f"/thread/{rupture.id}/to/let-go/")
    went_on = opened(client).journal.get(Rupture, rupture.id)
    assert len(went_on.transitions) == 2
    (removed,) = opened(client).journal.all(Removed)
    assert client.post(f"/settings/away/{removed.id}/back/").status_code == 302
    back = opened(client).journal.get(Rupture, rupture.id)
    assert [each.words for each in back.record_notes] == ["Anna was there and saw it."]
    assert back.transitions == went_on.transitions


def story(client: Client, who: Relationship) -> Rupture:
    journal = opened(client)
    noticed = Transition(state=RuptureState.NOTICED, at=journal.now)
    return journal.create(Rupture, relationship_id=who.id, title="A joke", began=journal.now, transitions=(noticed,))


def test_an_older_form_brings_its_words_back_and_takes_no_tick_and_no_note_away(own: Own) -> None:
    client = own()
    moment = written(client, crossed=[])
    change(client, moment, what=LONGER)
    client.post(f"/note/{moment.id}/which/", {"crossed": ["sexual"]})
    client.post(f"/kept/{moment.id}/", {"words": "I kept the message.", "add": ""})
    before = reread(client, moment)
    restore(client, FIRST)
    back = reread(client, moment)
    assert back.what == FIRST
    assert (back.crossed, back.record_notes) == (before.crossed, before.record_notes)
    assert len(back.record_notes) == 1
    assert back.reworded is None, "words of that day are of that day again"
    assert crossing_of(opened(client).journal, opened(client).journal.therapist)
    assert CHANGED not in today(client)
    restore(client, LONGER)
    assert (reread(client, moment).what, reread(client, moment).crossed) == (LONGER, before.crossed)


def test_a_tick_that_was_taken_away_comes_back_with_the_older_form(own: Own) -> None:
    client = own()
    moment = written(client)
    client.post(f"/note/{moment.id}/which/", {"smaller": "too_familiar"})
    restore(client, FIRST)
    assert [each.value for each in reread(client, moment).crossed] == ["too_familiar", "sexual"]
    assert CHANGED not in today(client)


def test_what_a_file_replaced_comes_back_without_taking_a_tick_away(own: Own) -> None:
    client = own()
    moment = written(client, crossed=[], cause="other")
    later = (moment.updated + timedelta(seconds=1)).isoformat()
    brought = {**moment.model_dump(mode="json"), "what": LONGER, "updated": later}
    who = opened(client).journal.therapist
    assert who
    bring(client, journal_file(who.model_dump(mode="json"), brought), "notes.json")
    client.post(f"/note/{moment.id}/which/", {"crossed": ["sexual"]})
    restore(client, FIRST)
    assert (reread(client, moment).what, [each.value for each in reread(client, moment).crossed]) == (FIRST, ["sexual"])


def test_what_a_file_put_into_the_record_still_comes_from_a_file(own: Own) -> None:
    client = own()
    moment = written(client)
    change(client, moment, what=LONGER)
    note = {"at": moment.at.isoformat(), "words": "I made this up."}
    later = {"record_notes": [note], "updated": later_than(client, moment)}
    forged = {**reread(client, moment).model_dump(mode="json"), **later}
    who = opened(client).journal.therapist
    assert who
    bring(
        client, journal_file(who.model_dump(mode="json"), {**forged, "updated": later_than(client, moment)}), "a.json"
    )
    restore(client, FIRST)
    assert "I made this up." in record(client, moment.id)
    assert f"From a file that was imported on {day()}." in record(client, moment.id)


def test_a_cause_that_was_chosen_later_is_of_the_day_on_which_it_was_chosen(
    own: Own, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = own()
    clock(monkeypatch, LONG_AGO)
    moment = written(client, cause="other", crossed=[])
    clock(monkeypatch, timedelta())
    change(client, moment, what=LONGER, cause="crossed_a_boundary")
    restore(client, FIRST)
    assert f", changed on {day()}" in record(client, moment.id)


def test_a_file_never_takes_the_place_of_an_older_form_that_waits(own: Own) -> None:
    """The time of writing stands in the form, and a file can say it again: of other words."""
    client = own()
    moment = written(client, cause="other", crossed=[])
    change(client, moment, what="a")
    client.post(f"/away/{moment.id}/")
    who = opened(client).journal.therapist
    assert who
    forged = {**moment.model_dump(mode="json"), "what": "x"}
    bring(client, journal_file(who.model_dump(mode="json"), forged), "notes.json")
    change(client, reread(client, moment), what="y")
    assert FIRST in [each.title for each in opened(client).journal.all(Removed)]


def later_than(client: Client, moment: Moment) -> str:
    return (reread(client, moment).updated + timedelta(seconds=1)).isoformat()


def test_an_older_form_does_not_silence_words_of_danger(own: Own) -> None:
    client = own()
    moment = written(client, what=THREAT, crossed=[], cause="other", not_meant=(THREAT,))
    change(client, moment, what=f"{THREAT} I cried.", cause="other")
    open_now = opened(client)
    open_now.change(open_now.journal.get(Moment, moment.id), not_meant=(), not_meant_on=None)
    restore(client, THREAT)
    assert (reread(client, moment).what, reread(client, moment).not_meant) == (THREAT, ())


def test_an_earlier_name_makes_no_past_therapist_the_current_one(own: Own) -> None:
    client = own()
    who = opened(client).journal.therapist
    assert who
    assert client.post(f"/with/{who.id}/name/", {"name": "Dr T", "role": "therapist"}).status_code == 302
    client.post("/settings/person/ended/")
    restore(client, who.name)
    back = opened(client).journal.get(Relationship, who.id)
    assert (back.name, back.status) == (who.name, RelationshipStatus.PAST)
    assert back.ended


def test_what_is_said_beside_the_words_is_that_of_both() -> None:
    now = datetime.now(UTC)
    at = {
        "created": now,
        "updated": now,
        "zone": "UTC",
        "rupture_id": uuid7(now, b"0123456789"),
        "number": 1,
        "at": now,
    }
    here = Attempt(
        id=uuid7(now, b"0123456789"), **at, they_said="Yes.", not_meant=("b",), not_meant_on=now, met=("retaliated",)
    )
    older = here.model_copy(update={"they_said": "No.", "not_meant": ("a", "b"), "not_meant_on": None})
    back = restored(here, older)
    assert (back.they_said, back.not_meant, back.not_meant_on) == ("No.", ("b",), now)
    assert restored(here, older.model_copy(update={"met": (Met.LISTENED,)})).met == (Met.LISTENED, Met.RETALIATED)


@pytest.mark.parametrize("way", ["named", "chosen"])
def test_another_therapist_named_after_one_who_crossed_a_boundary_is_said_for_a_week(
    own: Own, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    client = own()
    moment = written(client)
    if way == "named":
        client.post("/settings/person/ended/", {"day": datetime.now(UTC).date().isoformat()})
        assert NAMED not in today(client)
        client.post("/settings/person/", {"name": "Miriam", "same": "no"})
    else:
        client.post("/next/one/", {"name": "Mirjam"})
        [one] = opened(client).journal.all(Candidate)
        client.post(f"/next/{one.id}/", {"name": "Mirjam", "choose": ""})
    journal = opened(client).journal
    assert journal.therapist
    assert journal.therapist.id != moment.relationship_id
    assert NAMED in today(client)
    assert f'href="/with/{moment.relationship_id}/"' in today(client)
    clock(monkeypatch, timedelta(days=8))
    assert NAMED not in today(client)


def test_that_somebody_who_crossed_a_boundary_is_called_otherwise_is_said_for_a_week(
    own: Own, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = own()
    here = opened(client)
    tom = here.create(Relationship, name="Tom", role="partner")
    kim = here.create(Relationship, name="Kim", role="friend")
    here.create(Moment, relationship_id=tom.id, at=here.now, what="Held me.", cause="other", crossed=["violence"])
    client.post(f"/with/{kim.id}/name/", {"name": "Kimberly", "role": "friend"})
    assert RENAMED not in today(client)
    client.post(f"/with/{tom.id}/name/", {"name": "Kim", "role": "friend"})
    assert RENAMED in today(client)
    assert f'href="/with/{tom.id}/"' in today(client)
    clock(monkeypatch, timedelta(days=8))
    assert RENAMED not in today(client)
