"""The sentences that the recogniser of danger learns from, and which of them must not stand on both sides of a fold."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy import sparse

from reattune import content
from reattune.journal.vocabulary import Cause
from reattune.reflection.danger_expressions import findings
from reattune.text.letter_features import buckets
from reattune.text.pieces import sentences, straight

HERE = Path(__file__).parent / "sentences"
LANGUAGES = ("en", "de", "es", "fr")
# So many lines of a file are one batch of its writer, and are learned from together or not at all.
_BATCH = 50
# Two texts whose letters are so alike (cosine of their buckets, 0 to 1) are one thought in other words.
ALIKE = 0.6
# Buckets that more texts than this have tell little of two of them.
_FEW = 100


@dataclass(frozen=True)
class Row:
    """One labelled text.

    Attributes:
        kind: which danger, empty where it is none or not known.
        veiled: whether the danger is not said plainly; ``None`` where it is none or not known.
        form: ``sentence`` or ``entry`` (several sentences, the danger in one or two of them).
        sort: of what is no danger: what it could be mistaken for, or ``ordinary``; else empty.
        batch: the lines of a file that were written together.
    """

    text: str
    language: str
    danger: bool
    kind: str = ""
    veiled: bool | None = None
    form: str = "sentence"
    sort: str = ""
    batch: str = ""

    @property
    def measured(self) -> bool:
        """Whether figures are made of it: not of what the expressions were mended with, nor of what
        they chose, nor of our own words."""
        return not self.batch.startswith(("earlier", "ours", "moments."))


def rows() -> list[Row]:
    """Every text there is to learn from, none twice: written for this, the earlier set, rounds, ordinary moments, and
    what our own screens say.

    Raises:
        ValueError: naming file and line, where a label is none.
    """
    found = [*_written(), *_earlier(), *_moments(), *_jarred(), *_ours()]
    return list({straight(row.text).casefold(): row for row in reversed(found)}.values())[::-1]


def _written() -> Iterator[Row]:
    for file in sorted([*HERE.glob("danger.*.csv"), *HERE.glob("round.*.csv")]):
        with file.open(encoding="utf-8", newline="") as lines:
            for number, line in enumerate(csv.DictReader(lines)):
                yield _row(line, file, number)


def _row(line: dict[str, str], file: Path, number: int) -> Row:
    if line["danger"] not in ("0", "1") or not line["text"].strip():
        raise ValueError(f"{file.name}, line {number + 2}: it needs a text, and danger 1 or 0.")
    veiled = {"1": True, "0": False}.get(line.get("veiled", ""))
    return Row(
        text=line["text"],
        language=line.get("language") or file.stem.partition(".")[2],
        danger=line["danger"] == "1",
        kind=line.get("kind", ""),
        veiled=veiled if line["danger"] == "1" else None,
        form=line.get("form") or "sentence",
        sort=line.get("sort", ""),
        batch=f"{file.stem} {number // _BATCH}",
    )


def _earlier() -> Iterator[Row]:
    """The set that the expressions were mended with; its nine rounds are its batches."""
    with (HERE / "earlier.csv").open(encoding="utf-8", newline="") as lines:
        for number, line in enumerate(csv.DictReader(lines)):
            sort = "" if line["danger"] == "1" else "earlier"
            yield Row(
                line["text"], line["language"], line["danger"] == "1", sort=sort, batch=f"earlier {number // _BATCH}"
            )


def _moments() -> Iterator[Row]:
    """Moments with a therapist or somebody else, written for the echoes: ordinary hurt, and none of it danger."""
    for line in content.text("echoes", "written.jsonl").splitlines():
        moment = json.loads(line)
        for text in (moment.get("what"), moment.get("meant")):
            if text:
                form = "entry" if len(sentences(text)) > 2 else "sentence"
                batch = f"moments {moment['theme']}"
                yield Row(text, moment["language"], False, form=form, sort="moment", batch=batch)


def _jarred() -> Iterator[Row]:
    """Moments written to learn causes from, and nearly all no danger: what could be one is left out unread (a boundary
    crossed, an expression of danger). No figure is made of the rest."""
    for file in sorted(HERE.glob("moments.*.csv")):
        with file.open(encoding="utf-8", newline="") as lines:
            for number, line in enumerate(csv.DictReader(lines)):
                if Cause.CROSSED_A_BOUNDARY in (line["cause"], line["cause2"]):
                    continue
                for text in filter(None, (line["what"], line["meant"])):
                    if any(findings(each, LANGUAGES) for each in sentences(text)):
                        continue
                    form = "entry" if len(sentences(text)) > 2 else "sentence"
                    batch = f"{file.stem} {number // _BATCH}"
                    yield Row(text, file.stem.partition(".")[2], False, form=form, sort="moment", batch=batch)


def _ours() -> Iterator[Row]:
    """Openings, answers and labels that the app itself writes: no danger, save what names a crossed boundary, which
    is left out."""
    for name in ("openings", "therapist_answers", "labels"):
        said = {key: value for key, value in content.words(name, "en").items() if not key.startswith("crossed")}
        for number, text in enumerate(_strings(said)):
            yield Row(text, "en", False, sort="ours", batch=f"ours {name} {number // _BATCH}")


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for each in value.values():
            yield from _strings(each)
    elif isinstance(value, list):
        for each in value:
            yield from _strings(each)


def letters_of(texts: list[str]) -> tuple[npt.NDArray[np.uint32], sparse.csr_matrix]:
    """The `buckets` of all texts in order, and a line for each text with 1 at the places of its own among them."""
    found = [buckets(text) for text in texts]
    ends = np.cumsum([0, *map(len, found)])
    every, places = np.unique(np.concatenate(found), return_inverse=True)
    return every, sparse.csr_matrix((np.ones(len(places)), places, ends), shape=(len(texts), len(every)))


def folds(given: list[Row], count: int = 5) -> npt.NDArray[np.int64]:
    """The fold of each row; a batch lies in one fold, and the batches of a file are spread evenly."""
    batches = list(dict.fromkeys(row.batch for row in given))
    place = {batch: number % count for number, batch in enumerate(batches)}
    return np.array([place[row.batch] for row in given])


def alike(letters: sparse.csr_matrix) -> sparse.csr_matrix:
    """True where two texts are nearly the same, itself included; square. Only what few texts have is compared."""
    seen = np.asarray(letters.sum(axis=0)).ravel()
    rare = letters[:, (seen > 1) & (seen <= _FEW)]
    lengths = np.sqrt(np.asarray(rare.multiply(rare).sum(axis=1)).ravel())
    rare = (sparse.diags(1 / np.where(lengths > 0, lengths, 1)) @ rare).tocsr()
    near = (rare @ rare.T).tocsr()
    return near > ALIKE
