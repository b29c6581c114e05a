"""Who writes that somebody hurts them, in a country of which no line for that is known."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from tests.web.test_bad_input_on_pages import note
from tests.web.test_clients import add
from tests.web.test_handed_check_in import hand, token
from tests.web.test_say_and_mend import page

Own = Callable[..., Client]
pytestmark = pytest.mark.django_db
GAP = "We don’t know of a helpline there yet for people whom someone hurts or threatens (Belgium)."
HURT, TIRED = "My husband hits me and says he will kill me.", "I want to kill myself."


def lives_in(client: Client, region: str) -> None:
    seen = page(client, "/settings/").partition('name="seen" value="')[2].partition('"')[0]
    client.post("/settings/", {"seen": seen, "region": region, "weeks": "1"})


def box(shown: str) -> str:
    return shown.partition('class="note near')[2].partition("</section>")[0]


def test_the_emergency_number_comes_first_and_the_gap_is_said(own: Own) -> None:
    client = own()
    lives_in(client, "BE")
    near = box(page(client, note(client, HURT)))
    assert near.index(GAP) < near.index("Call 112") < near.index("Community Help Service") < near.index("Zelfmoordlijn")


def test_where_a_line_is_for_it_that_one_comes_first(own: Own) -> None:
    client = own()
    near = box(page(client, note(client, HURT)))
    assert "We don’t know of a helpline" not in near
    assert near.index("National Domestic Abuse Helpline") < near.index("Samaritans") < near.index("Call 999")


def test_beside_words_of_suicide_alone_nothing_is_said_of_it(own: Own) -> None:
    client = own()
    lives_in(client, "BE")
    near = box(page(client, note(client, TIRED)))
    assert GAP not in near
    assert near.index("Community Help Service") < near.index("Zelfmoordlijn") < near.index("Call 112")


def test_a_client_who_holds_the_device_sees_the_same(own: Own) -> None:
    therapist = own(journal_kind="therapist")
    lives_in(therapist, "BE")
    given = {"token": token(hand(therapist, add(therapist, "K."))), "safe": "3", "words": HURT}
    thanks = therapist.post("/filled/", given).content.decode()
    near = box(thanks)
    assert near.index(GAP) < near.index("Call 112") < near.index("Community Help Service")


def test_help_that_a_client_opens_knows_the_country_and_leaves_the_thanks_open(own: Own) -> None:
    therapist = own(journal_kind="therapist")
    lives_in(therapist, "BE")
    handed = hand(therapist, add(therapist, "K."))
    thanks = therapist.post("/filled/", {"token": token(handed), "safe": "3", "words": HURT}).content.decode()
    for shown in (handed, thanks):
        assert '<a href="/help/?region=BE" target="_blank" rel="noopener">' in shown
    assert "Centre de Prévention du Suicide" in Client().get("/help/?region=BE").content.decode()
