"""What every document shares."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Annotated
from uuid import UUID
from zoneinfo import ZoneInfo

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)

from reattune.content.translated_sentences import say

# No life is longer; and a day more or less, or another zone, is still a time that can be worked with.
FIRST_YEAR, LAST_YEAR = 1900, 2200


# What changes is newer than what it was, whatever the clock says.
_A_MOMENT = timedelta(microseconds=1)
_LAST = datetime(LAST_YEAR + 1, 1, 1, tzinfo=UTC) - _A_MOMENT
# No file brings a later time of writing: what is written after it has years of room to be newer.
LATEST_BROUGHT = datetime(LAST_YEAR, 1, 1, tzinfo=UTC)


def written_after(earlier: datetime, now: datetime) -> datetime:
    """When a newer form of what was written at ``earlier`` is written: now, or a moment after a clock that was ahead.

    Nothing is newer than the end of `LAST_YEAR`.
    """
    return min(max(now, earlier + _A_MOMENT), _LAST)


def just_after(earlier: datetime) -> datetime:
    """When something is written that is newer than what was written at ``earlier``, and by no more than a moment."""
    return written_after(earlier, earlier)


def to_utc(moment: datetime) -> datetime:
    """The same moment in UTC.

    Raises:
        ValueError: it lies outside the years that an entry can be of.
    """
    # One zone object for all: times that share it compare and sort several times faster.
    if FIRST_YEAR <= moment.year <= LAST_YEAR:
        moment = moment if moment.tzinfo is UTC else moment.astimezone(UTC)
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise ValueError(say("this time lies outside the years 1900 to 2200."))
    return moment


def _known_zone(name: str) -> str:
    if name not in _ZONES:
        try:
            ZoneInfo(name)
        except (KeyError, OSError, ValueError) as error:
            sentence = say("{name} is not a time zone; write one like Europe/Madrid.", name=repr(name[:60]))
            raise ValueError(sentence) from error
        _ZONES.add(name)
    return name


_ZONES = {"UTC"}

Utc = Annotated[AwareDatetime, AfterValidator(to_utc)]
Zone = Annotated[str, AfterValidator(_known_zone)]
LONGEST_WORDS = 100_000
Words = Annotated[str, StringConstraints(max_length=LONGEST_WORDS, strip_whitespace=True)]
HalfWritten = Annotated[str, StringConstraints(max_length=1_000_000, strip_whitespace=True)]
Line = Annotated[str, StringConstraints(max_length=200, strip_whitespace=True)]
NonEmptyLine = Annotated[str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True)]
# So many names that somebody had before are kept.
MOST_EARLIER_NAMES = 50
EarlierNames = Annotated[tuple[NonEmptyLine, ...], Field(max_length=MOST_EARLIER_NAMES)]
Scale = Annotated[int, Field(ge=0, le=10)]
Percent = Annotated[int, Field(ge=0, le=100)]


class Part(BaseModel):
    """A piece of a document."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class RecordNote(Part):
    """Something added to the record of what happened: where, who saw it, whom the person told.

    Attributes:
        at: when it was added, as it says itself.
        brought: when a file that anybody can write brought it; nothing where it was written here.
    """

    at: Utc
    words: Words
    brought: Utc | None = None


class Document(Part):
    """One thing a person keeps.

    Attributes:
        kind: which document it is; each subclass fixes it.
        version: the version of that kind's fields; older ones are upgraded when opened.
        id: UUIDv7.
        created, updated: aware, in UTC.
        zone: the IANA zone the person was in, so that local dates stay what they were.
        not_meant: sentences of it that sounded like danger, of which the person said that they are not.
        not_meant_on: when that was last said: somebody else may have done it.
    """

    kind: str
    version: int
    id: UUID
    created: Utc
    updated: Utc
    zone: Zone = "UTC"
    not_meant: tuple[Words, ...] = ()
    not_meant_on: Utc | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Document:
        # A second of grace: two clocks on one machine need not agree to the millisecond.
        if self.updated < self.created - timedelta(seconds=1):
            raise ValueError(say("It says that it was changed before it was made."))
        return self

    def local(self, moment: datetime) -> datetime:
        """``moment`` in the zone this document was written in."""
        return moment.astimezone(ZoneInfo(self.zone))

    def local_day(self, moment: datetime) -> date:
        """The day of ``moment`` where this document was written: days are compared by this, never in UTC."""
        return self.local(moment).date()
