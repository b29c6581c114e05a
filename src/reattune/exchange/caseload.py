"""Ratings of many clients in one file, table or FHIR bundle, for a therapist's journal: each to the client it is of."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from itertools import chain, count
from typing import Any
from uuid import UUID

from reattune.content.translated_sentences import say
from reattune.exchange.column_names import Role, role_of
from reattune.exchange.deterministic_ids import made_at, steady_id
from reattune.exchange.errors import ExchangeError
from reattune.exchange.fhir_reading import Found, check_ins_of, parts_of
from reattune.exchange.ratings_spreadsheet import Columns, Ratings, Table, documents_of
from reattune.journal import Journal, JournalError
from reattune.journal.documents import Document
from reattune.journal.documents.relationship import CheckIn, Instrument, InstrumentDefinition, Relationship, Session
from reattune.text.normal_form import normal_form

# As long as a short name may be.
_LONGEST_NAME = 40
_MOST_CLIENTS = 2_000
# The version of ids that files make; who was added by hand has another.
_STEADY = 5


def client_column(table: Table) -> int | None:
    """Which column says whose ratings a row holds, by its name; ``None`` where none does."""
    return next((place for place, name in enumerate(table.head) if role_of(name) is Role.CLIENT), None)


def caseload_of(
    table: Table,
    columns: Columns,
    whose: int,
    clients: Sequence[Relationship],
    instruments: Mapping[str, InstrumentDefinition],
    zone: str,
    now: datetime,
) -> Ratings:
    """Sessions and check-ins of each client that the column ``whose`` names; those who are not here yet become clients.

    Clients are told by their names, whatever their case. A row that names nobody is left out.

    Raises:
        ExchangeError: the columns make no ratings, or there are too many clients.
    """
    rows: dict[str, list[tuple[str, ...]]] = defaultdict(list)
    places: dict[str, list[int]] = defaultdict(list)
    left_out = []
    for line, row in enumerate(table.rows, start=2):
        name = _single_spaces(row[whose])
        if not name:
            left_out.append(say("Row {line} doesn’t say which client it is about.", line=line))
            continue
        rows[name.casefold()].append(row)
        places[name.casefold()].append(line)
    if len(rows) > _MOST_CLIENTS:
        raise ExchangeError(say("This file has {n} clients; the limit is {most}.", n=len(rows), most=_MOST_CLIENTS))
    named = _Clients(clients, now, (each[0][whose] for each in rows.values()))
    known = dict(instruments)
    documents: list[Document] = []
    definition: InstrumentDefinition | None = None
    for key, of_client in rows.items():
        client = named.called(of_client[0][whose])
        part = documents_of(Table(table.head, tuple(of_client)), columns, client, known, zone, now)
        known[part.instrument.name] = definition = part.instrument
        documents += part.documents
        left_out += [f"{client.name}: {_in_file(sentence, places[key])}" for sentence in part.left_out]
    if definition is None:
        raise ExchangeError(say("No row of this file says which client it is about."))
    return Ratings((*named.new, *documents), tuple(left_out), definition)


def _in_file(sentence: str, lines: list[int]) -> str:
    """A sentence about a row of one client, with the row's number in the file."""
    number = next((int(word) for word in sentence.replace(":", " ").split() if word.isdecimal()), None)
    if number is None or not 2 <= number < len(lines) + 2:
        return sentence
    return sentence.replace(str(number), str(lines[number - 2]), 1)


def caseload_from_fhir(
    content: bytes,
    instruments: Mapping[str, InstrumentDefinition],
    clients: Sequence[Relationship],
    now: datetime,
    name: str = "The file",
) -> Found:
    """The same from a FHIR bundle, by the subject of each QuestionnaireResponse: what it is displayed as, its
    identifier, or the end of its reference.

    Raises:
        ExchangeError: it is no such bundle, an answer cannot be read, or there are too many clients.
    """
    answered, questionnaires = parts_of(content, name)
    responses: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for each in answered:
        responses[_subject(each, name)].append(each)
    if len(responses) > _MOST_CLIENTS:
        raise ExchangeError(
            say("This file has {n} clients; the limit is {most}.", n=len(responses), most=_MOST_CLIENTS)
        )
    named = _Clients(clients, now, responses)
    known = dict(instruments)
    documents: list[Document] = []
    left_out: list[str] = []
    for subject, of_client in responses.items():
        client = named.called(subject)
        found = check_ins_of(of_client, questionnaires, known, client, name)
        known |= {each.definition.name: each.definition for each in found.documents if isinstance(each, Instrument)}
        documents += found.documents
        left_out += [f"{client.name}: {sentence}" for sentence in found.left_out]
    return Found([*named.new, *documents], tuple(left_out))


def _subject(response: dict[str, Any], name: str) -> str:
    subject = response.get("subject")
    subject = subject if isinstance(subject, dict) else {}
    identifier = subject.get("identifier")
    value = identifier.get("value") if isinstance(identifier, dict) else None
    said = subject.get("display") or value or str(subject.get("reference") or "").rpartition("/")[2]
    return str(said or name.rpartition(".")[0] or name).strip()


def _made(client_id: UUID, name: str, now: datetime) -> Relationship:
    try:
        made = made_at(Relationship, client_id, now, "UTC", name=name, role="client")
    except JournalError as error:
        raise ExchangeError(str(error)) from error
    assert isinstance(made, Relationship)  # noqa: S101
    return made


class _Clients:
    """Clients by name: those of the journal, and those that a file brings.

    Names that are too long are told apart by all of their letters, and shown by the first of them, with a number where
    others begin alike.
    """

    def __init__(self, clients: Iterable[Relationship], now: datetime, names: Iterable[str]) -> None:
        self._by_id = {each.id: each for each in clients}
        self._by_name = {_single_spaces(each.name).casefold(): each for each in self._by_id.values()}
        given = {(name := _single_spaces(each)).casefold(): name for each in names}
        self._sharing = Counter(_short(name).casefold() for name in given.values())
        self._now = now
        self.new: list[Relationship] = []

    def called(self, name: str) -> Relationship:
        name = _single_spaces(name) or "?"
        short, whole_id = _short(name), steady_id("client", name.casefold())
        here = self._by_id.get(whole_id) if short != name else None
        here = here or self._by_short_name(short.casefold(), cut=short != name)
        # Who came from a file before and was renamed here keeps the name, and all that was noted since.
        here = here or self._by_id.get(whole_id)
        if here is None:
            here = _made(whole_id, self._free(short), self._now)
            self._by_name[here.name.casefold()] = self._by_id[here.id] = here
            self.new.append(here)
        return here

    def _by_short_name(self, key: str, *, cut: bool) -> Relationship | None:
        """Who is called so; for a name that was cut, only if it can be nobody else's."""
        found = self._by_name.get(key)
        if found is None or not cut:
            return found
        typed, brought_cut = found.id.version != _STEADY, found.id == steady_id("client", key)
        return found if self._sharing[key] == 1 and (typed or brought_cut) else None

    def _free(self, short: str) -> str:
        numbered = (f"{short[: _LONGEST_NAME - len(str(n)) - 1].strip()} {n}" for n in count(2))
        return next(each for each in chain([short], numbered) if each.casefold() not in self._by_name)


def _single_spaces(name: str) -> str:
    return " ".join(normal_form("NFC", name).split())


def _short(name: str) -> str:
    return name[:_LONGEST_NAME].strip()


def onto_known_sessions(journal: Journal, documents: Iterable[Document]) -> list[Document]:
    """``documents`` with check-ins put to sessions that are noted already: of the same client on the same day.

    A session that has such a check-in already stays as it is, and the other comes beside it.
    """
    given = list(documents)
    free: dict[tuple[UUID, date], Session] = {}
    for client in journal.clients:
        for session in journal.sessions(client):
            if journal.check_in_of(session) is None:
                free[client.id, session.local(session.at).date()] = session
    joined: dict[UUID, UUID] = {}
    for each in given:
        if isinstance(each, Session) and not journal.holds(each.id):
            here = free.pop((each.relationship_id, each.local(each.at).date()), None)
            if here is not None:
                joined[each.id] = here.id
    return [
        each.model_copy(update={"session_id": joined[each.session_id]})
        if isinstance(each, CheckIn) and each.session_id in joined
        else each
        for each in given
        if each.id not in joined
    ]
