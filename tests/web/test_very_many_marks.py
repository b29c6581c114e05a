"""Letters under very many accents, typed by anybody: an answer as soon as for other letters, and others get theirs."""

from __future__ import annotations

import time

import pytest
from django.test import Client

MARKS = "a" + "\u0315" * 60_000 + "\u0300" * 60_000


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/example/so-far/look/", "/example/note/"])
def test_a_form_of_very_many_marks_is_answered(address: str) -> None:
    client = Client()
    client.get("/example/today/")
    began = time.process_time()
    answer = client.post(address, {"words": MARKS, "q": MARKS, "what": MARKS, "who": "new", "name": MARKS})
    assert answer.status_code < 500
    assert time.process_time() - began < 10  # half a second, where nothing else is busy; it was a minute and more
