"""What a person says about a file of ratings; what is not said is found in the file, and shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from reattune.alliance.published_scores import PublishedScore
from reattune.exchange.written_dates import Order
from reattune.exchange.written_numbers import Decimal


@dataclass(frozen=True)
class ReadOptions:
    """Names of columns where they are not the usual ones, what the scores mean, and how a file is written.

    Attributes:
        rater: the column that says whether the client or the therapist gave the rating.
        score: of a long file; several with commas are several measures.
        scores: of a wide file, ``first..last`` or a list with commas.
        measure_column: the column that names the measure; ``only`` the one measure that is read.
        low, high, step, higher_is_better: of the measure, where not its instrument's.
        own_instrument: a questionnaire that was named or brought along.
        missing: scores that mean "missing"; ``codes_are_scores`` where suspicious ones are scores after all.
        date_order: whether in 3/4/2024 the day or the month comes first.
        same_day: whether two ratings of a client on one day are one session, with their mean, or an error.
        decimal: which sign stands before decimals.
        sheet: of a spreadsheet.
    """

    client: str | None = None
    session: str | None = None
    score: str | None = None
    scores: str | None = None
    therapist: str | None = None
    rater: str | None = None
    low: float | None = None
    high: float | None = None
    step: float = 0.0
    higher_is_better: bool | None = None
    measure_column: str | None = None
    only: str | None = None
    own_instrument: PublishedScore | None = None
    missing: tuple[float, ...] = ()
    codes_are_scores: bool = False
    date_order: Order | None = None
    same_day: Literal["mean", "error"] = "mean"
    decimal: Decimal | None = None
    sheet: str | None = None
