"""What keeps coming back: confirmed echoes that hang together, where and when, and how far it could be chance."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from reattune.journal import Journal
from reattune.journal.documents import Belief, Echo, Moment, Pattern, Relationship
from reattune.reflection.echoes.ranking import Rarity, Signs, by_ticks
from reattune.reflection.echoes.suggest import signs_of
from reattune.reflection.people import confirmed

LATELY = timedelta(days=90)
# With fewer moments nothing is said about chance.
ENOUGH = 8
_DEALS = 100
# Other moments whose own best match is looked at.
_OTHERS = 60
_LATEST = 250
_ECHOES = 4


@dataclass(frozen=True)
class Strand:
    """Moments linked by confirmed echoes, earliest first; ``pattern`` is the person's name for it, if they gave one.

    ``could_join`` are named patterns that share a moment with echoes that belong to none yet.
    """

    pattern: Pattern | None
    echoes: tuple[Echo, ...]
    moments: tuple[Moment, ...]
    people: tuple[Relationship, ...]
    belief: Belief | None
    lately: int
    could_join: tuple[Pattern, ...] = ()

    @property
    def years(self) -> tuple[int, ...]:
        """The year when it was first there and, if another, the last; of moments whose year is remembered."""
        known = sorted({moment.local(moment.at).year for moment in self.moments if not moment.only_age})
        return tuple(dict.fromkeys((known[0], known[-1]))) if known else ()

    @property
    def age(self) -> int | None:
        """How old the person was in the earliest moment of which an age is all that is remembered."""
        return min((m.age for m in self.moments if m.age is not None and m.only_age), default=None)


@dataclass(frozen=True)
class Row:
    """One pattern's line of the table: how many of its moments were with each person of the columns."""

    strand: Strand
    counts: tuple[int, ...]


@dataclass(frozen=True)
class Chance:
    """Of ``deals`` random dealings of the person's ticks, how many found matches at least as close; or, where that is
    more, how many of as many of the person's other moments have one.
    """

    deals: int
    as_close: int


def strands(journal: Journal, now: datetime) -> list[Strand]:
    """Named patterns first, in the order they were named; then what hangs together and has no name yet."""
    echoes = {echo.id: echo for echo in confirmed(journal)}
    named = []
    for pattern in journal.all(Pattern):
        mine = [echoes[echo_id] for echo_id in pattern.echo_ids if echo_id in echoes]
        if mine:
            named.append(_strand(journal, mine, now, pattern))
    taken = {echo_id for pattern in journal.all(Pattern) for echo_id in pattern.echo_ids}
    free = [echo for echo_id, echo in echoes.items() if echo_id not in taken]
    return [*named, *(_strand(journal, group, now, None, named) for group in _together(free))]


def _strand(
    journal: Journal, echoes: list[Echo], now: datetime, pattern: Pattern | None, named: Iterable[Strand] = ()
) -> Strand:
    ids = {moment_id for echo in echoes for moment_id in (echo.moment_id, echo.earlier_id)}
    moments = sorted((journal.get(Moment, moment_id) for moment_id in ids), key=lambda m: m.in_order)
    people = dict.fromkeys(journal.get(Relationship, moment.relationship_id) for moment in moments)
    return Strand(
        pattern=pattern,
        echoes=tuple(echoes),
        moments=tuple(moments),
        people=tuple(people),
        belief=journal.find(Belief, pattern.belief_id) if pattern else None,
        lately=sum(now - moment.at <= LATELY and not moment.only_age for moment in moments),
        could_join=tuple(s.pattern for s in named if s.pattern and ids & {m.id for m in s.moments}),
    )


def _together(echoes: list[Echo]) -> list[list[Echo]]:
    """Echoes that share moments, directly or through others, in the order of their first one."""
    group: dict[UUID, int] = {}
    for number, echo in enumerate(echoes):
        joined = {group[m] for m in (echo.moment_id, echo.earlier_id) if m in group}
        keep = min(joined, default=number)
        group |= {m: keep for m, other in group.items() if other in joined}
        group[echo.moment_id] = group[echo.earlier_id] = keep
    found: dict[int, list[Echo]] = {}
    for echo in echoes:
        found.setdefault(group[echo.moment_id], []).append(echo)
    return list(found.values())


def table(named: list[Strand]) -> tuple[list[Relationship], list[Row]]:
    """Theme by relationship: the people as columns, those with most first, and a row for each pattern."""
    with_whom = Counter(moment.relationship_id for strand in named for moment in strand.moments)
    everyone = {who.id: who for strand in named for who in strand.people}
    columns = [everyone[person_id] for person_id, _count in with_whom.most_common()]
    rows = []
    for strand in named:
        mine = Counter(moment.relationship_id for moment in strand.moments)
        rows.append(Row(strand, tuple(mine[who.id] for who in columns)))
    return columns, rows


def shared_ticks(strand: Strand) -> tuple[str | None, str | None, list[str]]:
    """What most of its moments have in common: touched, cause and feelings; each in two of them at least."""
    touched = Counter(str(tick) for moment in strand.moments for tick in moment.touched)
    causes = Counter(str(moment.cause) for moment in strand.moments if moment.cause != "other")
    feelings = Counter(str(tick) for moment in strand.moments for tick in moment.feelings)
    return _commonest(touched), _commonest(causes), [name for name, count in feelings.most_common(3) if count > 1]


def _commonest(counts: Counter[str]) -> str | None:
    found = counts.most_common(1)
    return found[0][0] if found and found[0][1] > 1 else None


def chance(journal: Journal, strand: Strand) -> Chance | None:
    """How often matches as close would turn up if the person's ticks were dealt out at random among their moments.

    Each deal shuffles causes, feelings and what was touched, each by itself, over the moments; then the best match
    with somebody else is looked for, as the suggestions do, for the moments this strand was followed from. A deal takes
    apart what hangs together in a person (who is angry also feels small), and then every match would look rare; so the
    best matches of the other moments, which are as they were written, are asked too, and the greater count is told.
    ``None`` where there are fewer than `ENOUGH` moments. The same journal always gets the same answer. At most the 250
    latest moments and four echoes are looked at.
    """
    moments = journal.moments()
    if len(moments) < ENOUGH:
        return None
    echoes = strand.echoes[:_ECHOES]
    needed = {moment_id for echo in echoes for moment_id in (echo.moment_id, echo.earlier_id)}
    kept = [m for m in moments[:-_LATEST] if m.id in needed] + moments[-_LATEST:]
    signs = [_without_words(signs_of(moment)) for moment in kept]
    place = {moment.id: number for number, moment in enumerate(kept)}
    rarity = Rarity(signs)
    found = sum(by_ticks(signs[place[e.moment_id]], signs[place[e.earlier_id]], rarity).score for e in echoes)
    rng = random.Random(0)  # noqa: S311  a simulation
    as_close = 0
    for _deal in range(_DEALS):
        dealt = _dealt(signs, rng)
        best = 0.0
        for echo in echoes:
            asked = place[echo.moment_id]
            with_whom = kept[asked].relationship_id
            best += max(
                (by_ticks(dealt[asked], other, rarity).score
                 for other, moment in zip(dealt, kept, strict=True) if moment.relationship_id != with_whom),
                default=0.0,
            )  # fmt: skip
        as_close += best >= found - 1e-9
    others = [number for number, moment in enumerate(kept) if moment.id not in needed]
    if len(others) > _OTHERS:
        others = sorted(rng.sample(others, _OTHERS))
    close = sum(_best(number, signs, kept, rarity) >= found / len(echoes) - 1e-9 for number in others)
    return Chance(_DEALS, max(as_close, round(_DEALS * close / len(others)) if others else 0))


def _best(asked: int, signs: list[Signs], moments: list[Moment], rarity: Rarity) -> float:
    with_whom = moments[asked].relationship_id
    matches = (
        by_ticks(signs[asked], other, rarity).score
        for other, moment in zip(signs, moments, strict=True)
        if moment.relationship_id != with_whom
    )
    return max(matches, default=0.0)


def _without_words(signs: Signs) -> Signs:
    return Signs(signs.feelings, signs.touched, signs.cause, signs.did)


def _dealt(signs: list[Signs], rng: random.Random) -> list[Signs]:
    feelings, touched = [each.feelings for each in signs], [each.touched for each in signs]
    causes, did = [each.cause for each in signs], [each.did for each in signs]
    for column in (feelings, touched, causes, did):
        rng.shuffle(column)
    return [Signs(*row) for row in zip(feelings, touched, causes, did, strict=True)]
