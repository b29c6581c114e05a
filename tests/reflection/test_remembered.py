"""What was read for danger is remembered for the journal it was read in, and for nobody else."""

from __future__ import annotations

import pytest

from reattune.reflection import danger_probability
from reattune.reflection.danger_recogniser import dangers_among
from reattune.reflection.reading_allowance import for_one_request
from reattune.reflection.remembered import for_nobody_else, keyed, remember_for

ASKED = "Tobias told my husband what I said about the wedding."


def cost_of(text: str, monkeypatch: pytest.MonkeyPatch) -> int:
    """How many pieces of a text had to be read."""
    taken: list[int] = []

    def may_read(letters: int) -> bool:
        taken.append(letters)
        return True

    with monkeypatch.context() as patch:
        patch.setattr(danger_probability, "may_read", may_read)
        dangers_among([text], ())
    return len(taken)


def test_what_somebody_else_wrote_is_read_as_if_nobody_had(monkeypatch: pytest.MonkeyPatch) -> None:
    danger_probability.forget()
    with for_one_request(), for_nobody_else():
        remember_for(b"one")
        first = cost_of(ASKED, monkeypatch)
        assert first > 0
        assert cost_of(ASKED, monkeypatch) == 0, "in the same journal it costs nothing any more"
    with for_one_request(), for_nobody_else():
        assert cost_of(ASKED, monkeypatch) == first, "who has no journal learns nothing"
        remember_for(b"another")
        assert cost_of(ASKED, monkeypatch) == first
    with for_one_request(), for_nobody_else():
        remember_for(b"one")
        assert cost_of(ASKED, monkeypatch) == 0


def test_each_request_without_a_journal_is_by_itself() -> None:
    with for_nobody_else():
        one = keyed(b"words")
        assert keyed(b"words") == one
    with for_nobody_else():
        assert keyed(b"words") != one
