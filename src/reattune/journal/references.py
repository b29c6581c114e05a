"""Which document names which."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from reattune.journal.documents import (
    Answer,
    Attempt,
    Belief,
    Candidate,
    CheckIn,
    ClientNote,
    Document,
    Echo,
    Ending,
    Fit,
    LooseNote,
    Moment,
    Observation,
    Pattern,
    Practice,
    Relationship,
    Repair,
    Rupture,
    Session,
    Share,
    Suggestion,
    TalkPlan,
    Unsaid,
    Vector,
)

# Which field of which document names a document of which kind. ``None`` means any kind.
REFERENCES: dict[type[Document], dict[str, type[Document] | None]] = {
    Session: {"relationship_id": Relationship},
    CheckIn: {"session_id": Session},
    ClientNote: {"relationship_id": Relationship},
    Observation: {"session_id": Session, "rupture_id": Rupture},
    Moment: {"relationship_id": Relationship, "session_id": Session},
    Unsaid: {"relationship_id": Relationship, "source_id": None},
    Rupture: {"relationship_id": Relationship, "moment_ids": Moment, "unsaid_ids": None},
    TalkPlan: {"rupture_id": Rupture},
    Attempt: {"rupture_id": Rupture, "plan_id": TalkPlan},
    Repair: {"rupture_id": Rupture, "attempt_id": Attempt},
    Echo: {"moment_id": Moment, "earlier_id": Moment},
    Pattern: {"echo_ids": Echo, "belief_id": Belief},
    Belief: {"about_relationship_id": Relationship, "from_relationship_id": Relationship, "moment_id": Moment},
    Vector: {"moment_id": Moment},
    Practice: {"relationship_id": Relationship, "rupture_id": Rupture},
    Fit: {"relationship_id": Relationship},
    Candidate: {"relationship_id": Relationship},
    Ending: {"relationship_id": Relationship, "moment_id": Moment, "plan_id": TalkPlan},
    # What a share was made from may be deleted: what was shown was shown.
    Share: {"relationship_id": Relationship},
    Answer: {"share_id": Share},
    Suggestion: {"relationship_id": Relationship, "source_ids": None, "rupture_id": Rupture},
    LooseNote: {"became": Moment},
}


def needed(document: Document) -> Iterator[tuple[type[Document] | None, UUID]]:
    """What a document says nothing without: kind and id of each; ``None`` means any kind."""
    for field, kind in REFERENCES.get(type(document), {}).items():
        value = getattr(document, field)
        if isinstance(value, UUID) and type(document).model_fields[field].is_required():
            yield kind, value


def references_of(document: Document) -> Iterator[tuple[str, tuple[UUID, ...], bool]]:
    """Field, the ids in it, and whether it may hold several."""
    for field in REFERENCES.get(type(document), {}):
        value = getattr(document, field)
        if isinstance(value, tuple):
            yield field, value, True
        elif value is not None:
            yield field, (value,), False


def ids_of(document: Document) -> set[UUID]:
    """The ids of all that it refers to."""
    return {each for _, ids, _ in references_of(document) for each in ids}
