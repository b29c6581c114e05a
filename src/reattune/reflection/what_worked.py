"""What works for me: over all talks, which ways of saying it were heard, counted honestly."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from reattune.journal import Journal
from reattune.journal.documents import Attempt, Rupture, TalkPlan
from reattune.journal.vocabulary import Outcome

# Nothing is claimed of fewer talks.
LEAST = 3
SOON = 14
_Z = 1.959964


@dataclass(frozen=True)
class Way:
    """One way of saying it.

    Attributes:
        group: what is compared: ``delivery``, ``soon``, ``misread`` or ``rehearsed``.
        value: which of it.
        heard, tried: talks that mended something, of all whose outcome is known.
        low, high: 95 % interval of the share, 0-1; ``None`` under `LEAST` talks.
    """

    group: str
    value: str
    heard: int
    tried: int
    low: float | None
    high: float | None


def what_works(journal: Journal) -> list[Way]:
    """The ways that were tried, by group; the most often tried first within each. Ways not tried are left out.

    Only the first talk about each rupture counts: who tries again until it is heard ends with one that was, so that all
    talks together would make every way look better than it is.
    """
    talks = [talk for talk in journal.whole(Attempt) if talk.outcome is not None and talk.number == 1]
    found: list[Way] = []
    for group, value_of in _GROUPS.items():
        counts: dict[str, list[bool]] = {}
        for talk in talks:
            value = value_of(journal, talk)
            if value:
                counts.setdefault(value, []).append(talk.outcome is not Outcome.UNHEARD)
        ways = [_way(group, value, heard) for value, heard in counts.items()]
        found += sorted(ways, key=lambda way: (-way.tried, way.value))
    return found


def _way(group: str, value: str, heard: list[bool]) -> Way:
    low, high = interval(sum(heard), len(heard)) if len(heard) >= LEAST else (None, None)
    return Way(group, value, sum(heard), len(heard), low, high)


def interval(successes: int, tries: int) -> tuple[float, float]:
    """The score interval of a share at 95 %.

    Source: Wilson 1927, 10.1080/01621459.1927.10502953.
    """
    share, square = successes / tries, _Z**2
    middle = (share + square / (2 * tries)) / (1 + square / tries)
    away = _Z / (1 + square / tries) * math.sqrt(share * (1 - share) / tries + square / (4 * tries**2))
    return max(0.0, middle - away), min(1.0, middle + away)


def _delivery(_journal: Journal, talk: Attempt) -> str:
    return str(talk.delivery) if talk.delivery else ""


def _soon(journal: Journal, talk: Attempt) -> str:
    rupture = journal.get(Rupture, talk.rupture_id)
    waited = (talk.local_day(talk.at) - rupture.local_day(rupture.began)).days
    return "soon" if waited <= SOON else "later"


def _of_plan(yes: str, no: str, is_so: Callable[[TalkPlan], bool]) -> Callable[[Journal, Attempt], str]:
    def value(journal: Journal, talk: Attempt) -> str:
        plan = journal.find(TalkPlan, talk.plan_id)
        return "" if plan is None else yes if is_so(plan) else no

    return value


_GROUPS: dict[str, Callable[[Journal, Attempt], str]] = {
    "delivery": _delivery,
    "soon": _soon,
    "misread": _of_plan("open", "sure", lambda plan: plan.may_have_misread),
    "rehearsed": _of_plan("rehearsed", "unrehearsed", lambda plan: plan.ready_after is not None),
}
