"""The instruments this installation knows."""

from __future__ import annotations

from functools import cache

from django.utils.translation import get_language

from reattune import content
from reattune.alliance.instruments import read_definition
from reattune.journal.documents import Instrument
from reattune.journal.documents.relationship import InstrumentDefinition
from reattune.reflection.bond_line import BondLine, bond_line
from reattune.web.store.open_journal import OpenJournal

# Structures that wait for their wording.
STRUCTURES = ("wai-sr", "srs", "sai")


@cache
def structure(key: str) -> InstrumentDefinition:
    """One of `STRUCTURES`: items, subscales and scale, without wording."""
    return read_definition(content.text("instruments", f"{key}.toml"), f"{key}.toml")


def own_check_in() -> InstrumentDefinition:
    """Reattune's own check-in, worded in the language of the page."""
    return _worded(get_language() or "en")


@cache
def _worded(language: str) -> InstrumentDefinition:
    file = "reattune-check-in.toml"
    definition = read_definition(content.text("instruments", file), file)
    words = content.words("check_in", language)
    items = tuple(item.model_copy(update=words["items"][item.key]) for item in definition.items)
    return definition.model_copy(update={"title": words["title"], "items": items})


def instruments_of(opened: OpenJournal) -> dict[str, InstrumentDefinition]:
    """Ours, and those the person has put into the journal, by name. Where one of those has our name, it is ours."""
    loaded = [instrument.definition for instrument in opened.journal.all(Instrument)]
    own = own_check_in()
    return {definition.name: definition for definition in (own, *loaded)} | {own.name: own}


def in_use(opened: OpenJournal) -> InstrumentDefinition:
    """The questionnaire of the next check-in: the one chosen in the settings, or ours."""
    preferences = opened.journal.preferences
    return instruments_of(opened).get(preferences.instrument if preferences else "", own_check_in())


def line_of(opened: OpenJournal) -> BondLine:
    """The bond line with the current therapist; without one, with the one whose therapy ended last."""
    return bond_line(opened.journal, opened.journal.latest_therapist, instruments_of(opened))
