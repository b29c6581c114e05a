"""Leaving and locking where no server answers, a device wakes, or a button was touched a moment before."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import ARGUMENTS, Server
from tests.browser.person import Person
from tests.browser.test_privacy_on_screen import HIDE

pytestmark = pytest.mark.browser


def test_the_quick_exit_waits_for_no_answer(person: Callable[..., Person]) -> None:
    me = person()
    me.sets_up(passphrase="words for a deaf server")
    me.go("/note/")
    me.page.evaluate("sessionStorage.setItem('from-here', 'x')")
    me.page.route("**/leave/", lambda _route: None)  # it hangs
    me.page.keyboard.press("Escape")
    expect(me.page).to_have_title("Cooking measurements")
    expect(me.page.get_by_role("heading", level=1)).to_have_text("Cooking measurements")
    expect(me.page.get_by_role("heading")).to_have_count(1)
    assert me.page.url.endswith("/measures/")
    assert me.page.evaluate("sessionStorage.length") == 0
    for address in ("/settings/", "/so-far/"):
        me.go(address)
        expect(me.page).to_have_title("Cooking measurements")
    me.go("/")
    me.reads("Unlock your journal")
    me.unlocks("words for a deaf server")
    me.reads("What brings you here today?")


def test_a_touch_that_wakes_the_device_does_not_keep_the_page(person: Callable[..., Person]) -> None:
    me = person()
    me.sets_up(passphrase="words for the morning")
    slept = datetime.now()
    me.page.clock.install(time=slept)
    me.go("/so-far/")
    me.page.clock.run_for(6_000)
    me.page.clock.set_system_time(slept + timedelta(hours=8))
    me.page.mouse.click(5, 300)
    me.page.wait_for_url("**/unlock/")
    me.reads("Unlock your journal")


def test_a_button_touched_just_before_does_not_keep_it_open_out_of_sight(person: Callable[..., Person]) -> None:
    me = person()
    me.sets_up(passphrase="words for a late hiding")
    me.go("/settings/")
    me.page.get_by_label("Lock as soon as I switch to something else").check()
    me.page.get_by_role("button", name="Save").click()
    me.go("/note/")
    me.page.evaluate("""const stays = document.createElement("button"); stays.type = "button"; stays.id = "stays";
                        stays.textContent = "stays"; document.querySelector("main").prepend(stays)""")
    me.page.locator("#stays").click()
    me.page.evaluate(HIDE)
    me.reads("Unlock your journal")


def test_what_a_form_sent_is_not_kept_by_the_browser(person: Callable[..., Person]) -> None:
    """A page that answers a form: asked for anew, it is asked for, and nothing is sent again."""
    me = person()
    me.sets_up(passphrase="words that were refused")
    me.go("/note/")
    me.write("What happened?", "Something refused.")
    me.page.locator("[name=day]").evaluate("field => { field.value = '2099-01-01'; }")
    me.touch("Save and stop here")
    me.sees("in the future")
    methods: list[str] = []
    me.page.on("request", lambda request: methods.append(request.method) if request.is_navigation_request() else None)
    me.page.reload()
    me.reads("Something happened")
    assert methods == ["GET"]


def test_what_was_chosen_is_not_in_the_browsers_session_file(server: Server, chromium: Browser, tmp_path: Path) -> None:
    """A check-in that was rated and saved; then the browser is closed as a person closes it."""
    path = os.environ.get("CHROMIUM") or shutil.which("chromium")
    context = chromium.browser_type.launch_persistent_context(str(tmp_path), executable_path=path, args=ARGUMENTS)
    context.set_default_timeout(20_000)
    me = Person(context.new_page(), server.address, True)
    me.sets_up(passphrase="words for a profile")
    me.go("/check/")
    for scale, answer in zip(me.page.locator("fieldset.scale").all(), "314159", strict=False):
        scale.get_by_label(answer, exact=True).check(force=True)
    me.page.wait_for_timeout(3_000)
    me.touch("Save")
    me.page.wait_for_timeout(3_000)
    context.close()
    files = list(tmp_path.rglob("Session_*"))
    kept = [re.findall(r"[A-Za-z0-9_]+", path.read_bytes().decode("utf-16-le", "ignore")) for path in files]
    assert any(server.address in path.read_text("latin-1") for path in files)  # it is the file of these pages
    assert not [words for words in kept if "understood" in words]
