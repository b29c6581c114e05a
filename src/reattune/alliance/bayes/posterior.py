"""The model's reading of whole cohorts and of one person, session by session."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from reattune.alliance.array_types import Flags, Floats, Integers
from reattune.alliance.bayes.filter import BondFilter
from reattune.alliance.bayes.filter_result import Passage, Seen
from reattune.alliance.bayes.one_course import forward_one
from reattune.alliance.bayes.pair_batches import FILL, forward_pair, joint_clients, pair_batches, scale_of
from reattune.alliance.bayes.pair_filter import PairFilter
from reattune.alliance.bayes.prior import BondPrior, SecondPrior, second_beside
from reattune.alliance.measure import Measure
from reattune.alliance.ratings import Ratings

# Clients read together, and the cells of the model's grid that one batch may hold: 100 MB.
_TOGETHER = 128
_CELLS = 24_000
# Two-sided 95 % of a normal.
USUAL = 1.96


@dataclass(frozen=True)
class Trace:
    """What the model says at each session; each (clients, grid), NaN before the first and behind the last rating.

    Attributes:
        p_now: P(a rupture is open | ratings so far).
        p_onset: P(one begins at this session | ratings so far).
        p_slow: P(one is still sliding down | ratings so far).
        expected: score expected in a steady bond, predicted before this session, in score units; NaN at the first
            session, before which nothing was known of the person, and the same of the next three.
        spread: sd of such a score around it, in score units.
        within: what is believed of the person's own sd from session to session, from the ratings so far.
        usual_low, usual_high: range of 95 % of such scores, within the measure's range.
        p_rupture: P(a rupture is open | all ratings); NaN where only the filter was asked for.
        p_slide: P(one is sliding down | all ratings); the same.
        second: what is usual of the second rater; ``None`` where the ratings are of one.
    """

    p_now: Floats
    p_onset: Floats
    p_slow: Floats
    expected: Floats
    spread: Floats
    within: Floats
    usual_low: Floats
    usual_high: Floats
    p_rupture: Floats
    p_slide: Floats
    second: SecondTrace | None = None


@dataclass(frozen=True)
class SecondTrace:
    """What is usual of the second rater; each (clients, grid), in score units, NaN until their second rating and where
    they have none.

    Attributes:
        expected, usual_low, usual_high: as those of the first rater in :class:`Trace`.
    """

    expected: Floats
    usual_low: Floats
    usual_high: Floats


def trace(ratings: Ratings, prior: BondPrior, *, smooth: bool = True, second: SecondPrior | None = None) -> Trace:
    """Read all clients.

    Args:
        ratings: any number of clients; missing sessions only let time pass. Who has ratings of a second rater, from
            their own first one on, is read by both; everybody else's figures are what they would be without.
        prior: in score units with higher better, as :func:`.prior.published_prior` gives it.
        second: the same of the second rater; the published figures, laid beside ``prior``, unless given.
        smooth: whether to look back too; without, only what was known then is computed, in half the time.

    Cost: O(clients x sessions); where both rate, some thirty times that. A client's figures depend on nobody else's.
    """

    def blank() -> Floats:
        return np.full(ratings.scores.shape, np.nan)

    found = Trace(blank(), blank(), blank(), blank(), blank(), blank(), blank(), blank(), blank(), blank())
    if ratings.second is not None:
        usual = SecondTrace(blank(), blank(), blank())
        found = replace(found, second=usual)
        for pair in pair_batches(ratings, prior, second or second_beside(prior), keep=smooth):
            _keep_seen(found, pair.seen, pair.place, pair.within, ratings.measure)
            _keep_usual(usual, pair.own[..., 0], pair.own[..., 1], pair.place, pair.within, ratings.measure)
            if smooth:
                _keep_smoothed(found, pair.model.backward(pair.passage, pair.last), pair.place, pair.within)
        ratings = replace(ratings, scores=np.where(joint_clients(ratings)[:, None], np.nan, ratings.scores))
    for batch in batches(ratings, prior):
        within, place = batch.within, batch.place
        _keep_seen(found, batch.seen, place, within, ratings.measure)
        if smooth:
            _keep_smoothed(found, batch.model.backward(batch.passage, batch.last), place, within)
    return found


def _keep_smoothed(found: Trace, both: tuple[Floats, Floats], place: tuple[Integers, Integers], within: Flags) -> None:
    ruptured, sliding = both
    found.p_rupture[place] = np.clip(ruptured[: len(within)][within], 0, 1)
    found.p_slide[place] = np.clip(sliding[: len(within)][within], 0, 1)


@dataclass(frozen=True)
class Batch:
    """Some clients of like length as the model has just read them; good until the next batch is read.

    Attributes:
        clients: (rows,) which; what ``seen`` and ``passage`` have beyond them only fills up.
        within: (rows, sessions) whether a session lies between the client's first and last rating.
        place: where those sessions lie in the ratings.
        last: (filled rows,) index of each client's last session.
    """

    model: BondFilter
    clients: Integers
    within: Flags
    place: tuple[Integers, Integers]
    last: Integers
    seen: Seen
    passage: Passage


def batches(ratings: Ratings, prior: BondPrior) -> Iterator[Batch]:
    """Filter all clients that have a rating, some at a time."""
    grid = ratings.scores.shape[1]
    scores = ratings.measure.upward(ratings.scores)
    rated = ~np.isnan(scores)
    some = np.flatnonzero(rated.any(axis=1))
    if not len(some):
        return
    first = rated[some].argmax(axis=1)
    lengths = grid - rated[some, ::-1].argmax(axis=1) - first
    model = BondFilter(prior, scale_of(ratings.measure))
    for batch in _alike(lengths):
        length = int(lengths[batch].max())
        columns = first[batch][:, None] + np.arange(length)
        rows = some[batch][:, None]
        within = np.arange(length) < lengths[batch][:, None]
        own = np.where(within, scores[rows, np.minimum(columns, grid - 1)], np.nan)
        more = -len(own) % FILL
        filled = np.vstack([own, np.repeat(own[:1], more, axis=0)])
        last = np.concatenate([lengths[batch], np.repeat(lengths[batch][:1], more)]) - 1
        unsure = None
        if ratings.unsure is not None:
            there = np.where(within & ~np.isnan(own), ratings.unsure[rows, np.minimum(columns, grid - 1)], 0.0)
            unsure = np.vstack([there, np.repeat(there[:1], more, axis=0)])
        seen, passage = model.forward(filled, unsure)
        place = (np.broadcast_to(rows, within.shape)[within], columns[within])
        yield Batch(model, some[batch], within, place, last, seen, passage)


def _alike(lengths: Integers) -> Iterator[Integers]:
    """Clients of like length together, so that little is read behind anyone's end."""
    order = np.argsort(-lengths, kind="stable")
    begin = 0
    while begin < len(order):
        width = max(1, min(_TOGETHER, _CELLS // int(lengths[order[begin]])))
        yield order[begin : begin + width]
        begin += width


def _keep_seen(found: Trace, seen: Seen, place: tuple[Integers, Integers], within: Flags, measure: Measure) -> None:
    found.p_now[place] = np.clip(seen.ruptured[: len(within)][within], 0, 1)
    found.p_onset[place] = np.clip(seen.onset[: len(within)][within], 0, 1)
    found.p_slow[place] = np.clip(seen.eroding[: len(within)][within], 0, 1)
    found.spread[place] = seen.spread[: len(within)][within]
    found.within[place] = seen.within[: len(within)][within]
    _keep_usual(found, seen.expected, seen.spread, place, within, measure)


def _keep_usual(
    found: Trace | SecondTrace,
    expected: Floats,
    spread: Floats,
    place: tuple[Integers, Integers],
    within: Flags,
    measure: Measure,
) -> None:
    low, high = measure.upward_range
    middle, away = expected[: len(within)][within], USUAL * spread[: len(within)][within]
    ends = (np.clip(middle - away, low, high), np.clip(middle + away, low, high))
    found.expected[place] = measure.upward(np.clip(middle, low, high))
    below, above = ends if measure.higher_is_better else ends[::-1]
    found.usual_low[place], found.usual_high[place] = measure.upward(below), measure.upward(above)


# Sessions that one person's reading looks back over: what is further away no longer changes what is open now.
_BACK = 40
# Sessions belong to a rupture from this probability on.
_LIKELY = 0.5
# Sessions from the onset on whose sliding says whether a rupture was a trickle, and the share of probability that
# must lie there. Trickles are rare and look like lightning in noise: on simulated courses a quarter names about as
# many as there are, and about half of them rightly; a half would name a third of them.
BEGINNING, SLIDING = 3, 0.25


@dataclass(frozen=True)
class OpenRupture:
    """A rupture that is probably open at the last rating: the column of its onset, and whether it was a trickle."""

    onset: int
    slow: bool


@dataclass(frozen=True)
class OwnUsual:
    """What was usual of a therapist's own ratings before each session, as :class:`Trace` has it; each (sessions,), NaN
    up to the first of them.
    """

    expected: Floats
    usual_low: Floats
    usual_high: Floats


@dataclass(frozen=True)
class WholeCourse:
    """One person's reading; each array (sessions,), from the first rating to the last.

    Attributes:
        columns: where the (client's) ratings lie.
        rupture: the rupture that is open now, if one probably is.
        therapist: what is usual of the therapist's own ratings, where they were read too.
    """

    columns: Integers
    p_now: Floats
    expected: Floats
    usual_low: Floats
    usual_high: Floats
    rupture: OpenRupture | None
    therapist: OwnUsual | None = None

    def column(self, place: int) -> int:
        """Where the rating that is ``place``-th, from 0, lies."""
        return int(self.columns[place])


def read_course(
    scores: Floats,
    measure: Measure,
    prior: BondPrior,
    ask: float = _LIKELY,
    *,
    therapist: Floats | None = None,
    second: SecondPrior | None = None,
) -> WholeCourse:
    """What was known at each session of one person, and what is known now of the end.

    Args:
        scores: (sessions,), higher better; NaN where missing, but the first and the last are there. The last may be
            missing where the therapist's is there.
        ask: P(a rupture is open) from which one counts as open now.
        therapist: (sessions,) the therapist's own ratings of the same sessions on the same measure, NaN where missing:
            both are then read as evidence of one bond. Without any, figures are those of one rater, to the last bit.
        second: what is believed of the therapist's ratings; the published figures, laid beside ``prior``, unless given.

    Raises:
        ValueError: the two are not equally long.

    Cost: O(sessions); nearly what :func:`trace` gives for one client (:func:`.one_course.forward_one` says how nearly),
    without looking back over everything. Some thirty times as much with a second rater.
    """
    if therapist is not None and therapist.shape != scores.shape:
        raise ValueError(
            f"Both rate the same sessions; these are {len(scores)} scores and {len(therapist)} of the therapist."
        )
    low, high = measure.upward_range
    own = None
    if therapist is None or np.isnan(therapist).all():
        model = BondFilter(prior, scale_of(measure))
        known = forward_one(model, scores)
        ruptured, middle, away = known.ruptured, known.expected, USUAL * known.spread

        def back(last: int, since: int) -> tuple[Floats, Floats]:
            return model.backward(known.passage, np.array([last]), since)

    else:
        pair = PairFilter(BondFilter(prior, scale_of(measure)), second or second_beside(prior))
        join = int(np.argmax(~np.isnan(therapist)))
        seen, predicted, passage = forward_pair(pair, join, scores[None], therapist[None], None, keep=True)
        ruptured, middle, away = seen.ruptured[0], seen.expected[0], USUAL * seen.spread[0]
        around, far = predicted[0, :, 0], USUAL * predicted[0, :, 1]
        own = OwnUsual(*(np.clip(values, low, high) for values in (around, around - far, around + far)))

        def back(last: int, since: int) -> tuple[Floats, Floats]:
            return pair.backward(passage, np.array([last]), since)

    return WholeCourse(
        columns=np.flatnonzero(~np.isnan(scores)),
        p_now=np.clip(ruptured, 0, 1),
        expected=np.clip(middle, low, high),
        usual_low=np.clip(middle - away, low, high),
        usual_high=np.clip(middle + away, low, high),
        rupture=_open_rupture(back, len(scores) - 1) if ruptured[-1] >= ask else None,
        therapist=own,
    )


def _open_rupture(back: Callable[[int, int], tuple[Floats, Floats]], last: int) -> OpenRupture:
    since = max(0, last - _BACK)
    ruptured, sliding = back(last, since)
    onset = last
    while onset > since and ruptured[0, onset - 1] >= _LIKELY:
        onset -= 1
    early = slice(onset, onset + BEGINNING)
    slow = bool(sliding[0, early].sum() >= SLIDING * ruptured[0, early].sum())
    return OpenRupture(onset, slow)
