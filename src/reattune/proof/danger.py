"""`reattune validate danger`: what the recogniser of danger sees and where it errs, by language."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from reattune.proof.danger_figures import Case, DangerFigures, Share, figures, table
from reattune.reflection.danger_expressions import languages_of
from reattune.reflection.danger_probability import called_by
from reattune.reflection.danger_weights import learned
from reattune.study.errors import StudyError
from reattune.terminal import ordinary, out, refuse, unreadable
from reattune.text.pieces import pieces, sentences
from reattune.text.sentence_vectors import ModelUnusable
from reattune.text.weights_file import WeightsUnusable

_COLUMNS = ("text", "language", "danger")


def read_sentences(text: str, file: str) -> list[Case]:
    """Rows of a CSV with the columns text, language, danger (1 or 0), and perhaps veiled (1 or 0), form and sort.

    Other columns are left aside.

    Raises:
        StudyError: naming the file, the row and what is wrong.
    """
    reader = csv.DictReader(io.StringIO(text))
    lacking = [name for name in _COLUMNS if name not in (reader.fieldnames or ())]
    if lacking:
        raise StudyError(f"{file} lacks the column {', '.join(lacking)}. It needs: text, language, danger.")
    rows = []
    for number, row in enumerate(reader, start=2):
        label = (row["danger"] or "").strip()
        if label not in ("0", "1"):
            raise StudyError(f"{file}, row {number}: danger is 1 or 0, and this is {label!r}.")
        if not (row["text"] or "").strip():
            raise StudyError(f"{file}, row {number}: there is no text.")
        rows.append(
            Case(
                text=row["text"],
                language=(row["language"] or "").strip() or "?",
                danger=label == "1",
                veiled={"1": True, "0": False}.get((row.get("veiled") or "").strip()) if label == "1" else None,
                form=(row.get("form") or "").strip(),
                sort=(row.get("sort") or "").strip(),
            )
        )
    if not rows:
        raise StudyError(f"{file} has no rows.")
    return rows


def tried(cases: Sequence[Case]) -> list[DangerFigures]:
    """The figures of some texts, read here and now in every way that is to be had here."""
    called: dict[str, list[bool]] = {}
    for case in cases:
        for way, danger_there in called_by(pieces(sentences(case.text)), languages_of(case.text)).items():
            called.setdefault(way, []).append(danger_there)
    return figures(cases, called)


def crossed() -> list[DangerFigures]:
    """The figures of cross-validation that came with what was learned.

    Raises:
        WeightsUnusable: the file of weights is damaged.
    """
    return [_figures(each) for each in learned().figures["languages"]]


def _figures(given: dict[str, Any]) -> DangerFigures:
    ways = {way: {group: Share(**each) for group, each in shares.items()} for way, shares in given["ways"].items()}
    shown = {**given, "recall": Share(**given["recall"]), "false_alarms": Share(**given["false_alarms"]), "ways": ways}
    return DangerFigures(**shown, missed=(), false=())


def danger(
    file: Annotated[
        Path | None,
        typer.Argument(
            help="A CSV of text, language, danger (1 or 0), perhaps veiled, form, sort. "
            "Without it: what cross-validation showed when it was learned."
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print all figures as JSON and nothing else.")] = False,
    wrong: Annotated[bool, typer.Option("--wrong", help="List the texts of FILE that were got wrong.")] = False,
) -> None:
    """Words of danger: how many are recognised, and how often it is a false alarm."""
    if wrong and file is None:
        raise refuse("--wrong lists texts of a file: name one, such as training/sentences/earlier.csv.")
    try:
        found = tried(read_sentences(ordinary(file).read_text("utf-8-sig"), file.name)) if file else crossed()
    except (StudyError, UnicodeDecodeError, OSError, csv.Error) as error:
        raise refuse(unreadable(error, file)) from error
    except (WeightsUnusable, ModelUnusable) as error:
        raise refuse(str(error)) from error
    if as_json:
        typer.echo(json.dumps({"languages": [asdict(each) for each in found]}, ensure_ascii=False))
        return
    for each in found:
        out.print(table(each))
        out.print(f"recall {each.recall}; false alarms {each.false_alarms}\n")
    if wrong:
        for text in found[-1].missed:
            out.print(f"missed: {text}", markup=False)
        for text in found[-1].false:
            out.print(f"false:  {text}", markup=False)
