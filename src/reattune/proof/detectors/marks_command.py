"""`reattune validate detectors --ratings FILE --marks MARKS`: the part of the command that is about one's own data."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import typer
from rich.table import Table

from reattune.study.command import instrument_of, missing_codes, range_of
from reattune.study.command_choices import DateOrder, Direction
from reattune.study.errors import QuestionError, StudyError
from reattune.terminal import Terminal, err, out, refuse

if TYPE_CHECKING:
    from reattune.proof.detectors.marked_study import MarkedStudy
    from reattune.proof.detectors.metrics import Interval
    from reattune.study.read_options import ReadOptions

_WIDTH = 160


@dataclass(frozen=True)
class OwnFiles:
    """What was named on the command line."""

    ratings: Path | None
    marks: Path | None
    template: Path | None
    page: Path | None


@dataclass(frozen=True)
class ScoreWishes:
    """What was said of the ratings; as in ``reattune study``."""

    instrument: str | None
    measure_range: str | None
    direction: Direction | None
    only: str | None
    missing: Sequence[str]
    date_order: DateOrder | None

    def options(self) -> ReadOptions:
        """For reading the file.

        Raises:
            StudyError: one of them is not right.
        """
        from reattune.study.read_options import ReadOptions

        low, high = range_of(self.measure_range)
        codes, every = missing_codes(self.missing)
        return ReadOptions(
            low=low,
            high=high,
            higher_is_better=None if self.direction is None else self.direction is Direction.HIGHER,
            only=self.only,
            own_instrument=instrument_of(self.instrument),
            missing=codes,
            codes_are_scores=every,
            date_order=None if self.date_order is None else self.date_order.value,
        )


def judge_own(
    files: OwnFiles, given: ScoreWishes, methods: Sequence[str], markers: Sequence[str], *, replace: bool, as_json: bool
) -> None:
    """Write a template, or judge methods beside marks; everything is checked before anything is written."""
    from reattune.study.results_folder import check_new_file

    try:
        if files.template is not None:
            _write_template(files, given, replace=replace)
            return
        if files.ratings is None or files.marks is None:
            raise StudyError(
                "To judge methods on your own data it takes --ratings FILE and --marks MARKS. --template FILE writes a "
                "table to mark in, and docs/marking.md says how."
            )
        if files.page is not None:
            if files.page.suffix.lower() != ".html":
                raise StudyError(f"{files.page.name}: the report is a page. Name a file that ends in .html.")
            check_new_file(files.page, replace=replace)
        study = _judged(files.ratings, files.marks, given, methods, markers)
        if files.page is not None:
            from reattune.proof.detectors.marked_report import marked_report

            files.page.write_text(marked_report(study, date.today()), "utf-8")
    except QuestionError as error:
        ways = "\n".join(f"  {choice.words}: {' '.join(choice.flags)}" for choice in error.choices)
        raise refuse(f"{error.question} Add one of these:\n{ways}") from error
    except (StudyError, ValueError) as error:
        raise refuse(str(error)) from error
    except OSError as error:
        raise refuse(f"{error.filename or 'A file'} cannot be used: {error.strerror or error}.") from error
    except ModuleNotFoundError as error:
        raise refuse(f"This needs {error.name}, which is not installed. Run: pip install 'reattune[study]'") from error
    if as_json:
        typer.echo(json.dumps(study.to_plain(), ensure_ascii=False))
        return
    _print(study, files.page)


def _judged(
    ratings: Path, marks: Path, given: ScoreWishes, methods: Sequence[str], markers: Sequence[str]
) -> MarkedStudy:
    from reattune.proof.detectors.marked_study import judge_marks
    from reattune.study.method_options import Wishes

    wishes = Wishes(tuple(methods) or ("all",))
    _ = wishes.names
    options = given.options()
    if sys.stderr.isatty():
        with err.status("") as status:
            return judge_marks(ratings, marks, options, wishes, markers, status.update)
    return judge_marks(ratings, marks, options, wishes, markers, lambda words: err.print(words, markup=False))


def _print(study: MarkedStudy, page: Path | None) -> None:
    from reattune.proof.detectors.marked_report import power_sentence

    out.print(study.understood, markup=False)
    share = 100 * study.open_sessions / study.sessions
    out.print(
        f"{study.marks}: {study.ruptures:,} marked ruptures; {study.sessions:,} sessions of {study.clients:,} clients "
        f"can be judged, {share:.0f} % of them in a rupture.",
        markup=False,
    )
    for line in study.left_out:
        out.print(f"Left out: {line}.", markup=False)
    if study.agreement is None:
        out.print("No session was marked by two people, so how far the marks can be relied on is not known.")
    else:
        found = study.agreement
        out.print(
            f"Agreement of the markers, in {found.sessions:,} sessions: {_interval(found.same, 100, 0)} % alike, "
            f"Krippendorff's alpha {_interval(found.alpha, 1, 2)}."
        )
    # As wide as it is, also into a file: an interval that is cut off cannot be read.
    Terminal(width=_WIDTH, highlight=False).print(_table(study))
    for pair in study.pairs:
        out.print(power_sentence(pair, study.ruptures), markup=False)
    out.print(
        "now: average precision of being in a marked rupture now, with 95 % intervals over clients, as all others. "
        "Delay in sessions, and false alarms in 100 calm sessions, at the threshold that notices 80 % of the ruptures "
        "while they are open. Noticed and right: of 100 marked ruptures and of 100 losses found, at the usual setting."
    )
    if page is not None:
        out.print(f"Written to {page}.", markup=False)


def _table(study: MarkedStudy) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("method")
    for name in ("now", "delay", "false alarms", "noticed", "right", "calibration"):
        table.add_column(name, justify="right")
    for each in study.judgements:
        table.add_row(
            each.method,
            _interval(each.now, 1, 3),
            _interval(each.delay, 1, 1),
            _interval(each.false_alarms, 1, 1),
            _interval(each.noticed, 100, 0),
            _interval(each.right, 100, 0),
            "" if each.error is None else _interval(each.error, 1, 3),
        )
    return table


def _interval(one: Interval, times: float, digits: int) -> str:
    if one.value != one.value:
        return "–"
    ends = "" if one.low != one.low else f" ({times * one.low:.{digits}f}–{times * one.high:.{digits}f})"
    return f"{times * one.value:.{digits}f}{ends}"


def _write_template(files: OwnFiles, given: ScoreWishes, *, replace: bool) -> None:
    """A table with a row for each rated session, or with the names of the columns alone."""
    import polars as pl

    from reattune.proof.detectors.marks import BY_SESSION
    from reattune.study.results_folder import check_new_file
    from reattune.study.run_study import rated_sessions, readings_of

    assert files.template is not None  # noqa: S101
    if files.template.suffix.lower() != ".csv":
        raise StudyError(f"{files.template.name}: the template is a CSV file. Name one that ends in .csv.")
    check_new_file(files.template, replace=replace)
    if files.ratings is None:
        files.template.write_text(",".join(BY_SESSION) + "\n", "utf-8")
        out.print(f"{files.template}: the columns to mark in. With --ratings it has a row for each session.")
        return
    source, readings = readings_of(files.ratings, given.options())
    rows = rated_sessions(source, readings[0])
    rows.with_columns(pl.lit("").alias("rupture"), pl.lit("").alias("marker")).write_csv(files.template)
    out.print(
        f"{files.template}: {len(rows):,} sessions of {rows['client'].n_unique():,} clients to mark.", markup=False
    )
