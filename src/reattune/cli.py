"""The one command. Each subcommand is a few lines that call a room."""

from __future__ import annotations

import json
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from reattune import __version__
from reattune.alliance.reliable_change import USUAL_RELIABILITY, reliable_change

app = typer.Typer(
    help="Notice a hurt in therapy, say it, and mend it. Without a subcommand: start the app on this machine.",
    invoke_without_command=True,
    no_args_is_help=False,
    add_completion=False,
    pretty_exceptions_enable=False,
)
_out = Console(soft_wrap=True, highlight=False)
_err = Console(stderr=True, soft_wrap=True, highlight=False)


class Direction(StrEnum):
    """Which direction of a measure is the better one."""

    HIGHER = "higher"
    LOWER = "lower"


DataFolder = Annotated[
    Path | None,
    typer.Option("--data", help="Where journals are kept. By default this user's own data folder."),
]


def _refuse(sentence: str) -> typer.Exit:
    _err.print(sentence, markup=False)
    return typer.Exit(2)


def _version(wanted: bool) -> None:
    if wanted:
        _out.print(f"reattune {__version__}")
        raise typer.Exit


@app.callback()
def serve(
    context: typer.Context,
    port: Annotated[int, typer.Option(help="The port on this machine.", min=1, max=65535)] = 8321,
    data: DataFolder = None,
    no_browser: Annotated[bool, typer.Option("--no-browser", help="Do not open the browser.")] = False,
    version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Say it.")] = False,
) -> None:
    """Start the app on this machine, for this machine alone."""
    if context.invoked_subcommand:
        return
    from reattune.web.serve import CannotServe, serve_here

    try:
        serve_here(port=port, data=data, open_browser=not no_browser, say=_out.print)
    except CannotServe as error:
        raise _refuse(str(error)) from error


@app.command()
def doctor(data: DataFolder = None) -> None:
    """Say what is installed, where the data lies, and whether it opens."""
    from reattune.web.doctor import examine

    report = examine(data)
    for line in report.lines:
        _out.print(line, markup=False)
    if not report.well:
        raise typer.Exit(2)


@app.command()
def study(
    file: Annotated[Path, typer.Argument(help="Ratings as CSV in UTF-8: long (client, session, score) or wide.")],
    method: Annotated[
        list[str] | None, typer.Option(help="control-chart or sudden-shift; both when none is named.")
    ] = None,
    measure_direction: Annotated[Direction, typer.Option(help="Which is better.")] = Direction.HIGHER,
    as_json: Annotated[bool, typer.Option("--json", help='Print {"events": [...]} and nothing else.')] = False,
    client: Annotated[str | None, typer.Option(help="The column that names the client.")] = None,
    session: Annotated[str | None, typer.Option(help="The column that counts the sessions.")] = None,
    score: Annotated[str | None, typer.Option(help="The column with the score.")] = None,
    scores: Annotated[str | None, typer.Option(help="Wide files: the score columns, FIRST..LAST or A,B,C.")] = None,
    measure_range: Annotated[
        str | None,
        typer.Option("--range", help="The measure's range, LOW..HIGH; scores outside are an error."),
    ] = None,
    cutoff: Annotated[
        float | None,
        typer.Option(help="sudden-shift: least change between two sessions; by default the reliable change.", min=0),
    ] = None,
    reliability: Annotated[
        float, typer.Option(help="sudden-shift: the measure's reliability, for the reliable change.")
    ] = USUAL_RELIABILITY,
    known_then: Annotated[
        bool, typer.Option("--known-then", help="control-chart: limits from earlier sessions only.")
    ] = False,
) -> None:
    """Find shifts in session-by-session ratings of many clients."""
    from reattune.alliance.detectors import DETECTORS
    from reattune.alliance.detectors.control_chart import ControlChartOptions
    from reattune.alliance.detectors.sudden_shift import SuddenShiftOptions
    from reattune.study.errors import StudyError

    try:
        from reattune.study.read import ReadOptions, read_ratings
        from reattune.study.run import find_events, spread_of_first_scores
        from reattune.study.table import closing_lines, event_table

        low, high = _range(measure_range)
        reading = read_ratings(file, ReadOptions(client, session, score, scores, low, high))
        criterion = f"{cutoff:g} points" if cutoff is not None else ""
        if cutoff is None:
            cutoff = reliable_change(spread_of_first_scores(reading.frame), reliability)
            criterion = f"{cutoff:.1f} points, the reliable change at reliability {reliability:g}"
        methods = list(dict.fromkeys(method or DETECTORS))
        options: dict[str, Any] = {
            "control-chart": ControlChartOptions(known_then=known_then),
            "sudden-shift": SuddenShiftOptions(cutoff=cutoff),
        }
        events = find_events(reading.frame, methods, options, measure_direction is Direction.HIGHER)
    except (StudyError, ValueError) as error:
        raise _refuse(str(error)) from error
    except ModuleNotFoundError as error:
        raise _refuse(f"This needs {error.name}, which is not installed. Run: pip install 'reattune[study]'") from error
    if as_json:
        typer.echo(json.dumps({"events": [event.to_plain() for event in events]}, ensure_ascii=False))
        return
    _out.print(f"{file.name}: {reading.summary()}.", markup=False)
    if events:
        _out.print(event_table(events))
    for line in closing_lines(events, methods):
        _out.print(line, markup=False)
    if "sudden-shift" in methods:
        _out.print(f"sudden-shift asks for a change of at least {criterion}.", markup=False)


def _range(words: str | None) -> tuple[float | None, float | None]:
    from reattune.study.errors import StudyError

    if words is None:
        return None, None
    first, dots, last = words.partition("..")
    try:
        low, high = float(first), float(last)
    except ValueError:
        dots = ""
        low = high = 0.0
    if not dots or low >= high:
        raise StudyError(f"--range is written LOW..HIGH, like 0..100, and this is {words!r}.")
    return low, high
