"""Errors as sentences for the person who meets them."""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError

from reattune.content import words
from reattune.content.translated_sentences import say, spoken

_NAMED, _QUOTED = 5, 60


class JournalError(ValueError):
    """Something cannot be kept as it is. ``str(error)`` is a sentence that says what and where."""

    def __init__(self, sentence: str, *, field: str | None = None) -> None:
        super().__init__(sentence)
        self.field = field


class NotHere(JournalError):
    """What something belongs to is not in the journal: it cannot be read, or never was."""


def field_errors(error: ValidationError, kind: str = "") -> dict[str, str]:
    """Each wrong field of a document with one sentence about it, in the order of the fields."""
    found: dict[str, str] = {}
    for problem in error.errors(include_url=False):
        place = [str(part) for part in problem["loc"]]
        if place and place[0] == kind:  # pydantic names the member of the union first
            place = place[1:]
        # A value that fits no member of a union is reported once per member: the first says enough.
        found.setdefault(place[0] if place else "", _sentence(place, problem))
    return found


def kind_words(kind: str) -> str:
    """What a kind of document is called, in the language spoken now; a kind that is unknown as it is, cut short."""
    found: str = words("labels", spoken())["kind"].get(kind) or _short(kind)
    return found


def journal_error(kind: str, error: ValidationError) -> JournalError:
    """One error for a document of ``kind`` (a key of `KINDS`) that did not validate, naming every field."""
    problems = field_errors(error, kind)
    # What was given and is wrong says more than what was not given.
    missing = say("{where} is missing.", where="")
    named = sorted(problems.values(), key=lambda sentence: sentence.endswith(missing))
    sentences = " ".join(sentence[0].upper() + sentence[1:] for sentence in named[:_NAMED])
    if len(named) > _NAMED:
        sentences += " " + say("And {n} more.", n=len(named) - _NAMED)
    return JournalError(
        say("This entry ({kind}) can’t be saved. {sentences}", kind=kind_words(kind), sentences=sentences),
        field=next(iter(problems), None),
    )


def _sentence(place: list[str], problem: Any) -> str:
    where = _short(" ".join(place).replace("_", " ")) or say("The document")
    given, context = problem["input"], problem.get("ctx", {})
    match problem["type"]:
        case "missing":
            return say("{where} is missing.", where=where)
        case "extra_forbidden":
            return say("{where} isn’t one of its fields.", where=where)
        case "greater_than_equal":
            return say(
                "{where} must be at least {least}, and was {given}.",
                where=where,
                least=context["ge"],
                given=_short(given),
            )
        case "less_than_equal":
            return say(
                "{where} must be at most {most}, and was {given}.", where=where, most=context["le"], given=_short(given)
            )
        case "string_too_long":
            return say(
                "{where} is {count} characters long; there is room for {room}.",
                where=where,
                count=len(given),
                room=context["max_length"],
            )
        case "string_too_short":
            return say("{where} can’t be empty.", where=where)
        case "timezone_aware":
            return say("{where} must say its time zone.", where=where)
        case "union_tag_invalid" | "union_tag_not_found":
            return say("It doesn’t say what kind of entry it is, or Reattune doesn’t know that kind.")
        case "enum" | "literal_error":
            return say(
                "{where} must be one of {choices}, and was {given}.",
                where=where,
                choices=context["expected"],
                given=repr(_short(given)),
            )
        case "value_error":
            return f"{where}: {context['error']}"
        case _:
            return f"{where}: {problem['msg'][0].lower()}{problem['msg'][1:]}; it was {_short(given)!r}."


def _short(given: object) -> str:
    """What was given, not longer than a sentence can bear."""
    if isinstance(given, int) and abs(given) >= 10**_QUOTED:
        return say("a number too large to write down")
    shown = str(given)
    return shown if len(shown) <= _QUOTED else f"{shown[: _QUOTED - 1]}…"
