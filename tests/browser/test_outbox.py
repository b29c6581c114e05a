"""Notes that wait in a browser, where the server does not know their journal for a while."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.browser.person import Person
from tests.browser.test_other_tabs import beside

pytestmark = pytest.mark.browser


def test_a_note_whose_journal_seems_to_be_gone_waits_for_thirty_days(person: Callable[..., Person]) -> None:
    """Said once, asked again each hour, and delivered where its journal is there again."""
    me = person()
    me.go("/help/")
    beside(me)  # whose console is not listened to: it shows each 404
    me.go("/help/")
    page = me.page
    page.add_script_tag(url="/static/js/outbox.js")
    knows = {"journal": False}
    asked: list[str] = []

    def answers(route: Any) -> None:
        asked.append(route.request.url)
        if knows["journal"]:
            route.fulfill(status=202)
        else:
            route.fulfill(status=404, content_type="application/json", body='{"sentence": "Nobody is there."}')

    page.route("**/to/**", answers)
    keep = "ReattuneOutbox.keep('0'.repeat(20), new Uint8Array([1, 2, 3]))"
    flush = """hours => { const now = Date.now; Date.now = () => now() + hours * 3600000;
        return ReattuneOutbox.flush().finally(() => { Date.now = now; }) }"""
    page.evaluate(keep)
    first = page.evaluate(flush, 0)
    assert first == {"sent": 0, "waits": 1, "lost": 0, "sentence": "Nobody is there."}
    assert page.evaluate(flush, 0.5)["sentence"] == page.evaluate(flush, 2)["sentence"] == ""
    assert len(asked) == 2
    knows["journal"] = True
    assert page.evaluate(flush, 29 * 24) == {"sent": 1, "waits": 0, "lost": 0, "sentence": ""}
    knows["journal"] = False
    page.evaluate(keep)
    page.evaluate(flush, 0)
    assert page.evaluate(flush, 31 * 24) == {"sent": 0, "waits": 0, "lost": 1, "sentence": "Nobody is there."}
    assert page.evaluate("ReattuneOutbox.waiting()") == []
