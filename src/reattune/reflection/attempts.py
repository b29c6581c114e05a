"""What the attempts about a rupture say together."""

from __future__ import annotations

from reattune.journal import Journal
from reattune.journal.documents import Rupture
from reattune.journal.words import Met, Outcome

_TURNED_AWAY = frozenset({Met.GOT_DEFENSIVE, Met.DISMISSED, Met.DENIED, Met.RETALIATED})
FAIR_TRIES = 2


def cannot_take_feedback(journal: Journal, rupture: Rupture) -> bool:
    """Whether fair attempts, two or more, were turned away and not heard."""
    turned_away = [
        attempt
        for attempt in journal.attempts(rupture)
        if attempt.outcome is Outcome.UNHEARD and _TURNED_AWAY.intersection(attempt.met)
    ]
    return len(turned_away) >= FAIR_TRIES
