"""Bringing files in: what a file would change is shown first, and nothing is written before."""

from __future__ import annotations

import base64
import json
import zlib
from dataclasses import replace

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from reattune.exchange.answer_file import from_answer_file, letter_of
from reattune.exchange.brought_again import brought_again
from reattune.exchange.diaries import as_here, from_diary
from reattune.exchange.errors import ExchangeError
from reattune.exchange.fhir_reading import from_fhir
from reattune.exchange.file_type import Kind, kind_of
from reattune.exchange.journal_json import exported, from_json
from reattune.journal.codec import encode
from reattune.journal.documents import (
    CameIn,
    Document,
    Instrument,
    LooseNote,
    Preferences,
    Relationship,
    Removed,
)
from reattune.journal.journal import Journal
from reattune.journal.merge import Merge, merge_file
from reattune.journal.vocabulary import JournalKind, RelationshipKind
from reattune.reflection.bond_line import bond_line
from reattune.reflection.chart_data import LineChart, bond_chart
from reattune.reflection.danger_recogniser import danger_brought
from reattune.vault import SealBroken
from reattune.vault.backup_file import MAGIC, NotABackup, from_file
from reattune.web.http.taken_once import done
from reattune.web.pages.manage.import_fhir import chosen_in, fhir_right
from reattune.web.pages.manage.import_forms import FileForm, WithWhomForm
from reattune.web.pages.manage.import_ratings import Read, of_clients, of_fhir, of_ratings, therapists_of
from reattune.web.pages.notice.instruments import (
    instruments_of,
    own_check_in,
    own_therapist_check_in,
)
from reattune.web.pages.shared.access import to_page, with_either_journal
from reattune.web.pages.shared.confirm_passphrase import GraveForm, confirmed
from reattune.web.pages.shared.wording import labels
from reattune.web.store.backups import documents_in, opens_any
from reattune.web.store.journal_size import TooLarge, is_full, most_bytes
from reattune.web.store.letterbox import address_keys, bring_letters, deliver, letters_missing, open_letterbox
from reattune.web.store.open_journal import OpenJournal
from reattune.web.store.shared_links import take_in
from reattune.web.store.unlocking import keyring_of, open_session

_NAMED, _SHOWN, _FIRST_ROWS = 12, 60, 5
_MOST_HELD = 20 * 1024 * 1024
# A journal that would be larger after an import asks for the passphrase first: every page opens all of it, so that
# somebody who sat down at it could make it slow for good. A year with two sessions a week, and a moment and a diary
# entry each day, has some 1,000 entries; a page of diary a day, for seven years, has 5 MB.
MOST_UNASKED, MOST_LETTERS_UNASKED = 5_000, 5_000_000


def carry_page(request: HttpRequest, opened: OpenJournal, form: FileForm) -> HttpResponse:
    """The page from which files go out and come in."""
    context = {
        "open": opened,
        "form": form,
        "count": len(exported(opened.journal)),
        "preferences": opened.journal.preferences,
    }
    context["deleted"] = bool(opened.journal.all(Removed))
    return render(request, "manage/export_import.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@with_either_journal
def bring_in(request: HttpRequest, opened: OpenJournal) -> HttpResponse:
    """Show what a file would change, and then do it."""
    if request.method != "POST":
        return to_page(request, "carry")
    held = request.POST.get("held_file", "")
    form = FileForm(request.POST, request.FILES)
    try:
        if held:
            content, name = _held(held, opened)
        elif form.is_valid():
            content, name = form.cleaned_data["file"].read(), form.cleaned_data["file"].name
        else:
            return carry_page(request, opened, form)
        return _weighed(request, opened, content, name)
    except ExchangeError as error:
        form.errors.clear()
        form.add_error("file", str(error))
        return carry_page(request, opened, form)


def _answer(request: HttpRequest, opened: OpenJournal, content: bytes, name: str) -> HttpResponse:
    """An answer to something shared: it waits under *Came in*, like one that came by itself.

    Raises:
        ExchangeError: it is none, for another journal, cannot be read, or came in before.
    """
    answer = from_answer_file(content, name)
    pairs = {} if opened.example or opened.provisional else address_keys(opened)
    if not pairs:
        raise ExchangeError(_("Answers can be imported once this journal is kept with a passphrase."))
    pair = pairs.get(answer.address) or next(iter(pairs.values()))
    letter = letter_of(answer, pair.private)
    if is_full(opened.journal_id):
        raise TooLarge
    refusal = deliver(pair.address, answer.letter)
    if refusal:
        raise ExchangeError(_("There’s no room for more answers. Look through “Came in” on Today first."))
    open_letterbox(opened)
    if not any(each.content.id == letter.id for each in opened.journal.all(CameIn)):
        raise ExchangeError(_("This answer came in before. It’s in your journal, or you deleted it."))
    return to_page(request, "came-in")


def _weighed(request: HttpRequest, opened: OpenJournal, content: bytes, name: str) -> HttpResponse:
    if not content.startswith(MAGIC[:-1]) and kind_of(content, name) is Kind.ANSWER:
        return _answer(request, opened, content, name)
    read = _read(request, opened, content, name)
    own = {each.name: each for each in (own_check_in(), own_therapist_check_in())}
    weighed = merge_file(opened.journal, read.documents, own, read_on=None if read.copy else opened.now)
    large = _makes_it_large(opened, weighed)
    opened.typed = (*opened.typed, *danger_brought(weighed.changes))
    letters = letters_missing(opened, read.copy, read.documents) if read.copy else 0
    sentences = (*(read.table.left_out if read.table else ()), *read.left_out)
    left_out = {"left_out": sentences[:_NAMED], "left_out_more": max(0, len(sentences) - _NAMED)}
    loose = [each for each in weighed.added if isinstance(each, LooseNote)]
    sent = request.POST if "bring" in request.POST else None
    grave = GraveForm(sent, opened=opened) if large else None
    right = read.form is None or read.form.is_valid()
    right = right and fhir_right(read.asked, read.whom)
    if sent is not None and right and (grave is None or confirmed(request, opened, grave)):
        take_in(opened, weighed.changes, weighed.older, weighed.gone)
        if read.copy:
            bring_letters(opened, read.copy)
        shown = {"open": opened, "weighed": weighed, "loose": len(loose), "letters": letters, **left_out}
        page = render(request, "manage/import_done.html", shown)
        return done(page, to_page(request, "carry").headers["Location"])
    people = [each for each in weighed.added if isinstance(each, Relationship)]
    context = {
        "open": opened,
        "weighed": weighed,
        "kept": weighed.kept - len(weighed.older) + read.here,
        "refused": _refused(weighed),
        "out": len(weighed.refused) + read.rows,
        "notes": (*read.notes, *weighed.notes, *brought_again(opened.journal, weighed.added)),
        "letters": letters,
        "people": [each.name for each in people][:_NAMED],
        **left_out,
        "loose": loose[:_SHOWN],
        "loose_more": max(0, len(loose) - _SHOWN),
        "held": _hold(content, name, opened),
        "form": read.form,
        "asked": read.asked,
        "whom": read.whom,
        "grave": grave,
        "table": read.table,
        "first_rows": [row for row in read.table.rows if any(row)][:_FIRST_ROWS] if read.table else (),
        "chart": _picture(opened, weighed) if read.table else None,
        "new_clients": [each.name for each in people if each.role is RelationshipKind.CLIENT],
    }
    return render(request, "manage/import_preview.html", context)


def _makes_it_large(opened: OpenJournal, weighed: Merge) -> bool:
    """Whether the journal would have so much in it that every page is slow, however small each of many files is.

    Raises:
        ExchangeError: it would hold more than it may.
    """
    brought = [*weighed.changes, *weighed.older]
    after, most = [*opened.journal, *brought], most_bytes()
    if not brought or (most is None and len(after) > MOST_UNASKED):
        return bool(brought)
    letters = sum(len(encode(each)) for each in after)
    if most is not None and letters > most:
        raise ExchangeError(
            _("With this file, your journal would hold more than there’s room for on this server: at most %(n)d MB.")
            % {"n": most // 1_000_000}
        )
    return len(after) > MOST_UNASKED or letters > MOST_LETTERS_UNASKED


def _read(request: HttpRequest, opened: OpenJournal, content: bytes, name: str) -> Read:
    """What a file says.

    Raises:
        ExchangeError: it cannot be read.
    """
    if content.startswith(MAGIC[:-1]):
        return _of_sealed_copy(request, opened, content)
    kind = kind_of(content, name)
    if kind is Kind.JOURNAL:
        return Read(_of_this_kind(opened, from_json(content, name)))
    if kind is Kind.DIARY and opened.kind is JournalKind.THERAPIST:
        raise ExchangeError(
            _("%(name)s is a diary. A therapist’s journal takes ratings; a diary belongs in a journal of your own.")
            % {"name": name}
        )
    if kind is Kind.DIARY:
        diary = from_diary(content, name, opened.zone)
        return Read([*as_here(opened.journal, diary.entries)], notes=diary.notes)
    if opened.kind is JournalKind.THERAPIST:
        return of_clients(request, opened, content, name, kind)
    therapists = therapists_of(opened.journal)
    if kind is Kind.RATINGS:
        return of_ratings(request, opened, content, name, therapists)
    chosen = chosen_in(request.POST)
    found = from_fhir(content, instruments_of(opened), therapists[0], name, opened.zone, opened.journal, chosen)
    whom = WithWhomForm(request.POST, courses=found.courses, therapists=therapists)
    return replace(of_fhir(request, opened, found), whom=whom)


def _of_this_kind(opened: OpenJournal, documents: list[Document]) -> list[Document]:
    """The documents of an exported journal, unless it is one of the other kind.

    Raises:
        ExchangeError: it is.
    """
    if any(isinstance(each, Preferences) and each.journal_kind is not opened.kind for each in documents):
        raise ExchangeError(
            _(
                "This file is a therapist’s journal, and yours is the journal of somebody in therapy. "
                "Neither can be imported into the other."
            )
            if opened.kind is JournalKind.PERSON
            else _(
                "This is the journal of somebody in therapy, and yours is a therapist’s. "
                "Neither can be imported into the other."
            )
        )
    return documents


def _picture(opened: OpenJournal, weighed: Merge) -> LineChart | None:
    """The bond line as it would be."""
    trial = Journal(opened.journal)
    trial.take_in(weighed.changes)
    brought = {each.definition.name: each.definition for each in weighed.added if isinstance(each, Instrument)}
    chart = bond_chart(trial, bond_line(trial, trial.therapist, {**instruments_of(opened), **brought}), _SHOWN)
    return chart if chart.points else None


def _of_sealed_copy(request: HttpRequest, opened: OpenJournal, content: bytes) -> Read:
    session = None if opened.example else open_session(request)
    try:
        found = from_file(content)
    except NotABackup as error:
        raise ExchangeError(str(error)) from error
    mine = next((each for each in found.journals if session and each.journal_id == session[0]), None)
    if mine is None or session is None:
        raise ExchangeError(
            _("This is a backup of another journal. To restore it beside this one, run: reattune restore FILE")
        )
    keys = (session[1], *keyring_of(session[0]).older_keys(session[1]))
    if not opens_any(mine, *keys):
        raise ExchangeError(
            _(
                "None of the entries in this backup open here. Perhaps this journal got a new key on another computer "
                "since. Then make a backup here and import it there: that one opens both."
            )
        )
    documents, problems = documents_in(mine, *keys)
    return Read(documents, left_out=(*found.damages, *dict.fromkeys(problems)), copy=mine)


def _refused(weighed: Merge) -> list[tuple[str, str]]:
    words = labels("kind")
    return [(words.get(each.kind, each.kind), sentence) for each, sentence in weighed.refused[:_NAMED]]


def _hold(content: bytes, name: str, opened: OpenJournal) -> str:
    """The file, sealed for the way to the browser and back, and for this journal alone."""
    framed = json.dumps(name[-200:]).encode() + b"\n" + content
    held = base64.b64encode(opened.on_its_way(zlib.compress(framed, 6))).decode()
    if len(held) > _MOST_HELD:
        if content.startswith(MAGIC[:-1]):
            raise ExchangeError(_("This file is too large to preview here. To import it, run: reattune restore FILE"))
        raise ExchangeError(_("This file is too large to preview here. Import it in parts, or from a backup copy."))
    return held


def _held(words: str, opened: OpenJournal) -> tuple[bytes, str]:
    try:
        framed = zlib.decompress(opened.come_back(base64.b64decode(words, validate=True)))
        name, _line, content = framed.partition(b"\n")
        return content, str(json.loads(name))
    except (SealBroken, ValueError, zlib.error) as error:
        raise ExchangeError(_("Part of the file got lost. Please choose it again.")) from error
