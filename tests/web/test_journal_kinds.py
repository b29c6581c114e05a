"""At the beginning somebody says from whose chair they write; the pages of the other side are not there for them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from reattune.journal.documents import Preferences
from reattune.journal.vocabulary import JournalKind
from reattune.web.pages.urls import urlpatterns
from reattune.web.store.models import SealedJournal, SealedRow
from tests.web.journals import opened

Own = Callable[..., Client]
pytestmark = pytest.mark.django_db
WORDS = "four quiet words here"


def test_every_page_says_in_whose_journal_it_is() -> None:
    for each in urlpatterns:
        kinds = each.callback.journal_kinds  # type: ignore[attr-defined]
        assert kinds, each.name
        assert kinds <= set(JournalKind), each.name


def test_it_is_a_persons_unless_somebody_says_otherwise(own: Own) -> None:
    assert opened(own()).kind is JournalKind.PERSON
    client = Client()
    client.post("/begin/", {"passphrase": WORDS + " too", "again": WORDS + " too"})
    # Nothing is written of a person's journal before the recovery code was confirmed, as ever.
    assert not opened(client).journal.all(Preferences)


def test_a_therapists_is_one_from_the_first_moment(own: Own) -> None:
    client = Client()
    page = client.get("/begin/?as=other").content.decode()
    assert 'value="therapist" id="id_journal_kind_1" checked' in page or "checked" in page.split('value="therapist"')[1]
    client.post("/begin/", {"passphrase": WORDS, "again": WORDS, "journal_kind": "therapist"})
    assert opened(client).kind is JournalKind.THERAPIST
    about = client.get("/begin/about/").content.decode()
    assert 'name="region"' in about
    assert 'name="weeks"' not in about
    assert 'name="name"' not in about
    client.post("/begin/about/", {"region": "DE", "zone": "Europe/Berlin", "journal_kind": "person", "name": "Miriam"})
    preferences = opened(client).journal.preferences
    assert preferences
    assert (preferences.journal_kind, preferences.region) == (JournalKind.THERAPIST, "DE")
    assert opened(client).journal.therapist is None


def test_a_kind_that_is_none_begins_nothing(own: Own) -> None:
    answer = Client().post("/begin/", {"passphrase": WORDS, "again": WORDS, "journal_kind": "supervisor"})
    assert "This isn’t one of the choices" in answer.content.decode()
    assert not SealedJournal.objects.exists()


def test_which_kind_it_is_cannot_be_read_from_the_disk(own: Own) -> None:
    own(journal_kind="therapist")
    rows = b"".join(bytes(each) for each in SealedRow.objects.values_list("sealed", flat=True))
    assert b"therapist" not in rows


def test_settings_do_not_turn_one_into_the_other(own: Own) -> None:
    for kind, other in (("person", "therapist"), ("therapist", "person")):
        client = own(f"{WORDS} {kind}", journal_kind=kind)
        client.post("/settings/", {"region": "GB", "weeks": "1", "language": "en", "journal_kind": other})
        assert opened(client).kind == kind


def test_nobody_is_a_client_of_somebody_in_therapy(own: Own) -> None:
    client = own()
    assert 'value="client"' not in client.get("/note/").content.decode()
    answer = client.post("/note/", {"who": "new", "name": "K.", "role": "client", "what": "A silence"})
    assert answer.status_code == 200
    assert not opened(client).journal.clients
