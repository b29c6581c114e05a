"""The words that somebody wrote, of each kind of document, in the order in which they are read."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from reattune.journal.document_base import Document
from reattune.journal.documents import (
    Answer,
    Attempt,
    Belief,
    Candidate,
    CheckIn,
    ClientNote,
    Draft,
    Echo,
    Ending,
    Fit,
    LooseNote,
    Moment,
    Observation,
    Pattern,
    Practice,
    Relationship,
    Repair,
    Rupture,
    TalkPlan,
    TriedAnswer,
    Unsaid,
)

_FIELDS: dict[type[Document], tuple[str, ...]] = {
    Relationship: ("name", "note"),
    CheckIn: ("unsaid_words", "note"),
    Moment: (
        "what", "feelings_words", "meant_about_me", "meant_about_them", "did_words", "sharpest", "needed", "sentence",
    ),
    Unsaid: ("words",),
    Rupture: ("title", "their_words"),
    TalkPlan: (
        "what_happened", "what_i_felt", "what_i_made_of_it", "what_i_need", "what_i_fear", "what_it_did", "my_part",
        "what_i_want_to_say", "what_i_want_to_ask", "hope",
    ),
    Attempt: ("they_said", "feel_now", "agreed", "agreed_words"),
    Repair: ("what_made_it_work", "held_words"),
    Echo: ("words",),
    Pattern: ("name", "theme"),
    Belief: ("words",),
    Practice: ("plan", "how_it_went"),
    Fit: ("note",),
    Ending: ("why", "tried", "how_to_say_it", "take_along", "goodbye", "turned_out"),
    Candidate: ("name", "contact", "note"),
    LooseNote: ("words",),
    Observation: ("happened", "did_words"),
    ClientNote: ("words",),
    Answer: ("words", "name"),
    TriedAnswer: ("words", "keep_in_mind"),
    Draft: (),
}  # fmt: skip
_WITHIN: dict[type[Document], Callable[[Any], Iterable[str]]] = {
    Moment: lambda moment: (note.words for note in moment.record_notes),
    Rupture: lambda rupture: (
        *(step.note for step in rupture.transitions),
        *(note.words for note in rupture.record_notes),
    ),
    Belief: lambda belief: (each.words for each in belief.against),
    Fit: lambda fit: (need.words for need in fit.needs),
    Candidate: lambda candidate: (back.words for back in candidate.look_backs),
    # What was chosen in a form is no words of anybody; a draft does not tell it apart otherwise.
    Draft: lambda draft: (value for values in draft.fields.values() for value in values if " " in value),
}


def written_in(document: Document) -> list[str]:
    """Its texts that are not empty. Of what the person does not write (sessions, settings, answers) there are none."""
    kind = type(document)
    found = [words for name in _FIELDS.get(kind, ()) if (words := getattr(document, name))]
    within = _WITHIN.get(kind)
    return [*found, *(words for words in within(document) if words)] if within else found
