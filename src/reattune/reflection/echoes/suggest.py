"""Which earlier moments to ask about: at most three, each with its reason, nothing that was answered or kept apart."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from reattune.journal import Journal
from reattune.journal.documents import Echo, Moment, Relationship, Vector
from reattune.reflection.echoes.ranking import Match, Sense, Signs, ranked
from reattune.reflection.moment_reading import alike_by_profile, one_vector
from reattune.text.sentence_vectors import cosines, unpacked
from reattune.text.weights_file import WeightsUnusable

AT_MOST = 3
_FROM_ONE_PERSON = 2
# About one feeling of two in common; under it a question would be a guess.
_LEAST = 0.9
NOT_NOW = timedelta(days=30)


@dataclass(frozen=True)
class Suggested:
    """A moment that may belong with another, whom it was with, and why."""

    moment: Moment
    who: Relationship
    match: Match


def signs_of(moment: Moment) -> Signs:
    """What of a moment counts for its echoes."""
    meant = " ".join((moment.meant_about_me, moment.meant_about_them, moment.feelings_words)).strip()
    return Signs(
        feelings=frozenset(map(str, moment.feelings)),
        touched=frozenset(map(str, moment.touched)),
        cause=str(moment.cause),
        did=str(moment.did) if moment.did else None,
        what=moment.what,
        meant=meant,
    )


def kept_apart(journal: Journal, moment: Moment) -> bool:
    """Whether the person asked that nothing be made of this moment, or of anything with that person."""
    return moment.keep_apart or journal.get(Relationship, moment.relationship_id).keep_apart


def askable(journal: Journal, moment: Moment, now: datetime) -> list[Moment]:
    """The moments that may be asked about beside ``moment``: with others, not kept apart, not answered yet.

    A no is never asked again; a not now for `NOT_NOW`.
    """
    if kept_apart(journal, moment):
        return []
    apart = {someone.id for someone in journal.all(Relationship) if someone.keep_apart}
    answered = _answered(journal, moment.id, now)
    return [
        other
        for other in journal.moments()
        if other.relationship_id != moment.relationship_id
        and other.relationship_id not in apart
        and not other.keep_apart
        and other.id not in answered
    ]


def _answered(journal: Journal, moment_id: UUID, now: datetime) -> set[UUID]:
    found = set()
    for echo in journal.all(Echo):
        if echo.links(moment_id) and not (echo.answer == "not_now" and now - echo.updated >= NOT_NOW):
            found.add(echo.other(moment_id))
    return found


def suggestions(journal: Journal, moment: Moment, now: datetime) -> list[Suggested]:
    """At most `AT_MOST` moments to ask about, the likeliest first, no more than two with the same person."""
    others = askable(journal, moment, now)
    if not others:
        return []
    found: list[Suggested] = []
    for match in ranked(signs_of(moment), [signs_of(other) for other in others], sense_of(journal, moment, others)):
        if len(found) == AT_MOST:
            break
        other = others[match.place]
        same = sum(each.moment.relationship_id == other.relationship_id for each in found)
        if match.has_reason and match.score >= _LEAST and same < _FROM_ONE_PERSON:
            found.append(Suggested(other, journal.get(Relationship, other.relationship_id), match))
    return found


# Sentence vectors, where they were made


def mark_of(moment: Moment) -> str:
    """What tells whether a vector was made from the words as they stand."""
    signs = signs_of(moment)
    return hashlib.sha256(f"{signs.what}\0{signs.meant}".encode()).hexdigest()


def vectors_of(journal: Journal) -> Mapping[UUID, Vector]:
    """The vectors that still fit their moment's words, by moment."""
    found = {}
    for vector in journal.all(Vector):
        moment = journal.find(Moment, vector.moment_id)
        if moment and mark_of(moment) == vector.of:
            found[moment.id] = vector
    return found


def sense_of(journal: Journal, moment: Moment, others: list[Moment]) -> Sense:
    """What the sentence model says of ``moment`` beside each of ``others`` that has vectors."""
    known = vectors_of(journal)
    mine = known.get(moment.id)
    if mine is None:
        return Sense()
    same_model = [
        (place, known[other.id])
        for place, other in enumerate(others)
        if other.id in known and known[other.id].model == mine.model
    ]
    return Sense(
        _cosines(mine.what, [(place, vector.what) for place, vector in same_model]),
        _cosines(mine.meant, [(place, vector.meant) for place, vector in same_model]),
        _profiles(moment, mine, others, same_model),
    )


def _profiles(
    moment: Moment, mine: Vector, others: list[Moment], same_model: list[tuple[int, Vector]]
) -> Mapping[int, float]:
    """What the words come closest to, where one of two has no ticks."""
    signs = [*map(signs_of, others), signs_of(moment)]
    found = {}
    for place, vector in (*same_model, (len(others), mine)):
        what = unpacked(vector.what)
        if what is not None:
            found[place] = one_vector(what, unpacked(vector.meant))
    try:
        return alike_by_profile(len(others), found, signs)
    except WeightsUnusable:
        return {}


def _cosines(mine: str, theirs: list[tuple[int, str]]) -> dict[int, float]:
    import numpy as np

    one = unpacked(mine)
    rows = [(place, row) for place, row in ((place, unpacked(words)) for place, words in theirs) if row is not None]
    if one is None or not rows:
        return {}
    found = cosines(one, np.vstack([row for _place, row in rows]))
    return {place: float(value) for (place, _row), value in zip(rows, found, strict=True)}
