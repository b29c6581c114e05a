"""Somebody moves, or began with a wrong time zone: the journal's days can follow, and nothing nags."""

from __future__ import annotations

import re
import zoneinfo
from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.test import Client

from reattune.journal import document_base
from reattune.journal.documents import Moment
from reattune.journal.vocabulary import JournalKind
from reattune.web.pages.shared.time_zone import known_zone, local_zone
from tests.web.journals import opened
from tests.web.test_two_journals_one_browser import form_on

Own = Callable[..., Client]
pytestmark = pytest.mark.django_db
FAR = "Pacific/Auckland"


@pytest.mark.parametrize("kind", list(JournalKind))
def test_today_asks_once_for_each_zone(own: Own, kind: JournalKind) -> None:
    """Only a script knows where the browser is; without it nothing is shown."""
    client = own(journal_kind=kind.value)
    mine = opened(client).zone

    def asked() -> tuple[str, ...]:
        found = re.search(
            r'hidden data-another-zone="([^"]+)" data-left="([^"]*)"', client.get("/today/").content.decode()
        )
        assert found
        return found.groups()

    assert asked() == (mine, "")
    assert client.post("/settings/zone/", {"zone": FAR, "stay": ""}).status_code == 302
    assert asked() == (mine, FAR)
    client.post("/settings/zone/", {"zone": FAR})
    assert asked() == (FAR, "")
    for wrong in ("Nowhere/Atlantis", "", "../../etc/passwd", "Europe"):
        client.post("/settings/zone/", {"zone": wrong})
        assert asked() == (FAR, "")


def test_it_can_be_chosen_in_settings(own: Own) -> None:
    client = own()
    settings = client.get("/settings/").content.decode()
    assert f'<option value="{opened(client).zone}" selected' in settings
    seen = re.search(r'name="seen" value="([^"]+)"', settings)
    assert seen
    sent = {"seen": seen[1], "region": "GB", "weeks": "1"}
    client.post("/settings/", sent)
    assert opened(client).zone != FAR, "a page from before has no such field"
    del sent["seen"]
    client.post("/settings/", {**sent, "zone": FAR})
    assert opened(client).zone == FAR


def test_a_day_that_is_today_there_is_today(own: Own) -> None:
    client = own()
    client.post("/settings/zone/", {"zone": "Pacific/Kiritimati"})
    there = datetime.now(ZoneInfo("Pacific/Kiritimati")).date()
    assert form_on(client, "/note/")["day"] == [there.isoformat()]
    client.post("/settings/zone/", {"zone": "Pacific/Pago_Pago"})
    assert form_on(client, "/note/")["day"] == [(datetime.now(ZoneInfo("Pacific/Pago_Pago")).date()).isoformat()]
    assert there - datetime.now(ZoneInfo("Pacific/Pago_Pago")).date() >= timedelta(days=1)


def test_an_entry_of_a_day_that_is_still_to_come_here_can_be_changed(own: Own) -> None:
    client = own()
    client.post("/settings/zone/", {"zone": "Pacific/Kiritimati"})
    journal = opened(client)
    who, day = journal.journal.therapist, datetime.now(ZoneInfo("Pacific/Kiritimati")).date()
    assert who
    moment = journal.create(Moment, relationship_id=who.id, at=journal.now, what="She yawned.")
    client.post("/settings/zone/", {"zone": "Pacific/Pago_Pago"})
    address = f"/note/{moment.id}/change/"
    later = {**form_on(client, address), "what": "She yawned twice.", "day": str(day + timedelta(days=1))}
    assert "This day is in the future." in client.post(address, later).content.decode()
    fields = form_on(client, address)
    assert str(day + timedelta(days=1)) in fields["day"]  # what was typed is kept as a draft
    fields["day"] = str(day)
    assert client.post(address, {**fields, "what": "She yawned twice."}).status_code == 302
    changed = opened(client).journal.get(Moment, moment.id)
    assert (changed.what, changed.at) == ("She yawned twice.", moment.at)


def test_a_zone_that_this_computer_does_not_know_keeps_nothing_shut(own: Own) -> None:
    client = own()
    journal = opened(client)
    who = journal.journal.therapist
    assert who
    prefixed, unknown = (
        journal.make(Moment, relationship_id=who.id, at=journal.now, what="He laughed").model_copy(
            update={"zone": zone}
        )
        for zone in ("posix/Europe/Berlin", "Europe/Newtown")
    )
    journal.write_and_discard([prefixed, unknown], [])
    preferences = journal.journal.preferences
    assert preferences
    journal.write_and_discard([preferences.model_copy(update={"zone": "Europe/Newtown"})], [])
    there, kept = zoneinfo.TZPATH, set(document_base._ZONES)
    zoneinfo.reset_tzpath(to=[])
    zoneinfo.ZoneInfo.clear_cache()
    document_base._ZONES.clear()
    try:
        again = opened(client)
        assert not again.damages
        assert {each.zone for each in again.journal.all(Moment)} == {"Europe/Berlin", "UTC"}
        assert again.zone == "UTC"
        assert client.get("/today/").status_code == 200
    finally:
        document_base._ZONES.update(kept)
        zoneinfo.reset_tzpath(to=there)
        zoneinfo.ZoneInfo.clear_cache()


@pytest.mark.parametrize("name", ["posix/Europe/Berlin", "right/Europe/Berlin", ":Europe/Berlin"])
def test_a_zone_is_kept_by_the_name_that_it_has_everywhere(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", name)
    assert local_zone() == "Europe/Berlin"
    assert known_zone("localtime") == known_zone("posix/Europe/Paris") == "Europe/Berlin"
    assert known_zone("Europe/Paris") == "Europe/Paris"
