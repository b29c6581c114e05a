"""One rater beside two, as a table of the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.table import Table

if TYPE_CHECKING:
    from reattune.proof.detectors.metrics import Interval
    from reattune.proof.detectors.second_rater import Added


def pair_table(each: Added) -> Table:
    """What a second rater adds on one variant."""
    table = Table(
        title=f"{each.variant}: one rater and two", title_justify="left", box=None, pad_edge=False, header_style="bold"
    )
    table.add_column("")
    for name in ("now", "of ceiling", "calibration", "delay", "false alarms"):
        table.add_column(name, justify="right")
    shares = [f"{100 * share:.1f} %" for share in each.of_ceiling] if each.of_ceiling else ["", ""]
    for name, seen, share in (("bayes, one", each.one, shares[0]), ("bayes, two", each.two, shares[1])):
        table.add_row(
            name, _words(seen.now), share, _words(seen.error), _words(seen.delay, 2), _words(seen.false_alarms, 1)
        )
    table.add_row("two add", _words(each.gain), "", "", _words(each.sooner, 2), _words(each.fewer, 1))
    for name, best in (("ceiling, one", each.ceiling_one), ("ceiling, two", each.ceiling_two)):
        if best is not None:
            table.add_row(name, _words(best), "", "", "", "")
    return table


def _words(figure: Interval, digits: int = 3) -> str:
    if figure.value != figure.value:
        return "–"
    return f"{figure.value:.{digits}f} ({figure.low:.{digits}f}–{figure.high:.{digits}f})"
