"""Sentences of the lower rooms and of the report, in the language that is spoken at the moment; else in English.

The screens have Django's gettext; both read the same catalogues. A lower room writes ``say("There is no {what}.",
what=…)`` where a person is going to read it; the command line speaks English.
"""

from __future__ import annotations

import gettext
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date
from functools import cache
from importlib.resources import as_file, files
from pathlib import Path

from reattune.content import manner

DOMAIN = "django"
_spoken: ContextVar[str | None] = ContextVar("spoken", default=None)
# The web tells here which language a request is answered in.
_followed: list[Callable[[], str | None]] = []


def locale_folder() -> Path:
    """Where the catalogues lie: ``<language>/LC_MESSAGES/django.po`` and what was compiled from it."""
    with as_file(files("reattune").joinpath("locale")) as folder:
        return folder


def follow(language: Callable[[], str | None]) -> None:
    """Ask ``language`` which language is spoken, wherever `speaking` does not say it."""
    _followed[:] = [language]


def spoken() -> str:
    """The language of what is said now."""
    return _spoken.get() or next((found for each in _followed if (found := each())), "en")


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Say everything in a language for a while."""
    before = _spoken.set(language)
    try:
        yield
    finally:
        _spoken.reset(before)


@cache
def catalogue(language: str) -> gettext.NullTranslations:
    """The sentences of a language; those of English where it has none."""
    return gettext.translation(DOMAIN, locale_folder(), [language], fallback=True)


def to_say(sentence: str) -> str:
    """The same sentence: marks one that is kept in English and said later."""
    return sentence


def to_say_many(one: str, many: str) -> tuple[str, str]:
    """The same of two forms, between which a number decides."""
    return one, many


def say(sentence: str, **parts: object) -> str:
    """A sentence in the language spoken now, with its parts filled in (``{name}``)."""
    return catalogue(spoken()).gettext(sentence).format(**_written(parts))


def say_many(one: str, many: str, n: int, **parts: object) -> str:
    """The same where a number decides; it is there as ``{n}``."""
    return catalogue(spoken()).ngettext(one, many, n).format(**_written({"n": n, **parts}))


def _written(parts: Mapping[str, object]) -> dict[str, object]:
    """Numbers and days as the language writes them."""
    return {name: day(each) if isinstance(each, date) else number(each) for name, each in parts.items()}


def number(value: object, digits: str = "") -> object:
    """A number as the language spoken now writes it; anything else as it is.

    Args:
        digits: how many, as in a format (``.1f``); by default all that a whole number has, and what ``g`` gives.
    """
    if not isinstance(value, (int, float)) or isinstance(value, bool):
        return value
    how = manner(spoken())["numbers"]
    shown = f"{value:,{digits}}" if digits or isinstance(value, int) else f"{value:g}"
    return shown.translate({ord(","): how["thousands"], ord("."): how["decimal"]})


def sign(mark: str) -> str:
    """A sign as the language spoken now sets it after a word or a number: French leaves a narrow space before it."""
    found: str = manner(spoken()).get("signs", {}).get(mark, mark)
    return found


def day(when: date) -> str:
    """A day in words in the language spoken now: 2 March 2026."""
    how = manner(spoken())
    first = how["first_of_month"] if when.day == 1 else ""
    found = {"j": first or str(when.day), "F": how["months"][when.month - 1], "Y": str(when.year)}
    pattern = how["dates"]["day"]
    return "".join(after or found.get(letter, letter) for after, letter in re.findall(r"\\(.)|(.)", pattern))
