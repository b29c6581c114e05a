"""Who waits keeps a thread: hosted, only a share of a process's threads waits for others, so that the rest answers.

What is waited for: that a journal's turn comes, that the same form sent before is answered, and a place beside other
requests of that journal.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore

_line = BoundedSemaphore(1_000)


class OthersFirst(Exception):
    """As many wait in this process as may, or the wait was long: to be tried again in some seconds."""


def let_wait(most: int) -> None:
    """Let at most so many threads of this process wait for others. Called once, before the first request."""
    global _line
    _line = BoundedSemaphore(most)


@contextmanager
def in_line() -> Iterator[None]:
    """Around what may take long without doing anything.

    Raises:
        OthersFirst: as many wait already as may.
    """
    line = _line
    if not line.acquire(blocking=False):
        raise OthersFirst
    try:
        yield
    finally:
        line.release()
