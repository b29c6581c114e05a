"""What the person took it to mean about themselves: how true it feels over time, and what speaks against it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from reattune.journal import Journal
from reattune.journal.documents import Belief, Practice, Relationship, Rupture
from reattune.journal.vocabulary import RuptureState, Went
from reattune.reflection.crossed_boundaries import crossings
from reattune.reflection.open_ruptures import latest_repair


@dataclass(frozen=True)
class CouldSpeakAgainst:
    """An experience that may speak against a belief: a repair, or something tried that went well."""

    source_id: UUID
    kind: Literal["repair", "practice"]
    at: datetime
    title: str
    words: str
    who: Relationship


@dataclass(frozen=True)
class Change:
    """How true it felt at first and at the latest (0-100), over so many ratings."""

    first: int
    last: int
    ratings: int

    @property
    def by(self) -> int:
        """The latest less the first."""
        return self.last - self.first


@dataclass(frozen=True)
class TruthChart:
    """How true it felt (0-100) on each day, and when something spoke against it; earliest first."""

    points: tuple[tuple[datetime, int], ...]
    against: tuple[datetime, ...]


def truth_chart(belief: Belief) -> TruthChart:
    """The line of a belief."""
    points = tuple((rating.at, rating.truth) for rating in belief.ratings)
    return TruthChart(points, tuple(sorted(each.at for each in belief.against)))


def change(belief: Belief) -> Change | None:
    """From the first to the latest rating; ``None`` with fewer than two."""
    ratings = belief.ratings
    return Change(ratings[0].truth, ratings[-1].truth, len(ratings)) if len(ratings) > 1 else None


def against(journal: Journal, belief: Belief) -> list[CouldSpeakAgainst]:
    """Repairs and things that went well and are not among what speaks against it yet, latest first.

    With the people the belief is about or from first, since there it was learned; then with anyone but those who
    crossed a line.
    """
    crossed = crossings(journal)
    known = {each.source_id for each in belief.against}
    found = [each for each in experiences(journal) if each.source_id not in known and each.who.id not in crossed]
    near = {belief.about_relationship_id, belief.from_relationship_id}
    return sorted(found, key=lambda each: (each.who.id not in near, -each.at.timestamp()))


def experiences(journal: Journal) -> list[CouldSpeakAgainst]:
    """Every rupture that is mended, and everything tried that went well."""
    found = []
    for rupture in journal.whole(Rupture):
        talks = journal.attempts(rupture)
        if rupture.state is RuptureState.REPAIRED and talks:
            repair = latest_repair(journal, rupture)
            who = journal.get(Relationship, rupture.relationship_id)
            words = repair.what_made_it_work if repair else talks[-1].feel_now
            found.append(
                CouldSpeakAgainst(rupture.id, "repair", talks[-1].local(talks[-1].at), rupture.title, words, who)
            )
    for practice in journal.whole(Practice):
        if practice.went is Went.WELL and practice.done:
            who = journal.get(Relationship, practice.relationship_id)
            found.append(
                CouldSpeakAgainst(
                    practice.id, "practice", practice.local(practice.done), practice.plan, practice.how_it_went, who
                )
            )
    return found


def touched_by(journal: Journal, rupture: Rupture) -> list[Belief]:
    """The beliefs a mended rupture may speak against: those about or from that person, or met in its moments."""
    return [
        belief
        for belief in journal.all(Belief)
        if rupture.relationship_id in (belief.about_relationship_id, belief.from_relationship_id)
        or (belief.moment_id is not None and belief.moment_id in rupture.moment_ids)
    ]
