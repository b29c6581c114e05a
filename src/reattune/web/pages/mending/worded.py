"""The same pages, worded for whom they are about: a therapist, or someone else."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from reattune.journal.documents import Relationship
from reattune.journal.words import Cause, RelationshipKind
from reattune.web.pages.words import answers, care, prompts

# What only makes sense in a therapy.
_OF_THERAPY = re.compile(r"\b(sessions?|therap\w+|treatment|fees?|your hour|the hour|supervis\w+)\b", re.IGNORECASE)


def is_therapist(who: Relationship) -> bool:
    """Whether they are, or were, a therapist."""
    return who.role is RelationshipKind.THERAPIST


def not_for_repair(who: Relationship) -> Mapping[str, Any]:
    """What is said where something is not the person's to mend."""
    found: Mapping[str, Any] = care()["not_for_repair" if is_therapist(who) else "not_for_repair_others"]
    return found


def fitting(who: Relationship, words: Iterable[str]) -> list[str]:
    """Those of ``words`` that can be said to them."""
    return [each for each in words if is_therapist(who) or not _OF_THERAPY.search(each)]


def frame(who: Relationship, delivery: str) -> str:
    """What goes before the words when they are not spoken."""
    frames = dict(prompts()["frame"])
    if not is_therapist(who):
        frames |= prompts()["frame_others"]
    return str(frames.get(delivery, ""))


def likely_answers(who: Relationship, cause: Cause) -> Mapping[str, Any]:
    """The three likeliest answers; those of something else, where these speak of a therapy and it is not one."""
    found: Mapping[str, Any] = answers()[cause]
    said = [words for each in found.values() for words in (each["says"], *each["then"])]
    general: Mapping[str, Any] = answers()[Cause.OTHER]
    return found if len(fitting(who, said)) == len(said) else general
