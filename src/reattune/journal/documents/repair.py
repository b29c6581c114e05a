"""A rupture, the plans and talks about it, and what became of it."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, field_validator

from reattune.journal.document_base import Document, Line, RecordNote, Scale, Utc, Words
from reattune.journal.rupture_states import Transition, check_history
from reattune.journal.therapists_vocabulary import ClientMet
from reattune.journal.vocabulary import (
    Answered,
    Approach,
    BondPattern,
    Cause,
    CrossedLine,
    Delivery,
    Happened,
    Met,
    NoticedBy,
    Outcome,
    RepairWord,
    RuptureState,
    RuptureStyle,
)


class Rupture(Document):
    """An episode in a relationship in which the bond was hurt.

    Attributes:
        began: when it went wrong, as the person sees it.
        moment_ids: the moments it holds.
        unsaid_ids: what else belongs to it that was held back: check-ins with words, beliefs, things noted.
        crossed: lines that were crossed in it, as the person ticked them: then it is not theirs to mend.
            ``crossed_on`` is when that was last changed.
        suggested: whether the check-ins suggested it; the person always opens it.
        record_notes: what was added to the record of it later.
        causes: what jarred, in a therapist's journal; in a person's, its moments say it.
        their_words: what the client said or wrote of it, in a therapist's journal.
        transitions: every state it was in, with its date; the first is ``noticed``.
    """

    kind: Literal["rupture"] = "rupture"
    version: Literal[1] = 1
    relationship_id: UUID
    title: Line = ""
    began: Utc
    moment_ids: tuple[UUID, ...] = ()
    unsaid_ids: tuple[UUID, ...] = ()
    pattern: BondPattern | None = None
    style: RuptureStyle | None = None
    suggested: bool = False
    crossed: tuple[CrossedLine, ...] = ()
    crossed_on: Utc | None = None
    record_notes: tuple[RecordNote, ...] = ()
    causes: tuple[Cause, ...] = ()
    their_words: Words = ""
    transitions: tuple[Transition, ...]

    @field_validator("transitions")
    @classmethod
    def _a_life(cls, transitions: tuple[Transition, ...]) -> tuple[Transition, ...]:
        check_history(transitions)
        return transitions

    @property
    def state(self) -> RuptureState:
        """Where it is now."""
        return self.transitions[-1].state

    @property
    def open(self) -> bool:
        """Whether something is still to be done."""
        return self.state not in (RuptureState.REPAIRED, RuptureState.LET_GO, RuptureState.ENDED)


class TalkPlan(Document):
    """The prepared conversation, in the person's own words. One for each attempt.

    Attributes:
        attempt: which attempt it prepares, from 1.
        fear_on_card: whether what is feared stands on the card too.
        what_it_did, my_part, what_i_want_to_say, what_i_want_to_ask: a therapist's plan, after what happened.
        approach: what it does otherwise than the attempt before; required after one that was not enough.
        ready_before, ready_after: how ready the person feels around rehearsing, 0-10.
    """

    kind: Literal["talk_plan"] = "talk_plan"
    version: Literal[1] = 1
    rupture_id: UUID
    attempt: Annotated[int, Field(ge=1)] = 1
    approach: Approach | None = None
    what_happened: Words = ""
    what_i_felt: Words = ""
    what_i_made_of_it: Words = ""
    what_i_need: Words = ""
    what_i_fear: Words = ""
    what_it_did: Words = ""
    my_part: Words = ""
    what_i_want_to_say: Words = ""
    what_i_want_to_ask: Words = ""
    may_have_misread: bool = False
    fear_on_card: bool = False
    hope: Words = ""
    delivery: Delivery | None = None
    finished: Utc | None = None
    ready_before: Scale | None = None
    ready_after: Scale | None = None

    @property
    def said_aloud(self) -> tuple[str, ...]:
        """What was written for the card, in its order, without the fear."""
        persons = (self.what_happened, self.what_i_felt, self.what_i_made_of_it, self.what_i_need)
        parts = (*persons, self.what_it_did, self.my_part, self.what_i_want_to_say, self.what_i_want_to_ask)
        return tuple(each for each in parts if each.strip())

    @property
    def written(self) -> tuple[str, ...]:
        """What was written, in the order of the card."""
        return (*self.said_aloud, self.what_i_fear) if self.what_i_fear.strip() else self.said_aloud


class Attempt(Document):
    """One real conversation about a rupture.

    Attributes:
        at: when it took place.
        met: how it was met; several at once are usual. ``client_met`` is the same of a client.
        they_said: what they answered, in their words as the person remembers them.
        agreed_happened: whether what was agreed on did happen, asked later; ``agreed_words`` what came of it;
            ``agreed_asked`` is when the person last said: not yet.
        trust_before, trust_after, hope_before, hope_after: 0-10.
        outcome: the person's own judgement; ``None`` while it is too early to say.
        reworded, brought: as of a moment, for the record.
    """

    kind: Literal["attempt"] = "attempt"
    version: Literal[1] = 1
    rupture_id: UUID
    plan_id: UUID | None = None
    number: Annotated[int, Field(ge=1)] = 1
    at: Utc
    delivery: Delivery | None = None
    met: tuple[Met, ...] = ()
    client_met: tuple[ClientMet, ...] = ()
    they_said: Words = ""
    agreed: Words = ""
    agreed_happened: Happened | None = None
    agreed_words: Words = ""
    agreed_asked: Utc | None = None
    feel_now: Words = ""
    trust_before: Scale | None = None
    trust_after: Scale | None = None
    hope_before: Scale | None = None
    hope_after: Scale | None = None
    outcome: Outcome | None = None
    reworded: Utc | None = None
    brought: Utc | None = None


class Repair(Document):
    """What the person says of a rupture that is mended. What the check-ins show stands beside it, not in it.

    Attributes:
        held: whether the change held, asked some sessions later; ``looked_back`` is when it was answered.
    """

    kind: Literal["repair"] = "repair"
    version: Literal[1] = 1
    rupture_id: UUID
    attempt_id: UUID | None = None
    at: Utc
    word: RepairWord | None = None
    what_made_it_work: Words = ""
    held: bool | None = None
    held_words: Words = ""
    looked_back: Utc | None = None


class Suggestion(Document):
    """The journal asked whether something went wrong, and the person answered. What got a no is not asked again.

    Attributes:
        source_ids: what it asked about: the latest session, or the moments.
        rupture_id: what was opened, or joined.
    """

    kind: Literal["suggestion"] = "suggestion"
    version: Literal[1] = 1
    relationship_id: UUID
    source: NoticedBy
    source_ids: tuple[UUID, ...]
    answer: Answered
    rupture_id: UUID | None = None
