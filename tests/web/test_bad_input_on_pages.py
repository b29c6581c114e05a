"""Pages as they answer to what is wrong, empty, huge or strange."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from unittest import mock

import pytest
from django.db import OperationalError
from django.test import Client

from reattune.journal.documents import Moment, Removed
from reattune.web.pages.shared.form_fields import PageForm
from reattune.web.store.open_journal import Conflict
from tests.web.journals import opened
from tests.web.page_walker import read

Own = Callable[..., Client]
pytestmark = pytest.mark.django_db
TODAY = date.today()
RATED = {"cared_for": 8, "understood": 7, "safe": 8, "goals": 7, "way": 8, "whole": 8}


def check_in(client: Client, day: date, **fields: object) -> str:
    response = client.post("/check/", {"day": day.isoformat(), "place": "in_person", **RATED, **fields})
    assert response.status_code == 302, re.findall(r'class="error"[^>]*>([^<]+)', response.content.decode())
    return str(response.headers["Location"])


def therapist_of(client: Client) -> str:
    found = re.search(r'value="([0-9a-f-]{36})"', client.get("/note/").content.decode())
    assert found
    return found[1]


def thread_on_today(client: Client) -> str:
    found = re.search(r"/thread/[0-9a-f-]{36}/", client.get("/today/").content.decode())
    assert found
    return found[0]


def note(client: Client, what: str, cause: str = "judged_me", **more: str) -> str:
    fields = {"who": therapist_of(client), "day": TODAY.isoformat(), "what": what, "cause": cause, "stop": "", **more}
    return str(client.post("/note/", fields).headers["Location"])


def test_today_of_an_empty_journal(own: Own) -> None:
    page = own().get("/today/").content.decode()
    assert "The bond with Miriam" in page
    assert "After your next session" in page


def test_without_a_therapist_the_check_in_asks_for_one(own: Own) -> None:
    client = own(therapist="")
    assert client.get("/check/").headers["Location"] == "/settings/person/"
    client.post("/settings/person/", {"name": "Anselm"})
    assert client.get("/check/").status_code == 200


def test_too_little_data_says_so(own: Own) -> None:
    client = own()
    page = client.get(check_in(client, TODAY)).content.decode()
    assert "One check-in so far" in page


def test_a_check_in_may_be_almost_empty_but_not_wholly(own: Own) -> None:
    client = own()
    assert "You haven’t answered anything yet".encode() in client.post("/check/", {"day": TODAY.isoformat()}).content
    response = client.post("/check/", {"day": TODAY.isoformat(), "safe": "4"})
    assert client.get(response.headers["Location"]).status_code == 200


def test_days_that_cannot_be(own: Own) -> None:
    client = own()
    ahead = client.post("/check/", {"day": (TODAY + timedelta(days=2)).isoformat(), **RATED})
    assert b"in the future" in ahead.content
    assert b"Write the date like this:" in client.post("/check/", {"day": "yesterday", **RATED}).content
    check_in(client, TODAY)
    assert b"check-in for this day already" in client.post("/check/", {"day": TODAY.isoformat(), **RATED}).content


def test_an_urge_to_leave_opens_its_door(own: Own) -> None:
    client = own()
    page = client.get(check_in(client, TODAY, urge_to_leave="9")).content.decode()
    assert "You feel a strong pull to leave" in page
    assert client.get("/going/").status_code == 200


@pytest.mark.parametrize(
    "words",
    [
        "\u05e9\u05dc\u05d5\u05dd <script>alert(1)</script>",
        "🫠" * 400,
        "x" * 50_000,
        "a\nb\r\n\r\nc",
        "'; DROP TABLE x; --",
    ],
)
def test_any_words_are_kept_and_shown_as_words(own: Own, words: str) -> None:
    client = own()
    page = client.get(note(client, words))
    assert page.status_code == 200
    assert b"<script>alert" not in page.content
    assert client.get("/so-far/").status_code == 200


def test_too_many_words_are_refused_and_not_lost(own: Own) -> None:
    client = own()
    words = "long " * 21_000
    page = client.post(
        "/note/", {"who": therapist_of(client), "day": TODAY.isoformat(), "what": words}
    ).content.decode()
    assert "too long" in page
    assert words.strip() in page


def test_a_moment_without_a_word_or_a_person(own: Own) -> None:
    client = own()
    page = client.post("/note/", {"who": "new", "day": TODAY.isoformat()}).content
    assert b"What do you want to call them here" in page
    assert b"Please write a word about what happened" in page


def test_letting_go_and_taking_it_back(own: Own) -> None:
    client = own()
    location = note(client, "The clock")
    assert "Left unsaid" in client.get("/today/").content.decode()
    client.post(f"{location}let-go/")
    assert "Left unsaid" not in client.get("/today/").content.decode()
    client.post(f"{location}let-go/")
    assert "Left unsaid" in client.get("/today/").content.decode()


def test_a_talk_dated_before_what_it_is_about(own: Own) -> None:
    client = own()
    said = client.post(f"{note(client, 'The joke')}say/").headers["Location"]
    client.get(said)
    thread = thread_on_today(client)
    early = (TODAY - timedelta(days=9)).isoformat()
    page = client.post(f"{thread}talk/", {"day": early, "outcome": "unheard"}).content.decode()
    assert "before the thing it was about happened" in page


def test_every_state_is_reached_and_stands_in_the_thread(own: Own) -> None:
    client = own()
    client.post(f"{note(client, 'The joke')}say/")
    thread = thread_on_today(client)

    def page() -> str:
        return client.get(thread).content.decode()

    assert "You’re preparing what to say" in page()
    client.post(f"{thread}to/let-go/")
    assert "You let this go" in page()
    client.post(f"{thread}to/take-back/")
    assert "You’re preparing what to say" in page()
    client.post(f"{thread}talk/", {"day": TODAY.isoformat()})
    assert "still open" in page()
    client.post(f"{thread}talk/", {"day": TODAY.isoformat(), "outcome": "partly"})
    assert "Partly mended" in page()
    client.post(f"{thread}plan/", {"approach": "ask_for_time"})
    client.post(f"{thread}talk/", {"day": TODAY.isoformat(), "outcome": "repaired"})
    assert "You feel this is mended" in page()
    client.post(f"{thread}to/reopen/")
    assert "It has come back" in page()
    client.post(f"{thread}to/still-mended/")
    assert "You feel this is mended" in page(), "it may have been a slip"
    client.post(f"{thread}to/reopen/")
    assert "Open again" in page()
    client.post(f"{thread}to/end/")
    assert "This has ended" in page()
    refused = client.post(f"{thread}to/let-go/")
    assert refused.status_code == 409
    assert b"be marked as" in refused.content
    for words in ("Let go", "Taken up again", "partly mended", "it’s mended", "Ended"):
        assert words in page()
    client.post(f"{thread}to/take-back/")
    assert "It has come back" in page(), "an ending can be taken back"


def test_a_plan_may_be_left_at_any_step(own: Own) -> None:
    client = own()
    first = client.post(f"{note(client, 'The joke')}say/").headers["Location"].replace("whole", "happened")
    client.post(first, {"words": "You made a joke.", "stop": ""})
    assert "You made a joke." in client.get(first).content.decode()
    with_opening = client.post(first, {"words": "You made a joke.", "opening": "0"}).content.decode()
    assert re.search(r">\n[^<]+ You made a joke\.</textarea>", with_opening), "before words that stood there"
    with_more = client.post(first, {"words": "You made a joke. And then", "opening": "0"}).content.decode()
    assert "And then\n" in with_more, "behind new ones"


def test_retaliation_is_never_answered_with_another_try(own: Own) -> None:
    client = own()
    client.post(f"{note(client, 'The joke')}say/")
    thread = thread_on_today(client)
    fields = {"day": TODAY.isoformat(), "met": ["retaliated"], "outcome": "unheard"}
    after = client.post(f"{thread}talk/", fields).headers["Location"]
    page = client.get(after).content.decode()
    assert "yours to mend" in page
    assert "Prepare to say it again" not in page


def test_an_ended_therapy_keeps_everything(own: Own) -> None:
    client = own()
    location = note(client, "The joke")
    client.post("/settings/person/ended/")
    client.post("/settings/person/", {"name": "Anselm"})
    assert "The joke" in client.get(location).content.decode()
    assert "The bond with Anselm" in client.get("/today/").content.decode()


def test_help_shows_the_lines_of_the_region_locked_or_not(own: Own) -> None:
    shown = own().get("/help/").content.decode()
    assert "116 123" in shown
    assert 'href="tel:116123"' in shown
    assert 'href="sms:85258?&amp;body=SHOUT"' in shown
    assert 'action="/lock/"' in shown
    assert "/settings/" in shown
    locked = Client().get("/help/?region=DE").content.decode()
    assert 'href="tel:08001110111"' in locked
    assert 'action="/lock/"' not in locked
    poland = Client().get("/help/?region=PL").content.decode()
    assert 'href="tel:800702222"' in poland
    assert "Day and night" in poland
    assert poland.count("open outside Reattune") == 1
    assert "Hours not known" in Client().get("/help/?region=JO").content.decode()
    assert 'rel="noreferrer noopener"' in poland


@pytest.mark.parametrize("region", ["", "XX", "AF"])
def test_help_without_a_line_says_what_to_do(region: str) -> None:
    shown = Client().get(f"/help/?region={region}").content.decode()
    for words in ("findahelpline.com", "Go to the nearest emergency department", "Tell someone near you", "tel:112"):
        assert words in shown
    assert "Another country</option>" in shown
    assert f'value="{region}" selected' in shown or not region


def test_drafts_come_back_and_go_when_kept(own: Own) -> None:
    client = own()
    assert client.post("/typing/", {"draft_of": "/note/", "what": "a whole sent"}).status_code == 204
    assert "a whole sent" in client.get("/note/").content.decode()
    assert client.post("/typing/", {"what": "no form"}).status_code == 400
    note(client, "a whole sentence", draft_of="/note/")
    assert "a whole sent" not in client.get("/note/").content.decode()


def test_a_plan_in_two_windows_is_not_overwritten_silently(own: Own) -> None:
    client = own()
    step = client.post(f"{note(client, 'The joke')}say/").headers["Location"].replace("whole", "happened")
    found = re.search(r'name="seen" value="([^"]+)"', client.get(step).content.decode())
    assert found
    client.post(step, {"words": "from the first window", "seen": found[1], "stop": ""})
    page = client.post(step, {"words": "from the second window", "seen": found[1], "stop": ""}).content.decode()
    assert "changed in another window" in page
    assert "In the other window:" in page
    assert ">from the first window</span>" in page
    assert ">\nfrom the second window</textarea>" in page
    again = re.search(r'name="seen" value="([^"]+)"', page)
    assert again
    client.post(step, {"words": "from the second window", "seen": again[1], "stop": ""})
    assert "from the second window" in client.get(step).content.decode()


@pytest.mark.parametrize(
    ("choice", "kept"),
    [("here", "from the second"), ("there", "from the first"), ("both", "from the second\n\nfrom the first")],
)
def test_of_two_windows_one_chooses(own: Own, choice: str, kept: str) -> None:
    client = own()
    step = client.post(f"{note(client, 'The joke')}say/").headers["Location"].replace("whole", "happened")
    found = re.search(r'name="seen" value="([^"]+)"', client.get(step).content.decode())
    assert found
    client.post(step, {"words": "from the first", "seen": found[1], "stop": ""})
    page = client.post(step, {"words": "from the second", "seen": found[1], "stop": ""}).content.decode()
    sent = dict(re.findall(r'<input type="hidden" name="(seen|other-words)" value="([^"]*)"', page))
    assert sent["other-words"] == "from the first"
    client.post(step, {**sent, "words": "from the second", "keep-words": choice, "stop": ""})
    assert f">\n{kept}</textarea>" in client.get(step).content.decode().replace("\r\n", "\n")


def test_a_write_at_the_same_moment_shows_what_was_typed(own: Own) -> None:
    client = own()
    step = client.post(f"{note(client, 'The joke')}say/").headers["Location"].replace("whole", "happened")
    with mock.patch("reattune.web.store.open_journal.OpenJournal.amend", side_effect=Conflict):
        answer = client.post(step, {"words": "typed at the same moment", "stop": ""})
    assert answer.status_code == 409
    assert "typed at the same moment" in answer.content.decode()


def test_a_disk_that_cannot_be_written_gives_the_words_back(own: Own) -> None:
    client = own()
    fields = {
        "who": therapist_of(client),
        "day": TODAY.isoformat(),
        "what": "She looked at the clock.",
        "cause": "judged_me",
    }
    with mock.patch("reattune.web.store.open_journal.Head.for_update", side_effect=OperationalError("disk is full")):
        response = client.post("/note/", fields)
    assert response.status_code == 507
    assert "She looked at the clock.</textarea>" in response.content.decode()
    assert "disk may be full" in response.content.decode()
    assert "The clock" not in client.get("/so-far/").content.decode()


def test_after_a_crossed_line_no_page_suggests_a_talk(own: Own) -> None:
    client = own()
    for week in range(8, 0, -1):
        check_in(client, TODAY - timedelta(weeks=week))
    low = dict.fromkeys(RATED, "2")
    reading = check_in(client, TODAY, **low)
    assert ">Bring it up<" in client.get(reading).content.decode()
    assert ">Bring it up<" in client.get("/today/").content.decode()
    moment = note(client, "He wrote to me at night.", "crossed_a_boundary")
    assert client.post(f"{moment}say/").headers["Location"] == moment
    for page in ("/today/", "/going/", reading, moment, f"{moment}did/", "/held/"):
        words = client.get(page).content.decode()
        for nudge in (
            ">Bring it up<",
            "Say it once",
            "Prepare to bring it up",
            "We’ve talked",
            "Keep writing",
        ):
            assert nudge not in words, (page, nudge)


def test_the_last_step_of_a_plan_is_guarded_like_the_others(own: Own) -> None:
    client = own()
    how = client.post(f"{note(client, 'The joke')}say/").headers["Location"].replace("/happened/", "/how/")
    found = re.search(r'name="seen" value="([^"]+)"', client.get(how).content.decode())
    assert found
    client.post(how, {"delivery": "say", "hope": "first", "seen": found[1]})
    page = client.post(how, {"delivery": "say", "hope": "second", "seen": found[1]}).content.decode()
    assert "changed in another window" in page
    assert "first" in client.get(how).content.decode()


def test_no_journal_field_is_offered_for_autofill(own: Own) -> None:
    client = own()
    for path in ("/check/", "/note/"):
        fields = re.findall(
            r"<(?:textarea|select|input type=\"(?:text|date)\")[^>]*>", client.get(path).content.decode()
        )
        assert fields
        assert all('autocomplete="off"' in field for field in fields), path


def test_no_field_takes_a_name_that_the_form_itself_needs() -> None:
    """In a browser a field called "form" or "action" hides what the form's element knows by that name."""
    import reattune.web.pages.urls  # noqa: F401  all forms are known once all pages are

    needed = {"form", "action", "method", "id", "submit", "reset", "elements", "target", "parentNode", "matches"}
    found = {
        f"{form.__module__}.{form.__qualname__}.{name}"
        for form in all_forms(PageForm)
        for name in form.base_fields
        if name in needed
    }
    assert not found


def all_forms(of: type[PageForm]) -> list[type[PageForm]]:
    return [each for form in of.__subclasses__() for each in (form, *all_forms(form))]


def test_words_that_a_file_brought_are_not_reworded_by_saving_them_as_they_are(own: Own) -> None:
    """Browsers end lines otherwise: the record said that they had been changed that day."""
    client = own()
    journal = opened(client)
    words = "He said it.\nI could not move."
    who = journal.journal.therapist
    assert who
    moment = journal.create(Moment, relationship_id=who.id, at=journal.now, what=words)
    address = f"/note/{moment.id}/change/"
    forms = (dict(each.fields) for each in read(address, client.get(address).content.decode()).buttons())
    form = next(fields for fields in forms if "what" in fields)
    form |= {"who": str(who.id), "feelings_words": "", "name": ""}
    assert client.post(address, {**form, "what": words.replace("\n", "\r\n")}).status_code == 302
    kept = opened(client).journal.get(Moment, moment.id)
    assert (kept.what, kept.reworded) == (words, None)
    assert not opened(client).journal.all(Removed)
