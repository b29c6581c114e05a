"""What a page of sharing is asked for, and what somebody else would see of it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import QueryDict
from django.utils.translation import get_language

from reattune.content import Form, manner
from reattune.journal.document_base import Document
from reattune.journal.documents import Belief, Candidate, Moment, Pattern, Relationship, Rupture, TalkPlan
from reattune.journal.vocabulary import SharedKind
from reattune.reflection.sharing.offered import readers
from reattune.reflection.sharing.text import Choice, Line, SharedText, Wording, shared_text
from reattune.web.pages.notice.instruments import line_of
from reattune.web.pages.shared.dates import dated
from reattune.web.pages.shared.template_tags import when
from reattune.web.pages.shared.wording import form_for, labels, prompts, sharing_words
from reattune.web.store.open_journal import OpenJournal

KIND_OF: dict[type[Document], SharedKind] = {
    TalkPlan: SharedKind.CARD,
    Moment: SharedKind.MOMENT,
    Rupture: SharedKind.STORY,
    Belief: SharedKind.BELIEF,
    Pattern: SharedKind.PATTERN,
}
HALF_A_YEAR = timedelta(days=183)


@dataclass(frozen=True)
class Asked:
    """What the page shows: a choice, all of its lines, and those that somebody else would see.

    Attributes:
        people: with whom it may be shared.
        chosen: whether the person chose lines already.
    """

    choice: Choice
    text: SharedText
    kept: tuple[Line, ...]
    people: tuple[Relationship, ...]
    chosen: bool

    @property
    def mark(self) -> str:
        """Tells this exact preview from any other: what is shared is what was seen, or nothing."""
        seen = [str(self.choice.reader.id), self.text.heading, [[line.label, line.words] for line in self.kept]]
        return hashlib.sha256(json.dumps(seen).encode()).hexdigest()

    @property
    def people_ticked(self) -> list[UUID]:
        """Whose names may stay."""
        return sorted(self.choice.named)

    @property
    def ticks(self) -> list[dict[str, Any]]:
        """Every line with its place and whether it is shared."""
        kept = set(map(id, self.kept))  # two lines may be the same words
        return [{"place": place, "line": line, "kept": id(line) in kept} for place, line in enumerate(self.text.lines)]

    @property
    def sources(self) -> tuple[UUID, ...]:
        """What the lines were made from."""
        of = self.choice.of
        found = (*((of.id,) if of else ()), *(line.of for line in self.kept if line.of))
        return tuple(dict.fromkeys(found))


def asked(opened: OpenJournal, sent: QueryDict, kind: SharedKind, of: Document | None) -> Asked | None:
    """What is asked for; ``None`` where there is nobody it may be shared with."""
    people = tuple(readers(opened.journal, opened.now))
    if not people:
        return None
    reader = next((who for who in people if str(who.id) == sent.get("for")), None) or _likely(opened, of, people)
    named = {str(each) for each in sent.getlist("named")}
    of_bond = kind in (SharedKind.BOND, SharedKind.BEFORE_SESSION)
    line = line_of(opened) if of_bond else None
    choice = Choice(
        kind=kind,
        of=of,
        reader=reader,
        named=frozenset(
            who.id for kind in (Relationship, Candidate) for who in opened.journal.all(kind) if str(who.id) in named
        ),
        since=_since(sent.get("since", ""), opened) if kind is SharedKind.BOND else None,
        line=line,
    )
    # Lines are chosen by their places: from another day on there are others, and all of them are shown first.
    of_these = kind is not SharedKind.BOND or sent.get("since") == sent.get("seen_since")
    chosen = "chosen" in sent and of_these
    ticked = {int(each) for each in sent.getlist("keep") if each.isascii() and each.isdigit() and len(each) < 6}
    places = ticked if chosen else None
    text = shared_text(opened.journal, choice, wording(form_for(opened, reader)), opened.now, places)
    return Asked(choice, text, text.kept(places), people, chosen)


def _likely(opened: OpenJournal, of: Document | None, people: tuple[Relationship, ...]) -> Relationship:
    """A card and a story are for whom they are about; everything else is most often for the therapist."""
    about = None
    if isinstance(of, TalkPlan):
        about = opened.journal.get(Rupture, of.rupture_id).relationship_id
    elif isinstance(of, Rupture):
        about = of.relationship_id
    return next((who for who in people if who.id == about), people[0])


def _since(said: str, opened: OpenJournal) -> datetime:
    """The day that was chosen; else half a year ago, which is what a session is mostly about."""
    try:
        day = date.fromisoformat(said)
        return datetime.combine(day, time(), ZoneInfo(opened.zone)).astimezone(UTC)
    except (ValueError, OverflowError):
        return opened.now - HALF_A_YEAR


def wording(form: Form) -> Wording:
    """How things read in the language of the request; ``form`` is how their reader is spoken to."""
    own: Mapping[str, Any] = sharing_words(form)

    def label(group: str, key: str) -> str:
        found: str = (own[group] if group in own else labels(group))[key]
        return found

    return Wording(
        label=label,
        day=dated,
        when=when,
        misread=prompts(form)["misread"]["sentence"],
        everyday=frozenset(own["names"]["everyday"].split()),
        possessive=own["names"]["possessive"],
        changes=manner(get_language() or "en").get("changes", ()),
    )
