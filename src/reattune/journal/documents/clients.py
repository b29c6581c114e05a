"""What a therapist notices in a session, and what comes in from a client."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from reattune.journal.document_base import Document, Line, Utc, Words
from reattune.journal.therapists_vocabulary import ObservationEnded, TherapistDid

MarkerId = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=60)]


class Observation(Document):
    """What a therapist noticed in one session, what they did about it, and how it ended. A session has one.

    Attributes:
        markers: of ``content/<language>/markers.toml``, by their ids; one that is not there any more stays here.
        happened: what happened, in the therapist's words.
        did, did_words: what they did about it; nothing ticked is nothing said, not nothing done.
        ended: how it stood at the end; ``None`` where that was not said.
        rupture_id: what went wrong, where it was opened from here.
    """

    kind: Literal["observation"] = "observation"
    version: Literal[1] = 1
    session_id: UUID
    markers: Annotated[tuple[MarkerId, ...], Field(max_length=100)] = ()
    happened: Words = ""
    did: tuple[TherapistDid, ...] = ()
    did_words: Words = ""
    ended: ObservationEnded | None = None
    rupture_id: UUID | None = None

    @property
    def noticed(self) -> bool:
        """Whether something was noticed, and not only that nothing was."""
        return bool(self.markers or self.happened.strip())


class ClientNote(Document):
    """Something that came in from a client, in their words: what they shared, or wrote.

    Attributes:
        at: when they wrote it, as far as that can be believed.
        source: how it came in, in words.
    """

    kind: Literal["client_note"] = "client_note"
    version: Literal[1] = 1
    relationship_id: UUID
    at: Utc
    words: Words
    source: Line = ""
