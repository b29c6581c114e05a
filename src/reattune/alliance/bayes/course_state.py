"""A course as JSON and back: for systems that keep a person's reading between two sessions."""

from __future__ import annotations

import base64
import binascii
import json
import math
import zlib
from dataclasses import asdict, fields
from datetime import date
from typing import Any

import numpy as np

from reattune.alliance.array_types import Singles
from reattune.alliance.bayes.filter_result import Standing
from reattune.alliance.bayes.hidden_states import CALM, DEPTHS, STATES, STEADY
from reattune.alliance.bayes.open_since import OpenSince
from reattune.alliance.bayes.pair_batches import FILL
from reattune.alliance.bayes.pair_filter import COPIES, OWN_BLOCKS, OWN_LEVELS
from reattune.alliance.bayes.pair_result import PairStanding
from reattune.alliance.bayes.parameter_grid import LEVELS, Blocks
from reattune.alliance.bayes.prior import SECOND, BondPrior, SecondPrior
from reattune.alliance.bayes.session_by_session import KEPT, Course
from reattune.alliance.measure import Measure

# Raised whenever the model or its grid changes, for then a state means something else.
VERSION = 1
# Of states in which the therapist has rated too; one rater's are what they were before there were any.
PAIR_VERSION = 3
# What a state takes at most, in bytes; and one of two raters.
LARGEST, LARGEST_PAIR = 16_000, 400_000
_KIND = "reattune course"


class CourseStateError(ValueError):
    """A state cannot be gone on with. One sentence: what is wrong with it, and what to do."""


def to_json(course: Course) -> str:
    """All that the next session needs, in at most ``LARGEST`` bytes of ASCII; scores before the last are not in it.

    Where the therapist has rated, the grid is of both, and it takes up to ``LARGEST_PAIR``.
    """
    state: dict[str, Any] = {
        "kind": _KIND,
        "version": VERSION,
        "measure": _plain_measure(course.measure),
        "prior": asdict(course.prior),
        "every": course.every,
        "ratings": course.ratings,
        "dated": course.dated,
        "last_day": None if course.last_day is None else course.last_day.isoformat(),
        "days": [None if day is None else day.toordinal() for day in course.days],
        "intervals": list(course.intervals),
        "sessions": course.sessions,
        "mass_since": _packed(course.since.mass),
        "slid_since": _packed(course.since.slid),
    }
    at = course.standing
    if isinstance(at, PairStanding):
        state["version"] = PAIR_VERSION
        state["second"], state["therapist_ratings"] = asdict(course.second or SECOND), course.therapist_ratings
        state["joined"], state["pair"] = at.joined, _packed(at.mass.reshape(_PAIRS, -1)[_USED].reshape(-1, FILL)[:, 0])
        state["origin"], state["own_origin"] = at.origin[:, 0].tolist(), at.own_origin[:, 0].tolist()
        state["befores"], state["certains"] = at.before[:, 0].tolist(), at.certain[:, 0].tolist()
    elif at is not None:
        state["mass"] = _packed(at.mass[..., 0])
        state["origin"] = at.origin[:, 0].tolist()
        state["before"], state["certain"] = float(at.before[0]), bool(at.certain[0])
    state["check"] = _check(state)
    return json.dumps(state, separators=(",", ":"))


def from_json(text: str | bytes, measure: Measure | None = None) -> Course:
    """A course from what :func:`to_json` gave.

    Args:
        measure: what the scores to come mean, if the caller knows; it must be the state's.

    Raises:
        CourseStateError: it is no state, of another version or another measure, or was changed or cut short.
    """
    state = _state(text)
    try:
        kept = _measure(state["measure"])
        prior = BondPrior(**{each.name: float(state["prior"][each.name]) for each in fields(BondPrior)})
        if measure is not None and measure != kept:
            raise CourseStateError(
                f"This state is of a measure {_words(kept)}, and the scores to come are of one {_words(measure)}. "
                "Begin a new course for another measure."
            )
        return _course(state, kept, prior)
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError, binascii.Error) as error:
        if isinstance(error, CourseStateError):
            raise
        raise CourseStateError(_DAMAGED) from error


_DAMAGED = (
    "This state of a course is damaged: what it holds does not fit together. Read the ratings again from the first."
)


def _state(text: str | bytes) -> dict[str, Any]:
    if len(text) > LARGEST_PAIR:
        raise _too_large(len(text), LARGEST_PAIR)
    try:
        state = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise CourseStateError(
            "This is no state of a course: it is not JSON, or was cut short. Read the ratings again from the first."
        ) from error
    if not isinstance(state, dict) or state.get("kind") != _KIND:
        raise CourseStateError('This is no state of a course: such a one says "kind": "reattune course".')
    if state.get("version") not in (VERSION, PAIR_VERSION):
        raise CourseStateError(
            f"This state is of version {state.get('version')!r}, and this program reads versions {VERSION} and "
            f"{PAIR_VERSION}. The model has changed in between, so read the ratings again from the first."
        )
    if state["version"] == VERSION and len(text) > LARGEST:
        raise _too_large(len(text), LARGEST)
    said = state.pop("check", None)
    if said != _check(state):
        raise CourseStateError(
            "This state of a course was changed or damaged: its check does not fit. Read the ratings again from the "
            "first."
        )
    return state


def _too_large(size: int, largest: int) -> CourseStateError:
    return CourseStateError(f"A state of a course has at most {largest:,} bytes, and this has {size:,}.")


def _course(state: dict[str, Any], measure: Measure, prior: BondPrior) -> Course:
    course = Course(measure, prior, every=state["every"])
    sessions, blocks = int(state["sessions"]), len(Blocks.of(prior))
    course.ratings, course.dated = int(state["ratings"]), state["dated"]
    course.last_day = None if state["last_day"] is None else date.fromisoformat(state["last_day"])
    course.days = [None if day is None else date.fromordinal(day) for day in state["days"]]
    course.intervals = [int(each) for each in state["intervals"]]
    since = OpenSince.never()
    course.since = OpenSince(
        _unpacked(state["mass_since"], since.mass.shape), _unpacked(state["slid_since"], since.slid.shape)
    )
    if state["version"] == PAIR_VERSION:
        second = SecondPrior(**{each.name: float(state["second"][each.name]) for each in fields(SecondPrior)})
        course.second, course.therapist_ratings = second, int(state["therapist_ratings"])
        course.standing = _pair_standing(state, sessions, blocks, second)
    elif sessions:
        mass = _unpacked(state["mass"], (STATES, LEVELS, blocks))
        origin = np.array(state["origin"], dtype=np.float64)
        before = float(state["before"])
        if origin.shape != (blocks,) or not np.isfinite(origin).all() or not mass.sum() > 0 or math.isnan(before):
            raise CourseStateError(_DAMAGED)
        course.standing = Standing(
            sessions,
            np.ascontiguousarray(np.repeat(mass[..., None], FILL, axis=-1)),
            np.repeat(origin[:, None], FILL, axis=-1),
            np.full(FILL, before),
            np.full(FILL, bool(state["certain"])),
        )
    elif "mass" in state:
        raise CourseStateError(_DAMAGED)
    plausible = (
        0 <= course.ratings <= sessions and len(course.intervals) <= KEPT and course.dated in (None, True, False)
    )
    if not plausible or (course.dated is True) != (course.last_day is not None):
        raise CourseStateError(_DAMAGED)
    return course


def _pair_standing(state: dict[str, Any], sessions: int, blocks: int, second: SecondPrior) -> PairStanding:
    spreads = OWN_BLOCKS
    shape = (COPIES, STATES, LEVELS, OWN_LEVELS * spreads, blocks)
    mass = np.zeros((_PAIRS, math.prod(shape[2:])), dtype=np.float32)
    mass[_USED] = _unpacked(state["pair"], (len(_USED), mass.shape[1]))
    numbers = [np.array(state[name], dtype=np.float64) for name in ("origin", "own_origin", "befores")]
    certain, joined = np.array(state["certains"], dtype=bool), int(state["joined"])
    fits = [each.shape for each in numbers] == [(blocks,), (spreads,), (2,)] and certain.shape == (2,)
    if not fits or not all(np.isfinite(each).all() for each in numbers) or not mass.sum() > 0:
        raise CourseStateError(_DAMAGED)
    if not 0 <= joined < sessions:
        raise CourseStateError(_DAMAGED)
    origin, own_origin, before = (np.repeat(each[:, None], FILL, axis=1) for each in numbers)
    filled = np.ascontiguousarray(np.repeat(mass.reshape(shape)[..., None], FILL, axis=-1))
    return PairStanding(sessions, joined, filled, origin, own_origin, before, np.repeat(certain[:, None], FILL, axis=1))


# Of both copies of the states those that anything can be in: the steady ones lie in the first alone.
_PAIRS = COPIES * STATES
_USED = np.array([at for at in range(_PAIRS) if at % DEPTHS or at in (STEADY, CALM)])


def _check(state: dict[str, Any]) -> str:
    return f"{zlib.crc32(json.dumps(state, sort_keys=True, separators=(',', ':')).encode()):08x}"


def _packed(values: Singles) -> str:
    return base64.b64encode(np.ascontiguousarray(values, dtype="<f4").tobytes()).decode("ascii")


def _unpacked(text: str, shape: tuple[int, ...]) -> Singles:
    values = np.frombuffer(base64.b64decode(text, validate=True), dtype="<f4").reshape(shape).astype(np.float32)
    if not np.isfinite(values).all() or (values < 0).any():
        raise CourseStateError(_DAMAGED)
    return values


def _plain_measure(measure: Measure) -> dict[str, Any]:
    ends = {name: None if math.isinf(value) else value for name, value in _ends(measure).items()}
    return {**ends, "step": measure.step, "higher_is_better": measure.higher_is_better}


def _ends(measure: Measure) -> dict[str, float]:
    return {"low": float(measure.low), "high": float(measure.high)}


def _measure(plain: dict[str, Any]) -> Measure:
    return Measure(
        low=-math.inf if plain["low"] is None else plain["low"],
        high=math.inf if plain["high"] is None else plain["high"],
        step=plain["step"],
        higher_is_better=plain["higher_is_better"],
    )


def _words(measure: Measure) -> str:
    direction = "higher" if measure.higher_is_better else "lower"
    step = f" in steps of {measure.step:g}" if measure.step else ""
    return f"from {measure.low:g} to {measure.high:g}{step} ({direction} is better)"
