"""One journal on two computers: what was done on either before files went to and fro is whole on both afterwards."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from django.db import transaction
from django.test import Client

from reattune.journal import JournalError, rupture_states
from reattune.journal.codec import encode
from reattune.journal.documents import (
    Address,
    Attempt,
    CheckIn,
    Document,
    Echo,
    Instrument,
    Moment,
    Preferences,
    Relationship,
    Removed,
    Rupture,
    Session,
    TalkPlan,
)
from reattune.journal.merge import merge
from reattune.reflection.people import confirmed
from reattune.reflection.therapist_fit import needs_of
from reattune.web.store.manifest import Head
from reattune.web.store.models import SealedRow
from tests.web.files_brought import as_it_is, bring, preview
from tests.web.journals import exported, opened, sure
from tests.web.test_questionnaires import put

Own = Callable[..., Client]
pytestmark = pytest.mark.django_db
SAID = "She said I should be ashamed."


def two(own: Own) -> tuple[Client, Client, Moment, Relationship]:
    """The same journal twice, with a moment with the therapist, and somebody else."""
    one, other = own("words of the one of them"), own("words of the other one")
    journal = opened(one)
    who, mum = journal.journal.therapist, journal.create(Relationship, name="Mum", role="parent")
    assert who
    moment = journal.create(Moment, relationship_id=who.id, at=journal.now, what=SAID)
    there = opened(other)
    if there.journal.therapist:
        there.discard(there.journal.therapist)
    given = [each for each in opened(one).journal if not isinstance(each, (Preferences, Address))]
    there.take_in(merge(opened(other).journal, given).changes)
    return one, other, moment, mum


def to_and_fro(one: Client, other: Client) -> str:
    """Each gets the file of the other, twice. What the first preview says."""
    first = ""
    for to, of in ((other, one), (one, other)) * 2:
        content = exported(of).content
        first = first or preview(to, content, "notes.json")
        if 'name="held_file"' in preview(to, content, "notes.json"):
            bring(to, content, "notes.json", **sure(to))
    return first


def moved(client: Client, moment: Moment, to: Relationship) -> None:
    page = client.get(f"/note/{moment.id}/change/").content.decode()
    assert client.post(f"/note/{moment.id}/change/", {**as_it_is(page, "what"), "who": str(to.id)}).status_code == 302


def a_story(client: Client, *moments: Moment) -> Rupture:
    journal = opened(client)
    begun, who = rupture_states.begin(journal.now), moments[0].relationship_id
    ids, began = tuple(each.id for each in moments), moments[0].at
    story = journal.create(
        Rupture, relationship_id=who, title="The clock", began=began, moment_ids=ids, transitions=begun
    )
    journal.create(TalkPlan, rupture_id=story.id, what_happened="It went wrong.", finished=journal.now)
    return story


def all_of(client: Client, kind: type[Rupture | Echo | Moment]) -> list[str]:
    """But for when a file was read: one that says the same keeps the time of what is here."""
    return sorted(
        each.model_dump_json(exclude={"brought", "reworded", "updated"}) for each in opened(client).journal.all(kind)
    )


def left_out(own: Own, client: Client) -> list[str]:
    """What its own file doesn't bring into an empty journal, but for settings."""
    new, content = own("words of a third one"), exported(client).content
    bring(new, content, "notes.json", **sure(new))
    there = opened(new).journal
    return [each.kind for each in opened(client).journal if _goes_out(each) and not there.holds(each.id)]


def _goes_out(document: object) -> bool:
    return not isinstance(document, (Preferences, Address, Removed))


@pytest.mark.parametrize("last", ["moved", "story"])
def test_a_moment_moved_to_somebody_on_one_leaves_the_story_it_was_put_into_on_the_other(own: Own, last: str) -> None:
    one, other, moment, mum = two(own)
    if last == "story":
        moved(one, moment, mum)
    story = a_story(other, moment)
    if last == "moved":
        moved(one, moment, mum)
    assert "so it’s no longer part of it." in to_and_fro(one, other)
    for kind in (Rupture, Moment):
        assert all_of(one, kind) == all_of(other, kind)
    for client in (one, other):
        assert opened(client).journal.get(Rupture, story.id).moment_ids == ()
        assert opened(client).journal.get(Moment, moment.id).relationship_id == mum.id
        assert SAID not in client.get(f"/out/{story.id}/").content.decode()
        assert client.post(f"/thread/{story.id}/to/let-go/").status_code == 302
        assert opened(client).journal.get(Rupture, story.id).state == "let_go"
    assert not left_out(own, other)


def test_a_link_whose_moments_came_to_be_with_one_person_is_none_until_one_is_moved(own: Own) -> None:
    one, other, moment, mum = two(own)
    journal = opened(one)
    earlier = journal.create(Moment, relationship_id=mum.id, at=journal.now, what="She left.")
    to_and_fro(one, other)
    journal = opened(other)
    link = journal.create(Echo, moment_id=moment.id, earlier_id=earlier.id, answer="yes")
    moved(one, moment, mum)
    to_and_fro(one, other)
    for client in (one, other):
        assert [each.id for each in opened(client).journal.all(Echo)] == [link.id]
        assert confirmed(opened(client).journal) == []
        for page in ("/so-far/", "/again/", f"/with/{mum.id}/", f"/note/{moment.id}/back/before/"):
            assert client.get(page).status_code == 200, page
    assert not left_out(own, one)
    who = opened(one).journal.therapist
    assert who
    moved(one, moment, who)
    assert [each.id for each in confirmed(opened(one).journal)] == [link.id]


def test_what_was_said_to_be_no_link_is_no_less_so_where_a_moment_is_moved(own: Own) -> None:
    one, _, moment, mum = two(own)
    journal = opened(one)
    earlier = journal.create(Moment, relationship_id=mum.id, at=journal.now, what="She left.")
    journal.create(Echo, moment_id=moment.id, earlier_id=earlier.id, answer="no")
    with pytest.raises(JournalError):
        journal.create(Echo, moment_id=moment.id, earlier_id=moment.id, answer="yes")
    moved(one, moment, mum)
    assert not left_out(own, one)


def test_a_deleted_moment_does_not_come_back_into_a_story_that_went_to_somebody_else(own: Own) -> None:
    client, _, moment, mum = two(own)
    journal = opened(client)
    second = journal.create(Moment, relationship_id=moment.relationship_id, at=journal.now, what="She was late.")
    begun = rupture_states.begin(journal.now)
    fields = {"relationship_id": moment.relationship_id, "began": moment.at, "transitions": begun}
    story = journal.create(Rupture, moment_ids=(moment.id, second.id), **fields)
    client.post(f"/away/{moment.id}/")
    moved(client, second, mum)
    [removed] = [each for each in opened(client).journal.all(Removed) if not each.replaced]
    assert client.post(f"/settings/away/{removed.id}/back/").status_code == 302
    kept = opened(client).journal
    assert kept.get(Moment, moment.id).relationship_id == moment.relationship_id
    assert kept.get(Rupture, story.id).relationship_id == mum.id
    assert kept.get(Rupture, story.id).moment_ids == (second.id,)


def written_by_a_newer_one(client: Client, document: Document, **changed: object) -> None:
    """The row of an entry as a later Reattune would have left it."""
    journal = opened(client)
    raw = {**json.loads(encode(document)), "updated": journal.now.isoformat(), **changed}
    row_id = journal._seal.row_id(document.id)
    with transaction.atomic():
        head = Head.for_update(journal.journal_id, journal._seal)
        revision = journal._revisions[row_id] + 1
        sealed = journal._seal.seal(row_id, revision, json.dumps(raw).encode())
        rows = SealedRow.objects.filter(journal_id=journal.journal_id, row_id=row_id)
        assert rows.update(revision=revision, sealed=sealed)
        head.revisions[row_id] = revision
        head.write(journal.journal_id, journal._seal)


def as_it_lies(client: Client) -> str:
    journal = opened(client)
    rows = SealedRow.objects.filter(journal_id=journal.journal_id)
    return "".join(journal._seal.open(bytes(each.row_id), each.revision, bytes(each.sealed)).decode() for each in rows)


@pytest.mark.parametrize("changed", [{"a_field_of_2027": "yes"}, {"version": 99}, {"kind": "dream"}])
@pytest.mark.parametrize("how", ["json", "sealed"])
def test_no_older_file_takes_the_place_of_what_a_newer_reattune_wrote(
    own: Own, how: str, changed: dict[str, object]
) -> None:
    client = own()
    journal = opened(client)
    assert journal.journal.therapist
    fields = {"relationship_id": journal.journal.therapist.id, "at": journal.now}
    moment = journal.create(Moment, what="The first words.", **fields)
    file = exported(client).content if how == "json" else client.get("/settings/file/notes.sealed").content
    written_by_a_newer_one(client, moment, what="Words of the newer one.", **changed)
    assert "Update Reattune to open it." in client.get("/today/").content.decode()
    page = preview(client, file, "notes.json")
    assert "a form from a newer Reattune. Update Reattune to open it." in page.partition("<main")[2]
    if 'name="held_file"' in page:
        bring(client, file, "notes.json", **sure(client))
    assert "Words of the newer one." in as_it_lies(client)
    assert not opened(client).journal.holds(moment.id)


def test_a_list_for_the_next_therapist_begun_on_both_is_one_on_each(own: Own) -> None:
    one, other, _, _ = two(own)
    to_and_fro(one, other)
    for client, words in ((one, "Somebody who asks"), (other, "No interruptions")):
        assert client.post("/next/", {"words": words, "wanted": "yes", "weight": "2"}).status_code == 302
    to_and_fro(one, other)
    for client in (one, other):
        for page in ("/next/", "/next/one/"):
            shown = client.get(page).content.decode()
            assert "Somebody who asks" in shown, page
            assert "No interruptions" in shown, page
        client.post("/next/", {"words": "Somebody who asks", "wanted": "yes", "weight": "2"})
    assert len(needs_of(opened(one).journal)) == 2
    for place in (1, 0):
        words = needs_of(opened(other).journal)[place].words
        assert other.post(f"/next/drop/{place}/", {"words": words}).status_code == 302
    assert needs_of(opened(other).journal) == ()
    to_and_fro(one, other)
    assert needs_of(opened(one).journal) == ()


@pytest.mark.parametrize("also", ["", "title", "let-go"])
def test_a_conversation_deleted_on_one_comes_back_into_its_story_with_the_file_of_the_other(
    own: Own, also: str
) -> None:
    one, other, moment, _ = two(own)
    second = opened(one).create(Moment, relationship_id=moment.relationship_id, at=moment.at, what="The clock.")
    story = a_story(one, moment, second)
    journal = opened(one)
    fields = {"at": journal.now, "outcome": "repaired", "they_said": "I see."}
    talk = journal.create(Attempt, rupture_id=story.id, **fields)
    to_and_fro(one, other)
    other.post(f"/away/{talk.id}/")
    other.post(f"/away/{second.id}/")
    there = opened(other)
    kept = there.journal.get(Rupture, story.id)
    assert kept.state == "preparing"
    if also == "title":
        there.change(kept, title="The clock on the wall")
    elif also:
        other.post(f"/thread/{story.id}/to/let-go/")
    bring(other, exported(one).content, "notes.json", **sure(other))
    kept = opened(other).journal.get(Rupture, story.id)
    assert set(kept.moment_ids) == {moment.id, second.id}
    assert kept.state == ("let_go" if also == "let-go" else "repaired")
    to_and_fro(one, other)
    for kind in (Rupture, Moment):
        assert all_of(one, kind) == all_of(other, kind)
    page = other.get(f"/thread/{story.id}/").content.decode()
    assert "I see." in page
    assert ("preparing what to say" in page) is False


def test_a_moment_that_comes_back_leaves_where_its_story_stands(own: Own) -> None:
    client, _, moment, _ = two(own)
    second = opened(client).create(Moment, relationship_id=moment.relationship_id, at=moment.at, what="The clock.")
    story = a_story(client, moment, second)
    journal = opened(client)
    talk = journal.create(Attempt, rupture_id=story.id, at=journal.now, outcome="repaired")
    client.post(f"/away/{second.id}/")
    opened(client).change(opened(client).journal.get(Attempt, talk.id), outcome=None)
    assert opened(client).journal.get(Rupture, story.id).state == "raised"
    [removed] = opened(client).journal.all(Removed)
    client.post(f"/settings/away/{removed.id}/back/")
    back = opened(client).journal.get(Rupture, story.id)
    assert (set(back.moment_ids), back.state) == ({moment.id, second.id}, "raised")


QUESTIONS = """
key = "mine"
version = 1
title = "Mine"
licence = "own"
source = "own"
scale_low = 0
scale_high = 10
[[items]]
key = "a"
subscale = "bond"
text = "I felt save"
low = "not at all"
high = "fully"
[[items]]
key = "b"
subscale = "bond"
text = "I was heard"
low = "not at all"
high = "fully"
"""


@pytest.mark.parametrize("met_before", [False, True])
def test_a_questionnaire_loaded_on_both_is_one_and_can_be_corrected(
    own: Own, met_before: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other, _, _ = two(own)
    for client in (one, other):
        put(client, QUESTIONS)
        client.post("/settings/questions/use/", {"name": "mine/1"})
        journal = opened(client)
        assert journal.journal.therapist
        session = journal.create(Session, relationship_id=journal.journal.therapist.id, at=journal.now)
        journal.create(CheckIn, session_id=session.id, instrument="mine/1", answers={"a": 7, "b": 8})
    if met_before:  # as they met in versions before this one
        with monkeypatch.context() as patched:
            patched.setattr("reattune.journal.merge.one_of_a_name", lambda _journal, given: (given, 0))
            bring(other, exported(one).content, "notes.json", **sure(other))
        assert len(opened(other).journal.all(Instrument)) == 2
    else:
        to_and_fro(one, other)
        assert [len(opened(each).journal.all(Instrument)) for each in (one, other)] == [1, 1]
    put(other, QUESTIONS.replace("save", "safe"))
    shown = other.get("/check/").content.decode()
    assert "I felt safe" in shown
    assert "I felt save" not in shown
    new = own("words of a third one")
    bring(new, exported(other).content, "notes.json", **sure(new))
    assert [each.definition.items[0].text for each in opened(new).journal.all(Instrument)] == ["I felt safe"]
    assert len(opened(new).journal.all(CheckIn)) == 2
    backup = other.get("/settings/file/notes.sealed").content
    assert "held_file" not in preview(other, backup, "notes.sealed"), "a second time changes nothing"
    assert "I felt safe" in other.get("/check/").content.decode()
