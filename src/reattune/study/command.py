"""The cohort's subcommands: study, simulate, validate."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from reattune.alliance.measure import Measure
from reattune.study.errors import StudyError
from reattune.terminal import err, out, refuse

if TYPE_CHECKING:
    from reattune.alliance.detectors import Event
    from reattune.study.detect_batch import Part
    from reattune.study.run_study import Study


class Direction(StrEnum):
    """Which direction of a measure is the better one."""

    HIGHER = "higher"
    LOWER = "lower"


class Engine(StrEnum):
    """Where a study is worked out."""

    LOCAL = "local"
    SPARK = "spark"


def study(
    file: Annotated[Path, typer.Argument(help="Ratings: CSV in UTF-8 or Parquet, long or wide, or a Parquet folder.")],
    out_folder: Annotated[
        Path | None, typer.Option("--out", help="Write tables and report.html to this folder, instead of printing.")
    ] = None,
    method: Annotated[
        list[str] | None, typer.Option(help="One of the methods, or all; may be repeated. bayes when none is named.")
    ] = None,
    measure_direction: Annotated[Direction, typer.Option(help="Which is better.")] = Direction.HIGHER,
    as_json: Annotated[bool, typer.Option("--json", help='Print {"events": [...]} and nothing else.')] = False,
    csv: Annotated[bool, typer.Option("--csv", help="With --out: CSV files beside the Parquet ones.")] = False,
    replace: Annotated[bool, typer.Option("--replace", help="With --out: in place of earlier results.")] = False,
    client: Annotated[str | None, typer.Option(help="The column that names the client.")] = None,
    session: Annotated[str | None, typer.Option(help="The column that counts the sessions.")] = None,
    score: Annotated[str | None, typer.Option(help="The column with the score.")] = None,
    scores: Annotated[str | None, typer.Option(help="Wide files: the score columns, FIRST..LAST or A,B,C.")] = None,
    therapist: Annotated[str | None, typer.Option(help="The column that names the therapist.")] = None,
    measure_range: Annotated[
        str | None, typer.Option("--range", help="The measure's range, LOWEST..HIGHEST; scores outside are an error.")
    ] = None,
    step: Annotated[
        float, typer.Option(help="Distance of neighbouring possible scores; seen from the scores unless given.", min=0)
    ] = 0.0,
    fit: Annotated[
        bool,
        typer.Option(
            "--fit", help="bayes: learn what is usual from this cohort, where that predicts better than the literature."
        ),
    ] = False,
    rate: Annotated[
        float | None,
        typer.Option(help="bayes: how often ruptures begin, a steady session, such as 0.03, if you know it."),
    ] = None,
    cutoff: Annotated[
        float | None,
        typer.Option(help="sudden-shift: least change between two sessions; by default the reliable change.", min=0),
    ] = None,
    reliability: Annotated[
        float | None,
        typer.Option(
            help="The measure's reliability: sudden-shift (0.80 unless given) and drop ask for the reliable change."
        ),
    ] = None,
    score_cutoff: Annotated[
        float | None,
        typer.Option(help="drop: a score that reaches this warns by itself, such as 36 of 40 on the SRS."),
    ] = None,
    known_then: Annotated[
        bool, typer.Option("--known-then", help="control-chart: limits from earlier sessions only.")
    ] = False,
    workers: Annotated[
        int | None, typer.Option(help="Batches worked on at once; by default one a core.", min=1)
    ] = None,
    engine: Annotated[Engine, typer.Option(help="This machine, or a Spark cluster.")] = Engine.LOCAL,
    spark_master: Annotated[str, typer.Option(help="With --engine spark: the cluster's address.")] = "local[*]",
) -> None:
    """Find ruptures and repairs in session-by-session ratings of many clients."""
    try:
        from reattune.study.method_options import Wishes
        from reattune.study.parse_ratings import ReadOptions
        from reattune.study.results_folder import check_free

        low, high = _range(measure_range)
        reading = ReadOptions(client, session, score, scores, therapist, low, high)
        wishes = Wishes(tuple(method or ()), cutoff, reliability, known_then, fit, rate, score_cutoff)
        if out_folder is None and (csv or replace):
            raise StudyError(f"{'--csv' if csv else '--replace'} belongs to a folder of results. Name it with --out.")
        if out_folder is not None:
            check_free(out_folder.absolute(), replace=replace)
        said = _Said(out_folder, as_json)
        measure = Measure(
            higher_is_better=measure_direction is Direction.HIGHER,
            low=-float("inf") if low is None else low,
            high=float("inf") if high is None else high,
            step=step,
        )
        if engine is Engine.SPARK:
            from reattune.study.spark import run_on_spark

            if out_folder is None:
                raise StudyError("--engine spark writes its results to a folder. Name it with --out.")
            said.done(
                run_on_spark(file, reading, wishes, measure, _writer(out_folder, csv, replace, said), spark_master)
            )
            return
        from reattune.study.run_study import run_study

        hands = workers or os.cpu_count() or 1
        if out_folder is None:
            run_study(file, reading, wishes, measure, _print_json if as_json else _print_table, hands)
        else:
            said.done(run_study(file, reading, wishes, measure, _writer(out_folder, csv, replace, said), hands))
    except (StudyError, ValueError) as error:
        raise refuse(str(error)) from error
    except ModuleNotFoundError as error:
        extra = "spark" if engine is Engine.SPARK else "study"
        raise refuse(
            f"This needs {error.name}, which is not installed. Run: pip install 'reattune[{extra}]'"
        ) from error


def _print_json(study: Study, parts: Iterator[Part]) -> None:
    found = [event.to_plain() for part in parts for events in part.found.values() for event in events]
    typer.echo(json.dumps({"events": found}, ensure_ascii=False))


def _print_table(study: Study, parts: Iterator[Part]) -> None:
    from reattune.study.terminal_table import MOST_ROWS, closing_lines, event_table, summary

    shown: list[Event] = []
    for part in parts:
        for events in part.found.values():
            shown.extend(events[: max(0, MOST_ROWS - len(shown))])
    out.print(f"{study.source.name}: {summary(study.tally)}.", markup=False)
    if shown:
        out.print(event_table(shown))
    for line in closing_lines(study.tally, study.plan):
        out.print(line, markup=False)


@dataclass
class _Said:
    """What is printed of results that go to a folder: a summary, or with --json the events and nothing else."""

    folder: Path | None
    as_json: bool
    events: list[dict[str, Any]] = field(default_factory=list)

    def take(self, part: Part) -> None:
        if self.as_json:
            self.events.extend(event.to_plain() for events in part.found.values() for event in events)

    def done(self, study: Study) -> None:
        from reattune.study.terminal_table import closing_lines, summary

        if self.as_json:
            typer.echo(json.dumps({"events": self.events}, ensure_ascii=False))
            return
        out.print(f"{study.source.name}: {summary(study.tally)}.", markup=False)
        for line in closing_lines(study.tally, study.plan):
            if not line.startswith("…"):
                out.print(line, markup=False)
        out.print(f"Written to {self.folder}: events, sessions, clients and report.html.", markup=False)


def _writer(folder: Path, csv: bool, replace: bool, said: _Said) -> Any:
    from reattune.study.report.page import report
    from reattune.study.results_folder import REPORT, Tables, results_folder

    def write(study: Study, parts: Iterator[Part]) -> None:
        said.events.clear()
        with results_folder(folder, replace=replace) as here:
            with Tables(here, csv=csv) as tables, _progress() as bar:
                task = bar.add_task("")
                for part in parts:
                    tables.write(part)
                    said.take(part)
                    bar.update(task, description=_so_far(study, bar.tasks[0].elapsed or 0))
            (here / REPORT).write_text(report(study, date.today()), "utf-8")

    return write


def _progress() -> Progress:
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    return Progress(*columns, console=err, transient=True, disable=not sys.stderr.isatty())


def _so_far(study: Study, seconds: float) -> str:
    done = study.tally.clients
    left = study.time_left(seconds)
    rate = f"{done / seconds:,.0f} a second" if seconds > 0 else ""
    return f"{done:,} clients, {rate}{f', about {left} left' if left else ''}"


def _range(words: str | None) -> tuple[float | None, float | None]:
    if words is None:
        return None, None
    first, dots, last = words.partition("..")
    try:
        low, high = float(first), float(last)
    except ValueError:
        dots = ""
        low = high = 0.0
    if not dots or not low < high:
        raise StudyError(f"--range is written LOWEST..HIGHEST, like 0..100, and this is {words!r}.")
    return low, high
