"""What the command says and writes of a study: tables on the terminal, JSON, or a folder of results."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from reattune.content.translated_sentences import speaking
from reattune.terminal import err, out

if TYPE_CHECKING:
    from reattune.alliance.detectors import Event
    from reattune.study.detect_batch import Part
    from reattune.study.method_options import Wishes
    from reattune.study.run_study import Study

    RunOne = Callable[[Any, Any, Wishes, Callable[[Study, Iterator[Part]], None]], Study]


def runner(spark: bool, spark_master: str, hands: int) -> RunOne:
    if spark:
        from reattune.study.spark import run_on_spark

        return lambda source, reading, wishes, take: run_on_spark(source, reading, wishes, take, spark_master)
    from reattune.study.run_study import run_study

    return lambda source, reading, wishes, take: run_study(source, reading, wishes, take, hands)


def print_json(source: Any, readings: Any, wishes: Wishes, run: RunOne) -> None:
    found: list[dict[str, Any]] = []
    for reading in readings:
        named = {"measure": reading.layout.name} if len(readings) > 1 else {}
        of_measure: list[dict[str, Any]] = []

        def take(
            study: Study, parts: Iterator[Part], here: list[dict[str, Any]] = of_measure, more: dict[str, str] = named
        ) -> None:
            here[:] = [
                {**more, **event.to_plain()} for part in parts for events in part.found.values() for event in events
            ]

        err.print(run(source, reading, wishes, take).understood, markup=False)
        found += of_measure
    typer.echo(json.dumps({"events": found}, ensure_ascii=False))


def print_table(study: Study, parts: Iterator[Part]) -> None:
    from reattune.study.terminal_table import MOST_ROWS, closing_lines, event_table

    shown: list[Event] = []
    for part in parts:
        for events in part.found.values():
            shown.extend(events[: max(0, MOST_ROWS - len(shown))])
    say_read(study)
    if shown:
        out.print(event_table(shown))
    for line in closing_lines(study.tally, study.plan):
        out.print(line, markup=False)


def say_read(study: Study) -> None:
    """How the file was understood, what it holds, and what was set aside."""
    from reattune.study.terminal_table import summary

    out.print(study.understood, markup=False)
    out.print(f"{_title(study)}: {summary(study.tally)}.", markup=False)
    for line in study.set_aside:
        out.print(f"{line}.", markup=False)


def _title(study: Study) -> str:
    return study.source.name if study.alone else f"{study.source.name}, {study.layout.name}"


def write_results(
    source: Any,
    readings: Any,
    wishes: Wishes,
    run: RunOne,
    folder: Path,
    *,
    csv: bool,
    replace: bool,
    as_json: bool,
    language: str,
) -> None:
    from reattune.study.report.page import pages_of_measures, report
    from reattune.study.results_folder import REPORT, Tables, page_names, results_folder

    several = len(readings) > 1
    done: list[Study] = []
    found: list[dict[str, Any]] = []
    with results_folder(folder, replace=replace) as here:
        with _progress() as bar:
            task = bar.add_task("")
            for reading in readings:
                name = reading.layout.name if several else None

                def take(study: Study, parts: Iterator[Part], name: str | None = name) -> None:
                    with Tables(here, csv=csv, kept=f"{len(done)}" if several else "") as tables:
                        for part in parts:
                            tables.write(part, name)
                            if as_json:
                                more = {"measure": name} if name else {}
                                plain = (each.to_plain() for events in part.found.values() for each in events)
                                found.extend({**more, **event} for event in plain)
                            bar.update(task, description=_so_far(study, bar.tasks[0].elapsed or 0))

                done.append(run(source, reading, wishes, take))
        if several:
            Tables.join(here, len(done), csv=csv)
        with speaking(language):
            if several:
                measures = [study.layout.name for study in done]
                pages = list(zip(measures, page_names(measures), strict=True))
                for study, (_, page) in zip(done, pages, strict=True):
                    (here / page).write_text(report(study, date.today()), "utf-8")
                (here / REPORT).write_text(pages_of_measures(source.name, pages), "utf-8")
            else:
                (here / REPORT).write_text(report(done[0], date.today()), "utf-8")
    if as_json:
        typer.echo(json.dumps({"events": found}, ensure_ascii=False))
        return
    for study in done:
        _say_done(study, folder)


def _progress() -> Progress:
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    return Progress(*columns, console=err, transient=True, disable=not sys.stderr.isatty())


def _so_far(study: Study, seconds: float) -> str:
    done = study.tally.clients
    left = study.time_left(seconds)
    rate = f"{done / seconds:,.0f} a second" if seconds > 0 else ""
    return f"{done:,} clients, {rate}{f', about {left} left' if left else ''}"


def _say_done(study: Study, folder: Path) -> None:
    from reattune.study.terminal_table import closing_lines

    say_read(study)
    for line in closing_lines(study.tally, study.plan):
        if not line.startswith("…"):
            out.print(line, markup=False)
    out.print(f"Written to {folder}: events, sessions, clients and report.html.", markup=False)
