"""On one machine no two journals have the same passphrase: unlocking would open one of them for both."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from reattune.web.store import rate_limit
from tests.web.journals import session_of, sure

Own = Callable[..., Client]
pytestmark = pytest.mark.django_db
FIRST, SECOND, SAID = (
    "the passphrase of the first",
    "the passphrase of the second",
    "already opens another journal here",
)


def opens(passphrase: str) -> bytes:
    client = Client()
    assert client.post("/unlock/", {"passphrase": passphrase}).status_code == 302
    return session_of(client)[0]


def change(client: Client, to: str) -> str:
    answer = client.post("/settings/passphrase/", {**sure(client), "passphrase": to, "again": to})
    return str(answer.content.decode())


def recover(client: Client, to: str) -> tuple[int, str]:
    code = client.recovery_code  # type: ignore[attr-defined]
    answer = Client().post("/unlock/recovery/", {"code": code, "passphrase": to, "again": to})
    return answer.status_code, answer.content.decode()


def test_settings_take_no_passphrase_that_opens_another(own: Own) -> None:
    first, second = own(FIRST, "Berit"), own(SECOND, "Konrad")
    ids = [session_of(each)[0] for each in (first, second)]
    assert SAID in change(second, FIRST)
    assert [opens(FIRST), opens(SECOND)] == ids


def test_a_recovery_takes_none_either(own: Own) -> None:
    first, second = own(FIRST, "Berit"), own(SECOND, "Konrad")
    ids = [session_of(each)[0] for each in (first, second)]
    status, page = recover(second, FIRST)
    assert (status, SAID in page) == (200, True)
    assert [opens(FIRST), opens(SECOND)] == ids


def test_ones_own_passphrase_may_stay_as_it_is(own: Own) -> None:
    own(FIRST, "Berit")
    second = own(SECOND, "Konrad")
    assert SAID not in change(second, SECOND)
    assert recover(second, SECOND)[0] == 302
    assert opens(SECOND)


def test_a_change_is_no_faster_way_to_guess(own: Own, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rate_limit, "FREE_TRIES_A_DAY", 4)  # beginning the second was one
    own(FIRST, "Berit")
    second = own(SECOND, "Konrad")
    for n in range(3):
        guess = f"a guess at the first, {n}"
        assert "Too many wrong attempts" not in change(second, guess)
        second.passphrase = guess  # type: ignore[attr-defined]
    assert "Too many wrong attempts" in change(second, FIRST)
