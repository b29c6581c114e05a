"""Ids that sort by the time they were made (UUIDv7, RFC 9562 section 5.7)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID


def uuid7(now: datetime, randomness: bytes) -> UUID:
    """A UUIDv7 for ``now`` (aware) from ten bytes of ``randomness``; both come from the caller.

    Raises:
        ValueError: ``now`` has no time zone, or ``randomness`` is not ten bytes.
    """
    if now.tzinfo is None:
        raise ValueError("The time of an id must say its time zone.")
    if len(randomness) != 10:
        raise ValueError(f"An id needs ten random bytes, and got {len(randomness)}.")
    milliseconds = int(now.timestamp() * 1000)
    random_a = int.from_bytes(randomness[:2], "big") & 0x0FFF
    random_b = int.from_bytes(randomness[2:], "big") & ((1 << 62) - 1)
    return UUID(int=milliseconds << 80 | 0x7 << 76 | random_a << 64 | 0b10 << 62 | random_b)
