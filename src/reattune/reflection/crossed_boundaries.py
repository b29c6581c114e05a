"""Crossed boundaries: what is not the person's to mend, and with whom. One answer for every page."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from reattune.journal import Journal
from reattune.journal.documents import Answer, Attempt, Ending, Moment, Relationship, Rupture, Share
from reattune.journal.vocabulary import MILD_LINES, NOT_FOR_REPAIR, CrossedLine, EndingKind, LeavingAbout, Met

Crossing = Moment | Rupture | Ending | Answer


def crosses(moment: Moment) -> bool:
    """Whether a moment is one that is not the person's to mend.

    Grave lines are what they are. Where only the cause says that a boundary was crossed, it counts as grave until
    the person says which one it was.
    """
    if grave(moment.crossed):
        return True
    return moment.cause in NOT_FOR_REPAIR and not moment.crossed


def mild_only(document: Moment | Rupture) -> bool:
    """Whether lines were crossed, and only such as leave both ways open: to raise it, or not to."""
    return bool(document.crossed) and not grave(document.crossed)


def has_boundary(journal: Journal, document: Moment | Rupture) -> bool:
    """Whether a line was ticked, or a record begun, in it or in one of its moments: its record stays in reach."""
    moments = (journal.find(Moment, each) for each in document.moment_ids) if isinstance(document, Rupture) else ()
    return any(each.crossed or each.record_notes for each in (document, *moments) if each)


def grave(lines: tuple[CrossedLine, ...]) -> bool:
    """Whether any of the lines is one that is not the person's to mend."""
    return any(line not in MILD_LINES for line in lines)


def crossings(journal: Journal, *, whatever_was_allowed: bool = False) -> dict[UUID, Crossing]:
    """By relationship, the latest thing of theirs that is not the person's to mend.

    It holds for that person from then on, on every page, also after the therapy has ended; unless the person says
    that they want to mend things with them again, and nothing came after that, or ``whatever_was_allowed``.
    """
    holds, ever = journal.worked_out(_crossings)
    return dict(ever if whatever_was_allowed else holds)


def _crossings(journal: Journal) -> tuple[dict[UUID, Crossing], dict[UUID, Crossing]]:
    """Those that hold still, and all."""
    # A moment says more than what holds it, so moments come last.
    every: list[tuple[UUID, Crossing]] = [
        *((share.relationship_id, answer) for share, answer in journal.worked_out(_turned_on_me)),
        *((ending.relationship_id, ending) for ending in journal.all(Ending) if chose_safety(ending)),
        *((story.relationship_id, story) for story in journal.all(Rupture) if crosses_itself(journal, story)),
        *((moment.relationship_id, moment) for moment in journal.moments() if crosses(moment)),
    ]
    holds: dict[UUID, Crossing] = {}
    for person, each in every:
        who = journal.find(Relationship, person)
        again = who.mend_again if who else None
        if again is None or _last_said(journal, each) > again:
            holds[person] = each
    return holds, dict(every)


def _last_said(journal: Journal, crossing: Crossing) -> datetime:
    talks = journal.attempts(crossing) if isinstance(crossing, Rupture) else []
    return max([crossing.updated, *(talk.updated for talk in talks if turned_on_me(talk))])


def turned_on_me(said: Attempt | Answer) -> bool:
    """Whether the person ticked that they turned on them for speaking up, in a talk or in what they answered."""
    return Met.RETALIATED in said.met


def _turned_on_me(journal: Journal) -> list[tuple[Share, Answer]]:
    """Such answers, each with what was shared."""
    found = ((journal.find(Share, each.share_id), each) for each in journal.all(Answer) if turned_on_me(each))
    return [(share, answer) for share, answer in found if share]


def chose_safety(ending: Ending) -> bool:
    """Whether leaving is about safety."""
    # That a boundary was crossed need not be told twice, nor which. Opening the page to look says nothing yet.
    safe = ending.form is EndingKind.SAFE and not ending.empty
    return safe or LeavingAbout.CROSSED_LINE in ending.about


def crossing_of(journal: Journal, who: Relationship | None) -> Crossing | None:
    """The latest thing that makes what is with one person not the other's to mend, if there is one."""
    return crossings(journal).get(who.id) if who else None


def crossed_line(journal: Journal) -> Crossing | None:
    """The same for the current therapist; without one, for the one whose therapy ended last."""
    return crossing_of(journal, journal.latest_therapist)


def for_repair(journal: Journal, rupture: Rupture, known: Mapping[UUID, Crossing] | None = None) -> bool:
    """Whether a rupture is one that talking may mend.

    It is not where a line was crossed in it, where they turned on the person for saying it, or where the one it is
    with crossed a line at any time. ``known`` is what `crossings` says, where many are asked about.
    """
    if rupture.relationship_id in (crossings(journal) if known is None else known):
        return False
    return not crosses_itself(journal, rupture)


def says_itself(journal: Journal, rupture: Rupture) -> bool:
    """Whether its own ticks, or those of its talks, say that it is not theirs to mend."""
    return grave(rupture.crossed) or any(map(turned_on_me, journal.attempts(rupture)))


def crosses_itself(journal: Journal, rupture: Rupture) -> bool:
    """Whether something that went wrong is not theirs to mend by itself, whatever else there is with that person."""
    if says_itself(journal, rupture):
        return True
    here = (rupture.id, rupture.relationship_id)
    if any((share.rupture_id, share.relationship_id) == here for share, _ in journal.worked_out(_turned_on_me)):
        return True
    moments = (journal.find(Moment, moment_id) for moment_id in rupture.moment_ids)
    return any(moment and crosses(moment) for moment in moments)
