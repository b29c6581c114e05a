"""The example journal: a fictional person, made through ``record`` like any other."""

from __future__ import annotations

import random
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from reattune.journal import rupture_states
from reattune.journal.codec import from_raw
from reattune.journal.documents import Document, Moment, Repair
from reattune.journal.journal import Journal
from reattune.journal.uuid7 import uuid7

ITEMS = ("cared_for", "understood", "safe", "goals", "way", "whole")


def example_journal(story: Mapping[str, Any], now: datetime, zone: str = "UTC", language: str = "en") -> Journal:
    """The journal of ``story`` (``content/<language>/example.toml``) in its ``language``.

    Its last session is three days before ``now``.

    The same story and time give the same journal, ids included. Sessions lie one week apart, with breaks.
    """
    return _Storyteller(story, now, zone, language).journal


class _Storyteller:
    def __init__(self, story: Mapping[str, Any], now: datetime, zone: str, language: str) -> None:
        self.story = story
        self.language = language
        self.zone = zone
        self.journal = Journal()
        self.randomness = random.Random(7)  # noqa: S311  ids of a fiction, not secrets
        self.ids: dict[str, UUID] = {}
        end = now.replace(minute=0, second=0, microsecond=0) - timedelta(days=3)
        self.dates = _session_dates(end, story["sessions"])
        self._people()
        # What happened is told in the order in which it was written down: a life has no jumps.
        for session in range(1, story["sessions"] + 1):
            self._session(session)
            self._moments_of(session)
            self._chapter(session)

    def record(self, kind: str, key: str, at: datetime, /, **fields: Any) -> Document:
        new_id = self.ids.setdefault(key, uuid7(at, self.randomness.randbytes(10)))
        shared = {"kind": kind, "version": 1, "id": new_id, "created": at, "updated": at, "zone": self.zone}
        return self.journal.record(from_raw({**shared, **fields}))[0]

    def at(self, session: int, hours: float = 0) -> datetime:
        return self.dates[session - 1] + timedelta(hours=hours)

    def _people(self) -> None:
        start = self.at(1, hours=-48)
        self.record("preferences", "preferences", start, region=self.story["region"],
                    language=self.language, recovery_checked=True,
                    weeks_between=self.story["weeks_between"])  # fmt: skip
        self.record("relationship", "therapist", start, name=self.story["therapist"], role="therapist")
        for person in self.story["people"]:
            fields = {
                "name": person["name"],
                "role": person["role"],
                "status": person.get("status", "current"),
            }
            self.record("relationship", person["key"], start, **fields)

    def _session(self, number: int) -> None:
        at = self.at(number)
        self.record("session", f"session {number}", at, relationship_id=self.ids["therapist"], at=at)
        if number in self.story["skipped"]:
            return
        unsaid = next((entry for entry in self.story["unsaid"] if entry["session"] == number), None)
        self.record(
            "check_in", f"check-in {number}", self.at(number, 2), session_id=self.ids[f"session {number}"],
            instrument="reattune-check-in/1", answers=self._answers(number), unsaid=unsaid is not None,
            unsaid_words=unsaid["words"] if unsaid else "", urge_to_leave=unsaid["urge"] if unsaid else 0,
        )  # fmt: skip

    def _answers(self, number: int) -> dict[str, float]:
        usual = self.story["usual"]
        wobble = usual["wobble"][(number - 1) % len(usual["wobble"])]
        shifts = [s["by"] for s in self.story["shifts"] if s["from"] <= number <= s["to"]]
        totals = [sum(values) for values in zip(usual["level"], wobble, *shifts, strict=True)]
        return {key: max(0, min(10, total)) for key, total in zip(ITEMS, totals, strict=True)}

    def _moments_of(self, session: int) -> None:
        for moment in self.story["moments"]:
            if moment.get("session", 15) == session:
                self._moment(moment, session)

    def _moment(self, moment: Mapping[str, Any], session: int) -> None:
        with_therapist = moment["who"] == "therapist"
        written = self.at(session, 3)
        happened = written - timedelta(days=365.25 * moment.get("years_before", 0), hours=2)
        said = moment["did"] == "said_it"
        self.record(
            "moment", moment["key"], written, relationship_id=self.ids[moment["who"]], at=happened,
            session_id=self.ids[f"session {session}"] if with_therapist else None,
            what=moment["what"], cause=moment["cause"], reaction=moment["reaction"], event=moment["event"],
            feelings=moment["feelings"], meant_about_me=moment.get("me", ""), meant_about_them=moment.get("them", ""),
            did=moment["did"], said=happened if said else None,
            **{name: moment[name] for name in ("touched", "sharpest", "sentence", "age", "needed") if name in moment},
            by_year="years_before" in moment,
        )  # fmt: skip

    def _chapter(self, session: int) -> None:
        self._mended(self.story["mended"], session)
        routine = self.story["unsaid_rupture"]
        if session == routine["noticed_after"]:
            self._rupture("routine", routine, session, suggested=True)

    def _rupture(self, key: str, told: Mapping[str, Any], session: int, suggested: bool) -> None:
        at = self.at(session, 30)
        moments = tuple(self.ids[moment] for moment in told["moments"])
        began = min(moment.at for moment in self.journal.moments() if moment.id in moments)
        self.record(
            "rupture", key, at, relationship_id=self.ids["therapist"], title=told["title"], began=began,
            moment_ids=moments, pattern=told["pattern"], suggested=suggested, transitions=rupture_states.begin(at),
        )  # fmt: skip

    def _mended(self, told: Mapping[str, Any], session: int) -> None:
        if session == told["noticed_after"]:
            self._rupture("joke rupture", told, session, suggested=False)
        for number, which in ((1, "first"), (2, "second")):
            self._attempt(told, number, which, session)
        if session == told["repair"]["after"]:
            self._afterwards(told, session)
        if session == told["later"]["after"]:
            at = self.at(session, 30)
            repair = self.journal.get(Repair, self.ids["repair"])
            looked = {"held": True, "held_words": told["later"]["words"], "looked_back": at, "updated": at}
            self.journal.record(repair.model_copy(update=looked))
        practice = told["practice"]
        if session == practice["session"]:
            self.record("practice", "practice", self.at(session, 20), relationship_id=self.ids[practice["who"]],
                        tried=practice["tried"], plan=practice["plan"], done=self.at(session, 10),
                        how_it_went=practice["how_it_went"], went=practice["went"])  # fmt: skip

    def _attempt(self, told: Mapping[str, Any], number: int, which: str, session: int) -> None:
        plan, talk = dict(told[f"{which}_plan"]), dict(told[f"{which}_talk"])
        of = {"rupture_id": self.ids.get("joke rupture")}
        if session == plan.pop("after"):
            at = self.at(session, 50)
            self.record("talk_plan", f"plan {number}", at, **of, **plan, attempt=number, finished=at)
        if session == talk.pop("session"):
            self.record("attempt", f"attempt {number}", self.at(session, 4), **of, **talk, number=number,
                        plan_id=self.ids[f"plan {number}"], at=self.at(session))  # fmt: skip

    def _afterwards(self, told: Mapping[str, Any], session: int) -> None:
        at = self.at(session, 26)
        repair, echo, belief = dict(told["repair"]), told["echo"], told["belief"]
        repair.pop("after")
        self.record("repair", "repair", at, rupture_id=self.ids["joke rupture"], attempt_id=self.ids["attempt 2"],
                    at=at, **repair)  # fmt: skip
        self.record("echo", "echo", at, moment_id=self.ids[echo["moment"]], earlier_id=self.ids[echo["earlier"]],
                    answer="yes", words=echo["words"])  # fmt: skip
        learned = self.journal.get(Moment, self.ids[echo["earlier"]]).at
        ratings = [{"at": self.at(when), "truth": truth} for when, truth in belief["truths"]]
        self.record("belief", "belief", at, words=belief["words"], from_relationship_id=self.ids[belief["from"]],
                    ratings=ratings, against=[{"at": at, "words": belief["against"]}],
                    about_relationship_id=self.ids["therapist"], said=self.at(18),
                    moment_id=self.ids[echo["moment"]], since=learned)  # fmt: skip
        self.record("pattern", "pattern", at, name=told["comes_back"]["name"], theme=told["comes_back"]["theme"],
                    echo_ids=(self.ids["echo"],), belief_id=self.ids["belief"])  # fmt: skip


def _session_dates(end: datetime, count: int) -> list[datetime]:
    """Weekly, with a break of three weeks in summer and two at another time: ten months for forty sessions."""
    dates, at = [], end
    for number in range(count, 0, -1):
        dates.append(at)
        at -= timedelta(weeks={25: 3, 12: 2}.get(number, 1))
    return dates[::-1]
