"""Crossed boundaries: what is not the person's to mend, and with whom. One answer for every page."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

from reattune.journal import Journal
from reattune.journal.documents import Ending, Moment, Relationship, Rupture
from reattune.journal.vocabulary import MILD_LINES, NOT_FOR_REPAIR, CrossedLine, EndingKind, LeavingAbout, Met

# How long Today says that ticks were taken away.
_SAID_FOR = timedelta(days=7)
Crossing = Moment | Rupture | Ending


def crosses(moment: Moment) -> bool:
    """Whether a moment is one that is not the person's to mend.

    Grave lines are what they are. Where only the cause says that a boundary was crossed, it counts as grave until
    the person says which one it was.
    """
    if _grave(moment.crossed):
        return True
    return moment.cause in NOT_FOR_REPAIR and not moment.crossed


def mild_only(document: Moment | Rupture) -> bool:
    """Whether lines were crossed, and only such as leave both ways open: to raise it, or not to."""
    return bool(document.crossed) and not _grave(document.crossed)


def has_boundary(journal: Journal, document: Moment | Rupture) -> bool:
    """Whether a line was ticked, or a record begun, in it or in one of its moments: its record stays in reach."""
    moments = (journal.find(Moment, each) for each in document.moment_ids) if isinstance(document, Rupture) else ()
    return any(each.crossed or each.record_notes for each in (document, *moments) if each)


def unticked_lately(journal: Journal, now: datetime) -> Moment | Rupture | None:
    """The latest thing from which every boundary that was ticked was taken away within the week: then a talk is offered
    again, and whoever sat at the open journal may have done it."""
    both: list[Moment | Rupture] = [*journal.moments(), *journal.all(Rupture)]
    found = [each for each in both if not each.crossed and each.crossed_on and abs(now - each.crossed_on) < _SAID_FOR]
    return max(found, key=lambda each: each.crossed_on or now, default=None)


def _grave(lines: tuple[CrossedLine, ...]) -> bool:
    return any(line not in MILD_LINES for line in lines)


def crossings(journal: Journal) -> dict[UUID, Crossing]:
    """By relationship, the latest thing of theirs that is not the person's to mend.

    It holds for that person from then on, on every page, also after the therapy has ended; unless the person says
    that they want to mend things with them again, and nothing came after that.
    """
    return dict(journal.worked_out(_crossings))


def _crossings(journal: Journal) -> dict[UUID, Crossing]:
    # A moment says more than what holds it, so moments come last.
    every: list[Crossing] = [ending for ending in journal.all(Ending) if _chose_safety(ending)]
    every += [rupture for rupture in journal.all(Rupture) if _crosses_itself(journal, rupture)]
    every += [moment for moment in journal.moments() if crosses(moment)]
    found: dict[UUID, Crossing] = {}
    for each in every:
        who = journal.find(Relationship, each.relationship_id)
        again = who.mend_again if who else None
        if again is None or each.updated > again:
            found[each.relationship_id] = each
    return found


def _chose_safety(ending: Ending) -> bool:
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
    return not _crosses_itself(journal, rupture)


def _crosses_itself(journal: Journal, rupture: Rupture) -> bool:
    if _grave(rupture.crossed) or any(Met.RETALIATED in talk.met for talk in journal.attempts(rupture)):
        return True
    moments = (journal.find(Moment, moment_id) for moment_id in rupture.moment_ids)
    return any(moment and crosses(moment) for moment in moments)
