"""`reattune validate danger`: what the recogniser of danger sees and where it errs, by language."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from reattune import content
from reattune.reflection.danger_words import danger as danger_of
from reattune.reflection.what_worked import interval
from reattune.study.errors import StudyError
from reattune.terminal import out, refuse, unreadable

_COLUMNS = ("text", "language", "danger")


@dataclass(frozen=True)
class Row:
    """One labelled text."""

    text: str
    language: str
    danger: bool


@dataclass(frozen=True)
class Share:
    """``hits`` of ``total`` with a 95 % interval (0-1); ``value`` is ``None`` where there is nothing to count."""

    hits: int
    total: int
    value: float | None
    low: float | None
    high: float | None

    @classmethod
    def of(cls, hits: int, total: int) -> Share:
        """The share with Wilson's interval."""
        if not total:
            return cls(0, 0, None, None, None)
        low, high = interval(hits, total)
        return cls(hits, total, hits / total, low, high)

    def __str__(self) -> str:
        if self.value is None:
            return "–"
        return f"{self.value:.3f} ({self.low:.3f}–{self.high:.3f}), {self.hits} of {self.total}"


@dataclass(frozen=True)
class DangerFigures:
    """Recall and false alarms of one language, or of all; and the texts that were got wrong."""

    language: str
    recall: Share
    false_alarms: Share
    missed: tuple[str, ...]
    false: tuple[str, ...]


def read_sentences(text: str, file: str) -> list[Row]:
    """Rows of a CSV with the columns text, language and danger (1 or 0); other columns are left aside.

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
        rows.append(Row(row["text"], (row["language"] or "").strip() or "?", label == "1"))
    if not rows:
        raise StudyError(f"{file} has no rows.")
    return rows


def figures(rows: list[Row]) -> list[DangerFigures]:
    """Of every language, in the order of the file, and of all together at the end."""
    said = {row: danger_of(row.text) is not None for row in dict.fromkeys(rows)}
    languages = list(dict.fromkeys(row.language for row in rows))
    found = [_figures(name, [row for row in rows if row.language == name], said) for name in languages]
    return [*found, _figures("all", rows, said)]


def _figures(language: str, rows: list[Row], said: dict[Row, bool]) -> DangerFigures:
    missed = tuple(row.text for row in rows if row.danger and not said[row])
    false = tuple(row.text for row in rows if not row.danger and said[row])
    dangers = sum(row.danger for row in rows)
    recall = Share.of(dangers - len(missed), dangers)
    return DangerFigures(language, recall, Share.of(len(false), len(rows) - dangers), missed, false)


def danger(
    file: Annotated[
        Path | None, typer.Argument(help="A CSV of text, language, danger (1 or 0); ours unless given.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print all figures as JSON and nothing else.")] = False,
    wrong: Annotated[bool, typer.Option("--wrong", help="List the texts that were got wrong.")] = False,
) -> None:
    """Words of danger: how many are recognised, and how often it is a false alarm."""
    try:
        if file is None:
            rows = read_sentences(content.text("danger", "written.csv"), "written.csv")
        else:
            rows = read_sentences(file.read_text("utf-8-sig"), file.name)
    except (StudyError, UnicodeDecodeError, OSError, csv.Error) as error:
        raise refuse(unreadable(error, file)) from error
    found = figures(rows)
    if as_json:
        typer.echo(json.dumps({"languages": [asdict(each) for each in found]}, ensure_ascii=False))
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("language", "recall", "false alarms"):
        table.add_column(name)
    for each in found:
        table.add_row(each.language, str(each.recall), str(each.false_alarms))
    out.print(table)
    if wrong:
        for text in found[-1].missed:
            out.print(f"missed: {text}", markup=False)
        for text in found[-1].false:
            out.print(f"false:  {text}", markup=False)
