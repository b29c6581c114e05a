"""The people, the sessions, and the ratings of the bond."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from functools import cached_property
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, StringConstraints, field_validator, model_validator

from reattune.content.translated_sentences import say
from reattune.journal.document_base import Document, EarlierNames, Line, NonEmptyLine, Part, Scale, Utc, Words
from reattune.journal.therapists_vocabulary import Rater
from reattune.journal.vocabulary import RelationshipKind, RelationshipStatus, SessionForm


class Meeting(Part):
    """When a therapist and a client usually meet.

    Attributes:
        weekday: 0 for Monday; ``None`` where it differs.
        time: like 15:30; empty where it differs.
        weeks: how many weeks lie between sessions.
    """

    weekday: Annotated[int, Field(ge=0, le=6)] | None = None
    time: Annotated[str, StringConstraints(pattern=r"^(([01]\d|2[0-3]):[0-5]\d)?$")] = ""
    weeks: Annotated[float, Field(gt=0, le=52)] = 1


class Relationship(Document):
    """Someone the person is or was close to; in a therapist's journal, a client, under a short name.

    Attributes:
        called_before: names that they had here before: shown on their page alone, and taken out of what is shared.
        ended: when the therapy with them ended; what was open then has ended with it.
        mend_again: when the person said that they want to be able to mend things with them although a line was
            crossed before.
        current_on: when they became the current therapist here, where that was not when they were added.
        meeting: of a client, when they usually meet.
        language: of a client, in which their check-in is shown to them; empty is the journal's.
    """

    kind: Literal["relationship"] = "relationship"
    version: Literal[1] = 1
    name: NonEmptyLine
    called_before: EarlierNames = ()
    role: RelationshipKind
    status: RelationshipStatus = RelationshipStatus.CURRENT
    began: Utc | None = None
    note: Words = ""
    keep_apart: bool = False
    ended: Utc | None = None
    mend_again: Utc | None = None
    current_on: Utc | None = None
    meeting: Meeting | None = None
    language: Annotated[str, StringConstraints(pattern=r"^([a-z]{2})?$")] = ""

    @property
    def past_therapist(self) -> bool:
        """Whether they were the therapist, and the therapy with them has ended."""
        return self.is_therapist and self.status is RelationshipStatus.PAST

    @property
    def current_therapist(self) -> bool:
        """Whether they are the therapist now."""
        return self.is_therapist and self.status is RelationshipStatus.CURRENT

    @property
    def is_therapist(self) -> bool:
        """Whether they are the therapist, or were."""
        return self.role is RelationshipKind.THERAPIST


class Session(Document):
    """One meeting with the therapist, or of a therapist with a client."""

    kind: Literal["session"] = "session"
    version: Literal[1] = 1
    relationship_id: UUID
    at: Utc
    form: SessionForm = SessionForm.IN_PERSON


class CheckIn(Document):
    """Ratings after one session.

    Attributes:
        rater: who rated; each of the two at most once a session.
        instrument: the key of the instrument, with its version (``"reattune-check-in/1"``).
        answers: item key to the answer on the instrument's own response scale; an item left out is missing.
        unsaid: whether something was left unsaid; ``None`` where it was not asked or not answered.
        unsaid_words: what it was, if the person wrote it.
        urge_to_leave: 0-10.
        seconds: how long it took to answer; written by earlier versions, and used for nothing.
    """

    kind: Literal["check_in"] = "check_in"
    version: Literal[1] = 1
    session_id: UUID
    rater: Rater = Rater.CLIENT
    instrument: NonEmptyLine
    answers: dict[str, Annotated[float, Field(allow_inf_nan=False)]]
    unsaid: bool | None = None
    unsaid_words: Words = ""
    urge_to_leave: Scale | None = None
    note: Words = ""
    seconds: Annotated[int, Field(ge=0)] | None = None


# How the keys of questionnaires begin that were made of a table's columns.
MADE_BY_A_TABLE = "brought-"
# Ends and steps of a scale beyond which no questionnaire goes, and with which no score could be reckoned.
_FARTHEST, _FINEST = 1e9, 1e-6

Key = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]*$", max_length=60)]


class Item(Part):
    """One question. ``text`` may be empty: structures of copyrighted instruments ship without wording."""

    key: Key
    subscale: Key
    text: Words = ""
    low: Line = ""
    high: Line = ""
    reversed: bool = False


class InstrumentDefinition(Part):
    """A versioned questionnaire and how it is scored.

    Attributes:
        scale_low, scale_high, scale_step: the response scale of every item, within ±1e9 and no finer than 1e-6.
        higher_is_better: the direction of the total.
        reliability: internal consistency or test-retest, 0-1, where it is known.
        max_missing: how many items may be missing before there is no score.
        cutoff: on the 0-100 scale, where the instrument's authors ask for a talk below it.
    """

    key: Key
    version: Annotated[int, Field(ge=1)] = 1
    title: NonEmptyLine
    licence: Line = ""
    source: Words = ""
    scale_low: Annotated[float, Field(ge=-_FARTHEST, le=_FARTHEST)]
    scale_high: Annotated[float, Field(ge=-_FARTHEST, le=_FARTHEST)]
    scale_step: Annotated[float, Field(ge=_FINEST, le=_FARTHEST)] = 1
    higher_is_better: bool = True
    reliability: Annotated[float, Field(gt=0, lt=1)] | None = None
    max_missing: Annotated[int, Field(ge=0)] = 0
    cutoff: Annotated[float, Field(ge=0, le=100)] | None = None
    items: tuple[Item, ...]

    @field_validator("items")
    @classmethod
    def _distinct(cls, items: tuple[Item, ...]) -> tuple[Item, ...]:
        keys = [item.key for item in items]
        if not keys:
            raise ValueError(say("an instrument needs at least one item."))
        if len(set(keys)) < len(keys):
            twice = next(key for key, n in Counter(keys).items() if n > 1)
            raise ValueError(say("two items have the key {twice}; give each its own.", twice=repr(twice)))
        return items

    @model_validator(mode="after")
    def _range(self) -> InstrumentDefinition:
        if self.scale_high - self.scale_low < _FINEST:
            raise ValueError(say("scale_high must be above scale_low."))
        if self.max_missing >= len(self.items):
            raise ValueError(say("max_missing must be below the number of items."))
        return self

    @cached_property
    def by_key(self) -> Mapping[str, Item]:
        """The items by their keys."""
        return {item.key: item for item in self.items}

    @property
    def name(self) -> str:
        """Key and version as a check-in keeps them."""
        return f"{self.key}/{self.version}"

    def unfit(self, answers: Mapping[str, float]) -> str:
        """A sentence about the first answer that is off the scale, or of an item that is not here; empty if all fit."""
        for key, value in answers.items():
            if key not in self.by_key:
                return say("{title} has no item {key}.", title=self.title, key=repr(key))
            if not self.scale_low <= value <= self.scale_high:
                return say(
                    "{key}: an answer lies between {low} and {high}, and this one is {value}.",
                    key=key,
                    low=self.scale_low,
                    high=self.scale_high,
                    value=value,
                )
        return ""

    @property
    def scoring(self) -> object:
        """What answers mean: equal for two definitions that make the same score of them."""
        items = tuple((item.key, item.subscale, item.reversed) for item in self.items)
        return items, self.scale_low, self.scale_high, self.higher_is_better


# No questionnaire that people answer has more questions.
MOST_ITEMS = 500
# The keys of Reattune's own check-ins, of who is in therapy and of a therapist; no other questionnaire has them.
OWN_KEY = "reattune-check-in"
OWN_KEYS = frozenset({OWN_KEY, "reattune-therapist-check-in"})


class Instrument(Document):
    """An instrument that the person holds a licence for and has put into the journal."""

    kind: Literal["instrument"] = "instrument"
    version: Literal[1] = 1
    definition: InstrumentDefinition
