"""Every form by itself, sent made-up and hostile values: a result, or sentences of a bearable length."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import QueryDict
from django.test import Client
from hypothesis import given, settings
from hypothesis import strategies as st

from reattune.journal.documents import Document, Relationship
from reattune.journal.vocabulary import JournalKind, RelationshipKind
from reattune.web.pages.shared.form_fields import PageForm
from tests import hostile
from tests.exchange.test_hostile import TABLES
from tests.web.test_fhir_of_others import asked, bundle, said
from tests.web.test_hostile import sayable  # noqa: F401  a fixture
from tests.web.test_permissions import FORM, READ, addresses, filled, right  # noqa: F401  a fixture

pytestmark = pytest.mark.django_db

Make = Callable[[QueryDict], PageForm]
# What only others are made from.
BASES = {
    *("PageForm", "NamedForm", "NewPassphraseForm", "AnotherPassphraseForm", "TookPlaceForm", "_RatedForm", "ScaleForm")
}
# A page speaks as we do.
DJANGOS_OWN = re.compile("Enter |Ensure |Select |This field|Null |“")
# There are some fifty: `make test` tries each with a twentieth of what it tries elsewhere, `make fuzz` with all of it.
EACH = hostile.COUNT if hostile.COUNT > 1_000 else hostile.COUNT // 20


def kinds(of: type[PageForm] = PageForm) -> Iterator[str]:
    yield of.__name__
    for each in of.__subclasses__():
        yield from kinds(each)


def makers(client: Client, documents: list[Document], monkeypatch: pytest.MonkeyPatch) -> dict[str, Make]:
    """How the pages make each kind of form, by the name of its class."""
    found: dict[str, Make] = {}

    def note(of: type[PageForm], *given: Any, **named: Any) -> PageForm:
        found.setdefault(of.__name__, lambda data: of(data, *given[1:], **named))
        return type.__call__(of, *given, **named)

    with monkeypatch.context() as watching:
        watching.setattr(type(PageForm), "__call__", note, raising=False)
        for name, address in addresses(documents):
            if name in (*FORM, *READ):
                client.get(address)
        client.get("/exercise/with/the_diet/?way=write&clock=0")
        client.post("/settings/file/in/", {"file": SimpleUploadedFile("a.csv", TABLES[0])})
        unknown = bundle(asked(title="Mood"), said("2026-01-05T10:00:00Z", m=4))
        client.post("/settings/file/in/", {"file": SimpleUploadedFile("f.json", unknown)})
        for each in documents:
            if isinstance(each, Relationship) and each.role is RelationshipKind.CLIENT:
                client.post(f"/those/{each.id}/hand/", {"day": "2026-03-02"})
        nobody = Client()
        for path in ("/unlock/", "/unlock/recovery/", "/begin/"):
            nobody.get(path)
        nobody.post("/begin/", {"passphrase": "four quiet words here", "again": "four quiet words here"})
        nobody.get("/begin/about/")
    return found


def values(form: PageForm) -> st.SearchStrategy[dict[str, list[str]]]:
    """What somebody could send it: nothing, real choices, made-up words, hostile ones, several at once."""
    hostile_words = [word.encode("utf-8", "replace").decode() for word in hostile.WORDS]
    each = {}
    for name, field in form.fields.items():
        choices = [str(value) for value, _label in getattr(field, "choices", [])]
        real = choices or ["2026-05-31", "5", "on"]
        one = st.one_of(st.sampled_from(real), st.sampled_from(hostile_words), st.text(max_size=40))
        each[name] = st.lists(one, max_size=2)
    return st.fixed_dictionaries(each)


def taken_of(make: Make) -> tuple[int, int]:
    """How many of the values tried were a result, and how many were refused in sentences."""
    outcomes = {True: 0, False: 0}

    @settings(max_examples=EACH, database=None, deadline=None, derandomize=True)
    @given(values(make(QueryDict())))
    def tried(sent: dict[str, list[str]]) -> None:
        data = QueryDict(mutable=True)
        for field, several in sent.items():
            data.setlist(field, several)
        form = make(data)
        outcomes[form.is_valid()] += 1
        for errors in form.errors.values():
            for sentence in errors:
                assert not DJANGOS_OWN.match(str(sentence))
                assert 0 < len(str(sentence)) < 2_000

    tried()
    return outcomes[True], outcomes[False]


def test_every_form_by_itself(
    sayable: tuple[Client, list[Document]],  # noqa: F811
    own: Callable[..., Client],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    chair = filled(own, JournalKind.THERAPIST, "words from the other chair")
    made = makers(*chair, monkeypatch) | makers(*sayable, monkeypatch)
    assert set(kinds()) - set(made) == BASES
    outcomes = {name: taken_of(make) for name, make in made.items()}
    print(sum(map(sum, outcomes.values())), "inputs,", len(outcomes), "forms:", outcomes)
    assert all(sum(each) >= min(EACH, 2) for each in outcomes.values())
    assert sum(taken for taken, _refused in outcomes.values()) > 0
