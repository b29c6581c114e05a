"""Copies of one document on several computers, exchanged until nothing changes any more."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TypeVar

from reattune.journal.document_base import Document

D = TypeVar("D", bound=Document)
_ROUNDS = 5


def settle(forms: list[D], brought: Callable[[D, D, datetime | None], D], at: datetime, *, sealed: bool) -> bool:
    """Bring each form to every computer, again and again; whether a round comes in which none of them changes."""
    for _ in range(_ROUNDS):
        before = list(forms)
        for here in range(len(forms)):
            for there in range(len(forms)):
                at += timedelta(hours=1)
                forms[here] = brought(forms[here], forms[there], None if sealed else at)
        if forms == before:
            return True
    return False
