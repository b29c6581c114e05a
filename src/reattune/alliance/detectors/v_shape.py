"""Crisis and repair: a fall from the running level that comes back within a few sessions, and its shape."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from reattune.alliance.array_types import Flags, Floats, Integers, row_sums
from reattune.alliance.detectors.event import KINDS, NONE, PATTERNS, Alarms, Detector, Events
from reattune.alliance.detectors.known_when import first_known
from reattune.alliance.detectors.recovery import recovery
from reattune.alliance.ratings import Ratings

# Gumz et al. tell five patterns of falling and coming back; "v" and "slow fall" were the commonest.
SHAPES = ("v", "slow fall", "slow repair", "slow both ways", "plateau")


@dataclass(frozen=True)
class VShapeOptions:
    """What counts as a fall and as a return.

    Attributes:
        least: sd by which a score must lie below the running level; 1 and 2 are the published choices.
        band: sd around the running level that count as back.
        most: sessions a crisis may last, from its first low score until the return.
        memory: scores that make the running level.
        spread: whose sd: the person's, the cohort's, or the larger of the two, which the authors advise, so that
            small ripples of an even course and the usual swings of an uneven one are not overrated.
        cohort_sd: mean within-person sd of the cohort, in score units; without it ``larger`` is the person's.
    """

    least: float = 1.0
    band: float = 0.5
    most: int = 6
    memory: int = 3
    spread: Literal["person", "cohort", "larger"] = "larger"
    cohort_sd: float | None = None

    def __post_init__(self) -> None:
        if self.spread == "cohort" and self.cohort_sd is None:
            raise ValueError("v-shape with the cohort's sd needs cohort_sd.")


@dataclass
class _Walk:
    """Where each client is, one place of its scores after another; each (clients,)."""

    level: Floats  # running level, frozen while scores slide
    start: Integers  # place of the first score of the slide or crisis
    low: Flags  # in a crisis
    last: Floats
    recent: Floats  # (clients, memory), the last scores outside a crisis


def _person_sd(scores: Floats) -> Floats:
    there = ~np.isnan(scores)
    count = there.sum(axis=1)
    mean = row_sums(scores, there) / np.maximum(count, 1)
    squares = row_sums((scores - mean[:, None]) ** 2, there)
    sd: Floats = np.where(count > 1, np.sqrt(squares / np.maximum(count - 1, 1)), np.nan)
    return sd


def _sd(scores: Floats, options: VShapeOptions) -> Floats:
    person = _person_sd(scores)
    if options.spread == "person" or options.cohort_sd is None:
        return person
    if options.spread == "cohort":
        return np.full(len(scores), options.cohort_sd)
    return np.fmax(person, options.cohort_sd)


def _walk(scores: Floats, sd: Floats, options: VShapeOptions) -> tuple[Floats, list[tuple[Integers, ...]], Floats]:
    """Levels each score was held against, and crises as (client, start, return) with the level of each."""
    clients, n = scores.shape
    walk = _Walk(
        np.full(clients, np.nan),
        np.zeros(clients, dtype=np.int64),
        np.zeros(clients, dtype=bool),
        np.full(clients, np.nan),
        np.full((clients, options.memory), np.nan),
    )
    held: Floats = np.full(scores.shape, np.nan)
    found: list[tuple[Integers, ...]] = []
    levels: list[Floats] = []
    with np.errstate(invalid="ignore"):
        for place in range(n):
            score = scores[:, place]
            there = ~np.isnan(score)
            falls = there & (score < walk.last) & ~walk.low
            fresh = falls & (walk.start < 0)
            walk.start = np.where(fresh, place, np.where(there & ~falls & ~walk.low, -1, walk.start))
            steady = there & ~falls & ~walk.low
            known = ~np.isnan(walk.recent)
            mean = np.where(known, walk.recent, 0).sum(axis=1) / np.maximum(known.sum(axis=1), 1)
            walk.level = np.where(fresh | steady, np.where(known.all(axis=1), mean, np.nan), walk.level)
            held[:, place] = walk.level
            sinks = there & ~walk.low & (walk.level - score >= options.least * sd) & (sd > 0)
            walk.start = np.where(sinks & (walk.start < 0), place, walk.start)
            walk.low |= sinks
            back = there & walk.low & ~sinks & (score >= walk.level - options.band * sd)
            late = there & walk.low & (place - walk.start >= options.most) & ~back
            ended = back & (place - walk.start <= options.most)
            who = np.flatnonzero(ended)
            found.append((who, walk.start[who], np.full(len(who), place)))
            levels.append(walk.level[who])
            out = back | late
            walk.low &= ~out
            walk.start = np.where(out, -1, walk.start)
            # Sliding scores do not make the level yet; if the slide comes to nothing, the next ones do.
            calm = there & ~walk.low & ((walk.start < 0) | (place - walk.start >= options.most))
            walk.recent = np.where(calm[:, None], np.column_stack([walk.recent[:, 1:], score]), walk.recent)
            walk.last = np.where(there, score, walk.last)
    return held, found, np.concatenate(levels) if levels else np.empty(0)


def detect(ratings: Ratings, options: VShapeOptions) -> Events:
    """Falls of at least ``least`` sd from the running level that come back in at most ``most`` sessions.

    Args:
        ratings: any number of clients; missing scores are passed over.
        options: see :class:`VShapeOptions`.

    Returns:
        Losses. ``onset`` is the first low score, or the first of the slide that led there; ``end`` the last before
        the return; ``detected_at`` the return, for only then is it a V, or later where the sd of the scores until
        then does not make it one. A return of one score is no repair yet: the state is by the one rule of
        :mod:`.recovery`. ``depth`` is from the
        running level to the lowest score. ``details`` has ``shape``: ``v`` (down and back in one step each),
        ``slow fall`` (several steps down, one back), ``slow repair``, ``slow both ways``, or ``plateau`` (two or
        more scores within the band of the lowest one).

    Cost: O(n) for each client, vectorised over clients.

    Source: Gumz et al. 2012, 10.1186/1471-2288-12-10, after Stiles et al. 2004 and Strauss et al. 2006. The
    article's first two patterns carry its names; the other three name what its text tells apart.
    """
    return first_known(ratings, _crises(ratings, options), lambda cut: _crises(cut, options))


def _crises(ratings: Ratings, options: VShapeOptions) -> Events:
    scores, columns = ratings.packed()
    if scores.shape[1] <= options.memory:
        return Events.none(V_SHAPE.name, ratings.clients)
    scores = ratings.measure.upward(scores)
    sd = _sd(scores, options)
    _, found, level = _walk(scores, sd, options)
    client, start, back = (np.concatenate([each[i] for each in found]).astype(np.int64) for i in range(3))
    lowest, shape = _shapes(scores, client, start, back, options.band * sd)
    depth = level - scores[client, lowest]
    became = recovery(scores, client, lowest, level, depth)
    end = ratings.sessions(client, columns[client, back - 1])
    return Events(
        V_SHAPE.name,
        ratings.clients,
        client,
        kind=KINDS.index("loss"),
        onset=ratings.sessions(client, columns[client, start]),
        end=np.where(became.end == NONE, NONE, end),
        detected_at=ratings.sessions(client, columns[client, back]),
        depth=depth,
        depth_sd=depth / sd[client],
        pattern=np.where(lowest == start, PATTERNS.index("lightning"), PATTERNS.index("trickle")),
        state=became.state,
        details={"shape": shape},
    )


def _shapes(
    scores: Floats, client: Integers, start: Integers, back: Integers, band: Floats
) -> tuple[Integers, np.ndarray]:
    places = np.arange(scores.shape[1])
    inside = (places >= start[:, None]) & (places < back[:, None])
    rows = np.where(inside, scores[client], np.inf)
    lowest = rows.argmin(axis=1)
    flat = inside & (rows <= rows.min(axis=1, initial=np.inf)[:, None] + band[client][:, None])
    last_low = scores.shape[1] - 1 - flat[:, ::-1].argmax(axis=1)
    first_low = flat.argmax(axis=1)
    fast_down, fast_up = first_low == start, last_low == back - 1
    shape = np.where(fast_down, np.where(fast_up, 0, 2), np.where(fast_up, 1, 3))
    shape = np.where(flat.sum(axis=1) > 1, 4, shape)
    return lowest, np.array(SHAPES)[shape]


def alarms(ratings: Ratings, options: VShapeOptions) -> Alarms:
    """How far each score lies below the running level, in sd of the scores so far; and how far it just fell."""
    scores, columns = ratings.packed()
    scores = ratings.measure.upward(scores)
    whole = _sd(scores, options)
    held, _, _ = _walk(scores, whole * 0 + np.inf, options)  # nothing sinks: the level only runs
    count = np.cumsum(~np.isnan(scores), axis=1)
    mean = np.nancumsum(scores, axis=1) / np.maximum(count, 1)
    variance = np.maximum(np.nancumsum(scores**2, axis=1) / np.maximum(count, 1) - mean**2, 0)
    sd = np.sqrt(variance * count / np.maximum(count - 1, 1))
    low, high = ratings.measure.low, ratings.measure.high
    floor = options.cohort_sd or (0.02 * (high - low) if np.isfinite(high - low) else 0.0)
    sd = np.maximum(sd, floor)
    with np.errstate(invalid="ignore", divide="ignore"):
        below = np.where(sd > 0, (held - scores) / sd, np.nan)
    fell = np.full(below.shape, np.nan)
    fell[:, 1:] = below[:, 1:] - np.maximum(np.nan_to_num(below[:, :-1]), 0)
    return Alarms(ratings.unpacked(below, columns), ratings.unpacked(fell, columns))


V_SHAPE = Detector(
    name="v-shape",
    paper="Gumz et al. 2012, 10.1186/1471-2288-12-10",
    cost="O(n) for each client, vectorised over clients",
    options=VShapeOptions,
    run=detect,
    alarms=alarms,
    least=5,
)
