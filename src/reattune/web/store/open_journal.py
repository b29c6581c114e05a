"""An open journal: rows in, documents out, and the way back."""

from __future__ import annotations

import contextlib
import hmac
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from functools import cached_property
from types import MappingProxyType
from typing import Any, TypeVar
from uuid import UUID

from django.conf import settings
from django.db import transaction

from reattune.journal import Journal, JournalError
from reattune.journal.codec import decode, encode_readable, from_raw, newer_form, update_first
from reattune.journal.deletion import before_replacing, beside, replaces
from reattune.journal.document_base import written_after
from reattune.journal.documents import Document, Draft
from reattune.journal.draft_conflicts import Typed, is_of_form
from reattune.journal.earlier_names import with_earlier_names
from reattune.journal.forgetting import over_and_seen
from reattune.journal.record_dates import with_days
from reattune.journal.uuid7 import uuid7
from reattune.journal.vocabulary import JournalKind
from reattune.reflection import danger_recogniser as words
from reattune.reflection.danger_recogniser import Danger, Dangers
from reattune.reflection.remembered import remember_for
from reattune.reflection.unanswered_danger import about_therapist
from reattune.vault import Seal, SealBroken
from reattune.vault.journal_names import name_of
from reattune.web.store.erasure import erase, wipe
from reattune.web.store.journal_size import check_room
from reattune.web.store.manifest import Head, KeyChanged, listed_rows
from reattune.web.store.models import SealedJournal, SealedRow
from reattune.web.store.sealed_on_the_way import SealedOnTheWay
from reattune.web.store.turns import one_reading

D = TypeVar("D", bound=Document)


class Conflict(Exception):
    """Another window has changed the same entry since this one opened it."""


def mark_of(journal_id: bytes) -> str:
    """What tells forms of a journal from forms of another, and nothing else."""
    return hmac.digest(settings.SECRET_KEY.encode(), b"journal mark " + journal_id, "sha256").hex()


class OpenJournal(SealedOnTheWay):
    """One person's journal during one request.

    Attributes:
        journal: everything that could be opened.
        damages: one sentence for each row that could not. ``space``: the namespace of its addresses.
        typed: what this request brings, as it was typed; ``sent`` the same by field, where it is a form that is kept.
        list_changed_on: the day on which the list of entries was found to be changed outside, until it is put away.
        at_the_words: whether this page is the first one after words of danger were written.
        filled_with: the draft that the form of this page shows, if it does.
        drafts_settled: whether this request kept what was typed into its form, or said that it is kept elsewhere.
    """

    space, example, provisional = "own", False, False
    typed: tuple[str, ...] = ()
    sent: Mapping[str, Sequence[str]] = MappingProxyType({})
    at_the_words = False
    list_changed_on: date | None = None
    filled_with: Draft | None = None
    drafts_settled = False

    def __init__(self, journal_id: bytes, data_key: bytes, now: Callable[[], datetime] | None = None) -> None:
        self._id = journal_id
        self._seal = Seal(data_key, journal_id)
        remember_for(journal_id)
        self._now = now or (lambda: datetime.now(UTC))
        self._revisions: dict[bytes, int] = {}
        self._written: list[Document] = []
        self.damages: list[str] = []
        found = listed_rows(self._id, self._seal)
        if found.amiss:
            # Perhaps another window wrote between the two readings: once more, as it lies at one moment.
            with one_reading():
                found = listed_rows(self._id, self._seal)
        self.list_changed_on, self._not_so = found.changed_on, found.not_so
        self.damages += [*found.amiss, *found.known]
        unread: dict[UUID, str] = {}
        self.journal = Journal(self._opened(found.rows, unread))
        self.journal.unread = unread

    def _opened(self, rows: list[tuple[bytes, int, bytes]], unread: dict[UUID, str]) -> Iterator[Document]:
        for row_id, revision, sealed in rows:
            self._revisions[row_id] = revision
            plain = b""
            try:
                plain = self._seal.open(row_id, revision, sealed)
                yield decode(plain)
            except (SealBroken, JournalError) as error:
                newer = newer_form(plain)
                unread |= [newer] if newer else []
                self.damages.append(update_first(newer[1]) if newer else str(error))

    @property
    def journal_id(self) -> bytes:
        """Which journal it is, as its rows are addressed. It opens nothing, and is shown to nobody."""
        return self._id

    @property
    def mark(self) -> str:
        """What tells forms of this journal from forms of another, and nothing else."""
        return mark_of(self._id)

    @property
    def name(self) -> str:
        """What unlocking asks for beside the passphrase where many journals lie together; else empty."""
        return name_of(self._id) if settings.HOSTING else ""

    @cached_property
    def near_kinds(self) -> Dangers:
        """Every danger in what is being sent or was written lately, so that the page can show where to turn."""
        if self.near_typed or not self.at_the_words:
            return self.near_typed or words.dangers_lately(self.journal, self.now)
        return words.dangers_just_written(self.journal, self.now)

    @property
    def near(self) -> Danger | None:
        """The gravest of them."""
        return words.gravest(self.near_kinds)

    @cached_property
    def near_typed(self) -> Dangers:
        """Every danger in what is being sent, less what the person said lately is none."""
        return words.dangers_typed(self.typed, self.journal, self.now)

    @cached_property
    def near_document(self) -> Document | None:
        """What was written lately of somebody who does harm, if it was kept."""
        return words.harm_lately(self.journal, self.now)

    @property
    def near_therapist(self) -> bool:
        """Whether that may be about a therapist."""
        return about_therapist(self.journal, self.near_document)

    @property
    def titles_only(self) -> bool:
        """Whether the person wants Today and the journal's lists without their words."""
        return bool(self.journal.preferences and self.journal.preferences.titles_only)

    @property
    def kind(self) -> JournalKind:
        """Whether it is the journal of a person in therapy, or of a therapist."""
        return self.journal.journal_kind

    @property
    def idle_seconds(self) -> int:
        """After so long without a page it locks itself."""
        return int(settings.IDLE_SECONDS)

    @property
    def now(self) -> datetime:
        """The time of this request, aware, in UTC."""
        return self._now()

    @property
    def zone(self) -> str:
        """The person's zone."""
        return self.journal.preferences.zone if self.journal.preferences else "UTC"

    def create(self, kind: type[D], **fields: Any) -> D:
        """Make and record a new document.

        Raises:
            JournalError: it cannot be kept.
        """
        return self._recorded(self.make(kind, **fields), kind)

    def make(self, kind: type[D], **fields: Any) -> D:
        """A new document that is recorded nowhere yet.

        Raises:
            JournalError: a field is not right.
        """
        now = self.now
        shared = {"kind": kind.model_fields["kind"].default, "version": kind.model_fields["version"].default}
        made = {"id": uuid7(now, os.urandom(10)), "created": now, "updated": now, "zone": self.zone}
        document = from_raw({**shared, **made, **fields})
        assert isinstance(document, kind)  # noqa: S101  what went in comes out
        return document

    def change(self, document: D, **fields: Any) -> D:
        """Record a newer form of a document.

        Raises:
            JournalError: it cannot be kept.
            Conflict: another window changed it meanwhile.
        """
        return self._recorded(self.changed(document, **fields), type(document))

    def changed(self, document: D, **fields: Any) -> D:
        """A newer form of a document that is recorded nowhere yet. It is newer also where a clock was set back.

        Raises:
            JournalError: a field is not right.
        """
        updated = written_after(document.updated, max(self.now, document.created))
        newer = from_raw({**dict(document), **fields, "updated": updated})
        assert isinstance(newer, type(document))  # noqa: S101  what went in comes out
        return with_earlier_names(document, with_days(document, newer))

    def amend(self, document: D, **fields: Any) -> D:
        """Record another form of what was written before; where it replaces words or answers, the older form waits for
        thirty days beside what was deleted.

        Raises:
            JournalError: it cannot be kept.
            Conflict: another window changed it meanwhile.
        """
        newer = self.changed(document, **fields)
        older = before_replacing(self.journal, [newer], self.now, changed=True) if replaces(document, newer) else []
        changed = self.journal.record(newer)
        self._write_together([*changed, *older])
        self.journal.take_in(older)
        return newer

    def record(self, document: Document) -> Document:
        """Record a document, and write it with everything that changed along with it, or nothing at all.

        Raises:
            JournalError: it cannot be kept.
            Conflict: another window changed one of them meanwhile.
        """
        changed = self.journal.record(document)
        self._write_together(changed)
        return changed[0]

    def take_in(self, documents: Sequence[Document], older: Sequence[Document] = ()) -> None:
        """Keep documents of another copy, as `reattune.journal.merge.merge` weighed them: all of them, or none.

        What they replace waits beside what was deleted, so that both are kept for a while; and so do the ``older``
        ones, in whose place there is a newer form here that says something else.

        Raises:
            Conflict: another window changed one of them meanwhile.
        """
        kept = [beside(self.journal, each, self.now) for each in older]
        self.write_and_discard([*documents, *before_replacing(self.journal, documents, self.now), *kept], [])

    def erase(self) -> None:
        """Take the whole journal away: its key, its rows, and who had it open. There is no way back."""
        erase(SealedJournal.objects.filter(id=self._id))

    def forget_old(self) -> None:
        """What was deleted more than thirty days ago goes for good; called when it is unlocked.

        Not at once where the journal was not unlocked at the end of that time, or the clock jumped, which look alike:
        then a day after that was seen.
        """
        old, seen = over_and_seen(self.journal, self.now)
        if old or seen:
            with contextlib.suppress(Conflict):  # another window is unlocking it at this moment
                self.write_and_discard(seen, old)
        if old:
            wipe()

    def _recorded(self, document: Document, kind: type[D]) -> D:
        recorded = self.record(document)
        assert isinstance(recorded, kind)  # noqa: S101  what went in comes out
        return recorded

    def write_and_discard(self, written: Sequence[Document], gone: Sequence[Document], *, once: bool = False) -> None:
        """Keep some documents and take others out of journal and database: all of it, or nothing.

        With ``once`` the written ones are made of those that go: that happens no second time.

        Raises:
            Conflict: another window changed one of the written meanwhile, or ``once`` took one of the others away.
        """
        self._write_together(written, gone, once=once)
        self.journal.take_in(written)
        for each in gone:
            self.journal.let_be(each.id)

    def _write_together(
        self, written: Sequence[Document], gone: Sequence[Document] = (), *, once: bool = False
    ) -> None:
        with transaction.atomic():
            try:
                head = Head.for_update(self._id, self._seal)
            except KeyChanged as error:
                raise Conflict from error
            for each in written:
                self._write(each, head)
            for each in gone:
                row_id = self._seal.row_id(each.id)
                there, _rows = SealedRow.objects.filter(journal_id=self._id, row_id=row_id).delete()
                if once and not there:
                    raise Conflict
                head.revisions.pop(row_id, None)
            head.write(self._id, self._seal)
            if not gone:  # whoever takes something out makes room, however large it is already
                check_room(self._id, written)
        self._written += [each for each in written if not isinstance(each, Draft)]
        for each in gone:
            self._revisions.pop(self._seal.row_id(each.id), None)

    def _write(self, document: Document, head: Head) -> None:
        row_id = self._seal.row_id(document.id)
        known = self._revisions.get(row_id)
        below = head.room_for(self._id, row_id, self._not_so) if known is None else known
        if below is None:
            raise Conflict
        revision = below + 1
        sealed = self._seal.seal(row_id, revision, encode_readable(document))
        if known is None:
            SealedRow.objects.create(
                journal_id=self._id,
                row_id=row_id,
                revision=revision,
                created=document.created.date(),
                updated=document.updated.date(),
                sealed=sealed,
            )
        else:
            rows = SealedRow.objects.filter(journal_id=self._id, row_id=row_id, revision=known)
            if not rows.update(revision=revision, updated=document.updated.date(), sealed=sealed):
                raise Conflict
        self._revisions[row_id] = head.revisions[row_id] = revision

    def discard(self, document: Document) -> None:
        """Take a document out of the journal and out of the database."""
        self.write_and_discard([], [document])

    def put_list_change_away(self) -> None:
        """The person has read that the list of entries was changed outside: it is said no more."""
        with transaction.atomic():
            head = Head.for_update(self._id, self._seal)
            if head.changed_on and self.list_changed_on:
                head.changed_on = None
                head.write(self._id, self._seal)

    def seal_anew(self, way: bytes) -> int:
        """Every row sealed again in another format, all of them or none. How many were.

        What cannot be opened stays as it lies.
        """
        with transaction.atomic():
            head = Head.for_update(self._id, self._seal)
            rows = listed_rows(self._id, self._seal).rows
            self._seal.way = way
            count = 0
            for row_id, revision, sealed in rows:
                if sealed[:1] == way:
                    continue
                try:
                    plain = self._seal.open(row_id, revision, sealed)
                except SealBroken:
                    continue
                found = SealedRow.objects.filter(journal_id=self._id, row_id=row_id, revision=revision)
                count += found.update(sealed=self._seal.seal(row_id, revision, plain))
            head.write(self._id, self._seal)
        return count

    # What is being typed

    def drafts(self, form: str) -> list[Draft]:
        """What was typed into a form and not kept yet: each window's, the latest first."""
        found = [draft for draft in self.journal.all(Draft) if is_of_form(draft, form)]
        return sorted(found, key=lambda draft: draft.updated, reverse=True)

    def keep_draft(self, form: str, fields: Mapping[str, Sequence[str]]) -> None:
        """Keep what is being typed, sealed like everything else: never over what another window typed."""
        self.drafts_settled, typed, drafts = True, Typed.of(fields), self.drafts(form)
        known = next((draft for draft in drafts if typed.goes_on_from(draft)), None)
        if known:
            self.change(known, fields=typed.fields, window=typed.window)
        elif not any(typed.adds_nothing_to(draft) for draft in drafts):
            self.create(Draft, form=form, fields=typed.fields, window=typed.window)

    def discard_draft(self, form: str) -> None:
        """What was typed has been kept, or is not wanted: that of this window, and whatever is in what it sends."""
        self.drafts_settled = True
        typed = Typed.of(self.sent)
        for known in self.drafts(form):
            if typed.goes_on_from(known):
                self._discard_draft(known)

    def _discard_draft(self, known: Draft) -> None:
        self.discard(known)
        # What the person said of these words while typing them goes along with them.
        for each in {each.id: each for each in self._written}.values():
            passed = words.not_meant_here(each, known.not_meant)
            if passed:
                together = tuple(dict.fromkeys([*each.not_meant, *passed]))
                self.change(each, not_meant=together, not_meant_on=known.not_meant_on or each.not_meant_on)
