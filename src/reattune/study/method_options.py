"""Which methods a study runs, with which options."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from reattune.alliance.bayes.fit_prior import Source
from reattune.alliance.detectors import DETECTORS
from reattune.alliance.detectors.bayes import BayesOptions
from reattune.alliance.detectors.control_chart import ControlChartOptions
from reattune.alliance.detectors.drop import SHARE_OF_RANGE, DropOptions
from reattune.alliance.detectors.sudden_shift import SuddenShiftOptions
from reattune.alliance.detectors.v_shape import VShapeOptions
from reattune.alliance.published_scores import ScoreForm
from reattune.alliance.reliable_change import USUAL_RELIABILITY, reliable_change
from reattune.study.cohort_profile import Bearings
from reattune.study.errors import StudyError

DEFAULT = "bayes"


@dataclass(frozen=True)
class Wishes:
    """What a person asked for.

    Attributes:
        methods: names; none is ``bayes``, ``all`` is every one.
        cutoff: sudden-shift, least change; ``None`` is the reliable change.
        reliability: of the measure, for that; where given, drop asks for the reliable change too, and for a tenth of
            the range where not.
        published_reliability: the instrument's, where it is known.
        known_then: control-chart, limits from earlier sessions only.
        fit: bayes, try a fit to the cohort even where the measure's range is known.
        rate: bayes, how often ruptures begin, a steady session.
        score_cutoff: drop, a score that warns by itself.
    """

    methods: tuple[str, ...] = ()
    cutoff: float | None = None
    reliability: float | None = None
    known_then: bool = False
    fit: bool = False
    rate: float | None = None
    score_cutoff: float | None = None
    published_reliability: float | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """The methods to run, in the order asked for.

        Raises:
            StudyError: one is not known.
        """
        wanted = self.methods or (DEFAULT,)
        if "all" in wanted:
            return tuple(DETECTORS)
        unknown = next((name for name in wanted if name not in DETECTORS), None)
        if unknown:
            raise StudyError(f"There is no method {unknown!r}. The methods are: {', '.join(DETECTORS)}.")
        return tuple(dict.fromkeys(wanted))


@dataclass(frozen=True)
class Plan:
    """Methods with their options, and what to say about them."""

    options: dict[str, Any]
    notes: dict[str, str]

    @property
    def names(self) -> Sequence[str]:
        """The methods, in order."""
        return tuple(self.options)


def make_plan(wishes: Wishes, bearings: Bearings, form: ScoreForm | None = None) -> Plan:
    """Options of every method that was asked for.

    Args:
        form: of the measure's published score, where it is a known one; ``drop`` warns at its cut-off where one of the
            bond is in use.

    Raises:
        StudyError: a method is not known.
        ValueError: an option is out of range.
    """
    reliability = wishes.reliability or wishes.published_reliability or USUAL_RELIABILITY
    change = reliable_change(bearings.first_sd, reliability)
    cutoff = change if wishes.cutoff is None else wishes.cutoff
    why = f", the reliable change at reliability {reliability:g}" if wishes.cutoff is None else ""
    measure = bearings.measure
    tenth = SHARE_OF_RANGE * (measure.high - measure.low if measure.has_range else bearings.spread)
    fall = tenth if wishes.reliability is None else change
    fall_why = "a tenth of the range" if wishes.reliability is None else "the reliable change"
    warns = form.cutoff if form is not None and measure.higher_is_better else None
    if wishes.score_cutoff is not None:
        warns = wishes.score_cutoff
    options: dict[str, Any] = {name: DETECTORS[name].options() for name in wishes.names}
    settings: dict[str, Any] = {
        "bayes": BayesOptions(prior=bearings.chosen.prior if bearings.chosen else None),
        "control-chart": ControlChartOptions(known_then=wishes.known_then),
        "sudden-shift": SuddenShiftOptions(cutoff=cutoff),
        "v-shape": VShapeOptions(cohort_sd=bearings.within_sd or None),
        "drop": DropOptions(least=fall or None, cutoff=warns),
    }
    worse = "fall" if measure.higher_is_better else "rise"
    under = "" if warns is None else f", or a score that reaches {warns:g}"
    notes = {
        "bayes": _where_from(bearings),
        "sudden-shift": f"asks for a change of at least {_points(cutoff)} points{why}",
        "control-chart": "has limits from earlier sessions only"
        if wishes.known_then
        else "has limits from all sessions",
        "v-shape": f"asks for one sd, the person's or the cohort's {bearings.within_sd:.1f}, whichever is larger",
        "drift": "is an EWMA (weight 0.3, limits 2.7 sd, wider for a short baseline) on the first four ratings",
        "change-point": "asks each change to save three times the noise variance times log(n)",
        "drop": f"asks for a {worse} of at least {_points(fall)} points, {fall_why}{under}",
    }
    options.update({name: setting for name, setting in settings.items() if name in options})
    return Plan(options, {name: note for name, note in notes.items() if name in options})


def _points(value: float) -> str:
    return f"{value:.2g}" if value < 1 else f"{value:.1f}".removesuffix(".0")


def _where_from(bearings: Bearings) -> str:
    chosen = bearings.chosen
    if chosen is None:
        return ""
    of_what = "" if bearings.measure.higher_is_better else " for symptoms"
    if chosen.source is Source.FITTED:
        gain = f", {chosen.gain:.2g} in log likelihood each" if chosen.gain >= 0.005 else ""
        return (
            f"was fitted to {chosen.clients:,} clients, and predicts those it has not seen better than the published "
            f"figures do{gain}"
        )
    if chosen.source is Source.LAID_ON:
        return f"starts from published figures, laid onto the level and the spread of {chosen.clients:,} clients"
    start = f"starts from published figures{of_what}, laid onto the measure's range"
    if chosen.clients:
        return f"{start}: a fit to {chosen.clients:,} clients predicts no better"
    return start
