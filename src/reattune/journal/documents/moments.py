"""What happened, what it was taken to mean, and what keeps coming back."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import field_validator

from reattune.journal.document_base import Document, Line, Part, Percent, RecordNote, Scale, Utc, Words
from reattune.journal.vocabulary import Cause, CrossedLine, Did, Feeling, Touched, UnsaidStatus


class Moment(Document):
    """One thing that happened and jarred, in any relationship.

    Attributes:
        reaction: how big it was inside, 0-10.
        event: how big the event looks now, 0-10.
        said: when it was raised with the other person, if it was.
        touched: what it seemed to say about the person, as ticked.
        sharpest, needed, age: what following it back brings up.
        by_year: only the year of ``at`` is remembered.
        no_day: the day was not given; ``at`` is when it was written down.
        sentence: what following it back led to, in words that can be said.
        keep_apart: the text is never used to suggest anything.
        crossed: lines that it crossed, as the person ticked them; ``crossed_on`` is when that was last changed.
        reworded: when what its record shows was last changed, after it was written; ``brought`` when a file that
            anybody can write brought it in, or another form of it.
        record_notes: what was added to the record of it later.
    """

    kind: Literal["moment"] = "moment"
    version: Literal[1] = 1
    relationship_id: UUID
    at: Utc
    session_id: UUID | None = None
    what: Words = ""
    cause: Cause = Cause.OTHER
    reaction: Scale | None = None
    event: Scale | None = None
    feelings: tuple[Feeling, ...] = ()
    feelings_words: Words = ""
    meant_about_me: Words = ""
    meant_about_them: Words = ""
    did: Did | None = None
    did_words: Words = ""
    said: Utc | None = None
    sharpest: Words = ""
    needed: Words = ""
    age: Percent | None = None
    keep_apart: bool = False
    crossed: tuple[CrossedLine, ...] = ()
    touched: tuple[Touched, ...] = ()
    sentence: Words = ""
    by_year: bool = False
    no_day: bool = False
    record_notes: tuple[RecordNote, ...] = ()
    reworded: Utc | None = None
    crossed_on: Utc | None = None
    brought: Utc | None = None

    @property
    def has_day(self) -> bool:
        """Whether its day is known, and not only about when it was."""
        return not (self.by_year or self.no_day)

    @property
    def year_known(self) -> bool:
        """Whether its year is told by its day. What has only an age has the day on which it was written."""
        return self.local(self.at).year < self.local(self.created).year

    @property
    def only_age(self) -> bool:
        """Whether an age is all that is remembered of when it was."""
        return self.by_year and self.age is not None and not self.year_known

    @property
    def in_order(self) -> tuple[bool, int, datetime, UUID]:
        """What moments are sorted by, earliest first. Of which only an age is remembered comes before what has a day.

        Its ``at`` is when it was written down, and would call yesterday's session the earlier one.
        """
        only_age = self.only_age
        return not only_age, (self.age or 0) if only_age else 0, self.at, self.id


class Unsaid(Document):
    """Something held back, with its weight (0-10) and since when.

    ``source_id`` names the moment, belief or check-in it comes from, if it comes from one.
    """

    kind: Literal["unsaid"] = "unsaid"
    version: Literal[1] = 1
    relationship_id: UUID
    source_id: UUID | None = None
    since: Utc
    words: Words = ""
    weight: Scale | None = None
    status: UnsaidStatus = UnsaidStatus.HELD
    status_since: Utc | None = None


class Echo(Document):
    """A link between two moments in different relationships.

    Attributes:
        answer: what the person said when it was suggested: yes, no, or not now.
        reason: why it was suggested, in words.
    """

    kind: Literal["echo"] = "echo"
    version: Literal[1] = 1
    moment_id: UUID
    earlier_id: UUID
    answer: Literal["yes", "no", "not_now"]
    reason: Line = ""
    words: Words = ""

    def links(self, moment_id: UUID) -> bool:
        """Whether it is about this moment."""
        return moment_id in (self.moment_id, self.earlier_id)

    def other(self, moment_id: UUID) -> UUID:
        """The moment on the other side."""
        return self.earlier_id if self.moment_id == moment_id else self.moment_id


class Pattern(Document):
    """A set of confirmed echoes that keeps coming back, named by the person."""

    kind: Literal["pattern"] = "pattern"
    version: Literal[1] = 1
    name: Line
    echo_ids: tuple[UUID, ...] = ()
    theme: Line = ""
    belief_id: UUID | None = None


class Vector(Document):
    """What the sentence model makes of the words of a moment: numbers, and as private as the words.

    Attributes:
        model: which model made it.
        of: a mark of the words it was made from; others need a new one.
        what, meant: 512 numbers each, -127 to 127 as bytes, in base64; ``meant`` is empty where nothing was said.
    """

    kind: Literal["vector"] = "vector"
    version: Literal[1] = 1
    moment_id: UUID
    model: Line
    of: Line
    what: Words
    meant: Words = ""


class BeliefRating(Part):
    """How true it felt (0-100 %) on a day."""

    at: Utc
    truth: Percent


class CounterExperience(Part):
    """An experience that speaks against a belief; ``source_id`` may name a moment, attempt or practice."""

    at: Utc
    words: Words = ""
    source_id: UUID | None = None


class Belief(Document):
    """What the person took something to mean about themselves; ``moment_id`` is where it was met."""

    kind: Literal["belief"] = "belief"
    version: Literal[1] = 1
    words: Words
    about_relationship_id: UUID | None = None
    since: Utc | None = None
    from_relationship_id: UUID | None = None
    ratings: tuple[BeliefRating, ...] = ()
    against: tuple[CounterExperience, ...] = ()
    said: Utc | None = None
    moment_id: UUID | None = None

    @field_validator("ratings")
    @classmethod
    def _by_date(cls, ratings: tuple[BeliefRating, ...]) -> tuple[BeliefRating, ...]:
        return tuple(sorted(ratings, key=lambda rating: rating.at))
