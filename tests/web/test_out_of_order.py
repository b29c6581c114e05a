"""Stories whose days came to contradict each other, on two computers or over time: they go on taking what is said of
them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from reattune.journal.documents import Attempt, Moment, Rupture
from reattune.journal.journal import Journal
from reattune.journal.record_rules import consequences
from tests.web.files_brought import bring, clock, preview
from tests.web.journals import exported, opened
from tests.web.test_boundary_taken_back import change

Own = Callable[..., Client]
pytestmark = pytest.mark.django_db


def _day(ago: int) -> str:
    return (datetime.now(UTC).date() - timedelta(days=ago)).isoformat()


def _noted(client: Client, what: str, ago: int) -> Moment:
    who = opened(client).journal.therapist
    assert who
    client.post("/note/", {"what": what, "day": _day(ago), "who": str(who.id), "cause": "other", "stop": ""})
    [found] = [each for each in opened(client).journal.moments() if each.what == what]
    return found


def test_a_story_talked_about_on_one_and_of_a_later_day_on_the_other_began_before_its_talk_on_both(
    own: Own, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two = own(), own("other words of another one", therapist="")
    moment = _noted(one, "She was late.", 10)
    one.post(f"/note/{moment.id}/say/")
    [story] = opened(one).journal.all(Rupture)
    bring(two, exported(one).content, "notes.json")
    one.post(
        f"/thread/{story.id}/talk/", {"day": _day(8), "they_said": "Sorry.", "agreed": "Calls", "outcome": "partly"}
    )
    clock(monkeypatch, timedelta(minutes=5))
    change(two, opened(two).journal.get(Moment, moment.id), day=_day(2))
    bring(two, exported(one).content, "notes.json")
    bring(one, exported(two).content, "notes.json")
    both = [opened(each).journal.get(Rupture, story.id) for each in (one, two)]
    assert both[0] == both[1]
    [talk] = opened(two).journal.all(Attempt)
    assert both[0].began <= talk.at
    two.post(f"/kept/{story.id}/", {"words": "Anna saw it", "add": ""})
    two.post(f"/thread/{story.id}/which/", {"crossed": "sexual"})
    said = opened(two).journal.get(Rupture, story.id)
    assert said.crossed == ("sexual",)
    assert [each.words for each in said.record_notes] == ["Anna saw it"]


def test_what_is_out_of_order_already_takes_everything_but_another_day_that_does_not_fit(own: Own) -> None:
    client = own()
    moment = _noted(client, "She was late.", 10)
    client.post(f"/note/{moment.id}/say/")
    [story] = opened(client).journal.all(Rupture)
    client.post(f"/thread/{story.id}/talk/", {"day": _day(8), "they_said": "Sorry.", "outcome": "partly"})
    journal = Journal(opened(client).journal)
    journal.take_in([journal.get(Rupture, story.id).model_copy(update={"began": opened(client).now})])
    story = journal.get(Rupture, story.id)
    [talk] = journal.all(Attempt)
    later = {"updated": opened(client).now}
    assert consequences(journal, story.model_copy(update={"crossed": ("sexual",), **later}))
    assert consequences(journal, talk.model_copy(update={"agreed_asked": opened(client).now, **later}))
    with pytest.raises(Exception, match="can’t have begun later"):
        consequences(journal, story.model_copy(update={"began": story.began - timedelta(days=1), **later}))


def test_the_first_moment_can_be_taken_out_of_a_story_that_was_talked_about_before_the_second(own: Own) -> None:
    client = own()
    first = _noted(client, "She was late.", 10)
    client.post(f"/note/{first.id}/say/")
    [story] = opened(client).journal.all(Rupture)
    client.post(f"/thread/{story.id}/talk/", {"day": _day(8), "they_said": "Sorry.", "outcome": "partly"})
    second = _noted(client, "Late again.", 1)
    client.post(f"/note/{second.id}/say/", {"join": str(story.id)})
    assert client.post(f"/note/{first.id}/out/").status_code == 302
    journal = opened(client).journal
    left = journal.get(Rupture, story.id)
    assert left.moment_ids == (second.id,)
    assert left.began == journal.all(Attempt)[0].at


def _boundary(client: Client, moment: Moment) -> tuple[str, tuple[str, ...]]:
    there = opened(client).journal.get(Moment, moment.id)
    return there.what, there.crossed


def test_a_boundary_ticked_on_one_stays_where_the_words_were_changed_later_on_the_other(
    own: Own, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two = own(), own("other words of another one", therapist="")
    moment = _noted(one, "He put his hand on my knee.", 3)
    bring(two, exported(one).content, "notes.json")
    clock(monkeypatch, timedelta(hours=1))
    one.post(f"/note/{moment.id}/which/", {"crossed": "sexual"})
    clock(monkeypatch, timedelta(hours=2))
    longer = "He put his hand on my knee. It was in the third session."
    change(two, opened(two).journal.get(Moment, moment.id), what=longer)
    file = exported(two).content
    bring(two, exported(one).content, "notes.json")
    assert _boundary(two, moment) == (longer, ("sexual",))
    bring(one, file, "notes.json")
    assert _boundary(one, moment) == (longer, ("sexual",))
    # What is unticked later goes to the other computer too.
    clock(monkeypatch, timedelta(hours=3))
    two.post(f"/note/{moment.id}/which/", {})
    bring(one, exported(two).content, "notes.json")
    assert _boundary(one, moment) == (longer, ())
    page = preview(two, exported(one).content, "notes.json")
    assert "There’s nothing to import" in page
    assert _boundary(two, moment) == (longer, ())
