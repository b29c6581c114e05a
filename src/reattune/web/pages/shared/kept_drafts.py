"""What was typed into a form and isn't kept in an entry: kept as its draft."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.http import HttpRequest, HttpResponse

from reattune.journal import JournalError
from reattune.journal.codec import encode
from reattune.journal.documents import Draft, Removed
from reattune.journal.draft_conflicts import Typed
from reattune.web.pages.shared.example_access import PATH
from reattune.web.pages.shared.locked_submission import words_of
from reattune.web.store.open_journal import OpenJournal

# As many as Django takes, so that what can be sent can be kept; and as long as a `Draft` holds.
_MOST_FIELDS, _LONGEST = 1_000, 1_000_000


def keep_typed(request: HttpRequest, opened: OpenJournal) -> bool:
    """Keep what is being typed, if the request brings a form that can be kept."""
    form, fields = request.POST.get("draft_of", "").strip(), words_of(request)
    too_large = len(fields) > _MOST_FIELDS or any(len(v) > _LONGEST for values in fields.values() for v in values)
    # Words that were typed into the example are never kept in a journal of one's own, nor the other way round.
    elsewhere = form.startswith(PATH) != opened.example
    if not form.startswith("/") or len(form) > 200 or too_large or elsewhere:
        return False
    try:
        keep_fields(opened, form, fields)
    except JournalError:
        return False  # nothing that a form of ours sends
    return True


def keep_fields(opened: OpenJournal, form: str, fields: Mapping[str, Sequence[str]]) -> None:
    """The fields of a form as its draft. Who takes everything out of a form doesn't want it there any more: what this
    window had kept of it is put away.

    Raises:
        JournalError: they are not the fields of a form.
    """
    typed = Typed.of(fields)
    if not typed.empty:
        opened.keep_draft(form, fields)
        return
    for draft in opened.drafts(form):
        if typed.goes_on_from(draft):
            put_away(opened, draft)


def put_away(opened: OpenJournal, draft: Draft) -> None:
    """A half-written form beside what was deleted, from where it comes back for thirty days."""
    words = next((v for values in draft.fields.values() for v in values if " " in v), "")
    title = " ".join(words.split())[:60]
    removed = {"at": opened.now, "title": title, "kind_of": draft.kind, "documents": (encode(draft).decode(),)}
    opened.write_and_discard([opened.make(Removed, **removed)], [draft])


def keep_what_led_elsewhere(request: HttpRequest, opened: OpenJournal, answer: HttpResponse) -> None:
    """Where a form was sent and its page leads on without having kept what was typed into it, that is half-written:
    another window may have changed what it is about, or another button of it was pressed."""
    if request.method != "POST" or opened.drafts_settled or not answer.has_header("Location"):
        return
    if "draft_of" in request.POST and not Typed.of(words_of(request)).wordless:
        keep_typed(request, opened)
