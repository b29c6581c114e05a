"""Pages without an open journal of their own behind them: out of sight, and left lying."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Server
from tests.browser.person import Person
from tests.browser.test_other_tabs import CANARY, beside, no_store
from tests.browser.test_privacy_on_screen import HIDE

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
    beside(me)  # whose console is not listened to: an answer that says what failed is meant here
    me.go("/note/")
    me.write("What happened?", CANARY)
    with no_store(server):
        me.page.get_by_role("button", name="Save and stop here").click(timeout=60_000)
        expect(me.page.get_by_role("heading", level=1)).to_have_text(
            re.compile("couldn’t be saved|can’t reach"), timeout=60_000
        )
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
