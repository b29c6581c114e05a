"""Ours: an exact Bayesian filter and smoother over what a bond is doing."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from reattune.alliance.array_types import Flags, Floats, Integers, row_sums
from reattune.alliance.bayes.posterior import BEGINNING, SLIDING, Trace, trace
from reattune.alliance.bayes.prior import BondPrior, SecondPrior, published_prior
from reattune.alliance.detectors.event import KINDS, NONE, PATTERNS, STATES, Alarms, Detector, Events
from reattune.alliance.detectors.recovery import PARTLY, regained_ground
from reattune.alliance.detectors.runs import stretches
from reattune.alliance.ratings import Ratings

# Distance from what was expected, in sd, that some score of an event has at least.
_LEAST_DEPTH = 0.5
# A cut course is read to the last bit but one.
_MARGIN = 1e-4
# An event that lasts is partly mended by its last three scores, or its last two where it has no more than five.
_LATEST, _LATEST_OF_FEW, _FEW = 3, 2, 5


@dataclass(frozen=True)
class BayesOptions:
    """What is believed beforehand, and when it counts as an event.

    Attributes:
        prior: in score units with higher better; ``None`` lays the published figures onto the measure's range.
        threshold: P(a rupture is open) from which sessions belong to an event.
        second: what is believed of a second rater; ``None`` lays the published figures beside the prior.
    """

    prior: BondPrior | None = None
    threshold: float = 0.5
    second: SecondPrior | None = None

    def __post_init__(self) -> None:
        if not 0 < self.threshold < 1:
            raise ValueError(f"A threshold lies between 0 and 1, and this is {self.threshold:g}.")


def read(ratings: Ratings, options: BayesOptions, *, smooth: bool = True) -> Trace:
    """The model's reading of every session; see :class:`.Trace`.

    Raises:
        ValueError: there is no prior and the measure has no range.
    """
    prior = options.prior or published_prior(ratings.measure)
    return trace(ratings, prior, smooth=smooth, second=options.second)


def detect(ratings: Ratings, options: BayesOptions) -> Events:
    """Ruptures: stretches of sessions in which, seen from the end, a rupture was probably open.

    Args:
        ratings: any number of clients, from one session each; nothing is judged before the third.
        options: see :class:`BayesOptions`.

    Returns:
        Losses. ``probability`` is the mean P(a rupture is open | all ratings) over the event; ``detected_at`` the
        first of its sessions with a low score at which P(a rupture is open | ratings so far) passed the threshold,
        or the last session where only hindsight showed it. ``depth`` is the mean distance of the scores from what
        was expected of a steady bond, ``depth_sd`` the same in what is known of the person's own sd. ``trickle``
        where at least a quarter of the probability at its beginning lay on sliding down. What became of it says the
        one rule of :mod:`.recovery` where it has ended; ``partly`` is also said of one that is still open, if its
        latest scores are more than half way back.

    Model: a hidden Markov model of the bond (steady; eroding; ruptured, to be mended; ruptured for good) with five
    depths, on a grid over the person's own level, growth and spread, which are unknown and partially pooled with
    the prior. Noise is normal with heavy tails and autocorrelated; a score on an end of the measure counts as
    censored; a missing session lets time pass. The forward pass gives what was known then, the backward pass what is
    known now; both are exact on the grid, and a later score never changes a filtered probability.

    Cost: O(n) for each client, vectorised over clients.

    Source: Rabiner 1989, 10.1109/5.18626 (forward-backward); docs/detectors.md has the model and the prior.
    """
    return events_of(ratings, read(ratings, options), options)


def events_of(ratings: Ratings, found: Trace, options: BayesOptions) -> Events:
    """The events in a reading that is already there."""
    if not ratings.scores.size:
        return Events.none(BAYES.name, ratings.clients)
    with np.errstate(invalid="ignore"):
        client, start, stop = stretches(found.p_rupture >= options.threshold)
    scores = ratings.measure.upward(ratings.scores)
    rated = ~np.isnan(scores)
    columns = np.arange(scores.shape[1])
    inside = (columns >= start[:, None]) & (columns < stop[:, None]) & rated[client]
    seen = inside.any(axis=1)
    client, start, stop, inside = client[seen], start[seen], stop[seen], inside[seen]
    onset = inside.argmax(axis=1)
    below = np.nan_to_num(ratings.measure.upward(found.expected)[client] - scores[client])
    # On the lower end of a measure ratings say little, and the prior alone may lift the probability.
    with np.errstate(invalid="ignore"):
        deep = inside & (below >= _LEAST_DEPTH * found.spread[client])
    some = deep.any(axis=1)
    client, start, stop, inside, onset = client[some], start[some], stop[some], inside[some], onset[some]
    below, deep = below[some], deep[some]
    depth = _mean(below, inside)
    depth = np.where(depth > 0, depth, _mean(below, deep))
    last = scores.shape[1] - 1 - rated[client, ::-1].argmax(axis=1)
    lasting = stop > last
    with np.errstate(invalid="ignore"):
        knew = deep & (found.p_now[client] >= options.threshold + _MARGIN)
    known = np.where(knew.any(axis=1), knew.argmax(axis=1), last)
    slid = inside & (columns < start[:, None] + BEGINNING)
    slow = _mean(found.p_slide[client], slid) >= SLIDING * _mean(found.p_rupture[client], slid)
    later = (columns >= stop[:, None]) & rated[client]
    with np.errstate(invalid="ignore"):
        became = regained_ground(1 - below / depth[:, None], later, inside)
    state = np.where(lasting, _still_open(below, inside), np.maximum(became.state, STATES.index("partly")))
    return Events(
        BAYES.name,
        ratings.clients,
        client,
        kind=KINDS.index("loss"),
        onset=ratings.sessions(client, onset),
        end=np.where(lasting, NONE, ratings.sessions(client, _last(inside))),
        detected_at=ratings.sessions(client, known),
        depth=depth,
        depth_sd=depth / found.within[client, _last(inside)],
        probability=_mean(found.p_rupture[client], inside),
        pattern=np.where(slow, PATTERNS.index("trickle"), PATTERNS.index("lightning")),
        state=state,
    )


def _still_open(below: Floats, inside: Flags) -> Integers:
    """Whether events that last are partly mended: their latest scores against the others, (events,) states."""
    count = inside.sum(axis=1)
    from_end = np.cumsum(inside[:, ::-1], axis=1)[:, ::-1]
    latest = inside & (from_end <= np.where(count > _FEW, _LATEST, _LATEST_OF_FEW)[:, None])
    enough = count >= 2 * _LATEST_OF_FEW
    half_way = enough & (_mean(below, latest) <= (1 - PARTLY) * _mean(below, inside & ~latest))
    return np.where(half_way, STATES.index("partly"), STATES.index("open"))


def _mean(values: Floats, where: np.ndarray) -> Floats:
    count = np.maximum(where.sum(axis=1), 1)
    return row_sums(values, where) / count


def _last(marked: np.ndarray) -> Integers:
    last: Integers = marked.shape[1] - 1 - marked[:, ::-1].argmax(axis=1)
    return last


def alarms(ratings: Ratings, options: BayesOptions) -> Alarms:
    """P(a rupture is open | so far) and P(it begins now | so far), at rated sessions."""
    found = read(ratings, options, smooth=False)
    rated = ~np.isnan(ratings.scores)
    return Alarms(np.where(rated, found.p_now, np.nan), np.where(rated, found.p_onset, np.nan))


BAYES = Detector(
    name="bayes",
    paper="Reattune; Rabiner 1989, 10.1109/5.18626",
    cost="O(n) for each client, vectorised over clients",
    options=BayesOptions,
    run=detect,
    alarms=alarms,
    least=3,
    probabilities=True,
    noticed=0.59,
    right=0.81,
)
