"""Beyond this one bond: practising, choosing, ending, sharing; and the person's own settings."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from reattune.journal.document import Document, Line, NonEmptyLine, Part, Utc, Words
from reattune.journal.words import EndingKind, Tried


class Practice(Document):
    """Trying the skill in another relationship: one small thing, or a whole rupture there."""

    kind: Literal["practice"] = "practice"
    version: Literal[1] = 1
    relationship_id: UUID
    rupture_id: UUID | None = None
    tried: Tried
    planned_for: Utc | None = None
    plan: Words = ""
    done: Utc | None = None
    how_it_went: Words = ""


class Need(Part):
    """One thing to look for, or not to have again; ``weight`` 1-3."""

    words: NonEmptyLine
    wanted: bool = True
    weight: Annotated[int, Field(ge=1, le=3)] = 2
    source_id: UUID | None = None


class Fit(Document):
    """What the person needs from a therapist."""

    kind: Literal["fit"] = "fit"
    version: Literal[1] = 1
    relationship_id: UUID | None = None
    needs: tuple[Need, ...] = ()
    note: Words = ""


class Ending(Document):
    """Pausing or leaving: why, what was tried, how to say it, what to take along."""

    kind: Literal["ending"] = "ending"
    version: Literal[1] = 1
    relationship_id: UUID
    form: EndingKind
    at: Utc | None = None
    until: Utc | None = None
    why: Words = ""
    tried: Words = ""
    how_to_say_it: Words = ""
    take_along: Words = ""


class Share(Document):
    """One thing the person chose to let the therapist see."""

    kind: Literal["share"] = "share"
    version: Literal[1] = 1
    relationship_id: UUID
    shared_id: UUID
    at: Utc
    taken_back: Utc | None = None


class Preferences(Document):
    """The person's own settings. A journal has one.

    Attributes:
        region: ISO 3166-1 alpha-2, for the crisis lines; empty where none was chosen.
        weeks_between: how often they meet, in weeks.
        recovery_checked: whether the recovery code was written down and checked.
        instrument: the questionnaire of the check-in (``key/version``); empty is Reattune's own.
    """

    kind: Literal["preferences"] = "preferences"
    version: Literal[1] = 1
    region: Annotated[str, StringConstraints(pattern=r"^([A-Z]{2})?$")] = ""
    language: Line = "en"
    weeks_between: Annotated[float, Field(gt=0, le=52)] | None = None
    recovery_checked: bool = False
    instrument: Line = ""


class Draft(Document):
    """What was being typed and not yet kept: the fields of one form, by its address."""

    kind: Literal["draft"] = "draft"
    version: Literal[1] = 1
    form: NonEmptyLine
    fields: dict[str, tuple[Words, ...]]
