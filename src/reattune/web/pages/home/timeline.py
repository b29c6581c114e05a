"""The journal's page: everything with a date, newest first; a search in it; and the ways on to people and patterns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from reattune.journal.documents import Attempt, Pattern, Relationship, Rupture
from reattune.reflection.search import query
from reattune.reflection.timeline import (
    Entry,
    Month,
    Place,
    Standing,
    Turn,
    by_month,
    chosen_of,
    entries,
    stretch,
    without_a_day,
)
from reattune.reflection.timeline_year import Year, year_counts, year_of
from reattune.web.pages.home.forms import MOST_CHARACTERS, LookForm
from reattune.web.pages.home.timeline_address import KINDS, Asked, asked
from reattune.web.pages.home.timeline_lines import Lines
from reattune.web.pages.manage.sort_diary import waiting
from reattune.web.pages.shared.access import with_journal
from reattune.web.pages.shared.person_choice import whom_to_choose
from reattune.web.pages.shared.wording import labels
from reattune.web.store.open_journal import OpenJournal

_LANES = 4
_PEOPLE, _YEARS = 12, 12


@require_safe
@with_journal
def so_far(request: HttpRequest, opened: OpenJournal) -> HttpResponse:
    """What the address asks for, month by month, with the year at a glance."""
    wanted = asked(request, opened)
    if wanted.words and opened.at_the_words:
        opened.typed = (wanted.words,)  # looked for just now: where that sounds like danger, it says where to turn
    known = {
        "words": wanted.words,
        "who": str(wanted.who.id) if wanted.who else "",
        "standing": wanted.standing or "",
        "again": str(wanted.pattern.id) if wanted.pattern else "",
        "kind": wanted.kind,
    }
    lost = bool(request.GET.get("w")) and not wanted.words
    return _page(request, opened, wanted, _form(opened, initial=known), lost=lost)


@require_POST
@with_journal
def search(request: HttpRequest, opened: OpenJournal) -> HttpResponse:
    """Words to look for, and where they are. No address and no log has them: pages beside this one name them concealed.

    It answers at once, and the script gives the answer its address; a way over another page would open a long journal
    twice. Only a browser without scripts goes that way, or could not come back to what was found.
    """
    form = _form(opened, request.POST)
    opened.typed = (request.POST.get("words", "")[:MOST_CHARACTERS],)  # nobody is asked who searches the example
    if not form.is_valid():
        return _page(request, opened, Asked(), form)
    said, journal = form.cleaned_data, opened.journal
    words = " ".join(said["words"].split())
    wanted = Asked(
        who=journal.get(Relationship, UUID(said["who"])) if said["who"] else None,
        kind=said["kind"],
        standing=Standing(said["standing"]) if said["standing"] else None,
        pattern=journal.get(Pattern, UUID(said["again"])) if said["again"] else None,
        concealed=opened.concealed(words) if words else "",
        words=words,
    )
    if "plain" not in request.POST:
        return _page(request, opened, wanted, form, sent=True)
    space = opened.space
    return redirect(f"{reverse('pages:so-far', current_app=space)}{wanted.query()}#found")


def _page(request: HttpRequest, opened: OpenJournal, wanted: Asked, form: LookForm, **more: bool) -> HttpResponse:
    return render(request, "home/timeline.html", {**_shown(opened, wanted), "form": form, **more})


def _form(opened: OpenJournal, *given: Any, **more: Any) -> LookForm:
    return LookForm(*given, people=whom_to_choose(opened), patterns=opened.journal.all(Pattern), **more)


def _shown(opened: OpenJournal, wanted: Asked) -> dict[str, Any]:
    journal = opened.journal
    everything = entries(journal)
    looked_for = query(wanted.words) if wanted.words else None
    lines = Lines(opened, looked_for)
    found = chosen_of(journal, everything, wanted.chosen)
    others: list[Entry] = []
    if looked_for is not None:
        found = [each for each in found if lines.holds(each)] if looked_for else []
        others = [each for each in _others(opened, wanted) if lines.holds(each)] if looked_for else []
    months = by_month(found)
    part = stretch(months, wanted.turn)
    people = whom_to_choose(opened)
    return {
        "open": opened,
        "asked": wanted,
        "kinds": _kinds(wanted, everything),
        "others": [lines.line(each) for each in others] if part.later is None else [],
        "months": [(month, [lines.line(each) for each in month.entries]) for month in part.months],
        "earlier": _way(wanted, part.earlier),
        "later": _way(wanted, part.later),
        "count": len(found) + len(others),
        "years": _years(wanted, months, part.months),
        "year": _year(opened, wanted, found, months, part.months),
        "shown": {month.place for month in part.months},
        "to_sort": len(waiting(opened)),
        "people": people[:_PEOPLE],
        "people_more": max(0, len(people) - _PEOPLE),
        "titles_only": opened.titles_only,
        "filters": len(people) > 1 or any(isinstance(e.document, Rupture) for e in everything),
        "removable": _removable(wanted),
    }


def _others(opened: OpenJournal, wanted: Asked) -> list[Entry]:
    """What has no day, where nothing but a person was chosen."""
    if wanted.kind or wanted.standing or wanted.pattern:
        return []
    found = without_a_day(opened.journal)
    return [each for each in found if each.who == wanted.who] if wanted.who else found


@dataclass(frozen=True)
class Way:
    """A link: where to, what stands on it, whether that is shown now; of a year, its entries and the height of its bar.

    ``share`` is how many entries it has beside the year with the most, 0 to 1.
    """

    query: str
    label: str
    now: bool = False
    share: float = 0.0
    count: int = 0

    @property
    def tall(self) -> int:
        """The height of the bar in SVG units, up to 16."""
        return max(2, round(16 * self.share))


def _kinds(wanted: Asked, everything: Sequence[Entry]) -> list[Way]:
    there = {each.document.kind for each in everything}
    words = labels("entries")
    return [
        Way(wanted.query(kind="" if name == wanted.kind else name), words[name], name == wanted.kind)
        for name, kinds in KINDS.items()
        if name == wanted.kind or there.intersection(kinds)
    ]


def _removable(wanted: Asked) -> list[Way]:
    """Each thing that was chosen, with the way to the same page without it."""
    found = []
    if wanted.who:
        found.append(Way(wanted.query(who=""), wanted.who.name))
    if wanted.standing:
        found.append(Way(wanted.query(standing=""), labels("standing")[wanted.standing]))
    if wanted.pattern:
        found.append(Way(wanted.query(pattern=""), wanted.pattern.name))
    return found


def _way(wanted: Asked, turn: Turn | None) -> tuple[str, Turn] | None:
    return (wanted.query(turn), turn) if turn else None


def _years(wanted: Asked, months: Sequence[Month], shown: Sequence[Month]) -> list[Way]:
    """The years there are, newest first; of very many, those around the one that is shown."""
    counts = year_counts(months)
    order, now = list(counts), _year_shown(shown)
    begin = max(0, min(order.index(now) - _YEARS // 2, len(order) - _YEARS)) if now in counts else 0
    most = max(counts.values(), default=1)
    kept = {*order[:1], *order[begin : begin + _YEARS], *order[-1:]}
    return [
        Way(wanted.query(Turn(Place(year, 12))), str(year), year == now, counts[year] / most, counts[year])
        for year in sorted(kept, reverse=True)
    ]


def _year_shown(shown: Sequence[Month]) -> int:
    return next((month.place.year for month in shown if month.place.year), 0)


def _year(
    opened: OpenJournal, wanted: Asked, found: Sequence[Entry], months: Sequence[Month], shown: Sequence[Month]
) -> tuple[Year, int, dict[int, str]] | None:
    """The year that is shown, the most entries that a month of any year has, and where each of its months leads."""
    year = _year_shown(shown)
    if not year:
        return None
    ruptures = {each.rupture.id: each.rupture for each in found if each.rupture}
    talks = {talk.id: talk.at for talk in opened.journal.all(Attempt)}
    glance = year_of(months, ruptures.values(), talks, year, opened.now, _LANES)
    most = max((len(month.entries) for month in months if month.place.month), default=1)
    to = {n: wanted.query(Turn(Place(year, n))) for n, count in enumerate(glance.counts, start=1) if count}
    return glance, most, to
