"""Lines for a crisis and bodies that advise, as they are shown: what can be touched, and when somebody is there."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import quote

from reattune.web.pages.shared.dates import dated

Words = Mapping[str, Mapping[str, str]]
ALWAYS = "always"
# What a line says of its languages where those are too many to name.
_MANY = "many languages"
_NUMBER = re.compile(r"\d[\d ]*\d|\d")


@dataclass(frozen=True, slots=True)
class Button:
    """One thing to touch: where it leads, what stands on it, and whether it leads out of Reattune."""

    href: str
    label: str
    outside: bool = False


@dataclass(frozen=True, slots=True)
class Helpline:
    """One line, or one body that advises.

    Attributes:
        hours: ``always``, a phrase, or empty where nobody said it.
        when: the same in words for the screen.
        call: numbers as printed.
        text: the number to text (``to``) and the ``word`` to send, which may be empty; or ``None``.
        site: a host, or empty.
        checked: when it was last compared with its ``source``, a name, or for a body empty.
        search: what to type into a search engine where there is no one address; ``search_for`` the same as a sentence.
        looked_at: for a body, when it was checked, if it was.
        for_harmed: whether it is for those whom somebody hurts or threatens.
    """

    name: str
    purpose: str
    hours: str
    when: str
    call: tuple[str, ...]
    text: Mapping[str, str] | None
    site: str
    languages: tuple[str, ...]
    checked: date
    source: str
    search: str
    search_for: str
    looked_at: str
    buttons: tuple[Button, ...]
    for_harmed: bool = False

    @property
    def contact(self) -> str:
        """The first way to reach it, in words."""
        if self.call:
            return " · ".join(self.call)
        return self.buttons[0].label if self.text else self.site or self.search


@dataclass(frozen=True, slots=True)
class Region:
    """The lines of one country; none where only its emergency number is known."""

    code: str
    emergency: str
    emergency_numbers: tuple[str, ...]
    emergency_buttons: tuple[Button, ...]
    lines: tuple[Helpline, ...]


def tel(number: str) -> str:
    """The address that dials a number as printed: its digits, ``+`` and ``*``; ``#`` has to be written as ``%23``."""
    return "tel:" + re.sub(r"[^\d+*#]", "", number).replace("#", "%23")


def sms(to: str, word: str) -> str:
    """The address that opens a text to a number, with the word to send if there is one."""
    return "sms:" + re.sub(r"[^\d+]", "", to) + (f"?&body={quote(word)}" if word else "")


def call_buttons(numbers: Iterable[str], words: Words) -> tuple[Button, ...]:
    """One button for each number."""
    return tuple(Button(tel(number), words["line"]["call"].format(number=number)) for number in numbers)


def said(places: Words, what: str, phrase: str) -> str:
    """A phrase of the lists, in the language of ``places``; names of places mostly stay as they are."""
    return places[what].get(phrase, phrase)


def helpline(known: Mapping[str, Any], words: Words, places: Words) -> Helpline:
    """A line or a body as it stands in the content, with what can be touched; ``places`` words its phrases."""
    text, site = known.get("text"), known.get("site", "")
    search = said(places, "search", known.get("search", ""))
    hours = known.get("hours", "")
    buttons = [*call_buttons(known.get("call", ()), words)]
    if text:
        label = words["line"]["text" if text["word"] else "text_anything"]
        buttons.append(Button(sms(**text), label.format(number=text["to"], word=text["word"])))
    if site:
        buttons.append(Button(f"https://{site}", words["line"]["site"].format(site=site), outside=True))
    return Helpline(
        name=said(places, "name", known["name"]),
        purpose=said(places, "purpose", known["purpose"]),
        hours=hours,
        when=words["line"]["always"] if hours == ALWAYS else said(places, "hours", hours) or words["line"]["unknown"],
        call=tuple(known.get("call", ())),
        text=text,
        site=site,
        languages=tuple(said(places, "language", each) for each in known.get("languages", ())),
        checked=known["checked"],
        source=known.get("source", ""),
        search=search,
        search_for=words["advice"]["search"].format(words=search) if search else "",
        looked_at=_looked_at(known, words["advice"]),
        buttons=tuple(buttons),
        for_harmed=known.get("for_harmed", False),
    )


def region(known: Mapping[str, Any], words: Words, places: Words, spoken: str = "") -> Region:
    """The entry of one country in the content; lines that say that they speak the language of the page come first."""
    heard = {spoken, _MANY}
    lines = sorted(known["lines"], key=lambda line: heard.isdisjoint(line.get("languages", ())))
    return Region(
        code=known["code"],
        emergency=_emergency(known["emergency"], places),
        emergency_numbers=tuple(known["emergency_numbers"]),
        emergency_buttons=call_buttons(known["emergency_numbers"], words),
        lines=tuple(helpline(line, words, places) for line in lines),
    )


def emergency_phrase(emergency: str) -> tuple[str, list[str]]:
    """What to say about danger to life without its numbers (``{n1} or {n2}``), and the numbers."""
    numbers: list[str] = _NUMBER.findall(emergency)
    places = iter(range(1, len(numbers) + 1))
    return _NUMBER.sub(lambda _found: f"{{n{next(places)}}}", emergency), numbers


def _emergency(emergency: str, places: Words) -> str:
    phrase, numbers = emergency_phrase(emergency)
    named = {f"n{place}": number for place, number in enumerate(numbers, start=1)}
    return said(places, "emergency", phrase).format(**named)


def _looked_at(known: Mapping[str, Any], words: Mapping[str, str]) -> str:
    if "read" not in known:
        return ""
    return words["checked"].format(day=dated(known["checked"], "day")) if known["read"] else words["unread"]
