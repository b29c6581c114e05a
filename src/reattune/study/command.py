"""The cohort's subcommand: study."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from reattune.content import OFFERED
from reattune.study.command_choices import DateOrder, DecimalSign, Direction, Engine, SameDay
from reattune.study.errors import StudyError
from reattune.terminal import refuse

if TYPE_CHECKING:
    from reattune.alliance.published_scores import PublishedScore


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
    rater: Annotated[
        str | None,
        typer.Option(
            help="The column that says whether client or therapist has rated; bayes reads both together.",
            rich_help_panel=_COLUMNS,
        ),
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
    state: Annotated[
        Path | None,
        typer.Option(
            "--continue", help="A folder that keeps the study from day to day: begun where it is empty; else FILE "
            "holds what is new, and only clients with something new are read."
        ),
    ] = None,
    corrections: Annotated[
        bool,
        typer.Option("--corrections", help="With --continue: another score for a known session takes its place."),
    ] = False,
    engine: Annotated[Engine, typer.Option(help="This machine, or a Spark cluster.")] = Engine.LOCAL,
    spark_master: Annotated[str, typer.Option(help="With --engine spark: the cluster's address.")] = "local[*]",
) -> None:  # fmt: skip
    """Find ruptures and repairs in session-by-session ratings of many clients."""
    try:
        from reattune.exchange.written_numbers import Decimal
        from reattune.study.ask_reader import asked
        from reattune.study.command_output import print_json, print_table, runner, write_results
        from reattune.study.method_options import Wishes
        from reattune.study.read_options import ReadOptions
        from reattune.study.results_folder import check_free
        from reattune.study.run_study import readings_of
        from reattune.terminal import end_properly_when_told

        end_properly_when_told()
        low, high = range_of(measure_range)
        codes, scores_all = missing_codes(missing)
        options = ReadOptions(
            client=client, session=session, score=score, scores=scores, therapist=therapist, rater=rater,
            low=low, high=high, step=step,
            higher_is_better=None if measure_direction is None else measure_direction is Direction.HIGHER,
            measure_column=measure_column, only=only, own_instrument=instrument_of(instrument), missing=codes,
            codes_are_scores=scores_all, date_order=None if date_order is None else date_order.value,
            same_day=same_day.value, decimal=None if decimal is None else Decimal(decimal.value), sheet=sheet,
        )  # fmt: skip
        wishes = Wishes(tuple(method or ()), cutoff, reliability, known_then, fit, rate, score_cutoff)
        if out_folder is None and (csv or replace):
            raise StudyError(f"{'--csv' if csv else '--replace'} belongs to a folder of results. Name it with --out.")
        if language not in OFFERED:
            raise StudyError(f"--language is one of {', '.join(OFFERED)}, and this is {language!r}.")
        if out_folder is not None:
            check_free(out_folder.absolute(), replace=replace, read=[file] if file else [])
        if engine is Engine.SPARK and out_folder is None:
            raise StudyError("--engine spark writes its results to a folder. Name it with --out.")
        _ = wishes.names
        hands = workers or os.cpu_count() or 1
        if corrections and state is None:
            raise StudyError("--corrections belongs to a study that is kept. Name its folder with --continue.")
        if state is not None:
            from reattune.study.kept.command_part import KeptWishes, continue_command

            if engine is Engine.SPARK:
                raise StudyError(
                    "--continue works on this machine: few clients have something new. Leave out --engine."
                )
            kept = KeptWishes(state, out_folder, csv, replace, as_json, corrections, hands, language)
            continue_command(file, options, wishes, kept, lambda read, options: asked(read, options, context))
            return
        source, readings = asked(lambda options: readings_of(file, options), options, context)
        run = runner(engine is Engine.SPARK, spark_master, hands)
        if out_folder is not None:
            write_results(
                source, readings, wishes, run, out_folder, csv=csv, replace=replace, as_json=as_json, language=language
            )
        elif as_json:
            print_json(source, readings, wishes, run)
        else:
            for reading in readings:
                run(source, reading, wishes, print_table)
    except (StudyError, ValueError) as error:
        raise refuse(str(error)) from error
    except ModuleNotFoundError as error:
        extra = "spark" if engine is Engine.SPARK and error.name in ("pyspark", "pandas") else "study"
        raise refuse(
            f"This needs {error.name}, which is not installed. Run: pip install 'reattune[{extra}]'"
        ) from error


def range_of(words: str | None) -> tuple[float | None, float | None]:
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


def missing_codes(given: Sequence[str] | None) -> tuple[tuple[float, ...], bool]:
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


def instrument_of(given: str | None) -> PublishedScore | None:
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
