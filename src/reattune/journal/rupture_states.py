"""The life of a rupture: which state may follow which, every transition dated."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from reattune.content.translated_sentences import say, to_say
from reattune.journal.document_base import Part, Utc, Words
from reattune.journal.errors import JournalError
from reattune.journal.vocabulary import RuptureState as State


class Transition(Part):
    """One step in the life of a rupture.

    Attributes:
        at: when it was recorded.
        because: the plan or the attempt that brought it about, or the person with whom everything ended, if one did.
    """

    at: Utc
    state: State
    because: UUID | None = None
    note: Words = ""


CLOSED = frozenset({State.LET_GO, State.ENDED})

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
    """The states that may come next. Letting go and ending are taken back into the state it was in before."""
    now = transitions[-1].state
    if now is State.ENDED:
        return frozenset({state_before_closing(transitions)})
    if now is State.LET_GO:
        return frozenset({state_before_closing(transitions), State.ENDED})
    if reopened_just_now(transitions):
        # That it came back may have been a slip.
        return _FORWARD[now] | {State.LET_GO, State.ENDED, State.REPAIRED}
    return _FORWARD[now] | {State.LET_GO, State.ENDED}


def reopened_just_now(transitions: Sequence[Transition]) -> bool:
    """Whether the last thing that happened is that a mended rupture was opened again.

    A letting go or an ending that was taken back again counts for nothing.
    """
    history = list(transitions)
    while len(history) > 2 and history[-2].state in CLOSED and history[-1].state not in CLOSED:
        del history[-2:]
        while history[-1].state in CLOSED:
            del history[-1]
    return len(history) > 1 and history[-1].state is State.NOTICED and history[-2].state is State.REPAIRED


def state_before_closing(transitions: Sequence[Transition]) -> State:
    """The last state that was neither a letting go nor an ending."""
    return next(step.state for step in reversed(transitions) if step.state not in CLOSED)


def begin(at: datetime, note: str = "") -> tuple[Transition, ...]:
    """The start of every life: noticed."""
    return (Transition(at=at, state=State.NOTICED, note=note),)


def step(
    transitions: Sequence[Transition], state: State, at: datetime, because: UUID | None = None, note: str = ""
) -> tuple[Transition, ...]:
    """The history with one more step. It is dated no earlier than the last one: a clock may have been set back since.

    Raises:
        JournalError: the state cannot follow.
    """
    history = (*transitions, Transition(at=max(at, transitions[-1].at), state=state, because=because, note=note))
    _check_step(transitions, history[-1])
    return history


def with_outcome(transitions: Sequence[Transition], state: State | None, because: UUID) -> tuple[Transition, ...]:
    """The history with another outcome of one talk, where the person corrects what they said of it.

    Args:
        state: the outcome as it is now, or ``None`` where it is too early to say after all.
        because: the talk.

    Raises:
        JournalError: what came after it could not have happened then.
    """
    outcomes = (State.REPAIRED, State.PARTLY, State.UNHEARD)
    history: list[Transition] = []
    for each in transitions:
        if each.because == because and each.state in outcomes:
            continue
        history.append(each)
        if each.because == because and each.state is State.RAISED and state is not None:
            history.append(Transition(at=each.at, state=state, because=because))
    try:
        check_history(history)
    except JournalError as error:
        raise JournalError(
            say("Something came after this conversation that wouldn’t fit then. Change that first."), field="outcome"
        ) from error
    return tuple(history)


def without_step(transitions: Sequence[Transition], because: UUID) -> tuple[Transition, ...]:
    """The history as if one plan or one talk, the last one, had not been recorded.

    Raises:
        JournalError: something came after it.
    """
    history = tuple(each for each in transitions if each.because != because)
    if len(history) < len(transitions) and transitions[-1].because != because:
        raise JournalError(say("Something came after this conversation. Change or delete that first."))
    check_history(history)
    return history


def check_history(transitions: Sequence[Transition]) -> None:
    """Whether a whole history is one that could have happened.

    Raises:
        JournalError: it is empty, does not begin with ``noticed``, or has a step that cannot be.
    """
    if not transitions or transitions[0].state is not State.NOTICED:
        raise JournalError(say("Something that went wrong starts as noticed."), field="transitions")
    for index in range(1, len(transitions)):
        _check_step(transitions[:index], transitions[index])


def _check_step(before: Sequence[Transition], added: Transition) -> None:
    now = before[-1]
    if added.state not in following(before):
        allowed = ", ".join(sorted(say(_WORDS[state]) for state in following(before))) or say("nothing more")
        raise JournalError(
            say(
                "This is marked as {now}, so it can’t be marked as {wanted}. It can be marked as: {allowed}.",
                now=say(_WORDS[now.state]),
                wanted=say(_WORDS[added.state]),
                allowed=allowed,
            ),
            field="transitions",
        )
    if added.at < now.at:
        raise JournalError(
            say(
                "This step is dated {at} UTC, before the one it follows ({before} UTC).",
                at=added.at.strftime("%Y-%m-%d %H:%M"),
                before=now.at.strftime("%Y-%m-%d %H:%M"),
            ),
            field="transitions",
        )


_WORDS = {
    State.NOTICED: to_say("open"),
    State.PREPARING: to_say("being prepared"),
    State.RAISED: to_say("talked about"),
    State.REPAIRED: to_say("mended"),
    State.PARTLY: to_say("partly mended"),
    State.UNHEARD: to_say("not heard yet"),
    State.LET_GO: to_say("let go"),
    State.ENDED: to_say("ended"),
}
