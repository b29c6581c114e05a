"""Events as a table that reads well in a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from rich.table import Table

from reattune.alliance.detectors import DETECTORS, Event
from reattune.study.method_options import Plan
from reattune.study.running_totals import Tally

MOST_ROWS = 200


def event_table(events: Sequence[Event]) -> Table:
    """At most ``MOST_ROWS`` events, by client, then onset."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("client")
    table.add_column("session", justify="right")
    table.add_column("kind")
    table.add_column("depth", justify="right")
    table.add_column("known at", justify="right")
    table.add_column("lasts to", justify="right")
    table.add_column("method")
    shown = sorted(events, key=lambda event: _natural(event.client))[:MOST_ROWS]
    for client, of_client in groupby(shown, key=lambda event: event.client):
        for place, event in enumerate(sorted(of_client, key=lambda event: (event.onset, event.method))):
            table.add_row(
                "" if place else client,
                str(event.onset),
                event.kind,
                f"{event.depth:.1f}" + (f" ({event.depth_sd:.1f} sd)" if event.depth_sd is not None else ""),
                str(event.detected_at),
                "" if event.end is None else str(event.end),
                event.method,
            )
    return table


def closing_lines(tally: Tally, plan: Plan) -> list[str]:
    """How many of what, by which method, from which paper."""
    lines = []
    shown = sum(each.losses + each.gains for each in tally.methods.values())
    if shown > MOST_ROWS:
        lines.append(f"… and {shown - MOST_ROWS:,} more. --json has them all.")
    for method, counts in tally.methods.items():
        found = (
            f"{counts.losses:,} losses" if not counts.gains else f"{counts.gains:,} gains and {counts.losses:,} losses"
        )
        if counts.judged:
            lines.append(f"{method}: {found} in {counts.people:,} clients. {DETECTORS[method].paper}")
        unknown = tally.clients - tally.unrated - counts.judged
        if unknown:
            who = "the clients" if not counts.judged else f"{unknown:,} clients"
            lines.append(
                f"{method}: of {who} too few ratings are there to say anything; it takes {DETECTORS[method].least}."
            )
    lines.extend(f"{method} {note}." for method, note in plan.notes.items())
    return lines


def summary(tally: Tally) -> str:
    """One line: what was read and what was left out."""
    words = f"{tally.ratings:,} ratings of {tally.clients:,} clients"
    return f"{words}; {tally.missing:,} missing" if tally.missing else words


def _natural(name: str) -> tuple[int, str]:
    return (int(name), "") if name.isdecimal() and len(name) < 16 else (10**16, name)
