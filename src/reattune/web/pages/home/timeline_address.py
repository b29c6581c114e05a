"""What the address of the journal's page says: what is shown, and from where on. Ids and a month, and no words."""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.http import HttpRequest, QueryDict

from reattune.journal.documents import Pattern, Relationship
from reattune.reflection.timeline import Chosen, Place, Standing, Turn
from reattune.web.pages.shared.access import asked_for
from reattune.web.store.open_journal import OpenJournal

# What an address calls a kind of entry, and the kinds of documents that are of it.
KINDS = {
    "note": ("moment",),
    "check": ("check_in",),
    "thread": ("rupture",),
    "said": ("talk_plan", "attempt", "repair", "share", "answer"),
    "held": ("unsaid",),
    "self": ("belief",),
    "try": ("practice",),
    "going": ("ending",),
}
STANDINGS = {"open": Standing.OPEN, "done": Standing.MENDED, "aside": Standing.LET_GO}
_FROM = re.compile(r"([0-9]{4})(?:-(0[1-9]|1[0-2]))?")


@dataclass(frozen=True)
class Asked:
    """What an address asks for.

    Attributes:
        kind: a key of `KINDS`, or empty.
        concealed: what is looked for, as it stands in the address; ``words`` are the words, empty where they cannot be
            read here.
        turn: where the page begins.
    """

    who: Relationship | None = None
    kind: str = ""
    standing: Standing | None = None
    pattern: Pattern | None = None
    concealed: str = ""
    words: str = ""
    turn: Turn | None = None

    @property
    def chosen(self) -> Chosen:
        """Which entries that are."""
        kinds = frozenset(KINDS.get(self.kind, ()))
        return Chosen(self.who.id if self.who else None, kinds, self.standing, self.pattern)

    @property
    def narrowed(self) -> bool:
        """Whether anything is left out."""
        return bool(self.who or self.kind or self.standing or self.pattern or self.words)

    def query(self, turn: Turn | None = None, **other: str) -> str:
        """The part of an address behind its path, from the first month on or from ``turn`` on.

        ``other`` says of ``who``, ``kind``, ``standing``, ``pattern`` or ``words`` what stands in its place: an id, a
        key, or nothing.
        """
        names = {standing: name for name, standing in STANDINGS.items()}
        said = {
            "with": other.get("who", str(self.who.id) if self.who else ""),
            "kind": other.get("kind", self.kind),
            "is": other.get("standing", names[self.standing] if self.standing else ""),
            "again": other.get("pattern", str(self.pattern.id) if self.pattern else ""),
            "w": other.get("words", self.concealed),
            "from": _written(turn.place) if turn else "",
            "after": str(turn.after) if turn and turn.after else "",
        }
        data = QueryDict(mutable=True)
        data.update({name: value for name, value in said.items() if value})
        return f"?{data.urlencode()}" if data else ""


def asked(request: HttpRequest, opened: OpenJournal) -> Asked:
    """What this request's address asks for; what it says that is not of this journal is passed over."""
    kind = request.GET.get("kind", "")
    concealed = request.GET.get("w", "")
    words = opened.revealed(concealed) if concealed else ""
    return Asked(
        who=asked_for(request, opened, Relationship, "with"),
        kind=kind if kind in KINDS else "",
        standing=STANDINGS.get(request.GET.get("is", "")),
        pattern=asked_for(request, opened, Pattern, "again"),
        concealed=concealed if words else "",
        words=words,
        turn=_turn(request.GET.get("from", ""), request.GET.get("after", "")),
    )


def _turn(begin: str, after: str) -> Turn | None:
    found = _FROM.fullmatch(begin)
    if not found:
        return None
    entries = int(after) if re.fullmatch("[0-9]{1,6}", after) else 0
    return Turn(Place(int(found[1]), int(found[2] or 0)), entries)


def _written(place: Place) -> str:
    return f"{place.year:04}-{place.month:02}" if place.month else f"{place.year:04}"
