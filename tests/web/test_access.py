"""Every route, for everyone: generated from the URL table, so that a new route cannot be forgotten."""

from __future__ import annotations

import re
from collections.abc import Callable
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse

from reattune.web.pages.shared.example_access import OWN_ALONE
from reattune.web.pages.urls import urlpatterns
from reattune.web.store.models import SealedJournal

Own = Callable[..., Client]
pytestmark = pytest.mark.django_db

OPEN_TO_ALL = {
    "front", "begin", "begin-write", "begin-keep", "begin-drop", "begin-recovery", "begin-about", "unlock",
    "unlock-recovery", "lock", "leave", "measures", "help", "language",
    "example-done", "example-away", "write-down", "letter", "manifest", "service-worker", "offline",
    "link", "link-sealed", "filled", "running", "still-open",
}  # fmt: skip
JOURNAL_ROUTES = [pattern for pattern in urlpatterns if isinstance(pattern, URLPattern)]


def address(pattern: URLPattern, namespace: str = "own") -> str:
    values = {"uuid": uuid4(), "slug": "size", "int": 1}
    names = pattern.pattern.converters  # type: ignore[union-attr]
    arguments = {name: values[type(kind).__name__.lower().removesuffix("converter")] for name, kind in names.items()}
    return reverse(f"{namespace}:{pattern.name}", kwargs=arguments)


def test_every_route_outside_the_journal_is_named_here() -> None:
    outside = {each.name for each in get_resolver().url_patterns if isinstance(each, URLPattern)}
    assert outside == OPEN_TO_ALL


@pytest.mark.parametrize("pattern", JOURNAL_ROUTES, ids=lambda pattern: pattern.name)
@pytest.mark.parametrize("method", ["get", "post"])
def test_nobody_gets_in(pattern: URLPattern, method: str) -> None:
    response = getattr(Client(), method)(address(pattern))
    assert response.status_code in (302, 405)
    if response.status_code == 302:
        assert response.headers["Location"].startswith("/unlock/")


@pytest.mark.parametrize("pattern", JOURNAL_ROUTES, ids=lambda pattern: pattern.name)
def test_the_example_keeps_nothing(pattern: URLPattern) -> None:
    client = Client()
    response = client.post(address(pattern, "example"), {"anything": "at all"})
    if pattern.name in OWN_ALONE:
        assert response.status_code in (200, 405)
        assert response.status_code == 405 or "isn’t part of the example" in response.content.decode()
        assert not SealedJournal.objects.exists()
    assert response.status_code in (200, 302, 400, 404, 405)
    assert response.headers.get("Location", "/example/").startswith("/example/")
    client.post("/example/done/")
    assert not SealedJournal.objects.exists()


def test_not_yours_and_not_there_get_the_same_answer(own: Own) -> None:
    mine, other = own(), own("words of the other one", "Anselm")
    kept = mine.post("/note/", {"who": "new", "name": "A", "day": "2026-01-05", "what": "x", "stop": ""})
    location = kept.headers["Location"]
    assert mine.get(location).status_code == 200
    not_yours, not_there = other.get(location), other.get(f"/note/{uuid4()}/")
    assert not_yours.status_code == not_there.status_code == 404
    # Beside the token, only the address that was asked for stands in it.
    token = re.compile(rb'(csrfmiddlewaretoken|name="next)" value="[^"]+"')
    assert token.sub(b"", not_yours.content) == token.sub(b"", not_there.content)


def test_another_host_is_refused() -> None:
    assert Client().get("/", HTTP_HOST="example.org").status_code == 400


def test_forms_from_elsewhere_are_refused(own: Own) -> None:
    strict = Client(enforce_csrf_checks=True)
    response = strict.post("/unlock/", {"passphrase": "anything at all"})
    assert response.status_code == 403
    assert b"has expired" in response.content
