"""What a file of ratings would bring: which rows, columns and numbers are what, and whose sessions are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from django.http import HttpRequest
from django.utils.translation import gettext as _

from reattune.exchange.caseload import caseload_from_fhir, caseload_of, onto_known_sessions
from reattune.exchange.columns_said import about_columns
from reattune.exchange.duplicates import not_here_yet
from reattune.exchange.errors import ExchangeError
from reattune.exchange.fhir_reading import Found
from reattune.exchange.fhir_scales import onto_the_scale_of
from reattune.exchange.file_type import Kind
from reattune.exchange.ratings_spreadsheet import Ratings, documents_of, guess
from reattune.exchange.rows_of_one import of_one_questionnaire, of_one_therapist, questionnaires_in, therapists_beside
from reattune.exchange.table_of_file import Table, read_table
from reattune.exchange.table_scales import onto_the_scale_of_table
from reattune.exchange.table_titles import title_for
from reattune.journal.documents import Document, Relationship, Session
from reattune.journal.journal import Journal
from reattune.journal.vocabulary import JournalKind, RelationshipKind
from reattune.vault.backup_file import JournalCopy
from reattune.web.pages.manage.import_fhir import as_meant, asked_of
from reattune.web.pages.manage.import_forms import MeaningForm, RatingsForm, WithWhomForm
from reattune.web.pages.notice.instruments import instruments_by_use, instruments_of
from reattune.web.store.open_journal import OpenJournal


@dataclass(frozen=True)
class Read:
    """What a file says, and how sure that is.

    Attributes:
        documents: what it would bring.
        here: how many check-ins were recognised as being here.
        left_out: a sentence for each row, entry or answer that could not be read, and for what is here otherwise.
        rows: how many rows of a table are left out.
        notes: sentences about what it holds.
        copy: the journal of a backup, with letters that waited for it.
        asked: what the numbers of its questionnaires mean, where that can be corrected.
        whom: with whom its sessions were, where nothing says it.
        form, table: where columns can be corrected.
    """

    documents: list[Document]
    here: int = 0
    left_out: tuple[str, ...] = ()
    rows: int = 0
    notes: tuple[str, ...] = ()
    copy: JournalCopy | None = None
    asked: Sequence[MeaningForm] = ()
    whom: WithWhomForm | None = None
    form: RatingsForm | None = None
    table: Table | None = field(default=None, repr=False)


def _beside_those_here(opened: OpenJournal, found: Found | Ratings, *, told_apart: bool = False) -> Read:
    """What ratings of a file bring beside what is here; no client of whom everything is here already."""
    new = not_here_yet(opened.journal, found.documents, instruments_of(opened), told_apart=told_apart)
    of = {each.relationship_id for each in new.documents if isinstance(each, Session)}
    left = [each for each in new.documents if not isinstance(each, Relationship) or each.id in of]
    rows = found.rows if isinstance(found, Ratings) else 0
    return Read(left, new.here, (*new.left_out, *found.left_out), rows, (*found.notes, *new.fuller))


def of_fhir(request: HttpRequest, opened: OpenJournal, found: Found) -> Read:
    """The same of a FHIR file; what its numbers mean is asked where the file doesn't say."""
    read = _beside_those_here(opened, found)
    asked = asked_of(request.POST, read.documents, found.guessed)
    documents = as_meant(read.documents, asked)
    anew, about = onto_the_scale_of(opened.journal, documents)
    return replace(read, documents=[*documents, *anew], notes=(*read.notes, *about), asked=asked)


def of_clients(request: HttpRequest, opened: OpenJournal, content: bytes, name: str, kind: Kind) -> Read:
    """Ratings of one client or of many, put to the sessions that are noted already."""
    clients = sorted(opened.journal.clients, key=lambda each: each.name.casefold())
    if kind is Kind.RATINGS:
        read = of_ratings(request, opened, content, name, clients)
    else:
        known = instruments_of(opened)
        found = caseload_from_fhir(content, known, clients, opened.now, name, opened.zone, opened.journal)
        read = of_fhir(request, opened, found)
    return replace(read, documents=onto_known_sessions(opened.journal, read.documents))


def therapists_of(journal: Journal) -> list[Relationship]:
    found = [each for each in journal.all(Relationship) if each.role is RelationshipKind.THERAPIST]
    if not found:
        raise ExchangeError(
            _("These ratings are about sessions. Name your therapist in Settings first, so they have a place.")
        )
    return sorted(found, key=lambda each: (each != journal.therapist, each.name))


def of_ratings(
    request: HttpRequest, opened: OpenJournal, content: bytes, name: str, therapists: list[Relationship]
) -> Read:
    table = read_table(content, name)
    known = instruments_by_use(opened)
    caseload = opened.kind is JournalKind.THERAPIST
    clients = [name for each in therapists for name in (each.name, *each.called_before)] if caseload else None
    several = questionnaires_in(table)
    chosen = request.POST.get("questionnaire", several.likely) if several else ""
    if several and chosen in several.names:
        table = of_one_questionnaire(table, several, chosen)
    guessed = guess(table, known, clients, chosen)
    if guessed is None:
        raise ExchangeError(
            _("%(name)s has no column with dates. Each row needs the date of its session, like 2024-05-31.")
            % {"name": name}
        )
    beside = [] if caseload else therapists_beside(table, therapists, guessed.days, opened.now)
    # Another questionnaire has another scale, and is looked at once more before it comes in.
    sent = request.POST if "when" in request.POST and request.POST.get("guessed_for", "") == chosen else None
    form = RatingsForm(
        sent,
        table=table,
        guessed=guessed,
        therapists=[*therapists, *beside],
        title=chosen or title_for(opened.journal, table, name),
        caseload=caseload,
        several=several,
        chosen=chosen,
        before=request.POST,
    )
    if sent is not None and not form.is_valid():
        return Read([], form=form, table=table)
    columns, whose = form.columns(), form.whose()
    about: tuple[str, ...] = ()
    whole = table
    if not caseload:
        therapist = form.therapist()
        names = (therapist.name, *therapist.called_before)
        table, about = of_one_therapist(table, names, (*guessed.days, *columns.ratings))
    about += about_columns(table, guessed, columns, whose)
    unread = Read([], notes=about, form=form, table=table)
    if whose is None and caseload and sent is None:
        return unread  # nobody has said yet whose they are
    try:
        if whose is None:
            who = form.therapist()
            found = documents_of(table, columns, who, known, opened.zone, opened.now)
            found = replace(found, documents=(who, *found.documents)) if who in beside else found
        else:
            found = caseload_of(table, columns, whose, therapists, known, opened.zone, opened.now)
    except ExchangeError as error:
        if sent is not None:
            form.add_error(None, str(error))
        return unread
    # Where rows of another therapist stayed out, those of one day with both are two sessions.
    read = _beside_those_here(opened, found, told_apart=table.left_out != whole.left_out)
    anew, scales = onto_the_scale_of_table(opened.journal, read.documents, found.instrument, named=columns.named)
    notes = (*about, *read.notes, *scales)
    return replace(read, documents=[*read.documents, *anew], notes=notes, form=form, table=table)
