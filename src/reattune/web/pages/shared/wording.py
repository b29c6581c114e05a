"""Words for the screen, from ``content/``, in the language of the request."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import get_language

from reattune import content
from reattune.journal.documents import Rupture
from reattune.text.folding import folded
from reattune.web.pages.shared import helplines

# ISO 3166-1 leaves this code to its users, so that no country will ever have it.
ANOTHER = "XX"


def labels(group: str) -> dict[str, str]:
    """How one closed list of the domain reads: value to words, in order."""
    found: dict[str, str] = _file("labels")[group]
    return found


def state_words(rupture: Rupture) -> str:
    """Where something that went wrong is now, in a word or two."""
    return labels("state")[rupture.state]


def prompts() -> Mapping[str, Any]:
    """The five prompts of a plan, with their openings."""
    return _file("prompts")


def openings() -> Mapping[str, Any]:
    """Cause, then prompt, to a softer and a firmer opening."""
    return _file("openings")


def answers() -> Mapping[str, Any]:
    """Cause to the three likeliest answers (``met``, ``explained``, ``defended``) and what could be said next."""
    return _file("therapist_answers")


def guides() -> list[Mapping[str, Any]]:
    """The guides, in order."""
    found: list[Mapping[str, Any]] = _file("guides")["guide"]
    return found


def care() -> Mapping[str, Any]:
    """Words for the hard places."""
    return _file("boundaries_and_leaving")


def follow() -> Mapping[str, Any]:
    """Words of following a reaction back: its steps, the grounding, the advice."""
    return _file("follow_back")


def sharing_words() -> Mapping[str, Any]:
    """Words of what is shared: its headings, what stands before each line, what stands instead of a name."""
    return _file("sharing")


def regions() -> dict[str, str]:
    """Country code to name, by name."""
    found: dict[str, str] = _file("regions")
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
    entry = helplines.region(found, words) if found else None
    country = regions().get(region, "")
    directory = helplines.helpline(known["directory"], words)
    elsewhere = None
    if not entry or not entry.lines:
        why = "emergency_only" if entry else "another" if region else "unchosen"
        elsewhere = {
            "why": words["elsewhere"][why].format(country=country),
            "emergency": words["elsewhere"]["emergency"],
            "buttons": () if entry else helplines.call_buttons([known["emergency"]["number"]], words),
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


def advice(region: str) -> Mapping[str, Any]:
    """Independent advice and complaint: ``entry`` of the region (``bodies``, ``gap``) or ``None``; the ``country``."""
    known, words = content.load("advice.toml"), helpline_words()
    found = next((each for each in known["region"] if each["code"] == region), None)
    bodies = tuple(helplines.helpline(body, words) for body in found["bodies"]) if found else ()
    entry = {"gap": found.get("gap", ""), "bodies": bodies} if found else None
    return {"entry": entry, "country": regions().get(region, ""), "words": words, "regions": regions_and_another()}


def reference(key: str) -> Mapping[str, Any]:
    """One work of the list of references."""
    found: Mapping[str, Any] = content.load("references.toml")[key]
    return found


def _file(name: str) -> dict[str, Any]:
    return content.words(name, (get_language() or "en").split("-")[0])
