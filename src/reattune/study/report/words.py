"""What a report calls things: a bond that ruptures and mends, or symptoms that get worse and better."""

from __future__ import annotations

from dataclasses import dataclass

from reattune.alliance.measure import Measure


@dataclass(frozen=True)
class Words:
    """Words of one kind of measure; ``loss`` and ``losses`` of an event, ``worse`` of where its scores lie."""

    title: str
    loss: str
    losses: str
    worse: str
    steady: str
    mended: str
    back: str


BOND = Words(
    title="Ruptures and repairs",
    loss="rupture",
    losses="ruptures",
    worse="below",
    steady="a steady bond",
    mended="mended",
    back="whether two people spoke about it, ratings cannot say",
)
SYMPTOMS = Words(
    title="Worsening and recovery",
    loss="worsening",
    losses="worsenings",
    worse="above, which is worse than,",
    steady="a course without worsening",
    mended="recovered",
    back="why, ratings cannot say",
)


def words_for(measure: Measure) -> Words:
    """Lower is better on scales of symptoms; a bond is rated higher the better it is."""
    return BOND if measure.higher_is_better else SYMPTOMS
