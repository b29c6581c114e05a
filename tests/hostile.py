"""Inputs that nobody should send: real ones with a few bytes, cells or nodes changed, and words that break things.

``REATTUNE_FUZZ`` says how many each test tries: 1,000 unless told, 10,000 with ``make fuzz``.
"""

from __future__ import annotations

import copy
import json
import os
import random
from collections.abc import Iterator
from typing import Any

COUNT = int(os.environ.get("REATTUNE_FUZZ", "1000"))
WORDS: list[Any] = [
    "", " ", "\0", "\ufeff", "\u202e", "\ud83d", "😀" * 50, "a" * 5_000, "=1+1", "@SUM(A1)", "'; DROP TABLE x; --",
    "<script>alert(1)</script>", "{{ 7 * 7 }}", "{% load x %}", "../../etc/passwd", "%s%n%x", "\r\nSet-Cookie: a=b",
    "NaN", "Infinity", "-0", "1e999", "٣", "0x10", "9" * 400, "-1", "1,5", "2024-02-30", "0000-00-00", "9999-12-31",
    "31/02/2024", "2024-05-31T25:61:61Z", "00000000-0000-0000-0000-000000000000", "new", "on", "None", "null", "[]",
]  # fmt: skip
NODES: list[Any] = [
    None, True, False, 0, -1, 2**63, 10**400, 1e308, -1e-308, [], {}, [[]], {"": ""}, "", "\0", "a" * 10_000,
    [None] * 50, {"kind": "moment"}, "2024-05-31T12:00:00", "9999-12-31T23:59:59Z", "0001-01-01T00:00:00+14:00",
]  # fmt: skip


def of_bytes(seeds: list[bytes], count: int = COUNT, seed: int = 1) -> Iterator[bytes]:
    """Real files with some bytes flipped, cut, doubled, swapped with another file's, or replaced by hostile words."""
    chance = random.Random(seed)
    for _ in range(count):
        changed = bytearray(chance.choice(seeds))
        for _change in range(chance.choice((1, 1, 1, 2, 5, 30))):
            place = chance.randrange(len(changed) + 1)
            length = chance.choice((1, 1, 4, 64, 4096))
            kind = chance.randrange(6)
            if kind == 0 and place < len(changed):
                changed[place] ^= 1 << chance.randrange(8)
            elif kind == 1:
                del changed[place : place + length]
            elif kind == 2:
                changed[place:place] = changed[place : place + length] * chance.choice((1, 2, 20))
            elif kind == 3:
                other = chance.choice(seeds)
                start = chance.randrange(len(other) + 1)
                changed[place : place + length] = other[start : start + length]
            elif kind == 4:
                changed[place:place] = str(chance.choice(WORDS)).encode("utf-8", "replace")
            else:
                changed[place:place] = chance.randbytes(chance.choice((1, 8, 100)))
        yield bytes(changed)


def of_json(seeds: list[Any], count: int = COUNT, seed: int = 2) -> Iterator[bytes]:
    """Real JSON with nodes replaced, taken out, or put in the place of others."""
    chance = random.Random(seed)
    for _ in range(count):
        whole = copy.deepcopy(chance.choice(seeds))
        for _change in range(chance.choice((1, 1, 2, 6))):
            parents = [each for each in _nodes(whole) if isinstance(each, (dict, list)) and each]
            if not parents:
                break
            parent = chance.choice(parents)
            key = chance.choice(list(parent)) if isinstance(parent, dict) else chance.randrange(len(parent))
            kind = chance.randrange(4)
            if kind == 0:
                parent[key] = copy.deepcopy(chance.choice(NODES))
            elif kind == 1:
                del parent[key]
            elif kind == 2:
                parent[key] = copy.deepcopy(chance.choice(_values(chance.choice(parents))))
            else:
                parent[key] = chance.choice(WORDS)
        yield json.dumps(whole, allow_nan=True).encode("utf-8", "replace")


def _values(node: Any) -> list[Any]:
    return list(node.values()) if isinstance(node, dict) else list(node)


def _nodes(node: Any) -> Iterator[Any]:
    yield node
    if isinstance(node, (dict, list)):
        for each in _values(node):
            yield from _nodes(each)
