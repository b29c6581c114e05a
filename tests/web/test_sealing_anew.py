"""Another cipher, or a passphrase stretched harder: no row is lost, and a failure half way changes nothing."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from unittest import mock

import pytest
from django.test import Client

from reattune.journal.codec import encode
from reattune.vault import Keyring, Seal, SealBroken
from reattune.vault import row_encryption as sealing
from reattune.vault.crypto_primitives import KdfParameters
from reattune.vault.row_encryption import FORMAT_1, FORMAT_2
from reattune.web.store.models import SealedJournal, SealedRow
from reattune.web.store.open_journal import OpenJournal
from reattune.web.store.unlocking import keyring_of, new_journal, store_keyring
from tests.installation_per_worker import store_of
from tests.journal.every_kind import every_kind
from tests.web.conftest import PASSPHRASE

pytestmark = pytest.mark.django_db


def filled() -> tuple[bytes, bytes]:
    journal_id, data_key, _code = new_journal(PASSPHRASE)
    opened = OpenJournal(journal_id, data_key)
    for document in every_kind("words to keep"):
        opened.record(document)
    return journal_id, data_key


def told(journal_id: bytes, data_key: bytes) -> set[bytes]:
    opened = OpenJournal(journal_id, data_key)
    assert not opened.damages
    return {encode(each) for each in opened.journal}


def ways(journal_id: bytes) -> set[bytes]:
    return {
        bytes(each)[:1] for each in SealedRow.objects.filter(journal_id=journal_id).values_list("sealed", flat=True)
    }


def test_there_and_back_without_losing_a_row() -> None:
    keys = filled()
    before = told(*keys)
    assert ways(keys[0]) == {FORMAT_1}
    assert OpenJournal(*keys).seal_anew(FORMAT_2) == len(before)
    assert ways(keys[0]) == {FORMAT_2}
    assert bytes(SealedJournal.objects.get(id=keys[0]).head)[:1] == FORMAT_2
    assert told(*keys) == before
    assert OpenJournal(*keys).seal_anew(FORMAT_2) == 0
    OpenJournal(*keys).seal_anew(FORMAT_1)
    assert ways(keys[0]) == {FORMAT_1}
    assert told(*keys) == before


def test_rows_of_both_stand_beside_one_another() -> None:
    keys = filled()
    before = told(*keys)
    with mock.patch.object(sealing, "NEWEST", FORMAT_2):
        opened = OpenJournal(*keys)
        preferences = opened.journal.preferences
        assert preferences
        opened.change(preferences, region="DE")
    assert ways(keys[0]) == {FORMAT_1, FORMAT_2}
    assert len(told(*keys)) == len(before)


def test_a_failure_half_way_changes_nothing() -> None:
    keys = filled()
    before = told(*keys)
    count, seal = iter(range(100)), Seal.seal

    def failing(self: Seal, row_id: bytes, revision: int, plain: bytes) -> bytes:
        if next(count) == 9:
            raise OSError
        return seal(self, row_id, revision, plain)

    with mock.patch.object(Seal, "seal", failing), pytest.raises(OSError):  # noqa: PT011
        OpenJournal(*keys).seal_anew(FORMAT_2)
    assert ways(keys[0]) == {FORMAT_1}
    assert told(*keys) == before


def test_what_is_damaged_stays_as_it_lies() -> None:
    keys = filled()
    row = SealedRow.objects.filter(journal_id=keys[0]).first()
    assert row
    bad = bytes(row.sealed[:40]) + bytes([row.sealed[40] ^ 1]) + bytes(row.sealed[41:])
    SealedRow.objects.filter(journal_id=keys[0], row_id=row.row_id).update(sealed=bad)
    OpenJournal(*keys).seal_anew(FORMAT_2)
    assert bytes(SealedRow.objects.get(journal_id=keys[0], row_id=row.row_id).sealed) == bad
    assert len(OpenJournal(*keys).damages) == 1


def test_the_first_byte_is_no_way_to_choose_another_cipher() -> None:
    seal = Seal(os.urandom(32), os.urandom(16))
    sealed = seal.seal(bytes(16), 1, b"words")
    for way in (FORMAT_2, b"\x00", b"\xff"):
        with pytest.raises(SealBroken):
            seal.open(bytes(16), 1, way + sealed[1:])


@pytest.mark.full_stretch
def test_an_older_passphrase_is_stretched_as_today_when_it_is_next_used() -> None:
    journal_id, data_key = filled()
    weak, _key, _code = Keyring.create(journal_id, PASSPHRASE, KdfParameters(8 * 1024, 1, 1))
    weak, code = weak.with_passphrase(data_key, PASSPHRASE).with_new_recovery(data_key)
    store_keyring(weak)
    assert Client().post("/unlock/", {"passphrase": "not this one here"}).status_code == 200
    assert keyring_of(journal_id) == weak
    assert Client().post("/unlock/", {"passphrase": PASSPHRASE}).status_code == 302
    strong = keyring_of(journal_id)
    assert strong.kdf == KdfParameters.today()
    assert strong.open_with_passphrase(PASSPHRASE) == strong.open_with_recovery(code) == data_key
    Client().post("/unlock/", {"passphrase": PASSPHRASE})
    assert keyring_of(journal_id) == strong


def test_the_command(tmp_path: Path) -> None:
    environment = {**os.environ, **store_of(tmp_path)}
    made = (
        "import sys; from pathlib import Path; from reattune.web.installation.local_server import start_django\n"
        "start_django(Path(sys.argv[1]))\n"
        "from reattune.web.store.unlocking import new_journal\n"
        "from reattune.web.store.open_journal import OpenJournal\n"
        "from reattune.journal.documents import Preferences\n"
        f"OpenJournal(*new_journal({PASSPHRASE!r})[:2]).create(Preferences)"
    )
    subprocess.run([sys.executable, "-c", made, str(tmp_path)], env=environment, check=True)

    def run(way: str, words: str) -> subprocess.CompletedProcess[str]:
        said = [sys.executable, "-m", "reattune", "seal-anew", way, "--data", str(tmp_path)]
        return subprocess.run(said, env=environment, input=words, capture_output=True, text=True, check=False)

    assert "Encrypted again: 1 entry" in run("chacha", PASSPHRASE + "\n").stdout
    assert "Encrypted again: 0 entries" in run("chacha", PASSPHRASE + "\n").stdout
    assert run("chacha", "not this one here\n").returncode == 2
    assert run("rot13", "").returncode == 2


def test_the_keys_of_another_journal_open_nothing(own: Callable[..., Client]) -> None:
    one, other = filled(), filled()
    assert len(OpenJournal(one[0], other[1]).damages) > 0
    assert not list(OpenJournal(one[0], other[1]).journal)
