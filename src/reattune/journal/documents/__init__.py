"""All the documents of a journal: the nouns of the domain, typed."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, TypeAdapter

from reattune.journal.document_base import Document
from reattune.journal.documents.clients import ClientNote, Observation
from reattune.journal.documents.letters import Address, CameIn
from reattune.journal.documents.moments import Belief, Echo, Moment, Pattern, Unsaid, Vector
from reattune.journal.documents.practice_and_ending import (
    Candidate,
    Draft,
    Ending,
    Fit,
    Practice,
    Preferences,
    TriedAnswer,
)
from reattune.journal.documents.relationship import CheckIn, Instrument, Relationship, Session
from reattune.journal.documents.repair import Attempt, Repair, Rupture, Suggestion, TalkPlan
from reattune.journal.documents.sharing import Answer, Share
from reattune.journal.documents.unsorted_and_deleted import LooseNote, Removed

AnyDocument = Annotated[
    Relationship
    | Session
    | CheckIn
    | Instrument
    | Moment
    | Unsaid
    | Rupture
    | TalkPlan
    | Attempt
    | Repair
    | Echo
    | Pattern
    | Belief
    | Practice
    | Fit
    | Ending
    | Share
    | Answer
    | Preferences
    | Draft
    | Suggestion
    | Candidate
    | Vector
    | LooseNote
    | Removed
    | Address
    | CameIn
    | Observation
    | ClientNote
    | TriedAnswer,
    Field(discriminator="kind"),
]

KINDS: dict[str, type[Document]] = {
    kind.model_fields["kind"].default: kind
    for kind in (
        Relationship, Session, CheckIn, Instrument, Moment, Unsaid, Rupture, TalkPlan, Attempt, Repair,
        Echo, Pattern, Belief, Practice, Fit, Ending, Share, Preferences, Draft, Suggestion, Candidate,
        Vector, LooseNote, Removed, Address, CameIn, Answer, Observation, ClientNote, TriedAnswer,
    )
}  # fmt: skip

ANY_DOCUMENT: TypeAdapter[Document] = TypeAdapter(AnyDocument)

__all__ = [
    "ANY_DOCUMENT",
    "KINDS",
    "Address",
    "Answer",
    "AnyDocument",
    "Attempt",
    "Belief",
    "CameIn",
    "Candidate",
    "CheckIn",
    "ClientNote",
    "Document",
    "Draft",
    "Echo",
    "Ending",
    "Fit",
    "Instrument",
    "LooseNote",
    "Moment",
    "Observation",
    "Pattern",
    "Practice",
    "Preferences",
    "Relationship",
    "Removed",
    "Repair",
    "Rupture",
    "Session",
    "Share",
    "Suggestion",
    "TalkPlan",
    "TriedAnswer",
    "Unsaid",
    "Vector",
]
