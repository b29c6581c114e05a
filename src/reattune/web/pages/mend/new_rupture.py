"""Opening a rupture and its first plan, from wherever it comes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.text import get_text_list
from django.utils.translation import gettext as _

from reattune.journal import rupture_states
from reattune.journal.documents import Moment, Relationship, Rupture, Suggestion, TalkPlan
from reattune.journal.vocabulary import Answered, BondPattern
from reattune.reflection.crossed_boundaries import crosses, crossing_of, for_repair
from reattune.reflection.open_ruptures import current_plan
from reattune.reflection.possible_ruptures import Noticed
from reattune.web.pages.notice.danger_question import concern, concern_with
from reattune.web.pages.shared.wording import labels, prompts
from reattune.web.store.open_journal import OpenJournal

_LONGEST_TITLE = 60


def open_one(
    opened: OpenJournal,
    who: UUID,
    title: str,
    began: datetime,
    *,
    zone: str | None = None,
    moments: Sequence[UUID] = (),
    unsaid: Sequence[UUID] = (),
    pattern: BondPattern | None = None,
    noticed: Noticed | None = None,
) -> Rupture:
    """A new rupture with ``who``; where the journal had asked, that it was answered with a yes.

    Args:
        zone: where it began, if that is not where the person is now.

    Raises:
        JournalError: it cannot be opened.
    """
    with transaction.atomic():
        rupture = opened.create(
            Rupture,
            relationship_id=who,
            title=title,
            began=began,
            zone=zone or opened.zone,
            moment_ids=tuple(moments),
            unsaid_ids=tuple(unsaid),
            pattern=pattern or (noticed.pattern if noticed else None),
            suggested=noticed is not None,
            transitions=rupture_states.begin(opened.now),
        )
        if noticed:
            answer(opened, noticed, Answered.YES, rupture)
    return rupture


def open_of_moment(opened: OpenJournal, moment: Moment, noticed: Noticed | None = None) -> Rupture:
    """A new rupture of one moment, of the day that it was where the moment was."""
    who, title = moment.relationship_id, title_of_moment(moment)
    return open_one(opened, who, title, moment.at, zone=moment.zone, moments=[moment.id], noticed=noticed)


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
    began, zone = min([(rupture.began, rupture.zone), *((moment.at, moment.zone) for moment in moments)])
    return opened.change(rupture, moment_ids=tuple(ids), unsaid_ids=tuple(held), began=began, zone=zone)


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


def words_for(opened: OpenJournal, moment: Moment, noticed: Noticed | None = None) -> TalkPlan | None:
    """A rupture of one moment, with the first plan filled from it; ``None`` where nothing asks for a talk.

    That is where a boundary was crossed, or where words that sound so were not asked about yet.
    """
    journal = opened.journal
    who = journal.get(Relationship, moment.relationship_id)
    if crosses(moment) or crossing_of(journal, who) or concern(opened, moment) or concern_with(opened, who.id):
        return None
    with transaction.atomic():
        rupture = open_of_moment(opened, moment, noticed)
        return first_plan(opened, rupture, not_meant=moment.not_meant, **words_of_moment(moment))


def title_of_moment(moment: Moment) -> str:
    """The first words of a moment, or what kind it was, as a name for its rupture."""
    return short_title(moment.what) or labels("cause")[moment.cause]


def words_of_moment(moment: Moment) -> dict[str, str]:
    """What a moment has already said for the parts of a card, so that nothing is asked twice."""
    ticked = [labels("feeling")[feeling] for feeling in moment.feelings]
    felt = _("I felt %(feelings)s.") % {"feelings": get_text_list(ticked, _("and"))} if ticked else ""
    own = moment.feelings_words.strip()
    if felt and own:
        own = own[0].upper() + own[1:] + ("" if own[-1] in ".!?…" else ".")
    return {
        "what_happened": moment.what,
        "what_i_felt": f"{felt} {own}".strip(),
        "what_i_made_of_it": _as_said(moment.meant_about_me),
    }


def _as_said(meaning: str) -> str:
    """What something seemed to say, as a sentence: the question is often answered with “That I …”."""
    words = prompts()["meaning"]
    # A language may have several beginnings, set apart by "|".
    if not meaning.casefold().startswith(tuple(each.casefold() for each in words["that"].split("|"))):
        return meaning
    return str(words["sentence"]).format(that=meaning[0].lower() + meaning[1:])


def short_title(words: str) -> str:
    """The first words of a text, as a name to find it by."""
    flat = " ".join(words.split())
    return flat if len(flat) <= _LONGEST_TITLE else f"{flat[:_LONGEST_TITLE].rsplit(' ', 1)[0]} …"
