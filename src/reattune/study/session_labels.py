"""Sessions that are named, not numbered: T1, Week 4, session_3_arm_1, pre, mid and post."""

from __future__ import annotations

import re
from collections.abc import Iterable

from reattune.exchange.column_names import named_times, words_of

_ARM = re.compile(r"(_arm_\d+|\s*\(arm \d[^)]*\))\s*$", re.IGNORECASE)
_BEFORE, _BETWEEN, _AFTER, _LATER = range(4)


def label_numbers(labels: Iterable[str]) -> dict[str, int] | None:
    """Which session each label is; ``None`` where that cannot be told.

    A number in a label is the session's. Names are put before and after the numbers; alone they are counted from 1.
    """
    numbered: dict[str, int] = {}
    named: dict[str, tuple[int, int]] = {}
    fronts = set()
    for label in dict.fromkeys(labels):
        words = words_of(_ARM.sub("", label))
        numbers = [int(word) for word in words if word.isdigit()]
        place = next((named_times()[word] for word in words if word in named_times()), None)
        joined = "".join(word for word in words if not word.isdigit())
        place = named_times().get(joined) if place is None else place
        if place is not None and (not numbers or place == _LATER):
            named[label] = (place, numbers[0] if numbers else 0)
        elif len(numbers) == 1:
            numbered[label] = numbers[0]
            fronts.add(tuple(word for word in words if not word.isdigit()))
        else:
            return None
    if len(set(numbered.values())) < len(numbered) or len(set(named.values())) < len(named):
        return None
    if len({front[:1] for front in fronts if front}) > 1:
        return None
    if not numbered:
        order = sorted(named, key=lambda label: named[label])
        return {label: place for place, label in enumerate(order, start=1)}
    if any(place == _BETWEEN for place, _ in named.values()):
        return None
    before = [label for label in named if named[label][0] == _BEFORE]
    after = sorted((label for label in named if named[label][0] > _BEFORE), key=lambda label: named[label])
    found = dict(numbered)
    found.update({label: min(numbered.values()) - len(before) + place for place, label in enumerate(before)})
    found.update({label: max(numbered.values()) + place for place, label in enumerate(after, start=1)})
    return found
