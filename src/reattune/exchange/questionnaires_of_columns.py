"""Which questionnaire the columns of a table are of: one that is known, or one that is made of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from reattune.exchange.deterministic_ids import made_at, steady_id
from reattune.exchange.errors import ExchangeError
from reattune.journal import JournalError
from reattune.journal.documents.relationship import MADE_BY_A_TABLE, Instrument, InstrumentDefinition


def questions(head: Sequence[str], places: Iterable[int]) -> dict[str, str]:
    """The names of columns as keys of questions, and as their texts, in the order of ``places``."""
    found: dict[str, str] = {}
    for place in places:
        cleaned = "".join(c if c.isascii() and c.isalnum() else "_" for c in head[place].lower()).strip("_")
        key = (cleaned if cleaned[:1].isalpha() else f"q_{cleaned}")[:50].strip("_") or "q"
        found[key if key not in found else f"{key}_{place + 1}"] = head[place][:200].strip()
    return found


def known_of(
    asked: Mapping[str, str], values: list[float], instruments: Mapping[str, InstrumentDefinition]
) -> InstrumentDefinition | None:
    """The last questionnaire with these questions; or with most of them, and none of others on one side."""
    near = None
    for known in reversed(list(instruments.values())):
        if not _alike(known, asked):
            continue
        theirs = known.by_key.keys()
        if theirs == asked.keys():
            return known
        grown = (theirs < asked.keys() or asked.keys() < theirs) and 2 * len(theirs & asked) >= len(theirs | asked)
        if near is None and grown and all(known.scale_low <= value <= known.scale_high for value in values):
            near = known
    return near


def _alike(known: InstrumentDefinition, asked: Mapping[str, str]) -> bool:
    """Whether a questionnaire may be of the columns ``asked``: a key may have lost all letters of a name.

    One that was made from no columns has questions instead of their names.
    """
    if not known.key.startswith(MADE_BY_A_TABLE):
        return True
    both = known.by_key.keys() & asked
    return all(_letters(known.by_key[key].text) == _letters(asked[key]) for key in both)


def of_same_columns(one: InstrumentDefinition, other: InstrumentDefinition) -> bool:
    """Whether a table made both, of the same columns but for some that came or went."""
    if not (one.key.startswith(MADE_BY_A_TABLE) and other.key.startswith(MADE_BY_A_TABLE)):
        return False
    ours, theirs = one.by_key.keys(), other.by_key.keys()
    return (ours <= theirs or theirs <= ours) and _alike(one, {item.key: item.text for item in other.items})


def _letters(name: str) -> str:
    return "".join(filter(str.isalnum, name.casefold()))


def questionnaire_of(
    asked: Mapping[str, str],
    scale: tuple[float, float, bool],
    title: str,
    instruments: Mapping[str, InstrumentDefinition],
    made_on: datetime,
    *,
    named: bool,
) -> tuple[InstrumentDefinition, Instrument | None]:
    """The one that is known, of several that fit the one of the same title or else the last; or a new one.

    Args:
        scale: its ends, and whether higher is better.
        named: whether somebody chose the title: then it's none of another title.

    Raises:
        ExchangeError: the scale's ends or the title make none.
    """
    fitting = [
        known
        for known in instruments.values()
        if (known.scale_low, known.scale_high, known.higher_is_better) == scale
        and known.by_key.keys() == asked.keys()
        and _alike(known, asked)
    ]
    called_so = [known for known in fitting if known.title == title or not known.key.startswith(MADE_BY_A_TABLE)]
    if called_so or (fitting and not named):
        return (called_so or fitting)[-1], None
    shape: tuple[object, ...] = (title, sorted(asked), *scale)
    document_id = steady_id("instrument", *map(str, shape))
    if f"{MADE_BY_A_TABLE}{document_id.hex[:12]}/1" in instruments:  # of other columns, whose names have the same keys
        document_id = steady_id("instrument", *map(str, shape), *sorted(asked.values()))
    definition = {
        "key": f"{MADE_BY_A_TABLE}{document_id.hex[:12]}",
        "title": title,
        "scale_low": scale[0],
        "scale_high": scale[1],
        "higher_is_better": scale[2],
        "max_missing": len(asked) // 2 if len(asked) > 1 else 0,
        "items": [{"key": key, "subscale": "whole", "text": text} for key, text in asked.items()],
    }
    try:
        made = made_at(Instrument, document_id, made_on, "UTC", definition=definition)
    except JournalError as error:
        raise ExchangeError(str(error)) from error
    assert isinstance(made, Instrument)  # noqa: S101
    return made.definition, None if made.definition.name in instruments else made
