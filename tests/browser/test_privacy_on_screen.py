"""Locking, the quick exit, idle drafts, and what an onlooker finds."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.person import Person, weekly

pytestmark = pytest.mark.browser
HIDE = """Object.defineProperty(document, "visibilityState", { value: "hidden", configurable: true });
          document.dispatchEvent(new Event("visibilitychange"));"""


def test_the_quick_exit_leaves_no_way_back(person: Callable[..., Person]) -> None:
    me = person()
    me.sets_up(passphrase="words for the quick exit")
    me.go("/check/")
    me.page.keyboard.press("Escape")
    expect(me.page).to_have_title("Cooking measurements")
    me.page.go_back()
    expect(me.page).to_have_title("Cooking measurements")
    me.go("/today/")
    expect(me.page).to_have_title("Cooking measurements")
    # Coming back on purpose works, and everything is locked.
    me.go("/")
    me.reads("Unlock your journal")


def test_the_quick_exit_without_javascript(person: Callable[..., Person]) -> None:
    me = person(javascript=False)
    me.sets_up(passphrase="words for the plain exit")
    me.touch("Quick exit")
    expect(me.page).to_have_title("Cooking measurements")
    me.go("/so-far/")
    expect(me.page).to_have_title("Cooking measurements")


@pytest.mark.parametrize("after", [0, 100, 300])
def test_the_quick_exit_while_the_journal_is_being_unlocked(person: Callable[..., Person], after: int) -> None:
    me = person()
    passphrase = f"words for exit after {after}"
    me.sets_up(passphrase=passphrase)
    me.page.get_by_role("button", name="Lock", exact=True).click()
    me.go("/unlock/?next=/so-far/")
    me.page.get_by_label("Passphrase", exact=True).fill(passphrase)
    # Clicking as a person would waits for the answer.
    me.page.evaluate("document.querySelector('main form button.main').click()")
    me.page.wait_for_timeout(after)
    me.page.keyboard.press("Escape")
    expect(me.page).to_have_title("Cooking measurements")
    me.page.wait_for_timeout(2_000)
    expect(me.page).to_have_title("Cooking measurements")
    me.go("/today/")
    expect(me.page).to_have_title("Cooking measurements")
    me.go("/")
    me.reads("Unlock your journal")


def test_after_the_quick_exit_the_way_back_leads_to_no_helplines(person: Callable[..., Person]) -> None:
    me = person()
    me.sets_up(passphrase="words for the way back")
    me.page.get_by_role("button", name="Lock", exact=True).click()
    me.unlocks("words for the way back")
    me.go("/help/")
    me.go("/help/?region=GB")
    me.go("/today/")
    me.page.keyboard.press("Escape")
    expect(me.page).to_have_title("Cooking measurements")
    for _step in range(4):
        me.page.go_back()
        expect(me.page).to_have_title("Cooking measurements")
    # Help is there for whoever asks for it.
    me.go("/help/?region=GB")
    me.reads("Get help now")


def test_out_of_sight_locks_where_that_was_chosen(person: Callable[..., Person]) -> None:
    """A browser without a screen hides nothing by itself, so the page is told that it is hidden."""
    me = person()
    me.sets_up(passphrase="words for out of sight")
    me.page.evaluate(HIDE)
    me.go("/today/")
    me.go("/settings/")
    me.page.get_by_label("Lock as soon as I switch to something else").check()
    me.page.get_by_role("button", name="Save").click()
    me.go("/note/")
    me.page.get_by_label("What happened?", exact=True).press_sequentially("She looked at the")
    me.page.evaluate(HIDE)
    me.reads("Unlock your journal")
    me.unlocks("words for out of sight")
    me.go("/note/")
    expect(me.page.get_by_label("What happened?", exact=True)).to_have_value("She looked at the")


def test_titles_and_addresses_tell_nothing(person: Callable[..., Person]) -> None:
    me = person()
    for address in ("/", "/example/today/", "/example/going/", "/example/note/", "/example/thread/"):
        me.go(address)
        expect(me.page).to_have_title("Notes")


def test_what_was_being_typed_is_there_after_unlocking(person: Callable[..., Person]) -> None:
    me = person()
    me.sets_up(passphrase="words for the typing")
    me.go("/note/")
    with me.page.expect_response("**/typing/"):
        me.write("What happened?", "She looked at the clock while I")
        me.page.get_by_label("What happened?", exact=True).press("End")
    me.touch("Lock")
    me.unlocks("words for the typing")
    me.go("/note/")
    me.sees("Here’s what you were typing when you left.")
    expect(me.page.get_by_label("What happened?", exact=True)).to_have_value("She looked at the clock while I")
    me.touch("Save and stop here")
    me.go("/note/")
    expect(me.page.get_by_label("What happened?", exact=True)).to_have_value("")


def test_locking_or_leaving_in_mid_sentence_loses_nothing(person: Callable[..., Person]) -> None:
    me = person()
    me.sets_up(passphrase="words in mid sentence")
    field = me.page.get_by_label("What happened?", exact=True)
    me.go("/note/")
    field.press_sequentially("First I lo")
    me.touch("Lock")
    me.unlocks("words in mid sentence")
    me.go("/note/")
    expect(field).to_have_value("First I lo")
    field.press("End")
    field.press_sequentially("ck, then I leave")
    me.page.keyboard.press("Escape")
    expect(me.page).to_have_title("Cooking measurements")
    me.go("/")
    me.unlocks("words in mid sentence")
    me.go("/note/")
    expect(field).to_have_value("First I lock, then I leave")


def test_a_check_in_with_the_keyboard_alone(person: Callable[..., Person]) -> None:
    me = person(width=1440)
    me.sets_up(passphrase="words for the keyboard")
    me.go("/today/")
    keyboard = me.page.keyboard

    def tab_to(words: str) -> None:
        for _ in range(60):
            keyboard.press("Tab")
            if words in me.page.evaluate("document.activeElement.innerText || document.activeElement.name || ''"):
                return
        raise AssertionError(f"{words} was not reached by Tab")

    keyboard.press("Tab")
    assert me.page.evaluate("document.activeElement.innerText") == "Skip to content"
    tab_to("I had a session")
    keyboard.press("Enter")
    me.reads("The session with Miriam")
    tab_to("cared_for")
    for _ in range(7):
        keyboard.press("ArrowRight")
    assert me.page.locator("input[name=cared_for]:checked").get_attribute("value") in {"6", "7", "8"}
    for item in ("understood", "safe", "goals", "way", "whole"):
        tab_to(item)
        keyboard.press("Space")
    tab_to("Save")
    keyboard.press("Enter")
    me.reads("Saved")


def test_two_journals_do_not_mix(person: Callable[..., Person]) -> None:
    first, second = person(), person()
    first.sets_up("Miriam", "words of the first one")
    second.sets_up("Anselm", "words of the second one")
    first.checks_in(weekly(1)[0], [5, 5, 5, 5, 5, 5])
    address = first.page.url.removeprefix(first.address)
    response = second.page.context.request.get(second.address + address)
    assert response.status == 404
    missing = second.page.context.request.get(second.address + address.replace(address[-5:], "0000/"))
    assert missing.status == 404
    second.go("/")
    second.sees("The bond with Anselm")
    third = person()
    third.go("/begin/")
    third.write("Passphrase", "words of the first one")
    third.write("The same passphrase again", "words of the first one")
    third.touch("Next")
    third.sees("already opens a journal here")


def test_a_boundary_is_never_followed_by_talk_first(person: Callable[..., Person]) -> None:
    me = person()
    me.sets_up(passphrase="words for the boundary")
    me.go("/note/")
    me.write("What happened?", "He wrote to me at night.")
    me.choose("What comes closest?", "They crossed a boundary")
    me.touch("Save and stop here")
    me.sees("Which boundary was it?")
    me.sees("You don’t have to be sure")
    assert me.page.get_by_role("button", name="Prepare to bring it up").count() == 0
    me.go("/today/")
    assert me.page.get_by_text("Prepare to bring it up").count() == 0
    assert me.page.get_by_role("heading", name="Left unsaid").count() == 0


def test_what_is_typed_into_a_check_in_is_kept_while_it_is_typed(person: Callable[..., Person]) -> None:
    me = person()
    me.sets_up(passphrase="words for a check-in")
    me.go("/check/")
    me.choose("Did something go unsaid?", "Yes")
    with me.page.expect_response("**/typing/") as kept:
        me.page.get_by_label("What was it? In a few words, if you like.").press_sequentially("That it hurt.", delay=5)
    assert kept.value.status == 204
    me.page.context.clear_cookies()
    me.go("/today/")
    me.unlocks("words for a check-in")
    me.sees("That it hurt.")


def test_what_is_typed_in_one_tab_outlasts_the_lock_of_another(person: Callable[..., Person]) -> None:
    me = person()
    me.sets_up(passphrase="words for the two tabs")
    me.go("/note/")
    other = me.page.context.new_page()
    other.goto(me.page.url)
    with me.page.expect_response("**/typing/"):
        me.write("What happened?", "Half an hour of writing about that evening")
        me.page.get_by_label("What happened?", exact=True).press("End")
    me.page.get_by_label("What happened?", exact=True).press_sequentially(" and more")  # not kept yet
    other.get_by_role("button", name="Lock").click()
    other.wait_for_url("**/unlock/**")
    me.reads("Unlock your journal")
    expect(me.page.locator("main")).not_to_contain_text("and more")
    me.unlocks("words for the two tabs")
    me.go("/note/")
    words = "Half an hour of writing about that evening and more"
    expect(me.page.get_by_label("What happened?", exact=True)).to_have_value(words)


def test_what_arrives_out_of_sight_locks_too(person: Callable[..., Person]) -> None:
    me = person()
    me.sets_up(passphrase="words for what arrives")
    me.go("/settings/")
    me.page.get_by_label("Lock as soon as I switch to something else").check()
    me.page.get_by_role("button", name="Save").click()
    me.page.context.add_init_script(
        'Object.defineProperty(document, "visibilityState", { get: () => "hidden", configurable: true });'
    )
    me.go("/so-far/")
    me.reads("Unlock your journal")
