"""A walk that knows no page: from many starting points it touches every link and button, and checks what must never
stand beside what. Each page may hold its own rules; what is looked at here are the ways between them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction
from django.test import Client
from django.urls import Resolver404, resolve
from django.utils import timezone

from reattune.journal import Journal
from reattune.journal.codec import encode
from reattune.journal.document_base import Document
from reattune.journal.documents import (
    Attempt,
    CheckIn,
    Draft,
    Echo,
    Ending,
    Moment,
    Practice,
    Relationship,
    Removed,
    Rupture,
    Session,
    Suggestion,
    TalkPlan,
    Unsaid,
    Vector,
)
from reattune.journal.vocabulary import MILD_LINES, Cause, Met
from reattune.reflection.danger_recogniser import Danger, danger
from reattune.web.store.models import SealedJournal
from reattune.web.store.open_journal import OpenJournal
from tests.web.journals import opened, session_of, sure
from tests.web.made_up_histories import STORIES, Story
from tests.web.page_walker import Button, Page, read

Own = Callable[..., Client]
pytestmark = pytest.mark.django_db

STEPS = 6
# A button pressed on a page that a button led to: deeper than that, only links are followed.
PRESSES = 2
# So many pages are looked at before anything was pressed, so many after each press, and in one story so many in all:
# the ways repeat themselves.
IN_ALL, IN_BETWEEN, MOST_PAGES = 60, 6, 100
# After that, every button of the first pages is still pressed and judged; nothing further is followed from it.

# Where everything begins.
START = ("/today/", "/settings/", "/going/", "/so-far/", "/held/", "/with/")

# What an address is for, whatever page it stands on: to mend, to practise, to rehearse, or to follow back.
OFFERS = {
    "plan", "find-words", "say", "moment-say", "mend-new", "talk", "card", "card-large", "rehearse", "follow",
    "follow-step", "practice-new", "agreed", "reminder",
}  # fmt: skip
OFFERING_WORDS = {"unsaid-act": ("say", "join"), "leaving": ("talk", "another_way"), "leaving-short": ("few",)}
# Before a journal is open, or out of it.
ELSEWHERE = (
    "/unlock",
    "/begin/about",
    "/lock",
    "/leave",
    "/measures",
    "/help",
    "/static",
    "/example",
    "/settings/file/",
)


# What is true of a journal, worked out here from its documents alone


def crossed_people(journal: Journal) -> set[UUID]:
    """Those with whom nothing is the person's to mend."""
    found: dict[UUID, Any] = {}
    for moment in journal.all(Moment):
        grave = any(line not in MILD_LINES for line in moment.crossed)
        untold = moment.cause in (Cause.CROSSED_A_BOUNDARY, Cause.BROKE_CONFIDENCE) and not moment.crossed
        if grave or untold:
            found[moment.relationship_id] = moment.updated
    for talk in journal.all(Attempt):
        if Met.RETALIATED in talk.met:
            found[journal.get(Rupture, talk.rupture_id).relationship_id] = talk.updated
    for rupture in journal.all(Rupture):
        if any(line not in MILD_LINES for line in rupture.crossed):
            found[rupture.relationship_id] = rupture.updated
    again = {who.id: who.mend_again for who in journal.all(Relationship)}
    return {who for who, at in found.items() if again[who] is None or at > again[who]}  # type: ignore[operator]


def with_whom(journal: Journal, document: Document | None) -> UUID | None:
    """The relationship that a document belongs to."""
    if isinstance(document, Relationship):
        return document.id
    for name, kind in (("rupture_id", Rupture), ("session_id", Session)):
        if not hasattr(document, "relationship_id") and hasattr(document, name):
            document = journal.find(kind, getattr(document, name))
    return getattr(document, "relationship_id", None)


def strings_of(document: Document) -> list[str]:
    """Every text in it that somebody wrote."""

    def within(value: object) -> Iterator[str]:
        if isinstance(value, str) and (" " in value) and not re.fullmatch(r"[\d\-T:+.Z ]+", value):
            yield value
        elif isinstance(value, dict):
            for each in value.values():
                yield from within(each)
        elif isinstance(value, (list, tuple)):
            for each in value:
                yield from within(each)

    return list(within(document.model_dump(exclude={"kind", "zone", "not_meant", "window"})))


@lru_cache(maxsize=1000)
def sounds_like(words: str, not_meant: tuple[str, ...]) -> Danger | None:
    """Looked at once; made-up words may be kept in memory."""
    return danger(words, not_meant)


def alarming(journal: Journal) -> set[str]:
    """Words that sound like danger or harm, of which the person has not said otherwise."""
    of = (Moment, CheckIn, Unsaid, Ending)
    # The same words, written elsewhere, look the same on a page.
    otherwise = {words for each in journal if each.not_meant for words in strings_of(each)}
    return {
        words
        for each in journal
        if isinstance(each, of) and not (isinstance(each, Moment) and each.crossed)
        for words in strings_of(each)
        if words not in otherwise and sounds_like(words, each.not_meant) in (Danger.HARMED, Danger.SUICIDE)
    }


def standing(journal: Journal) -> tuple[Any, ...]:
    """Where everything is that can be put somewhere else with a touch, and how much there is of each kind."""
    there = [(str(who.id), who.status, who.keep_apart, who.mend_again is None) for who in journal.all(Relationship)]
    there += [(str(r.id), r.state, bool(r.crossed)) for r in journal.all(Rupture)]  # type: ignore[misc]
    there += [(str(u.id), u.status) for u in journal.all(Unsaid)]  # type: ignore[misc]
    there += [(str(m.id), m.keep_apart, bool(m.crossed)) for m in journal.all(Moment)]  # type: ignore[misc]
    there += [(str(e.id), e.form, e.put_away is None, e.ended is None) for e in journal.all(Ending)]  # type: ignore[misc]
    return tuple(sorted(map(str, there)))


def shape(journal: Journal) -> tuple[Any, ...]:
    """The same, and how much there is of each kind: journals of one shape need to be walked once."""
    counts: dict[str, int] = {}
    for each in journal:
        counts[each.kind] = counts.get(each.kind, 0) + 1
    return (standing(journal), tuple(sorted(counts.items())), len(alarming(journal)))


# The walk


@dataclass
class Walk:
    """One story, walked from Today."""

    client: Client
    session: tuple[bytes, bytes]
    wrong: list[str] = field(default_factory=list)
    seen: set[Any] = field(default_factory=set)
    pressed: set[Any] = field(default_factory=set)
    looked_for: set[Any] = field(default_factory=set)
    pages: int = 0
    found: dict[Any, str] = field(default_factory=dict)

    def say(self, rule: str, where: str, what: str) -> None:
        """Note what is wrong, once."""
        sentence = f"{rule}: {re.sub(r'[0-9a-f]{8}-[0-9a-f-]{27}', '…', where)}: {what}"
        if sentence not in self.wrong:
            self.wrong.append(sentence)

    @property
    def journal(self) -> Journal:
        """As it is now."""
        return OpenJournal(*self.session).journal

    def get(self, address: str) -> Page | None:
        """The page at an address; ``None`` where it is no page."""
        answer = self.client.get(address, follow=True)
        if answer.status_code != 200:
            self.say("leads nowhere", address, f"answers {answer.status_code}")
            return None
        if "html" not in answer.headers.get("Content-Type", ""):
            return None
        self.pages += 1
        last = answer.redirect_chain[-1][0] if answer.redirect_chain else address
        return read(last, answer.content.decode())

    def from_start(self, place: int) -> list[str]:
        """Walk from Today and from where everything else begins; returns what is wrong.

        ``place`` is which of these comes first: what is looked at in one story for the first time is so in others last.
        """
        self.findable(self.journal, "at the start")
        first = place % len(START)
        pages = [self.get(address) for address in (*START[first:], *START[:first])]
        self.go_on([page for page in pages if page], 1, 0, IN_ALL)
        return self.wrong

    def go_on(self, pages: list[Page], depth: int, presses: int, most: int) -> None:
        """Look at these pages, at those their links lead to, and so on; then press the buttons of each."""
        journal = self.journal
        shaped = shape(journal)
        known = {(nameless(page.address, journal), shaped) for page in pages}
        looked_at: list[tuple[Page, int]] = []
        ring = [(page, depth) for page in pages]
        while ring:
            page, steps = ring.pop(0)
            key = (nameless(page.address, journal), shaped)
            if key in self.seen:
                continue
            self.seen.add(key)
            self.check(page, journal)
            looked_at.append((page, steps))
            for address, _node in page.links() if steps < STEPS else ():
                following = (nameless(address, journal), shaped)
                if address.startswith(ELSEWHERE) or "/off/" in address or following in known or len(known) >= most:
                    continue
                known.add(following)
                further = self.get(address)
                ring += [(further, steps + 1)] if further else []
                if further and "near-title" in further.html:
                    self.say("the panel stands in full where nothing was just written", address, "near-title")
        for page, steps in looked_at if presses < PRESSES else ():
            for button in page.buttons() if steps < STEPS else ():
                self.press(page, button, steps, presses, journal, shaped)

    # What must never be

    def check(self, page: Page, journal: Journal) -> None:
        """The rules that every page holds, whatever it is."""
        self.no_offer_beside_a_crossed_line(page, journal)
        self.no_offer_beside_alarming_words(page, journal)
        self.nothing_over_what_others_see(page)
        self.says_what_is_so(page, journal)

    def offers(self, page: Page, journal: Journal) -> Iterator[tuple[UUID | None, str, Any]]:
        """With whom, what stands on it, and where, for all that leads to mending, practising or following."""
        for address, node in page.links():
            name, who = self.leads_to(address, (), journal)
            if name in OFFERS:
                yield who, node.text, node
        for button in page.buttons():
            name, who = self.leads_to(button.address, button.fields, journal)
            values = [value for _name, value in button.fields[-1:]]
            words = OFFERING_WORDS.get(name, ())
            if name in OFFERS or any(word in (*values, *button.address.split("/")) for word in words):
                yield who, button.label, button.node
            if name in OFFERS:
                # What a form lets one choose is offered too.
                form = button.node.above("form")
                for choice in form.all("option", "input") if form else []:
                    known = id_in(choice.attributes.get("value", ""))
                    if known and isinstance(journal.document(known), Relationship):
                        yield known, f"{button.label} ({choice.tag})", choice

    def leads_to(self, address: str, fields: tuple[tuple[str, str], ...], journal: Journal) -> tuple[str, UUID | None]:
        """The name of an address, and the relationship that it is about."""
        try:
            match = resolve(address.split("?")[0])
        except Resolver404:
            return "", None
        ids = [value for value in match.kwargs.values() if isinstance(value, UUID)]
        ids += [UUID(each) for each in re.findall(r"[0-9a-f]{8}-[0-9a-f-]{27}", address.partition("?")[2])]
        found = (with_whom(journal, journal.document(each)) for each in ids)
        # Without a name it is about the therapist.
        latest = journal.latest_therapist if match.url_name in ("leaving", "mend-new") else None
        return match.url_name or "", next((who for who in found if who), latest.id if latest else None)

    def no_offer_beside_a_crossed_line(self, page: Page, journal: Journal) -> None:
        crossed = crossed_people(journal)
        for who, label, _node in self.offers(page, journal):
            if who in crossed:
                self.say("offers to mend what is not theirs to mend", page.address, label)

    def no_offer_beside_alarming_words(self, page: Page, journal: Journal) -> None:
        for words in alarming(journal):
            begins = " ".join(words.split())[:60]
            if begins not in page.main.text:
                continue
            # In a list, beside is what stands in the same line; else it is the whole page.
            lines = [each for each in page.main.all("li") if begins in each.text]
            for _who, label, node in self.offers(page, journal):
                if not lines or any(node in line.walk() for line in lines):
                    self.say("offers a talk beside words of danger", page.address, label)

    def nothing_over_what_others_see(self, page: Page) -> None:
        for_others = [each for each in page.main.all("article") if "the-card" in each.attributes.get("class", "")]
        near = [each for each in page.root.walk() if each.attributes.get("id") == "near" and each.text]
        if for_others and near:
            self.say("shows the panel over what others see", page.address, near[0].text[:40])

    def says_what_is_so(self, page: Page, journal: Journal) -> None:
        text = page.main.text
        therapists = [each for each in journal.all(Relationship) if each.role == "therapist"]
        checked = journal.all(CheckIn)
        if therapists and "No therapist is named here" in text:
            self.say("contradicts the journal", page.address, "no therapist is named")
        if checked and ("check-in takes a minute or two" in text or "No check-in yet" in text):
            self.say("contradicts the journal", page.address, "no check-ins")
        calm = ("No change lately", "Very calm", "simply calm")
        if any(words in text for words in calm) and checked:
            latest = max(checked, key=lambda each: journal.get(Session, each.session_id).at)
            rated = list(latest.answers.values())
            if sum(rated) / len(rated) < 6 or (latest.urge_to_leave or 0) >= 7:
                self.say("contradicts the journal", page.address, "calm over a low rating")
        moment = journal.find(Moment, id_in(page.address)) if page.address.startswith("/note/") else None
        rupture = journal.rupture_of(moment) if moment else None
        if rupture and journal.attempts(rupture) and re.search(r"not (yet|said)", text):
            self.say("contradicts the journal", page.address, "not said yet")

    # Buttons

    def press(
        self, page: Page, button: Button, depth: int, presses: int, journal: Journal, shaped: tuple[Any, ...]
    ) -> None:
        """Press a button in a world of its own, look at what it did, and go on from there."""
        key = (nameless(button.address, journal), button.label, shaped)
        # Of what asks for the passphrase again, sharing is pressed: what was shared has to be found again.
        shares = ("way", "page") in button.fields
        if (button.secret and not shares) or key in self.pressed or button.address.startswith(ELSEWHERE):
            return
        if presses and self.pages > MOST_PAGES:
            return
        self.pressed.add(key)
        cookies = {name: morsel.value for name, morsel in self.client.cookies.items()}
        with transaction.atomic():
            keys = bytes(SealedJournal.objects.get().keyring)
            answer = self.client.post(button.address, {**data(button), **sure(self.client)}, follow=True)
            if answer.status_code == 200 and "html" in answer.headers.get("Content-Type", ""):
                self.pages += 1
                last = answer.redirect_chain[-1][0] if answer.redirect_chain else button.address
                after = read(last, answer.content.decode())
                self.judge(page, button, after, journal, keys)
                if self.pages <= MOST_PAGES:
                    self.go_on([after], depth + 1, presses + 1, IN_BETWEEN)
            elif answer.status_code not in (200, 204, 409):
                self.say("leads nowhere", button.address, f"“{button.label}” answers {answer.status_code}")
            transaction.set_rollback(True)
        self.has_cookies(cookies)

    def has_cookies(self, cookies: dict[str, str]) -> None:
        self.client.cookies.clear()
        for name, value in cookies.items():
            self.client.cookies[name] = value

    def judge(self, page: Page, button: Button, after: Page, before: Journal, keys: bytes) -> None:
        """Whether what a button did could be undone, was asked about, harms nobody, and can be found again."""
        now = self.journal
        where = f"“{button.label}” on {page.address}"
        # Taking it back asks about the words again, and so shows where to turn.
        put_away = "/meant/" in button.address and not button.address.endswith("/meant/back/")
        if put_away and "of" not in dict(button.fields) and "near-" in after.html:
            self.say("the panel cannot be put away", where, after.address)
        crossed = crossed_people(before) & crossed_people(now)
        for each in now:
            new = before.document(each.id) is None
            if new and isinstance(each, (TalkPlan, Practice, Attempt, Echo)) and with_whom(now, each) in crossed:
                self.say("mends or practises what is not theirs to mend", where, each.kind)
        asked = page.heading.endswith("?")
        kept = " ".join(words for each in now.all(Removed) for words in (*each.documents, *each.trimmed))
        for each in before:
            if isinstance(each, (Draft, Vector, Suggestion, Removed)) and not (
                isinstance(each, Draft) and "away" in button.address
            ):
                continue
            here = now.document(each.id)
            if here is None and str(each.id) not in kept and not asked:
                self.say("takes away without a question or a way back", where, each.kind)
            elif here is not None:
                lost = [w for w in strings_of(each) if w not in " ".join(strings_of(here)) and w not in plain(kept)]
                if lost and not isinstance(each, (Attempt, Removed)) and not all(w in everything(now) for w in lost):
                    self.say("loses words", where, f"{each.kind}: {lost[0][:50]}")
        if bytes(SealedJournal.objects.get().keyring) != keys and "ending" not in dict(button.fields):
            self.say("changes a key without a question", where, "keyring")
        if standing(before) != standing(now) and not asked and not now_has_more(before, now):
            self.has_a_way_back(after, where, button, before, now)
        if now_has_more(before, now):
            self.findable(now, where)

    def has_a_way_back(self, after: Page, where: str, button: Button, before: Journal, now: Journal) -> None:
        """From where a button leads, or one link on, another puts things back where they were."""
        here, there = standing(before), standing(now)
        if set(here) <= set(there) or ("way back", button.label) in self.looked_for:
            return  # something is there that was not: nothing was taken away
        self.looked_for.add(("way back", button.label))
        places = [after]
        for address, _node in after.links():
            if not address.startswith(ELSEWHERE) and "/off/" not in address:
                page = self.get(address)
                places += [page] if page else []
        if "/today/" not in {place.address for place in places}:
            today = self.get("/today/")
            places += [today] if today else []
        for place in places:
            for back in place.buttons():
                if back.secret or back.address.startswith(ELSEWHERE):
                    continue
                cookies = {name: morsel.value for name, morsel in self.client.cookies.items()}
                with transaction.atomic():
                    self.client.post(back.address, data(back))
                    restored = standing(self.journal) == here
                    transaction.set_rollback(True)
                self.has_cookies(cookies)  # one button hands the device over, and locks
                if restored:
                    return
        self.say("takes away without a question or a way back", where, "no button puts it back")

    def findable(self, journal: Journal, where: str) -> None:
        """All that was written can be found within two touches from Today."""
        wanted = {
            (each.kind, getattr(each, "form", ""), words)
            for each in journal
            if not isinstance(each, (Removed, Suggestion, Vector, Echo))
            for words in strings_of(each)
            if each.kind != "instrument"
        }
        wanted = {each for each in wanted if (each[0], str(each[1])[:8]) not in self.looked_for}
        if not wanted:
            return
        self.looked_for |= {(kind, str(form)[:8]) for kind, form, _words in wanted}
        shaped = shape(journal)
        text = self.found.get(shaped, "")
        looked_for = {" ".join(words.split())[:40] for _kind, _form, words in wanted}
        if not all(words in text for words in looked_for):
            text = self.found[shaped] = self.within_two_touches(looked_for)
        for kind, form, words in sorted(wanted):
            if " ".join(words.split())[:40] not in text:
                self.say("cannot be found again", where, f"{kind} {form}: {words[:50]}")

    def within_two_touches(self, wanted: set[str]) -> str:
        """What stands on the pages at most two touches from Today, menus included, until all of ``wanted`` is there."""
        found, seen = "", {"/today/"}
        ring = ["/today/"]
        for _touch in range(3):
            further: list[str] = []
            for address in ring:
                answer = self.client.get(address, follow=True)
                if answer.status_code != 200 or "html" not in answer.headers.get("Content-Type", ""):
                    continue
                page = read(address, answer.content.decode())
                found += " " + page.root.text
                if all(words in found for words in wanted):
                    return found
                for link in page.root.all("a"):
                    to = link.attributes.get("href", "").split("#")[0]
                    if to.startswith("/") and not to.startswith((*ELSEWHERE, "/read/", "/places/")) and to not in seen:
                        seen.add(to)
                        further.append(to)
            ring = further
        return found


def id_in(address: str) -> UUID | None:
    """The first id in an address."""
    found = re.search(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", address)
    return UUID(found[0]) if found else None


def nameless(address: str, journal: Journal) -> str:
    """An address by what it names: its ids replaced by a kind and a number."""
    order = {kind: sorted(each.id for each in journal if each.kind == kind) for kind in {each.kind for each in journal}}

    def name(found: re.Match[str]) -> str:
        document = journal.document(UUID(found[0]))
        return f"{document.kind}{order[document.kind].index(document.id)}" if document else "…"

    return re.sub(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", name, address)


def data(button: Button) -> dict[str, list[str]]:
    """What a button sends; days are today."""
    sent: dict[str, list[str]] = {}
    for name, value in button.fields:
        if name in ("day", "done", "until") and value in ("", "Anna"):
            value = timezone.localdate().isoformat()
        sent.setdefault(name, []).append(value)
    return sent


def now_has_more(before: Journal, now: Journal) -> bool:
    """Whether something is here that was not: then nothing was only put away."""
    return any(before.document(each.id) is None for each in now if not isinstance(each, Removed))


def plain(kept: str) -> str:
    """Words as they stand in JSON, as they were written."""
    return kept.replace('\\"', '"').replace("\\n", "\n")


def everything(journal: Journal) -> str:
    """All bytes of all documents."""
    return plain(" ".join(encode(each).decode() for each in journal))


@pytest.mark.parametrize("name", STORIES)
def test_nothing_stands_where_it_must_never_stand(own: Own, name: str) -> None:
    client = own()
    STORIES[name](Story(opened(client)))
    walk = Walk(client, session_of(client))
    wrong = walk.from_start([*STORIES].index(name))
    print(name, walk.pages, "pages", *wrong, sep="\n")
    assert wrong == []
