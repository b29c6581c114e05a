"""What has changed since the state was kept: who needs a look, and why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from reattune.alliance.measure import Measure
from reattune.study.report.words import Words, words_for
from reattune.study.running_totals import SAME

if TYPE_CHECKING:
    import polars as pl

# From so probable a rupture on, a client is said to have one open.
LIKELY = 0.5


def changes(
    clients: pl.DataFrame, events: pl.DataFrame, before: pl.DataFrame, events_before: pl.DataFrame, measure: Measure
) -> pl.DataFrame:
    """One row for each thing that has changed with clients who have something new, those who need a look first.

    Args:
        clients, events: the tables of the clients with news, as they are now; ``before`` and ``events_before`` as they
            were. Events are of the main method.

    Returns:
        ``client, therapist, last_session, look`` (whether somebody should look), ``why`` (a sentence), ``onset``,
        ``p_rupture_now, p_rupture_before``.
    """
    import polars as pl

    words = words_for(measure)
    now, then = _by_client(events), _by_client(events_before)
    p_before = dict(before.select("client", "p_rupture_now").iter_rows())
    rows: list[dict[str, Any]] = []
    for client in clients.sort("client").iter_rows(named=True):
        name, p_now, p_then = client["client"], client["p_rupture_now"], p_before.get(client["client"])
        of_client = list(_of_client(now.get(name, ()), then.get(name, ()), words))
        if not any(look for look, _, _ in of_client) and _rose(p_now, p_then) and not _open(now.get(name, ())):
            of_client.append((True, f"P(a {words.loss} is open) rose to {p_now:.2f}", None))
        rows += [
            {
                "client": name,
                "therapist": client["therapist"],
                "last_session": client["last_session"],
                "look": look,
                "why": why,
                "onset": onset,
                "p_rupture_now": p_now,
                "p_rupture_before": p_then,
            }
            for look, why, onset in of_client
        ]
    found = pl.DataFrame(rows, schema=SCHEMA())
    return in_order_of_need(found)


def SCHEMA() -> dict[str, Any]:  # noqa: N802  a constant, once Polars is there
    """Columns of the table of changes."""
    import polars as pl

    return {
        "client": pl.String,
        "therapist": pl.String,
        "last_session": pl.Int64,
        "look": pl.Boolean,
        "why": pl.String,
        "onset": pl.Int64,
        "p_rupture_now": pl.Float64,
        "p_rupture_before": pl.Float64,
    }


def in_order_of_need(found: pl.DataFrame) -> pl.DataFrame:
    """Those who need a look first, the most probable first; then by name."""
    keys = ["look", "p_rupture_now", "client", "onset"]
    return found.sort(keys, descending=[True, True, False, False], nulls_last=True)


def _rose(now: float | None, before: float | None) -> bool:
    return now is not None and now >= LIKELY and (before is None or before < LIKELY)


def _by_client(events: pl.DataFrame) -> Mapping[str, Sequence[Mapping[str, Any]]]:
    import polars as pl

    found: dict[str, list[Mapping[str, Any]]] = {}
    for event in events.filter(pl.col("kind") == "loss").iter_rows(named=True):
        found.setdefault(event["client"], []).append(event)
    return found


def _open(events: Sequence[Mapping[str, Any]]) -> bool:
    return any(event["state"] != "repaired" for event in events)


def _of_client(
    now: Sequence[Mapping[str, Any]], then: Sequence[Mapping[str, Any]], words: Words
) -> Iterator[tuple[bool, str, int | None]]:
    """Whether to look, why, and the onset."""
    left = list(then)
    for event in now:
        same = min(left, key=lambda each, at=event: abs(each["onset"] - at["onset"]), default=None)  # type: ignore[misc]
        if same is not None and abs(same["onset"] - event["onset"]) > SAME:
            same = None
        if same is not None:
            left.remove(same)
        yield from _of_event(event, same, words)
    for gone in left:
        yield False, f"the {words.loss} begun at session {gone['onset']} is no longer found", gone["onset"]


def _of_event(
    event: Mapping[str, Any], before: Mapping[str, Any] | None, words: Words
) -> Iterator[tuple[bool, str, int]]:
    onset, state = event["onset"], event["state"]
    named = {"open": "open", "partly": f"partly {words.mended}", "repaired": words.mended}[state]
    begun = f"the {words.loss} begun at session {onset}"
    if before is None:
        how = f", {event['pattern']}" if event["pattern"] else ""
        yield state == "open", f"new: {begun}{how}; it is {named}", onset
    elif before["state"] != state:
        again = " again" if state == "open" else ""
        yield state == "open", f"{begun} is {named}{again}", onset
