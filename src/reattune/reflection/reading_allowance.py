"""How much one request may have read for danger: reading is the dearest thing that a page does.

What was read before costs nothing. Of what was not, a page that only looks in passing reads so much, the latest first,
and the next page goes on there. What decides whether a talk is offered, and what a file brings, is read at length. Only
one request of a process reads more than a little at a time, so that who sends much keeps others from no page.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from threading import Lock

# Letters of sentences and of their pairs, together about three times those of the text; a short one costs no less.
A_LITTLE, IN_PASSING, AT_LENGTH, LEAST = 4_000, 40_000, 600_000, 20
# How long what decides something waits for another that reads at length.
PATIENCE = 1.0
_turn = Lock()


class Allowance:
    """What one request has had read, and may."""

    def __init__(self) -> None:
        self._read, self._passing, self._has_turn, self._waited = 0, 0, False, False

    def take(self, letters: int) -> bool:
        """Whether a piece of so many letters may be read; then it counts."""
        read = self._read + max(letters, LEAST)
        most = IN_PASSING if self._passing else AT_LENGTH
        if read > A_LITTLE and (read > most or not self._gets_turn()):
            return False
        self._read = read
        return True

    def _gets_turn(self) -> bool:
        if not self._has_turn:
            waits = not self._passing and not self._waited
            self._waited = self._waited or waits
            self._has_turn = _turn.acquire(timeout=PATIENCE) if waits else _turn.acquire(blocking=False)
        return self._has_turn

    @contextmanager
    def passing(self) -> Iterator[None]:
        """While it only looks in passing."""
        self._passing += 1
        try:
            yield
        finally:
            self._passing -= 1

    def end(self) -> None:
        """The next may have the turn."""
        if self._has_turn:
            self._has_turn = False
            _turn.release()


_here: ContextVar[Allowance | None] = ContextVar("allowance", default=None)


@contextmanager
def for_one_request() -> Iterator[None]:
    """Within, so much is read as one request may; elsewhere, as in the proofs, there is no bound."""
    allowance = Allowance()
    before = _here.set(allowance)
    try:
        yield
    finally:
        _here.reset(before)
        allowance.end()


@contextmanager
def in_passing() -> Iterator[None]:
    """Within, nothing is decided by what is read: only lines are shown."""
    allowance = _here.get()
    if allowance is None:
        yield
        return
    with allowance.passing():
        yield


def may_read(letters: int) -> bool:
    """Whether a piece of so many letters that was not read before may be read now."""
    allowance = _here.get()
    return allowance is None or allowance.take(letters)
