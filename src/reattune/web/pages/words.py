"""Words for the screen, from ``content/``, in the language of the request."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import get_language

from reattune import content


def labels(group: str) -> dict[str, str]:
    """How one closed list of the domain reads: value to words, in order."""
    found: dict[str, str] = _file("labels")[group]
    return found


def prompts() -> Mapping[str, Any]:
    """The five prompts of a plan, with their openings."""
    return _file("prompts")


def openings() -> Mapping[str, Any]:
    """Cause, then prompt, to a softer and a firmer opening."""
    return _file("openings")


def answers() -> Mapping[str, Any]:
    """Cause to the three likeliest answers (``met``, ``explained``, ``defended``) and what could be said next."""
    return _file("answers")


def guides() -> list[Mapping[str, Any]]:
    """The guides, in order."""
    found: list[Mapping[str, Any]] = _file("guides")["guide"]
    return found


def care() -> Mapping[str, Any]:
    """Words for the hard places."""
    return _file("care")


def follow() -> Mapping[str, Any]:
    """Words of following a reaction back: its steps, the grounding, the advice."""
    return _file("follow")


def regions() -> dict[str, str]:
    """Country code to name, by name."""
    found: dict[str, str] = _file("regions")
    return dict(sorted(found.items(), key=lambda each: each[1]))


def crisis_lines(region: str) -> Mapping[str, Any]:
    """``entry`` for the region or ``None``, and the international ``directory``."""
    known = content.load("crisis.toml")
    entry = next((each for each in known["region"] if each["code"] == region), None)
    return {"entry": entry, "country": regions().get(region, ""), "directory": known["directory"]}


def advice(region: str) -> Mapping[str, Any]:
    """``entry`` of independent advice and complaint for the region, or ``None``; and the ``country``."""
    known = content.load("advice.toml")
    entry = next((each for each in known["region"] if each["code"] == region), None)
    return {"entry": entry, "country": regions().get(region, "")}


def reference(key: str) -> Mapping[str, Any]:
    """One work of the list of references."""
    found: Mapping[str, Any] = content.load("references.toml")[key]
    return found


def _file(name: str) -> dict[str, Any]:
    return content.words(name, (get_language() or "en").split("-")[0])
