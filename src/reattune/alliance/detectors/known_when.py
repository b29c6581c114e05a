"""At which session an event was first known: the course is cut there, read again, and the event must be found."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from reattune.alliance.array_types import Integers
from reattune.alliance.detectors.event import Events
from reattune.alliance.ratings import Ratings

# An event that begins within so many sessions is the same event.
SAME = 2
# Cells of cut courses that are read at once, taking it that each has an event in every so many sessions.
_CELLS, _EVENT_EVERY = 4_000_000, 20
# Longer courses are not cut: that would take as many readings of years as they have events.
LONGEST = 400
# Each session is tried for so many, then ever fewer: every fourth of what was waited for.
_PATIENT, _SHARE = 12, 4


def first_known(ratings: Ratings, events: Events, run: Callable[[Ratings], Events]) -> Events:
    """The same events, each with the first session at which it is found from the scores so far.

    For methods that take limits, a sd or a penalty from the whole course: what they show in hindsight was often not
    to be seen then.

    Args:
        events: as found in the whole courses; ``detected_at`` is the earliest that is tried.
        run: the method without this question.

    Returns:
        ``detected_at`` set anew; an event is found again if one of its kind begins within ``SAME`` sessions. What has
        to be waited for long is looked for ever more seldom, so that then it may have been known a little earlier; in a
        course of more than ``LONGEST`` sessions it is the last one.

    Cost: one reading of the cut courses for each session that an event is waited for.
    """
    if not len(events):
        return events
    scores, clients = ratings.scores, events.client
    last = scores.shape[1] - 1 - (~np.isnan(scores[clients]))[:, ::-1].argmax(axis=1)
    known = ratings.first[clients] + last
    at = events.detected_at - ratings.first[clients]
    start, waited = at.copy(), 0
    waiting = np.flatnonzero((at < last) & (last < LONGEST))
    while len(waiting):
        found = np.zeros(len(waiting), dtype=bool)
        width = int(at[waiting].max()) + 1
        together = max(1, _CELLS // (width * (1 + width // _EVENT_EVERY)))
        for begin in range(0, len(waiting), together):
            some = waiting[begin : begin + together]
            found[begin : begin + together] = _found(ratings, events, some, clients[some], at[some], run)
        sure = waiting[found]
        known[sure] = ratings.first[clients[sure]] + at[sure]
        waiting = waiting[~found]
        waited += max(1, (waited - _PATIENT) // _SHARE)
        at[waiting] = start[waiting] + waited
        waiting = waiting[at[waiting] < last[waiting]]
    events.detected_at = known
    return events


def _found(
    ratings: Ratings,
    events: Events,
    places: Integers,
    clients: Integers,
    at: Integers,
    run: Callable[[Ratings], Events],
) -> np.ndarray:
    width = int(at.max()) + 1
    cut = np.where(np.arange(width) <= at[:, None], ratings.scores[clients, :width], np.nan)
    names = [""] * len(places)
    again = run(replace(ratings, clients=names, scores=cut, first=ratings.first[clients]))
    near = np.abs(again.onset - events.onset[places][again.client]) <= SAME
    same = near & (again.kind == events.kind[places][again.client])
    found = np.zeros(len(places), dtype=bool)
    found[again.client[same]] = True
    return found
