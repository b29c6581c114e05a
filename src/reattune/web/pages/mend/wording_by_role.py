"""The same pages, worded for whom they are about: a therapist, or someone else."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from reattune.journal.documents import Relationship, TalkPlan
from reattune.journal.vocabulary import Cause, CrossedLine, RelationshipKind
from reattune.reflection.danger_recogniser import Danger, dangers_among, words_in
from reattune.web.pages.shared.wording import answers, care, form_for, listened_for, of_therapy, prompts
from reattune.web.store.open_journal import OpenJournal


def _one_of(patterns: Iterable[str]) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(patterns)})\b", re.IGNORECASE)


def is_therapist(who: Relationship) -> bool:
    """Whether they are, or were, a therapist."""
    return who.role is RelationshipKind.THERAPIST


def not_for_repair(who: Relationship) -> Mapping[str, Any]:
    """What is said where something is not the person's to mend."""
    found: Mapping[str, Any] = care()["not_for_repair" if is_therapist(who) else "not_for_repair_others"]
    return found


def mild_words(who: Relationship) -> Mapping[str, str]:
    """What is said where a mild line was crossed: both ways are open."""
    words = care()["mild"]
    return {"title": words["title"], "body": words["body" if is_therapist(who) else "body_others"]}


def safety_first(opened: OpenJournal, who: Relationship, plan: TalkPlan) -> Mapping[str, str] | None:
    """What stands first where the one it is said to has hurt or threatened the person, or is feared to."""
    grave = {CrossedLine.VIOLENCE, CrossedLine.THREAT, CrossedLine.SEXUAL}
    has = any(grave.intersection(moment.crossed) for moment in opened.journal.moments(who))
    fear = _one_of(listened_for("for_them")).sub("", plan.what_i_fear)
    said = [fear if words == plan.what_i_fear else words for words in words_in(plan)]
    found_in = dangers_among(said, plan.not_meant)
    feared = bool(found_in & {Danger.HARMED, Danger.HARMING} or _one_of(listened_for("hurt")).search(fear))
    found: Mapping[str, str] | None = care()["safety"] if has or feared else None
    return found


def fitting(who: Relationship, words: Iterable[str]) -> list[str]:
    """Those of ``words`` that can be said to them."""
    in_therapy = _one_of(of_therapy())
    return [each for each in words if is_therapist(who) or not in_therapy.search(each)]


def frame(opened: OpenJournal, who: Relationship, delivery: str) -> str:
    """What goes before the words when they are not spoken."""
    words = prompts(form_for(opened, who))
    frames = dict(words["frame"])
    if not is_therapist(who):
        frames |= words["frame_others"]
    return str(frames.get(delivery, ""))


def likely_answers(opened: OpenJournal, who: Relationship, cause: Cause) -> Mapping[str, Any]:
    """The three likeliest answers; those of something else, where these speak of a therapy and it is not one."""
    every = answers(form_for(opened, who))
    found: Mapping[str, Any] = every[cause]
    said = [words for each in found.values() for words in (each["says"], *each["then"])]
    general: Mapping[str, Any] = every[Cause.OTHER]
    return found if len(fitting(who, said)) == len(said) else general
