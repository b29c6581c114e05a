"""Several windows and one form: whose words a draft holds, and what goes on from it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from reattune.journal.documents.practice_and_ending import Draft

# What a form carries along beside its fields: a mark of the window it is in, and which draft it was filled with.
WINDOW, FILLED_WITH = "typed_in", "filled_with"
_LONGEST = 120
# The ends of their addresses: a check-in, what is left unsaid, thinking of leaving.
OF_THE_THERAPIST = ("/check/", "/held/", "/going/")
Fields = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class Typed:
    """What was typed in one window.

    Attributes:
        fields: what was typed, by field.
        window: a mark of the window; empty where it is not known.
        filled_with: `mark_of` the draft that the form was filled with, if it was.
    """

    fields: dict[str, list[str]]
    window: str = ""
    filled_with: str = ""

    @classmethod
    def of(cls, sent: Fields) -> Typed:
        """The same of a form as it was sent."""
        fields = {name: list(values) for name, values in sent.items() if name not in (WINDOW, FILLED_WITH)}
        marks = [next(iter(sent.get(name, ())), "")[:_LONGEST] for name in (WINDOW, FILLED_WITH)]
        return cls(fields, *marks)

    @property
    def empty(self) -> bool:
        """Whether nothing was typed or chosen at all."""
        return not any(value.strip() for values in self.fields.values() for value in values)

    @property
    def wordless(self) -> bool:
        """Whether nothing in it may be a sentence."""
        return not any(" " in value.strip() for values in self.fields.values() for value in values)

    def goes_on_from(self, draft: Draft) -> bool:
        """Whether a draft can give way to this: the same window wrote it, it was filled with it, or all is in it."""
        own = bool(self.window) and draft.window == self.window
        return own or self.filled_with == mark_of(draft) or _holds(self.fields, draft.fields)

    def adds_nothing_to(self, draft: Draft) -> bool:
        """Whether all of it is in a draft; what may be the start of another window has no words yet."""
        return _holds(draft.fields, self.fields) or (self.wordless and not self.window)


def mark_of(draft: Draft) -> str:
    """What tells a form of a draft from every other, also from a later one of the same."""
    return f"{draft.id.hex}.{draft.updated.isoformat()}"


def _holds(whole: Fields, part: Fields) -> bool:
    return all(
        any(value.strip() in each for each in whole.get(name, ()))
        for name, values in part.items()
        for value in values
        if value.strip()
    )


def is_of_form(draft: Draft, form: str) -> bool:
    """Whether a draft is of the form at an address.

    A form that is about no session goes on with what was typed about one, where a field of it says so. One that is
    about whoever is the therapist says whom since 28 November 2026: what names nobody goes on with what names somebody,
    and the other way round.
    """
    bare, _who, named = form.partition("?who=")
    if bare.endswith(OF_THE_THERAPIST) and (
        draft.form == bare or (not named and draft.form.startswith(f"{bare}?who="))
    ):
        return True
    return draft.form == form or (draft.form.startswith(f"{form}?session=") and "session" in draft.fields)
