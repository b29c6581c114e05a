"""Words, damage and letters that a file brings: each is weighed as if it had been written here, and each is said."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from uuid import UUID, uuid4

import pytest
from django.test import Client

from reattune.journal import Journal, rupture_states
from reattune.journal.codec import encode, from_raw
from reattune.journal.documents import Attempt, Draft, Fit, Moment, Relationship, Removed, Rupture
from reattune.journal.merge import merge_file
from reattune.vault.backup_file import JournalCopy, RowCopy, from_file, to_file
from reattune.vault.keyring import Keyring
from reattune.vault.letters import seal_letter
from reattune.web.store.backups import restore
from reattune.web.store.letterbox import address_key, deliver
from reattune.web.store.models import SealedRow, WaitingLetter
from reattune.web.store.open_journal import OpenJournal
from tests.web.conftest import PASSPHRASE
from tests.web.files_brought import bring, clock, journal_file, lies_in, plain, preview, two_computers
from tests.web.journals import exported, opened, sure
from tests.web.test_deletion import note

Own = Callable[..., Client]
pytestmark = pytest.mark.django_db
DANGER = "I am going to kill myself tonight."
IN_FULL, IN_ONE_LINE = "Samaritans", "If you need someone now"


def damage(journal: OpenJournal, document_id: UUID) -> None:
    rows = SealedRow.objects.filter(journal_id=journal.journal_id, row_id=journal._seal.row_id(document_id))
    sealed = bytes(rows.get().sealed)
    rows.update(sealed=sealed[:-1] + bytes([sealed[-1] ^ 1]))


def test_words_of_danger_in_a_diary(own: Own) -> None:
    client = own()
    day = datetime.now(UTC).date() - timedelta(days=400)
    page, after = bring(client, f"# {day}\n{DANGER}\n".encode(), "diary.md")
    assert IN_FULL in page
    assert IN_FULL in after.content.decode()
    assert IN_FULL in client.get("/loose/").content.decode()
    assert IN_FULL not in client.get("/today/").content.decode()


def test_words_of_danger_that_a_file_dates_years_ahead_are_of_the_hour_in_which_it_came(
    own: Own, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = own()
    friend = plain("relationship", name="Jo", role="friend")
    ahead = {"updated": "2190-01-01T00:00:00Z"}
    words = plain("moment", relationship_id=friend["id"], at="2026-01-05T12:00:00Z", what=DANGER) | ahead
    page, answer = bring(client, journal_file(friend, words), "notes.json")
    assert IN_FULL in page
    assert IN_FULL in answer.content.decode()
    assert IN_ONE_LINE in client.get("/today/").content.decode()
    clock(monkeypatch, timedelta(hours=2))
    assert IN_ONE_LINE not in client.get("/today/").content.decode()
    # What the person writes into it then is of that hour.
    journal = opened(client)
    journal.amend(journal.journal.get(Moment, UUID(words["id"])), what=f"{DANGER} Now.")
    assert IN_ONE_LINE in client.get("/today/").content.decode()


def test_a_file_that_dates_ahead_what_is_here_takes_no_words_of_danger_from_their_hour(
    own: Own,
) -> None:
    client = own()
    note(client, DANGER)
    assert IN_FULL in client.get("/today/").content.decode()
    [moment] = opened(client).journal.moments()
    ahead = {"created": "2020-01-01T00:00:00Z", "updated": "2150-01-01T00:00:00Z"}
    here = json.loads(exported(client).content)["documents"]
    told = [each | ahead if each["id"] == str(moment.id) else each for each in here]
    page = preview(client, journal_file(*told), "notes.json")
    assert "There’s nothing to import" in page
    told = [each | {"cause": "misread_me"} if each["id"] == str(moment.id) else each for each in told]
    assert bring(client, journal_file(*told), "notes.json")[1].status_code == 200
    [newer] = [each for each in opened(client).journal.moments() if each.id == moment.id]
    assert newer.cause == "misread_me"
    assert newer.created == moment.created  # nor does it change the day on which they were written down
    assert newer.updated < datetime.now(UTC)
    assert IN_ONE_LINE in client.get("/today/").content.decode()
    # The same file once more brings nothing, and what was replaced can come back.
    assert "There’s nothing to import" in preview(client, journal_file(*told), "notes.json")
    [kept] = opened(client).journal.all(Removed)
    assert client.post(f"/settings/away/{kept.id}/back/").status_code == 302
    assert opened(client).journal.get(Moment, moment.id).cause == moment.cause


def test_words_of_danger_in_a_journal_that_the_person_said_are_none(own: Own) -> None:
    client = own()
    who = plain("relationship", name="Jo", role="friend")
    moment = plain("moment", relationship_id=who["id"], at="2026-01-05T12:00:00Z", what=DANGER)
    assert IN_FULL in preview(client, journal_file(who, moment), "n.json")
    assert IN_FULL not in preview(client, journal_file(who, {**moment, "not_meant": [DANGER]}), "n.json")


def test_what_a_damaged_backup_lacks_is_said(own: Own) -> None:
    client = own()
    for number in range(8):
        note(client, f"Entry {number} {'x' * 300}")
    whole = client.get("/settings/file/notes.sealed").content
    journal = opened(client)
    journal.write_and_discard([], journal.journal.all(Moment))
    page, after = bring(client, whole[: int(len(whole) * 0.6)], "notes.sealed")
    assert len(opened(client).journal.all(Moment)) < 8
    for shown in (page, after.content.decode()):
        assert "The end of the file is missing." in shown


def test_letters_that_waited_in_a_backup_come_in(own: Own) -> None:
    client = own()
    client.post("/lock/")
    client.post("/unlock/", {"passphrase": PASSPHRASE})
    key = address_key(opened(client))
    assert key
    said = {"letter": 1, "kind": "note", "id": str(uuid4()), "at": datetime.now(UTC).isoformat(), "words": "at night"}
    deliver(key.address, seal_letter(key.public, json.dumps(said).encode()))
    backup = client.get("/settings/file/notes.sealed").content
    WaitingLetter.objects.all().delete()
    page, _after = bring(client, backup, "notes.sealed")
    assert "waiting to come in" in page
    assert lies_in(client, "at night") == ["came_in"]


def test_a_journal_whose_settings_are_damaged_opens(own: Own) -> None:
    client = own()
    note(client, "Precious words")
    journal = opened(client)
    assert journal.journal.preferences
    damage(journal, journal.journal.preferences.id)
    page = client.get("/so-far/").content.decode()
    assert "Precious words" in page
    assert "couldn’t be opened" in page
    pages = ("/today/", "/check/", "/note/", "/settings/", "/settings/file/", "/settings/file/notes.sealed", "/soon/")
    assert {each: client.get(each).status_code for each in pages} == dict.fromkeys(pages, 200)
    client.post("/lock/")
    assert client.post("/unlock/", {"passphrase": PASSPHRASE}).headers["Location"] == "/today/"


def test_erasing_somebody_erases_drafts_that_were_discarded(own: Own) -> None:
    client = own()
    note(client, "With her.", "Anna")
    anna = next(each for each in opened(client).journal.all(Relationship) if each.name == "Anna")
    client.post("/typing/", {"draft_of": "/note/", "what": "Anna did it again"})
    client.post(f"/typing/{opened(client).journal.all(Draft)[0].id}/away/")
    client.post(f"/with/{anna.id}/off/", {**sure(client), "sure": "on"})
    assert lies_in(client, "Anna did it again") == []


def test_a_keyring_that_is_nested_too_deep_shuts_no_other_journal(own: Own) -> None:
    client = own()
    client.post("/lock/")
    file = b"".join(to_file([JournalCopy(b"\x01" * 16, b"[" * 100_000, b"", 0)]))
    restore(from_file(file), lambda: iter([]))
    assert client.get("/unlock/").status_code == 200
    assert client.post("/unlock/", {"passphrase": PASSPHRASE}).status_code == 302


def test_a_revision_that_no_database_holds_is_damage(db: None) -> None:
    row = RowCopy(b"r" * 16, 2**63, date(2026, 1, 1), date(2026, 1, 1), b"x")
    ring = Keyring.create(b"\x01" * 16, PASSPHRASE)[0].to_bytes()
    done = restore(from_file(b"".join(to_file([JournalCopy(b"\x01" * 16, ring, b"", 0, [row])]))), lambda: iter([]))
    assert len(done.problems) == 1
    assert not SealedRow.objects.exists()


def test_a_newer_draft_of_another_copy_leaves_the_words_here(own: Own) -> None:
    client = own()
    client.post("/typing/", {"draft_of": "/note/", "what": "common start"})
    raw = json.loads(exported(client).content)
    client.post("/typing/", {"draft_of": "/note/", "what": "common start and what I wrote here"})
    newer = (datetime.now(UTC) + timedelta(seconds=5)).isoformat()
    for each in raw["documents"]:
        if each["kind"] == "draft":
            each |= {"updated": newer, "fields": {"what": ["common start and the other computer"]}}
    bring(client, json.dumps(raw).encode(), "notes.json")
    assert lies_in(client, "what I wrote here") == ["removed"]


def test_of_two_conversations_noted_on_two_machines_each_can_come_back(own: Own) -> None:
    client = own()
    moment = note(client, "A remark.", "Jo")
    journal = opened(client)
    who = journal.journal.get(Moment, moment).relationship_id
    begun = {"began": journal.now, "transitions": rupture_states.begin(journal.now)}
    story = journal.create(Rupture, relationship_id=who, moment_ids=[moment], **begun)
    documents = json.loads(exported(client).content)["documents"]
    journal.create(Attempt, rupture_id=story.id, at=journal.now, number=1, outcome="repaired", they_said="Said here")
    now, other = (datetime.now(UTC) + timedelta(seconds=1)).isoformat(), str(uuid4())
    for each in documents:
        if each["kind"] == "rupture":
            each["transitions"] += [{"at": now, "state": state, "because": other} for state in ("raised", "unheard")]
            each["updated"] = now
    there = plain("attempt", rupture_id=str(story.id), at=now, number=1, outcome="unheard", they_said="Said there")
    bring(client, journal_file(*documents, {**there, "id": other, "created": now, "updated": now}), "n.json")
    here = next(each for each in opened(client).journal.all(Attempt) if each.they_said == "Said here")
    assert client.post(f"/away/{here.id}/").status_code == 302
    gone = next(each for each in opened(client).journal.all(Removed) if not each.replaced)
    assert client.post(f"/settings/away/{gone.id}/back/").status_code == 302
    assert "attempt" in lies_in(client, "Said here")


def test_a_list_of_needs_that_is_stale_takes_no_other_away(own: Own) -> None:
    client = own()
    opened(client).create(Fit, needs=[{"words": "To be asked"}, {"words": "To be heard"}])
    page = client.get("/next/").content.decode()
    first = re.search(r'action="(/next/drop/0/)">.*?name="words" value="([^"]+)"', page)
    assert first
    for _ in range(2):
        client.post(first[1], {"words": first[2]})
    assert [need.words for need in opened(client).journal.all(Fit)[0].needs] == ["To be heard"]


def test_the_preview_names_who_would_come_back(own: Own) -> None:
    client = own()
    note(client, "With her.", "Anna")
    backup = client.get("/settings/file/notes.sealed").content
    anna = next(each for each in opened(client).journal.all(Relationship) if each.name == "Anna")
    client.post(f"/with/{anna.id}/off/", {**sure(client), "sure": "on"})
    assert "Anna" in preview(client, backup, "notes.sealed")


def test_what_a_file_says_is_not_meant_silences_no_lines(own: Own) -> None:
    client = own()
    draft = plain("draft", form="/note/", fields={"what": ["Something"]}, not_meant=[DANGER])
    friend = plain("relationship", name="Jo", role="friend")
    now = datetime.now(UTC).isoformat()
    other = plain(
        "moment", relationship_id=friend["id"], at="2026-01-05T12:00:00Z", what="We had tea.", not_meant=[DANGER]
    )
    bring(client, journal_file(draft, friend, other | {"updated": now}), "notes.json")
    who, mark = friend["id"], opened(client).mark
    typed = {"draft_of": "/note/", "journal": mark, "what": DANGER}
    client.post("/typing/", typed)
    given = {"who": who, "day": f"{datetime.now(UTC):%Y-%m-%d}", "what": DANGER, "cause": "other"}
    kept = client.post("/note/", {**given, "draft_of": "/note/", "journal": mark}, follow=True)
    assert IN_FULL in kept.content.decode()


def test_a_readable_file_changes_no_settings(own: Own) -> None:
    client = own()
    before = opened(client).journal.preferences
    assert before
    raw = json.loads(exported(client).content)
    ahead = (datetime.now(UTC) + timedelta(seconds=5)).isoformat()
    for each in raw["documents"]:
        if each["kind"] == "preferences":
            each |= {"region": "JP", "titles_only": True, "no_backup_reminders": True, "updated": ahead}
    page = preview(client, json.dumps(raw).encode(), "notes.json")
    assert "The settings here stay as they are." in page
    assert "There’s nothing to import" in page
    after = opened(client).journal.preferences
    assert after
    assert (after.region, after.titles_only, after.no_backup_reminders) == (before.region, False, False)


def test_settings_come_back_with_a_sealed_backup(own: Own) -> None:
    client = own()
    journal = opened(client)
    assert journal.journal.preferences
    newer = journal.changed(journal.journal.preferences, titles_only=True)
    assert merge_file(journal.journal, [newer], read_on=None).newer == (newer,)
    assert merge_file(journal.journal, [newer], read_on=journal.now).newer == ()


def test_a_questionnaire_of_thousands_of_questions_is_left_out(own: Own) -> None:
    client = own()
    items = [{"key": f"a{number}", "subscale": "whole"} for number in range(20_000)]
    definition = {"key": "x", "title": "X", "scale_low": 0, "scale_high": 10, "items": items}
    began = time.process_time()
    page = preview(client, journal_file(plain("instrument", definition=definition)), "notes.json")
    assert "20,000 questions; the limit is 500" in page
    assert time.process_time() - began < 10


def test_a_chain_of_things_that_name_each_other_takes_no_long(own: Own) -> None:
    friend = plain("relationship", name="Jo", role="friend")
    chain = [
        plain("unsaid", relationship_id=friend["id"], words="A thing.", since="2026-01-05T12:00:00Z")
        for _ in range(3_000)
    ]
    for one, other in pairwise(chain):
        one["source_id"] = other["id"]
    documents = [from_raw(each) for each in (friend, *chain)]
    began = time.process_time()
    assert len(merge_file(Journal(), documents, read_on=None).added) == 3_001
    assert time.process_time() - began < 10


def test_two_clients_of_one_name_from_two_computers_are_told_apart(own: Own) -> None:
    one, two = own(journal_kind="therapist"), own("other words of another one", journal_kind="therapist")
    for each in (one, two):
        each.post("/those/one/", {"name": "Frau K"})
    [other] = opened(two).journal.clients
    file = exported(two).content
    page, _answer = bring(one, file, "notes.json")
    assert "Somebody here is called Frau K already. The one from this file comes in as Frau K 2." in page
    assert [each.name for each in opened(one).journal.clients] == ["Frau K", "Frau K 2"]
    assert "There’s nothing to import" in preview(one, file, "notes.json")
    # The number goes to the other computer with the next file, and there is one of each name there too.
    bring(two, exported(one).content, "notes.json")
    assert sorted(each.name for each in opened(two).journal.clients) == ["Frau K", "Frau K 2"]
    assert opened(two).journal.get(Relationship, other.id).name == "Frau K 2"


@pytest.mark.parametrize("said_on", [None, timedelta(days=-9)])
def test_a_file_says_of_no_words_that_are_here_that_they_are_no_danger(own: Own, said_on: timedelta | None) -> None:
    client = own()
    written = note(client, DANGER)
    moment = opened(client).journal.get(Moment, written)
    friend = opened(client).journal.get(Relationship, moment.relationship_id)
    raw = [json.loads(encode(each)) for each in (friend, moment)]
    raw[1] |= {"not_meant": [DANGER], "updated": (moment.updated + timedelta(seconds=1)).isoformat()}
    raw[1] |= {"not_meant_on": (moment.updated + said_on).isoformat()} if said_on else {}
    bring(client, journal_file(*raw), "notes.json")
    after = opened(client).journal.get(Moment, moment.id)
    assert (after.not_meant, after.not_meant_on) == ((), None)
    # What comes in with other words says so, and is told of for a week.
    other = plain("moment", relationship_id=str(friend.id), at="2026-01-05T12:00:00Z", what=DANGER, not_meant=[DANGER])
    bring(client, journal_file(raw[0], other), "notes.json")
    assert opened(client).journal.get(Moment, UUID(other["id"])).not_meant == (DANGER,)
    assert "something you wrote isn’t meant as it sounds" in client.get("/today/").content.decode()


def test_who_comes_to_a_persons_journal_is_no_client_and_a_second_therapist_is_said_to_be_past(own: Own) -> None:
    one, two = own(), own("other words of another one", therapist="Anselm")
    page = preview(two, exported(one).content, "notes.json")
    assert "new client" not in page
    assert "Miriam comes in as a past therapist: this journal has a current one." in page


def test_of_two_sessions_of_a_day_from_two_computers_each_can_be_changed(own: Own) -> None:
    one, two, client = two_computers(own)
    bring(one, exported(two).content, "notes.json")
    sessions = opened(one).journal.sessions(client)
    assert len(sessions) == 2
    for number, session in enumerate(sessions):
        said = {"day": "2026-01-05", "place": "in_person"}
        noted = opened(one).journal.observation_of(session)
        assert noted
        changed = {**said, "did_words": f"{noted.did_words} More."}
        assert one.post(f"/those/met/{session.id}/", changed).status_code == 302
        typed = one.post(f"/those/{client.id}/typed/?session={session.id}", {**said, "safe": str(number)})
        assert typed.status_code == 302
    journal = opened(one).journal
    assert len(journal.sessions(client)) == 2
    assert [journal.check_in_of(each).answers for each in sessions] == [{"safe": 0}, {"safe": 1}]  # type: ignore[union-attr]
    assert all(journal.observation_of(each).did_words.endswith(" More.") for each in sessions)  # type: ignore[union-attr]
    # To another day that has one it still can't go.
    one.post(f"/those/{client.id}/after/", {"day": "2026-01-12", "place": "in_person", "did_words": "Calm."})
    moved = one.post(f"/those/met/{sessions[0].id}/", {"day": "2026-01-12", "place": "in_person", "did_words": "x"})
    assert "Another session with them is noted on this day." in moved.content.decode()


def test_lines_of_a_diary_that_may_be_days_are_said_before_it_comes_in(own: Own) -> None:
    client = own()
    page, _ = bring(client, b"2024-05-30\nShe laughed at me.\n\nFriday, 31 May\nI did not go.\n", "diary.txt")
    assert "“Friday, 31 May”" in page
    assert "can’t be read as one: 1." in page
