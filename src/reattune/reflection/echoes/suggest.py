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
from reattune.text.sentence_vectors import Vectors, cosines, unpacked
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
    who = journal.find(Relationship, moment.relationship_id)
    return moment.keep_apart or who is None or who.keep_apart


def askable(journal: Journal, moment: Moment, now: datetime) -> list[Moment]:
    """The moments that may be asked about beside ``moment``: with others, not kept apart, not answered yet.

    A no is never asked again; a not now for `NOT_NOW`.
    """
    if kept_apart(journal, moment):
        return []
    near = {someone.id for someone in journal.all(Relationship) if not someone.keep_apart}
    answered = _answered(journal, moment.id, now)
    return [
        other
        for other in journal.moments()
        if other.relationship_id != moment.relationship_id
        and other.relationship_id in near
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
    what: dict[int, Vectors] = {}
    meant: dict[int, Vectors] = {}
    for place, each in enumerate((*others, moment)):
        vector = known.get(each.id)
        if vector is None or vector.model != mine.model:
            continue
        for found, words in ((what, vector.what), (meant, vector.meant)):
            row = unpacked(words)
            if row is not None:
                found[place] = row
    asked = len(others)
    return Sense(_cosines(asked, what), _cosines(asked, meant), _profiles([*others, moment], what, meant))


def _profiles(moments: list[Moment], what: Mapping[int, Vectors], meant: Mapping[int, Vectors]) -> Mapping[int, float]:
    """What the words of the last come closest to beside the others, where one of two has no ticks."""
    vectors = {place: one_vector(row, meant.get(place)) for place, row in what.items()}
    try:
        return alike_by_profile(len(moments) - 1, vectors, [signs_of(each) for each in moments])
    except WeightsUnusable:
        return {}


def _cosines(asked: int, rows: Mapping[int, Vectors]) -> dict[int, float]:
    import numpy as np

    others = [place for place in rows if place != asked]
    if asked not in rows or not others:
        return {}
    found = cosines(rows[asked], np.vstack([rows[place] for place in others]))
    return {place: float(value) for place, value in zip(others, found, strict=True)}
