"""What was agreed on in a conversation, and is asked about before the next session."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from reattune.journal import Journal
from reattune.journal.documents import Attempt, Relationship, Repair, Rupture
from reattune.reflection.crossed_boundaries import crossings

_AGAIN = timedelta(days=6)


@dataclass(frozen=True)
class Agreement:
    """Something agreed on with somebody, of which nobody said yet whether it happened.

    ``met_since`` is whether there was a session since: then it is asked; until then it is only said.
    """

    attempt: Attempt
    rupture: Rupture
    who: Relationship
    met_since: bool


def open_agreements(journal: Journal, now: datetime) -> list[Agreement]:
    """What is still to be asked about, the latest first. Nothing with a past therapist or one who crossed a line."""
    crossed = crossings(journal)
    looked_back = {repair.attempt_id for repair in journal.all(Repair) if repair.looked_back}
    found = []
    for attempt in journal.whole(Attempt):
        if not attempt.agreed.strip() or attempt.agreed_happened is not None or attempt.id in looked_back:
            continue
        rupture = journal.get(Rupture, attempt.rupture_id)
        who = journal.get(Relationship, rupture.relationship_id)
        if who.past_therapist or who.id in crossed:
            continue
        day = attempt.local_day(attempt.at)
        asked = attempt.agreed_asked or attempt.at
        met = any(session.local_day(session.at) > day for session in journal.sessions(who))
        # Once they have met since, or some days later, before they meet again; and a week after a not yet.
        if now - asked < (_AGAIN if attempt.agreed_asked or not met else timedelta(0)):
            continue
        found.append(Agreement(attempt, rupture, who, met))
    return sorted(found, key=lambda each: each.attempt.at, reverse=True)
