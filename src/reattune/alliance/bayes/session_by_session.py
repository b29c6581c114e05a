"""One course of therapy, one session at a time: for systems that ask after every session."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import lru_cache
from statistics import median

import numpy as np

from reattune.alliance.array_types import Floats
from reattune.alliance.bayes.filter import FIRST_JUDGED, BondFilter
from reattune.alliance.bayes.filter_result import Seen, Standing
from reattune.alliance.bayes.open_since import OPEN, REMEMBERED, OpenSince, begun_now
from reattune.alliance.bayes.pair_batches import FILL, scale_of
from reattune.alliance.bayes.pair_filter import PairFilter, by_state
from reattune.alliance.bayes.pair_result import PairStanding
from reattune.alliance.bayes.parameter_grid import by_depth
from reattune.alliance.bayes.posterior import SLIDING, USUAL
from reattune.alliance.bayes.prior import (
    BondPrior,
    SecondPrior,
    published_prior,
    published_symptoms,
    second_beside,
)
from reattune.alliance.measure import Measure

# Intervals from which a person's own rhythm is taken, as many of the latest as are kept, and how many sessions a break
# counts as at most: by then what is known of a person's state is forgotten.
_OWN, KEPT, _LONGEST = 4, 40, 100
# From so probable a rupture on, it is said to be open.
LIKELY = 0.5


@dataclass(frozen=True)
class CourseReading:
    """What is known after one session.

    Attributes:
        session: its number, from 1; sessions that passed in a break are counted too.
        on: its day, where the course has days.
        score: as given; ``None`` where there was none.
        p_open: P(a rupture is open | scores so far), 0-1; ``None`` before the third session, when nothing is known.
        since: the session it probably began with, where one is probably open; ``since_on`` its day. 40 sessions back
            at most.
        pattern: ``lightning`` (a strike, in one step) or ``trickle``, where one is probably open.
        p_slow: P(it came as a trickle | it is open), 0-1; ``None`` before the third session.
        expected, usual_low, usual_high: the score of a steady bond as expected before this session, and the range of
            95 in 100 of such scores, in the measure's units; ``None`` at the first session.
        sure: how probable what the sentence says is, 0-1; ``None`` where it says nothing.
        ratings: scores that all of it rests on.
        sentence: the same in words.
        therapist: the therapist's own score of the session, as given; ``therapist_ratings`` how many of them it rests
            on too.
        therapist_expected, therapist_low, therapist_high: as ``expected`` and its range, of the therapist's own scores;
            ``None`` until their second.
    """

    session: int
    on: date | None
    score: float | None
    p_open: float | None
    since: int | None
    since_on: date | None
    pattern: str | None
    p_slow: float | None
    expected: float | None
    usual_low: float | None
    usual_high: float | None
    sure: float | None
    ratings: int
    sentence: str
    therapist: float | None = None
    therapist_ratings: int = 0
    therapist_expected: float | None = None
    therapist_low: float | None = None
    therapist_high: float | None = None


class Course:
    """Session-by-session ratings of one person, read as they come.

    Every session costs one step of the model, and what it gives is what ``reattune.detect`` and ``reattune study`` give
    as known at that session, to the last bit. Where the therapist rates too, both are read as evidence of one bond.

    Args:
        measure: the range of the scores, their step and which direction is better.
        prior: what is believed beforehand, in score units with higher better; the published figures unless given.
        every: days between two sessions, until four intervals show this person's own rhythm. With days, a break of
            several usual intervals is so many sessions in which time passes.
        second: what is believed of the therapist's own scores, likewise; only where they rate too.

    Attributes:
        ratings: how many sessions had a score, ``therapist_ratings`` how many one of the therapist's.
        dated: whether sessions have days, ``None`` while there is none.
        days: of the latest sessions, as many as onsets are remembered for; ``last_day`` of the last that had one.
        intervals: days between the latest sessions.
        standing, since: where the model stands, and what it knows of onsets.

    Raises:
        ValueError: the measure has no range and no prior was given, or ``every`` is not above 0.

    Source: docs/detectors.md has the model; Rabiner 1989, 10.1109/5.18626.
    """

    def __init__(
        self,
        measure: Measure,
        prior: BondPrior | None = None,
        *,
        every: float = 7.0,
        second: SecondPrior | None = None,
    ) -> None:
        if not (isinstance(every, int | float) and 0 < every < math.inf):
            raise ValueError(f"A usual interval is a number of days above 0, and this is {every!r}.")
        self.measure, self.every = measure, float(every)
        if prior is None:
            prior = published_prior(measure) if measure.higher_is_better else published_symptoms(measure)
        self.prior, self.second = prior, second
        self.standing: Standing | PairStanding | None = None
        self.since = OpenSince.never()
        self.ratings = self.therapist_ratings = 0
        self.dated: bool | None = None
        self.days: list[date | None] = []  # of the sessions that onsets are remembered for
        self.last_day: date | None = None
        self.intervals: list[int] = []

    @property
    def sessions(self) -> int:
        """How many sessions have passed, those of breaks included."""
        return self.standing.session if self.standing else 0

    def add(self, score: float | None, on: date | None = None, *, therapist: float | None = None) -> CourseReading:
        """One more session.

        Args:
            score: in the measure's units; ``None`` where the session had no rating, which only lets time pass.
            on: its day; either all sessions have one, or none.
            therapist: the therapist's own score of the session on the same measure; ``None`` likewise.

        Raises:
            ValueError: a score is no number or outside the measure's range, the first session has no score, the day
                is missing, too many, or not behind the last one. The course is then as it was before.

        Cost: one step of the model, some thirty times as long once the therapist has rated; a break of n sessions is n
        steps, at most 100.
        """
        value, own = self._checked(score), self._checked(therapist)
        if own is not None and self.second is None:
            self.second = second_beside(self.prior)
        day = self._checked_day(on)
        if self.standing is None and value is None:
            raise ValueError("A course begins with a score. Add the first session that has one.")
        passed = self._passed(day)
        for _ in range(passed - 1):
            self._step(math.nan, math.nan, None)
        seen, usual = self._step(
            math.nan if value is None else self._upward(value), math.nan if own is None else self._upward(own), day
        )
        if day is not None and self.last_day is not None:
            self.intervals = [*self.intervals, (day - self.last_day).days][-KEPT:]
        self.last_day, self.dated = day, day is not None
        self.ratings += value is not None
        self.therapist_ratings += own is not None
        found = self._reading(seen, value, day, self._around(float(usual[0]), float(usual[1])))
        return replace(found, therapist=own, sentence=_sentence(found, self.measure))

    def to_json(self) -> str:
        """All that the next session needs, as at most 16,000 bytes of ASCII; see :mod:`.course_state`.

        Once the therapist has rated, it takes up to 200,000.
        """
        from reattune.alliance.bayes.course_state import to_json

        return to_json(self)

    @staticmethod
    def from_json(text: str | bytes, measure: Measure | None = None) -> Course:
        """A course that goes on where :meth:`to_json` was called; what follows is the same, to the last bit.

        Args:
            measure: what the scores to come mean, if you know; it must be the state's.

        Raises:
            CourseStateError: it is no state, of another version or another measure, or damaged; one sentence.
        """
        from reattune.alliance.bayes.course_state import from_json

        return from_json(text, measure)

    def _checked(self, score: float | None) -> float | None:
        if score is None:
            return None
        if isinstance(score, bool) or not isinstance(score, int | float | np.integer | np.floating):
            raise ValueError(f"A score is a number, and this is {score!r}. Give None where there is none.")
        value = float(score)
        low, high = self.measure.low, self.measure.high
        if not low <= value <= high or math.isinf(value):
            raise ValueError(
                f"Session {self.sessions + 1}: the score {value:g} is outside {low:g} to {high:g}. Correct it, or give "
                "None where there is none."
            )
        return value

    def _checked_day(self, on: date | None) -> date | None:
        day = on.date() if isinstance(on, datetime) else on
        if day is not None and not isinstance(day, date):
            raise ValueError(f"A day is a datetime.date, and this is {on!r}.")
        if self.dated is not None and self.dated != (day is not None):
            has = "have days, and this one has none" if self.dated else "have no days, and this one has one"
            raise ValueError(f"The sessions before {has}. Give on= for all sessions or for none.")
        if day is not None and self.last_day is not None and day <= self.last_day:
            raise ValueError(
                f"The last session was on {self.last_day.isoformat()}, and this one is on {day.isoformat()}. Sessions "
                "are added in order, one for each day; of two ratings on one day add the mean."
            )
        return day

    def _upward(self, value: float) -> float:
        return value if self.measure.higher_is_better else -value

    def _passed(self, day: date | None) -> int:
        """How many sessions on this one is: one for each usual interval."""
        if day is None or self.last_day is None:
            return 1
        usual = median(self.intervals) if len(self.intervals) >= _OWN else self.every
        return min(max(round((day - self.last_day).days / max(usual, 1.0)), 1), _LONGEST)

    def _step(self, score: float, own: float, day: date | None) -> tuple[Seen, Floats]:
        """One session: what is known at it, and mean and sd of the therapist's score as predicted before it."""
        model = _model(self.prior, self.measure)
        scores = np.full(FILL, score)
        before, usual = self.standing or model.begin(scores), np.full(2, np.nan)
        began = before.session >= FIRST_JUDGED
        if isinstance(before, PairStanding) or not math.isnan(own):
            assert self.second is not None  # noqa: S101
            pair, owns = _pair(self.prior, self.second, self.measure), np.full(FILL, own)
            at = before if isinstance(before, PairStanding) else pair.join(before, owns)[0]
            both = pair.step(at, scores, owns)
            after: Standing | PairStanding = both.standing
            held, now = by_state(both.earlier)[:, 0], by_state(both.standing.mass)[:, 0]
            seen, begun, usual = both.seen, both.begun[OPEN, 0], both.own[:, 0]
        else:
            step = model.step(before, scores)
            after, seen = step.standing, step.seen
            shallow, deep = by_depth(step.densities[None])
            likely = np.concatenate([shallow[0], deep])[..., 0]
            earlier = step.earlier[..., 0]
            held, now = (each.astype(np.float64).sum(axis=(1, 2)) for each in (earlier, step.standing.mass[..., 0]))
            begun = begun_now(model.follows, earlier, likely)
        if began:
            self.since = self.since.step(model.follows, held, begun, now)
        self.standing = after
        self.days = [*self.days, day][-REMEMBERED:]
        return seen, usual

    def _around(self, middle: float, spread: float) -> list[float | None]:
        """The lower end, the middle and the upper end of what is usual, in the measure's units and its range."""
        if math.isnan(middle):
            return [None] * 3
        low, high = self.measure.upward_range
        away = USUAL * spread
        ends = [self._upward(min(max(value, low), high)) for value in (middle - away, middle, middle + away)]
        return [*(ends if self.measure.higher_is_better else ends[::-1])]

    def _reading(self, seen: Seen, score: float | None, day: date | None, own: list[float | None]) -> CourseReading:
        session = self.sessions
        judged = session > FIRST_JUDGED
        p_open = float(np.clip(seen.ruptured[0, 0], 0, 1)) if judged else None
        likely = p_open is not None and p_open >= LIKELY
        ago = self.since.sessions_ago() if likely else None
        p_slow = self.since.slow() if judged else None
        usual_low, expected, usual_high = self._around(float(seen.expected[0, 0]), float(seen.spread[0, 0]))
        slow = p_slow is not None and p_slow >= SLIDING
        return CourseReading(
            session=session,
            on=day,
            score=score,
            p_open=p_open,
            since=None if ago is None else session - ago,
            since_on=None if ago is None else next((each for each in self.days[-1 - ago :] if each), None),
            pattern=None if ago is None else "trickle" if slow else "lightning",
            p_slow=p_slow,
            expected=expected,
            usual_low=usual_low,
            usual_high=usual_high,
            sure=None if p_open is None else max(p_open, 1 - p_open),
            ratings=self.ratings,
            sentence="",
            therapist_ratings=self.therapist_ratings,
            therapist_low=own[0],
            therapist_expected=own[1],
            therapist_high=own[2],
        )


@lru_cache(maxsize=8)
def _pair(prior: BondPrior, second: SecondPrior, measure: Measure) -> PairFilter:
    return PairFilter(_model(prior, measure), second)


@lru_cache(maxsize=8)
def _model(prior: BondPrior, measure: Measure) -> BondFilter:
    """Making it costs more than a step."""
    return BondFilter(prior, scale_of(measure))


def _sentence(found: CourseReading, measure: Measure) -> str:
    """What a reading says, in one sentence."""
    what = "rupture" if measure.higher_is_better else "worsening"
    if found.sure is None or found.usual_low is None or found.usual_high is None:
        left = FIRST_JUDGED + 1 - found.session
        return f"Too early to say anything: it takes {left} more session{'' if left == 1 else 's'}."
    usual = f"{found.usual_low:.3g} to {found.usual_high:.3g}"
    if found.score is None:
        lies = f"without a rating today, {usual} would be usual"
    else:
        place = "below" if found.score < found.usual_low else "above" if found.score > found.usual_high else "within"
        lies = f"{found.score:.4g} lies {place} the usual {usual}"
    percent = min(99, round(100 * found.sure))
    theirs = f" and {found.therapist_ratings} of the therapist's" if found.therapist_ratings else ""
    sure = f"{percent} % sure, from {found.ratings} rating{'' if found.ratings == 1 else 's'}{theirs}"
    if found.since is None:
        return f"Probably no {what} is open ({sure}); {lies}."
    slowly = "sliding down slowly" if measure.higher_is_better else "getting worse slowly"
    how = "in one step" if found.pattern == "lightning" else slowly
    day = f", {found.since_on.isoformat()}" if found.since_on else ""
    longer = " or earlier" if found.session - found.since >= REMEMBERED - 1 else ""
    return f"A {what} is probably open ({sure}), begun about session {found.since}{day}{longer}, {how}; {lies}."
