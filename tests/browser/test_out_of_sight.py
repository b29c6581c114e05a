"""Pages without an open journal of their own behind them: out of sight, and left lying."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Server
from tests.browser.person import Person
from tests.browser.test_other_tabs import CANARY, beside, writes_what_cannot_be_saved
from tests.browser.test_privacy_on_screen import HIDE
from tests.browser.test_therapists_week import adds, begins, opens

pytestmark = pytest.mark.browser


def locks_when_hidden(me: Person) -> None:
    me.go("/settings/")
    me.page.get_by_label("Lock as soon as I switch to something else").check()
    me.page.get_by_role("button", name="Save").click()
    me.sees("Saved.")


def test_a_recovery_code_locks_out_of_sight_where_that_was_chosen(person: Callable[..., Person]) -> None:
    me = person()
    me.sets_up(passphrase="words for a code out of sight")
    locks_when_hidden(me)
    me.go("/begin/recovery/")
    me.write("Your passphrase", "words for a code out of sight")
    me.touch("Show me a new code")
    me.reads("Your recovery code")
    code = me.page.locator(".code span").all_inner_texts()[-1]
    me.page.wait_for_timeout(3500)  # until then a page may still be on its way
    me.page.evaluate(HIDE)
    me.reads("Unlock your journal")
    assert code not in me.page.content()


@pytest.mark.parametrize("chosen", [True, False])
def test_words_that_could_not_be_saved_lock_out_of_sight_where_that_was_chosen(
    person: Callable[..., Person], server: Server, chosen: bool
) -> None:
    me = person()
    passphrase = f"words for a full disk {chosen}"
    me.sets_up(passphrase=passphrase)
    if chosen:
        locks_when_hidden(me)
    writes_what_cannot_be_saved(me, server)
    me.page.wait_for_timeout(3500)
    me.page.evaluate(HIDE)
    if not chosen:
        me.page.wait_for_timeout(2000)
        assert CANARY in me.page.content()
        return
    me.reads("Unlock your journal")
    assert CANARY not in me.page.content()
    me.unlocks(passphrase)
    me.go("/note/")
    expect(me.page.get_by_label("What happened?", exact=True)).to_have_value(CANARY)


def time_passes(me: Person, minutes: float) -> None:
    """So many minutes after the page came, somebody looks at it. What the page reads of the clock is moved on, and not
    the clock itself: while another one is put in, the page may read a time of 1970, and close at the next look."""
    me.page.evaluate(
        """(ahead) => {
          window.clockBefore = window.clockBefore || Date.now.bind(Date);
          Date.now = () => window.clockBefore() + ahead;
          window.dispatchEvent(new Event("focus"));
        }""",
        minutes * 60_000,
    )


@pytest.mark.parametrize("filled", [True, False])
def test_a_check_in_that_was_handed_over_closes_when_nobody_touches_it(
    person: Callable[..., Person], filled: bool
) -> None:
    me = person()
    begins(me, f"words for a client who went {filled}")
    adds(me, "Daisy")
    opens(me, "Daisy")
    me.touch("Hand over the check-in")
    me.touch("Lock, and show the check-in")
    me.reads("How was the session for you?")
    me.sees("After 15 minutes without a touch, this page closes. What isn’t saved by then is gone.")
    if filled:
        me.write("Anything you’d like to add?", CANARY)
    time_passes(me, 6)
    me.reads("How was the session for you?")
    me.page.mouse.click(5, 300)
    time_passes(me, 6 + 16)
    me.reads("Unlock your journal")
    assert CANARY not in me.page.content()
    said = me.page.get_by_text("What was filled in there wasn’t saved, and is gone.")
    expect(said).to_have_count(1 if filled else 0)


def test_words_that_were_handed_over_leave_the_screen_when_nobody_touches_them(person: Callable[..., Person]) -> None:
    me = person()
    me.sets_up(passphrase="words for a reader who went")
    me.go("/note/")
    me.write("What happened?", CANARY)
    me.touch("Save and stop here")
    me.touch("Share")
    me.touch("Lock, and show only this")
    me.sees(CANARY)
    me.sees("After 15 minutes without a touch, this page closes.")
    time_passes(me, 16)
    me.reads("Unlock your journal")
    me.page.go_back()
    me.reads("Unlock your journal")


def test_a_passphrase_that_was_begun_does_not_stay_in_its_field(person: Callable[..., Person]) -> None:
    me = person()
    me.sets_up(passphrase="words for somebody called away")
    me.touch("Lock")
    field = me.page.get_by_label("Passphrase", exact=True)
    field.fill("words for some")
    time_passes(me, 3)
    expect(field).to_have_value("words for some")
    time_passes(me, 6)
    expect(field).to_have_value("")
    field.fill("words for some")
    me.page.evaluate(HIDE)
    expect(field).to_have_value("")
    me.go("/unlock/recovery/")
    field = me.page.get_by_label("Recovery code", exact=True)
    field.fill("AAAA-BBBB-CC")
    me.page.evaluate(HIDE)  # whoever looks it up elsewhere
    expect(field).to_have_value("AAAA-BBBB-CC")
    time_passes(me, 20)
    expect(field).to_have_value("")


def test_lock_without_a_server_locks(person: Callable[..., Person]) -> None:
    me = person()
    me.sets_up(passphrase="words for a lift")
    me.go("/today/")
    beside(me)
    me.go("/today/")
    me.page.context.set_offline(True)
    me.page.get_by_role("button", name="Lock", exact=True).click(no_wait_after=True)
    me.page.wait_for_timeout(1000)
    me.page.context.set_offline(False)
    me.go("/so-far/")
    me.reads("Unlock your journal")
    me.unlocks("words for a lift")
    me.go("/so-far/")
    me.reads("Journal")


def test_the_quick_exit_keeps_words_that_could_not_be_saved(person: Callable[..., Person], server: Server) -> None:
    me = person()
    passphrase = "words for a quick exit and a full disk"
    me.sets_up(passphrase=passphrase)
    writes_what_cannot_be_saved(me, server)
    with me.page.expect_response("**/leave/"):
        me.page.keyboard.press("Escape")
    expect(me.page).to_have_title("Cooking measurements")
    me.go("/unlock/")
    me.unlocks(passphrase)
    me.go("/note/")
    expect(me.page.get_by_label("What happened?", exact=True)).to_have_value(CANARY)


def test_a_page_in_use_finds_out_that_it_was_locked_elsewhere(person: Callable[..., Person]) -> None:
    me, phone = person(), person()
    passphrase = "words for a family computer"
    me.sets_up(passphrase=passphrase)
    me.go("/note/")
    me.write("What happened?", CANARY)
    me.touch("Save and stop here")
    phone.go("/unlock/")
    phone.unlocks(passphrase)
    phone.go("/today/")
    phone.touch("Lock it everywhere")
    phone.reads("Unlock your journal")
    me.sees(CANARY)
    now = datetime.now()
    me.page.clock.install(time=now)
    me.page.clock.set_system_time(now + timedelta(minutes=2))
    me.page.mouse.click(5, 300)
    me.reads("Unlock your journal")
    assert CANARY not in me.page.content()


def test_what_was_tried_out_leaves_every_tab_with_the_example(person: Callable[..., Person]) -> None:
    me = person()
    me.go("/example/note/")
    me.write("What happened?", CANARY)
    me.touch("Save and stop here")
    me.go("/example/so-far/")
    me.sees(CANARY)
    first = beside(me)
    me.go("/example/today/")
    me.touch("Leave the example")
    first.bring_to_front()
    first.evaluate("window.dispatchEvent(new Event('focus'))")
    expect(first.locator("main")).not_to_contain_text(CANARY)
    me.go("/example/note/")
    me.write("What happened?", CANARY)
    me.touch("Save and stop here")
    me.go("/example/so-far/")
    me.sees(CANARY)
    time_passes(me, 62)
    expect(me.page.locator("main")).not_to_contain_text(CANARY)


def test_words_come_back_where_cookies_were_cleared_meanwhile(person: Callable[..., Person]) -> None:
    me = person()
    passphrase = "words for cleared cookies"
    me.sets_up(passphrase=passphrase)
    beside(me)  # whose console is not listened to: a refusal is meant here
    me.go("/note/")
    me.page.context.clear_cookies()
    me.write("What happened?", CANARY)
    me.page.get_by_role("button", name="Save and stop here").click()
    me.reads("Unlock your journal")
    assert CANARY not in me.page.content()
    me.unlocks(passphrase)
    me.go("/note/")
    expect(me.page.get_by_label("What happened?", exact=True)).to_have_value(CANARY)
