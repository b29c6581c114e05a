"""What detectors find, and what a detector is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from reattune.alliance.ratings import Ratings


@dataclass(frozen=True)
class Event:
    """One shift in one client's ratings.

    Attributes:
        kind: ``loss`` (for the worse) or ``gain`` (for the better), by the measure's direction.
        onset: number of the first session at the new level.
        end: number of the last session at that level, or ``None`` where the method does not say.
        detected_at: number of the first session at which it could be known.
        depth: how far, in score units, always positive.
        depth_sd: how far in within-person standard deviations, where the method has one.
        probability: where the method has one.
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
    details: Mapping[str, Any] = field(default_factory=dict)

    def to_plain(self) -> dict[str, Any]:
        """As JSON has it; ``details`` stand beside the rest."""
        plain = asdict(self)
        details = plain.pop("details")
        return {**plain, **details}


@dataclass(frozen=True)
class Detector:
    """A method with its name, its source and its cost.

    ``run`` takes ratings and an options object made by ``options`` and returns events by client, then onset.
    """

    name: str
    paper: str
    cost: str
    options: type
    run: Callable[[Ratings, Any], list[Event]]
