"""What a kept study decided on its first day, as JSON: what scores mean, how sessions are told, what methods know."""

from __future__ import annotations

import json
import math
import zlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any

from reattune.alliance.bayes.fit_prior import Chosen, Source
from reattune.alliance.bayes.prior import BondPrior
from reattune.alliance.detectors import DETECTORS
from reattune.alliance.measure import Measure
from reattune.exchange.written_dates import Order
from reattune.study.cohort_profile import Bearings
from reattune.study.errors import StudyError
from reattune.study.method_options import Plan
from reattune.study.reading import Reading
from reattune.study.session_dates import Rhythm

# Raised whenever what is kept, or how a method reads it, changes.
VERSION = 1
FILE = "state.json"
_KIND = "reattune study"


@dataclass(frozen=True)
class Settings:
    """Decided once, on the first day.

    Attributes:
        named: the measure's name in the first file; ``instrument`` its key, if it is a known one.
        scale: range, step and direction by which scores are checked; ``known_by`` how that was known.
        usual_variance: of scores that are made from answers; see :class:`.Scale`.
        dated: whether sessions are told by days; then ``rhythm`` and ``order`` say how.
        labels: session numbers by name, where sessions have names.
    """

    named: str
    instrument: str | None
    scale: Measure
    known_by: str
    usual_variance: float | None
    dated: bool
    rhythm: Rhythm | None
    order: Order | None
    labels: Mapping[str, int]
    bearings: Bearings
    plan: Plan

    @classmethod
    def of(cls, reading: Reading, bearings: Bearings, plan: Plan) -> Settings:
        """Of a study on its first day."""
        scale = reading.scale
        return cls(
            named=reading.layout.name,
            instrument=scale.instrument.key if scale.instrument else None,
            scale=scale.measure,
            known_by=scale.known_by,
            usual_variance=scale.usual_variance,
            dated=reading.rhythm is not None,
            rhythm=reading.rhythm,
            order=reading.order,
            labels=dict(reading.labels),
            bearings=bearings,
            plan=plan,
        )


@dataclass(frozen=True)
class State:
    """A kept study: its settings, and what lies in its folder.

    Attributes:
        generation: how many days were taken in.
        leaves: how many parts the clients are dealt to.
        files: of each part that holds a client the generation of its files.
        checks: of each of those files, by name, what its bytes add up to.
        rows: ratings kept, for numbering what comes.
        tally: the report's counts, as :func:`.tally_json.to_plain` gives them.
        gallery: up to 500 names that the report draws.
    """

    settings: Settings
    generation: int
    leaves: int
    files: Mapping[int, int]
    checks: Mapping[str, int]
    rows: int
    tally: Mapping[str, Any]
    gallery: tuple[str, ...]


def to_text(state: State) -> str:
    """The state as JSON with a check over all of it."""
    plain = {
        "kind": _KIND,
        "version": VERSION,
        "generation": state.generation,
        "leaves": state.leaves,
        "files": {str(leaf): generation for leaf, generation in sorted(state.files.items())},
        "checks": dict(state.checks),
        "rows": state.rows,
        "settings": _plain_settings(state.settings),
        "tally": state.tally,
        "gallery": list(state.gallery),
    }
    plain["check"] = _check(plain)
    return json.dumps(plain, ensure_ascii=False, indent=1)


def read_state(folder: Path) -> State:
    """The state of a folder.

    Raises:
        StudyError: it is none, of another version, or damaged.
    """
    file = folder / FILE
    try:
        plain = json.loads(file.read_text("utf-8"))
    except FileNotFoundError as error:
        raise StudyError(f"{folder} is not empty, and no state of a study. Name another folder.") from error
    except OSError as error:
        raise StudyError(f"{file} cannot be read: {error.strerror or error}.") from error
    except (ValueError, RecursionError) as error:
        raise StudyError(f"{file} is damaged: it is not JSON, or was cut short. {_ANEW}") from error
    if not isinstance(plain, dict) or plain.get("kind") != _KIND:
        raise StudyError(f"{file} is no state of a study. Name another folder.")
    if plain.get("version") != VERSION:
        raise StudyError(
            f"{folder} was kept by another version (state {plain.get('version')!r}; this program reads {VERSION}), "
            f"whose figures may differ. {_ANEW}"
        )
    said = plain.pop("check", None)
    if said != _check(plain):
        raise StudyError(f"{file} was changed or damaged: its check does not fit. {_ANEW}")
    try:
        return State(
            settings=_settings(plain["settings"]),
            generation=int(plain["generation"]),
            leaves=int(plain["leaves"]),
            files={int(leaf): int(generation) for leaf, generation in plain["files"].items()},
            checks={str(name): int(check) for name, check in plain["checks"].items()},
            rows=int(plain["rows"]),
            tally=plain["tally"],
            gallery=tuple(plain["gallery"]),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise StudyError(f"{file} is damaged: what it holds does not fit together. {_ANEW}") from error


_ANEW = "Begin a new state with all ratings."


def _check(plain: Mapping[str, Any]) -> str:
    return f"{zlib.crc32(json.dumps(plain, sort_keys=True, ensure_ascii=True).encode()):08x}"


def _plain_settings(settings: Settings) -> dict[str, Any]:
    bearings = settings.bearings
    chosen = bearings.chosen
    return {
        "named": settings.named,
        "instrument": settings.instrument,
        "scale": _plain_measure(settings.scale),
        "known_by": settings.known_by,
        "usual_variance": settings.usual_variance,
        "dated": settings.dated,
        "rhythm": None if settings.rhythm is None else asdict(settings.rhythm),
        "order": settings.order,
        "labels": dict(settings.labels),
        "bearings": {
            "measure": _plain_measure(bearings.measure),
            "first_sd": bearings.first_sd,
            "within_sd": bearings.within_sd,
            "spread": bearings.spread,
            "clients": bearings.clients,
            "chosen": None if chosen is None else {**asdict(chosen), "source": chosen.source.value},
        },
        "plan": {name: asdict(options) for name, options in settings.plan.options.items()},
        "notes": dict(settings.plan.notes),
    }


def _settings(plain: Mapping[str, Any]) -> Settings:
    bearings, chosen = plain["bearings"], plain["bearings"]["chosen"]
    return Settings(
        named=plain["named"],
        instrument=plain["instrument"],
        scale=_measure(plain["scale"]),
        known_by=plain["known_by"],
        usual_variance=plain["usual_variance"],
        dated=bool(plain["dated"]),
        rhythm=None if plain["rhythm"] is None else Rhythm(**plain["rhythm"]),
        order=plain["order"],
        labels={str(label): int(number) for label, number in plain["labels"].items()},
        bearings=Bearings(
            _measure(bearings["measure"]),
            bearings["first_sd"],
            bearings["within_sd"],
            bearings["spread"],
            None
            if chosen is None
            else Chosen(_prior(chosen["prior"]), Source(chosen["source"]), chosen["clients"], chosen["gain"]),
            bearings["clients"],
        ),
        plan=Plan({name: _options(name, values) for name, values in plain["plan"].items()}, dict(plain["notes"])),
    )


def _options(name: str, values: Mapping[str, Any]) -> Any:
    if name == "bayes":
        prior = values["prior"]
        return DETECTORS[name].options(**{**values, "prior": None if prior is None else _prior(prior)})
    return DETECTORS[name].options(**values)


def _prior(plain: Mapping[str, Any]) -> BondPrior:
    return BondPrior(**{each.name: float(plain[each.name]) for each in fields(BondPrior)})


def _plain_measure(measure: Measure) -> dict[str, Any]:
    plain = asdict(measure)
    return {name: None if isinstance(value, float) and math.isinf(value) else value for name, value in plain.items()}


def _measure(plain: Mapping[str, Any]) -> Measure:
    given = {name: value for name, value in plain.items() if value is not None}
    return replace(Measure(), **given)
