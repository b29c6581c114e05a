"""One quiet line for each thing of the journal: its day, what it is, how it begins, with whom."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from reattune.alliance.instruments import total_score
from reattune.journal.document_base import Document
from reattune.journal.documents import (
    Attempt,
    Belief,
    CheckIn,
    Draft,
    Echo,
    Ending,
    Fit,
    LooseNote,
    Moment,
    Practice,
    Repair,
    Rupture,
    Share,
    TalkPlan,
    Unsaid,
)
from reattune.reflection.search import FoundLine, Query, found_lines
from reattune.reflection.timeline import Entry
from reattune.reflection.written_words import written_in
from reattune.text.folding import folded
from reattune.web.pages.notice.instruments import instruments_of
from reattune.web.pages.shared.dates import dated
from reattune.web.pages.shared.document_urls import address_of, address_of_draft
from reattune.web.pages.shared.template_tags import shortened
from reattune.web.pages.shared.wording import labels
from reattune.web.store.open_journal import OpenJournal

_LONGEST = 90


@dataclass(frozen=True)
class Line:
    """What stands in one line; ``found`` are the lines in which something was found, where something was looked for."""

    document: Document
    address: str
    day: str
    kind: str
    words: str
    who: str
    more: str
    found: tuple[FoundLine, ...]

    @property
    def name(self) -> str:
        """What the link reads where there are no words: what it is."""
        return self.words or self.kind


class Lines:
    """Makes the lines of one page.

    Args:
        query: what is looked for, if anything is.
    """

    def __init__(self, opened: OpenJournal, query: Query | None = None) -> None:
        self._opened = opened
        self._query = query
        self._space = opened.space
        self._hidden = opened.titles_only
        self._instruments = instruments_of(opened)
        self._beside: dict[tuple[Any, ...], str] = {}

    def line(self, entry: Entry) -> Line:
        """The line of one entry."""
        document = entry.document
        own = found_lines(self._query, self._own(entry)) if self._query else []
        return Line(
            document=document,
            address=self._address(entry),
            day=_day(entry),
            kind=labels("entry")[document.kind],
            words=self._words(entry),
            who=entry.who.name if entry.who and entry.who is not document else "",
            more=self._more(document),
            found=tuple(own),
        )

    def holds(self, entry: Entry) -> bool:
        """Whether what is looked for is in it, or in it and the name it stands with."""
        return self._query is None or self._query.within(self._own(entry), lambda: self._standing_beside(entry))

    def _own(self, entry: Entry) -> list[str]:
        # What has no words of its own is found by what its line reads.
        return written_in(entry.document) or [_label(entry.document)]

    def _standing_beside(self, entry: Entry) -> str:
        cause = entry.document.cause if isinstance(entry.document, Moment) else None
        key = (entry.who.id if entry.who else None, cause)
        if key not in self._beside:
            label = labels("cause")[cause] if cause else ""
            self._beside[key] = folded(f"{entry.who.name if entry.who else ''}\n{label}")
        return self._beside[key]

    def _words(self, entry: Entry) -> str:
        if self._hidden:
            return _label(entry.document)
        if isinstance(entry.document, Ending):
            return _label(entry.document)
        written = written_in(entry.document)
        if not written and isinstance(entry.document, (TalkPlan, Attempt)) and entry.rupture:
            written = [entry.rupture.title] if entry.rupture.title else []
        return shortened(written[0], _LONGEST) if written else _label(entry.document)

    def _more(self, document: Document) -> str:
        make = _MORE.get(type(document))
        if isinstance(document, CheckIn):
            return self._score(document)
        return make(document) if make else ""

    def _score(self, check_in: CheckIn) -> str:
        definition = self._instruments.get(check_in.instrument)
        total = total_score(definition, check_in.answers) if definition else None
        if definition is None or total is None:
            return _("not every question answered")
        return _("%(n)d out of 100") % {"n": round(total if definition.higher_is_better else 100 - total)}

    def _address(self, entry: Entry) -> str:
        document, who = entry.document, entry.who
        if isinstance(document, Draft):
            return address_of_draft(self._opened, document)
        if isinstance(document, Ending) and who:
            return self._page("person", who.id) + "#endings"  # all that was written for it stands there
        if isinstance(document, Unsaid) and who and who != self._opened.journal.latest_therapist:
            return self._page("person", who.id)
        if isinstance(document, TalkPlan):
            return self._page("mend", document.rupture_id)  # which shows its words, and knows whether a card is offered
        if isinstance(document, Echo):
            return self._page("moment", document.moment_id)
        if isinstance(document, Fit):
            return self._page("choosing")
        if isinstance(document, LooseNote):
            return self._page("sort")
        return address_of(document, self._space)

    def _page(self, name: str, *args: Any) -> str:
        return reverse(f"pages:{name}", args=args, current_app=self._space)


def _day(entry: Entry) -> str:
    document = entry.document
    if entry.at is None:
        return ""
    if isinstance(document, Moment):
        if document.no_day:
            return _("no day given")
        if document.by_year:
            return _("at age %(n)s") % {"n": document.age} if document.only_age else ""
    return dated(entry.at, "weekday_short")


def _label(document: Document) -> str:
    """What a thing without words is called, where that says more than its kind."""
    match document:
        case Moment():
            return labels("cause")[document.cause]
        case Rupture():
            return _("Untitled") if not document.title else ""
        case Repair() if document.word:
            return labels("repair_word")[document.word]
        case Practice():
            return labels("tried")[document.tried]
        case Share():
            return document.title
        case Ending():
            return labels("ending")[document.form]
        case _:
            return ""


def _more_of_practice(practice: Practice) -> str:
    if practice.done is None:
        return _("planned")
    return _("it went %(how)s") % {"how": labels("went")[practice.went].lower()} if practice.went else ""


def _more_of_ending(ending: Ending) -> str:
    if ending.ended:
        return _("over")
    return _("until %(day)s") % {"day": dated(ending.local(ending.until), "day")} if ending.until else ""


_MORE: dict[type[Document], Callable[[Any], str]] = {
    Rupture: lambda rupture: labels("state")[rupture.state],
    Attempt: lambda attempt: labels("state")[attempt.outcome] if attempt.outcome else "",
    Belief: lambda belief: _("%(n)d%% true") % {"n": belief.ratings[-1].truth} if belief.ratings else "",
    Practice: _more_of_practice,
    Ending: _more_of_ending,
}
