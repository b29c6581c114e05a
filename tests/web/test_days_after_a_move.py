"""Somebody moves, and the journal's days follow: an older entry keeps its day, and a day typed is the day kept."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone

import reattune.web.store.open_journal as open_journal
from reattune import content
from reattune.journal.documents import Attempt, Moment, Practice, Relationship, Rupture, Session
from reattune.journal.example_caseload import example_caseload
from reattune.journal.example_journal import example_journal
from reattune.journal.merge import merge
from reattune.journal.vocabulary import JournalKind
from tests.web.journals import exported, opened
from tests.web.made_up_histories import Story
from tests.web.page_walker import read
from tests.web.test_damaged_rows import PAGES, pages_of
from tests.web.test_two_journals_one_browser import form_on

Own = Callable[..., Client]
pytestmark = pytest.mark.django_db
EXAMPLES = {JournalKind.PERSON: "example", JournalKind.THERAPIST: "example_caseload"}
EVENING = datetime(2026, 12, 10, 20, 15)
MOVES = [
    ("America/New_York", "Europe/Berlin"),
    ("Europe/Berlin", "America/New_York"),
    ("Asia/Tokyo", "America/Los_Angeles"),
    ("America/Los_Angeles", "Asia/Tokyo"),
]


class Traveller:
    """One browser, its clock, and where the person is."""

    def __init__(self, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
        self.client, self._monkeypatch, self._ahead = client, monkeypatch, timedelta()
        real, made = timezone.now, open_journal.OpenJournal.__init__
        self._real = real
        monkeypatch.setattr(timezone, "now", lambda: real() + self._ahead)
        monkeypatch.setattr(
            open_journal.OpenJournal,
            "__init__",
            lambda journal, which, key, now=None: made(journal, which, key, now or timezone.now),
        )

    def goes_to(self, zone: str, there: datetime) -> None:
        """Unlocks the journal at a time by the clocks of a zone, and uses its days."""
        self._ahead = there.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC) - self._real()
        self.client.post("/unlock/", {"passphrase": "four quiet words here"})
        self.client.post("/settings/zone/", {"zone": zone})
        assert opened(self.client).zone == zone

    def sends(self, address: str, **typed: str) -> int:
        """A form as it stands, with what is typed."""
        return self.client.post(address, {**form_on(self.client, address), **typed}).status_code


@pytest.fixture
def travels(monkeypatch: pytest.MonkeyPatch) -> Callable[[Client], Traveller]:
    return lambda client: Traveller(client, monkeypatch)


Travels = Callable[[Client], Traveller]


@pytest.mark.parametrize(("home", "away"), MOVES)
@pytest.mark.parametrize("hour", [8, 20])
def test_a_day_typed_is_the_day_kept(own: Own, travels: Travels, home: str, away: str, hour: int) -> None:
    someone = travels(own())
    someone.goes_to(home, EVENING)
    story = Story(opened(someone.client))
    check_in, moment, other = story.check_in(4), story.moment(days=4), story.moment("She laughed.", days=4)
    talk = story.talk(story.rupture(other, days=4), None, days=3)
    practice = story.make("practice", relationship_id=story.someone().id, tried="asked", plan="Ask")
    someone.goes_to(away, datetime(2026, 12, 13, hour, 30))

    def kept() -> list[date | None]:
        journal = opened(someone.client).journal
        entries = [journal.get(Moment, moment.id), journal.get(Session, check_in.session_id)]
        done = journal.get(Practice, practice.id)
        entries.append(journal.get(Attempt, talk.id))
        return [*(each.local_day(each.at) for each in entries), done.local_day(done.done) if done.done else None]

    addresses = {
        f"/note/{moment.id}/change/": "day",
        f"/check/{check_in.id}/change/": "day",
        f"/after/{talk.id}/change/": "day",
        f"/try/{practice.id}/": "done",
    }
    for day in (date(2026, 12, 13), date(2026, 12, 9)):
        for address, field in addresses.items():
            assert someone.sends(address, **{field: str(day)}) == 302, address
        assert kept() == [day] * 4
        for address, field in addresses.items():
            assert form_on(someone.client, address)[field] == [str(day)]
            assert someone.sends(address) == 302, address
        assert kept() == [day] * 4


@pytest.mark.parametrize(("home", "away"), MOVES)
def test_a_therapists_session_is_of_the_day_typed(own: Own, travels: Travels, home: str, away: str) -> None:
    someone = travels(own(journal_kind="therapist"))
    someone.goes_to(home, EVENING)
    who = opened(someone.client).create(Relationship, name="Anna", role="client")
    assert someone.sends(f"/those/{who.id}/after/", happened="She wept.") == 302
    [session] = opened(someone.client).journal.all(Session)
    someone.goes_to(away, datetime(2026, 12, 13, 20, 30))
    for day in ("2026-12-13", "2026-12-09"):
        address = f"/those/met/{session.id}/"
        assert someone.sends(address, day=day) == 302
        assert form_on(someone.client, address)["day"] == [day]
        kept = opened(someone.client).journal.get(Session, session.id)
        assert str(kept.local_day(kept.at)) == day


@pytest.mark.parametrize(("home", "away"), MOVES)
def test_a_talk_on_the_day_of_the_moment_is_not_before_it(own: Own, travels: Travels, home: str, away: str) -> None:
    someone = travels(own())
    someone.goes_to(home, EVENING)
    story = Story(opened(someone.client))
    moment, later = story.moment(days=0), story.moment("She laughed.", days=0)
    rupture = story.rupture(moment, days=0)
    someone.goes_to(away, datetime(2026, 12, 13, 20, 30))
    assert someone.sends(f"/thread/{rupture.id}/talk/", day="2026-12-09", outcome="partly") == 200
    assert someone.sends(f"/thread/{rupture.id}/talk/", day="2026-12-10", outcome="partly") == 302
    assert someone.sends(f"/thread/{rupture.id}/talk/", day="2026-12-10", outcome="repaired") == 302
    # What is begun from an older moment is of the day of that moment.
    someone.client.post(f"/note/{later.id}/say/")
    began = {each.local_day(each.began) for each in opened(someone.client).journal.all(Rupture)}
    assert (began, len(opened(someone.client).journal.all(Rupture))) == ({date(2026, 12, 10)}, 2)


DAY = re.compile(r"\b(?:\d{1,2} [A-Z][a-z]{2,8}(?: \d{4})?|[A-Z][a-z]{2} \d{1,2}|[A-Z][a-z]{2,8} \d{4})\b")


LOOKED_BACK = "Still mended"


def every_page(client: Client) -> dict[str, list[str]]:
    """The days on each kind of page that a link leads to, two of each, one link in one go."""
    found: dict[str, list[str]] = {}
    alike: Counter[str] = Counter()
    waiting = [f"/{page}/" for page in PAGES] + pages_of(list(opened(client).journal))
    while waiting:
        address = waiting.pop(0).split("?")[0]
        kind = re.sub(r"[0-9a-f-]{36}", "ID", address)
        if address in found or alike[kind] == 2 or kind.startswith(("/example", "/guide", "/lock")):
            continue
        alike[kind] += 1
        answer = client.get(address)
        if answer.status_code == 200 and answer.headers["Content-Type"].startswith("text/html"):
            page = read(address, answer.content.decode())
            # A look back is added to a story later: it has no zone of its own, and stands under the journal's days.
            found[address] = DAY.findall(page.main.text) if LOOKED_BACK not in page.main.text else []
            waiting += [to for to, _node in page.links()]
    return found


@pytest.mark.parametrize(
    ("kind", "home", "evening", "away", "then"),
    [
        (JournalKind.PERSON, "America/New_York", 20, "Europe/Berlin", datetime(2026, 12, 12, 18)),
        (JournalKind.THERAPIST, "Asia/Tokyo", 8, "America/Los_Angeles", datetime(2026, 12, 12, 6, 30)),
    ],
)
def test_no_entry_changes_its_day(
    own: Own, travels: Travels, kind: JournalKind, home: str, evening: int, away: str, then: datetime
) -> None:
    """At a time at which it is the same day at home and away, every page shows the same days by both clocks."""
    someone = travels(own(journal_kind=kind.value))
    someone.goes_to(home, EVENING.replace(hour=evening))
    journal, told = opened(someone.client), content.words(EXAMPLES[kind], "en")
    made = example_journal if kind is JournalKind.PERSON else example_caseload
    journal.take_in(merge(journal.journal, [*made(told, journal.now, home, "en")]).changes)
    someone.goes_to(home, then.replace(tzinfo=ZoneInfo(away)).astimezone(ZoneInfo(home)).replace(tzinfo=None))
    before = every_page(someone.client)
    someone.goes_to(away, then)
    after = every_page(someone.client)
    assert len(before) > 40
    # What is added to an entry later, as the ratings of a belief are, has no zone of its own.
    moved = {each: (before[each], after.get(each)) for each in before if before[each] != after.get(each)}
    assert not {each for each in moved if not each.startswith(("/held-true/", "/settings/"))}, moved


def test_a_record_names_the_day_and_the_hour_that_it_was_there(own: Own, travels: Travels) -> None:
    someone = travels(own())
    someone.goes_to("America/New_York", EVENING)
    moment = Story(opened(someone.client)).moment("He kissed me.", days=0, crossed=["sexual"])
    address = f"/kept/{moment.id}/"

    def shown() -> list[str]:
        record = exported(someone.client, f"{address}record.txt").content.decode()
        return [record.split("\n\n")[1].splitlines()[0], *days_of_record(someone.client, address)]

    def days_of_record(client: Client, address: str) -> list[str]:
        return re.findall(r"10 December 2026 \(.*?\)|11 December", client.get(address).content.decode())

    here = "10 December 2026 (written down on 10 December 2026, 20:15)"
    assert shown() == [here] * 3
    someone.goes_to("Europe/Berlin", datetime(2026, 12, 12, 12))
    there = here.replace("20:15", "20:15 America/New York")
    assert shown() == [there] * 3
    assert someone.sends(address, words="I told Jonas.") == 302
    assert "11 December" not in someone.client.get(address).content.decode()
