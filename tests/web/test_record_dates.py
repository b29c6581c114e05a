"""The dated record says of each word since when it stands there, and what was added to it can be taken out again."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from django.test import Client

from reattune.journal.codec import encode
from reattune.journal.documents import Attempt, Moment, Relationship, Removed, Rupture
from reattune.journal.record_dates import from_file
from reattune.web.pages.shared.dates import dated
from tests.web.files_brought import bring, clock, journal_file, preview
from tests.web.journals import opened
from tests.web.test_deletion import deleted_ids

Own = Callable[..., Client]
pytestmark = pytest.mark.django_db
FIRST, OTHER = "He put his hand on my knee.", "I hugged him, and he was kind about it."
LONG_AGO = timedelta(days=-40)


def written(client: Client, **fields: object) -> Moment:
    """A moment of today, with the therapist."""
    journal = opened(client)
    who = journal.journal.therapist
    assert who
    given = {"what": FIRST, "cause": "crossed_a_boundary", "crossed": ["sexual"], **fields}
    return journal.create(Moment, relationship_id=who.id, at=journal.now, **given)


def change(client: Client, moment: Moment, what: str) -> None:
    given = {"what": what, "who": str(moment.relationship_id), "cause": "crossed_a_boundary"}
    day = {"day": moment.local(moment.at).date().isoformat()}
    assert client.post(f"/note/{moment.id}/change/", {**given, **day}).status_code == 302


def record(client: Client, document_id: UUID) -> str:
    """The record as its page shows it, to read, to print and to copy."""
    page = client.get(f"/kept/{document_id}/").content.decode()
    text = re.search(r'<textarea id="as-text"[^>]*>(.*?)</textarea>', page, re.DOTALL)
    assert text
    return text[1]


def day(ahead: timedelta = timedelta()) -> str:
    """In London, where that journal is: in summer another day than in UTC, late in the evening."""
    return str(dated((datetime.now(UTC) + ahead).astimezone(ZoneInfo("Europe/London"))))


def test_words_that_were_changed_on_a_later_day_say_so(own: Own, monkeypatch: pytest.MonkeyPatch) -> None:
    client = own()
    clock(monkeypatch, LONG_AGO)
    moment = written(client)
    change(client, moment, f"{FIRST} And kept it there.")  # on the same day: that is when it was written down
    assert f"(written down on {day(LONG_AGO)}" in record(client, moment.id)
    assert "changed on" not in record(client, moment.id)
    clock(monkeypatch, timedelta())
    change(client, moment, OTHER)
    said = record(client, moment.id)
    assert re.search(rf"\(written down on {day(LONG_AGO)}, [0-9:]+, changed on {day()}, [0-9:]+\)", said)
    # The words of that day, brought back, are of that day.
    assert client.post(f"/settings/away/{deleted_ids(client)[-1]}/back/").status_code == 302
    assert FIRST in record(client, moment.id)
    assert "changed on" not in record(client, moment.id)


def test_what_has_nothing_to_do_with_the_record_changes_no_day(own: Own, monkeypatch: pytest.MonkeyPatch) -> None:
    client = own()
    clock(monkeypatch, LONG_AGO)
    moment = written(client)
    clock(monkeypatch, timedelta())
    assert client.post(f"/note/{moment.id}/size/", {"reaction": "7", "event": "2", "stop": ""}).status_code == 302
    assert opened(client).journal.get(Moment, moment.id).reaction == 7
    assert "changed on" not in record(client, moment.id)


def test_what_was_ticked_later_has_a_day_of_its_own(own: Own, monkeypatch: pytest.MonkeyPatch) -> None:
    client = own()
    clock(monkeypatch, LONG_AGO)
    moment = written(client, crossed=[])
    clock(monkeypatch, timedelta())
    client.post(f"/note/{moment.id}/which/", {"crossed": "sexual"})
    said = record(client, moment.id)
    assert f"From a list, I ticked on {day()}:" in said
    assert "changed on" not in said


def test_a_conversation_says_when_it_was_written_down_and_changed(own: Own, monkeypatch: pytest.MonkeyPatch) -> None:
    client = own()
    clock(monkeypatch, LONG_AGO)
    moment = written(client, cause="other", crossed=[])
    journal = opened(client)
    step = {"at": moment.at, "state": "noticed"}
    begun = journal.create(
        Rupture,
        relationship_id=moment.relationship_id,
        began=moment.at,
        moment_ids=[moment.id],
        transitions=[step],
    )
    talk = journal.create(Attempt, rupture_id=begun.id, at=journal.now, they_said="She laughed.")
    assert f"(written down on {day(LONG_AGO)}" in record(client, begun.id).partition("I brought it up.")[0]
    clock(monkeypatch, timedelta())
    journal = opened(client)
    journal.amend(journal.journal.get(Attempt, talk.id), they_said="She was kind.")
    assert f"changed on {day()}" in record(client, begun.id)


def test_what_was_added_can_be_taken_out_and_waits_for_thirty_days(own: Own) -> None:
    client = own()
    moment = written(client)
    address = f"/kept/{moment.id}/"
    for words in ("I told my sister.", "I made this up."):
        client.post(address, {"words": words})
    keys = re.findall(r'name="take_out" value="([^"]+)"', client.get(address).content.decode())
    assert len(keys) == 2
    assert client.post(address, {"take_out": keys[1]}).status_code == 302
    assert "I told my sister." in record(client, moment.id)
    assert "I made this up." not in record(client, moment.id)
    client.post(address, {"take_out": keys[1]})  # once more changes nothing
    assert [each.words for each in opened(client).journal.get(Moment, moment.id).record_notes] == ["I told my sister."]
    assert any("I made this up." in raw for each in opened(client).journal.all(Removed) for raw in each.documents)
    client.post(f"/settings/away/{deleted_ids(client)[-1]}/back/")
    assert "I made this up." in record(client, moment.id)


def test_the_record_of_a_whole_story_takes_out_what_was_added_to_a_moment(own: Own) -> None:
    client = own()
    moment = written(client)
    journal = opened(client)
    who, step = moment.relationship_id, {"at": moment.at, "state": "noticed"}
    begun = journal.create(Rupture, relationship_id=who, began=moment.at, moment_ids=[moment.id], transitions=[step])
    client.post(f"/kept/{moment.id}/", {"words": "I told my sister."})
    key = re.search(r'name="take_out" value="([^"]+)"', client.get(f"/kept/{begun.id}/").content.decode())
    assert key
    client.post(f"/kept/{begun.id}/", {"take_out": key[1]})
    assert opened(client).journal.get(Moment, moment.id).record_notes == ()


def test_a_file_that_anybody_can_write_dates_nothing_back(own: Own, monkeypatch: pytest.MonkeyPatch) -> None:
    client = own()
    clock(monkeypatch, LONG_AGO)
    moment = written(client)
    who = opened(client).journal.get(Relationship, moment.relationship_id)
    clock(monkeypatch, timedelta())

    def forged(**fields: object) -> bytes:
        as_written = [json.loads(encode(each)) for each in (who, moment)]
        later = (moment.updated + timedelta(seconds=1)).isoformat()
        return journal_file(as_written[0], {**as_written[1], "updated": later, **fields})

    bring(client, forged(what=OTHER, reworded=None, brought=None), "notes.json")
    said = record(client, moment.id)
    assert OTHER in said
    assert f", changed on {day()}" in said
    assert f"From a file that was imported on {day()}." in said
    new = "019c0000-0000-7000-8000-0000000000aa"
    bring(client, forged(id=new), "notes.json")
    assert f"From a file that was imported on {day()}." in record(client, UUID(new))
    note = {"at": moment.at.isoformat(), "words": "I told nobody."}
    bring(client, forged(what=OTHER, record_notes=[note], updated=datetime.now(UTC).isoformat()), "notes.json")
    assert f"From a file that was imported on {day()}." in record(client, moment.id)


def test_what_a_file_has_as_it_is_here_stays_as_it_is(own: Own) -> None:
    client = own()
    moment = written(client)
    later = datetime.now(UTC) + timedelta(days=3)
    assert from_file(moment, moment, later) == moment
    assert from_file(moment, moment.model_copy(update={"reworded": later, "reaction": 3}), later).reworded is None


def test_a_note_that_a_file_put_into_a_record_says_so(own: Own, monkeypatch: pytest.MonkeyPatch) -> None:
    client = own()
    clock(monkeypatch, LONG_AGO)
    moment = written(client, what="He was late again.", cause="other", crossed=[])
    client.post(f"/note/{moment.id}/say/")
    [story] = opened(client).journal.all(Rupture)
    client.post(f"/kept/{story.id}/", {"words": "Anna was there."})
    clock(monkeypatch, timedelta())
    documents = [json.loads(encode(each)) for each in opened(client).journal if each.kind != "preferences"]
    note = {"at": (moment.at + timedelta(days=2)).isoformat(), "words": "I made this up."}
    for each in documents:
        if each["id"] == str(story.id):
            each["record_notes"].append(note)
            each["updated"] = (datetime.now(UTC) - timedelta(days=1)).isoformat()
    bring(client, journal_file(*documents), "notes.json")
    mine, theirs = record(client, story.id).split("Added on ")[1:]
    assert "Anna was there." in mine
    assert "From a file" not in mine
    from_a_file = f"From a file that was imported on {day()}."
    assert f"{from_a_file}\nI made this up." in theirs
    page = client.get(f"/kept/{story.id}/").content.decode()
    assert page.count(from_a_file) > record(client, story.id).count(from_a_file), "beside the note, too"
    assert "There’s nothing to import" in preview(client, journal_file(*documents), "notes.json")
