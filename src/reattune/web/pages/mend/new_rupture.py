"""Opening a rupture and its first plan, from wherever it comes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from reattune.journal import rupture_states
from reattune.journal.documents import Moment, Rupture, Suggestion, TalkPlan
from reattune.journal.vocabulary import Answered, BondPattern
from reattune.reflection.crossed_boundaries import for_repair
from reattune.reflection.open_ruptures import current_plan
from reattune.reflection.suggestions import Noticed
from reattune.web.store.open_journal import OpenJournal

_LONGEST_TITLE = 60


def open_one(
    opened: OpenJournal,
    who: UUID,
    title: str,
    began: datetime,
    *,
    moments: Sequence[UUID] = (),
    unsaid: Sequence[UUID] = (),
    pattern: BondPattern | None = None,
    noticed: Noticed | None = None,
) -> Rupture:
    """A new rupture with ``who``; where the journal had asked, that it was answered with a yes.

    Raises:
        JournalError: it cannot be opened.
    """
    with transaction.atomic():
        rupture = opened.create(
            Rupture,
            relationship_id=who,
            title=title,
            began=began,
            moment_ids=tuple(moments),
            unsaid_ids=tuple(unsaid),
            pattern=pattern or (noticed.pattern if noticed else None),
            suggested=noticed is not None,
            transitions=rupture_states.begin(opened.now),
        )
        if noticed:
            answer(opened, noticed, Answered.YES, rupture)
    return rupture


def answer(opened: OpenJournal, noticed: Noticed, said: Answered, rupture: Rupture | None = None) -> None:
    """Remember what the person said to a suggestion."""
    therapist = opened.journal.therapist
    if therapist:
        opened.create(
            Suggestion,
            relationship_id=therapist.id,
            source=noticed.source,
            source_ids=noticed.source_ids,
            answer=said,
            rupture_id=rupture.id if rupture else None,
        )


def join(opened: OpenJournal, rupture: Rupture, moments: Sequence[Moment] = (), unsaid: Sequence[UUID] = ()) -> Rupture:
    """Add moments and other unsaid things to a rupture that is there; it began with the earliest of them."""
    ids = dict.fromkeys([*rupture.moment_ids, *(moment.id for moment in moments)])
    held = dict.fromkeys([*rupture.unsaid_ids, *unsaid])
    began = min([rupture.began, *(moment.at for moment in moments)])
    return opened.change(rupture, moment_ids=tuple(ids), unsaid_ids=tuple(held), began=began)


def joinable(opened: OpenJournal, named: str, who: UUID) -> Rupture | None:
    """The open rupture that a form names, if it is one with ``who``."""
    try:
        rupture = opened.journal.find(Rupture, UUID(named))
    except ValueError:
        return None
    return rupture if rupture and rupture.open and rupture.relationship_id == who else None


def first_plan(opened: OpenJournal, rupture: Rupture, **fields: object) -> TalkPlan | None:
    """The plan for the next talk, begun with these words; ``None`` where it is not the person's to mend."""
    if not for_repair(opened.journal, rupture):
        return None
    return current_plan(opened.journal, rupture) or opened.create(TalkPlan, rupture_id=rupture.id, **fields)


def short_title(words: str) -> str:
    """The first words of a text, as a name to find it by."""
    flat = " ".join(words.split())
    return flat if len(flat) <= _LONGEST_TITLE else f"{flat[:_LONGEST_TITLE].rsplit(' ', 1)[0]} …"
