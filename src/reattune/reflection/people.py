"""The people of a journal: what happened with each, and which echoes run between them."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass

from reattune.journal import Journal
from reattune.journal.documents import Belief, Echo, Moment, Pattern, Practice, Relationship, Rupture

# More do not fit around a circle on a phone; the list has everyone.
ON_THE_MAP = 12


@dataclass(frozen=True)
class EchoSeen:
    """A confirmed echo from one person's side: the moment with them, the other one, and with whom that was."""

    echo: Echo
    here: Moment
    there: Moment
    who: Relationship


@dataclass(frozen=True)
class Person:
    """One relationship with everything that belongs to it; moments and ruptures latest first."""

    who: Relationship
    moments: tuple[Moment, ...]
    echoes: tuple[EchoSeen, ...]
    patterns: tuple[Pattern, ...]
    beliefs: tuple[Belief, ...]
    practices: tuple[Practice, ...]
    ruptures: tuple[Rupture, ...]


@dataclass(frozen=True)
class Node:
    """A relationship on the map, at ``x`` and ``y`` (-1 to 1, up is negative), with its number of moments."""

    who: Relationship
    x: float
    y: float
    moments: int


@dataclass(frozen=True)
class Thread:
    """How many confirmed echoes run between two relationships."""

    one: Node
    two: Node
    echoes: int


@dataclass(frozen=True)
class PeopleMap:
    """The map: nodes around a circle, threads between them; ``left_out`` people are only on the list."""

    nodes: tuple[Node, ...]
    threads: tuple[Thread, ...]
    left_out: int


def confirmed(journal: Journal) -> list[Echo]:
    """The echoes the person said yes to, between two people, oldest first."""
    return [echo for echo in journal.whole(Echo) if echo.answer == "yes" and journal.joins_two(echo)]


def earlier_of(journal: Journal, echo: Echo) -> Moment:
    """Which of two linked moments came first: the one that was linked as the earlier, unless the ages say otherwise."""
    later, earlier = journal.get(Moment, echo.moment_id), journal.get(Moment, echo.earlier_id)
    return later if later.only_age and later.in_order < earlier.in_order else earlier


def people(journal: Journal) -> list[Person]:
    """Everyone: the current therapist first, then by how many moments there are, then by name."""
    found = [person(journal, who) for who in journal.all(Relationship)]
    therapist = journal.therapist
    return sorted(found, key=lambda each: (each.who != therapist, -len(each.moments), each.who.name))


def person(journal: Journal, who: Relationship) -> Person:
    """One relationship and what belongs to it."""
    seen = [
        each for echo in confirmed(journal) for each in _sides(journal, echo) if each.here.relationship_id == who.id
    ]
    echo_ids = {each.echo.id for each in seen}
    return Person(
        who=who,
        moments=tuple(reversed(journal.moments(who))),
        echoes=tuple(seen),
        patterns=tuple(p for p in journal.all(Pattern) if echo_ids.intersection(p.echo_ids)),
        beliefs=tuple(b for b in journal.all(Belief) if who.id in (b.about_relationship_id, b.from_relationship_id)),
        practices=tuple(p for p in journal.all(Practice) if p.relationship_id == who.id),
        ruptures=tuple(reversed([r for r in journal.all(Rupture) if r.relationship_id == who.id])),
    )


def _sides(journal: Journal, echo: Echo) -> tuple[EchoSeen, EchoSeen]:
    one, two = journal.get(Moment, echo.moment_id), journal.get(Moment, echo.earlier_id)
    return (
        EchoSeen(echo, one, two, journal.get(Relationship, two.relationship_id)),
        EchoSeen(echo, two, one, journal.get(Relationship, one.relationship_id)),
    )


def people_map(everyone: list[Person]) -> PeopleMap:
    """The map of those who have moments, in their order around a circle; those with echoes come first."""
    shown = [each for each in everyone if each.moments]
    order = {each.who.id: place for place, each in enumerate(shown)}
    shown.sort(key=lambda each: (order[each.who.id] > 0 and not each.echoes, order[each.who.id]))
    kept = shown[:ON_THE_MAP]
    nodes = {}
    for place, each in enumerate(kept):
        angle = 2 * math.pi * place / len(kept) - math.pi / 2
        nodes[each.who.id] = Node(each.who, math.cos(angle), math.sin(angle), len(each.moments))
    pairs = Counter(
        (min(each.who.id, seen.who.id), max(each.who.id, seen.who.id)) for each in kept for seen in each.echoes
    )
    threads = tuple(
        # Each echo was counted from both its sides.
        Thread(nodes[one], nodes[two], -(-count // 2))
        for (one, two), count in pairs.items()
        if one in nodes and two in nodes
    )
    return PeopleMap(tuple(nodes.values()), threads, len(shown) - len(kept))
