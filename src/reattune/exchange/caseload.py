"""Ratings of many clients in one file, table or FHIR bundle, for a therapist's journal: each to the client it is of."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from itertools import chain, count
from uuid import UUID

from reattune.content.translated_sentences import say
from reattune.exchange.columns_of_days import are_days_alone
from reattune.exchange.deterministic_ids import made_at, steady_id
from reattune.exchange.errors import ExchangeError
from reattune.exchange.fhir_before import CameBefore
from reattune.exchange.fhir_bundle import Response, parts_of, read_all
from reattune.exchange.fhir_reading import Found, check_ins_of, unread_in
from reattune.exchange.fhir_subjects import Subject, subject_of, together_before
from reattune.exchange.ratings_spreadsheet import Columns, Ratings, documents_of
from reattune.exchange.table_of_file import Table
from reattune.journal import Journal, JournalError
from reattune.journal.client_names import LONGEST_NAME, free_name, name_key, shared_names, single_spaces
from reattune.journal.documents import Document
from reattune.journal.documents.relationship import CheckIn, InstrumentDefinition, Relationship, Session

_MOST_CLIENTS, _NAMED = 2_000, 12
# The version of ids that files make; who was added by hand has another.
_STEADY = 5
# And the one of ids of clients whom a file tells by more than their name.
_TOLD_BY_MORE = 3


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

    Clients are told by their names, whatever their case. A row that names nobody is left out, and so is one whose name
    may be that of several clients of the journal.

    Raises:
        ExchangeError: the columns make no ratings, or there are too many clients.
    """
    places: dict[str, list[int]] = defaultdict(list)
    left_out = []
    for line, row in enumerate(table.rows, start=table.first):
        if single_spaces(row[whose]):
            places[name_key(row[whose])].append(line)
        elif any(row):  # a row that had more cells than there are columns is empty, and was said
            left_out.append(say("Row {line} doesn’t say which client it is about.", line=line))
    if len(places) > _MOST_CLIENTS:
        raise ExchangeError(say("This file has {n} clients; the limit is {most}.", n=len(places), most=_MOST_CLIENTS))
    names = [table.rows[lines[0] - table.first][whose] for lines in places.values()]
    named = _Clients(clients, now, names)
    people: dict[UUID, tuple[Relationship, list[int]]] = {}
    unclear = []
    out = len(left_out) + sum(not any(row) for row in table.rows)
    for name, lines in zip(names, places.values(), strict=True):
        if sentence := named.unclear(name):
            unclear.append(sentence)
            out += len(lines)
        else:
            client = named.called(name)
            people.setdefault(client.id, (client, []))[1].extend(lines)
    known = dict(instruments)
    alone = are_days_alone(row[columns.when] for row in table.rows)
    documents: list[Document] = []
    definition: InstrumentDefinition | None = None
    for client, theirs in people.values():
        lines = sorted(theirs)
        rows = tuple(table.rows[line - table.first] for line in lines)
        part = documents_of(Table(table.head, rows), columns, client, known, zone, now, days_alone=alone)
        known[part.instrument.name] = definition = part.instrument
        documents += part.documents
        out += part.rows
        left_out += [f"{client.name}: {_in_file(sentence, lines)}" for sentence in part.left_out]
    if definition is None and unclear:
        definition = documents_of(Table(table.head, ()), columns, clients[0], known, zone, now).instrument
    if definition is None:
        raise ExchangeError(say("No row of this file says which client it is about."))
    return Ratings((*named.new, *documents), (*unclear, *left_out), definition, out, named.called_otherwise())


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
    zone: str = "UTC",
    journal: Journal | None = None,
) -> Found:
    """The same from a FHIR bundle, by the subject of each QuestionnaireResponse.

    Two who are displayed alike are told apart by their reference or identifier. One who is alone under a name is the
    client of that name, unless that is another subject's; one who is new here is known again by all of it.

    Raises:
        ExchangeError: it is no such bundle, an answer cannot be read, or there are too many clients.
    """
    parts = parts_of(content, name)
    subjects: dict[str, dict[Subject, list[Response]]] = defaultdict(lambda: defaultdict(list))
    for raw, each in zip(parts.responses.values(), read_all(parts, name), strict=True):
        subject = subject_of(raw, name)
        subjects[name_key(subject.name)][subject].append(each)
    if (n := sum(map(len, subjects.values()))) > _MOST_CLIENTS:
        raise ExchangeError(say("This file has {n} clients; the limit is {most}.", n=n, most=_MOST_CLIENTS))
    named = _Clients(clients, now, (next(iter(each)).name for each in subjects.values()))
    before = CameBefore(journal)
    said: list[tuple[Relationship, Response]] = []
    notes: list[str] = []
    unclear: list[str] = []
    for of_one_name in subjects.values():
        if sentence := named.unclear(next(iter(of_one_name)).name):
            # Only who is told by more than the name.
            sure = [(who, theirs) for each, theirs in of_one_name.items() if (who := named.of_subject(each))]
            said += [(who, each) for who, theirs in sure for each in theirs]
            unclear += [sentence] if len(sure) < len(of_one_name) else []
            continue
        part, about = _told_apart(of_one_name, named, before)
        said += part
        notes += about
    found = check_ins_of(said, parts.questionnaires, instruments, before, name, zone)
    of_client: dict[str, list[Response]] = defaultdict(list)
    for client, each in said:
        of_client[client.name].append(each)
    left_out = [f"{who}: {sentence}" for who, theirs in of_client.items() for sentence in unread_in(theirs)]
    left_out = [*unclear, *parts.left_out, *left_out]
    return Found([*named.new, *found.documents], tuple(left_out), (*named.called_otherwise(), *notes), found.guessed)


def _told_apart(
    subjects: Mapping[Subject, list[Response]], named: _Clients, before: CameBefore
) -> tuple[list[tuple[Relationship, Response]], list[str]]:
    """The answers of all who are displayed under one name, each with its client; and sentences about that."""
    name = next(iter(subjects)).name
    by_name = named.known(name, told_by_name=True)
    together = together_before(subjects, by_name, before) if by_name else {}
    # Who has all that is with the client of that name, or is alone under it, is that client.
    meant = next(iter(together or subjects)) if len(together or subjects) == 1 else None
    found: list[tuple[Relationship, Response]] = []
    for subject, said in subjects.items():
        if subject.who:
            client = named.of_subject(subject) or (by_name if subject == meant else None)
        else:
            client = named.known(name) if len(subjects) == 1 else by_name
        there = {id(each) for each in together.get(subject, ())}
        for each in said:
            if by_name and id(each) in there:
                found.append((by_name, each))
            else:
                client = client or named.add(subject)
                found.append((client, each))
    if len(subjects) == 1:
        return found, []
    if by_name and len(together) > 1:
        sentence = say(
            "{n} people in this file are called {name}. An earlier import put their ratings together under {client}, "
            "and there they stay. To keep them apart, delete those ratings there and import this file again.",
            n=len(subjects),
            name=name,
            client=by_name.name,
        )
    else:
        names = ", ".join(dict.fromkeys(client.name for client, _ in found))
        sentence = say(
            "{n} people in this file are called {name}. They’re kept apart here: {names}.",
            n=len(subjects),
            name=name,
            names=names,
        )
    return found, [sentence]


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
        self._by_name = {name_key(each.name): each for each in self._by_id.values()}
        self._shared = shared_names(self._by_id.values())
        given = {name_key(each): single_spaces(each) for each in names}
        self._sharing = Counter(name_key(_short(name)) for name in given.values())
        self._now = now
        self.new: list[Relationship] = []
        self._otherwise: dict[str, str] = {}

    def called(self, name: str) -> Relationship:
        return self.known(name) or self._add(name, self._free_id(name))

    def known(self, name: str, *, told_by_name: bool = False) -> Relationship | None:
        """Who is called so; ``told_by_name`` is none of those whom a file told by more than their name."""
        name = single_spaces(name) or "?"
        short, brought = _short(name), self._brought_as(name)
        here = brought if short != name else None
        here = here or self._by_short_name(name_key(short), cut=short != name)
        if told_by_name and here is not None and here.id.version == _TOLD_BY_MORE:
            here = None
        # Who came from a file before and was renamed here keeps the name, and all that was noted since.
        if here is None and brought is not None and name_key(brought.name) != name_key(short):
            self._otherwise[short] = brought.name
        return here or brought

    def called_otherwise(self) -> tuple[str, ...]:
        """A sentence about those whom the file calls otherwise than they are called here."""
        if not self._otherwise:
            return ()
        pairs = [f"{name} = {here}" for name, here in sorted(self._otherwise.items())]
        return (
            say(
                "Some clients go by other names in this file than here: {pairs}. If one of these is somebody "
                "else, give them a different name in the file.",
                pairs=", ".join(pairs[:_NAMED]) + " …" * (len(pairs) > _NAMED),
            ),
        )

    def unclear(self, name: str) -> str:
        """A sentence where a name may be that of several; empty where it is not."""
        name = single_spaces(name) or "?"
        if name_key(_short(name)) in self._shared:
            return say(
                "Several clients here are called {name}, so the ratings of {name} in this file are left out. Give all "
                "but one of them another name, then import it again.",
                name=name,
            )
        called, brought = self._by_name.get(name_key(name)), self._brought_as(name)
        if called is None or brought is None or called.id == brought.id:
            return ""
        return say(
            "{name} in this file may be {name} or {other}, who came from a file as {name}. Their ratings are left out. "
            "Give {name} another name here, then write both names into the file as they are here.",
            name=name,
            other=brought.name,
        )

    def _brought_as(self, name: str) -> Relationship | None:
        """Who came from a file under this name, whatever they are called here; not who is only spelt alike."""
        for each in _ids_of(name):
            here = self._by_id.get(each)
            alike = here is not None and single_spaces(here.name).casefold() == name.casefold()
            if here is not None and (not alike or name_key(here.name) == name_key(name)):
                return here
        return None

    def of_subject(self, subject: Subject) -> Relationship | None:
        """Who that is, by more than the name."""
        here = self._by_id.get(subject.client_id) if subject.client_id else None
        return here or self._by_id.get(_id_of_subject(subject))

    def add(self, subject: Subject) -> Relationship:
        return self._add(subject.name, _id_of_subject(subject) if subject.who else self._free_id(subject.name))

    def _free_id(self, name: str) -> UUID:
        more = (steady_id("client", name_key(name), n) for n in count(2))
        return next(each for each in chain(_ids_of(name), more) if each not in self._by_id)

    def _add(self, name: str, new_id: UUID) -> Relationship:
        made = _made(new_id, self._free(_short(single_spaces(name) or "?")), self._now)
        self._by_name[name_key(made.name)] = self._by_id[made.id] = made
        self.new.append(made)
        return made

    def _by_short_name(self, key: str, *, cut: bool) -> Relationship | None:
        """Who is called so; for a name that was cut, only if it can be nobody else's."""
        found = self._by_name.get(key)
        if found is None or not cut:
            return found
        typed, brought_cut = found.id.version != _STEADY, found.id in _ids_of(key)
        return found if self._sharing[key] == 1 and (typed or brought_cut) else None

    def _free(self, short: str) -> str:
        return free_name(short, self._by_name)


def _ids_of(name: str) -> tuple[UUID, UUID]:
    """The id that a file makes of a name, and the one that it makes where somebody who is spelt alike has the other.

    Until 28 November 2026 Weiß and Weiss had one.
    """
    key = name_key(name) or "?"
    folded = key.casefold()
    return steady_id("client", folded if len(folded) == len(key) else key), steady_id("client", key, "spelt so")


def _id_of_subject(subject: Subject) -> UUID:
    """An id that only this subject has, and that tells that it was made so."""
    if not subject.who:
        return _ids_of(subject.name)[0]
    told = steady_id("client", single_spaces(subject.name).casefold(), subject.who)
    return UUID(bytes=told.bytes, version=_TOLD_BY_MORE)


def _short(name: str) -> str:
    return name[:LONGEST_NAME].strip()


def onto_known_sessions(journal: Journal, documents: Iterable[Document]) -> list[Document]:
    """``documents`` with check-ins put to sessions that are noted already: of the same client on the same day.

    A session that has such a check-in already stays as it is, and the other comes beside it.
    """
    given = list(documents)
    free: dict[tuple[UUID, date], Session] = {}
    for client in journal.clients:
        for session in journal.sessions(client):
            if journal.check_in_of(session) is None:
                free[client.id, session.local_day(session.at)] = session
    joined: dict[UUID, UUID] = {}
    for each in given:
        if isinstance(each, Session) and not journal.holds(each.id):
            here = free.pop((each.relationship_id, each.local_day(each.at)), None)
            if here is not None:
                joined[each.id] = here.id
    return [
        each.model_copy(update={"session_id": joined[each.session_id]})
        if isinstance(each, CheckIn) and each.session_id in joined
        else each
        for each in given
        if each.id not in joined
    ]
