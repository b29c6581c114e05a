"""How much of letters there is room for, whether they are sent or come with a file that somebody made up."""

from __future__ import annotations

from datetime import date
from unittest import mock

import pytest
from django.utils import timezone

from reattune.vault.backup_file import AddressCopy, Backup, LetterCopy
from reattune.vault.letters import AddressKey
from reattune.web.store import letterbox
from reattune.web.store.backups import copies, restore
from reattune.web.store.letterbox import MOST, bring_letters, letters_missing
from reattune.web.store.models import JournalAddress, WaitingLetter
from reattune.web.store.open_journal import OpenJournal
from tests.web.conftest import PASSPHRASE
from tests.web.test_letterbox import Owner, note

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner() -> Owner:
    return Owner()


def test_large_letters_are_no_more_than_pages_can_open(owner: Owner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(letterbox, "MOST_LONG_CAME_IN", 200_000)
    for number in range(5):
        owner.send(note(f"{number} " + "words " * 9_000))
    owner.unlock()
    assert (len(owner.came_in()), WaitingLetter.objects.count()) == (3, 2)
    owner.unlock()
    assert (len(owner.came_in()), WaitingLetter.objects.count()) == (3, 2)
    OpenJournal(*owner.keys).discard(owner.came_in()[0])
    owner.unlock()
    assert (len(owner.came_in()), WaitingLetter.objects.count()) == (3, 1)


def test_a_made_up_backup_does_not_fill_the_list_of_addresses(owner: Owner) -> None:
    (copy,) = copies()
    pairs = [AddressKey.new() for _number in range(300)]
    copy.addresses += [AddressCopy(each.address, each.public, True) for each in pairs]
    restore(Backup((copy,), ()), lambda: iter([PASSPHRASE]))
    assert JournalAddress.objects.count() <= 200
    owner.unlock()
    assert [bytes(each.id) for each in JournalAddress.objects.all()] == [owner.address]


def test_a_backup_that_is_imported_brings_ones_own_letters_and_fills_no_room_of_others(owner: Owner) -> None:
    owner.send(note("Waiting."))
    (copy,) = copies()
    WaitingLetter.objects.all().delete()
    made_up = copy.letters[0].sealed
    copy.letters += [LetterCopy(bytes([n]) * 10, date(2099, 1, 1), made_up[:-1] + bytes([n])) for n in range(100)]
    copy.letters += [LetterCopy(owner.address, date(2099, 1, 1), made_up[:-2] + n.to_bytes(2)) for n in range(300)]
    copy.addresses += [AddressCopy(each.address, each.public, True) for each in [AddressKey.new()]]
    assert letters_missing(owner.unlocked, copy, []) == MOST
    with mock.patch("reattune.web.store.letterbox.MOST_CAME_IN", 0):
        bring_letters(owner.unlocked, copy)
    waiting = WaitingLetter.objects.all()
    assert waiting.count() == MOST
    assert {bytes(each.address_id) for each in waiting} == {owner.address}
    assert all(each.arrived <= timezone.now().date() for each in waiting)
    assert JournalAddress.objects.count() == 1
    bring_letters(owner.unlocked, copy)
    assert len(owner.came_in()) == 1
