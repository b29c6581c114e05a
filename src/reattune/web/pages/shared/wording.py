"""Words for the screen, from ``content/``, in the language of the request."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.conf import settings
from django.utils.translation import get_language, get_language_info

from reattune import content
from reattune.content import FAMILIAR, Form
from reattune.journal.documents import Relationship, Rupture
from reattune.journal.vocabulary import JournalKind, RelationshipKind
from reattune.reflection.danger_recogniser import Danger, Dangers
from reattune.reflection.moment_reading import likely_causes
from reattune.text.folding import folded
from reattune.web.pages.shared import helplines
from reattune.web.store.open_journal import OpenJournal

# ISO 3166-1 leaves this code to its users, so that no country will ever have it.
ANOTHER = "XX"
_GUIDES = {JournalKind.PERSON: "guides", JournalKind.THERAPIST: "guides_for_therapists"}


def labels(group: str) -> dict[str, str]:
    """How one closed list of the domain reads: value to words, in order."""
    found: dict[str, str] = _file("labels")[group]
    return found


def likely_cause_labels(what: str) -> list[tuple[str, str]]:
    """The causes that some words come closest to, the likeliest first: value and words. None for few words."""
    named = labels("cause")
    return [(str(cause), named[cause]) for cause in likely_causes(what)]


def roles_to_choose() -> list[tuple[str, str]]:
    """Who somebody can be to a person in therapy, with words. A client is one in a therapist's journal alone."""
    return [(role, words) for role, words in labels("role").items() if role != RelationshipKind.CLIENT]


def state_words(rupture: Rupture) -> str:
    """Where something that went wrong is now, in a word or two."""
    return labels("state")[rupture.state]


def prompts(form: Form = FAMILIAR) -> Mapping[str, Any]:
    """The five prompts of a plan, with their openings, which speak to the other one in a form."""
    return _file("prompts", form)


def openings(form: Form = FAMILIAR) -> Mapping[str, Any]:
    """Cause, then prompt, to a softer and a firmer opening, in a form of speaking to the other one."""
    return _file("openings", form)


def markers() -> Mapping[str, Any]:
    """What can be noticed in a session when the bond is strained: ``marker`` in order, and words for each style."""
    return _file("markers")


def answers(form: Form = FAMILIAR) -> Mapping[str, Any]:
    """Cause to the three likeliest answers (``met``, ``explained``, ``defended``) and what could be said next."""
    return _file("therapist_answers", form)


def guides(kind: JournalKind = JournalKind.PERSON) -> list[Mapping[str, Any]]:
    """The guides of a person in therapy, or of a therapist, in order."""
    found: list[Mapping[str, Any]] = _file(_GUIDES[kind])["guide"]
    return found


def prompts_to_client(form: Form = FAMILIAR) -> Mapping[str, Any]:
    """The five parts of a therapist's plan, with their openings, which speak to a client in a form."""
    return _file("prompts_to_client", form)


def openings_to_client(form: Form = FAMILIAR) -> Mapping[str, Any]:
    """Cause, then part, to a softer and a firmer opening of a therapist, in a form of speaking to a client."""
    return _file("openings_to_client", form)


def vignettes() -> Mapping[str, Mapping[str, Any]]:
    """Key to the words of each vignette that an answer can be practised with, in order."""
    return _file("vignettes")


def care(form: Form = FAMILIAR) -> Mapping[str, Any]:
    """Words for the hard places; those to be said to somebody in a form of speaking to them."""
    return _file("boundaries_and_leaving", form)


def follow(form: Form = FAMILIAR) -> Mapping[str, Any]:
    """Words of following a reaction back: its steps, the grounding, the advice."""
    return _file("follow_back", form)


def listened_for(what: str) -> list[str]:
    """Patterns of words that are listened for in what a person wrote, in every language: they may write in several."""
    return [each for code, _name in settings.LANGUAGES for each in content.words("speech", code)[what]]


def of_therapy() -> list[str]:
    """Patterns of words that only make sense in a therapy, in the language of the page."""
    found: list[str] = _file("speech")["of_therapy"]
    return found


def form_chosen(opened: OpenJournal) -> Form:
    """How the person speaks to their therapist, a therapist to their clients: as they chose, else as is usual."""
    preferences = opened.journal.preferences
    chosen = preferences.form_of_address if preferences else ""
    return chosen or content.default_form(_language())


def form_for(opened: OpenJournal, who: Relationship) -> Form:
    """How the person speaks to somebody: to anyone but a therapist or a client, as people do who know each other."""
    return form_chosen(opened) if who.role in ("therapist", "client") else FAMILIAR


def sharing_words(form: Form = FAMILIAR) -> Mapping[str, Any]:
    """Words of what is shared, in a form of speaking to its reader: headings, labels, what stands instead of a name."""
    return _file("sharing", form)


def regions() -> dict[str, str]:
    """Country code to name, by name."""
    return _regions(_language())


@cache
def _regions(language: str) -> dict[str, str]:
    found: dict[str, str] = content.words("regions", language)
    return dict(sorted(found.items(), key=lambda each: folded(each[1])))


def regions_and_another() -> dict[str, str]:
    """The same, and at the end another country than those."""
    return {**regions(), ANOTHER: helpline_words()["region"]["another"]}


def helpline_words() -> Mapping[str, Mapping[str, str]]:
    """Words around the lines for a crisis and the places of advice."""
    return _file("helplines")


def crisis_lines(region: str) -> Mapping[str, Any]:
    """Who is there in a crisis, for a region of the preferences or of an address.

    ``entry`` is the region's (``lines``, ``emergency``, ``emergency_numbers``), or ``None`` where it is empty, another
    country, or none of ours. ``elsewhere`` says what to do where no line is known, and is ``None`` where one is.
    ``directory`` lists lines of many countries.
    """
    known, words = content.load("crisis.toml"), helpline_words()
    found = next((each for each in known["region"] if each["code"] == region), None)
    entry = helplines.region(found, words, _file("places"), _language_named()) if found else None
    country = regions().get(region, "")
    directory = helplines.helpline(known["directory"], words, _file("places"))
    elsewhere = None
    if not entry or not entry.lines:
        why = "emergency_only" if entry else "another" if region else "unchosen"
        elsewhere = {
            "why": words["elsewhere"][why].format(country=country),
            "emergency": words["elsewhere"]["emergency"],
            "buttons": () if entry else helplines.call_buttons(known["emergency"]["numbers"], words),
            "directory": words["elsewhere"]["directory"],
            "hospital": words["elsewhere"]["hospital"],
            "someone": words["elsewhere"]["someone"],
        }
    return {
        "entry": entry,
        "country": country,
        "directory": directory,
        "elsewhere": elsewhere,
        "words": words,
        "regions": regions_and_another(),
    }


@dataclass(frozen=True)
class NearLines:
    """Of the lines that `crisis_lines` found, what fits what was written.

    Attributes:
        lines: those that fit, the likeliest first.
        for_harmed: apart, where words speak of suicide or self-harm and of being hurt, those for whom somebody hurts.
        emergency_first: whether the emergency number stands before all of them: words speak of harm between people, and
            no line of the region is for those whom somebody hurts.
        gap: the sentence that says that there is none; empty where nothing is missed.
    """

    lines: Sequence[helplines.Helpline]
    for_harmed: Sequence[helplines.Helpline]
    emergency_first: bool
    gap: str


def lines_near(found: Mapping[str, Any], dangers: Dangers) -> NearLines:
    """What to show beside words that speak of some dangers."""
    lines = found["entry"].lines if found["entry"] else ()
    general, for_harmed = ([line for line in lines if line.for_harmed is harmed] for harmed in (False, True))
    if dangers.isdisjoint({Danger.HARMED, Danger.HARMING}):
        return NearLines(general, (), emergency_first=False, gap="")
    missed = bool(found["entry"]) and not for_harmed
    gap = found["words"]["elsewhere"]["for_harmed"].format(country=found["country"])
    gap = gap if missed and Danger.HARMED in dangers else ""
    if dangers.isdisjoint({Danger.SUICIDE, Danger.SELF_HARM}):
        return NearLines([*for_harmed, *general], (), missed, gap)
    return NearLines(general, for_harmed, missed, gap)


def advice(region: str) -> Mapping[str, Any]:
    """Independent advice and complaint: ``entry`` of the region (``bodies``, ``gap``) or ``None``; the ``country``."""
    known, words, places = content.load("advice.toml"), helpline_words(), _file("places")
    found = next((each for each in known["region"] if each["code"] == region), None)
    bodies = tuple(helplines.helpline(body, words, places) for body in found["bodies"]) if found else ()
    entry = {"gap": helplines.said(places, "gap", found.get("gap", "")), "bodies": bodies} if found else None
    return {"entry": entry, "country": regions().get(region, ""), "words": words, "regions": regions_and_another()}


def reference(key: str) -> Mapping[str, Any]:
    """One work of the list of references, and in a line what it found (``figure``)."""
    return {**content.load("references.toml")[key], "figure": _file("works")[key]}


def _language() -> str:
    return get_language() or "en"


def _language_named() -> str:
    """The language of the page as the content names it."""
    return str(get_language_info(_language().partition("-")[0])["name"])


def _file(name: str, form: Form = FAMILIAR) -> dict[str, Any]:
    return content.words(name, _language(), form)
