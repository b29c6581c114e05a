"""The instruments this installation knows."""

from __future__ import annotations

from functools import cache

from reattune import content
from reattune.alliance.instruments import read_definition
from reattune.journal.bond import InstrumentDefinition
from reattune.journal.documents import Instrument
from reattune.reflection.bond import BondLine, bond_line
from reattune.web.store.opening import OpenJournal


@cache
def own_check_in() -> InstrumentDefinition:
    """Reattune's own check-in."""
    file = "reattune-check-in.toml"
    return read_definition(content.text("instruments", file), file)


def instruments_of(opened: OpenJournal) -> dict[str, InstrumentDefinition]:
    """Ours, and those the person has put into the journal, by name."""
    loaded = [instrument.definition for instrument in opened.journal.all(Instrument)]
    return {definition.name: definition for definition in (own_check_in(), *loaded)}


def line_of(opened: OpenJournal) -> BondLine:
    """The bond line with the current therapist."""
    return bond_line(opened.journal, opened.journal.therapist, instruments_of(opened))
