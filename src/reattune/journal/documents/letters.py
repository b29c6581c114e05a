"""What comes in from outside: the journal's address, and letters that were sealed to it.

Everything in a letter is from anybody. It is words to be shown, and changes nothing by itself.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Any, Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, AwareDatetime, Field, StringConstraints, TypeAdapter, ValidationError

from reattune.content.translated_sentences import say
from reattune.journal.document_base import FIRST_YEAR, LAST_YEAR, Document, Part, Utc, to_utc
from reattune.journal.documents.relationship import MOST_ITEMS
from reattune.journal.errors import JournalError, journal_error

# Control characters, and those that turn the direction of whatever comes after them: no words need them, and they can
# make a page look as if it said something else.
_NOT_WORDS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff]")
# In the place of a time that no entry can have; it is believed by nobody.
_NEVER = datetime(FIRST_YEAR + 1, 1, 1, tzinfo=UTC)
_EARLIEST, _CLOCKS_DIFFER = datetime(2000, 1, 1, tzinfo=UTC), timedelta(minutes=5)


def _only_words(words: str) -> str:
    return _NOT_WORDS.sub("", words.replace("\r\n", "\n")).strip()


def _said(words: str) -> str:
    if not words:
        raise ValueError("there is nothing in it.")
    return words


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, OSError, ValueError):
        return "UTC"  # a browser may know one that is not known here; no note is lost for that
    return name


def _told(at: datetime) -> datetime:
    # A clock may say anything; no words are lost for that, and when they came in is known.
    return at if FIRST_YEAR < at.year < LAST_YEAR else _NEVER


# As many as the largest letter has room for: none that could be sealed is refused for its length when it is opened.
LetterWords = Annotated[str, StringConstraints(max_length=64 * 1024), AfterValidator(_only_words)]
LetterLine = Annotated[str, StringConstraints(max_length=200), AfterValidator(_only_words)]
_Said = AfterValidator(_said)
_MARK = 16  # hexadecimal digits
_ItemKey = Annotated[str, StringConstraints(max_length=60, pattern=r"^[a-z][a-z0-9_-]*$")]
_Answer = Annotated[float, Field(allow_inf_nan=False, ge=-1e9, le=1e9)]


class _Letter(Part):
    """What every letter says.

    Attributes:
        letter: the version of its form.
        id: chosen at random by who wrote it; a second letter with the same id is the same letter.
        at: when it was written, by the clock of who wrote it.
        zone: where, as an IANA zone; UTC where it is not one that is known here.
    """

    letter: Literal[1]
    id: UUID
    at: Annotated[AwareDatetime, AfterValidator(_told), AfterValidator(to_utc)]
    zone: Annotated[str, StringConstraints(max_length=60), AfterValidator(_zone)] = "UTC"

    @property
    def mark(self) -> str:
        """What is remembered of it when it came in."""
        return self.id.hex[:_MARK]


class NoteLetter(_Letter):
    """Something written down without unlocking the journal."""

    kind: Literal["note"]
    words: Annotated[LetterWords, _Said]


class AnswerLetter(_Letter):
    """What somebody answered to what was shared with them.

    Attributes:
        share_id: the `Share` that it answers, as the shared page says.
        name: how they sign; nothing proves it.
    """

    kind: Literal["answer"]
    share_id: UUID
    words: Annotated[LetterWords, _Said]
    name: LetterLine = ""


class ShareLetter(_Letter):
    """Something that somebody with a journal of their own lets this person see, as lines of plain words."""

    kind: Literal["share"]
    title: LetterLine = ""
    lines: Annotated[tuple[LetterWords, ...], Field(min_length=1, max_length=1000)]
    name: LetterLine = ""


class RatingLetter(_Letter):
    """What a client rated on a therapist's device, while the journal on it was locked.

    Attributes:
        client_id: which of the therapist's clients it is; where none has this id, it is anybody's.
        day: of the session.
        instrument: ``key/version``.
        answers: item key to the answer, without those left out.
        words: what the client wrote beside them.
    """

    kind: Literal["rating"]
    client_id: UUID
    day: date
    instrument: Annotated[LetterLine, _Said]
    answers: Annotated[dict[_ItemKey, _Answer], Field(min_length=1, max_length=MOST_ITEMS)]
    words: LetterWords = ""


AnyLetter = Annotated[NoteLetter | AnswerLetter | ShareLetter | RatingLetter, Field(discriminator="kind")]
_ANY_LETTER: TypeAdapter[AnyLetter] = TypeAdapter(AnyLetter)


def letter_from(content: bytes) -> AnyLetter:
    """The letter that was sealed.

    Raises:
        JournalError: it is not JSON, of no kind that is known, or a field is missing, unknown, too long or out of
            range.
    """
    try:
        return _ANY_LETTER.validate_json(content)
    except ValidationError as error:
        raise journal_error("came_in", error) from error
    except (ValueError, RecursionError) as error:
        raise JournalError(say("This letter can’t be read.")) from error


def letter_from_plain(raw: dict[str, Any]) -> AnyLetter:
    """The same from plain values.

    Raises:
        JournalError: it is no letter.
    """
    try:
        return _ANY_LETTER.validate_python(raw)
    except ValidationError as error:
        raise journal_error("came_in", error) from error


def letter_to(letter: AnyLetter) -> bytes:
    """The content to be sealed: UTF-8 JSON."""
    return _ANY_LETTER.dump_json(letter)


def believed(at: datetime, arrived: datetime) -> datetime:
    """When a letter was written: what it says, unless that cannot be; then when it arrived."""
    return at if _EARLIEST <= at <= arrived + _CLOCKS_DIFFER else arrived


class Address(Document):
    """The private half of this journal's address.

    Attributes:
        private: version byte and key in base64, as `reattune.vault.letters.AddressKey.private`.
        seen: marks of the letters that came in last, so that none comes in twice.
        unreadable, repeated: how many letters were taken away since the person last looked: because nothing could be
            read in them, and because the same one had come in before.
        beside: it is the key of another copy that was merged: it opens letters, and none is sealed to it from here.
    """

    kind: Literal["address"] = "address"
    version: Literal[1] = 1
    private: Annotated[str, StringConstraints(max_length=400)]
    seen: tuple[Annotated[str, StringConstraints(max_length=32)], ...] = ()
    unreadable: Annotated[int, Field(ge=0)] = 0
    repeated: Annotated[int, Field(ge=0)] = 0
    beside: bool = False


class CameIn(Document):
    """A letter that was opened and waits: to be taken in, or to be deleted.

    Attributes:
        at: when it was written, where that can be believed; else when it arrived.
        arrived: the day on which it arrived.
        content: what it says.
    """

    kind: Literal["came_in"] = "came_in"
    version: Literal[1] = 1
    at: Utc
    arrived: Utc
    content: AnyLetter

    @property
    def words(self) -> str:
        """The words it is known by."""
        if isinstance(self.content, ShareLetter):
            return self.content.title or self.content.lines[0]
        return self.content.words

    @property
    def clock_was_off(self) -> bool:
        """Whether the letter itself gives a time that cannot be."""
        return self.at != self.content.at
