"""Whom a therapist should look at: thirty written cases, and every sentence true of the figures beside it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reattune.alliance.bayes.posterior import trace
from reattune.alliance.instruments import read_definition
from reattune.alliance.pair_scenarios import PAIRS
from reattune.alliance.simulate import simulate
from reattune.alliance.views_apart import views_apart
from reattune.content import text
from reattune.journal.documents import Relationship
from reattune.journal.therapists_vocabulary import Rater
from reattune.reflection.bond_line import PRIOR, BondLine, bond_line, ratings_alone
from reattune.reflection.both_views import both_bond_lines, open_now
from reattune.reflection.caseload import (
    APART,
    ASK,
    Caseload,
    ClientView,
    Reason,
    caseload,
    client_view,
    in_percent,
    meets_next,
)
from reattune.reflection.caseload_sentences import how_sure, sentence
from tests.conftest import Writer

CHECK_IN = read_definition(text("instruments", "reattune-check-in.toml"), "reattune-check-in.toml")
KNOWN = {CHECK_IN.name: CHECK_IN}
START = datetime(2026, 1, 5, 15, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Case:
    """One client: their ratings and one's own, 0-10 a session, ``-`` for none; what was noted; what is asked about.

    ``noted`` is by session (0-based): markers, what was done, how it ended. ``story`` is what became of something that
    went wrong at a session. ``need`` lists the reasons, the most pressing first; ``None``: too little to say.
    """

    name: str
    theirs: str
    own: str = ""
    noted: dict[int, tuple[list[str], list[str], str | None]] = field(default_factory=dict)
    story: tuple[int, str] | None = None
    need: tuple[str, ...] | None = ()


CALM = "8.0 7.8 8.2 8.3 7.7 8.0 8.2 7.8 8.0 8.1 7.9 8.2"
QUIET = {"went": ["gone_quiet"]}
CASES = [
    Case("as usual", CALM),
    Case("as usual, both rate", CALM, "7.0 7.2 6.9 7.1 7.0 7.2 6.8 7.0 7.1 6.9 7.2 7.0"),
    Case("always low, and that is usual", "4.0 4.3 3.8 4.1 4.4 3.9 4.2 4.0 3.8 4.1 4.3 4.0"),
    Case("one session a little lower", f"{CALM} 7.5"),
    Case("better than ever", f"{CALM} 9.5 9.6"),
    Case("a fall, come back from", "8.0 7.8 8.2 4.0 4.2 6.5 7.9 8.1 8.0 7.8 8.2 8.1 8.0 7.9"),
    Case("all at once", f"{CALM} 4.5 4.0 3.8", need=("open",)),
    Case("all at once, in one session", f"{CALM} 2.5 2.4", need=("open",)),
    Case("bit by bit", f"{CALM} 7.2 6.8 6.4 5.9 5.5 5.0 4.6 4.2", need=("open",)),
    Case("only one's own ratings, fallen", "", f"{CALM} 4.0 3.8 3.5", need=("open",)),
    Case("only one's own ratings, as usual", "", CALM),
    Case("nothing at all", "", need=None),
    Case("one rating", "7.5", need=None),
    Case("two ratings, one very low", "8.0 2.0", need=None),
    Case("three ratings alike", "7.5 7.7 7.6"),
    Case("sessions without a rating", "- - - -", need=None),
    Case("asked about and mended, without a rating", "- - - -", noted={2: (["gone_quiet"], ["asked"], "mended")},
         need=None),
    Case("mended, without a rating", "- - - -", story=(0, "repaired"), need=None),
    Case("noticed and left, without a rating", "- - - -", noted={3: (["gone_quiet"], [], None)}, need=("not_raised",)),
    Case("noticed and left", CALM, noted={11: (["gone_quiet"], [], None)}, need=("not_raised",)),
    Case("noticed, went on", CALM, noted={10: (["gone_quiet"], ["went_on"], "unclear")}, need=("not_raised",)),
    Case("noticed and asked about", CALM, noted={11: (["gone_quiet"], ["asked"], "partly")}),
    Case("noticed, left, and mended by itself", CALM, noted={11: (["gone_quiet"], [], "mended")}),
    Case("noticed long ago", CALM, noted={2: (["gone_quiet"], [], None)}),
    Case("noticed, then asked about in a later session", CALM,
         noted={8: (["gone_quiet"], [], None), 10: (["gone_quiet"], ["asked"], None)}),
    Case("noted that there was nothing", CALM, noted={11: ([], [], None)}),
    Case("went wrong and not brought up", CALM, story=(8, "noticed"), need=("not_raised",)),
    Case("went wrong today", CALM, story=(11, "noticed")),
    Case("brought up and not heard", CALM, story=(6, "unheard"), need=("not_mended",)),
    Case("brought up, partly mended", CALM, story=(6, "partly"), need=("not_mended",)),
    Case("mended", CALM, story=(6, "repaired")),
    Case("let go", CALM, story=(6, "let_go")),
    Case("mended, noted as not holding", CALM, story=(6, "not_held"), need=("not_held",)),
    Case("mended, and lower again", f"{CALM} 4.0 3.8 3.6", story=(4, "repaired"), need=("not_held", "open")),
    Case("views drifted apart", f"{CALM} 8.0 8.1",
         "7.0 7.2 6.9 7.1 7.0 7.2 6.8 7.0 7.1 9.9 9.9 9.9 9.9 9.9", need=("apart",)),
    Case("always apart", CALM, "5.0 4.8 5.2 5.3 4.7 5.0 5.2 4.8 5.0 5.1 4.9 5.2"),
    Case("three missing", f"{CALM} - - -", need=("missing",)),
    Case("two missing", f"{CALM} - -"),
    Case("never rated much", "8.0 - - - 7.5 - - - 8.0 - - - -"),
    Case("too even", "7.8 8.2 8.0 7.7 9.0 9.0 9.0", need=("too_even",)),
    Case("even and low", "5.1 5.3 5.2 4.8 5.0 5.0 5.0"),
    Case("open, and noticed besides", f"{CALM} 4.5 4.0 3.8", noted={14: (["gone_quiet"], [], None)},
         need=("open", "not_raised")),
    Case("missing, and not mended", f"{CALM} - - -", story=(6, "unheard"), need=("not_mended", "missing")),
]  # fmt: skip


def write(writer: Writer, case: Case) -> Relationship:
    """The client of a case, with weekly sessions."""
    client: Relationship = writer.write("relationship", name=case.name[:30], role="client")
    theirs, own = case.theirs.split(), case.own.split()
    sessions = []
    for number in range(max(len(theirs), len(own))):
        session = writer.write("session", relationship_id=client.id, at=START + timedelta(weeks=number))
        sessions.append(session)
        for rater, ratings in (("client", theirs), ("therapist", own)):
            given = ratings[number] if number < len(ratings) else "-"
            if given != "-":
                _rate(writer, session.id, rater, float(given))
        if number in case.noted:
            markers, did, ended = case.noted[number]
            writer.write("observation", session_id=session.id, markers=markers, did=did, ended=ended)
    if case.story:
        _story(writer, client, sessions, *case.story)
    return client


def _rate(writer: Writer, session: Any, rater: str, mean: float) -> None:
    """Six answers whose mean it is, to the tenth: not all alike, but for whole numbers."""
    total = round(6 * mean)
    answers = [total // 6 + (place < total % 6) for place in range(6)]
    keys = [item.key for item in CHECK_IN.items]
    given = dict(zip(keys, answers, strict=True))
    writer.write("check_in", session_id=session, rater=rater, instrument=CHECK_IN.name, answers=given)


def _story(writer: Writer, client: Relationship, sessions: list[Any], place: int, became: str) -> None:
    at = sessions[place].at
    writer.now = max(writer.now, at)
    rupture = writer.write(
        "rupture", relationship_id=client.id, title="The moved session", began=at,
        transitions=[{"at": at, "state": "noticed"}],
    )  # fmt: skip
    if became == "noticed":
        return
    if became == "let_go":
        closed = [*rupture.transitions, {"at": at + timedelta(days=1), "state": "let_go"}]
        writer.rewrite(rupture, transitions=closed)
        return
    outcome = "repaired" if became == "not_held" else became
    talked = sessions[place + 1].at
    writer.now = talked
    attempt = writer.write("attempt", rupture_id=rupture.id, at=talked, outcome=outcome)
    if became == "not_held":
        writer.write(
            "repair", rupture_id=rupture.id, attempt_id=attempt.id, at=talked, held=False, looked_back=sessions[-1].at
        )


@pytest.fixture
def therapist(writer: Writer) -> Writer:
    writer.write("preferences", journal_kind="therapist")
    return writer


def found(writer: Writer) -> Caseload:
    return caseload(writer.journal, KNOWN)


def view_of(load: Caseload, name: str) -> tuple[ClientView, str]:
    for part in ("need_a_look", "well", "too_little"):
        for each in getattr(load, part):
            if each.client.name == name:
                return each, part
    raise AssertionError(name)


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_written_cases(therapist: Writer, case: Case) -> None:
    write(therapist, case)
    view, part = view_of(found(therapist), case.name[:30])
    assert tuple(each.reason.value for each in view.looks) == (case.need or ())
    assert part == ("too_little" if case.need is None else "need_a_look" if case.need else "well")


def test_there_are_thirty_and_every_reason_is_among_them() -> None:
    assert len(CASES) >= 30
    assert {reason for case in CASES for reason in case.need or ()} == {str(reason) for reason in Reason}


def test_all_of_them_together_stand_in_the_order_of_need(therapist: Writer) -> None:
    for case in CASES:
        write(therapist, case)
    load = found(therapist)
    places = [list(Reason).index(view.looks[0].reason) for view in load.need_a_look]
    assert places == sorted(places)
    for one, next_one in zip(load.need_a_look, load.need_a_look[1:], strict=False):
        first, second = one.looks[0], next_one.looks[0]
        if first.reason is second.reason and first.sure is not None and second.sure is not None:
            assert first.sure >= second.sure
    assert len(load.need_a_look) + len(load.well) + len(load.too_little) == len(CASES)


def test_read_together_they_are_as_read_one_by_one(therapist: Writer) -> None:
    clients = [write(therapist, case) for case in CASES]
    load = found(therapist)
    together = {view.client.id: view for part in (load.need_a_look, load.well, load.too_little) for view in part}
    for client in clients:
        alone = client_view(therapist.journal, client, KNOWN)
        assert together[client.id].looks == alone.looks, client.name
        assert together[client.id].too_little == alone.too_little
    alone = [[ratings_alone(therapist.journal, each, KNOWN, rater) for rater in Rater] for each in clients]
    for client, probable in zip(clients, open_now([(theirs, own) for theirs, own in alone]), strict=True):
        line, own_line = both_bond_lines(therapist.journal, client, KNOWN)
        last = (line if line.points else own_line).last
        together_now = last.rupture if last else 0
        if probable >= 0.3:
            assert probable == pytest.approx(together_now, abs=0.005)
        else:
            assert together_now < 0.5, "where each view by itself leaves little doubt, both together do"


def test_where_neither_view_leaves_a_doubt_both_together_never_ask() -> None:
    for name in ("plain", "all-seeing"):
        both = simulate(80, 4, *PAIRS[name]).ratings
        theirs = trace(replace(both, second=None), PRIOR, smooth=False).p_now
        own = trace(replace(both, scores=both.second, second=None), PRIOR, smooth=False).p_now
        together = trace(both, PRIOR, smooth=False).p_now
        rated = ~np.isnan(both.scores) & ~np.isnan(both.second)
        calm = rated & (np.fmax(theirs, own) < 0.3)
        assert calm.any()
        assert together[calm].max() < ASK


# The two of them read together

SHAKEN = f"{CALM} 6.4 6.2"
STEADY = "7.0 7.2 6.9 7.1 7.0 7.2 6.8 7.0 7.1 6.9 7.2 7.0"


def lines_of(writer: Writer, theirs: str, own: str = "") -> tuple[BondLine, BondLine]:
    client = write(writer, Case(f"{theirs} {own}"[-30:], theirs, own))
    return both_bond_lines(writer.journal, client, KNOWN)


def test_both_are_read_as_evidence_of_one_bond(therapist: Writer) -> None:
    alone, _ = lines_of(therapist, SHAKEN)
    agreeing, own = lines_of(therapist, SHAKEN, f"{STEADY} 4.6 4.5")
    steady, _ = lines_of(therapist, SHAKEN, f"{STEADY} 7.1 7.0")
    assert agreeing.points[-1].rupture > alone.points[-1].rupture > steady.points[-1].rupture
    assert own.points[-1].rupture == agreeing.points[-1].rupture, "it is one bond"
    assert own.points[-1].center is not None
    assert own.points[-1].center < (agreeing.points[-1].center or 0), "each has an own level"


def test_a_client_who_alone_rates_is_read_as_before(therapist: Writer) -> None:
    client = write(therapist, Case("one rater", SHAKEN))
    assert both_bond_lines(therapist.journal, client, KNOWN)[0] == bond_line(therapist.journal, client, KNOWN)
    before = "- - - - - - 7.0 7.1 6.9 7.2 7.1 7.0 7.1"
    client = write(therapist, Case("own ratings ended before", before, "7.0 7.1 6.8 7.0 7.1"))
    theirs, own = both_bond_lines(therapist.journal, client, KNOWN)
    assert theirs == bond_line(therapist.journal, client, KNOWN)
    assert own == bond_line(therapist.journal, client, KNOWN, Rater.THERAPIST)


def test_own_ratings_from_before_the_clients_first_are_shown_and_not_judged(therapist: Writer) -> None:
    theirs, own = lines_of(therapist, f"- - - - {CALM}", f"2.0 2.1 2.2 2.0 {STEADY}")
    assert len(own.points) == 16
    assert all(point.center is None for point in own.points[:4])
    assert own.points[-1].center == pytest.approx(70, abs=5)
    assert theirs.points[-1].rupture < ASK


def test_what_shows_in_ones_own_rating_alone_says_so(therapist: Writer) -> None:
    client = write(therapist, Case("C", f"{CALM} 7.8 7.8", f"{STEADY} 3.0 2.5"))
    view = client_view(therapist.journal, client, KNOWN)
    (look,) = [each for each in view.looks if each.reason is Reason.OPEN]
    assert look.own
    assert "it shows in your rating rather than in theirs: yours is 25" in sentence(look, "C")
    (again,) = [each.looks[0] for each in found(therapist).need_a_look]
    assert again == look


def test_the_last_rating_may_be_ones_own(therapist: Writer) -> None:
    theirs, own = lines_of(therapist, f"{CALM} 6.0 - -", f"{STEADY} 4.6 4.4 4.2")
    assert theirs.points[-1].rupture == own.points[-1].rupture >= ASK, "what is known now"
    assert theirs.reading.since == 13


def test_who_has_ended_is_not_asked_about(therapist: Writer) -> None:
    client = write(therapist, CASES[6])
    assert found(therapist).need_a_look
    therapist.rewrite(client, status="past")
    assert found(therapist) == Caseload((), (), ())


def test_a_persons_journal_has_no_caseload(writer: Writer) -> None:
    writer.therapist()
    assert found(writer) == Caseload((), (), ())


# Every sentence is true of the figures beside it: read again here from the ratings alone


def numbers(words: str) -> list[int]:
    return [int(each) for each in re.findall(r"\d+", words)]


courses = st.lists(
    st.tuples(st.floats(1.0, 9.5), st.floats(-6.0, 2.0), st.integers(2, 14), st.integers(0, 2**32 - 1)),
    min_size=1, max_size=4,
)  # fmt: skip


@settings(max_examples=30, deadline=None)
@given(courses)
def test_every_sentence_is_true_of_simulated_caseloads(simulated: list[tuple[float, float, int, int]]) -> None:
    writer = Writer()
    writer.write("preferences", journal_kind="therapist")
    for place, (level, change, at, seed) in enumerate(simulated):
        random = np.random.default_rng(seed)
        sessions = 16
        theirs = level + random.normal(0, 0.6, sessions) + change * (np.arange(sessions) >= at)
        own = level - 0.8 + random.normal(0, 0.6, sessions) - change * (np.arange(sessions) >= at) * (seed % 2)
        written = ["-" if random.random() < 0.15 else f"{min(10, max(0, each)):.1f}" for each in theirs]
        written[sessions - seed % 5 :] = ["-"] * (seed % 5)
        mine = ["-" if seed % 3 == 0 else f"{min(10, max(0, each)):.1f}" for each in own]
        noted = {at: (["gone_quiet"], ["asked"] if seed % 7 == 0 else [], None)} if seed % 5 < 2 else {}
        write(writer, Case(f"C{place}", " ".join(written), " ".join(mine), noted))
    for view in found(writer).need_a_look:
        for look in view.looks:
            _is_true(writer, view, look, sentence(look, view.client.name), how_sure(look))


def _is_true(writer: Writer, view: ClientView, look: Any, words: str, sure: str) -> None:
    journal, client = writer.journal, view.client
    sessions = journal.sessions(client)
    scores = {
        rater: {s.id: 10 * sum(c.answers.values()) / 6 for s, c in journal.check_ins(client, rater)}  # type: ignore[arg-type]
        for rater in ("client", "therapist")
    }
    said = numbers(words.replace(client.name, ""))
    if look.reason is Reason.OPEN:
        theirs = scores["client"] or scores["therapist"]
        last = [theirs[s.id] for s in sessions if s.id in theirs][-1]
        point = view.leading.points[-1]
        number, score, usual = said
        if look.own:
            point, last = (
                view.own_line.points[-1],
                [scores["therapist"][s.id] for s in sessions if s.id in scores["therapist"]][-1],
            )
            assert scores["client"]
        assert score == round(last)
        assert usual == round(point.center or 0)
        assert last < (point.center or 0)
        assert point.rupture >= ASK
        assert numbers(sure)[0] == min(95, 5 * round(20 * point.rupture))
        assert 1 <= number <= point.number
        assert ("bit by bit" in words) == (look.pattern == "trickle")
    elif look.reason is Reason.APART:
        both = [(s, scores["client"][s.id], scores["therapist"][s.id])
                for s in sessions if s.id in scores["client"] and s.id in scores["therapist"]]  # fmt: skip
        one = np.array([scores["client"].get(s.id, np.nan) for s in sessions])
        two = np.array([scores["therapist"].get(s.id, np.nan) for s in sessions])
        again = views_apart(one, two)
        assert again.sure is not None
        assert again.sure >= APART
        assert numbers(sure)[0] == in_percent(again.sure)
        assert said[0] == (again.since or 0) + 1
        lately = [mine - theirs for s, theirs, mine in both if s.at >= sessions[said[0] - 1].at]
        told = re.search(r"rate (\d+) points? (higher|lower)", words)
        if told:
            assert (float(np.mean(lately)) > 0) == (told[2] == "higher")
        assert abs((again.latest or 0) - (again.usual or 0)) > 0
    elif look.reason is Reason.MISSING:
        count, had, of = said
        given = [s.id in scores["client"] for s in sessions]
        assert not any(given[-count:])
        assert given[-count - 1]
        assert (had, of) == (sum(given[:-count]), len(sessions) - count)
        assert sure == "This is a plain count."
    elif look.reason is Reason.TOO_EVEN:
        last_ones = [c.answers for _s, c in journal.check_ins(client)][-said[0] :]
        if "answer for answer" in words:
            assert all(each == last_ones[0] for each in last_ones)
        else:
            assert all(len(set(each.values())) == 1 for each in last_ones)
    else:
        assert look.reason is Reason.NOT_RAISED
        noted = [(s, journal.observation_of(s)) for s in sessions]
        session, noticed = [(s, n) for s, n in noted if n is not None and n.noticed][-1]
        assert noticed is not None
        assert not noticed.did
        assert str(session.at.day) in words
        later = sum(s.at > session.at for s in sessions)
        assert (f"have been {later} sessions" in words) or later < 2
        assert sure == "From your notes."


# Who comes next


@pytest.mark.parametrize(
    ("meeting", "last", "expected"),
    [
        (None, None, None),
        ({"time": "10:00"}, None, None),
        ({"weekday": 2}, None, date(2026, 3, 4)),
        ({"weekday": 2}, date(2026, 2, 25), date(2026, 3, 4)),
        ({"weekday": 2}, date(2026, 3, 4), date(2026, 3, 11)),
        ({"weekday": 1, "weeks": 2}, date(2026, 2, 24), date(2026, 3, 10)),
        ({"weekday": 2, "weeks": 2}, date(2026, 2, 18), date(2026, 3, 4)),
        ({"weekday": 3, "weeks": 4}, date(2026, 2, 26), date(2026, 3, 26)),
        ({"weekday": 0, "weeks": 0.5}, date(2026, 3, 2), date(2026, 3, 9)),
    ],
)
def test_when_a_client_is_met_next(therapist: Writer, meeting: Any, last: date | None, expected: date | None) -> None:
    client = therapist.write("relationship", name="K.", role="client", meeting=meeting)
    assert meets_next(client, last, date(2026, 3, 4)) == expected


def test_who_has_ended_is_not_met(therapist: Writer) -> None:
    client = therapist.write("relationship", name="K.", role="client", status="past", meeting={"weekday": 2})
    assert meets_next(client, None, date(2026, 3, 4)) is None
