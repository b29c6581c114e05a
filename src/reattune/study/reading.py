"""One measure of a file as it was understood: what to read it by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from reattune.exchange.written_dates import Order
from reattune.exchange.written_numbers import Decimal
from reattune.study.column_roles import Layout
from reattune.study.read_options import ReadOptions
from reattune.study.score_scale import Scale
from reattune.study.session_dates import Rhythm


@dataclass(frozen=True)
class Reading:
    """How one measure of a file is read.

    Attributes:
        decimals: of each column of numbers.
        labels: session of each label, where sessions have names.
        order: of day and month, where dates need one.
        rhythm: how dates become sessions, where they do.
        alone: whether the file has this measure only.
        line: all of it in words.
    """

    layout: Layout
    scale: Scale
    options: ReadOptions = field(default_factory=ReadOptions)
    decimals: Mapping[str, Decimal] = field(default_factory=dict)
    labels: Mapping[str, int] = field(default_factory=dict)
    order: Order | None = None
    rhythm: Rhythm | None = None
    alone: bool = True
    line: str = ""
