"""Clients that two people rate, some at a time: one rater's filter until the second comes in, then both."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from reattune.alliance.array_types import Flags, Floats, Integers
from reattune.alliance.bayes.filter import BondFilter
from reattune.alliance.bayes.filter_result import Seen
from reattune.alliance.bayes.pair_filter import PairFilter
from reattune.alliance.bayes.pair_result import PairPassage
from reattune.alliance.bayes.parameter_grid import Scale
from reattune.alliance.bayes.prior import BondPrior, SecondPrior
from reattune.alliance.measure import Measure
from reattune.alliance.ratings import Ratings

# Batches are filled up to a multiple of this, so that a client's figures do not depend on who is read beside it.
FILL = 8
# Clients read together, and the sessions of all of them that one batch may hold: 50 MB.
_TOGETHER, _CELLS = 16, 640


@dataclass(frozen=True)
class PairBatch:
    """Some clients that both have rated as the model has just read them; as :class:`.posterior.Batch`.

    Attributes:
        own: (filled rows, sessions, 2) mean and sd of the second rater's score in a steady bond, predicted before.
    """

    model: PairFilter
    clients: Integers
    within: Flags
    place: tuple[Integers, Integers]
    last: Integers
    seen: Seen
    own: Floats
    passage: PairPassage


def scale_of(measure: Measure) -> Scale:
    """The ends and the step that the model knows."""
    low, high = measure.upward_range
    return Scale(low, high, measure.step)


def joint_clients(ratings: Ratings) -> Flags:
    """(clients,) who has a rating of the second rater at or behind the first rater's first."""
    if ratings.second is None:
        return np.zeros(len(ratings.clients), dtype=bool)
    begun = np.logical_or.accumulate(~np.isnan(ratings.scores), axis=1)
    both = begun & ~np.isnan(ratings.second)
    return np.asarray(both.any(axis=1))


def pair_batches(ratings: Ratings, prior: BondPrior, second: SecondPrior, *, keep: bool = True) -> Iterator[PairBatch]:
    """Filter the clients that both have rated, some at a time; each is good until the next is read.

    Args:
        keep: whether what the way back needs is kept.
    """
    some = np.flatnonzero(joint_clients(ratings))
    if not len(some):
        return
    assert ratings.second is not None  # noqa: S101
    grid = ratings.scores.shape[1]
    scores, own = ratings.measure.upward(ratings.scores)[some], ratings.measure.upward(ratings.second)[some]
    rated, own_rated = ~np.isnan(scores), ~np.isnan(own)
    first = rated.argmax(axis=1)
    joined = (np.logical_or.accumulate(rated, axis=1) & own_rated).argmax(axis=1) - first
    lengths = grid - (rated | own_rated)[:, ::-1].argmax(axis=1) - first
    model = PairFilter(BondFilter(prior, scale_of(ratings.measure)), second)
    for batch in _alike(joined, lengths):
        length, join = int(lengths[batch].max()), int(joined[batch[0]])
        columns = first[batch][:, None] + np.arange(length)
        within = np.arange(length) < lengths[batch][:, None]
        at = (batch[:, None], np.minimum(columns, grid - 1))
        both = [_filled(np.where(within, values[at], np.nan)) for values in (scores, own)]
        unsure = None
        if ratings.unsure is not None:
            unsure = _filled(np.where(within & rated[at], ratings.unsure[some][at], 0.0))
        last = np.concatenate([lengths[batch], np.repeat(lengths[batch][:1], -len(batch) % FILL)]) - 1
        seen, expected, passage = forward_pair(model, join, both[0], both[1], unsure, keep=keep)
        rows = some[batch]
        place = (np.broadcast_to(rows[:, None], within.shape)[within], columns[within])
        yield PairBatch(model, rows, within, place, last, seen, expected, passage)


def _filled(values: Floats) -> Floats:
    return np.vstack([values, np.repeat(values[:1], -len(values) % FILL, axis=0)])


def _alike(joined: Integers, lengths: Integers) -> Iterator[Integers]:
    """Clients whose second rater comes in at the same session, of like length together."""
    for join in np.unique(joined):
        order = np.flatnonzero(joined == join)
        order = order[np.argsort(-lengths[order], kind="stable")]
        begin = 0
        while begin < len(order):
            width = max(FILL, min(_TOGETHER, _CELLS // int(lengths[order[begin]]) // FILL * FILL))
            yield order[begin : begin + width]
            begin += width


def forward_pair(
    model: PairFilter, join: int, scores: Floats, own: Floats, unsure: Floats | None, *, keep: bool
) -> tuple[Seen, Floats, PairPassage]:
    """Filter a batch whose second rater comes in at the session ``join``.

    Args:
        scores, own: (clients, sessions) of both raters, higher better, NaN where missing; each client's first score and
            that of the second rater at ``join`` are there.

    Returns:
        What is known at each session; (clients, sessions, 2) mean and sd of the second rater's score in a steady bond
        as predicted before it; and what the way back needs.
    """
    clients, sessions = scores.shape
    seen, expected = Seen.empty(clients, sessions), np.full((clients, sessions, 2), np.nan)
    standing, alone = model.one.begin(scores[:, 0]), None
    if join:
        early, alone = model.one.forward(scores[:, :join], None if unsure is None else unsure[:, :join])
        seen.part(0, join).write(early)
        assert alone.standing is not None  # noqa: S101
        standing = alone.standing
    at, cells = model.join(standing, own[:, join])
    passage = PairPassage(join, alone, cells)
    for session in range(join, sessions):
        doubt = None if unsure is None else unsure[:, session]
        step = model.step(at, scores[:, session], own[:, session], doubt)
        at = step.standing
        seen.part(session, session + 1).write(step.seen)
        expected[:, session] = step.own.T
        if keep:
            passage.kept.append(step.kept)
    return seen, expected, passage
