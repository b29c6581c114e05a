"""With whom the sessions of a person's FHIR file were: Reattune's own says which were with one, by a number."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from reattune.exchange.fhir_before import CameBefore
from reattune.exchange.fhir_bundle import Response
from reattune.exchange.fhir_questionnaires import Said, keys_of
from reattune.journal import Journal
from reattune.journal.documents.relationship import Relationship
from reattune.journal.vocabulary import RelationshipKind


@dataclass(frozen=True)
class Course:
    """Sessions with one therapist, of whom nothing here says who it is.

    Attributes:
        key: the number in the file; empty where there is none.
        first, last: of the sessions.
        check_ins: how many there are.
        therapist: whose they are taken for; nobody's where ``None``.
    """

    key: str
    first: datetime
    last: datetime
    check_ins: int
    therapist: Relationship | None


def with_therapists(
    read: Sequence[Response],
    current: Relationship,
    journal: Journal | None,
    before: CameBefore,
    chosen: Mapping[str, str],
) -> tuple[Said, list[Course]]:
    """The answers with the therapist of each, and the courses of which somebody should say whose they are.

    A therapist is known by the number in the file, or by sessions of that number that are here. Of the others the
    latest are taken for sessions with the ``current`` one, if none are known to be; ``chosen`` says otherwise, by the
    keys of courses: the id of a therapist, or nothing.
    """
    there = journal.all(Relationship) if journal else []
    here = {str(each.id): each for each in there if each.role is RelationshipKind.THERAPIST} or {
        str(current.id): current
    }
    courses: dict[str, list[Response]] = defaultdict(list)
    for each in read:
        courses[each.therapist].append(each)
    known: dict[str, Relationship | None] = {}
    for key, said in courses.items():
        if key and (found := here.get(key) or _known_by_sessions(said, here, before)):
            known[key] = found
    open_ones = sorted(courses.keys() - known.keys(), key=lambda key: max(each.at for each in courses[key]))
    asked = []
    for key in reversed(open_ones):
        free = len(courses) == 1 or (key == open_ones[-1] and current not in known.values())
        known[key] = _chosen(chosen[key], here) if key in chosen else current if free else None
        times = [each.at for each in courses[key]]
        asked.append(Course(key, min(times), max(times), len(times), known[key]))
    said_with = [(who, each) for each in read if (who := known[each.therapist]) is not None]
    return said_with, asked if len(here) > 1 or len(courses) > 1 else []


def _known_by_sessions(
    said: Sequence[Response], here: Mapping[str, Relationship], before: CameBefore
) -> Relationship | None:
    found = (before.with_whom(each, keys_of(each.canonical)) for each in said if each.answers)
    return next((here[str(each)] for each in found if each and str(each) in here), None)


def _chosen(said: str, here: Mapping[str, Relationship]) -> Relationship | None:
    return here.get(said)
