"""What was worked out of a journal and is dear to work out, kept in the memory of this process.

It is found by a keyed hash of what it was worked out from, under a key that no other process has: of the journal itself
nothing is kept. And it is found for that journal alone: what is remembered costs nothing, by which somebody with
another journal could tell that a sentence was written.
"""

from __future__ import annotations

import hashlib
import os
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from threading import Lock
from typing import Generic, TypeVar

T = TypeVar("T")

_KEY = os.urandom(32)
_whose: ContextVar[bytes] = ContextVar("whose", default=b"")


def remember_for(journal_id: bytes) -> None:
    """What is worked out from here on, in this request, is of this journal."""
    _whose.set(journal_id)


@contextmanager
def for_nobody_else() -> Iterator[None]:
    """Within, what is worked out is of nobody, until `remember_for` says whose it is."""
    before = _whose.set(os.urandom(16))
    try:
        yield
    finally:
        _whose.reset(before)


def keyed(*parts: bytes) -> bytes:
    """A hash of ``parts`` that means nothing outside this process, nor for another journal; their lengths count too."""
    found = hashlib.blake2b(key=_KEY, digest_size=16)
    for part in (_whose.get(), *parts):
        found.update(len(part).to_bytes(8, "big"))
        found.update(part)
    return found.digest()


class Remembered(Generic[T]):
    """The ``most`` results that were asked for last, by keyed hash; shared between threads."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._known: OrderedDict[bytes, T] = OrderedDict()
        self._lock = Lock()

    def get(self, key: bytes) -> T | None:
        with self._lock:
            found = self._known.get(key)
            if found is not None:
                self._known.move_to_end(key)
            return found

    def put(self, key: bytes, value: T) -> None:
        with self._lock:
            self._known[key] = value
            while len(self._known) > self._most:
                self._known.popitem(last=False)

    def clear(self) -> None:
        with self._lock:
            self._known.clear()
