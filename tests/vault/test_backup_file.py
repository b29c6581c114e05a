"""A backup file, whole, damaged and made up: what is whole in it comes back, and no file takes longer than its size."""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable
from datetime import date
from unittest import mock

import pytest

from reattune.vault import backup_file
from reattune.vault.backup_file import MAGIC, AddressCopy, JournalCopy, LetterCopy, RowCopy, from_file, to_file

MARKER = b"\x00\xffRTN\xff\x00"
DAY = date(2026, 1, 5)
JOURNAL = bytes(range(16))


def frame(kind: bytes, payload: bytes) -> bytes:
    return backup_file._frame(kind, payload)


def reaching_to_the_end(size: int) -> bytes:
    """A marker every twelve bytes, each of which says that everything up to the end is its own."""
    made = bytearray(MAGIC)
    while len(made) < size - 40:
        made += MARKER + b"R" + (size - len(made) - 28).to_bytes(4, "big")
    return bytes(made) + bytes(size - len(made))


def reaching_far(size: int) -> bytes:
    one = MARKER + b"L" + (size // 3).to_bytes(4, "big") + b"words"
    return MAGIC + one * (size // len(one))


def nothing_but_markers(size: int) -> bytes:
    return MAGIC + MARKER[:-1] * (size // 6)


def whole_and_senseless(size: int) -> bytes:
    return MAGIC + frame(b"J", b"") * (size // 28)


MADE_UP: list[Callable[[int], bytes]] = [reaching_to_the_end, reaching_far, nothing_but_markers, whole_and_senseless]


@pytest.mark.parametrize("made_up", MADE_UP)
def test_no_file_takes_more_work_than_a_few_times_its_length(made_up: Callable[[int], bytes]) -> None:
    content, looked_at = made_up(60_000), []
    check = backup_file._check

    def counted(framed: bytes) -> bytes:
        looked_at.append(len(framed))
        return check(framed)

    with mock.patch.object(backup_file, "_check", counted):
        found = from_file(content)
    assert sum(looked_at) < 7 * len(content)
    assert not found.journals
    assert len(found.damages) < 300


@pytest.mark.parametrize("made_up", MADE_UP)
def test_a_file_of_three_megabytes_is_understood_at_once(made_up: Callable[[int], bytes]) -> None:
    content = made_up(3_000_000)
    began = time.process_time()
    from_file(content)
    assert time.process_time() - began < 5  # well under a second, where nothing else is busy


def test_where_very_much_is_damaged_it_is_counted() -> None:
    found = from_file(whole_and_senseless(28 * 1_000))
    assert "At 800 more places something is damaged and was left out." in found.damages


def pieces(letter: bytes = b"") -> list[bytes]:
    rows = [RowCopy(os.urandom(16), number, DAY, DAY, os.urandom(300 + number)) for number in range(120)]
    letters = [LetterCopy(bytes(10), DAY, letter or os.urandom(500)) for _number in range(3)]
    copy = JournalCopy(
        JOURNAL, b"keyring" * 9, b"head" * 30, 1, rows, [AddressCopy(bytes(10), bytes(65), True)], letters
    )
    return list(to_file([copy]))


def read_of(content: bytes) -> list[object]:
    [journal] = from_file(content).journals
    return [*journal.rows, *journal.addresses, *journal.letters]


@pytest.mark.parametrize("seed", range(40))
def test_whatever_is_damaged_every_other_entry_comes_back(seed: int) -> None:
    chance, whole = random.Random(seed), pieces()
    all_of_it = read_of(b"".join(whole))
    hurt = set(chance.sample(range(2, len(whole)), chance.choice([1, 8, 40])))
    damaged = list(whole)
    for each in hurt:
        place = chance.choice([*range(14), chance.randrange(len(whole[each]))])
        damaged[each] = whole[each][:place] + bytes([whole[each][place] ^ chance.randrange(1, 256)])
        # Some lose what follows too.
        damaged[each] += whole[each][place + 1 + chance.choice([0, 0, 9]) :]
    content = b"".join(damaged)
    left = [each for number, each in enumerate(all_of_it, 2) if number not in hurt]
    assert read_of(content) == left
    assert from_file(content).damages


@pytest.mark.parametrize("place", [3, 20, 60, 120, 200])
def test_one_damage_in_keyring_or_head_loses_nothing(place: int) -> None:
    whole = pieces()
    [journal] = from_file(b"".join(whole)).journals
    for damaged in (1, len(whole) - 2):
        content = list(whole)
        at = min(place, len(content[damaged]) - 1)
        content[damaged] = content[damaged][:at] + bytes([content[damaged][at] ^ 1]) + content[damaged][at + 1 :]
        found = from_file(b"".join(content))
        assert found.journals == (journal,)
        assert len(found.damages) == 1


def test_where_both_are_damaged_the_entries_are_there_and_it_is_said() -> None:
    whole = pieces()
    content = b"".join(whole[:1] + whole[2:-2] + whole[-1:])
    [journal] = from_file(content).journals
    assert (journal.keyring, journal.head, len(journal.rows)) == (b"", b"", 120)
    assert any("124 entries belong to a journal whose key is damaged" in each for each in from_file(content).damages)


def test_a_file_from_before_has_them_once() -> None:
    whole = pieces()
    before = [*whole[:-2], frame(b"E", (len(whole) - 3).to_bytes(8, "big"))]
    assert from_file(b"".join(before)) == from_file(b"".join(whole))


def test_a_letter_that_looks_like_entries_is_one_letter_also_where_others_have_a_wrong_length() -> None:
    false = frame(b"R", JOURNAL + bytes(16) + (9**9).to_bytes(8, "big") + DAY.toordinal().to_bytes(4, "big") * 2)
    letter = reaching_to_the_end(2_000)[len(MAGIC) :] + false * 3
    whole = pieces(letter)
    all_of_it = read_of(b"".join(whole))
    for each in (5, 50, 100):
        # It says that it reaches far into what follows.
        whole[each] = whole[each][:8] + (9_000).to_bytes(4, "big") + whole[each][12:]
    assert read_of(b"".join(whole)) == [e for number, e in enumerate(all_of_it, 2) if number not in {5, 50, 100}]
