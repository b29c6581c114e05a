"""A page that was open in two windows: a stale form never overwrites silently; both are shown, and one chooses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.forms import CharField, Field, Form
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _

from reattune.journal.document_base import Document
from reattune.web.pages.shared.form_fields import as_typed

FIELD = "seen"
# Which of the two is wanted, and what the other window kept: fields beside those of the form itself.
CHOICE, OTHER = "keep-", "other-"
_HERE, _THERE, _BOTH = "here", "there", "both"


@dataclass(frozen=True)
class Difference:
    """One answer that is not the same in both windows.

    Attributes:
        name: the form's field.
        label: what it asks.
        here, there: how both read.
        values: what the other window kept, as a form sends it.
        joinable: whether both can be kept, one below the other.
    """

    name: str
    label: str
    here: str
    there: str
    values: list[str]
    joinable: bool


def seen(document: Document) -> str:
    """What a form carries along, to tell later which form of the document it was made from."""
    return document.updated.isoformat()


def changed_meanwhile(
    request: HttpRequest, document: Document, form: Form, kept: Mapping[str, object] | None = None
) -> bool:
    """Whether the document was changed since the form was opened. The form then shows both, to choose from.

    What was typed stays in the form; keeping it a second time is a choice and goes through. ``kept`` says what the
    form's fields hold by now, where they are not called like those of the document. A page that says nothing of the
    document was opened before there was one.
    """
    unsaid = "" if "draft_of" in request.POST else seen(document)
    if request.POST.get(FIELD, unsaid) == seen(document):
        return False
    form.add_error(
        None,
        _("This has been changed in another window since you opened it. Your words are below. Save again to use them."),
    )
    form.differences = list(_differences(request, document, form, kept or {}))  # type: ignore[attr-defined]
    return True


def _differences(
    request: HttpRequest, document: Document, form: Form, kept: Mapping[str, object]
) -> Iterator[Difference]:
    for name, field in form.fields.items():
        if name not in kept and name not in type(document).model_fields:
            continue
        there = _sent(kept[name] if name in kept else getattr(document, name))
        here = [value for value in request.POST.getlist(name) if value]
        if there is not None and here != there:
            joinable = isinstance(field, CharField) and bool(here and there)
            yield Difference(name, str(field.label or ""), _read(field, here), _read(field, there), there, joinable)


def _sent(value: object) -> list[str] | None:
    """How a form sends a value; ``None`` where it is of a kind that no field shows as it is."""
    if value is None or value == "":
        return []
    if isinstance(value, bool):
        return ["on"] if value else []
    if isinstance(value, (str, int, float)):
        return [as_typed(value) if isinstance(value, float) else str(value)]
    if isinstance(value, (tuple, list)) and all(isinstance(each, str) for each in value):
        return [str(each) for each in value]
    return None


def _read(field: Field, values: list[str]) -> str:
    words = {str(value): str(label) for value, label in getattr(field, "choices", ())}
    return ", ".join(words.get(each, each) for each in values) or _("nothing")


def chosen(sent: QueryDict) -> QueryDict:
    """What was sent, with the choices between two windows made: the fields of a form as they are wanted."""
    names = [name.removeprefix(CHOICE) for name in sent if name.startswith(CHOICE)]
    if not names:
        return sent
    made: Any = sent.copy()
    for name in names:
        choice, there = made.pop(CHOICE + name)[-1], made.pop(OTHER + name, [])
        if choice == _THERE:
            made.setlist(name, there)
        elif choice == _BOTH:
            made.setlist(name, ["\n\n".join(each for each in (*made.getlist(name), *there) if each)])
    return made  # type: ignore[no-any-return]
