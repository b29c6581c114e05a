"""What the total of a known questionnaire is: its range, step, direction, reliability and cut-off, each with a source.

The figures stand in ``content/instruments/published_scores.toml``. A questionnaire of one's own is a TOML file: either
one table like those there, or the definition that the journal takes (:mod:`reattune.alliance.instruments`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from reattune import content
from reattune.alliance.array_types import Floats
from reattune.alliance.instruments import InstrumentError, read_definition
from reattune.alliance.measure import Measure
from reattune.alliance.toml_text import read_toml

# So few scores do not show whether they are always whole.
_SOME = 5
_SCORED = ("sum", "mean", "mean x 10", "percent")


@dataclass(frozen=True)
class ScoreForm:
    """One way in which a total is written.

    Attributes:
        scored: how items become it: their sum, their mean, ten times that, or the mean from 0 to 100.
        low, high, step: its range and the distance of neighbouring scores, 0 where every value can come.
        cutoff: what practice uses, in the same units.
    """

    scored: str
    low: float
    high: float
    step: float = 0.0
    cutoff: float | None = None


@dataclass(frozen=True)
class PublishedScore:
    """A questionnaire as a study knows it.

    Attributes:
        names: what columns call it, in words.
        items: how many questions; ``item_ends`` the scales they can have; ``reversed`` those that count the other
            way round, from 1.
        max_missing: how many may be missing before there is no score.
        reliability: internal consistency, or ``None`` where it was not looked up.
        symptoms: whether it asks how somebody is, and not how it is between two people.
    """

    key: str
    title: str
    names: tuple[str, ...]
    higher_is_better: bool
    items: int
    item_ends: tuple[tuple[float, float], ...]
    forms: tuple[ScoreForm, ...]
    reversed: tuple[int, ...] = ()
    max_missing: int = 0
    reliability: float | None = None
    source: str = ""
    symptoms: bool = False

    def form_of(self, scores: Floats) -> ScoreForm | None:
        """The narrowest form whose range holds all scores; ``None`` where none does. NaN does not count.

        Symptoms can be few: whole numbers alone are then taken for a sum, as means of several items are rarely whole.
        """
        there = scores[~np.isnan(scores)]
        fitting = [
            form for form in self.forms if not len(there) or (there.min() >= form.low and there.max() <= form.high)
        ]
        if not self.higher_is_better and len(there) >= _SOME and bool((there == np.round(there)).all()):
            fitting = [form for form in fitting if form.scored != "mean"] or fitting
        return min(fitting, key=lambda form: form.high - form.low, default=None)

    def measure(self, form: ScoreForm) -> Measure:
        """What a detector needs to know of it."""
        return Measure(higher_is_better=self.higher_is_better, low=form.low, high=form.high, step=form.step)

    def total(self, answers: Floats, ends: tuple[float, float], scored: str) -> Floats:
        """Totals of rows of answers.

        Args:
            answers: (rows, items) on the items' scale, NaN where missing.
            ends: of that scale.

        Returns:
            (rows,) NaN where more than ``max_missing`` answers are missing; fewer are replaced by the mean of the rest.
        """
        turned = self._turned(answers, ends)
        there = ~np.isnan(turned)
        count = there.sum(axis=1)
        mean = np.where(there, turned, 0.0).sum(axis=1) / np.maximum(count, 1)
        factor = {"sum": self.items, "mean": 1, "mean x 10": 10}.get(scored)
        total = mean * factor if factor else 100 * (mean - ends[0]) / (ends[1] - ends[0])
        return np.where(count >= max(1, self.items - self.max_missing), np.round(total, 9), np.nan)

    def total_variance(self, answers: Floats, ends: tuple[float, float], scored: str) -> Floats:
        """How unsure each total is, by how far its answers differ: the variance of their mean, in the total's units.

        Args:
            answers, ends, scored: as in :meth:`total`.

        Returns:
            (rows,) NaN where fewer than three were answered.
        """
        turned = self._turned(answers, ends)
        there = ~np.isnan(turned)
        count = there.sum(axis=1)
        filled = np.where(there, turned, 0.0)
        mean = filled.sum(axis=1) / np.maximum(count, 1)
        squares = (np.where(there, turned - mean[:, None], 0.0) ** 2).sum(axis=1) / np.maximum(count - 1, 1)
        factor = {"sum": self.items, "mean": 1, "mean x 10": 10}.get(scored) or 100 / (ends[1] - ends[0])
        return np.where(count >= 3, np.round(factor**2 * squares / np.maximum(count, 1), 9), np.nan)

    def _turned(self, answers: Floats, ends: tuple[float, float]) -> Floats:
        turned = answers.copy()
        for item in self.reversed:
            turned[:, item - 1] = ends[0] + ends[1] - turned[:, item - 1]
        return turned

    def item_scale(self, answers: Floats) -> tuple[float, float] | None:
        """The scale of the items that holds all answers; ``None`` where none does."""
        there = answers[~np.isnan(answers)]
        return next(
            (ends for ends in self.item_ends if not len(there) or (there.min() >= ends[0] and there.max() <= ends[1])),
            None,
        )

    def form_for_items(self, ends: tuple[float, float]) -> ScoreForm:
        """The form that totals of items on a scale have."""
        for form in self.forms:
            factor = {"sum": self.items, "mean": 1, "mean x 10": 10}.get(form.scored)
            if factor is None or (form.low, form.high) == (ends[0] * factor, ends[1] * factor):
                return form
        return ScoreForm("mean", *ends)


@cache
def published_scores() -> Mapping[str, PublishedScore]:
    """The questionnaires that are known here, by key."""
    return {key: _score(key, entry) for key, entry in content.load("instruments", "published_scores.toml").items()}


def known_score(key: str) -> PublishedScore:
    """One of them; small and capital letters, spaces and dashes do not matter.

    Raises:
        InstrumentError: none is called so.
    """
    wanted = _bare(key)
    for each in published_scores().values():
        if wanted in {_bare(each.key), *map(_bare, each.names)}:
            return each
    raise InstrumentError(
        f"There is no instrument {key!r} here. Those known are: {', '.join(published_scores())}; or name a TOML file."
    )


def read_score(text: str, file: str) -> PublishedScore:
    """A questionnaire from a TOML file of one's own.

    Raises:
        InstrumentError: the file is not right; the sentence names the key.
    """
    try:
        entry = read_toml(text)
    except ValueError as error:
        raise InstrumentError(f"{file} is not valid TOML: {error}.") from error
    tables = [value for value in entry.values() if isinstance(value, dict)]
    if "forms" not in entry and len(tables) == 1 and len(entry) == 1:
        entry = tables[0]
    if "forms" in entry:
        return _score(entry.get("key", file.rpartition(".")[0]), entry, file)
    definition = read_definition(text, file)
    ends = (definition.scale_low, definition.scale_high)
    count = len(definition.items)
    span = ends[1] - ends[0]
    cutoff = None if definition.cutoff is None else ends[0] + span * definition.cutoff / 100
    forms = (
        ScoreForm("mean", *ends, cutoff=cutoff),
        ScoreForm("sum", ends[0] * count, ends[1] * count, definition.scale_step, cutoff and cutoff * count),
        ScoreForm("percent", 0, 100, cutoff=definition.cutoff),
    )
    return PublishedScore(
        definition.key, definition.title, (definition.key.replace("-", " "), definition.title),
        definition.higher_is_better, count, (ends,), forms if count > 1 else forms[::2],
        tuple(place for place, item in enumerate(definition.items, start=1) if item.reversed),
        definition.max_missing, definition.reliability, definition.source,
    )  # fmt: skip


def _score(key: str, entry: Mapping[str, Any], file: str = "published_scores.toml") -> PublishedScore:
    try:
        low, high = float(entry["item_low"]), float(entry["item_high"])
        ends = [(low, high)]
        if "item_high_else" in entry:
            ends.append((low, float(entry["item_high_else"])))
        if "item_low_else" in entry:
            ends.append((float(entry["item_low_else"]), high))
        forms = tuple(
            ScoreForm(
                str(form["scored"]), float(form["low"]), float(form["high"]), float(form.get("step", 0)),
                float(form["cutoff"]) if "cutoff" in form else None,
            )
            for form in entry["forms"]
        )  # fmt: skip
        found = PublishedScore(
            key, str(entry["title"]), tuple(map(str, entry.get("names", (key,)))), bool(entry["higher_is_better"]),
            int(entry["items"]), tuple(ends), forms, tuple(map(int, entry.get("reversed", ()))),
            int(entry.get("max_missing", 0)),
            float(entry["reliability"]) if "reliability" in entry else None, str(entry.get("source", "")),
            bool(entry.get("symptoms", False)),
        )  # fmt: skip
    except (KeyError, TypeError, ValueError) as error:
        raise InstrumentError(f"{file}: {_what_is_wrong(error)}") from error
    _check(found, file)
    return found


def _what_is_wrong(error: Exception) -> str:
    if isinstance(error, KeyError):
        return f"the key {error.args[0]!r} is missing."
    return f"a value is not of its kind ({error})."


def _check(found: PublishedScore, file: str) -> None:
    wrong = next((form for form in found.forms if not form.low < form.high or form.scored not in _SCORED), None)
    if not found.forms or wrong:
        raise InstrumentError(
            f"{file}: each of the forms needs low below high, and scored one of: {', '.join(_SCORED)}."
        )
    if found.reliability is not None and not 0 < found.reliability < 1:
        raise InstrumentError(f"{file}: reliability lies between 0 and 1.")
    if not all(1 <= item <= found.items for item in found.reversed):
        raise InstrumentError(f"{file}: reversed names an item that the instrument does not have.")


def named_in(words: Sequence[str], known: Iterable[PublishedScore]) -> tuple[PublishedScore, tuple[str, ...]] | None:
    """The instrument whose name stands in the words of a column, and the words without it; the longest name wins."""
    best: tuple[int, PublishedScore, tuple[str, ...]] | None = None
    for each in known:
        for name in each.names:
            alias = tuple(name.lower().split())
            for place in range(len(words) - len(alias) + 1):
                if tuple(words[place : place + len(alias)]) == alias and (best is None or len(alias) > best[0]):
                    best = (len(alias), each, (*words[:place], *words[place + len(alias) :]))
    return None if best is None else best[1:]


def _bare(name: str) -> str:
    return "".join(char for char in name.lower() if char.isalnum())


# Where a questionnaire is not known, a scale from a usual lowest to a usual highest score.
USUAL_TOPS = (5, 6, 7, 10, 20, 40, 50, 100, 200)


def usual_range(scores: Floats) -> tuple[float, float] | None:
    """The usual scale that scores seem to be on; ``None`` where they fit none.

    Args:
        scores: any shape; NaN does not count.
    """
    there = scores[~np.isnan(scores)]
    if not len(there) or there.min() < 0:
        return None
    top = float(there.max())
    if top <= 1 and not bool((there == np.round(there)).all()):
        return 0.0, 1.0
    high = next((float(usual) for usual in USUAL_TOPS if top <= usual), None)
    if high is None:
        return None
    return (1.0 if there.min() >= 1 and high in (5, 6, 7) else 0.0), high
