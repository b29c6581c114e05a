"""A repair, shown: the ratings before, at and since, beside what the person says. Neither overrules the other."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from reattune.alliance.bayes.prior import PUBLISHED
from reattune.journal import Journal
from reattune.journal.documents import Attempt, Rupture
from reattune.journal.vocabulary import Outcome, RepairWord, RuptureState
from reattune.reflection.bond_line import BondLine, Point

BEFORE, SINCE = 6, 8
LEAST = 2
# "As before" is said only where it is shown to be less than so many points away: not to see a difference is not to see
# that there is none. A usual rupture is some eleven points deep; with five instead of seven, so few sessions as people
# have could never show it.
AS_BEFORE_WITHIN = 7.0
# The published within-person spread counts as so many sessions of the person's own.
_PRIOR_SESSIONS = 4


class Shown(StrEnum):
    """What the ratings since say against those before."""

    TOO_EARLY = "too_early"
    AS_BEFORE = "back_to_before"
    HIGHER = "stronger"
    LOWER = "not_yet"


@dataclass(frozen=True)
class Stretch:
    """The mean score (0-100) of some sessions."""

    mean: float
    sessions: int


@dataclass(frozen=True)
class RepairShown:
    """Ratings around a mended rupture.

    ``change`` is since less before, in points of 0-100, and lies between ``low`` and ``high`` with 95 %; ``None``
    where there are fewer than two sessions on either side.
    """

    before: Stretch | None
    during: Stretch | None
    since: Stretch | None
    change: float | None
    low: float | None
    high: float | None
    shown: Shown
    word: RepairWord | None

    @property
    def differ(self) -> bool:
        """Whether the person's word and the ratings point to different sides."""
        order = [Shown.LOWER, Shown.AS_BEFORE, Shown.HIGHER]
        if self.word is None or self.shown is Shown.TOO_EARLY:
            return False
        return abs(order.index(self.shown) - order.index(Shown(self.word.value))) > 0


def repair_shown(journal: Journal, line: BondLine, rupture: Rupture) -> RepairShown | None:
    """What the check-ins show around the latest mending of a rupture, or ``None`` where it never was mended.

    Sessions are told apart by day: the one of the talk counts as since, for it is rated afterwards. A reopening
    ends what counts as since.
    """
    mended = [talk for talk in journal.attempts(rupture) if talk.outcome is Outcome.REPAIRED]
    if not mended:
        return None
    talk = mended[-1]
    began, healed = rupture.local_day(rupture.began), talk.local_day(talk.at)
    reopened = _reopened(rupture, talk)
    before = [point for point in line.points if point.day < began][-BEFORE:]
    during = [point for point in line.points if began <= point.day < healed]
    since = [p for p in line.points if p.day >= healed and (reopened is None or p.at < reopened)][:SINCE]
    change, away, same = _change(before, since)
    low, high = (change - away, change + away) if change is not None and away is not None else (None, None)
    repair = next((each for each in journal.repairs(rupture) if each.attempt_id == talk.id), None)
    return RepairShown(
        _stretch(before), _stretch(during), _stretch(since), change, low, high, _shown(change, away, same),
        repair.word if repair else None,
    )  # fmt: skip


def _reopened(rupture: Rupture, talk: Attempt) -> datetime | None:
    later = (s.at for s in rupture.transitions if s.state is RuptureState.NOTICED and s.at > talk.updated)
    return next(later, None)


def _stretch(points: Sequence[Point]) -> Stretch | None:
    return Stretch(sum(point.score for point in points) / len(points), len(points)) if points else None


def _shown(change: float | None, away: float | None, same: float | None) -> Shown:
    """Which side the interval lies on; or, by two one-sided tests at 5 %, that it is about as before.

    Source: Schuirmann 1987, 10.1007/BF01068419.
    """
    if change is None or away is None or same is None:
        return Shown.TOO_EARLY
    low, high = change - away, change + away
    if low > 0:
        return Shown.HIGHER
    if high < 0:
        return Shown.LOWER
    return Shown.AS_BEFORE if abs(change) + same < AS_BEFORE_WITHIN else Shown.TOO_EARLY


def _change(before: Sequence[Point], since: Sequence[Point]) -> tuple[float | None, float | None, float | None]:
    """Since less before, half of its 95 % interval, and half of its 90 % one.

    The spread is pooled over both stretches with the published one; neighbouring sessions are taken as correlated
    as the bond model takes them. Student's t.
    """
    if len(before) < LEAST or len(since) < LEAST:
        return None, None, None
    squares, means, of_mean = _PRIOR_SESSIONS * PUBLISHED.spread_median**2, [], 0.0
    for points in (before, since):
        mean = sum(point.score for point in points) / len(points)
        squares += sum((point.score - mean) ** 2 for point in points)
        of_mean += _variance_of_mean(len(points))
        means.append(mean)
    freedom = _PRIOR_SESSIONS + len(before) + len(since) - 2
    spread = math.sqrt(squares / freedom)
    error = spread * math.sqrt(of_mean)
    return means[1] - means[0], student(freedom) * error, student(freedom, _Z90) * error


def _variance_of_mean(count: int) -> float:
    phi = PUBLISHED.autocorrelation
    return (count + 2 * sum((count - lag) * phi**lag for lag in range(1, count))) / count**2


# Normal quantiles of two-sided intervals of 95 and of 90 %.
_Z95, _Z90 = 1.959964, 1.644854


def student(freedom: int, z: float = _Z95) -> float:
    """The quantile of Student's t that stands for a normal's ``z``, for 4 or more degrees of freedom to .3 %.

    Source: Abramowitz & Stegun 1964, 26.7.5, the expansion around the normal quantile.
    """
    v = float(freedom)
    return (
        z
        + (z**3 + z) / (4 * v)
        + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * v**2)
        + (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / (384 * v**3)
    )
