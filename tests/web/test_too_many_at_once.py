"""Very many passphrases at once: no more memory than is meant for them, and a sentence for who waited long."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from unittest import mock

import pytest
from django.test import Client
from django.utils import timezone

from reattune.vault import crypto_primitives
from reattune.vault.crypto_primitives import AT_ONCE, KdfParameters, key_from_passphrase, let_in_line
from reattune.vault.errors import TooManyAtOnce, WrongRecoveryCode, WrongSecret
from reattune.vault.journal_names import name_of
from reattune.web.hosted.environment import Hosting
from reattune.web.store.models import Guesses, SealedJournal
from reattune.web.store.rate_limit import A_MINUTE, Attempt, Counter, at_open_journal, take
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


def test_only_so_many_wait_and_who_comes_after_is_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crypto_primitives, "_line", crypto_primitives._line)
    let_in_line(2)
    crypto_primitives._turns.acquire()
    ended: list[object] = []

    def ask() -> None:
        try:
            ended.append(key_from_passphrase("words", bytes(16), KdfParameters(8 * 1024, 1, 1)))
        except TooManyAtOnce as error:
            ended.append(error)

    threads = [threading.Thread(target=ask) for _ in range(9)]
    for each in threads:
        each.start()
    began = time.monotonic()
    while len(ended) < 7:
        assert time.monotonic() - began < 10
        time.sleep(0.01)
    assert all(isinstance(each, TooManyAtOnce) for each in ended)
    crypto_primitives._turns.release()
    for each in threads:
        each.join()
    assert [isinstance(each, bytes) for each in ended] == [False] * 7 + [True] * 2
    ask()
    assert isinstance(ended[-1], bytes), "nobody kept a place"


@pytest.mark.django_db
def test_right_passphrases_are_so_many_a_minute(own: Own, settings: object, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.HOSTING = Hosting(hosts=("testserver",), secret="s" * 50)  # type: ignore[attr-defined]
    own()
    own(therapist="Anselm")
    name, other = (name_of(bytes(each)) for each in SealedJournal.objects.values_list("id", flat=True))
    now = timezone.now().replace(second=7, microsecond=0)
    monkeypatch.setattr(timezone, "now", lambda: now)

    def unlock(client: Client, named: str = name, address: str = "10.0.0.1") -> int:
        given = {"name": named, "passphrase": PASSPHRASE}
        return int(client.post("/unlock/", given, REMOTE_ADDR=address).status_code)

    # Browsers that are strange: by their network.
    known, *strange = [Client() for _number in range(A_MINUTE + 1)]
    assert unlock(known) == 302
    assert [unlock(each) for each in strange[:-1]] == [302] * (A_MINUTE - 1)
    assert unlock(strange[-1]) == 429
    assert unlock(strange[-1], address="10.0.0.2") == 302
    # Those that are known: all of one journal together, and nobody else's.
    assert [unlock(each) for each in strange[:-1]] == [302] * (A_MINUTE - 1)
    assert unlock(known) == 302
    assert unlock(known) == 429
    # Whoever sits at the same network, and floods it, keeps no known browser out.
    theirs = Client()
    assert unlock(theirs, other, "10.0.0.3") == 302
    assert [unlock(Client(), address="10.0.0.3") for _number in range(A_MINUTE)][-1] == 429
    assert unlock(theirs, other, "10.0.0.3") == 302
    now += timedelta(minutes=1)
    assert unlock(known) == 302


@pytest.mark.django_db
def test_in_one_open_journal_they_are_so_many_in_however_many_browsers(own: Own, settings: object) -> None:
    here, elsewhere = own(), Client()
    elsewhere.post("/unlock/", {"passphrase": PASSPHRASE})
    another = own("words of another journal")
    asked = {each: each.get("/measures/").wsgi_request for each in (here, elsewhere, another)}
    settings.HOSTING = Hosting(hosts=("testserver",), secret="s" * 50)  # type: ignore[attr-defined]
    now = timezone.now().replace(second=7, microsecond=0)

    def confirmed(client: Client) -> bool:
        attempt = take(at_open_journal(asked[client]))
        if not attempt.wait:
            with attempt.made():
                pass
        return not attempt.wait

    with mock.patch.object(timezone, "now", return_value=now):
        assert [confirmed(each) for each in (here, elsewhere) * (A_MINUTE // 2)] == [True] * A_MINUTE
        assert not confirmed(here)
        assert not confirmed(elsewhere)
        assert confirmed(another)
    with mock.patch.object(timezone, "now", return_value=now + timedelta(minutes=1)):
        assert confirmed(elsewhere)


@pytest.mark.django_db
def test_wrong_ones_in_one_browser_keep_no_other_from_it(own: Own, settings: object) -> None:
    here, elsewhere = own(), Client()
    elsewhere.post("/unlock/", {"passphrase": PASSPHRASE})
    asked = {each: each.get("/measures/").wsgi_request for each in (here, elsewhere)}
    settings.HOSTING = Hosting(hosts=("testserver",), secret="s" * 50)  # type: ignore[attr-defined]
    waits = [take(at_open_journal(asked[here])).wait for _number in range(20)]
    assert waits[0] == 0 < waits[-1]
    assert take(at_open_journal(asked[elsewhere])).wait == 0


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
            assert "A lot of passphrases are being checked here right now." in page
            assert PASSPHRASE not in page
    finally:
        for _each in range(AT_ONCE):
            crypto_primitives._turns.release()
    assert nobody.post("/unlock/", {"passphrase": PASSPHRASE}).status_code == 302


@pytest.mark.django_db
def test_a_counter_that_is_taken_away_while_a_try_is_counted_is_made_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """A right passphrase elsewhere in the same journal takes it away."""
    counters = [Counter(bytes(32), 5), Counter(bytes([1]) * 32, 5)]
    make, made = Guesses.objects.bulk_create, []

    def makes(rows: list[Guesses], **how: bool) -> list[Guesses]:
        made.append(len(rows))
        kept = make(rows, **how)
        if len(made) == 1:
            Guesses.objects.filter(source=bytes(32)).delete()
        return kept

    monkeypatch.setattr(Guesses.objects, "bulk_create", makes)
    with pytest.raises(WrongSecret), take(counters).made():
        raise WrongSecret("none")
    assert made == [2, 2]
    assert sorted(Guesses.objects.values_list("failures", flat=True)) == [1, 1]
    with pytest.raises(WrongRecoveryCode), Attempt(0, timezone.now(), {}, tuple(counters)).made():
        raise WrongRecoveryCode("no code")
    assert sorted(Guesses.objects.values_list("failures", flat=True)) == [0, 0]
