"""Every method on every variant: one table of figures, with intervals and the distance to the ceiling."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from reattune.alliance.array_types import Floats
from reattune.alliance.bayes.fit_prior import choose
from reattune.alliance.bayes.prior import PUBLISHED
from reattune.alliance.detectors import DETECTORS, Alarms
from reattune.alliance.detectors.bayes import BayesOptions
from reattune.alliance.detectors.drift import DriftOptions
from reattune.alliance.measure import Measure, with_seen_ends
from reattune.alliance.ratings import Ratings
from reattune.alliance.simulate import VARIANTS, Simulation, Truth, simulate
from reattune.proof.detectors.ceiling import ceiling
from reattune.proof.detectors.events import judge_events
from reattune.proof.detectors.ground_truth import Judged
from reattune.proof.detectors.metrics import (
    Bin,
    Interval,
    Ranked,
    average_precision,
    bootstrap,
    calibration,
    expected_calibration_error,
    roc_area,
    without_nan,
)

# What is compared: each detector with its defaults, and a second setting where the literature has two.
CONTENDERS: dict[str, tuple[str, Any]] = {
    **{name: (name, detector.options()) for name, detector in DETECTORS.items()},
    "drift (cusum)": ("drift", DriftOptions(chart="cusum")),
    "bayes (told nothing)": ("bayes", None),
}


_WITHOUT_RANGE: dict[str, dict[str, Any]] = {
    "bayes": {"prior": PUBLISHED},
    "change-point": {"sd": PUBLISHED.spread_median},
    "v-shape": {"cohort_sd": PUBLISHED.spread_median},
}


@dataclass(frozen=True)
class Judgement:
    """One method on one variant.

    Attributes:
        now, now_roc: average precision and ROC area for *in a rupture now*.
        onset, onset_roc: the same for *it begins now*, known in that session or the next.
        delay, delay_lightning, delay_trickle: median sessions from the onset to the first alarm, at the threshold
            at which 80 % of ruptures are noticed while they are open; NaN where a method never reaches it. Alarms that
            were on before the onset are left out.
        false_alarms: alarms in a hundred calm sessions at that threshold.
        error: expected calibration error, and ``table``, for methods that speak in probabilities.
        noticed, right: of ruptures, the share in which a loss was found, and of losses found, the share that begin in
            a rupture or one session beside it; of the method's events, which know the whole course.
        still_open, wrongly_mended: how many ruptures were found and truly open at the end of a course, and the share of
            them that the method calls repaired.
        of_ceiling: share of the ceiling's average precision for *now*, on the clients the ceiling was run on.
    """

    method: str
    variant: str
    now: Interval
    now_roc: Interval
    onset: Interval
    onset_roc: Interval
    delay: float
    delay_lightning: float
    delay_trickle: float
    false_alarms: float
    error: float | None
    table: list[Bin]
    of_ceiling: float | None
    noticed: float = float("nan")
    right: float = float("nan")
    still_open: int = 0
    wrongly_mended: float = float("nan")

    def to_plain(self) -> dict[str, Any]:
        """As JSON has it; NaN is null."""
        return without_nan(asdict(self))


@dataclass(frozen=True)
class ProofOptions:
    """How large the proof is."""

    clients: int = 2000
    seed: int = 1
    variants: tuple[str, ...] = tuple(VARIANTS)
    methods: tuple[str, ...] = tuple(CONTENDERS)
    samples: int = 200
    ceiling_clients: int = 400
    particles: int = 8000


def figures(options: ProofOptions, progress: Callable[[str], None] = lambda _: None) -> list[Judgement]:
    """Judge all methods on all variants; the same for the same options.

    Args:
        progress: told in a few words what is being done.

    Raises:
        ValueError: a variant or a method is not known.
    """
    for kind, names, known in (("variant", options.variants, VARIANTS), ("method", options.methods, CONTENDERS)):
        wrong = next((name for name in names if name not in known), None)
        if wrong:
            raise ValueError(f"There is no {kind} {wrong!r}. There are: {', '.join(known)}.")
    found = []
    for variant in options.variants:
        simulation = VARIANTS[variant]
        progress(f"{variant}: {options.clients} clients")
        cohort = simulate(options.clients, options.seed, simulation)
        ratings = cohort.ratings
        judged = Judged.of(cohort)
        best = None
        if options.ceiling_clients:
            progress(f"{variant}: the ceiling, {options.particles} particles")
            few = min(options.ceiling_clients, options.clients)
            best = ceiling(_first(ratings, few), simulation, options.particles, options.seed)
            found.append(_judge("ceiling", variant, best, Judged.of(cohort, few), options, probabilities=True))
        for method in options.methods:
            progress(f"{variant}: {method}")
            found.append(_contender(method, variant, ratings, cohort.truth, simulation, judged, best, options))
    return found


def _contender(
    method: str,
    variant: str,
    ratings: Ratings,
    truth: Truth,
    simulation: Simulation,
    judged: Judged,
    best: Alarms | None,
    options: ProofOptions,
) -> Judgement:
    name, setting = CONTENDERS[method]
    detector = DETECTORS[name]
    if setting is None:
        # As a file without a range is read: what is usual is learned from the scores, and the truth is never seen.
        seen = with_seen_ends(Measure(step=ratings.measure.step), ratings.scores)
        ratings = replace(ratings, measure=seen)
        setting = BayesOptions(prior=choose(ratings, None).prior)
    elif not np.isfinite(simulation.ceiling):
        # Without ends there is no range to take the usual figures from: the same figures, said outright.
        setting = replace(setting, **_WITHOUT_RANGE.get(name, {}))
    alarms = detector.alarms(ratings, setting)
    events = judge_events(detector.run(ratings, setting), ratings, truth)
    share = None
    if best is not None:
        few = len(best.now)
        part = judged.first(few)
        own = average_precision(part.ranked(alarms.now[:few]), np.ones(few))
        share = own / average_precision(part.ranked(best.now), np.ones(few))
    return replace(
        _judge(method, variant, alarms, judged, options, probabilities=detector.probabilities),
        of_ceiling=share,
        **events,
    )


def _judge(
    method: str, variant: str, alarms: Alarms, judged: Judged, options: ProofOptions, *, probabilities: bool
) -> Judgement:
    clients = len(judged.where)
    random = np.random.default_rng(options.seed)
    now, onset = judged.ranked(alarms.now), judged.ranked_onsets(alarms.onset)

    def interval(figure: Callable[[Ranked, Floats], float], ranked: Ranked) -> Interval:
        return bootstrap(lambda weight: figure(ranked, weight), clients, random, options.samples)

    seen = judged.noticed(alarms.now)
    table = calibration(judged.now[judged.where], alarms.now[judged.where]) if probabilities else []
    return Judgement(
        method=method,
        variant=variant,
        now=interval(average_precision, now),
        now_roc=interval(roc_area, now),
        onset=interval(average_precision, onset),
        onset_roc=interval(roc_area, onset),
        delay=_median(seen.delays),
        delay_lightning=_median(seen.delays[~seen.trickle]),
        delay_trickle=_median(seen.delays[seen.trickle]),
        false_alarms=seen.false_alarms,
        error=expected_calibration_error(table) if probabilities else None,
        table=table,
        of_ceiling=1.0 if method == "ceiling" else None,
    )


def _median(values: Floats) -> float:
    return float(np.median(values)) if len(values) else float("nan")


def _first(ratings: Ratings, clients: int) -> Ratings:
    return ratings.part(slice(clients))
