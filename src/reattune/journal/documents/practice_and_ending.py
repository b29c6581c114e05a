"""Beyond this one bond: practising, choosing and ending; and the person's own settings."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from reattune.journal.document_base import Document, EarlierNames, HalfWritten, Line, NonEmptyLine, Part, Utc, Words
from reattune.journal.therapists_vocabulary import AnswerPart, AnswerWay
from reattune.journal.vocabulary import EndingKind, JournalKind, LeavingAbout, Tried, Went


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
    went: Went | None = None


class TriedAnswer(Document):
    """A therapist's own answer to somebody made up who was hurt, and what they found in it. Nobody else judges it.

    Attributes:
        vignette: which one, by its key in ``content/vignettes.toml``.
        way: whether it was written, said aloud or only thought while reading; only a written one has ``words``.
        seconds: how long it took, where a clock ran.
        looked: whether it was looked at beside other answers; ``parts`` is what the therapist found in it then.
        keep_in_mind: what they want to remember; ``come_back`` that they want to try this one again.
    """

    kind: Literal["tried_answer"] = "tried_answer"
    version: Literal[1] = 1
    vignette: NonEmptyLine
    at: Utc
    way: AnswerWay
    words: Words = ""
    seconds: Annotated[int, Field(ge=0, le=3600)] | None = None
    looked: bool = False
    parts: tuple[AnswerPart, ...] = ()
    keep_in_mind: Words = ""
    come_back: bool = False


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


class LookBack(Part):
    """How the beginning with a new therapist was, after session 1, 2 or 3.

    ``meets`` says of each need whether it is met: 0 no, 1 partly, 2 yes.
    """

    at: Utc
    session: Annotated[int, Field(ge=1, le=3)]
    meets: dict[str, Annotated[int, Field(ge=0, le=2)]] = {}
    words: Words = ""


class Candidate(Document):
    """Someone who could be the next therapist; once chosen, the relationship with them and the look back.

    ``meets`` says of each need whether it seems met: 0 no, 1 partly, 2 yes. ``called_before`` are names they had here
    before, as of a `Relationship`.
    """

    kind: Literal["candidate"] = "candidate"
    version: Literal[1] = 1
    name: NonEmptyLine
    called_before: EarlierNames = ()
    contact: Words = ""
    note: Words = ""
    meets: dict[str, Annotated[int, Field(ge=0, le=2)]] = {}
    relationship_id: UUID | None = None
    look_backs: tuple[LookBack, ...] = ()


class Ending(Document):
    """Thinking of leaving: what it is about, what was chosen, and how it turned out. A break has its date.

    Attributes:
        until: of a break, the day it is agreed to last to; ``ended`` is when it did end.
        how_to_say_it, take_along, goodbye: of leaving well.
        turned_out, looked_back: what became of the choice, asked some sessions later.
        moment_id: the record of a crossed line that it is about, where one was made.
        plan_id: the card that the short way became.
        put_away: when the person had no more use for it on Today.
        chosen: what was pressed, where `form` is another because safety came first.
    """

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
    goodbye: Words = ""
    about: tuple[LeavingAbout, ...] = ()
    ended: Utc | None = None
    turned_out: Words = ""
    looked_back: Utc | None = None
    moment_id: UUID | None = None
    plan_id: UUID | None = None
    put_away: Utc | None = None
    chosen: EndingKind | None = None

    @property
    def empty(self) -> bool:
        """Whether it was only opened: nothing ticked, written, agreed, or made of it. Looking is not choosing."""
        return not (self.written or self.about or self.until or self.moment_id or self.plan_id)

    @property
    def only_begun(self) -> bool:
        """Whether it holds no more than what is ticked and written before anything is chosen."""
        return not (self.parts.keys() - {"why"} or self.until or self.moment_id or self.plan_id)

    @property
    def parts(self) -> dict[str, str]:
        """What was written in it, by field, in order."""
        names = ("why", "tried", "how_to_say_it", "take_along", "goodbye", "turned_out")
        return {name: words for name in names if (words := getattr(self, name))}

    @property
    def written(self) -> tuple[str, ...]:
        """What was written in it, in order."""
        return tuple(self.parts.values())


class Preferences(Document):
    """The person's own settings. A journal has one.

    Attributes:
        journal_kind: whether the journal is a person's in therapy or a therapist's; it never changes.
        region: ISO 3166-1 alpha-2, for the crisis lines; ``XX`` for another country than those we know, empty where
            none was chosen. ``region_changed`` is when it last was another: somebody else may have done it.
        language: of the pages, ISO 639-1.
        form_of_address: how words on a card speak to a therapist, or to clients (tu or vous); empty is what is
            usual in the language.
        weeks_between: how often they meet, in weeks.
        session_weekdays: on which days they usually meet, 0 for Monday; ``session_time`` when, like 15:30.
        recovery_checked: whether the recovery code was written down and checked. ``recovery_made`` is when another
            one took the place of the first: somebody else may have made it.
        instrument: the questionnaire of the check-in (``key/version``); empty is Reattune's own.
        backed_up: when the person last took a copy along; ``no_backup_reminders`` where they want no reminder.
        lock_on_hide: the journal locks itself as soon as its page is not seen any more.
        no_locked_notes: nothing can be written down on the locked page.
        titles_only: Today and the journal's list show what things are called, and none of the words.
        list_changes_read: days on which the list of entries was found to be changed outside, each put away since.
        zone_left: a time zone in which this journal was opened, and was to keep its own.
        bring: what was chosen to bring to the next session, since ``bring_chosen``; it holds until that session.
    """

    kind: Literal["preferences"] = "preferences"
    version: Literal[1] = 1
    journal_kind: JournalKind = JournalKind.PERSON
    region: Annotated[str, StringConstraints(pattern=r"^([A-Z]{2})?$")] = ""
    region_changed: Utc | None = None
    language: Line = "en"
    form_of_address: Literal["", "familiar", "formal"] = ""
    weeks_between: Annotated[float, Field(gt=0, le=52)] | None = None
    session_weekdays: tuple[Annotated[int, Field(ge=0, le=6)], ...] = ()
    session_time: Annotated[str, StringConstraints(pattern=r"^(([01]\d|2[0-3]):[0-5]\d)?$")] = ""
    recovery_checked: bool = False
    recovery_made: Utc | None = None
    instrument: Line = ""
    backed_up: Utc | None = None
    no_backup_reminders: bool = False
    lock_on_hide: bool = False
    titles_only: bool = False
    no_locked_notes: bool = False
    list_changes_read: tuple[date, ...] = ()
    zone_left: Line = ""
    bring: tuple[UUID, ...] = ()
    bring_chosen: Utc | None = None


class Draft(Document):
    """What was being typed and not yet kept: the fields of one form, by its address.

    There may be several of one form: each window has its own. ``window`` is a random mark of the one that wrote it.
    A field holds ten times what an entry does: what is too long to be kept is not lost while it is shortened.
    """

    kind: Literal["draft"] = "draft"
    version: Literal[1] = 1
    form: NonEmptyLine
    fields: dict[str, tuple[HalfWritten, ...]]
    window: Line = ""
