"""The life of a rupture: which state may follow which, every transition dated."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from reattune.journal.document import Part, Utc, Words
from reattune.journal.errors import JournalError
from reattune.journal.words import RuptureState as State


class Transition(Part):
    """One step in the life of a rupture.

    Attributes:
        at: when it was recorded.
        because: the plan or the attempt that brought it about, if one did.
    """

    at: Utc
    state: State
    because: UUID | None = None
    note: Words = ""


_FORWARD: dict[State, frozenset[State]] = {
    State.NOTICED: frozenset({State.PREPARING, State.RAISED}),
    State.PREPARING: frozenset({State.RAISED}),
    State.RAISED: frozenset({State.REPAIRED, State.PARTLY, State.UNHEARD}),
    State.PARTLY: frozenset({State.PREPARING}),
    State.UNHEARD: frozenset({State.PREPARING}),
    State.REPAIRED: frozenset({State.NOTICED}),
    State.LET_GO: frozenset(),
    State.ENDED: frozenset(),
}


def following(transitions: Sequence[Transition]) -> frozenset[State]:
    """The states that may come next. Letting go is taken back into the state it was in before."""
    now = transitions[-1].state
    if now is State.ENDED:
        return frozenset()
    if now is State.LET_GO:
        return frozenset({state_before_letting_go(transitions), State.ENDED})
    return _FORWARD[now] | {State.LET_GO, State.ENDED}


def state_before_letting_go(transitions: Sequence[Transition]) -> State:
    """The last state that was not a letting go."""
    return next(step.state for step in reversed(transitions) if step.state is not State.LET_GO)


def begin(at: datetime, note: str = "") -> tuple[Transition, ...]:
    """The start of every life: noticed."""
    return (Transition(at=at, state=State.NOTICED, note=note),)


def step(
    transitions: Sequence[Transition], state: State, at: datetime, because: UUID | None = None, note: str = ""
) -> tuple[Transition, ...]:
    """The history with one more step.

    Raises:
        JournalError: the state cannot follow, or the date lies before the last one.
    """
    history = (*transitions, Transition(at=at, state=state, because=because, note=note))
    _check_step(transitions, history[-1])
    return history


def check_history(transitions: Sequence[Transition]) -> None:
    """Whether a whole history is one that could have happened.

    Raises:
        JournalError: it is empty, does not begin with ``noticed``, or has a step that cannot be.
    """
    if not transitions or transitions[0].state is not State.NOTICED:
        raise JournalError("The life of a rupture begins with being noticed.", field="transitions")
    for index in range(1, len(transitions)):
        _check_step(transitions[:index], transitions[index])


def _check_step(before: Sequence[Transition], added: Transition) -> None:
    now = before[-1]
    if added.state not in following(before):
        allowed = ", ".join(sorted(_WORDS[state] for state in following(before))) or "nothing more"
        raise JournalError(
            f"What is {_WORDS[now.state]} cannot become {_WORDS[added.state]}; it can become: {allowed}.",
            field="transitions",
        )
    if added.at < now.at:
        raise JournalError(
            f"This step is dated {added.at:%Y-%m-%d %H:%M} UTC, "
            f"before the one it follows ({now.at:%Y-%m-%d %H:%M} UTC).",
            field="transitions",
        )


_WORDS = {
    State.NOTICED: "noticed",
    State.PREPARING: "being prepared",
    State.RAISED: "raised",
    State.REPAIRED: "repaired",
    State.PARTLY: "partly mended",
    State.UNHEARD: "not heard",
    State.LET_GO: "let go",
    State.ENDED: "ended",
}
