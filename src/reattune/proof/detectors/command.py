"""`reattune validate detectors`: what each method sees, on simulated courses or beside marked ruptures."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from reattune.proof.detectors.marks_command import OwnFiles, ScoreWishes, judge_own
from reattune.proof.detectors.pair_table import pair_table
from reattune.study.command_choices import DateOrder, Direction
from reattune.terminal import Terminal, err, out, refuse

if TYPE_CHECKING:
    from reattune.proof.detectors.evaluation import Judgement


_OWN = "Your own ratings, with marked ruptures"


def detectors(
    as_json: Annotated[bool, typer.Option("--json", help="Print all figures as JSON and nothing else.")] = False,
    clients: Annotated[int, typer.Option(help="Simulated clients of each variant.", min=50)] = 2000,
    seed: Annotated[int, typer.Option(help="The same seed gives the same figures.")] = 1,
    variant: Annotated[list[str] | None, typer.Option(help="One of the variants; all unless named.")] = None,
    method: Annotated[list[str] | None, typer.Option(help="One of the methods; all unless named.")] = None,
    ceiling_clients: Annotated[
        int, typer.Option(help="Clients the ceiling is computed on; 0 leaves it out.", min=0)
    ] = 600,
    particles: Annotated[int, typer.Option(help="Of the ceiling; more come closer to it from below.", min=100)] = 12000,
    raters: Annotated[
        int, typer.Option(help="2: beside it, what the therapist's own ratings add to bayes.", min=1, max=2)
    ] = 2,
    picture: Annotated[Path | None, typer.Option(help="Write the picture to this SVG file.")] = None,
    ratings: Annotated[
        Path | None, typer.Option(help="Your own ratings, of any kind that study reads.", rich_help_panel=_OWN)
    ] = None,
    marks: Annotated[
        Path | None,
        typer.Option(help="Ruptures marked in them; docs/marking.md says how.", rich_help_panel=_OWN),
    ] = None,
    template: Annotated[
        Path | None,
        typer.Option(help="Write a table to mark in to this CSV file; with the sessions of --ratings.",
                     rich_help_panel=_OWN),
    ] = None,
    page: Annotated[
        Path | None, typer.Option(help="Write a report with pictures to this HTML file.", rich_help_panel=_OWN)
    ] = None,
    replace: Annotated[bool, typer.Option("--replace", help="Write over files that are there.")] = False,
    marker: Annotated[
        list[str] | None, typer.Option(help="Only what this one has marked; may be repeated.", rich_help_panel=_OWN)
    ] = None,
    instrument: Annotated[
        str | None, typer.Option(help="The questionnaire of the ratings, as in study.", rich_help_panel=_OWN)
    ] = None,
    measure_range: Annotated[
        str | None, typer.Option("--range", help="Their range, LOWEST..HIGHEST.", rich_help_panel=_OWN)
    ] = None,
    measure_direction: Annotated[
        Direction | None, typer.Option(help="Which is better.", rich_help_panel=_OWN)
    ] = None,
    only: Annotated[
        str | None, typer.Option(help="Of several measures the one that was marked.", rich_help_panel=_OWN)
    ] = None,
    missing: Annotated[
        list[str] | None, typer.Option(help="A score that means missing.", rich_help_panel=_OWN)
    ] = None,
    date_order: Annotated[
        DateOrder | None, typer.Option(help="Which comes first in 3/4/2024.", rich_help_panel=_OWN)
    ] = None,
) -> None:  # fmt: skip
    """Every method: how much it sees, how soon, how often it errs, how honest it is.

    On simulated courses; or with --ratings and --marks on your own, beside ruptures that people have marked.
    """
    if any(each is not None for each in (ratings, marks, template, page)):
        given = ScoreWishes(instrument, measure_range, measure_direction, only, tuple(missing or ()), date_order)
        judge_own(OwnFiles(ratings, marks, template, page), given, tuple(method or ()), tuple(marker or ()),
                  replace=replace, as_json=as_json)  # fmt: skip
        return
    from reattune.alliance.pair_scenarios import PAIRS
    from reattune.alliance.simulate import VARIANTS
    from reattune.proof.detectors.evaluation import CONTENDERS, ProofOptions, figures
    from reattune.proof.detectors.second_rater import PairOptions, added
    from reattune.study.errors import StudyError
    from reattune.study.results_folder import check_picture, write_picture

    options = ProofOptions(
        clients=clients,
        seed=seed,
        variants=tuple(name for name in variant if raters == 1 or name not in PAIRS or name in VARIANTS)
        if variant
        else tuple(VARIANTS),
        methods=tuple(method or CONTENDERS),
        ceiling_clients=ceiling_clients,
        particles=particles,
    )
    by_bayes = raters == 2 and "bayes" in options.methods
    pairs = PairOptions(
        clients=clients,
        seed=seed,
        variants=tuple(variant or PAIRS) if by_bayes else (),
        ceiling_clients=ceiling_clients,
        particles=particles,
    )
    try:
        if picture is not None:
            if not options.variants:
                raise StudyError("The picture shows the methods on a variant that one person rates. Name one, or none.")
            check_picture(picture)
        if sys.stderr.isatty():
            with err.status("") as status:
                found, gains = figures(options, status.update), added(pairs, status.update)
        else:
            found = figures(options, lambda words: err.print(words, markup=False))
            gains = added(pairs, lambda words: err.print(words, markup=False))
        if picture is not None:
            write_picture(_picture(found), picture)
    except (StudyError, ValueError) as error:
        raise refuse(str(error)) from error
    except ModuleNotFoundError as error:
        raise refuse(f"This needs {error.name}, which is not installed. Run: pip install 'reattune[study]'") from error
    if as_json:
        plain = {"judgements": [each.to_plain() for each in found]}
        if by_bayes:
            plain["two_raters"] = [each.to_plain() for each in gains]
        typer.echo(json.dumps(plain, ensure_ascii=False))
        return
    wide = Terminal(width=_WIDTH, highlight=False)
    for name in options.variants:
        # As wide as it is, also into a file: an interval that is cut off cannot be read.
        wide.print(_table(name, [each for each in found if each.variant == name]))
    for each in gains:
        wide.print(pair_table(each))
    out.print(
        "now: average precision of being in a rupture now, with 95 % intervals over clients; of ceiling: the share of "
        "what the best possible filter reaches. Delay in sessions, and alarms in 100 calm sessions, at the threshold "
        "that notices 80 % of ruptures while they are open; – where a method never notices so many. Of its events: "
        "ruptures noticed of 100, losses of 100 that lie in a rupture, and of 100 found that are open at the end, how "
        "many it calls mended."
    )
    if gains:
        out.print(
            "One rater and two: the same courses read by the client's ratings alone and with the therapist's beside "
            "them, judged at the client's rated sessions. Delay is a mean here, and every figure has its 95 % interval "
            "over clients; what two add has one of its own."
        )


_WIDTH = 180


def _table(variant: str, found: Sequence[Judgement]) -> Table:
    table = Table(title=variant, title_justify="left", box=None, pad_edge=False, header_style="bold")
    table.add_column("method")
    names = "now,ROC,of ceiling,onset,ROC,delay,lightning,trickle,false alarms,calibration,noticed,right,mended wrongly"
    for name in names.split(","):
        table.add_column(name, justify="right")
    for each in sorted(found, key=lambda each: (each.method != "ceiling", -each.now.value)):
        table.add_row(
            each.method,
            str(each.now),
            f"{each.now_roc.value:.3f}",
            "" if each.of_ceiling is None else f"{100 * each.of_ceiling:.1f} %",
            f"{each.onset.value:.3f}",
            f"{each.onset_roc.value:.3f}",
            _or_dash(each.delay, 1),
            _or_dash(each.delay_lightning, 1),
            _or_dash(each.delay_trickle, 1),
            _or_dash(each.false_alarms, 1),
            "" if each.error is None else f"{each.error:.3f}",
            _or_dash(100 * each.noticed, 0),
            _or_dash(100 * each.right, 0),
            _or_dash(100 * each.wrongly_mended, 0),
        )
    return table


def _or_dash(value: float, digits: int) -> str:
    return "–" if value != value else f"{value:.{digits}f}"


def _picture(found: Sequence[Judgement]) -> str:
    """Average precision for *now* of every method, on the first variant, as one SVG that stands alone."""
    from reattune.study.report.figures import forest, standalone

    first = [each for each in found if each.variant == found[0].variant]
    best = next((each.now.value for each in first if each.method == "ceiling"), None)
    rows = [
        (each.method, each.now.value, each.now.low, each.now.high, each.method == "bayes")
        for each in sorted(first, key=lambda each: -each.now.value)
        if each.method != "ceiling"
    ]
    across = f"in a rupture now: average precision ({found[0].variant}; line: ceiling)"
    return standalone(forest(rows, across, best))
