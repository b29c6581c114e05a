"""Starting points for the walk: a journal at a moment of somebody's story."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from reattune.journal import rupture_states
from reattune.journal.documents import Rupture
from reattune.journal.vocabulary import MILD_LINES, CrossedLine
from reattune.web.store.open_journal import OpenJournal

RATED = ("cared_for", "understood", "safe", "goals", "way", "whole")
PLAIN = "She looked at the clock while I was talking about my brother."
HARMED = "He kissed me and put his hand on my leg. I could not move."
DANGER = "I want to die. I have thought about how to kill myself."
GRAVE = [line for line in CrossedLine if line not in MILD_LINES]


class Story:
    """Writes a story into an open journal, as the pages would."""

    def __init__(self, journal: OpenJournal) -> None:
        self.journal = journal
        therapist = journal.journal.therapist
        assert therapist
        self.therapist = therapist

    def make(self, kind: str, **fields: Any) -> Any:
        from reattune.journal.documents import KINDS

        return self.journal.create(KINDS[kind], **fields)

    def ago(self, days: float) -> Any:
        return self.journal.now - timedelta(days=days)

    def check_in(self, days: float, rating: float = 7, **fields: Any) -> Any:
        session = self.make("session", relationship_id=self.therapist.id, at=self.ago(days))
        answers = dict.fromkeys(RATED, rating)
        return self.make("check_in", session_id=session.id, instrument="reattune-check-in/1", answers=answers, **fields)

    def moment(self, what: str = PLAIN, who: Any = None, days: float = 3, **fields: Any) -> Any:
        return self.make("moment", relationship_id=(who or self.therapist).id, at=self.ago(days), what=what, **fields)

    def someone(self, name: str = "Jonas", role: str = "partner", **fields: Any) -> Any:
        return self.make("relationship", name=name, role=role, **fields)

    def rupture(self, *moments: Any, who: Any = None, title: str = "The clock", days: float = 3) -> Any:
        return self.make(
            "rupture",
            relationship_id=(who or self.therapist).id,
            title=title,
            began=self.ago(days),
            moment_ids=[moment.id for moment in moments],
            transitions=rupture_states.begin(self.journal.now),
        )

    def plan(self, rupture: Any, **fields: Any) -> Any:
        words = {"what_happened": "You looked at the clock.", "what_i_need": "That you ask me once.", **fields}
        return self.make("talk_plan", rupture_id=rupture.id, finished=self.journal.now, **words)

    def talk(self, rupture: Any, outcome: str | None, days: float = 1, number: int = 1, **fields: Any) -> Any:
        return self.make("attempt", rupture_id=rupture.id, at=self.ago(days), number=number, outcome=outcome, **fields)

    def leaving(self, form: str, **fields: Any) -> Any:
        return self.make("ending", relationship_id=self.therapist.id, form=form, at=self.journal.now, **fields)

    def let_go(self, rupture: Any, state: str = "let_go") -> None:
        known = self.journal.journal.get(Rupture, rupture.id)
        self.journal.change(
            known, transitions=rupture_states.step(known.transitions, rupture_states.State(state), self.journal.now)
        )

    def end_therapy(self) -> None:
        from reattune.web.pages.manage.therapist import end_therapy

        end_therapy(self.journal)


Tell = Callable[[Story], None]
STORIES: dict[str, Tell] = {}


def story(tell: Tell) -> Tell:
    """A starting point, named after its function."""
    STORIES[tell.__name__] = tell
    return tell


def _crossed(line: CrossedLine) -> Tell:
    def tell(s: Story) -> None:
        s.check_in(9)
        s.check_in(2, urge_to_leave=8)
        s.rupture(s.moment(PLAIN, days=20), title="Something older", days=20)
        s.moment("What was done there.", crossed=[line], reaction=9)

    return tell


STORIES |= {f"crossed_{line.value}": _crossed(line) for line in GRAVE}


@story
def crossed_by_its_cause_alone(s: Story) -> None:
    s.moment("Something he should not have done.", cause="crossed_a_boundary", reaction=8)


@story
def a_mild_line(s: Story) -> None:
    s.moment("Ten minutes about her divorce.", cause="crossed_a_boundary", crossed=["own_troubles"], reaction=6)


@story
def plain_words(s: Story) -> None:
    s.check_in(2, unsaid=True, unsaid_words="That I minded the clock.")
    s.moment(reaction=9, event=2, meant_about_me="That I bore people")


@story
def a_moment_that_sounds_like_harm(s: Story) -> None:
    s.moment(HARMED, reaction=9)


@story
def a_moment_that_sounds_like_danger(s: Story) -> None:
    s.moment(DANGER, reaction=9)


@story
def a_check_in_that_sounds_like_harm(s: Story) -> None:
    for week in (28, 21, 14):
        s.check_in(week, 8)
    s.check_in(1, 2, unsaid=True, unsaid_words=HARMED, urge_to_leave=5)


@story
def a_check_in_that_sounds_like_danger(s: Story) -> None:
    s.check_in(1, 2, unsaid=True, unsaid_words=DANGER)


@story
def a_check_in_half_answered(s: Story) -> None:
    session = s.make("session", relationship_id=s.therapist.id, at=s.ago(1))
    s.make("check_in", session_id=session.id, instrument="reattune-check-in/1", answers={RATED[0]: 3},
           unsaid=True, unsaid_words="That she looked at the clock.")  # fmt: skip
    s.end_therapy()


@story
def held_back_and_sounds_like_harm(s: Story) -> None:
    s.make("unsaid", relationship_id=s.therapist.id, since=s.ago(2), words=HARMED, weight=9)


@story
def held_back(s: Story) -> None:
    s.make("unsaid", relationship_id=s.therapist.id, since=s.ago(50), words="That I dread Tuesdays.", weight=5)


@story
def leaving_and_sounds_like_harm(s: Story) -> None:
    s.leaving("talk", why=HARMED, about=["hurt"])


@story
def leaving_because_of_a_crossed_line(s: Story) -> None:
    s.leaving("safe", why="He wrote to me at night.", about=["crossed_line"], how_to_say_it="I will not come again.")


@story
def a_letter_for_leaving_well(s: Story) -> None:
    s.leaving("leave", why="I want to run.", how_to_say_it="Goodbye, and thank you.", take_along="My lists.")


@story
def a_break(s: Story) -> None:
    s.leaving("pause", until=s.ago(-20), tried="We write to each other.")


@story
def mended(s: Story) -> None:
    rupture = s.rupture(s.moment(days=9), days=9)
    plan = s.plan(rupture)
    talk = s.talk(rupture, "repaired", plan_id=plan.id, agreed="We begin with him next week.", they_said="I am sorry.")
    s.make("repair", rupture_id=rupture.id, attempt_id=talk.id, at=s.ago(1), word="stronger",
           what_made_it_work="She asked.")  # fmt: skip


@story
def not_heard_twice(s: Story) -> None:
    rupture = s.rupture(s.moment())
    s.talk(rupture, "unheard", 2, met=["dismissed"])
    s.talk(rupture, "unheard", 1, 2, met=["denied"], feel_now="Tired of it.")


@story
def let_go(s: Story) -> None:
    rupture = s.rupture(s.moment())
    s.let_go(rupture)


@story
def they_turned_on_me(s: Story) -> None:
    rupture = s.rupture(s.moment())
    s.plan(rupture)
    s.talk(rupture, "unheard", met=["retaliated"])
    s.moment("Another thing, a small one.", days=1, reaction=4)


@story
def an_ended_therapy(s: Story) -> None:
    for week in (21, 14, 7):
        s.check_in(week, 6)
    s.rupture(s.moment())
    s.leaving("leave", how_to_say_it="Goodbye for good.")
    s.make("unsaid", relationship_id=s.therapist.id, since=s.ago(2), words="That I liked her plants.")
    s.end_therapy()


@story
def ended_over_a_crossed_line(s: Story) -> None:
    s.check_in(7, 2, urge_to_leave=9)
    s.rupture(s.moment(PLAIN, days=20), title="Something older", days=20)
    s.moment("A remark about my body.", crossed=["sexual"], reaction=10)
    s.leaving("safe", about=["crossed_line"])
    s.end_therapy()


@story
def ended_over_a_crossed_line_and_begun_anew(s: Story) -> None:
    s.moment("A remark about my body.", crossed=["sexual"], reaction=10)
    s.end_therapy()
    s.someone("Ada", "therapist")


@story
def a_partner_who_crossed_a_line(s: Story) -> None:
    jonas = s.someone()
    s.moment("He hit me.", jonas, crossed=["violence"])
    s.rupture(s.moment("He forgot my birthday.", jonas), who=jonas, title="The birthday")


@story
def something_with_a_partner(s: Story) -> None:
    jonas = s.someone()
    s.rupture(s.moment("He forgot my birthday.", jonas), who=jonas, title="The birthday")
    s.make("practice", relationship_id=jonas.id, tried="asked", plan="Ask him once.")


@story
def a_card_that_sounds_like_danger(s: Story) -> None:
    rupture = s.rupture(s.moment())
    s.plan(rupture, what_i_felt=DANGER, what_i_fear="That you leave.", delivery="read_aloud")


@story
def half_written(s: Story) -> None:
    s.make("draft", form="/note/", fields={"what": ["Something I was in the middle of writing."]})


@story
def low_and_wanting_to_go(s: Story) -> None:
    for week in (21, 14, 7):
        s.check_in(week, 8)
    s.check_in(1, 2, unsaid=True, unsaid_words="That I dread Tuesdays.", urge_to_leave=7)


@story
def followed_back(s: Story) -> None:
    mother = s.someone("Mum", "parent")
    now, then = s.moment(reaction=9, event=2), s.moment("She laughed at my drawing.", mother, 9000, by_year=True)
    echo = s.make("echo", moment_id=now.id, earlier_id=then.id, answer="yes")
    belief = s.make("belief", words="That I am boring.", about_relationship_id=s.therapist.id, moment_id=now.id)
    s.make("pattern", name="Being laughed at", echo_ids=[echo.id], belief_id=belief.id)
