"""Words that stand in an address of a page, and that nobody reads there but the journal they were looked for in."""

from __future__ import annotations

import base64

from reattune.vault import Seal, SealBroken

# In the place of a row's name; no row has a revision 0, so that neither is ever taken for the other.
_LOOKED_FOR = b"what is searched"


class ConcealedWords:
    """What an open journal does with them."""

    _seal: Seal

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
