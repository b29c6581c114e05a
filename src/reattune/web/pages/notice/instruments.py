"""The instruments this installation knows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from functools import cache

from django.http import Http404, HttpRequest
from django.utils.translation import get_language

from reattune import content
from reattune.alliance.instruments import read_definition
from reattune.content.translated_sentences import number, sign
from reattune.journal.documents import CheckIn, Instrument
from reattune.journal.documents.relationship import InstrumentDefinition
from reattune.journal.vocabulary import JournalKind
from reattune.reflection.bond_line import BondLine, bond_line
from reattune.web.pages.shared.drafts import draft_of
from reattune.web.pages.shared.locked_submission import QUESTIONNAIRE
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


def own_therapist_check_in() -> InstrumentDefinition:
    """The check-in of a therapist after a session, worded in the language of the page."""
    return _worded(get_language() or "en", "reattune-therapist-check-in", "therapist_check_in")


@cache
def _worded(language: str, key: str = "reattune-check-in", words_in: str = "check_in") -> InstrumentDefinition:
    file = f"{key}.toml"
    definition = read_definition(content.text("instruments", file), file)
    words = content.words(words_in, language)
    items = tuple(item.model_copy(update=words["items"][item.key]) for item in definition.items)
    return definition.model_copy(update={"title": words["title"], "items": items})


def instruments_of(opened: OpenJournal) -> dict[str, InstrumentDefinition]:
    """Ours, and those that were put into the journal, by name; a therapist's holds the therapist's too.

    Where one of those has our name, it is ours.
    """
    of_therapist = own_therapist_check_in() if opened.kind is JournalKind.THERAPIST else None
    return {**_of_clients(opened), **({of_therapist.name: of_therapist} if of_therapist else {})}


def instruments_by_use(opened: OpenJournal) -> dict[str, InstrumentDefinition]:
    """The same, that of most check-ins last: a table may have been read anew on another scale."""
    used = Counter(each.instrument for each in opened.journal.all(CheckIn))
    return dict(sorted(instruments_of(opened).items(), key=lambda named: used[named[0]]))


def _of_clients(opened: OpenJournal) -> dict[str, InstrumentDefinition]:
    """Those that somebody in therapy answers."""
    loaded = [instrument.definition for instrument in opened.journal.all(Instrument)]
    own = own_check_in()
    return {definition.name: definition for definition in (own, *loaded)} | {own.name: own}


def answers_as_lines(opened: OpenJournal, instrument: str, answers: Mapping[str, float]) -> list[str]:
    """The questionnaire, and each question with its answer; by their keys where they aren't known here."""
    known = instruments_of(opened).get(instrument)
    asked = known.by_key if known else {}
    lines = [known.title if known else instrument]
    for key, value in answers.items():
        text = (asked[key].text if key in asked else "").rstrip(".") or key
        lines.append(f"{text}{'' if text.endswith('?') else sign(':')} {number(float(value))}")
    return lines


def in_use(opened: OpenJournal) -> InstrumentDefinition:
    """The questionnaire of the next check-in: the one chosen in the settings, or ours."""
    preferences = opened.journal.preferences
    return _of_clients(opened).get(preferences.instrument if preferences else "", own_check_in())


def asked_here(request: HttpRequest, opened: OpenJournal) -> InstrumentDefinition:
    """The questionnaire of the check-in on this page: the one that its form asked when it was opened, also where it was
    left half-written. Another one that was put into use meanwhile is that of the next.

    Raises:
        Http404: what was sent answers one that is not here any more.
    """
    sent = request.POST.get(QUESTIONNAIRE, "")
    draft = None if request.method == "POST" else draft_of(request, opened)
    half_written = next(iter(draft.fields.get(QUESTIONNAIRE, ())), "") if draft else ""
    found = _of_clients(opened).get(sent or half_written)
    if sent and found is None:
        raise Http404
    return found or in_use(opened)


def line_of(opened: OpenJournal) -> BondLine:
    """The bond line with the current therapist; without one, with the one whose therapy ended last."""
    return bond_line(opened.journal, opened.journal.latest_therapist, instruments_of(opened))
