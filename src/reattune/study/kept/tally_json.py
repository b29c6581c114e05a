"""The report's counts as JSON and back, without the gallery, which is drawn from ratings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import fields
from typing import Any

import numpy as np

from reattune.study.running_totals import MethodTally, Tally

_SUMS = ("clients", "ratings", "missing", "unrated", "open_parts", "session_parts", "judged_sessions")


def to_plain(tally: Tally) -> dict[str, Any]:
    """As JSON has it; the same counts give the same text."""
    return {
        "names": list(tally.names),
        **{name: int(getattr(tally, name)) for name in _SUMS},
        "methods": {name: _plain(each) for name, each in tally.methods.items()},
        "agreement": tally.agreement.tolist(),
        "therapists": {name: list(map(int, counts)) for name, counts in sorted(tally.therapists.items())},
    }


def from_plain(plain: Mapping[str, Any]) -> Tally:
    """The counts that :func:`to_plain` was given.

    Raises:
        KeyError, TypeError or ValueError: it gave others.
    """
    tally = Tally(tuple(plain["names"]))
    for name in _SUMS:
        setattr(tally, name, int(plain[name]))
    tally.methods = {name: _method(each) for name, each in plain["methods"].items()}
    tally.agreement = np.array(plain["agreement"], dtype=np.int64)
    tally.therapists = {name: list(counts) for name, counts in plain["therapists"].items()}
    return tally


def _plain(tally: MethodTally) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for each in fields(tally):
        value = getattr(tally, each.name)
        if isinstance(value, Counter):
            found[each.name] = {key: int(count) for key, count in sorted(value.items()) if count}
        else:
            found[each.name] = value.tolist() if isinstance(value, np.ndarray) else int(value)
    return found


def _method(plain: Mapping[str, Any]) -> MethodTally:
    tally = MethodTally()
    for each in fields(tally):
        value, empty = plain[each.name], getattr(tally, each.name)
        if isinstance(empty, Counter):
            setattr(tally, each.name, Counter(value))
        elif isinstance(empty, np.ndarray):
            setattr(tally, each.name, np.array(value, dtype=np.int64))
        else:
            setattr(tally, each.name, int(value))
    return tally
