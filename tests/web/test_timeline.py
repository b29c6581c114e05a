"""The journal's page and its search: bad questions first; what is found; how it is narrowed down; page by page."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client

from reattune.journal.documents import Moment
from reattune.reflection import danger_recogniser
from reattune.web.pages.home.forms import MOST_CHARACTERS
from reattune.web.store.models import SealedRow, UnlockedSession
from tests.web.journals import opened
from tests.web.made_up_histories import DANGER, Story
from tests.web.page_walker import read

Own = Callable[..., Client]
pytestmark = pytest.mark.django_db

LOOK = "/so-far/look/"


def page(client: Client, address: str = "/so-far/") -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def found(client: Client, words: str, **chosen: str) -> str:
    answer = client.post(LOOK, {"words": words, **chosen})
    assert answer.status_code == 200
    return answer.content.decode()


def address_in(html: str) -> str:
    """Where a search can be come back to."""
    given = re.search(r'data-address="([^"]+)"', html)
    assert given
    return given[1].replace("&amp;", "&").split("#")[0]


def lines(html: str) -> list[str]:
    return [each.text for each in read("/so-far/", html).root.all("li") if "entry" in each.attributes.get("class", "")]


@pytest.fixture
def client(own: Own) -> Client:
    made = own()
    story = Story(opened(made))
    story.check_in(20)
    story.moment("She looked at the clock.\nI lost the thread of it.", days=20)
    partner = story.someone()
    story.moment("José laughed at <b>my</b> list.", partner, days=400)
    story.moment("", partner, days=401, cause="misread_me")
    held = story.moment("He cancelled again.", days=3)
    story.rupture(held, title="The cancelled ones")
    return made


# What nobody should ask


@pytest.mark.parametrize(
    "words",
    ["", "   \t ", "\u202e\u200f", "…?!", "\x01\x02", "<script>alert(1)</script>", "%s {{ 7 * 7 }}",
     "a" * MOST_CHARACTERS, "الساعة نظرت", " ".join("abcdefghijklmnopqrstuvwxyz"), "((((", "[^", "\\", "💔"],
)  # fmt: skip
def test_whatever_is_typed_gets_a_page(client: Client, words: str) -> None:
    html = found(client, words)
    assert "<script>alert" not in html
    nothing = "No entry has all of these words." in html
    assert nothing == bool(words.split()) == ("0 entries found" in html)


@pytest.mark.parametrize("words", ["a" * 100_000, "word " * 1_000, "\u202e" * 5_000, "💔" * (MOST_CHARACTERS + 1)])
def test_too_much_at_once_is_said_and_stays_in_the_field(client: Client, words: str) -> None:
    start = time.process_time()
    html = found(client, words)
    assert time.process_time() - start < 5
    assert "That’s too much to look for at once" in html
    assert "A few words are enough" in html


@pytest.mark.parametrize("words", ["a\n" * 75_000, "a" + "\u0315" * 20_000 + "\u0300" * 20_000])
def test_of_what_nobody_in_particular_looks_for_only_so_much_is_read(
    db: None, monkeypatch: pytest.MonkeyPatch, words: str
) -> None:
    """No journal is begun by it and nobody counts it, so it costs little."""
    looked: list[int] = []
    plain = danger_recogniser.sentences
    monkeypatch.setattr(danger_recogniser, "sentences", lambda text: (looked.append(len(text)), plain(text))[1])
    assert Client().post("/example/so-far/look/", {"words": words}).status_code == 200
    assert sum(looked) <= MOST_CHARACTERS


def test_a_null_character_is_said_in_a_sentence(client: Client) -> None:
    assert "a null character" in found(client, "clo\0ck")


@pytest.mark.parametrize(
    "query",
    ["from=9999-99", "from=2026-00", "from=0000", "from=0001-01&after=999999", "after=-1", "with=x", "kind=../x",
     "is=1", "again=00000000-0000-0000-0000-000000000000", "w=AAAA", "w=é", "w=" + "A" * 3_000, "from=٢٠٢٦",
     "with=" + "9" * 400],
)  # fmt: skip
def test_an_address_that_was_changed_shows_the_journal(client: Client, query: str) -> None:
    html = page(client, f"/so-far/?{query}")
    assert "Journal</h1>" in html
    assert ("Your search has expired" in html) == query.startswith("w=")


def test_a_search_of_another_journal_is_not_read_here(client: Client, own: Own) -> None:
    address = address_in(found(client, "clock"))
    other = own("another passphrase of theirs", "Anselm")
    html = page(other, address)
    assert "clock" not in html
    assert "Your search has expired" in html


def test_somebody_elses_people_and_patterns_narrow_nothing_down(client: Client, own: Own) -> None:
    other = own("another passphrase of theirs", "Anselm")
    who = str(opened(other).journal.therapist.id)  # type: ignore[union-attr]
    assert lines(page(client, f"/so-far/?with={who}")) == lines(page(client))
    assert "isn’t one of the choices" not in found(client, "clock", who="")
    assert "<mark>" not in found(client, "clock", who=who)


def test_locked_it_holds_nothing_and_finds_nothing(client: Client) -> None:
    address = address_in(found(client, "clock"))
    UnlockedSession.objects.all().delete()
    answer = client.post(LOOK, {"words": "clock"})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/unlock/")
    assert client.get(address).headers["Location"].startswith("/unlock/")


# What is found


def test_a_search_tells_no_address_and_writes_nothing(client: Client) -> None:
    rows = set(SealedRow.objects.values_list("row_id", "revision"))
    html = found(client, "clock zebra")
    address = address_in(html)
    assert "clock" not in address
    assert re.fullmatch(r"/so-far/\?w=[\w-]+", address)
    assert len(address_in(found(client, "a"))) == len(address)  # the length does not tell either
    assert "<title>Notes</title>" in html
    assert set(SealedRow.objects.values_list("row_id", "revision")) == rows


def test_every_word_with_the_line_it_stands_in(client: Client) -> None:
    html = found(client, "LOOK clo")
    assert "One entry found" in html
    assert "She <mark>look</mark>ed at the <mark>clo</mark>ck." in html
    assert "I lost the thread" not in re.split('class="found"', html, maxsplit=1)[1]
    assert lines(found(client, "clock cancelled")) == []
    assert "José <mark>laugh</mark>ed at &lt;b&gt;my&lt;/b&gt; list." in found(client, "jose laugh").replace(
        "<mark>José</mark>", "José"
    )


def test_what_was_found_can_be_come_back_to_and_narrowed_down(client: Client) -> None:
    address = address_in(found(client, "cancel"))
    again = page(client, address)
    assert 'value="cancel"' in again
    assert "<mark>cancel</mark>" in again
    assert len(lines(again)) == 2
    assert len(lines(page(client, f"{address}&kind=note"))) == 1
    assert len(lines(found(client, "cancel", kind="thread"))) == 1


def test_without_scripts_it_goes_on_to_that_address(client: Client) -> None:
    answer = client.post(LOOK, {"words": "clock", "plain": "1"})
    assert answer.status_code == 302
    assert "<mark>clock</mark>" in page(client, answer.headers["Location"].split("#")[0])


def test_names_labels_people_and_what_was_half_written_are_found(client: Client) -> None:
    assert lines(found(client, "jonas laughed"))
    assert "They <mark>misread</mark> me" in found(client, "misread")
    people = found(client, "jonas")
    assert "No day given" in people
    assert re.search(r'href="/with/[0-9a-f-]{36}/">Jonas', people)
    client.post("/typing/", {"draft_of": "/note/", "what": "The heron stood there"})
    assert re.search(r'href="/note/\?draft=[0-9a-f-]{36}">The heron stood', found(client, "heron"))


def test_what_was_deleted_is_not_found(client: Client) -> None:
    moment = next(each for each in opened(client).journal.all(Moment) if each.what.startswith("She"))
    client.post(f"/away/{moment.id}/", {"sure": "on"})
    assert lines(found(client, "clock")) == []


def test_words_of_danger_say_where_to_turn(client: Client) -> None:
    assert "near-title" in found(client, "I want to kill myself")
    answer = client.post(LOOK, {"words": "I want to kill myself", "plain": "1"})
    there = answer.headers["Location"].split("#")[0]
    assert "near-title" in page(client, there)
    assert "near-title" not in page(client, there)


def test_titles_only_opens_no_words_until_they_are_asked_for(client: Client) -> None:
    client.post("/settings/", {"region": "GB", "weeks": "1", "titles_only": "on"})
    html = page(client)
    assert "She looked at the clock" not in html
    assert "The cancelled ones" not in html
    html = found(client, "clock")
    assert re.search(r"<details><summary>Show what was found</summary>\s*<p class=\"found\"", html)
    assert "She looked" not in re.sub(r"<details>.*?</details>", "", html, flags=re.DOTALL)


# What is shown


def test_one_quiet_line_for_each_thing(client: Client) -> None:
    shown = lines(page(client))
    assert len(shown) == 6
    assert any("He cancelled again. Moment · Miriam" in line for line in shown)
    assert any("The cancelled ones What went wrong · Miriam · noticed" in line for line in shown)
    assert any("Check-in Miriam · 70 out of 100" in line for line in shown)
    assert any("They misread me Moment · Jonas" in line for line in shown)


def test_filters_are_combined_and_each_can_be_taken_out(client: Client) -> None:
    journal = opened(client).journal
    partner = next(each for each in journal.all(Moment) if "José" in each.what).relationship_id
    html = page(client, f"/so-far/?with={partner}&kind=note&is=open")
    assert "No entry matches all of these." in html
    assert f'href="/so-far/?with={partner}&amp;kind=note"' in html
    assert f'href="/so-far/?with={partner}&amp;is=open"' in html  # touching the kind that is shown lets it go
    assert len(lines(page(client, "/so-far/?is=open"))) == 2
    assert len(lines(page(client, f"/so-far/?with={partner}"))) == 2
    assert len(lines(page(client, "/so-far/?kind=thread"))) == 1


def test_the_year_leads_to_its_months_and_says_in_a_table_what_was_open(client: Client) -> None:
    html = page(client)
    root = read("/so-far/", html).root
    months = [each for each in root.all("a") if ": " in each.attributes.get("aria-label", "")]
    assert months
    assert all(re.search(r": (one entry|\d+ entries)$", each.attributes["aria-label"]) for each in months)
    for each in months:
        assert lines(page(client, each.attributes["href"].split("#")[0]))
    details = root.all("table")[0].above("details")
    assert details
    assert "The cancelled ones" in details.text
    assert {each.attributes.get("aria-hidden") for each in root.all("g")} == {"true"}


def test_months_come_page_by_page_and_all_of_them_come(own: Own) -> None:
    client = own()
    story = Story(opened(client))
    for number in range(100):
        story.moment(f"Number {number}.", days=number * 7 + 1)
    for number in range(100):
        story.moment(f"Bulk {number}.", days=2 + number / 1000)
    seen: list[str] = []
    address = "/so-far/"
    for _page in range(30):
        html = page(client, address)
        seen += lines(html)
        assert len(lines(html)) <= 80
        further = re.search(r'href="([^"]+)">Earlier: ', html)
        if not further:
            break
        address = further[1].replace("&amp;", "&").split("#")[0]
        assert ">Later</a>" in page(client, address)
    assert len(seen) == len(set(seen)) == 200


def test_everything_beside_the_list_is_one_touch_away(client: Client) -> None:
    to = {address for address, _node in read("/so-far/", page(client)).links()}
    assert {"/with/", "/again/", "/held-true/", "/try/", "/ways/", "/next/", "/held/"} <= to
    assert sum(bool(re.fullmatch(r"/with/[0-9a-f-]{36}/", each)) for each in to) == 2


def test_past_therapists_and_crossed_boundaries_stay_readable_and_nothing_is_offered(own: Own) -> None:
    client = own()
    story = Story(opened(client))
    story.moment("He kissed me.", crossed=["sexual"])
    story.moment(DANGER, days=0.01)
    client.post("/held/", {"words": "That I dread Tuesdays.", "weight": "5"})
    client.post("/settings/person/ended/")
    html = page(client)
    for words in ("He kissed me.", "That I dread Tuesdays.", DANGER[:20]):
        assert words in html
    for offer in ("Prepare to bring it up", "Explore where", "Practise", "Something to mend"):
        assert offer not in html
    assert all(
        button.address in (LOOK + "#found", "/meant/", "/lock/", "/leave/")
        for button in read("/so-far/", html).buttons()
    )


def test_an_empty_journal_says_what_will_be_there(own: Own) -> None:
    html = page(own())
    assert "What you write down appears here, newest first." in html
    assert "<table" not in html.partition("</main>")[0]


# The example


def test_looking_for_something_in_the_example_begins_nothing_and_keeps_nothing(db: None) -> None:
    client = Client()
    answer = client.post("/example/so-far/look/", {"words": "lists laugh"})
    html = answer.content.decode()
    assert answer.status_code == 200
    assert "<mark>laugh</mark>" in html
    assert "trying things out" not in html
    assert not SealedRow.objects.exists()
    address = address_in(html)
    assert address.startswith("/example/so-far/?w=")
    assert "<mark>lists</mark>" in page(client, address)
    assert not client.cookies.get("reattune_example")


def test_a_month_later_everything_is_still_there(own: Own) -> None:
    client = own()
    story = Story(opened(client))
    story.moment("Today.", days=0)
    story.moment("Last year.", days=timedelta(days=365).days)
    html = page(client)
    assert "Last year." in html
    assert 'aria-label="Years"' in html
