"""Beginnings for the parts of a card: a softer and a firmer one for each cause, and some for anything."""

from __future__ import annotations

from dataclasses import dataclass

from reattune.journal.documents import Moment, Relationship, Rupture, TalkPlan
from reattune.reflection.open_ruptures import causes_of
from reattune.reflection.reaction_size import LARGE
from reattune.web.pages.mend.wording_by_role import fitting
from reattune.web.pages.shared.wording import form_for, openings, prompts
from reattune.web.store.open_journal import OpenJournal

# Openings for so many causes of one rupture stand side by side; more would be a wall.
CAUSES_SHOWN = 2


@dataclass(frozen=True)
class Openings:
    """What a prompt offers to begin with: pairs of a softer and a firmer one, and some for anything."""

    softer: tuple[str, ...]
    firmer: tuple[str, ...]
    other: tuple[str, ...]

    def all(self) -> tuple[str, ...]:
        """In the order in which the page counts them."""
        return (*self.softer, *self.firmer, *self.other)

    @property
    def firmer_from(self) -> int:
        """The number of the first firmer one."""
        return len(self.softer)

    @property
    def other_from(self) -> int:
        """The number of the first one for anything."""
        return len(self.softer) + len(self.firmer)


def with_opening(words: str, opening: str, before: str) -> str:
    """The way without JavaScript: an opening comes before words that stood there already, and behind new ones."""
    words = words.strip()
    return f"{opening} {words}" if not words or words == before.strip() else f"{words}\n{opening} "


def openings_for(opened: OpenJournal, plan: TalkPlan, field: str) -> Openings:
    """What one part of a plan offers to begin with, by the causes of what went wrong and by whom it is said to."""
    rupture = opened.journal.get(Rupture, plan.rupture_id)
    causes = causes_of(opened.journal, rupture)[:CAUSES_SHOWN]
    who = opened.journal.get(Relationship, rupture.relationship_id)
    form = form_for(opened, who)
    beginnings, offered = openings(form), prompts(form)
    pairs = [beginnings[cause][field] for cause in causes]
    pairs = [pair for pair in pairs if len(fitting(who, pair)) == len(pair)]
    moments = [m for m in (opened.journal.find(Moment, each) for each in rupture.moment_ids) if m]
    large = any((moment.reaction or 0) >= LARGE for moment in moments)
    other = [
        each for each in offered[field]["openings"] if not large or each not in offered["beside"]["of_small_things"]
    ]
    if field == "what_happened" and plan.approach:
        other = [*offered["by_approach"][plan.approach], *other]
    if field == "what_i_made_of_it":
        other = [*(moment.sentence for moment in moments if moment.sentence), *other]
    return Openings(tuple(soft for soft, _firm in pairs), tuple(firm for _soft, firm in pairs), tuple(other))
