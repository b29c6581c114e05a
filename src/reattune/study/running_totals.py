"""What a report needs to know of a cohort, added up batch by batch; the sum does not depend on the order."""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from reattune.alliance.array_types import Flags, Floats, Integers
from reattune.alliance.bayes.posterior import Trace
from reattune.alliance.detectors import DETECTORS, Events
from reattune.alliance.detectors.event import KINDS, NONE, PATTERNS, STATES
from reattune.alliance.ratings import Ratings
from reattune.study.session_grid import Batch

# Sessions that survival and timing are followed over; whoever is still waiting then was seen so far.
FOLLOWED = 100
# Losses of two methods that begin within so many sessions are the same loss.
SAME = 2
GALLERY = 500
# Probabilities are added up in whole parts of this size.
PARTS = 1 << 32
LOSS = KINDS.index("loss")


@dataclass(frozen=True)
class Course:
    """One client in the gallery; ``marks`` are (onset, end or 0, pattern, state, probability) of the main method.

    ``judged`` is whether that method had ratings enough to say anything.
    """

    client: str
    therapist: str
    sessions: list[int]
    scores: list[float | None]
    expected: list[float]
    low: list[float]
    high: list[float]
    p_rupture: list[float]
    marks: list[tuple[int, int, str, str, float | None]]
    judged: bool = True


def _zeros() -> Integers:
    return np.zeros(FOLLOWED + 1, dtype=np.int64)


@dataclass
class MethodTally:
    """Of one method: ``judged`` clients have ratings enough to be judged, ``clients`` a loss, ``people`` any event."""

    losses: int = 0
    gains: int = 0
    clients: int = 0
    people: int = 0
    patterns: Counter[str] = field(default_factory=Counter)
    states: Counter[str] = field(default_factory=Counter)
    onsets: Integers = field(default_factory=_zeros)
    judged: int = 0
    # Survival: at which session of the course the first loss began, and how many sessions after its onset a loss was
    # made good; ``ended`` those last seen still waiting.
    first_loss: Integers = field(default_factory=_zeros)
    first_ended: Integers = field(default_factory=_zeros)
    repair: Integers = field(default_factory=_zeros)
    repair_ended: Integers = field(default_factory=_zeros)

    def add(self, other: MethodTally) -> None:
        """Count another one in."""
        self.losses += other.losses
        self.gains += other.gains
        self.clients += other.clients
        self.people += other.people
        self.judged += other.judged
        self.patterns += other.patterns
        self.states += other.states
        for name in ("onsets", "first_loss", "first_ended", "repair", "repair_ended"):
            getattr(self, name).__iadd__(getattr(other, name))

    def subtract(self, other: MethodTally) -> None:
        """Take out what was counted in before."""
        for name in ("losses", "gains", "clients", "people", "judged"):
            setattr(self, name, getattr(self, name) - getattr(other, name))
        for name in ("patterns", "states"):
            counts: Counter[str] = getattr(self, name)
            counts.subtract(getattr(other, name))
            setattr(self, name, +counts)
        for name in ("onsets", "first_loss", "first_ended", "repair", "repair_ended"):
            getattr(self, name).__isub__(getattr(other, name))


@dataclass
class Tally:
    """Of a cohort.

    Attributes:
        agreement: (methods, methods) of the losses of a row, how many the column has too.
        open_parts: sum over judged clients of P(a rupture is open at the last rating), where ``bayes`` was run, in
            parts of ``1 / PARTS``: whole numbers add up to the same in any order, and can be taken out again.
        session_parts, judged_sessions: sum of P(a rupture is open | all) over judged sessions likewise, and their
            number.
        therapists: judged clients, those with a loss and those with one still open, by therapist.
        gallery: up to ``GALLERY`` clients, drawn by a hash of their names, so always the same.
    """

    names: Sequence[str]
    clients: int = 0
    ratings: int = 0
    missing: int = 0
    unrated: int = 0
    methods: dict[str, MethodTally] = field(default_factory=dict)
    agreement: Integers = field(default_factory=lambda: np.zeros((0, 0), dtype=np.int64))
    therapists: dict[str, list[int]] = field(default_factory=dict)
    open_parts: int = 0
    session_parts: int = 0
    judged_sessions: int = 0
    gallery: list[tuple[int, Course]] = field(default_factory=list)

    def __post_init__(self) -> None:
        if not self.methods:
            self.methods = {name: MethodTally() for name in self.names}
            self.agreement = np.zeros((len(self.names), len(self.names)), dtype=np.int64)

    def add(self, other: Tally) -> None:
        """Count another part of the cohort in."""
        self.clients += other.clients
        self.ratings += other.ratings
        self.missing += other.missing
        self.unrated += other.unrated
        self.open_parts += other.open_parts
        self.session_parts += other.session_parts
        self.judged_sessions += other.judged_sessions
        for name, tally in other.methods.items():
            self.methods[name].add(tally)
        self.agreement += other.agreement
        for name, counts in other.therapists.items():
            own = self.therapists.setdefault(name, [0, 0, 0])
            self.therapists[name] = [mine + theirs for mine, theirs in zip(own, counts, strict=True)]
        self.gallery = sorted(self.gallery + other.gallery, key=lambda each: (each[0], each[1].client))[:GALLERY]

    def subtract(self, other: Tally) -> None:
        """Take out a part that was counted in before; of the gallery nothing, for that is not a sum."""
        for name in ("clients", "ratings", "missing", "unrated", "open_parts", "session_parts", "judged_sessions"):
            setattr(self, name, getattr(self, name) - getattr(other, name))
        for method, tally in other.methods.items():
            self.methods[method].subtract(tally)
        self.agreement -= other.agreement
        for therapist, counts in other.therapists.items():
            left = [mine - theirs for mine, theirs in zip(self.therapists[therapist], counts, strict=True)]
            self.therapists[therapist] = left
            if not any(left):
                del self.therapists[therapist]

    @property
    def likely_open(self) -> float:
        """How many clients, in sum, have a rupture open at the last rating."""
        return self.open_parts / PARTS

    @property
    def likely_sessions(self) -> float:
        """In how many sessions, in sum, a rupture is open."""
        return self.session_parts / PARTS

    @property
    def main(self) -> MethodTally:
        """Of the method the report is about: the first."""
        return self.methods[self.names[0]]


def tally_of(batch: Batch, found: dict[str, Events], trace: Trace | None) -> Tally:
    """Count one batch."""
    ratings = batch.ratings
    rated = ~np.isnan(ratings.scores)
    count = rated.sum(axis=1)
    tally = Tally(tuple(found))
    tally.clients, tally.ratings = len(ratings.clients), int(count.sum())
    tally.missing, tally.unrated = batch.missing, int((count == 0).sum())
    last = np.where(count > 0, rated.shape[1] - 1 - rated[:, ::-1].argmax(axis=1), 0)
    for name, events in found.items():
        tally.methods[name] = _of_method(events, ratings.first, last, judged_clients(ratings, name))
    if trace is not None:
        known = judged_sessions(ratings)
        whole = known.any(axis=1)
        tally.open_parts = _parts(trace.p_now[whole, last[whole]])
        tally.session_parts, tally.judged_sessions = _parts(trace.p_rupture[known]), int(known.sum())
    tally.agreement = _agreement(list(found.values()), ratings.first, ratings.scores.shape)
    main = next(iter(found.values()))
    _count_therapists(tally, batch, main)
    tally.gallery = _gallery(batch, main, trace)
    return tally


def _parts(probabilities: Floats) -> int:
    return int(np.rint(np.nan_to_num(probabilities) * PARTS).astype(np.int64).sum())


def judged_sessions(ratings: Ratings) -> Flags:
    """(clients, grid) sessions that ``bayes`` can say something of: from the third on, up to the last rating."""
    rated = ~np.isnan(ratings.scores)
    ahead = np.cumsum(np.logical_or.accumulate(rated, axis=1), axis=1) >= DETECTORS["bayes"].least
    behind: Flags = np.logical_or.accumulate(rated[:, ::-1], axis=1)[:, ::-1]
    return ahead & behind


def judged_clients(ratings: Ratings, method: str) -> Flags:
    """(clients,) who has ratings enough for a method to say anything; of others nothing is known."""
    if method == "bayes":
        return np.asarray(judged_sessions(ratings).any(axis=1))
    return np.asarray((~np.isnan(ratings.scores)).sum(axis=1) >= DETECTORS[method].least)


def _of_method(events: Events, first: Integers, last: Integers, judged: Flags) -> MethodTally:
    losses = events.kind == LOSS
    client, column = events.client[losses], events.onset[losses] - first[events.client[losses]]
    tally = MethodTally(int(losses.sum()), int((~losses).sum()), len(np.unique(client)), len(np.unique(events.client)))
    tally.patterns = Counter({name: int((events.pattern[losses] == i).sum()) for i, name in enumerate(PATTERNS)})
    tally.states = Counter({name: int((events.state[losses] == i).sum()) for i, name in enumerate(STATES)})
    tally.onsets = _histogram(column)
    earliest = np.full(len(first), -1)
    # Events are sorted, so that of several the first is written last.
    earliest[client[::-1]] = column[::-1]
    tally.judged = int(judged.sum())
    tally.first_loss, tally.first_ended = _waited(earliest[earliest >= 0] + 1, last[(earliest < 0) & judged] + 1)
    end = events.end[losses]
    healed = (events.state[losses] == STATES.index("repaired")) & (end != NONE)
    # Low in so many sessions, it was made good so many after it began; still low in the n-th after, it was seen n.
    after = end[healed] - events.onset[losses][healed] + 1
    tally.repair, tally.repair_ended = _waited(after, last[client[~healed]] - column[~healed])
    return tally


def _waited(happened: Integers, ended: Integers) -> tuple[Integers, Integers]:
    """Counts by session up to ``FOLLOWED``; what happened later was, until then, still awaited."""
    late = happened > FOLLOWED
    return _histogram(happened[~late]), _histogram(np.concatenate([ended, happened[late]]))


def _histogram(values: Integers) -> Integers:
    return np.bincount(np.clip(values, 0, FOLLOWED), minlength=FOLLOWED + 1).astype(np.int64)


def _agreement(found: list[Events], first: Integers, shape: tuple[int, ...]) -> Integers:
    near = []
    for events in found:
        losses = events.kind == LOSS
        marks = np.zeros((shape[0], shape[1] + 2 * SAME), dtype=bool)
        client, column = events.client[losses], events.onset[losses] - first[events.client[losses]]
        for offset in range(2 * SAME + 1):
            marks[client, column + offset] = True
        near.append((client, column, marks))
    matrix = np.zeros((len(found), len(found)), dtype=np.int64)
    for row, (client, column, _) in enumerate(near):
        for other, (_, _, marks) in enumerate(near):
            matrix[row, other] = int(marks[client, column + SAME].sum())
    return matrix


def _count_therapists(tally: Tally, batch: Batch, main: Events) -> None:
    """Clients are counted with each therapist who saw them; a loss is with the one in whose session it began."""
    seen = batch.seen_by
    if seen is None:
        return
    rated = ~np.isnan(batch.ratings.scores)
    losses = main.kind == LOSS
    judged = judged_clients(batch.ratings, main.method)
    still = losses & (main.state != STATES.index("repaired"))
    pairs = [np.argwhere(rated & (seen.codes >= 0) & judged[:, None])]
    for which in (losses, still):
        client = main.client[which]
        pairs.append(np.column_stack([client, main.onset[which] - batch.ratings.first[client]]))
    for place, cells in enumerate(pairs):
        codes = seen.codes[cells[:, 0], cells[:, 1]]
        once = np.unique(np.column_stack([cells[:, 0], codes])[codes >= 0], axis=0)
        for code, count in zip(*np.unique(once[:, 1], return_counts=True), strict=True):
            tally.therapists.setdefault(seen.names[code], [0, 0, 0])[place] += int(count)


def hash_of(client: str) -> int:
    """Always the same for the same name, here and on any other machine; 32 bits."""
    return zlib.crc32(client.encode())


def _gallery(batch: Batch, main: Events, trace: Trace | None) -> list[tuple[int, Course]]:
    drawn = sorted((hash_of(str(name)), place) for place, name in enumerate(batch.ratings.clients))
    chosen = drawn[:GALLERY]
    return [(key, course_of(batch.ratings, place, main, trace, batch.therapists[place])) for key, place in chosen]


def course_of(ratings: Ratings, place: int, main: Events, trace: Trace | None, therapist: str = "") -> Course:
    """One client as the gallery shows them."""
    there = np.flatnonzero(~np.isnan(ratings.scores[place]))
    last = int(there[-1]) if len(there) else 0
    scores = ratings.scores[place, : last + 1]
    begin, stop = np.searchsorted(main.client, [place, place + 1])
    marks = [
        (event.onset, event.end or 0, event.pattern or "", event.state or "", event.probability)
        for event in main[int(begin) : int(stop)]
        if event.kind == "loss"
    ]

    def column(name: str) -> list[float]:
        return [] if trace is None else np.round(getattr(trace, name)[place, : last + 1], 4).tolist()

    return Course(
        client=str(ratings.clients[place]),
        therapist=therapist,
        sessions=(ratings.first[place] + np.arange(last + 1)).tolist(),
        scores=[None if np.isnan(score) else round(float(score), 4) for score in scores],
        expected=column("expected"),
        low=column("usual_low"),
        high=column("usual_high"),
        p_rupture=column("p_rupture"),
        marks=marks,
        judged=bool(judged_clients(ratings, main.method)[place]),
    )
