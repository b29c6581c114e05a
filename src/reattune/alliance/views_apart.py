"""Whether two people who rate the same sessions have drifted further apart than is usual for them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.polynomial.hermite_e import hermegauss

from reattune.alliance.array_types import Floats
from reattune.alliance.measure import PERCENT, Measure

# Sessions that both have rated before anything is usual, and those that a drift takes at the least: one session in
# which two people see things differently is none.
LEAST_BEFORE, LEAST_SINCE = 3, 2
LEAST = LEAST_BEFORE + LEAST_SINCE
# A drift is looked for among so many of the latest sessions; what began earlier has become what is usual.
WINDOW = 12
# What is believed beforehand, of a range of 100: the therapist's rating less the client's, between pairs; how far it
# swings from session to session; chance of a drift at each session; how far one goes, in sd of the swings.
_USUAL, _USUAL_SD = -7.0, 14.0
_SWING, _SWING_LOG_SD = 6.5, 0.3
_CHANCE, _FAR = 1 / 40, 2.5
# Apart begins, in sd of the swings, where the difference has grown by so much, or has turned round and is so great:
# less is no difference that anybody would see, and coming closer is none.
_LEAST_GROWN, _LEAST_TURNED = 0.5, 1.0
# Sessions in which one of the two answered carelessly: their share, and how many times wider they swing.
_CARELESS, _WIDER = 0.05, 3.0
# Neighbouring sessions are alike (lag-1 correlation .25), so that n of them say as much as .6 n.
_WORTH = 0.6
_POINTS = 81
_MOST_USUAL = 1.96


@dataclass(frozen=True)
class ViewsApart:
    """How two people's ratings of the same sessions lie to each other. Differences are the therapist's less the
    client's, with higher better, in score units: above 0 the therapist thinks better of the bond.

    Attributes:
        sessions: how many both have rated.
        sure: P(they have drifted apart beyond what was usual for these two, and still are | ratings), 0-1: the
            difference has grown, or has turned round. ``None`` with fewer than five such sessions, of which nothing
            can be said.
        usual, usual_low, usual_high: the difference before any drift, and where 95 in 100 of them would lie; ``None``
            likewise.
        latest: the difference since the drift, or in the latest two sessions where there probably is none.
        since: place in the ratings of the session that the drift probably began with; ``None`` where there probably is
            none (``sure`` below .5).
        therapist_higher: who thinks better of the bond now.
    """

    sessions: int
    sure: float | None = None
    usual: float | None = None
    usual_low: float | None = None
    usual_high: float | None = None
    latest: float | None = None
    since: int | None = None
    therapist_higher: bool | None = None


def views_apart(client: Floats, therapist: Floats, measure: Measure = PERCENT) -> ViewsApart:
    """Whether own and client's view have drifted apart beyond what is usual for these two, as known at the end.

    Args:
        client, therapist: (sessions,) ratings of the same sessions in order; NaN where one is missing. Only sessions
            that both have rated are compared.
        measure: of both.

    Returns:
        See :class:`ViewsApart`. A pair that has always seen the bond differently is as usual; coming closer is no
        drift; nor is a single odd session.

    Model: the difference of the two swings around what is usual for this pair (normal with heavy tails; its mean and
    sd unknown, and summed over on a grid with what is believed beforehand), and at one of the latest twelve sessions
    may have moved to another mean. Exact on the grid, and without randomness.

    Raises:
        ValueError: the two are not equally long, or the measure has no range.

    Cost: less than a millisecond.

    Source: Barry & Hartigan 1993, 10.1080/01621459.1993.10594323 (a change of mean, summed over where it may lie); that
    therapists rate lower: Tryon, Blackwell & Hammel 2007, Psychotherapy Research 17(6).
    """
    if client.shape != therapist.shape or client.ndim != 1:
        raise ValueError(
            f"Both rate the same sessions, one row each; these have shapes {client.shape} and {therapist.shape}."
        )
    if not measure.has_range:
        raise ValueError("Comparing two raters needs the measure's range. Give its lowest and highest score.")
    apart = measure.upward(therapist) - measure.upward(client)
    places = np.flatnonzero(~np.isnan(apart))
    if len(places) < LEAST:
        return ViewsApart(len(places))
    unit = (measure.high - measure.low) / 100
    found = _Reading.of(apart[places] / unit)
    drifted = found.sure >= 0.5
    latest = found.latest if drifted else float(np.mean(apart[places][-LEAST_SINCE:])) / unit
    away = _MOST_USUAL * found.swing
    return ViewsApart(
        sessions=len(places),
        sure=found.sure,
        usual=unit * found.usual,
        usual_low=unit * (found.usual - away),
        usual_high=unit * (found.usual + away),
        latest=unit * latest,
        since=int(places[found.since]) if drifted else None,
        therapist_higher=latest > 0,
    )


@dataclass(frozen=True)
class _Reading:
    """The same on a range of 100, with ``since`` counted among the sessions that both have rated."""

    sure: float
    usual: float
    swing: float
    latest: float
    since: int

    @classmethod
    def of(cls, apart: Floats) -> _Reading:
        """Sum over usual difference, swing, the session of a change and the difference since."""
        swings, weights = _swings()
        ends = apart.min() - _SWING, apart.max() + _SWING
        at = np.linspace(*ends, _POINTS)
        logs = _WORTH * _log_density((apart[:, None] - at) / swings[:, None, None], swings)  # (swings, sessions, at)
        summed = np.cumsum(logs, axis=1)
        before = np.exp(-0.5 * ((at - _USUAL) / _USUAL_SD) ** 2)
        before /= before.sum()
        begins = np.arange(max(LEAST_BEFORE, len(apart) - WINDOW), len(apart) - LEAST_SINCE + 1)
        level = summed[:, -1].max()
        # What the sessions before and since say of the mean, each (swings, begins, at), in parts of the best.
        earlier = summed[:, begins - 1]
        most = earlier.max()
        early, since = np.exp(earlier - most), np.exp(summed[:, -1:] - earlier + most - level)
        move = at - at[:, None]
        moved = np.exp(-0.5 * (move / (_FAR * swings[:, None, None])) ** 2)  # (swings, usual, since)
        moved /= moved.sum(axis=2, keepdims=True)
        swing = swings[:, None, None]
        grown = np.abs(at) >= np.abs(at)[:, None] + _LEAST_GROWN * swing
        turned = (at * at[:, None] < 0) & (np.abs(at) >= _LEAST_TURNED * swing)
        prior = weights[:, None, None] * before * early * _CHANCE
        stayed = (1 - _CHANCE * len(begins)) * weights[:, None] * before * np.exp(summed[:, -1] - level)
        changed = prior * np.matmul(since, moved.transpose(0, 2, 1))
        drifts = np.matmul(prior, moved * (grown | turned)) * since
        whole = stayed.sum() + changed.sum()
        by_begin, by_latest = drifts.sum(axis=(0, 2)), drifts.sum(axis=(0, 1))
        sure = float(by_begin.sum() / whole)
        usual_mass = (stayed + changed.sum(axis=1)) / whole  # (swings, at)
        usual = float((usual_mass * at).sum())
        variance = (usual_mass * ((at - usual) ** 2 + swings[:, None] ** 2)).sum()
        latest = float((by_latest * at).sum() / by_latest.sum()) if by_latest.sum() > 0 else usual
        return cls(min(1.0, sure), usual, float(np.sqrt(variance)), latest, int(begins[by_begin.argmax()]))


@lru_cache(maxsize=1)
def _swings() -> tuple[Floats, Floats]:
    at, weight = hermegauss(5)
    return _SWING * np.exp(_SWING_LOG_SD * at), weight / weight.sum()


def _log_density(z: Floats, swings: Floats) -> Floats:
    """Of differences ``z`` sd from a mean, (swings, sessions, at)."""
    usual = (1 - _CARELESS) * np.exp(-0.5 * z**2) + _CARELESS / _WIDER * np.exp(-0.5 * (z / _WIDER) ** 2)
    found: Floats = np.log(np.maximum(usual, 1e-300)) - np.log(swings)[:, None, None]
    return found
