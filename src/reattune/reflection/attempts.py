"""What the attempts about a rupture say together."""

from __future__ import annotations

from reattune.journal import Journal
from reattune.journal.documents import Attempt, Rupture
from reattune.journal.vocabulary import Met, Outcome

_TURNED_AWAY = frozenset({Met.GOT_DEFENSIVE, Met.DISMISSED, Met.DENIED, Met.RETALIATED})
FAIR_TRIES = 2


def cannot_take_feedback(journal: Journal, rupture: Rupture) -> bool:
    """Whether fair attempts, two or more, were turned away and not heard."""
    return len(turned_away_talks(journal, rupture)) >= FAIR_TRIES


def turned_away_talks(journal: Journal, rupture: Rupture) -> list[Attempt]:
    """The talks about a rupture that were met with defence, dismissal, denial or worse, and not heard."""
    talks: list[Attempt] = journal.attempts(rupture)
    return [talk for talk in talks if talk.outcome is Outcome.UNHEARD and _TURNED_AWAY.intersection(talk.met)]
