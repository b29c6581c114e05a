"""`reattune study --continue STATE`: the part of the command that is about a study that is kept."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer
from rich.table import Table

from reattune.content.translated_sentences import speaking
from reattune.study.errors import StudyError
from reattune.study.kept.continue_study import Continued, continue_study, state_in
from reattune.study.kept.same_measure import options_beside
from reattune.study.method_options import Wishes
from reattune.study.read_options import ReadOptions
from reattune.study.run_study import readings_of
from reattune.terminal import err, out

if TYPE_CHECKING:
    import polars as pl

# Changes that are printed; all are in new.csv.
_SHOWN = 50


@dataclass(frozen=True)
class KeptWishes:
    """Where the state is, where results go, and how."""

    state: Path
    results: Path | None
    csv: bool
    replace: bool
    as_json: bool
    corrections: bool
    workers: int
    language: str = "en"


def continue_command(
    file: Path,
    options: ReadOptions,
    wishes: Wishes,
    kept: KeptWishes,
    asked: Callable[[Callable[[ReadOptions], Any], ReadOptions], Any],
) -> None:
    """Take in a day, write what was asked for, and only then make the new state the folder's.

    Raises:
        StudyError: a file, the state or a wish is not right; then the state is as it was.
    """
    from reattune.study.results_folder import results_folder

    state = state_in(kept.state)
    if state is not None and wishes != Wishes():
        raise StudyError(
            f"Methods and their options were decided when {kept.state} was begun. Leave them out; or begin a new state."
        )
    _ = wishes.names
    options = options_beside(options, state)
    source, readings = asked(lambda options: readings_of(file, options), options)
    if len(readings) > 1:
        names = ", ".join(repr(each.layout.name) for each in readings)
        raise StudyError(f"{source.name} holds several measures: {names}. Keep a state for each, with --only.")

    def take_in(progress: Callable[[str], None]) -> Continued:
        return continue_study(
            source, readings[0], wishes, kept.state.absolute(), state,
            workers=kept.workers, corrections=kept.corrections, progress=progress,
        )  # fmt: skip

    if sys.stderr.isatty():
        with err.status("") as status:
            found = take_in(status.update)
    else:
        found = take_in(lambda _: None)
    if kept.results is None:
        found.commit()
    else:
        with results_folder(kept.results, replace=kept.replace) as here:
            _write(found, here, csv=kept.csv, language=kept.language)
        found.commit()
    if kept.as_json:
        typer.echo(json.dumps({"changes": found.changes.to_dicts()}, ensure_ascii=False))
        return
    _say(found, kept)


def _write(found: Continued, here: Path, *, csv: bool, language: str) -> None:
    from reattune.study.kept.whole_tables import draw_gallery, write_tables
    from reattune.study.report.page import report
    from reattune.study.results_folder import REPORT

    write_tables(found, here, csv=csv)
    draw_gallery(found)
    with speaking(language):
        (here / REPORT).write_text(report(found.study, date.today()), "utf-8")


def _say(found: Continued, kept: KeptWishes) -> None:
    from reattune.study.terminal_table import closing_lines, summary

    study = found.study
    out.print(study.understood, markup=False)
    if found.begun:
        out.print(f"{kept.state} was begun with {summary(study.tally)}.", markup=False)
    else:
        known = f"; {found.known:,} ratings of this file were known" if found.known else ""
        out.print(
            f"{found.with_news:,} of {study.tally.clients:,} clients have something new and were read{known}.",
            markup=False,
        )
    for line in study.set_aside:
        out.print(f"{line}.", markup=False)
    look = found.changes.filter(found.changes["look"]) if len(found.changes) else found.changes
    if kept.results is None and not found.begun:
        if len(found.changes):
            out.print(_table(found.changes.head(_SHOWN)))
        if len(found.changes) > _SHOWN:
            out.print(f"… and {len(found.changes) - _SHOWN:,} more. With --out they are all in new.csv.")
    for line in closing_lines(study.tally, study.plan):
        if not line.startswith("…"):
            out.print(line, markup=False)
    who = look["client"].n_unique() if len(look) else 0
    out.print(f"{who:,} client{'' if who == 1 else 's'} to look at, for what is new.", markup=False)
    if kept.results is not None:
        out.print(f"Written to {kept.results}: events, sessions, clients, new.csv and report.html.", markup=False)


def _table(changes: pl.DataFrame) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("client", "look", "why", "P now", "before"):
        table.add_column(name, justify="right" if name in ("P now", "before") else "left")
    for row in changes.iter_rows(named=True):
        table.add_row(
            row["client"], "yes" if row["look"] else "", row["why"], _percent(row["p_rupture_now"]),
            _percent(row["p_rupture_before"]),
        )  # fmt: skip
    return table


def _percent(value: float | None) -> str:
    return "" if value is None else f"{100 * value:.0f} %"
