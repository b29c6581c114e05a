"""The cohort's subcommand: study."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from reattune.content import OFFERED
from reattune.content.speech import speaking
from reattune.study.command_choices import DateOrder, DecimalSign, Direction, Engine, SameDay
from reattune.study.errors import StudyError
from reattune.terminal import err, out, refuse

if TYPE_CHECKING:
    from reattune.alliance.detectors import Event
    from reattune.alliance.published_scores import PublishedScore
    from reattune.study.detect_batch import Part
    from reattune.study.method_options import Wishes
    from reattune.study.run_study import Study

    RunOne = Callable[[Any, Any, Wishes, Callable[[Study, Iterator[Part]], None]], Study]


_COLUMNS, _SCORES, _METHODS, _RESULTS = "Columns", "What the scores mean", "Methods", "Results"


def study(
    context: typer.Context,
    file: Annotated[
        Path,
        typer.Argument(
            help="Ratings, long or wide: CSV in any form, Excel, SPSS, Stata, Parquet or a Parquet folder; also packed."
        ),
    ],
    out_folder: Annotated[
        Path | None, typer.Option("--out", help="Write tables and report.html to this folder, instead of printing.")
    ] = None,
    method: Annotated[
        list[str] | None, typer.Option(help="One of the methods, or all; may be repeated. bayes when none is named.")
    ] = None,
    measure_direction: Annotated[
        Direction | None,
        typer.Option(help="Which is better; the instrument's unless given, else higher.", rich_help_panel=_SCORES),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help='Print {"events": [...]} and nothing else.')] = False,
    csv: Annotated[bool, typer.Option("--csv", help="With --out: CSV files beside the Parquet ones.")] = False,
    replace: Annotated[bool, typer.Option("--replace", help="With --out: in place of earlier results.")] = False,
    client: Annotated[
        str | None, typer.Option(help="The column that names the client.", rich_help_panel=_COLUMNS)
    ] = None,
    session: Annotated[
        str | None,
        typer.Option(help="The column that counts, names or dates the sessions.", rich_help_panel=_COLUMNS),
    ] = None,
    score: Annotated[
        str | None,
        typer.Option(help="The column with the score; A,B are several measures.", rich_help_panel=_COLUMNS),
    ] = None,
    scores: Annotated[
        str | None,
        typer.Option(help="Wide files: the score columns, FIRST..LAST or A,B,C.", rich_help_panel=_COLUMNS),
    ] = None,
    therapist: Annotated[
        str | None, typer.Option(help="The column that names the therapist.", rich_help_panel=_COLUMNS)
    ] = None,
    measure_column: Annotated[
        str | None, typer.Option(help="The column that names the measure.", rich_help_panel=_COLUMNS)
    ] = None,
    only: Annotated[
        str | None, typer.Option(help="Of several measures the one to read.", rich_help_panel=_COLUMNS)
    ] = None,
    sheet: Annotated[str | None, typer.Option(help="The sheet of a workbook.", rich_help_panel=_COLUMNS)] = None,
    date_order: Annotated[
        DateOrder | None,
        typer.Option(help="Which comes first in 3/4/2024, where no date tells.", rich_help_panel=_COLUMNS),
    ] = None,
    same_day: Annotated[
        SameDay, typer.Option(help="Two ratings of a client on one day.", rich_help_panel=_COLUMNS)
    ] = SameDay.MEAN,
    decimal: Annotated[
        DecimalSign | None, typer.Option(help="The sign before decimals.", rich_help_panel=_COLUMNS)
    ] = None,
    instrument: Annotated[
        str | None,
        typer.Option(
            help="The questionnaire, for range, direction and reliability: srs, ors, wai-sr, sai, phq-9, gad-7, "
            "bdi-ii, oq-45, core-10, core-om, reattune, or a TOML file.",
            rich_help_panel=_SCORES,
        ),
    ] = None,
    missing: Annotated[
        list[str] | None,
        typer.Option(
            help="A score that means missing, like 99 or -9,-99; or none: all are scores.", rich_help_panel=_SCORES
        ),
    ] = None,
    measure_range: Annotated[
        str | None,
        typer.Option(
            "--range", help="The measure's range, LOWEST..HIGHEST; scores outside are an error.",
            rich_help_panel=_SCORES
        ),
    ] = None,
    step: Annotated[
        float,
        typer.Option(
            help="Distance of neighbouring possible scores; seen from the scores unless given.", min=0,
            rich_help_panel=_SCORES,
        ),
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
            help="sudden-shift and drop: the measure's reliability, for the reliable change. Unless given, "
            "sudden-shift takes the instrument's, else 0.8, and drop asks for a tenth of the range."
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
    language: Annotated[
        str, typer.Option(help=f"The language of the report: {', '.join(OFFERED)}.", rich_help_panel=_RESULTS)
    ] = "en",
    engine: Annotated[Engine, typer.Option(help="This machine, or a Spark cluster.")] = Engine.LOCAL,
    spark_master: Annotated[str, typer.Option(help="With --engine spark: the cluster's address.")] = "local[*]",
) -> None:  # fmt: skip
    """Find ruptures and repairs in session-by-session ratings of many clients."""
    try:
        from reattune.exchange.written_numbers import Decimal
        from reattune.study.ask_reader import asked
        from reattune.study.method_options import Wishes
        from reattune.study.read_options import ReadOptions
        from reattune.study.results_folder import check_free
        from reattune.study.run_study import readings_of

        low, high = _range(measure_range)
        codes, scores_all = _missing(missing)
        options = ReadOptions(
            client=client, session=session, score=score, scores=scores, therapist=therapist,
            low=low, high=high, step=step,
            higher_is_better=None if measure_direction is None else measure_direction is Direction.HIGHER,
            measure_column=measure_column, only=only, own_instrument=_instrument(instrument), missing=codes,
            codes_are_scores=scores_all, date_order=None if date_order is None else date_order.value,
            same_day=same_day.value, decimal=None if decimal is None else Decimal(decimal.value), sheet=sheet,
        )  # fmt: skip
        wishes = Wishes(tuple(method or ()), cutoff, reliability, known_then, fit, rate, score_cutoff)
        if out_folder is None and (csv or replace):
            raise StudyError(f"{'--csv' if csv else '--replace'} belongs to a folder of results. Name it with --out.")
        if language not in OFFERED:
            raise StudyError(f"--language is one of {', '.join(OFFERED)}, and this is {language!r}.")
        if out_folder is not None:
            check_free(out_folder.absolute(), replace=replace)
        if engine is Engine.SPARK and out_folder is None:
            raise StudyError("--engine spark writes its results to a folder. Name it with --out.")
        _ = wishes.names
        source, readings = asked(lambda options: readings_of(file, options), options, context)
        run = _runner(engine, spark_master, workers or os.cpu_count() or 1)
        if out_folder is not None:
            _write(
                source, readings, wishes, run, out_folder, csv=csv, replace=replace, as_json=as_json, language=language
            )
        elif as_json:
            _print_json(source, readings, wishes, run)
        else:
            for reading in readings:
                run(source, reading, wishes, _print_table)
    except (StudyError, ValueError) as error:
        raise refuse(str(error)) from error
    except ModuleNotFoundError as error:
        extra = "spark" if engine is Engine.SPARK and error.name in ("pyspark", "pandas") else "study"
        raise refuse(
            f"This needs {error.name}, which is not installed. Run: pip install 'reattune[{extra}]'"
        ) from error


def _runner(engine: Engine, spark_master: str, hands: int) -> RunOne:
    if engine is Engine.SPARK:
        from reattune.study.spark import run_on_spark

        return lambda source, reading, wishes, take: run_on_spark(source, reading, wishes, take, spark_master)
    from reattune.study.run_study import run_study

    return lambda source, reading, wishes, take: run_study(source, reading, wishes, take, hands)


def _print_json(source: Any, readings: Any, wishes: Wishes, run: RunOne) -> None:
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


def _print_table(study: Study, parts: Iterator[Part]) -> None:
    from reattune.study.terminal_table import MOST_ROWS, closing_lines, event_table

    shown: list[Event] = []
    for part in parts:
        for events in part.found.values():
            shown.extend(events[: max(0, MOST_ROWS - len(shown))])
    _say_read(study)
    if shown:
        out.print(event_table(shown))
    for line in closing_lines(study.tally, study.plan):
        out.print(line, markup=False)


def _say_read(study: Study) -> None:
    """How the file was understood, what it holds, and what was set aside."""
    from reattune.study.terminal_table import summary

    out.print(study.understood, markup=False)
    out.print(f"{_title(study)}: {summary(study.tally)}.", markup=False)
    for line in study.set_aside:
        out.print(f"{line}.", markup=False)


def _title(study: Study) -> str:
    return study.source.name if study.alone else f"{study.source.name}, {study.layout.name}"


def _write(
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
    from reattune.study.results_folder import REPORT, Tables, page_name, results_folder

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
                pages = [(study.layout.name, page_name(study.layout.name)) for study in done]
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

    _say_read(study)
    for line in closing_lines(study.tally, study.plan):
        if not line.startswith("…"):
            out.print(line, markup=False)
    out.print(f"Written to {folder}: events, sessions, clients and report.html.", markup=False)


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


def _missing(given: list[str] | None) -> tuple[tuple[float, ...], bool]:
    codes: list[float] = []
    every = False
    for word in (part.strip() for words in given or () for part in words.split(",")):
        if word.lower() == "none":
            every = True
            continue
        try:
            codes.append(float(word))
        except ValueError:
            raise StudyError(f"--missing names numbers, like 99 or -9,-99, or none; and this is {word!r}.") from None
    return tuple(codes), every


def _instrument(given: str | None) -> PublishedScore | None:
    from reattune.alliance.published_scores import known_score, read_score
    from reattune.terminal import unreadable

    if given is None:
        return None
    path = Path(given)
    if path.suffix.lower() != ".toml":
        return known_score(given)
    try:
        return read_score(path.read_text("utf-8"), path.name)
    except (OSError, UnicodeDecodeError) as error:
        raise StudyError(unreadable(error, path)) from error
