"""What an open journal gives to the browser and gets back: sealed with its own key, so that no other one opens it; and
how it knows again what lies beside its rows."""

from __future__ import annotations

import base64

from reattune.vault import Seal, SealBroken

# In the place of a row's name; no row has a revision 0, so that none is ever taken for another.
_LOOKED_FOR, _ON_ITS_WAY = b"what is searched", b"held on its way."


class SealedOnTheWay:
    """The part of an open journal that seals what goes through an address or a form."""

    _seal: Seal

    def own_mark(self, what: bytes) -> bytes:
        """By which this journal, and nobody else, knows that something beside its rows is its own."""
        return self._seal.own_mark(what)

    def concealed(self, words: str) -> str:
        """Words for an address: nobody reads them there but this journal, while it is open. Lengths show in steps."""
        sealed = self._seal.seal(_LOOKED_FOR, 0, words.encode())
        return base64.urlsafe_b64encode(sealed).decode().rstrip("=")

    def revealed(self, concealed: str) -> str:
        """The words again; empty where they were not concealed by this journal, or were changed."""
        try:
            sealed = base64.urlsafe_b64decode(concealed + "=" * (-len(concealed) % 4))
            return self._seal.open(_LOOKED_FOR, 0, sealed).decode()
        except (SealBroken, ValueError):
            return ""

    def on_its_way(self, content: bytes) -> bytes:
        """Bytes that go to the browser and come back, sealed for this journal alone, while it is open."""
        return self._seal.seal(_ON_ITS_WAY, 0, content)

    def come_back(self, sealed: bytes) -> bytes:
        """The bytes again.

        Raises:
            SealBroken: they were not sealed by this journal, or were changed.
        """
        return self._seal.open(_ON_ITS_WAY, 0, sealed)
