"""Which methods a study runs, with which options."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from reattune.alliance.detectors import DETECTORS
from reattune.alliance.detectors.bayes import BayesOptions
from reattune.alliance.detectors.control_chart import ControlChartOptions
from reattune.alliance.detectors.drop import DropOptions
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
        reliability: of the measure, for that; ``None`` is the instrument's, or the usual one.
        known_then: control-chart, limits from earlier sessions only.
        fit: bayes, fit the prior to the cohort even where the measure's range is known.
    """

    methods: tuple[str, ...] = ()
    cutoff: float | None = None
    reliability: float | None = None
    known_then: bool = False
    fit: bool = False

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
    cutoff = wishes.cutoff
    reliability = USUAL_RELIABILITY if wishes.reliability is None else wishes.reliability
    warns = form.cutoff if form is not None and bearings.measure.higher_is_better else None
    if cutoff is None:
        cutoff = reliable_change(bearings.first_sd, reliability)
        note = f"asks for a change of at least {cutoff:.1f} points, the reliable change at reliability "
        shift_note = f"{note}{reliability:g}"
    else:
        shift_note = f"asks for a change of at least {cutoff:g} points"
    options: dict[str, Any] = {name: DETECTORS[name].options() for name in wishes.names}
    settings: dict[str, Any] = {
        "bayes": BayesOptions(prior=bearings.prior),
        "control-chart": ControlChartOptions(known_then=wishes.known_then),
        "sudden-shift": SuddenShiftOptions(cutoff=cutoff),
        "v-shape": VShapeOptions(cohort_sd=bearings.within_sd or None),
        "drop": DropOptions(least=reliable_change(bearings.first_sd, reliability) or None, cutoff=warns),
    }
    fitted = f"was fitted to the first {min(bearings.clients, 2000):,} clients"
    published = "starts from published figures, laid onto the measure's range"
    notes = {
        "bayes": fitted if bearings.fitted else published,
        "sudden-shift": shift_note,
        "control-chart": "has limits from earlier sessions only"
        if wishes.known_then
        else "has limits from all sessions",
        "v-shape": f"asks for one sd, the person's or the cohort's {bearings.within_sd:.1f}, whichever is larger",
        "drift": "is an EWMA (weight 0.3, limits 2.7 sd) on the first four ratings as baseline",
        "change-point": "asks each change to save three times the noise variance times log(n)",
        "drop": f"asks for a fall of at least {settings['drop'].least or 0:.1f} points, the reliable change",
    }
    options.update({name: setting for name, setting in settings.items() if name in options})
    return Plan(options, {name: note for name, note in notes.items() if name in options})
