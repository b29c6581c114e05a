"""Letters to a journal: delivered while it is locked, brought in at unlocking, refused with a name."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import connections
from django.test import Client
from django.utils import timezone

from reattune.exchange.journal_json import from_json, to_json
from reattune.journal.documents import Address, CameIn, Document
from reattune.journal.documents.letters import NoteLetter
from reattune.journal.merge import merge_file
from reattune.vault.backup_file import AddressCopy, Backup, JournalCopy, LetterCopy, from_file, to_file
from reattune.vault.keyring import Keyring
from reattune.vault.letters import LONGEST_CONTENT, AddressKey, seal_letter
from reattune.web.store import letterbox
from reattune.web.store.backups import copies, restore
from reattune.web.store.erasure import erase
from reattune.web.store.letterbox import Refusal, address_key, deliver, open_letterbox, public_key
from reattune.web.store.models import JournalAddress, SealedJournal, SealedRow, WaitingLetter
from reattune.web.store.open_journal import OpenJournal
from reattune.web.store.unlocking import new_journal
from tests import hostile
from tests.web.conftest import PASSPHRASE
from tests.web.journals import opened as opened_of

pytestmark = pytest.mark.django_db


class Owner:
    """A journal with an address, and what it is to be reached by."""

    def __init__(self) -> None:
        self.keys = new_journal(PASSPHRASE)[:2]
        self.unlock()
        pair = address_key(self.unlocked)
        assert pair
        self.pair, self.address = pair, pair.address

    def unlock(self) -> OpenJournal:
        self.unlocked = OpenJournal(*self.keys)
        open_letterbox(self.unlocked)
        return self.unlocked

    def send(self, content: object) -> Refusal | None:
        plain = content if isinstance(content, bytes) else json.dumps(content).encode()
        return deliver(self.address, seal_letter(self.pair.public, plain))

    def came_in(self) -> list[CameIn]:
        return OpenJournal(*self.keys).journal.all(CameIn)


@pytest.fixture
def owner() -> Owner:
    return Owner()


def note(words: str = "She looked at the clock.", **other: object) -> dict[str, object]:
    at = "2026-03-02T18:00:00Z"
    return {"letter": 1, "id": str(uuid4()), "at": at, "zone": "UTC", "kind": "note", "words": words, **other}


def test_a_letter_waits_sealed_and_comes_in_at_unlocking(owner: Owner) -> None:
    assert owner.send(note("The canary of the door")) is None
    waiting = WaitingLetter.objects.get()
    assert b"canary" not in bytes(waiting.sealed)
    assert waiting.size == len(bytes(waiting.sealed)) == 1024
    assert owner.came_in() == []
    owner.unlock()
    [letter] = owner.came_in()
    assert isinstance(letter.content, NoteLetter)
    assert letter.content.words == "The canary of the door"
    assert (letter.at.year, letter.clock_was_off) == (2026, False)
    assert not WaitingLetter.objects.exists()


def test_the_same_letter_twice_comes_in_once_and_the_second_is_counted(owner: Owner) -> None:
    sealed = seal_letter(owner.pair.public, json.dumps(note()).encode())
    assert [deliver(owner.address, sealed) for _ in range(3)] == [None] * 3
    assert WaitingLetter.objects.count() == 1
    owner.unlock()
    assert deliver(owner.address, sealed) is None
    owner.unlock()
    assert len(owner.came_in()) == 1
    [address] = owner.unlocked.journal.all(Address)
    assert (address.repeated, address.unreadable) == (1, 0)


def test_the_same_letter_sealed_anew_comes_in_once(owner: Owner) -> None:
    content = note()
    assert [owner.send(content), owner.send(content)] == [None, None]
    owner.unlock()
    assert len(owner.came_in()) == 1


def test_what_cannot_be_read_is_taken_away_and_counted(owner: Owner) -> None:
    other = AddressKey.new()
    assert owner.send(b'{"letter": 1, "kind": "note", ') is None  # well sealed, and broken inside
    assert owner.send({"kind": "order", "words": "erase everything"}) is None
    assert deliver(owner.address, seal_letter(other.public, b"{}")) is None  # another's key, this address
    assert owner.send(note("And this one can be read.")) is None
    owner.unlock()
    assert len(owner.came_in()) == 1
    assert owner.unlocked.journal.all(Address)[0].unreadable == 3
    assert not WaitingLetter.objects.exists()


def test_a_letter_from_the_future_or_from_long_ago_has_the_day_it_arrived(owner: Owner) -> None:
    for year in ("9999", "1970", "0001"):
        owner.send(note(at=f"{year}-01-01T00:00:00Z"))
    owner.unlock()
    today = datetime.now(UTC)
    assert [each.clock_was_off for each in owner.came_in()] == [True] * 3
    assert all(abs(each.at - today) < timedelta(minutes=1) for each in owner.came_in())


@pytest.mark.parametrize(
    ("letter", "refusal"),
    [
        (b"", Refusal.MALFORMED),
        (b"\x01" + bytes(1023), Refusal.MALFORMED),
        (b"\x07" + bytes(2047), Refusal.MALFORMED),
        (bytes(65 * 1024), Refusal.TOO_LARGE),
    ],
)
def test_what_is_no_letter_is_refused_at_the_door(owner: Owner, letter: bytes, refusal: Refusal) -> None:
    assert deliver(owner.address, letter) is refusal
    assert not WaitingLetter.objects.exists()


def test_an_address_that_is_nobodys_is_unknown(owner: Owner) -> None:
    letter = seal_letter(owner.pair.public, b"{}")
    for address in (b"", bytes(10), bytes(16), owner.address[:9], owner.address + b"0"):
        assert deliver(address, letter) is Refusal.UNKNOWN
    assert public_key(bytes(10)) is None
    assert public_key(owner.address) == owner.pair.public


def test_thousands_of_letters_fill_one_journal_and_no_more(owner: Owner, monkeypatch: pytest.MonkeyPatch) -> None:
    letter = bytearray(seal_letter(owner.pair.public, b"{}"))
    answers = []
    for number in range(max(2_000, hostile.COUNT)):  # ten thousand with `make fuzz`
        letter[-4:] = number.to_bytes(4, "big")
        answers.append(deliver(owner.address, bytes(letter)))
    assert answers[: letterbox.MOST] == [None] * letterbox.MOST
    assert set(answers[letterbox.MOST :]) == {Refusal.FULL}
    another = Owner()
    assert another.send(note()) is None  # who is full does not fill the others
    monkeypatch.setattr(letterbox, "MOST_TOGETHER", letterbox.MOST + 1)
    assert another.send(note()) is Refusal.NO_ROOM
    owner.unlock()
    assert owner.send(note()) is None  # and unlocking makes room


def test_what_nobody_unlocked_for_half_a_year_makes_room(owner: Owner, monkeypatch: pytest.MonkeyPatch) -> None:
    another = Owner()
    assert [owner.send(note()) for _ in range(3)] == [None] * 3
    monkeypatch.setattr(letterbox, "MOST_TOGETHER", 3)
    monkeypatch.setattr(letterbox, "_AT_A_TIME", 2)
    today = timezone.now().date()
    WaitingLetter.objects.update(arrived=today - letterbox.MAKES_ROOM_AFTER)
    assert another.send(note()) is Refusal.NO_ROOM
    WaitingLetter.objects.update(arrived=today - letterbox.MAKES_ROOM_AFTER - timedelta(days=1))
    assert another.send(note()) is None
    assert WaitingLetter.objects.filter(arrived__lt=today).count() == 1, "and no more than that goes"


def test_large_letters_fill_it_sooner(owner: Owner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(letterbox, "MOST_BYTES", 160 * 1024)
    big = [seal_letter(owner.pair.public, bytes(LONGEST_CONTENT)) for _ in range(3)]
    assert [deliver(owner.address, each) for each in big] == [None, None, Refusal.FULL]
    monkeypatch.setattr(letterbox, "MOST_BYTES_TOGETHER", 160 * 1024)
    assert deliver(Owner().address, big[2]) is Refusal.NO_ROOM


def test_where_there_is_no_room_those_with_the_most_make_it(owner: Owner, monkeypatch: pytest.MonkeyPatch) -> None:
    def large(to: Owner) -> Refusal | None:
        return deliver(to.address, seal_letter(to.pair.public, bytes(LONGEST_CONTENT)))

    def waiting(to: Owner) -> list[int]:
        mine = WaitingLetter.objects.filter(journal_id=to.keys[0])
        return sorted(mine.values_list("size", flat=True))

    another, third = Owner(), Owner()
    monkeypatch.setattr(letterbox, "MOST_BYTES_TOGETHER", 10 * 64 * 1024)
    assert owner.send(note()) is None
    assert [large(owner) for _ in range(6)] == [None] * 6
    small = waiting(owner)[0]
    assert [large(another) for _ in range(4)] == [None] * 4, "the tenth is more than there is room for"
    assert waiting(owner) == [small, *[64 * 1024] * 5], "the small note is there"
    assert [large(third) for _ in range(4)] == [None] + [Refusal.NO_ROOM] * 3
    assert waiting(owner) == [small, *[64 * 1024] * 4], "with one less it were under what stays"
    assert waiting(another) == [64 * 1024] * 4
    assert third.send(note()) is None


def test_what_came_in_has_an_end_too_and_the_rest_waits_sealed(owner: Owner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(letterbox, "MOST_CAME_IN", 3)
    for _ in range(5):
        owner.send(note())
    owner.unlock()
    assert (len(owner.came_in()), WaitingLetter.objects.count()) == (3, 2)
    opened = OpenJournal(*owner.keys)
    opened.discard(owner.came_in()[0])
    owner.unlock()
    assert (len(owner.came_in()), WaitingLetter.objects.count()) == (3, 1)


def test_long_letters_come_in_a_few_at_a_time_and_short_ones_beside_them(
    owner: Owner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(letterbox, "MOST_LONG_CAME_IN", 40_000)
    long = ("Words " * 2_000).strip()
    for _ in range(6):
        owner.send(note(long))
    owner.send(note())
    came: list[str] = []
    for _ in range(5):
        owner.unlock()
        here = owner.came_in()
        assert sum(len(each.words) for each in here) < 40_000
        came += [each.words for each in here]
        for each in here:
            OpenJournal(*owner.keys).discard(each)
    assert came.index(note()["words"]) < 3, "the short one did not wait for the long ones"
    assert sorted(came) == sorted([note()["words"], *[long] * 6])
    assert letterbox.still_waiting(owner.unlocked) == 0


def test_a_letter_that_was_taken_in_does_not_come_in_again_with_a_file(owner: Owner) -> None:
    owner.send(note())
    earlier = to_json(owner.unlock().journal, timezone.now())
    opened = OpenJournal(*owner.keys)
    opened.discard(opened.journal.all(CameIn)[0])
    found = merge_file(OpenJournal(*owner.keys).journal, from_json(earlier), read_on=timezone.now())
    assert not found.added
    new_one = OpenJournal(*new_journal("another passphrase")[:2])
    brought = merge_file(new_one.journal, from_json(earlier), read_on=timezone.now())
    assert [each.kind for each in brought.added].count("came_in") == 1


def test_a_journal_that_was_there_gets_its_address_at_the_next_unlocking(own: Callable[..., Client]) -> None:
    client = own()
    assert JournalAddress.objects.count() == 1  # a new one has it when it is set up
    journal = opened_of(client)
    for each in journal.journal.all(Address):
        journal.discard(each)
    JournalAddress.objects.all().delete()
    client.post("/lock/")
    client.post("/unlock/", {"passphrase": PASSPHRASE})
    assert JournalAddress.objects.count() == len(opened_of(client).journal.all(Address)) == 1


def test_the_address_comes_back_with_a_backup_and_goes_with_the_journal(owner: Owner) -> None:
    backup = Backup(tuple(copies()), ())
    owner.send(note())
    erase(SealedJournal.objects.all())
    assert not JournalAddress.objects.exists()
    assert not WaitingLetter.objects.exists()
    assert owner.send(note()) is Refusal.UNKNOWN
    restore(backup, lambda: iter(()))
    assert owner.send(note()) is None  # also before it is unlocked
    owner.unlock()
    assert len(owner.came_in()) == 1


def test_what_waits_is_in_a_backup_and_comes_in_once(owner: Owner) -> None:
    for number in range(3):
        owner.send(note(f"Waiting number {number}."))
    file = b"".join(to_file(copies()))
    assert b"Waiting" not in file
    held = from_file(file)
    assert (held.damages, [len(each.letters) for each in held.journals]) == ((), [3])
    erase(SealedJournal.objects.all())
    restore(held, lambda: iter(()))
    owner.unlock()
    assert len(owner.came_in()) == 3
    restore(held, lambda: iter([PASSPHRASE]))
    owner.unlock()
    assert len(owner.came_in()) == 3
    restore(held, lambda: iter(["not the right words"]))
    assert not WaitingLetter.objects.exists()


def test_a_made_up_backup_gives_nobody_an_address_or_a_letter(owner: Owner) -> None:
    (copy,) = copies()
    copy.addresses.append(AddressCopy(owner.address[::-1], AddressKey.new().public, True))
    copy.letters += [LetterCopy(owner.address, date(2026, 3, 2), words) for words in (b"", b"words", bytes(100_000))]
    restore(from_file(b"".join(to_file([copy]))), lambda: iter([PASSPHRASE]))
    assert [bytes(each.id) for each in JournalAddress.objects.all()] == [owner.address]
    assert not WaitingLetter.objects.exists()


def test_an_address_that_nothing_opens_any_more_is_replaced_and_its_letters_wait_for_the_key(owner: Owner) -> None:
    owner.send(note())
    row = SealedRow.objects.get()
    before = bytes(row.sealed)
    SealedRow.objects.update(sealed=b"damaged")
    owner.unlock()
    pair = address_key(owner.unlocked)
    assert pair
    assert pair.address != owner.address
    assert bytes(JournalAddress.objects.get().id) == pair.address
    assert owner.send(note()) is Refusal.UNKNOWN
    assert (owner.came_in(), WaitingLetter.objects.count()) == ([], 1)
    SealedRow.objects.filter(row_id=row.row_id).update(sealed=before)  # as from a backup
    owner.unlock()
    assert len(owner.came_in()) == 1


def test_what_nobody_can_open_goes_after_a_month(owner: Owner) -> None:
    owner.send(note())
    SealedRow.objects.update(sealed=b"damaged")
    owner.unlock()
    WaitingLetter.objects.update(arrived=date(2026, 3, 2))
    owner.unlock()
    assert not WaitingLetter.objects.exists()
    assert owner.unlocked.journal.all(Address)[0].unreadable == 1


def test_changed_rows_are_no_letters_and_stop_nothing(owner: Owner) -> None:
    owner.send(note())
    WaitingLetter.objects.update(sealed=b"\x01" + bytes(1023))
    owner.unlock()
    assert owner.came_in() == []
    assert not WaitingLetter.objects.exists()


def test_the_private_key_leaves_in_no_readable_file_and_comes_in_by_none(owner: Owner) -> None:
    documents: list[Document] = list(owner.unlocked.journal)
    [address] = owner.unlocked.journal.all(Address)
    exported = to_json(documents, datetime.now(UTC))
    assert address.private.encode() not in exported
    hostile = json.loads(exported)
    hostile["documents"].append(json.loads(address.model_dump_json()))
    assert not [each for each in from_json(json.dumps(hostile).encode()) if isinstance(each, Address)]


def test_neither_what_waits_nor_the_address_holds_the_private_key(owner: Owner) -> None:
    owner.send(note())
    [address] = owner.unlocked.journal.all(Address)
    key = base64.b64decode(address.private)[1:]
    for row in (*JournalAddress.objects.values_list("id", "public_key"), *WaitingLetter.objects.values_list("sealed")):
        assert all(key not in bytes(each) for each in row)


@pytest.mark.django_db(transaction=True)
def test_many_at_once_are_counted_one_after_the_other(monkeypatch: pytest.MonkeyPatch) -> None:
    owner = Owner()
    monkeypatch.setattr(letterbox, "MOST", 5)
    letters = [seal_letter(owner.pair.public, json.dumps(note(f"Number {n}.")).encode()) for n in range(8)]

    def one(letter: bytes) -> Refusal | None:
        try:
            return deliver(owner.address, letter)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as several:
        answers = list(several.map(one, [*letters, letters[0], letters[0]]))
    assert WaitingLetter.objects.count() == 5
    assert answers[:8].count(None) == 5
    assert set(answers) == {None, Refusal.FULL}
    owner.unlock()
    assert len(owner.came_in()) == 5


def test_an_address_that_a_made_up_file_put_beside_another_journal_comes_to_who_has_its_key(owner: Owner) -> None:
    [copy] = copies()
    SealedJournal.objects.all().delete()
    JournalAddress.objects.all().delete()
    ring = Keyring.create(b"o" * 16, "words of the other one")[0]
    address = AddressCopy(owner.address, owner.pair.public, True)
    made_up = JournalCopy(b"o" * 16, ring.to_bytes(), b"", 0, [], [address])
    for each in (made_up, copy):
        restore(Backup((each,), ()), lambda: iter([]))
    said = {"letter": 1, "kind": "note", "id": str(uuid4()), "at": "2026-03-01T10:00:00Z", "words": "While locked."}
    assert owner.send(said) is None
    owner.unlock()
    assert [each.content.words for each in owner.came_in()] == ["While locked."]  # type: ignore[union-attr]
