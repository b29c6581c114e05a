"""What must hold when a document is recorded, and what follows from it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from itertools import pairwise
from typing import Any
from uuid import UUID

from reattune.content.translated_sentences import say, to_say
from reattune.journal import rupture_states
from reattune.journal.documents import (
    Attempt,
    CheckIn,
    Document,
    Draft,
    Echo,
    Moment,
    Observation,
    Preferences,
    Relationship,
    Repair,
    Rupture,
    Session,
    TalkPlan,
)
from reattune.journal.errors import JournalError, kind_words
from reattune.journal.index import DocumentIndex
from reattune.journal.journal_kinds import check_kind_of_journal
from reattune.journal.references import REFERENCES
from reattune.journal.vocabulary import Outcome, RelationshipKind, RuptureState

Changed = tuple[Document, ...]

_OTHER_KIND = to_say("Another entry of a different kind already has this id.")

# An address with a scheme or a host.
_ELSEWHERE = re.compile(r"\s*([a-z][a-z0-9+.-]*:|[/\\]{2})", re.IGNORECASE)


def consequences(journal: DocumentIndex, document: Document) -> Changed:
    """Every document that changes when ``document`` is recorded, itself first.

    Raises:
        JournalError: it cannot be recorded.
    """
    _check_history_of(journal, document)
    check_kind_of_journal(journal, document)
    _check_references(journal, document, journal.find(type(document), document.id))
    rule = _RULES.get(type(document))
    return (document, *(rule(journal, document) if rule else ()))


def check_standing(journal: DocumentIndex, document: Document) -> None:
    """Whether a document of another copy can stand in ``journal``: what it refers to is here and of the right kind.

    Raises:
        JournalError: it cannot.
    """
    if journal.holds(document.id) and journal.find(type(document), document.id) is None:
        raise JournalError(say(_OTHER_KIND), field="id")
    check_kind_of_journal(journal, document)
    _check_references(journal, document)
    if type(document) in (Session, CheckIn, Observation, Draft):
        _RULES[type(document)](journal, document)


def _check_history_of(journal: DocumentIndex, document: Document) -> None:
    known = journal.find(type(document), document.id)
    if known is None:
        if journal.holds(document.id):
            raise JournalError(say(_OTHER_KIND), field="id")
        return
    if known.created != document.created:
        raise JournalError(say("The day an entry was made can’t change."), field="created")
    if document.updated < known.updated:
        raise JournalError(say("A newer version of this entry is already saved."), field="updated")


def _check_references(journal: DocumentIndex, document: Document, before: Document | None = None) -> None:
    for field, kind in REFERENCES.get(type(document), {}).items():
        # What was named before and cannot be read any more goes on being named.
        known = _as_tuple(getattr(before, field)) if before else ()
        for each in _as_tuple(getattr(document, field)):
            if each is not None and each not in known and not _is_there(journal, kind, each):
                if kind is None:
                    raise JournalError(say("What this belongs to isn’t in the journal."), field=field)
                what = kind_words(kind.model_fields["kind"].default)
                raise JournalError(say("What this belongs to ({what}) isn’t in the journal.", what=what), field=field)


def _as_tuple(value: Any) -> tuple[UUID | None, ...]:
    return value if isinstance(value, tuple) else (value,)


def _is_there(journal: DocumentIndex, kind: type[Document] | None, document_id: UUID) -> bool:
    return journal.holds(document_id) if kind is None else journal.find(kind, document_id) is not None


def _relationship(journal: DocumentIndex, someone: Relationship) -> Changed:
    current = journal.therapist
    if someone.current_therapist and current is not None and current.id != someone.id:
        raise JournalError(
            say(
                "{name} is your current therapist. First say that this therapy has ended. Nothing is lost.",
                name=current.name,
            ),
            field="status",
        )
    return ()


_MEETS = (RelationshipKind.THERAPIST, RelationshipKind.CLIENT)


def _session(journal: DocumentIndex, session: Session) -> Changed:
    if journal.get(Relationship, session.relationship_id).role not in _MEETS:
        raise JournalError(say("A session is a meeting with a therapist."), field="relationship_id")
    return ()


def _check_in(journal: DocumentIndex, check_in: CheckIn) -> Changed:
    other = journal.check_in_of(journal.get(Session, check_in.session_id), check_in.rater)
    if other is not None and other.id != check_in.id:
        raise JournalError(say("This session already has a check-in."), field="session_id")
    return ()


def _observation(journal: DocumentIndex, noted: Observation) -> Changed:
    session = journal.get(Session, noted.session_id)
    other = journal.observation_of(session)
    if other is not None and other.id != noted.id:
        raise JournalError(say("What you noticed in this session is noted already."), field="session_id")
    rupture = journal.find(Rupture, noted.rupture_id)
    if rupture is not None and rupture.relationship_id != session.relationship_id:
        raise JournalError(say("This session was with somebody else."), field="rupture_id")
    return ()


def _echo(journal: DocumentIndex, echo: Echo) -> Changed:
    if echo.answer == "yes" and not journal.joins_two(echo):
        raise JournalError(say("A link joins moments with two different people."), field="earlier_id")
    return ()


def _draft(_journal: DocumentIndex, draft: Draft) -> Changed:
    # A page leads to where it was typed, and must lead nowhere else.
    if _ELSEWHERE.match(draft.form):
        raise JournalError(say("This was being typed on a page that isn’t one of Reattune’s."), field="form")
    return ()


def _preferences(journal: DocumentIndex, preferences: Preferences) -> Changed:
    if any(other.id != preferences.id for other in journal.all(Preferences)):
        raise JournalError(say("A journal has only one set of settings."), field="id")
    return ()


def _rupture(journal: DocumentIndex, rupture: Rupture) -> Changed:
    known = journal.find(Rupture, rupture.id)
    if known is None:
        if len(rupture.transitions) > 1:
            raise JournalError(say("Something that went wrong starts as noticed."), field="transitions")
    else:
        if rupture.transitions[: len(known.transitions)] != known.transitions:
            raise JournalError(say("What has already happened stays in the story so far."), field="transitions")
        for before, added in pairwise(rupture.transitions[len(known.transitions) - 1 :]):
            # Taking a letting-go or an ending back only returns to where a talk had brought it.
            back = before.state in rupture_states.CLOSED or rupture_states.reopened_just_now(rupture.transitions[:-1])
            if added.state in _BY_DOCUMENT and not back:
                raise JournalError(say(_BY_DOCUMENT[added.state]), field="transitions")
    # What another copy left in it of somebody else, as `merge` took in before, keeps it from nothing.
    if set(journal.of_others(rupture)) - set(journal.of_others(known) if known else ()):
        raise JournalError(
            say("All moments of something that went wrong must be with the same person."), field="moment_ids"
        )
    # What the copies of two computers left out of order keeps it from nothing: only a day that is new has to fit.
    talks = journal.attempts(rupture) if known is None or rupture.began != known.began else []
    if talks and rupture.local_day(rupture.began) > talks[0].local_day(talks[0].at):
        day = talks[0].local_day(talks[0].at)
        raise JournalError(
            say("There was a conversation about this on {day}, so it can’t have begun later.", day=day), field="day"
        )
    return ()


_BY_DOCUMENT = {
    RuptureState.RAISED: to_say("This becomes “talked about” when you note the conversation."),
    RuptureState.REPAIRED: to_say("This becomes “mended” when you note how the conversation went."),
    RuptureState.PARTLY: to_say("This becomes “partly mended” when you note how the conversation went."),
    RuptureState.UNHEARD: to_say("This becomes “not heard yet” when you note how the conversation went."),
}
_WAITING = (RuptureState.NOTICED, RuptureState.PARTLY, RuptureState.UNHEARD)
_NOT_ENOUGH = (RuptureState.PARTLY, RuptureState.UNHEARD)


def _talk_plan(journal: DocumentIndex, plan: TalkPlan) -> Changed:
    rupture = journal.get(Rupture, plan.rupture_id)
    if journal.find(TalkPlan, plan.id) is not None:
        return ()
    expected = len(journal.attempts(rupture)) + 1
    # Where the words that were being prepared cannot be read, others take their place.
    lost = rupture.state is RuptureState.PREPARING and all(p.attempt != expected for p in journal.plans(rupture))
    if rupture.state not in _WAITING and not lost:
        raise JournalError(_closed_to_plans(rupture.state), field="rupture_id")
    if plan.attempt != expected:
        raise JournalError(
            say(
                "The next conversation about this is number {expected}, but the plan says {attempt}.",
                expected=expected,
                attempt=plan.attempt,
            )
        )
    if rupture.state in _NOT_ENOUGH and plan.approach is None:
        raise JournalError(say("Say what will be different this time."), field="approach")
    if lost:
        return (_because_of(rupture, plan),)
    return (_moved(rupture, RuptureState.PREPARING, plan.updated, plan.id),)


def _closed_to_plans(state: RuptureState) -> str:
    if state is RuptureState.PREPARING:
        return say("You’ve already started preparing words for this.")
    if state is RuptureState.RAISED:
        return say("First note how the conversation went. Then you can prepare the next one.")
    return say("This is closed. Reopen it first.")


def _attempt(journal: DocumentIndex, attempt: Attempt) -> Changed:
    rupture = journal.get(Rupture, attempt.rupture_id)
    known = journal.find(Attempt, attempt.id)
    if known is None or (known.at, known.number) != (attempt.at, attempt.number):
        _check_attempt_dates(journal, rupture, attempt)
    if known is None:
        expected = len(journal.attempts(rupture)) + 1
        if attempt.number != expected:
            raise JournalError(
                say(
                    "This is conversation number {expected}, but it says {number}.",
                    expected=expected,
                    number=attempt.number,
                ),
                field="number",
            )
        if rupture.state in _NOT_ENOUGH:
            # A talk that simply happened is prepared in hindsight: the life has no jump.
            rupture = _moved(rupture, RuptureState.PREPARING, attempt.updated, attempt.id)
        # Where the talk that is waiting for its outcome cannot be read, this one takes its place.
        lost = rupture.state is RuptureState.RAISED and all(a.outcome for a in journal.attempts(rupture))
        raised = _because_of(rupture, attempt) if lost else None
        rupture = raised or _moved(rupture, RuptureState.RAISED, attempt.updated, attempt.id)
    elif known.outcome is attempt.outcome:
        return ()
    elif known.outcome is not None:
        state = _STATE_OF[attempt.outcome] if attempt.outcome else None
        history = rupture_states.with_outcome(rupture.transitions, state, attempt.id)
        return (rupture.model_copy(update={"transitions": history, "updated": attempt.updated}),)
    if attempt.outcome is not None:
        rupture = _moved(rupture, _STATE_OF[attempt.outcome], attempt.updated, attempt.id)
    return (rupture,)


_STATE_OF = {
    Outcome.REPAIRED: RuptureState.REPAIRED,
    Outcome.PARTLY: RuptureState.PARTLY,
    Outcome.UNHEARD: RuptureState.UNHEARD,
}


def _check_attempt_dates(journal: DocumentIndex, rupture: Rupture, attempt: Attempt) -> None:
    # By day: people remember the day of a talk, not its hour.
    if attempt.local_day(attempt.at) < rupture.local_day(rupture.began):
        raise JournalError(
            say(
                "The conversation is dated {day}, before the thing it was about happened ({earlier}).",
                day=attempt.local_day(attempt.at),
                earlier=rupture.local_day(rupture.began),
            ),
            field="at",
        )
    if attempt.local_day(attempt.at) > attempt.local_day(attempt.updated):
        raise JournalError(say("The conversation is dated in the future. Note it once you’ve had it."), field="at")
    earlier = [a for a in journal.attempts(rupture) if a.number < attempt.number]
    later = [a for a in journal.attempts(rupture) if a.number > attempt.number]
    if earlier and attempt.local_day(attempt.at) < earlier[-1].local_day(earlier[-1].at):
        raise JournalError(say("This conversation is dated earlier than the one before it."), field="at")
    if later and attempt.local_day(attempt.at) > later[0].local_day(later[0].at):
        raise JournalError(say("This conversation is dated later than the one after it."), field="at")


def _moment(journal: DocumentIndex, moment: Moment) -> Changed:
    known = journal.find(Moment, moment.id)
    if known is None or known.relationship_id == moment.relationship_id:
        return ()
    rupture = journal.rupture_of(moment)
    if rupture is not None:
        name = rupture.title or "something that went wrong"
        raise JournalError(
            say("This is part of “{name}”, which is about somebody else. Take it out there first.", name=name),
            field="who",
        )
    links = (echo for echo in journal.all(Echo) if echo.answer == "yes" and echo.links(moment.id))
    if any(journal.joins_two(echo) for echo in links):
        raise JournalError(say("This is linked with an earlier moment. Unlink the two first."), field="who")
    return ()


def _repair(journal: DocumentIndex, repair: Repair) -> Changed:
    if journal.find(Repair, repair.id) is not None:
        return ()
    talk = journal.find(Attempt, repair.attempt_id)
    # What a conversation mended, it mended, whatever came later: a page of it may be open in another window.
    mended = talk is not None and talk.outcome is Outcome.REPAIRED
    if not mended and journal.get(Rupture, repair.rupture_id).state is not RuptureState.REPAIRED:
        raise JournalError(
            say("You can only note how it was mended once you’ve said that it’s mended."), field="rupture_id"
        )
    return ()


def _because_of(rupture: Rupture, document: TalkPlan | Attempt) -> Rupture:
    """Where it stands, by another document than the one that brought it there, which cannot be read."""
    last = rupture.transitions[-1].model_copy(update={"because": document.id})
    changed = {"transitions": (*rupture.transitions[:-1], last), "updated": max(document.updated, rupture.updated)}
    return rupture.model_copy(update=changed)


def _moved(rupture: Rupture, state: RuptureState, at: datetime, because: UUID) -> Rupture:
    history = rupture_states.step(rupture.transitions, state, at, because)
    return rupture.model_copy(update={"transitions": history, "updated": max(at, rupture.updated)})


_RULES: dict[type[Document], Callable[..., Changed]] = {
    Relationship: _relationship,
    Session: _session,
    Moment: _moment,
    CheckIn: _check_in,
    Observation: _observation,
    Echo: _echo,
    Draft: _draft,
    Preferences: _preferences,
    Rupture: _rupture,
    TalkPlan: _talk_plan,
    Attempt: _attempt,
    Repair: _repair,
}
