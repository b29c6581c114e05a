"""Today and the bond line after years of writing: never more than about a screen of what is open."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone

from reattune.journal.documents import CheckIn, Session
from tests.web.journals import opened
from tests.web.test_say_and_mend import page

Own = Callable[..., Client]
pytestmark = pytest.mark.django_db
ITEMS = ("cared_for", "understood", "safe", "goals", "way", "whole")


def check_ins(client: Client, weeks: int) -> None:
    journal = opened(client)
    therapist = journal.journal.therapist
    assert therapist
    with transaction.atomic():
        for week in range(weeks):
            at = timezone.now() - timedelta(weeks=weeks - week)
            session = journal.create(Session, relationship_id=therapist.id, at=at)
            answers = dict.fromkeys(ITEMS, 5.0 + week % 4)
            journal.create(CheckIn, session_id=session.id, instrument="reattune-check-in/1", answers=answers)


def test_the_line_shows_half_a_year_and_leads_to_all_of_it(own: Own) -> None:
    client = own()
    check_ins(client, 120)
    shown = page(client, "/today/")
    table = shown.split("<table>")[1].split("</table>")[0]
    assert table.count("<tr>") - 1 == 26
    assert "See all of it" in shown
    person = re.search(r'href="(/with/[0-9a-f-]{36}/)">See all of it', shown)
    assert person
    whole = page(client, person[1])
    assert whole.split("<table>")[1].split("</table>")[0].count("<tr>") - 1 == 120


def test_what_is_open_is_never_more_than_a_screen(own: Own) -> None:
    client = own()
    for number in range(9):
        client.post("/thread/", {"title": f"Gone wrong {number}", "day": timezone.localdate().isoformat()})
    shown = page(client, "/today/")
    assert len(re.findall(r"Gone wrong \d", shown.split('id="open"')[1].split("</section>")[0])) == 4
    assert "and 5 more that are open" in shown
    assert 'href="/so-far/?is=open"' in shown
    assert len(set(re.findall(r"Gone wrong \d", page(client, "/so-far/?is=open")))) == 9
