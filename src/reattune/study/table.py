"""Events as a table that reads well in a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from rich.table import Table

from reattune.alliance.detectors import DETECTORS, Event

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


def closing_lines(events: Sequence[Event], methods: Sequence[str]) -> list[str]:
    """How many of what, by which method, from which paper."""
    lines = []
    if len(events) > MOST_ROWS:
        lines.append(f"… and {len(events) - MOST_ROWS:,} more. --json has them all.")
    for method in methods:
        own = [event for event in events if event.method == method]
        gains = sum(event.kind == "gain" for event in own)
        people = len({event.client for event in own})
        lines.append(
            f"{method}: {gains} gains and {len(own) - gains} losses in {people} clients. {DETECTORS[method].paper}"
        )
    return lines


def _natural(name: str) -> tuple[int, str]:
    return (int(name), "") if name.isdecimal() and len(name) < 16 else (10**16, name)
