"""Following a big reaction back as a new user would, to a teacher of years ago, and on into practising."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from tests.browser.person import Person
from tests.browser.test_say_and_mend import makes_the_card, press, tells, to

pytestmark = pytest.mark.browser
TODAY = date.today()


def notes_with(
    me: Person, name: str, role: str, what: str, day: date, feelings: list[str], touched: str, reaction: str = "6"
) -> None:
    """A whole moment with someone; ``role`` is given for someone new."""
    me.go("/note/")
    me.write("What happened?", what)
    me.choose("What comes closest?", "They joked, and it hurt")
    me.page.get_by_label("When?").fill(day.isoformat())
    if role:
        me.page.get_by_label("Who with?").select_option("new")
        if not me.page.get_by_label("Their name").is_visible():
            me.page.locator("details summary").first.click()
        me.write("Their name", name)
        me.page.get_by_label("Who are they to you?").select_option(label=role)
    else:
        me.page.get_by_label("Who with?").select_option(label=name)
    me.choose("What did you feel?", *feelings)
    me.touch("Look closer")
    me.choose("How big did it feel?", reaction)
    me.choose("Looking back now, how big does it seem?", "2")
    me.touch("Next")
    me.choose("What did it seem to say about you?", touched)
    me.touch("Next")
    me.choose("What did you do?", "I went quiet, or pulled back")
    me.touch("Save")


def follows_it_to_a_teacher(me: Person, shots: str) -> None:
    notes_with(me, "Jonas", "a partner", "He laughed at how I pack a bag.", TODAY - timedelta(days=40),
               ["ashamed", "small"], "I’m ridiculous")  # fmt: skip
    me.page.get_by_role("link", name="Look at this more closely").wait_for()
    notes_with(me, "Miriam (my therapist)", "", "I showed her my list and she laughed.", TODAY - timedelta(days=2),
               ["ashamed", "hurt"], "I’m ridiculous", reaction="9")  # fmt: skip
    me.sees("It felt bigger than it looks now.")
    me.looks(f"{shots}-follow-offered")

    me.touch("Look at this more closely")
    me.reads("What hurt most?")
    me.sees("you don’t have to go on alone")
    me.write("What hurt most", "How she looked at the paper and not at me.")
    me.looks(f"{shots}-follow-point")
    me.touch("Next")
    me.reads("What did that moment seem to say about you?")
    me.write("In your own words", "When I try hard, people laugh at me.")
    me.touch("Save and stop here")

    # It is there again, at the step that is open.
    me.touch("Carry on exploring this")
    me.reads("Does this remind you of another time?")
    me.sees("Could one of these belong with this moment?")
    me.sees("The same kind of thing hurt")
    me.sees("you felt ashamed both times")
    me.looks(f"{shots}-follow-before")
    me.touch("Yes, link them")
    me.reads("Back then")
    me.touch("Back")
    me.sees("Linked with this moment")
    me.write("What happened?", "He held up my exercise book and the class laughed.")
    me.page.get_by_label("Who with?").select_option("new")
    if not me.page.get_by_label("Their name").is_visible():
        me.page.locator("summary", has_text="Someone who isn’t on the list").click()
    me.write("Their name", "Mr Hale")
    me.page.get_by_label("Who are they to you?").select_option(label="a teacher")
    me.write("Roughly which year was it?", str(TODAY.year - 24))
    me.touch("Next")
    me.reads("Back then")
    me.sees("He held up my exercise book")
    me.write("How old were you?", "9")
    me.choose("What did you do then?", "I went quiet, or pulled back")
    me.write("What did you need back then?", "Someone who says: that is good work.")
    me.looks(f"{shots}-follow-then")
    me.touch("Next")
    me.reads("One sentence you could say")
    me.write("A sentence you could say", "When you laughed, something much older woke up: a classroom.")
    me.looks(f"{shots}-follow-words")
    me.touch("Save")
    me.sees("A closer look")
    me.sees("I was 9")
    me.looks(f"{shots}-followed")


def keeps_the_belief_and_names_the_pattern(me: Person, shots: str) -> None:
    moment = me.page.url
    me.touch("Save this belief about myself")
    assert me.page.get_by_label("What I believe about myself").input_value() == ("When I try hard, people laugh at me.")
    me.page.get_by_label("Who might you have learned this from?").select_option(label="Mr Hale")
    me.choose("How true does this feel today?", "80")
    me.touch("Save")
    me.sees("learned from Mr Hale")
    me.looks(f"{shots}-belief-first")
    me.page.goto(moment)
    me.touch("What keeps coming back")
    me.sees("Linked, but not named yet")
    me.looks(f"{shots}-patterns-nameless")
    me.touch("Name this pattern")
    me.write("A name for this pattern", "Laughed at for trying")
    me.page.get_by_label("Is there a belief behind this?").select_option(label="When I try hard, people laugh at me.")
    me.touch("Save")
    me.reads("Laughed at for trying")
    me.sees("Your journal has 3 moments.")
    me.looks(f"{shots}-pattern")
    me.page.goto(moment)


def mends_it_and_rates_again(me: Person, shots: str) -> None:
    me.touch("Prepare to bring it up")
    me.page.locator("[data-part-of=what_i_made_of_it] summary").click()
    me.sees("something much older woke up: a classroom.")
    me.touch("When you laughed, something much older woke up: a classroom.")
    me.touch("Save and stop here")
    me.touch("Keep writing")
    makes_the_card(me, "Read it aloud")
    me.sees("something much older woke up: a classroom.")
    tells(me, "It feels mended", "They listened", "They owned their part")
    me.choose("How are things between you now?", "Stronger than before")
    me.write("What made it work?", "She asked to keep a copy of my list.")
    me.touch("Save")
    me.sees("A new experience")
    me.looks(f"{shots}-mended-belief")
    me.touch("When I try hard, people laugh at me.")
    me.sees("you mended something with Miriam. Does that count against this belief?")
    me.looks(f"{shots}-belief-offered")
    me.touch("Yes, add this")
    me.choose("How true does this feel today?", "40")
    me.touch("Save")
    me.sees("It felt 80% true at first, and 40% the last time you looked.")
    me.sees("She asked to keep a copy of my list.")
    me.looks(f"{shots}-belief-again")


def practises_with_the_partner(me: Person, shots: str) -> None:
    me.go("/so-far/")
    me.looks(f"{shots}-so-far-doors")
    me.touch("Practising with other people")
    me.touch("Plan one small thing")
    me.choose("What do you want to try?", "Say it sooner")
    me.write("What exactly, and in what words?", "Tell him the same evening.")
    me.page.get_by_label("Who with?").select_option(label="Jonas (a partner)")
    me.page.get_by_label("When?").fill((TODAY + timedelta(days=2)).isoformat())
    me.looks(f"{shots}-practice-new")
    me.touch("Save")
    me.write("What happened?", "He stopped packing and listened.")
    me.choose("How did it go?", "Well")
    me.touch("Save")
    me.sees("Does this count against something you believe about yourself?")
    me.looks(f"{shots}-practice")
    me.go("/try/")
    me.sees("1 out of 1")
    me.sees("not enough yet")
    me.looks(f"{shots}-practise")


def sees_it_all(me: Person, shots: str) -> None:
    me.go("/with/")
    me.sees("A line joins two people whose moments you’ve linked.")
    for name in ("Miriam", "Jonas", "Mr Hale"):
        me.sees(name)
    me.sees("Linked with a moment with Mr Hale:")
    assert me.page.locator(".people-map .map-thread").count() == 2
    me.looks(f"{shots}-people")
    me.page.locator(".people-map a", has_text="Mr Hale").click()
    me.reads("Mr Hale")
    for words in ("Laughed at for trying", "When I try hard, people laugh at me.", "I showed her my list"):
        me.sees(words)
    me.looks(f"{shots}-person")
    me.go("/again/")
    me.sees("Laughed at for trying")
    me.sees("Your journal has only 3 moments so far.")
    me.looks(f"{shots}-patterns")
    me.go("/held-true/")
    me.sees("felt 80% true at first, 40% now")
    me.looks(f"{shots}-beliefs")


@pytest.mark.parametrize("javascript", [True, False], ids=["with-js", "without-js"])
def test_from_a_joke_to_a_teacher_and_on_to_the_partner(person: Callable[..., Person], javascript: bool) -> None:
    me = person(width=390, javascript=javascript)
    shots = "follow" if javascript else "follow-nojs"
    me.sets_up(passphrase=f"follow it back {javascript}")
    follows_it_to_a_teacher(me, shots)
    keeps_the_belief_and_names_the_pattern(me, shots)
    mends_it_and_rates_again(me, shots)
    practises_with_the_partner(me, shots)
    sees_it_all(me, shots)


def test_the_trail_with_the_keyboard_alone(person: Callable[..., Person]) -> None:
    me = person(width=1280, scheme="dark")
    me.sets_up(passphrase="the trail with keys")
    notes_with(me, "Miriam (my therapist)", "", "She looked at the clock.", TODAY, ["alone"], "I’m not seen", "9")
    press(me.page, "Look at this more closely")
    for text in ("Her wrist.", "That I take too long."):
        to(me.page, "textarea")
        me.page.keyboard.type(text)
        press(me.page, "Next")
    me.reads("Does this remind you of another time?")
    to(me.page, "textarea")
    me.page.keyboard.type("Supper, and the paper in front of his face.")
    to(me.page, "select[name=who]")
    me.page.keyboard.press("End")
    to(me.page, "input[name=name]")
    me.page.keyboard.type("Dad")
    press(me.page, "Next")
    me.reads("Back then")
    to(me.page, "input[name=age]")
    me.page.keyboard.type("7")
    press(me.page, "Next")
    to(me.page, "textarea")
    me.page.keyboard.type("When you look at the clock, I am seven.")
    press(me.page, "Save")
    me.sees("A closer look")
    me.go("/with/")
    to(me.page, ".people-map a")
    me.page.keyboard.press("Enter")
    me.reads("Miriam")
    me.looks("keyboard-person-dark")


def test_the_trail_at_twice_the_size(person: Callable[..., Person]) -> None:
    me = person(width=640, zoom=2)
    me.go("/example/with/")
    me.finds_it_accessible()
    for address in ("/example/again/", "/example/held-true/", "/example/try/"):
        me.go(address)
        me.finds_it_accessible()
