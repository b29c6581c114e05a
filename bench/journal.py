"""Opening a ten-year journal, its Today page, its timeline, and a search in it."""

from __future__ import annotations

import itertools
import json
import random
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from unittest import mock

from bench.timing import in_turn

SESSIONS, MOMENTS, RUPTURES = 520, 1500, 60
WORDS = [
    "she",
    "said",
    "that",
    "it",
    "was",
    "fine",
    "and",
    "looked",
    "at",
    "the",
    "clock",
    "while",
    "I",
    "went",
    "on",
    "about",
    "the",
    "letter",
    "from",
    "my",
    "sister",
]


def run() -> Iterator[str]:
    """The lines to print."""
    from django.db import transaction

    from reattune.journal import Journal
    from reattune.journal.codec import decode, encode
    from reattune.web.installation.data_folder import data_folder
    from reattune.web.installation.local_server import start_django

    start_django(Path(data_folder()))
    from reattune.vault import Seal
    from reattune.web.store.models import SealedRow
    from reattune.web.store.open_journal import OpenJournal
    from reattune.web.store.unlocking import new_journal

    journal_id, data_key, _code = new_journal("words for the bench")
    opened = OpenJournal(journal_id, data_key)
    with transaction.atomic():
        fill(opened)

    rows = [(bytes(r), n, bytes(s)) for r, n, s in SealedRow.objects.values_list("row_id", "revision", "sealed")]
    plain = [encode(document) for document in opened.journal]
    together = b"[" + b",".join(plain) + b"]"
    seal = Seal(data_key, journal_id)

    def opening() -> Journal:
        return Journal(decode(seal.open(*row)) for row in rows)

    assert len(opening()) == len(rows)
    ours, peer, ratio = in_turn(opening, lambda: json.loads(together), 15)
    yield (
        f"Opening a ten-year journal ({len(rows):,} documents, {len(together) / 1e6:.2f} MB of JSON): unsealing, "
        f"validating and indexing {ours * 1000:.0f} ms, json.loads of the same text {peer * 1000:.1f} ms: "
        f"ratio {ratio:.1f}"
    )

    client = signed_in(journal_id, data_key)
    assert b"The bond with" in client.get("/today/").content
    ours, peer, ratio = in_turn(lambda: client.get("/today/"), lambda: client.get("/measures/"), 15)
    yield (
        f"Today for that journal {ours * 1000:.0f} ms, an empty page through the same stack {peer * 1000:.1f} ms: "
        f"ratio {ratio:.0f}"
    )
    yield from _finding(client)
    yield _typing(client)


def _finding(client: Any) -> Iterator[str]:
    """The timeline and searches beside Today: for what is in every moment, in few, in none; for far too many words."""

    def today() -> None:
        client.get("/today/")

    def timeline(query: str = "") -> None:
        assert client.get(f"/so-far/{query}").status_code == 200

    def search(words: str) -> str:
        answer = client.post("/so-far/look/", {"words": words}).content.decode()
        return answer.partition('role="status">')[2].partition(" found")[0]

    asked = {
        "The timeline": timeline,
        "The timeline of one kind, five years back": lambda: timeline("?kind=note&is=open&from=2021-06"),
        "A search for two words that most entries have": lambda: search("sister clo"),
        "A search for words that stand in few": lambda: search(
            "clock letter sister went about fine from miriam looked"
        ),
        "A search for a word that stands in none": lambda: search("zebra"),
        "A search for 75 words": lambda: search(" ".join(f"{letter}{n}" for letter in "abc" for n in range(25))),
    }
    assert "entries" in search("sister clo")
    for what, ask in asked.items():
        ours, peer, ratio = in_turn(ask, today, 15)
        yield f"{what} {ours * 1000:.0f} ms, Today {peer * 1000:.0f} ms: ratio {ratio:.2f}"


def _typing(client: Any) -> str:
    """Keeping what is typed, a sentence changed each time so that the sentence model is asked, and without looking."""
    from reattune.text.sentence_vectors import sentence_model

    text = ". ".join(" ".join(WORDS) for _ in range(24))
    typed = itertools.count()

    def keep() -> None:
        client.post("/typing/", {"draft_of": "/held/", "words": f"{text}. I was afraid of him {next(typed)} times."})

    def keep_unseen() -> None:
        with ExitStack() as unseen:
            for looking in ("dangers_in", "dangers_just_written", "dangers_lately", "dangers_typed"):
                unseen.enter_context(mock.patch(f"reattune.web.store.open_journal.{looking}", return_value=None))
            keep()

    ours, peer, ratio = in_turn(keep, keep_unseen, 15)
    model = "with the sentence model" if sentence_model() else "without the sentence model"
    return (
        f"Keeping {len(text):,} typed characters in that journal, a sentence changed each time, looked through for "
        f"danger {model}, {ours * 1000:.0f} ms; without looking {peer * 1000:.0f} ms: ratio {ratio:.2f}"
    )


def signed_in(journal_id: bytes, data_key: bytes) -> Any:
    """A browser with that journal open."""
    from django.http import HttpResponse
    from django.test import Client, RequestFactory

    from reattune.web.store.unlocking import COOKIE, begin_session

    response = HttpResponse()
    begin_session(response, RequestFactory().get("/"), journal_id, data_key)
    client = Client(HTTP_HOST="localhost")
    client.cookies[COOKIE] = response.cookies[COOKIE].value
    return client


def fill(opened: Any, count: int = MOMENTS, weeks: int = SESSIONS) -> None:
    """Ten years of weekly sessions, unless told, so many moments, and ruptures with their talks."""
    from reattune.journal import rupture_states
    from reattune.journal.codec import from_raw
    from reattune.journal.uuid7 import uuid7
    from reattune.journal.vocabulary import Cause, Feeling, Touched

    randomness = random.Random(1)
    start = datetime.now(UTC) - timedelta(weeks=weeks)

    def write(kind: str, at: datetime, /, **fields: Any) -> Any:
        shared = {"kind": kind, "version": 1, "id": uuid7(at, randomness.randbytes(10)), "zone": "Europe/London"}
        return opened.record(from_raw({**shared, "created": at, "updated": at, **fields}))

    def words(count: int) -> str:
        return " ".join(randomness.choices(WORDS, k=count))

    write("preferences", start, region="GB")
    therapist = write("relationship", start, name="Miriam", role="therapist")
    others = [write("relationship", start, name=name, role="friend") for name in "ABCDE"]
    keys = ("cared_for", "understood", "safe", "goals", "way", "whole")
    moments = []
    for week in range(weeks):
        at = start + timedelta(weeks=week)
        session = write("session", at, relationship_id=therapist.id, at=at)
        answers = {key: randomness.randint(6, 9) for key in keys}
        write("check_in", at, session_id=session.id, instrument="reattune-check-in/1", answers=answers, urge_to_leave=1)
    for number in range(count):
        at = start + timedelta(weeks=weeks * number / count)
        who = therapist if number % 2 else randomness.choice(others)
        moments.append(
            write(
                "moment", at, relationship_id=who.id, at=at, what=words(40), cause=randomness.choice(list(Cause)),
                reaction=randomness.randint(0, 10), event=randomness.randint(0, 10),
                feelings=randomness.sample(list(Feeling), 2),
                touched=randomness.sample(list(Touched), 1),
                meant_about_me=words(10), did="withdrew", said=at if number % 4 else None,
            )
        )  # fmt: skip
    for number in range(min(RUPTURES, count // 25)):
        moment = moments[number * 24 + 1]
        at = moment.at + timedelta(hours=1)
        rupture = write(
            "rupture", at, relationship_id=therapist.id, began=moment.at, moment_ids=[moment.id],
            transitions=rupture_states.begin(at), title=words(4),
        )  # fmt: skip
        plan = write("talk_plan", at, rupture_id=rupture.id, what_happened=words(40), what_i_felt=words(20))
        write(
            "attempt", at, rupture_id=rupture.id, plan_id=plan.id, at=at, met=["listened"], trust_before=3,
            trust_after=7, outcome="repaired" if number % 5 else None, feel_now=words(20),
        )  # fmt: skip
