"""`reattune validate moments`: how often what a moment comes closest to is among what is offered first."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer

from reattune.proof.moment_figures import Labelled, figures, table
from reattune.reflection.moment_reading import by_letters, learned, scores_of
from reattune.study.errors import StudyError
from reattune.terminal import ordinary, out, refuse, unreadable
from reattune.text.sentence_vectors import sentence_model
from reattune.text.weights_file import WeightsUnusable


def read_labelled(text: str, file: str) -> list[Labelled]:
    """Rows of a CSV with the columns what and cause, and perhaps language, meant, cause2, feelings and touched.

    Raises:
        StudyError: naming the file, the row and what is wrong.
    """
    reader = csv.DictReader(io.StringIO(text))
    lacking = [name for name in ("what", "cause") if name not in (reader.fieldnames or ())]
    if lacking:
        raise StudyError(f"{file} lacks the column {', '.join(lacking)}. It needs: what, cause.")
    rows = []
    for number, row in enumerate(reader, start=2):
        try:
            rows.append(Labelled.of(row, (row.get("language") or "?").strip()))
        except ValueError as error:
            raise StudyError(f"{file}, row {number}: {error}") from error
    if not rows:
        raise StudyError(f"{file} has no rows.")
    return rows


def tried(given: Sequence[Labelled]) -> dict[str, Any]:
    """The figures of some moments, read here and now: by words alone, by everything that is to be had here, and of
    that each language.

    Raises:
        WeightsUnusable: the file of weights is damaged.
    """
    ways = {"words alone": np.array([by_letters(learned(), f"{each.what} {each.meant}") for each in given])}
    if sentence_model() is not None:
        ways["meaning and words"] = np.array([scores_of(each.what, each.meant) for each in given])
    found = {way: figures(given, scores) for way, scores in ways.items()}
    best = list(ways.values())[-1]
    for language in dict.fromkeys(each.language for each in given):
        mine = [place for place, each in enumerate(given) if each.language == language]
        found[language] = figures([given[place] for place in mine], best[mine])
    return found


def moments(
    file: Annotated[
        Path | None,
        typer.Argument(
            help="A CSV of what, cause, perhaps language, meant, cause2, feelings, touched. "
            "Without it: what cross-validation showed when it was learned."
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print all figures as JSON and nothing else.")] = False,
) -> None:
    """What a moment comes closest to: how often the right cause is among the three offered first."""
    try:
        if file is None:
            shown, count = learned().figures["ways"], learned().figures["moments"]
        else:
            given = read_labelled(ordinary(file).read_text("utf-8-sig"), file.name)
            shown, count = tried(given), len(given)
    except (StudyError, UnicodeDecodeError, OSError, csv.Error) as error:
        raise refuse(unreadable(error, file)) from error
    except WeightsUnusable as error:
        raise refuse(str(error)) from error
    if as_json:
        typer.echo(json.dumps({"moments": count, "ways": shown}, ensure_ascii=False))
        return
    out.print(table(shown, count))
