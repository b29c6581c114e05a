"""Which check-in of a file is which one of a journal, though its id, its time or its questionnaire may be another."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from itertools import islice

from reattune.journal.documents.relationship import MADE_BY_A_TABLE, CheckIn, Session

# More check-ins than these on one day are no life: what is only alike is not looked for among them.
_MOST_A_DAY = 8


@dataclass(frozen=True)
class Rated:
    """A check-in with its session."""

    check_in: CheckIn
    session: Session

    @cached_property
    def day(self) -> date:
        """The day on which it was, where it was."""
        return self.session.local_day(self.session.at)

    @property
    def second(self) -> datetime:
        """When it was."""
        return self.session.at.replace(microsecond=0)

    @cached_property
    def answers(self) -> tuple[tuple[str, float], ...]:
        """The answers in their order."""
        return tuple(sorted((key, float(value)) for key, value in self.check_in.answers.items()))

    @property
    def beside(self) -> tuple[int | None, bool | None]:
        """What was said beside the answers: the urge to leave, and whether something was left unsaid."""
        return self.check_in.urge_to_leave, self.check_in.unsaid


Pairs = list[tuple[Rated, Rated]]


def may_become(before: str, after: str) -> bool:
    """Whether a questionnaire may turn out to be another one: a version of it, or one that columns made before."""
    return before.partition("/")[0] == after.partition("/")[0] or before.startswith(MADE_BY_A_TABLE)


def pairs_of(brought: Iterable[Rated], kept: Iterable[Rated], caseload: bool) -> Pairs:
    """Each that is brought with the one that is kept, where there is one; no other has the same.

    Those are one that have the same id, or are of the same questionnaire and either of one second, or of one day, where
    the answers of one are among the other's: no answers are among any, so without them what else was said has to be the
    same. And those that are of one day and answer alike what both ask, where
    their two questionnaires do so on at least half of the days that both have: a table that gained a column, or was
    read on another scale. Of a ``caseload`` each client is looked at by themselves.
    """

    def of(each: Rated) -> Hashable:
        # Two clients may well have answered alike on one day; one therapist of a person may stand under two names.
        return each.session.relationship_id if caseload else None, each.check_in.rater

    def if_any(told: object, *mark: Hashable) -> Hashable:
        return mark if told else None

    ways: tuple[Callable[[Rated], Hashable], ...] = (
        lambda each: (each.check_in.id, each.answers),
        lambda each: (of(each), each.second, each.check_in.instrument, each.answers, each.beside),
        lambda each: if_any(
            each.answers or each.check_in.note,
            *(of(each), each.day, each.check_in.instrument, each.answers, each.check_in.note),
        ),
        lambda each: if_any(each.answers, of(each), each.day, each.check_in.instrument, each.answers),
        lambda each: each.check_in.id,
        lambda each: (of(each), each.second, each.check_in.instrument),
        lambda each: if_any(
            not each.answers and each.beside != (None, None),
            *(of(each), each.day, each.check_in.instrument, each.beside),
        ),
    )
    found: Pairs = []
    waiting, free = list(brought), list(kept)
    for way in ways:
        waiting, free = _matched(waiting, free, way, found)
    _alike(waiting, free, of, found)
    return found


def _matched(
    waiting: list[Rated], free: list[Rated], way: Callable[[Rated], Hashable], found: Pairs
) -> tuple[list[Rated], list[Rated]]:
    """Those that have no partner after the partners with equal marks were added to ``found``; no mark tells nothing."""
    by_mark: dict[Hashable, list[Rated]] = defaultdict(list)
    for each in reversed(free):
        by_mark[way(each)].append(each)
    alone = []
    for each in waiting:
        mark = way(each)
        there = by_mark.get(mark) if mark is not None else None
        if there:
            found.append((each, there.pop()))
        else:
            alone.append(each)
    return alone, [each for there in by_mark.values() for each in reversed(there)]


def _alike(waiting: list[Rated], free: list[Rated], of: Callable[[Rated], Hashable], found: Pairs) -> None:
    """Add those of one day that answer alike, or would but for a correction."""
    days: dict[Hashable, list[Rated]] = defaultdict(list)
    for each in free:
        days[of(each), each.day].append(each)
    shared: Counter[tuple[str, str]] = Counter()
    agreeing: Counter[tuple[str, str]] = Counter()
    perhaps: list[tuple[bool, Rated, Rated]] = []
    for theirs in waiting:
        there: dict[tuple[str, str], bool] = {}
        for ours in islice(days.get((of(theirs), theirs.day), ()), _MOST_A_DAY):
            names = ours.check_in.instrument, theirs.check_in.instrument
            related = may_become(*names) or may_become(*reversed(names))
            same = _same_answers(theirs, ours) if related else None
            if same is None:
                continue
            there[names] = there.get(names, False) or same
            perhaps.append((same, theirs, ours))
        shared.update(there.keys())
        agreeing.update(names for names, same in there.items() if same)
    taken: set[object] = set()
    for same, theirs, ours in sorted(perhaps, key=lambda each: not each[0]):
        names = ours.check_in.instrument, theirs.check_in.instrument
        if names[0] == names[1]:
            is_one = same and (_within(theirs, ours) or _within(ours, theirs))
        else:
            is_one = 2 * agreeing[names] >= shared[names] and (same or theirs.second == ours.second)
        if is_one and taken.isdisjoint({theirs.check_in.id, ours.check_in.id}):
            taken |= {theirs.check_in.id, ours.check_in.id}
            found.append((theirs, ours))


def _same_answers(one: Rated, other: Rated) -> bool | None:
    """Whether both answered alike what both answered; ``None`` where that is nothing."""
    both = one.check_in.answers.keys() & other.check_in.answers.keys()
    return all(one.check_in.answers[key] == other.check_in.answers[key] for key in both) if both else None


def _within(one: Rated, other: Rated) -> bool:
    return one.check_in.answers.keys() <= other.check_in.answers.keys()
