"""The example, left: by its button, quickly, idle, at a restart; and what walks over journals never meets it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from unittest import mock

import pytest
from django.db import OperationalError
from django.test import Client
from django.utils import timezone

from reattune.journal.documents import Moment, Relationship
from reattune.journal.vocabulary import JournalKind
from reattune.vault import Keyring
from reattune.vault.backup_file import Backup, JournalCopy
from reattune.vault.journal_names import name_of
from reattune.web.hosted.environment import Hosting
from reattune.web.pages.shared.example_access import COOKIES
from reattune.web.store import idle_clock, provisional_journals
from reattune.web.store.backups import copies, restore
from reattune.web.store.models import SealedJournal, SealedRow, UnlockedSession
from reattune.web.store.unlocking import damaged_keyrings, forget_all_unlocked, keyrings, open_session
from tests.web.conftest import PASSPHRASE
from tests.web.test_example import WORDS, nothing_is_left, ones, read, tried
from tests.web.test_permissions import everything

COOKIE = COOKIES[JournalKind.PERSON]
Own = Callable[..., Client]
pytestmark = pytest.mark.django_db


# The three ends


def test_left_with_the_button() -> None:
    client = tried()
    answer = client.post("/example/done/")
    assert answer.headers["Location"] == "/"
    assert nothing_is_left()
    assert client.cookies[COOKIE.name].value == ""
    assert client.cookies[COOKIE.name]["path"] == "/example/"
    assert "made-up words" in read(client, "/example/today/")
    assert client.post("/example/done/").headers["Location"] == "/"
    assert client.get("/example/done/").status_code == 405


def test_left_quickly() -> None:
    client = tried()
    assert 'action="/example/away/"' in read(client, "/example/today/")
    assert (
        client.post("/example/away/", {"draft_of": "/example/note/", "what": "x"}).headers["Location"] == "/measures/"
    )
    assert nothing_is_left()
    # A page that was still open may know only the other address.
    client = tried()
    client.post("/leave/")
    assert WORDS not in read(client, "/example/so-far/")
    assert nothing_is_left()


def test_left_idle(own: Own) -> None:
    one, other = tried(), tried()
    keys = UnlockedSession.objects.order_by("last_seen").first()
    assert keys
    UnlockedSession.objects.filter(id=keys.id).update(last_seen=timezone.now() - timedelta(minutes=61))
    assert WORDS in read(other, "/example/so-far/")
    assert WORDS not in read(one, "/example/so-far/")
    idle_clock.look()
    assert ones() == 1
    assert COOKIE.name not in one.cookies or one.cookies[COOKIE.name].value == ""
    UnlockedSession.objects.update(last_seen=timezone.now() - timedelta(minutes=61))
    own()
    idle_clock.look()
    assert ones() == 0
    assert SealedRow.objects.exists()


def test_a_session_that_is_gone_leaves_nothing_that_lasts(own: Own) -> None:
    tried()
    UnlockedSession.objects.all().delete()
    own()
    idle_clock.look()
    assert ones() == 0


def test_restart(own: Own) -> None:
    own()
    kept = everything()
    client = tried()
    forget_all_unlocked()
    assert everything() == kept
    assert not UnlockedSession.objects.exists()
    assert WORDS not in read(client, "/example/so-far/")


# What walks over journals


def test_it_is_no_journal_to_anybody_else(own: Own) -> None:
    tried()
    assert (keyrings(), damaged_keyrings(), copies()) == ([], 0, [])
    assert Client().get("/").status_code == 200  # Welcome, and not Unlock
    own()
    assert len(keyrings()) == len(copies()) == 1
    assert damaged_keyrings() == 0
    assert copies(bytes(SealedJournal.objects.get(provisional=True).id)) == []


def test_a_backup_never_becomes_part_of_it(own: Own) -> None:
    tried()
    before = everything()
    journal_id = bytes(SealedJournal.objects.get().id)
    held = Backup((JournalCopy(journal_id, b"a keyring", b"", 0, []),), ())
    assert restore(held, lambda: iter(())).locked == 1
    assert everything() == before


def test_a_disk_too_full_for_rewriting_still_lets_one_leave() -> None:
    client = tried()
    with mock.patch("reattune.web.store.erasure._rewrite", side_effect=OperationalError("disk is full")):
        assert client.post("/example/away/").headers["Location"] == "/measures/"
    assert nothing_is_left()


def test_hosted_it_has_no_name(settings: object) -> None:
    client = tried()
    settings.HOSTING = Hosting(hosts=("testserver",), secret="s" * 50)  # type: ignore[attr-defined]
    journal_id = bytes(SealedJournal.objects.get().id)
    found = keyrings(name_of(journal_id))
    assert [each.journal_id == journal_id for each in found] == [False]
    assert name_of(journal_id) not in read(client, "/example/settings/")


def test_a_damaged_mark_never_makes_a_real_journal_something_to_erase(own: Own) -> None:
    client = own()
    SealedJournal.objects.update(provisional=True)
    assert len(keyrings()) == len(copies()) == 1
    assert client.get("/today/").status_code == 200
    provisional_journals.forget_all()
    UnlockedSession.objects.update(last_seen=timezone.now() - timedelta(days=1))
    idle_clock.look()
    assert isinstance(Keyring.from_bytes(bytes(SealedJournal.objects.get().keyring)), Keyring)
    assert client.post("/unlock/", {"passphrase": PASSPHRASE}).status_code == 302


def test_danger_in_what_is_tried_brings_the_lines() -> None:
    client = tried(what="I want to kill myself tonight.")
    assert "alone with this" in read(client, client.moment)  # type: ignore[attr-defined]
    assert "gets too much" not in read(Client(), "/example/today/")


def test_the_general_part_knows_nothing_of_the_example(rf: object) -> None:
    begun = provisional_journals.begin([])
    opened = provisional_journals.ProvisionalJournal(begun.journal_id, begun.data_key)
    friend = opened.create(Relationship, name="A", role="friend")
    opened.create(Moment, relationship_id=friend.id, at=opened.now, what=WORDS)
    request = rf.get("/")  # type: ignore[attr-defined]
    elsewhere = provisional_journals.Cookie("elsewhere")
    assert provisional_journals.keys_of(request, elsewhere) is None
    request.COOKIES = {"elsewhere": begun.value}
    assert provisional_journals.keys_of(request, elsewhere) == (begun.journal_id, begun.data_key)
    assert open_session(request) is None
    provisional_journals.end(request, elsewhere)
    assert nothing_is_left()
