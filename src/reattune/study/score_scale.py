"""What the scores of a file mean: range, step, direction; from the person, the instrument, or the scores themselves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from reattune.alliance.array_types import Floats
from reattune.alliance.measure import Measure
from reattune.alliance.missing_codes import Suspect, suspects
from reattune.alliance.published_scores import PublishedScore, ScoreForm, usual_range
from reattune.exchange.column_names import is_symptom
from reattune.study.column_roles import Layout
from reattune.study.errors import Choice, QuestionError
from reattune.study.read_options import ReadOptions

# Where the range cannot be told, so many clients are enough to fit the model to; with fewer, the scores are the range.
COHORT = 20


@dataclass(frozen=True)
class Scale:
    """What scores mean, and how that is known.

    Attributes:
        known_by: whether the range was given, is the instrument's, was guessed from the scores, or is left open.
        form: of the instrument, where one fits.
        item_ends: of its questions, where scores are made from them.
        assumed: whether nobody and nothing said which direction is better.
        usual_variance: of a score by how far its answers differ, the median of the file's beginning, in the score's
            units squared; ``None`` where scores are not made from answers. A score whose answers differ more is less
            sure.
    """

    measure: Measure
    known_by: Literal["given", "instrument", "guessed", "seen", "open"]
    instrument: PublishedScore | None = None
    form: ScoreForm | None = None
    item_ends: tuple[float, float] | None = None
    assumed: bool = False
    usual_variance: float | None = None

    def unsure(self, answers: Floats) -> Floats:
        """(rows,) variance that scores made from (rows, items) answers have beyond the usual; 0 where it is less.

        Few answers tell their variance badly, so that it counts by (n - 1) / (n + 3) for n of them.
        """
        assert self.instrument is not None  # noqa: S101
        assert self.item_ends is not None  # noqa: S101
        assert self.form is not None  # noqa: S101
        assert self.usual_variance is not None  # noqa: S101
        variance = self.instrument.total_variance(answers, self.item_ends, self.form.scored)
        weight = (answers.shape[1] - 1) / (answers.shape[1] + 3)
        return weight * np.maximum(np.nan_to_num(variance, nan=self.usual_variance) - self.usual_variance, 0)

    @property
    def words(self) -> str:
        """In words, for the line that says what was understood."""
        measure = self.measure
        better = "higher is better" if measure.higher_is_better else "lower is better"
        if self.assumed:
            better += " (assumed; else --measure-direction lower)"
        if self.known_by == "open":
            return f"no usual range fits, so none is assumed (--range LOWEST..HIGHEST says one), {better}"
        ends = f"{measure.low:g} to {measure.high:g}"
        if self.known_by == "guessed":
            ends += " (guessed from the scores; else --range LOWEST..HIGHEST)"
        elif self.known_by == "seen":
            ends += " (the lowest and highest score; else --range LOWEST..HIGHEST)"
        return f"{ends}, {better}"


def scale_of(layout: Layout, scores: Floats, options: ReadOptions, *, clients: int, alone: bool) -> Scale:
    """The scale of one measure.

    Args:
        scores: of the first piece of the file; for items, (rows, items) answers.
        clients: in it.
        alone: whether the file has this measure only, so that what the person named is about it.

    Raises:
        StudyError: a score cannot be one.
        QuestionError: numbers look like codes for "missing", or the direction is not sure.
    """
    own = options.own_instrument
    instrument = (
        own if own and (alone or layout.instrument is None or layout.instrument.key == own.key) else layout.instrument
    )
    better, assumed = _direction(layout, instrument, options)
    if layout.items and instrument is not None:
        return _of_items(layout, scores, instrument, better, options)
    if options.low is not None and options.high is not None:
        _no_codes(layout, scores, options, options.low, options.high)
        measure = Measure(higher_is_better=better, low=options.low, high=options.high, step=options.step)
        form = (
            next((f for f in instrument.forms if (f.low, f.high) == (options.low, options.high)), None)
            if instrument
            else None
        )
        return Scale(measure, "given", instrument, form, assumed=assumed)
    if instrument is not None and not _subscale(layout, instrument):
        form = instrument.form_of(scores)
        if form is None:
            widest = max(instrument.forms, key=lambda each: each.high - each.low)
            inside = scores[(scores >= widest.low) & (scores <= widest.high)]
            form = instrument.form_of(inside) or widest
            _no_codes(layout, scores, options, form.low, form.high, instrument)
        else:
            _no_codes(layout, scores, options, form.low, form.high, instrument)
        measure = Measure(higher_is_better=better, low=form.low, high=form.high, step=options.step or form.step)
        return Scale(measure, "instrument", instrument, form, assumed=assumed)
    _no_codes(layout, scores, options, None, None)
    there = scores[~np.isnan(scores)]
    guessed = usual_range(scores)
    if guessed:
        measure = Measure(higher_is_better=better, low=guessed[0], high=guessed[1], step=options.step)
        return Scale(measure, "guessed", instrument, assumed=assumed)
    if clients >= COHORT or not len(there) or there.min() == there.max():
        return Scale(Measure(higher_is_better=better, step=options.step), "open", instrument, assumed=assumed)
    low, high = float(there.min()), float(there.max())
    return Scale(
        Measure(higher_is_better=better, low=low, high=high, step=options.step), "seen", instrument, assumed=assumed
    )


def _subscale(layout: Layout, instrument: PublishedScore) -> bool:
    from reattune.study.score_columns import score_names

    named = score_names([layout.name], known=instrument)[0]
    return named.instrument is not None and named.part_of_whole


def _direction(layout: Layout, instrument: PublishedScore | None, options: ReadOptions) -> tuple[bool, bool]:
    if options.higher_is_better is not None:
        return options.higher_is_better, False
    if instrument is not None:
        return instrument.higher_is_better, False
    if is_symptom(layout.name) or (layout.groups and is_symptom(layout.groups[0][0])):
        raise QuestionError(
            f"{layout.name!r} sounds like a measure where less is better, and is none that is known here.",
            [
                Choice("less is better", ("--measure-direction", "lower"), {"higher_is_better": False}),
                Choice("more is better", ("--measure-direction", "higher"), {"higher_is_better": True}),
            ],
        )
    return True, True


def _of_items(layout: Layout, answers: Floats, instrument: PublishedScore, better: bool, options: ReadOptions) -> Scale:
    ends = instrument.item_scale(answers)
    if ends is None:
        widest = max(instrument.item_ends, key=lambda each: each[1] - each[0])
        inside = answers[(answers >= widest[0]) & (answers <= widest[1])]
        ends = instrument.item_scale(inside) or widest
        _no_codes(layout, answers, options, *ends, instrument, item=True)
    form = instrument.form_for_items(ends)
    low, high = (form.low, form.high) if options.low is None or options.high is None else (options.low, options.high)
    measure = Measure(higher_is_better=better, low=low, high=high)
    inside = np.where((answers >= ends[0]) & (answers <= ends[1]), answers, np.nan)
    variance = instrument.total_variance(inside, ends, form.scored)
    usual = float(np.nanmedian(variance)) if not np.isnan(variance).all() else None
    return Scale(measure, "instrument", instrument, form, ends, usual_variance=usual)


def _no_codes(
    layout: Layout, scores: Floats, options: ReadOptions, low: float | None, high: float | None,
    instrument: PublishedScore | None = None, *, item: bool = False,
) -> None:  # fmt: skip
    """Raise where numbers are hardly scores.

    Raises:
        QuestionError: they could mean "missing".
        StudyError: they cannot, and are outside the range.
    """
    found = suspects(scores, low, high)
    if options.codes_are_scores:
        found = [each for each in found if low is not None and high is not None and not low <= each.value <= high]
    if not found:
        return
    name = layout.name if layout.wide or len(layout.scores) > 1 else layout.scores[0]
    outside = low is not None and high is not None and not low <= found[0].value <= high
    why = f"outside {low:g} to {high:g}" if outside else "far from all others or far more often than those around it"
    whose = (
        f", {'the scale of its questions' if item else 'the range'} of the {instrument.title}"
        if instrument and outside
        else ""
    )
    codes = [each for each in found if each.code or each.value == 0] or ([] if outside else found)
    if not codes:
        # Numbers outside the range that are no codes: the reader says in which row they stand.
        return
    listed = ", ".join(f"{each.value:g} ({_times(each)})" for each in codes[:4])
    values = ",".join(f"{each.value:g}" for each in codes[:6])
    ways = [
        Choice("missing", ("--missing", values), {"missing": (*options.missing, *(each.value for each in codes[:6]))})
    ]
    if not outside:
        ways.append(Choice("a score like the others", ("--missing", "none"), {"codes_are_scores": True}))
    raise QuestionError(f"In {name!r} there is {listed}, {why}{whose}. Is that a code for a missing score?", ways)


def _times(suspect: Suspect) -> str:
    return "once" if suspect.count == 1 else f"{suspect.count:,} times"
