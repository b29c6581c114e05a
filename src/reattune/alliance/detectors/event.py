"""What detectors find, and what a detector is."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike

from reattune.alliance.array_types import Floats, Integers
from reattune.alliance.ratings import Ratings

KINDS = ("loss", "gain")
PATTERNS = ("", "lightning", "trickle")
STATES = ("", "open", "partly", "repaired")
NONE = -1


@dataclass(frozen=True)
class Event:
    """One shift in one client's ratings.

    Attributes:
        kind: ``loss`` (for the worse) or ``gain`` (for the better), by the measure's direction.
        onset: number of the first session at the new level.
        end: number of the last session at that level, or ``None`` while it lasts or where the method does not say.
        detected_at: number of the first session at which it could be known: cut there and read again, the course
            has this event.
        depth: how far, in score units, always positive.
        depth_sd: how far in the person's own standard deviation from session to session, where the method has one.
        probability: where the method has one.
        pattern: of a loss, ``lightning`` (in one step) or ``trickle``; ``None`` where the method does not say.
        state: of a loss, ``open``, ``partly`` or ``repaired``; ``None`` of a gain.
        details: what else the method says.
    """

    client: str
    method: str
    kind: Literal["loss", "gain"]
    onset: int
    end: int | None
    detected_at: int
    depth: float
    depth_sd: float | None = None
    probability: float | None = None
    pattern: Literal["lightning", "trickle"] | None = None
    state: Literal["open", "partly", "repaired"] | None = None
    details: Mapping[str, Any] = field(default_factory=dict)

    def to_plain(self) -> dict[str, Any]:
        """As JSON has it; ``details`` stand beside the rest."""
        plain = asdict(self)
        details = plain.pop("details")
        return {**plain, **details}


class Events(Sequence[Event]):
    """Events of many clients in columns; as a sequence, by client in the order of the ratings, then onset.

    Attributes:
        clients: the names that ``client`` counts.
        client: (events,) place in ``clients``.
        kind, pattern, state: (events,) places in ``KINDS``, ``PATTERNS`` and ``STATES``.
        onset, end, detected_at: (events,) session numbers; ``end`` is -1 where there is none.
        depth: (events,) score units; ``depth_sd`` and ``probability`` are NaN where there is none.
        details: (events,) arrays by name.
    """

    def __init__(
        self,
        method: str,
        clients: Sequence[str],
        client: Integers,
        *,
        kind: ArrayLike,
        onset: Integers,
        end: ArrayLike,
        detected_at: Integers,
        depth: Floats,
        depth_sd: ArrayLike = np.nan,
        probability: ArrayLike = np.nan,
        pattern: ArrayLike = 0,
        state: ArrayLike = 0,
        details: Mapping[str, Any] | None = None,
    ) -> None:
        count = len(client)
        # Columns are sorted once; ties keep their order.
        order = np.lexsort((np.asarray(onset), np.asarray(client)))

        def column(values: ArrayLike, dtype: type) -> Any:
            return np.broadcast_to(np.asarray(values, dtype=dtype), (count,))[order]

        self.method, self.clients = method, clients
        self.client, self.onset = column(client, np.int64), column(onset, np.int64)
        self.end, self.detected_at = column(end, np.int64), column(detected_at, np.int64)
        self.kind, self.pattern, self.state = column(kind, np.int8), column(pattern, np.int8), column(state, np.int8)
        self.depth, self.depth_sd = column(depth, np.float64), column(depth_sd, np.float64)
        self.probability = column(probability, np.float64)
        self.details = {name: np.asarray(values)[order] for name, values in (details or {}).items()}

    @classmethod
    def none(cls, method: str, clients: Sequence[str]) -> Events:
        """No event at all."""
        empty = np.empty(0, dtype=np.int64)
        return cls(method, clients, empty, kind=empty, onset=empty, end=empty, detected_at=empty, depth=np.empty(0))

    def __len__(self) -> int:
        return len(self.client)

    def __getitem__(self, place: Any) -> Any:
        if isinstance(place, slice):
            return [self._event(at) for at in range(*place.indices(len(self)))]
        if not -len(self) <= place < len(self):
            raise IndexError(place)
        return self._event(int(place) % len(self))

    def __iter__(self) -> Iterator[Event]:
        return (self._event(place) for place in range(len(self)))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and list(self) == list(other)

    __hash__ = None  # type: ignore[assignment]

    def _event(self, place: int) -> Event:
        return Event(
            client=str(self.clients[int(self.client[place])]),
            method=self.method,
            kind=KINDS[self.kind[place]],  # type: ignore[arg-type]
            onset=int(self.onset[place]),
            end=None if self.end[place] == NONE else int(self.end[place]),
            detected_at=int(self.detected_at[place]),
            depth=float(self.depth[place]),
            depth_sd=_or_none(self.depth_sd[place]),
            probability=_or_none(self.probability[place]),
            pattern=PATTERNS[self.pattern[place]] or None,  # type: ignore[arg-type]
            state=STATES[self.state[place]] or None,  # type: ignore[arg-type]
            details={name: values[place].item() for name, values in self.details.items()},
        )


def _or_none(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


@dataclass(frozen=True)
class Alarms:
    """How strongly a method warns at each session, from the ratings up to it; each (clients, grid).

    Only the order of the values counts, unless the method speaks in probabilities. NaN is no warning.

    Attributes:
        now: that the bond is below where it was.
        onset: that it fell just now.
    """

    now: Floats
    onset: Floats


@dataclass(frozen=True)
class Detector:
    """A method with its name, its source and its cost.

    Attributes:
        options: makes the options object that ``run`` and ``alarms`` take.
        run: ratings and options to events.
        alarms: ratings and options to what would have been known then; what the methods are compared by.
        probabilities: whether the alarms are probabilities.
        least: sessions from the first rating on that it takes to say anything; with fewer, nothing is known.
        noticed, right: how good its events are at these settings on the plain simulated courses, each 0-1: the share
            of ruptures in which a loss was found, and the share of losses that lay in a rupture
            (``reattune validate detectors``, 2,000 clients, seed 7); NaN where they hang on the cohort's figures.
    """

    name: str
    paper: str
    cost: str
    options: type
    run: Callable[[Ratings, Any], Events]
    alarms: Callable[[Ratings, Any], Alarms]
    probabilities: bool = False
    least: int = 2
    noticed: float = float("nan")
    right: float = float("nan")
