"""Deleting one thing and thinking better of it; erasing somebody without a trace."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from django.test import Client

from reattune.journal import rupture_states
from reattune.journal.deletion import removal, returning
from reattune.journal.documents import (
    Attempt,
    CheckIn,
    Draft,
    LooseNote,
    Moment,
    Relationship,
    Removed,
    Rupture,
    Session,
    TalkPlan,
    Vector,
)
from reattune.web.store.models import SealedJournal
from tests.installation_per_worker import STORE
from tests.web.conftest import PASSPHRASE
from tests.web.files_brought import clock
from tests.web.journals import opened, sure

Own = Callable[..., Client]


def note(client: Client, what: str, name: str = "Jo") -> UUID:
    page = client.get("/note/").content.decode()
    known = re.search(rf'<option value="([0-9a-f-]{{36}})"[^>]*>{name} ', page)
    given = {"who": known[1] if known else "new", "name": name, "role": "friend", "day": "2026-01-05", "what": what}
    return UUID(client.post("/note/", {**given, "stop": ""}).headers["Location"].strip("/").split("/")[-1])


def deleted_ids(client: Client) -> list[str]:
    return re.findall(r"/settings/away/([0-9a-f-]{36})/back/", client.get("/settings/away/").content.decode())


def test_a_moment_and_what_hangs_on_it_go_and_come_back_as_they_were(own: Own) -> None:
    client = own()
    first, second = note(client, "One remark."), note(client, "Another remark.")
    before = opened(client)
    rupture = before.create(
        Rupture, relationship_id=before.journal.get(Moment, first).relationship_id, began=before.now,
        moment_ids=[first, second], transitions=rupture_states.begin(before.now),
    )  # fmt: skip
    before.create(Vector, moment_id=first, model="m", of="o", what="", meant="")
    was = {each.id: each for each in opened(client).journal}
    page = client.get(f"/away/{first}/").content.decode()
    assert "One remark." in page
    client.post(f"/away/{first}/")
    after = opened(client).journal
    assert after.find(Moment, first) is None
    assert after.all(Vector) == []
    assert after.get(Rupture, rupture.id).moment_ids == (second,)
    assert client.get(f"/moment/{first}/").status_code == 404
    [kept] = deleted_ids(client)
    client.post(f"/settings/away/{kept}/back/")
    back = opened(client).journal
    assert {each.id for each in back} == set(was)
    assert set(back.get(Rupture, rupture.id).moment_ids) == {first, second}
    for each in back:
        if not isinstance(each, Rupture):
            assert each == was[each.id]
    assert deleted_ids(client) == []


def test_the_last_moment_takes_its_rupture_along(own: Own) -> None:
    client = own()
    first = note(client, "One remark.")
    journal = opened(client)
    who = journal.journal.get(Moment, first).relationship_id
    rupture = journal.create(
        Rupture, relationship_id=who, began=journal.now, moment_ids=[first],
        transitions=rupture_states.begin(journal.now),
    )  # fmt: skip
    journal.create(TalkPlan, rupture_id=rupture.id, what_happened="She laughed.")
    page = client.get(f"/away/{first}/").content.decode()
    assert "something that went wrong" in page
    assert "prepared words" in page
    client.post(f"/away/{first}/")
    left = opened(client).journal
    assert left.all(Rupture) == left.all(TalkPlan) == left.all(Attempt) == []
    client.post(f"/settings/away/{deleted_ids(client)[0]}/back/")
    assert len(opened(client).journal.all(TalkPlan)) == 1


def test_a_check_in_takes_its_session_along(own: Own) -> None:
    client = own()
    client.post("/check/", {"day": "2026-01-05", "safe": "4", "place": "in_person"})
    kept = opened(client).journal.all(CheckIn)[0]
    client.post(f"/away/{kept.id}/")
    assert opened(client).journal.all(Session) == []
    client.post(f"/settings/away/{deleted_ids(client)[0]}/back/")
    assert opened(client).journal.all(CheckIn) == [kept]


def test_after_thirty_days_it_is_gone_with_the_next_unlocking(own: Own, monkeypatch: pytest.MonkeyPatch) -> None:
    client = own()
    client.post(f"/away/{note(client, 'A remark.')}/")
    for days, left in ((20, 1), (28.9, 1), (29.95, 1), (30.1, 0)):
        clock(monkeypatch, timedelta(days=days))
        Client().post("/unlock/", {"passphrase": PASSPHRASE})
        assert len(opened(client).journal.all(Removed)) == left


def test_after_a_long_time_it_is_gone_a_day_after_the_next_unlocking(own: Own, monkeypatch: pytest.MonkeyPatch) -> None:
    client = own()
    client.post(f"/away/{note(client, 'A remark.')}/")
    for days, left in ((50, 1), (50.1, 1), (120, 0)):
        clock(monkeypatch, timedelta(days=days))
        Client().post("/unlock/", {"passphrase": PASSPHRASE})
        assert len(opened(client).journal.all(Removed)) == left


def test_gone_now_and_not_later(own: Own) -> None:
    client = own()
    client.post(f"/away/{note(client, 'A remark.')}/")
    client.post(f"/settings/away/{deleted_ids(client)[0]}/now/", sure(client))
    assert deleted_ids(client) == []
    assert not opened(client).damages


def test_what_cannot_be_deleted_is_not_there(own: Own) -> None:
    client = own()
    preferences = opened(client).journal.preferences
    assert preferences
    for each in (preferences.id, UUID(int=7)):
        assert client.get(f"/away/{each}/").status_code == 404
        assert client.post(f"/away/{each}/").status_code == 404
        assert client.post(f"/settings/away/{each}/back/").status_code == 404


def test_erasing_somebody_needs_the_passphrase_and_a_tick_and_leaves_the_others(own: Own) -> None:
    client = own()
    gone, stays = note(client, "With Jo.", "Jo"), note(client, "With Ada.", "Ada")
    client.post(f"/away/{note(client, 'Deleted before, with Jo.', 'Jo')}/")
    client.post("/typing/", {"draft_of": f"/note/{gone}/size/", "what": "being typed"})
    who = opened(client).journal.get(Moment, gone).relationship_id
    page = client.get(f"/with/{who}/off/").content.decode()
    assert "/settings/file/notes.json" in page
    assert "a moment" in page
    for wrong in ({}, {"current": PASSPHRASE}, {"current": "not this one", "sure": "on"}):
        assert client.post(f"/with/{who}/off/", wrong).status_code == 200
    assert opened(client).journal.find(Moment, gone)
    assert client.post(f"/with/{who}/off/", {"current": PASSPHRASE, "sure": "on"}).status_code == 302
    left = opened(client)
    assert not left.damages
    assert left.journal.find(Moment, gone) is None
    assert left.journal.find(Relationship, who) is None
    assert left.journal.find(Moment, stays)
    assert left.journal.all(Removed) == left.journal.all(Draft) == []


@pytest.mark.skipif(STORE != "sqlite", reason="looks into SQLite's files; PostgreSQL keeps a log of its own")
@pytest.mark.django_db(transaction=True)
def test_after_erasing_somebody_none_of_their_rows_lies_in_any_file(own: Own) -> None:
    from django.db import connection

    from reattune.web.store.models import SealedRow

    client = own()
    gone = note(client, "With Jo.")
    rows = {bytes(row): bytes(sealed) for row, sealed in SealedRow.objects.values_list("row_id", "sealed")}
    who = opened(client).journal.get(Moment, gone).relationship_id
    client.post(f"/with/{who}/off/", {"current": PASSPHRASE, "sure": "on"})
    left = {bytes(row) for row in SealedRow.objects.values_list("row_id", flat=True)}
    erased = [sealed for row, sealed in rows.items() if row not in left]
    assert len(erased) == 2
    folder = Path(str(connection.settings_dict["NAME"])).parent
    files = [each.read_bytes() for each in folder.iterdir() if each.is_file()]
    assert sum(map(len, files)) > 10_000
    for sealed in erased:
        assert not any(sealed[20:60] in each for each in files)


def test_sorting_a_diary(own: Own) -> None:
    client = own()
    journal = opened(client)
    day = datetime(2024, 5, 31, 12, tzinfo=UTC)
    for number in range(3):
        journal.create(LooseNote, at=day + timedelta(days=number), words=f"Entry {number}", source="diary.txt")
    page = client.get("/loose/").content.decode()
    assert "Entry 0" in page
    assert "3 entries are waiting" in page
    notes = sorted(opened(client).journal.all(LooseNote), key=lambda each: each.at)
    assert client.post("/loose/", {"note": str(notes[0].id), "who": "new"}).status_code == 200
    done = client.post("/loose/", {"note": str(notes[0].id), "who": "new", "name": "Jo", "role": "friend"})
    assert done.status_code == 302
    client.post(f"/loose/{notes[1].id}/aside/")
    page = client.get("/loose/").content.decode()
    assert "Entry 2" in page
    after = opened(client).journal
    [moment] = after.all(Moment)
    assert (moment.what, moment.at) == ("Entry 0", day)
    assert [each.words for each in sorted(after.all(LooseNote), key=lambda each: each.at)] == ["", "", "Entry 2"]
    client.post(f"/away/{moment.id}/")
    assert opened(client).journal.get(LooseNote, notes[0].id).set_aside


def test_what_comes_back_where_something_else_went_meanwhile(own: Own) -> None:
    client = own()
    first = note(client, "A remark.")
    client.post(f"/away/{first}/")
    journal = opened(client)
    person = next(each for each in journal.journal.all(Relationship) if each.name == "Jo")
    going = removal(journal.journal, person)
    journal.write_and_discard(going.left, going.gone)
    answer = client.post(f"/settings/away/{deleted_ids(client)[0]}/back/")
    assert answer.status_code == 409
    assert len(deleted_ids(client)) == 1
    weighed, mended = returning(opened(client).journal, opened(client).journal.all(Removed)[0], journal.now)
    assert not weighed.changes
    assert mended == ()
    assert SealedJournal.objects.count() == 1
