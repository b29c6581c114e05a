"""Before the session: what is brought, and neutral entries in a calendar."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, timedelta

import pytest
from dateutil.rrule import rrulestr
from django.test import Client
from django.utils import timezone
from ical.calendar_stream import IcsCalendarStream
from icalendar import Calendar

from reattune.reflection.before_session import session_today, to_bring
from tests.conftest import Writer
from tests.web.test_bad_input_on_pages import check_in, note
from tests.web.test_say_and_mend import finished, page, talk, thread_of

Own = Callable[..., Client]
pytestmark = pytest.mark.django_db


def test_a_card_that_is_ready_then_the_heaviest_unsaid_at_most_three(own: Own) -> None:
    client = own()
    for number in range(4):
        client.post("/held/", {"words": f"Held back number {number}.", "weight": str(number)})
    finished(client, note(client, "The joke about my lists"), "It hurt when you joked.")
    shown = page(client, "/soon/")
    brought = shown.split('class="bring"')[1].split("</ol>")[0]
    assert brought.index("It hurt when you joked.") < brought.index("number 3") < brought.index("number 2")
    assert "number 1" not in brought
    ids = re.findall(r'name="bring" value="([0-9a-f-]{36})"', shown)
    client.post("/soon/", {"bring": ids[-1]})
    chosen = page(client, "/soon/").split('class="bring"')[1].split("</ol>")[0]
    assert "number 0" in chosen
    assert "joked" not in chosen
    client.post("/soon/")
    assert "You don’t have to bring anything." in page(client, "/soon/"), "also when it is opened again"
    assert "3 things are plenty" in client.post("/soon/", {"bring": ids}, follow=True).content.decode()
    assert page(client, "/soon/").split('class="bring"')[1].split("</ol>")[0].count("<li>") == 3
    assert client.post("/soon/", {"bring": "nonsense"}).status_code == 302
    check_in(client, date.today())
    assert "joked" in page(client, "/soon/"), "the session it was chosen for has been"


def test_what_was_agreed_and_one_sentence_of_reading(own: Own) -> None:
    client = own()
    check_in(client, date.today() - timedelta(days=7))
    thread = thread_of(client, finished(client, note(client, "She yawned.")))
    talk(client, thread, outcome="repaired", agreed="The phone stays outside.")
    shown = page(client, "/soon/")
    assert "The phone stays outside." in shown
    assert "Did it happen?" in shown
    assert "One check-in so far." in shown


def test_where_a_boundary_was_crossed_or_words_sound_so_nothing_is_brought(own: Own) -> None:
    client = own()
    client.post("/held/", {"words": "The bill.", "weight": "3"})
    client.post("/held/", {"words": "He touched my breast.", "weight": "9"})
    shown = page(client, "/soon/")
    assert 'class="bring"' not in shown
    client = own("a second journal here")
    client.post("/held/", {"words": "The bill.", "weight": "3"})
    note(client, "A hand.", "crossed_a_boundary")
    assert "yours to mend" in page(client, "/soon/")
    assert 'class="bring"' not in page(client, "/soon/")


def test_with_no_therapist_one_is_named_first(own: Own) -> None:
    client = own()
    client.post("/settings/person/ended/")
    assert client.get("/soon/").headers["Location"] == "/settings/person/"


def test_the_day_of_the_session(writer: Writer) -> None:
    therapist = writer.therapist()
    writer.write("preferences", zone="UTC", weeks_between=1)
    session = writer.write("session", relationship_id=therapist.id, at=writer.now - timedelta(days=14))
    assert session_today(writer.journal, writer.now)
    assert not session_today(writer.journal, writer.now + timedelta(days=1))
    preferences = writer.journal.preferences
    assert preferences
    day = (writer.now + timedelta(days=2)).weekday()
    writer.rewrite(preferences, session_weekdays=(day,), session_time="15:30")
    assert session_today(writer.journal, writer.now + timedelta(days=2))
    assert not session_today(writer.journal, writer.now)
    writer.rewrite(writer.journal.preferences, weeks_between=2)
    assert session_today(writer.journal, writer.now + timedelta(days=2)) == (
        ((writer.now + timedelta(days=2)).date() - session.at.date()).days // 7 % 2 == 0
    )
    writer.write("session", relationship_id=therapist.id, at=writer.now + timedelta(days=2))
    assert not session_today(writer.journal, writer.now + timedelta(days=2)), "it has been"
    assert to_bring(writer.journal, writer.now) == []


# The calendar


def made(client: Client, **fields: object) -> Calendar:
    answer = client.post("/settings/calendar/", {"weekdays": ["1"], "hour": "15:30", "weeks": "1", **fields})
    assert answer.headers["Content-Type"].startswith("text/calendar"), answer.content.decode()
    assert 'filename="notes.ics"' in answer.headers["Content-Disposition"]
    return Calendar.from_ical(answer.content)


def test_two_neutral_entries_around_the_session(own: Own) -> None:
    client = own()
    calendar = made(client)
    events = calendar.walk("VEVENT")
    assert [str(event["SUMMARY"]) for event in events] == ["Notes", "Notes"]
    assert "Miriam" not in calendar.to_ical().decode()
    assert "therap" not in calendar.to_ical().decode().lower()
    assert [event["DTSTART"].dt.strftime("%a %H:%M") for event in events] == ["Tue 14:30", "Tue 16:30"]
    for event in events:
        rule = rrulestr(event["RRULE"].to_ical().decode(), dtstart=event["DTSTART"].dt)
        first, second = rule[0], rule[1]
        assert first == event["DTSTART"].dt, "the first entry is one of the rule"
        assert second - first == timedelta(days=7)
    assert "You probably have a session" in page(client, "/today/") or timezone.localdate().weekday() != 1


def test_a_second_parser_reads_the_same_entries_on_the_same_days(own: Own) -> None:
    calendar = made(own(), weekdays=["1", "4"], hour="23:30", weeks="2")
    other = IcsCalendarStream.calendar_from_ics(calendar.to_ical().decode())
    assert [event.summary for event in other.events] == ["Notes", "Notes"]
    assert [event.uid for event in other.events] == [str(event["UID"]) for event in calendar.walk("VEVENT")]
    first = min(event["DTSTART"].dt for event in calendar.walk("VEVENT"))
    last = first + timedelta(days=59, hours=12)
    seen = list(other.timeline.included(first, last))
    ours = [
        day
        for event in calendar.walk("VEVENT")
        for day in rrulestr(event["RRULE"].to_ical().decode(), dtstart=event["DTSTART"].dt).between(
            first, last, inc=True
        )
    ]
    assert sorted(event.dtstart.astimezone(UTC) for event in seen) == sorted(day.astimezone(UTC) for day in ours)


def test_late_at_night_the_entry_after_it_is_on_the_next_day(own: Own) -> None:
    before, after = made(own(), weekdays=["1", "4"], hour="23:30").walk("VEVENT")
    assert before["RRULE"]["BYDAY"] == ["TU", "FR"]
    assert after["RRULE"]["BYDAY"] == ["WE", "SA"]
    for event in (before, after):
        rule = rrulestr(event["RRULE"].to_ical().decode(), dtstart=event["DTSTART"].dt)
        assert rule[0] == event["DTSTART"].dt


@pytest.mark.parametrize(("hour", "beside"), [("00:30", 0), ("23:30", 1)])
@pytest.mark.parametrize("weekdays", [["0", "1"], ["0", "6"], ["1", "5", "6"]])
def test_around_midnight_the_weeks_without_a_session_stay_the_same(
    own: Own, hour: str, beside: int, weekdays: list[str]
) -> None:
    events = made(own(), weekdays=weekdays, hour=hour, weeks="2").walk("VEVENT")
    near, other = (
        [day for day, _number in zip(rrulestr(rule, dtstart=start), range(12), strict=False)]
        for rule, start in (
            (e["RRULE"].to_ical().decode(), e["DTSTART"].dt) for e in (events[1 - beside], events[beside])
        )
    )
    # The one on the day of the session, and the one two hours before or after it, on the day beside.
    hours = timedelta(hours=2 if beside else -2)
    assert other == [day + hours for day in near]


def test_a_further_file_changes_the_same_entries_and_the_last_takes_them_away(own: Own) -> None:
    client = own()
    first = made(client)
    second = made(client, weekdays=["3"], hour="09:00", weeks="2")
    uids = [str(event["UID"]) for event in first.walk("VEVENT")]
    assert [str(event["UID"]) for event in second.walk("VEVENT")] == uids
    assert "15:30" not in page(client, "/settings/calendar/")
    stopped = made(client, stop="")
    assert str(stopped["METHOD"]) == "CANCEL"
    assert [str(event["UID"]) for event in stopped.walk("VEVENT")] == uids
    assert {str(event["STATUS"]) for event in stopped.walk("VEVENT")} == {"CANCELLED"}
    both = zip(first.walk("VEVENT"), stopped.walk("VEVENT"), strict=True)
    assert all(int(earlier["SEQUENCE"]) <= int(later["SEQUENCE"]) for earlier, later in both)
    assert "takes them away" not in page(client, "/settings/calendar/")


@pytest.mark.parametrize(
    "wrong", [{"weekdays": []}, {"weekdays": ["9"]}, {"hour": "25:00"}, {"hour": ""}, {"weeks": "x"}]
)
def test_what_cannot_be_a_time_is_refused(own: Own, wrong: dict[str, object]) -> None:
    client = own()
    fields = {"weekdays": ["1"], "hour": "15:30", "weeks": "1", **wrong}
    answer = client.post("/settings/calendar/", fields)
    assert answer.headers["Content-Type"].startswith("text/html")
    assert 'class="error"' in answer.content.decode()


def test_another_journal_has_entries_of_its_own(own: Own) -> None:
    one, two = made(own()), made(own("a second journal here"))
    assert {str(e["UID"]) for e in one.walk("VEVENT")}.isdisjoint({str(e["UID"]) for e in two.walk("VEVENT")})
