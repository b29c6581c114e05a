"""The example journal of a therapist: fictional clients, made through ``record`` like any other."""

from __future__ import annotations

import random
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from reattune.journal import rupture_states
from reattune.journal.codec import from_raw
from reattune.journal.documents import Document
from reattune.journal.example_journal import ITEMS
from reattune.journal.journal import Journal
from reattune.journal.uuid7 import uuid7

_DAY = timedelta(days=1)


def example_caseload(told: Mapping[str, Any], now: datetime, zone: str = "UTC", language: str = "en") -> Journal:
    """The journal of ``content/<language>/example_caseload.toml``: each client's last session was in the week before
    ``now``, on their weekday. The same words and time give the same journal, ids included.
    """
    return _Caseload(told, now, zone, language).journal


class _Caseload:
    def __init__(self, told: Mapping[str, Any], now: datetime, zone: str, language: str) -> None:
        self.zone, self.now = zone, now.replace(minute=0, second=0, microsecond=0)
        self.journal = Journal()
        self.randomness = random.Random(11)  # noqa: S311  ids of a fiction, not secrets
        begin = self.now - timedelta(weeks=104)
        self.record("preferences", begin, journal_kind="therapist", region=told["region"], language=language,
                    recovery_checked=True, no_backup_reminders=True)  # fmt: skip
        for client in told["client"]:
            self._client(client)
        for tried in told["practised"]:
            self._practised(tried)

    def record(self, kind: str, at: datetime, /, **fields: Any) -> Document:
        shared = {"kind": kind, "version": 1, "id": uuid7(at, self.randomness.randbytes(10)), "zone": self.zone}
        return self.journal.record(from_raw({**shared, "created": at, "updated": at, **fields}))[0]

    def _client(self, told: Mapping[str, Any]) -> None:
        back = (self.now.weekday() - told["weekday"]) % 7 or 7
        last = self.now.replace(hour=int(told["time"][:2])) - back * _DAY
        last -= timedelta(weeks=told.get("ended_weeks_ago", 0))
        days = [last - timedelta(weeks=ago) for ago in range(told["sessions"])]
        ended = last + _DAY if "ended_weeks_ago" in told else None
        meeting = {"weekday": told["weekday"], "time": told["time"]}
        client = self.record(
            "relationship", days[-1] - 2 * _DAY, name=told["name"], role="client", note=told["note"], meeting=meeting,
            **({"status": "past", "ended": ended} if ended else {}),
        )  # fmt: skip
        wobble = random.Random(told["key"])  # noqa: S311
        for ago in reversed(range(told["sessions"])):
            self._session(told, client.id, ago, days[ago], wobble)
        for story in told.get("stories", ()):
            self._story(story, client.id, days)

    def _session(self, told: Mapping[str, Any], client: UUID, ago: int, at: datetime, wobble: random.Random) -> None:
        session = self.record("session", at, relationship_id=client, at=at, form=told.get("form", "in_person")).id
        sides = (
            ("client", told["level"], told.get("shifts", ()), "reattune-check-in/1", ago not in told["missing"]),
            ("therapist", told["own"], told.get("own_shifts", ()), "reattune-therapist-check-in/1", True),
        )
        for rater, level, shifts, instrument, rated in sides:
            answers = _answers(level, shifts, ago, wobble)
            same = told.get("same")
            if rater == "client" and same and same["to"] <= ago <= same["from"]:
                answers = dict.fromkeys(ITEMS, same["all"])
            if rated and answers:
                later = at + timedelta(hours=1 if rater == "client" else 2)
                given = {"session_id": session, "rater": rater, "instrument": instrument, "answers": answers}
                self.record("check_in", later, **given)
        for noted in told.get("noted", ()):
            if noted["ago"] == ago:
                said = {name: noted[name] for name in ("markers", "happened", "did", "ended")}
                self.record("observation", at + timedelta(hours=2), session_id=session, **said)

    def _story(self, story: Mapping[str, Any], client: UUID, days: list[datetime]) -> None:
        began = days[story["ago"]]
        written = began + timedelta(hours=3)
        rupture = self.record(
            "rupture", written, relationship_id=client, title=story["title"], began=began,
            causes=story["causes"], their_words=story.get("their_words", ""),
            transitions=rupture_states.begin(written),
        ).id  # fmt: skip
        if plan := story.get("plan"):
            self.record("talk_plan", written + timedelta(minutes=20), rupture_id=rupture, **plan)
        talk: Document | None = None
        for number, told in enumerate(story["talks"], start=1):
            at = days[told["ago"]]
            said = {name: told[name] for name in ("outcome", "client_met", "they_said", "agreed")}
            talk = self.record("attempt", at + timedelta(hours=3), rupture_id=rupture, number=number, at=at, **said)
        repair = story.get("repair")
        if repair and talk:
            at = days[repair["ago"]] + timedelta(hours=4)
            looked = days[repair["looked_back"]] + timedelta(hours=4)
            self.record(
                "repair", at, updated=looked, rupture_id=rupture, attempt_id=talk.id, at=at, held=repair["held"],
                held_words=repair["held_words"], looked_back=looked, what_made_it_work=repair["made_it_work"],
            )  # fmt: skip

    def _practised(self, told: Mapping[str, Any]) -> None:
        at = self.now - timedelta(weeks=told["weeks_ago"])
        said = {name: value for name, value in told.items() if name != "weeks_ago"}
        self.record("tried_answer", at, at=at, looked=True, **said)


def _answers(level: list[int], shifts: Any, ago: int, wobble: random.Random) -> dict[str, int]:
    if not level:
        return {}
    totals = [each + wobble.choice((-1, 0, 0, 0, 0, 1)) for each in level]
    for shift in shifts:
        if shift["to"] <= ago <= shift["from"]:
            totals = [total + by for total, by in zip(totals, shift["by"], strict=True)]
    return {key: max(0, min(10, total)) for key, total in zip(ITEMS, totals, strict=True)}
