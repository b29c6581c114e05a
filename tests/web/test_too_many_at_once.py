"""Very many passphrases at once: no more memory than is meant for them, and a sentence for who waited long."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.test import Client

from reattune.vault import crypto_primitives
from reattune.vault.crypto_primitives import AT_ONCE, KdfParameters, key_from_passphrase
from tests.web.conftest import PASSPHRASE
from tests.web.journals import sure

Own = Callable[..., Client]


def test_never_more_at_once_than_memory_is_meant_for(monkeypatch: pytest.MonkeyPatch) -> None:
    running, most, lock = [0], [0], threading.Lock()

    class Watched:
        def __init__(self, **_given: object) -> None:
            pass

        def derive(self, _words: bytes) -> bytes:
            with lock:
                running[0] += 1
                most[0] = max(most[0], running[0])
            time.sleep(0.01)
            with lock:
                running[0] -= 1
            return bytes(32)

    monkeypatch.setattr(crypto_primitives, "Argon2id", Watched)
    parameters = KdfParameters(8 * 1024, 1, 1)
    with ThreadPoolExecutor(16) as threads:
        found = list(threads.map(lambda _each: key_from_passphrase("words", bytes(16), parameters), range(64)))
    assert len(found) == 64
    assert most[0] == AT_ONCE


@pytest.mark.django_db
def test_who_waited_long_gets_a_sentence_and_the_next_try_goes_through(
    own: Own, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, nobody = own(), Client()
    monkeypatch.setattr(crypto_primitives, "PATIENCE", 0.01)
    for _each in range(AT_ONCE):
        crypto_primitives._turns.acquire()
    try:
        for answer in (
            nobody.post("/unlock/", {"passphrase": PASSPHRASE}),
            client.post("/settings/file/notes.json", sure(client)),
        ):
            assert answer.status_code == 429
            assert answer.headers["Retry-After"] == "10"
            page = answer.content.decode()
            assert "Very many passphrases are being checked here at this moment." in page
            assert PASSPHRASE not in page
    finally:
        for _each in range(AT_ONCE):
            crypto_primitives._turns.release()
    assert nobody.post("/unlock/", {"passphrase": PASSPHRASE}).status_code == 302
