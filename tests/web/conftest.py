"""A browser without a screen: Django's client, with a journal that was set up through the pages."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.test import Client

from reattune.vault.crypto_primitives import KdfParameters

PASSPHRASE = "four quiet words here"


@pytest.fixture(autouse=True)
def quickly_stretched(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Passphrases cost a thirtieth here, but for tests marked ``full_stretch``; the browser tests, the servers that
    are killed and tests/vault have them at their full cost."""
    if not request.node.get_closest_marker("full_stretch"):
        weakest = KdfParameters(memory_kib=8 * 1024, passes=1, lanes=1)
        monkeypatch.setattr(KdfParameters, "today", classmethod(lambda _cls: weakest))


@pytest.fixture
def own(db: None) -> Callable[..., Client]:
    """Makes clients with an open journal each."""

    def make(passphrase: str = PASSPHRASE, therapist: str = "Miriam", journal_kind: str = "person") -> Client:
        client = Client()
        given = {"passphrase": passphrase, "again": passphrase, "journal_kind": journal_kind}
        page = client.post("/begin/", given).content.decode()
        code = re.search(r'name="code" value="([^"]+)"', page)
        assert code
        groups = code[1].split("-")
        response = client.post("/begin/recovery/", {"code": code[1], "ending": "-".join(groups[-2:])})
        about = response.headers["Location"]
        assert about.startswith("/begin/about/?typed=")
        said = {"region": "GB", "zone": "Europe/London"}
        said |= {"name": therapist, "weeks": "1"} if journal_kind == "person" else {}
        client.post(about, said)
        client.recovery_code = code[1]  # type: ignore[attr-defined]
        client.passphrase = passphrase  # type: ignore[attr-defined]
        return client

    return make
