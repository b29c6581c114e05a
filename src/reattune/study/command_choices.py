"""What can be chosen on the command line of a study."""

from __future__ import annotations

from enum import StrEnum


class Direction(StrEnum):
    """Which direction of a measure is the better one."""

    HIGHER = "higher"
    LOWER = "lower"


class DateOrder(StrEnum):
    """Which comes first in 3/4/2024."""

    DAY = "day"
    MONTH = "month"


class SameDay(StrEnum):
    """What two ratings of a client on one day are."""

    MEAN = "mean"
    ERROR = "error"


class DecimalSign(StrEnum):
    """Which sign stands before decimals."""

    POINT = "point"
    COMMA = "comma"


class Engine(StrEnum):
    """Where a study is worked out."""

    LOCAL = "local"
    SPARK = "spark"
