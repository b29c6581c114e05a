"""Two windows of one journal, another journal beside it, and a timer that locks: in any order, at the same time.

Never a failure page, never an entry that was acknowledged and is lost, never one twice, never a page of somebody else.
`make fuzz` tries more orders.
"""

from __future__ import annotations

import random
import re
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.db import connections
from django.http import HttpResponse
from django.test import Client

from reattune.journal.documents import Draft, Moment, Removed
from reattune.web.store.models import UnlockedSession
from reattune.web.store.open_journal import OpenJournal
from tests import hostile
from tests.web.journals import session_of
from tests.web.page_walker import read
from tests.web.test_taken_once import token

Own = Callable[..., Client]
ORDERS = max(1, hostile.COUNT // 500)
STEPS = 14
AT_LEAST = 2


@dataclass
class Window:
    """One browser window: what it did, what it was told."""

    client: Client
    owner: str
    order: random.Random
    passphrase: str
    acknowledged: set[str] = field(default_factory=set)
    sent: set[str] = field(default_factory=set)
    wrong: list[str] = field(default_factory=list)
    asked: int = 0

    def ask(self, address: str, sent: dict[str, Any] | None = None) -> HttpResponse:
        self.asked += 1
        answer = self.client.post(address, sent) if sent is not None else self.client.get(address)
        page = answer.content.decode("utf-8", "replace")
        if answer.status_code >= 500 or "Traceback" in page:
            self.wrong.append(f"{address}: {answer.status_code}")
        if any(f"of {other} " in page for other in ("Anna", "Berit") if other != self.owner):
            self.wrong.append(f"{address}: a page of somebody else")
        return answer

    def open(self) -> None:
        if self.ask("/today/").status_code == 302:
            self.unlock()

    def unlock(self, page: str = "") -> None:
        page = page or self.ask("/unlock/").content.decode()
        held = re.search(r'name="held" value="([^"]*)"', page)
        sent = {"passphrase": self.passphrase, "csrfmiddlewaretoken": token(page), "held": held[1] if held else ""}
        if self.ask("/unlock/", sent).status_code != 302:
            self.wrong.append("not unlocked")

    def write(self) -> None:
        """A moment; pressed once, twice, or again after what looked like a failure."""
        page = self.ask("/note/").content.decode()
        button = next((each for each in read("/note/", page).buttons() if each.label == "Save and stop here"), None)
        if button is None:
            return  # it was locked at this moment
        fields = {**dict(button.fields), "csrfmiddlewaretoken": token(page), "what": self._word()}
        self.sent.add(fields["what"])
        for _press in range(self.order.choice([1, 1, 2, 3])):
            answer = self.ask("/note/", fields)
        if answer.status_code == 302 and answer.headers["Location"].startswith("/note/"):
            self.acknowledged.add(fields["what"])
        elif answer.status_code == 200 and "held" in answer.content.decode():
            self.unlock(answer.content.decode())

    def _word(self) -> str:
        return f"A word {self.order.getrandbits(48)} of {self.owner} alone"

    def type(self) -> None:
        self.ask("/typing/", {"draft_of": "/note/", "what": self._word()})

    def change(self) -> None:
        moments = re.findall(r'href="(/note/[0-9a-f-]{36}/)', self.ask("/so-far/").content.decode())
        if moments:
            address = f"{self.order.choice(moments)}size/"
            page = self.ask(address).content.decode()
            self.ask(
                address, {"csrfmiddlewaretoken": token(page), "reaction": str(self.order.randrange(11)), "event": "3"}
            )

    def press(self) -> None:
        """Any button of a page that is often open."""
        address = self.order.choice(["/today/", "/settings/", "/next/", "/going/", "/held-true/one/", "/try/one/"])
        html = self.ask(address).content.decode()
        buttons = [each for each in read(address, html).buttons() if not each.secret]
        if buttons:
            button = self.order.choice(buttons)
            sent = {name: value for name, value in button.fields if value != "Words that were written on the way."}
            self.ask(button.address, {**sent, "csrfmiddlewaretoken": token(html)})

    def away_and_back(self) -> None:
        moments = re.findall(r'href="/note/([0-9a-f-]{36})/', self.ask("/so-far/").content.decode())
        if moments:
            self.ask(f"/away/{self.order.choice(moments)}/", {})
            back = re.findall(r'action="(/settings/away/[^"]+/back/)"', self.ask("/settings/away/").content.decode())
            for address in back:
                self.ask(address, {})

    def live(self, together: threading.Barrier) -> None:
        try:
            together.wait()
            steps = 0
            while steps < STEPS or (len(self.acknowledged) < AT_LEAST and steps < 10 * STEPS):
                steps += 1  # on, where the timer locked whenever it wanted to write
                self.open()
                self.order.choice([self.write, self.write, self.type, self.change, self.press, self.away_and_back])()
        except Exception as error:
            self.wrong.append(f"{type(error).__name__}: {error}")
        finally:
            connections.close_all()


def locking(windows: list[Window], over: threading.Event, order: random.Random) -> int:
    """What the idle timer does, at any moment: after so many requests of all together, however long they take."""
    locked = 0
    try:
        while not over.is_set():
            until = sum(each.asked for each in windows) + order.randrange(8, 40)
            while sum(each.asked for each in windows) < until and not over.is_set():
                time.sleep(0.005)
            locked += UnlockedSession.objects.all().delete()[0]
    finally:
        connections.close_all()
    return locked


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("seed", range(ORDERS))
def test_any_order_of_two_windows_and_a_locking_timer(own: Own, seed: int) -> None:
    order = random.Random(seed)
    clients = {name: own(f"the words of {name} alone", name) for name in ("Anna", "Berit")}
    keys = {name: session_of(client) for name, client in clients.items()}
    windows = []
    for name in ("Anna", "Anna", "Berit"):
        client = Client(raise_request_exception=False)
        client.cookies = deepcopy(clients[name].cookies)
        windows.append(Window(client, name, random.Random(order.random()), f"the words of {name} alone"))
    together, over = threading.Barrier(len(windows)), threading.Event()
    with ThreadPoolExecutor(len(windows) + 1) as threads:
        timer = threads.submit(locking, windows, over, random.Random(order.random()))
        for each in [threads.submit(window.live, together) for window in windows]:
            each.result()
        over.set()
        assert timer.result() > 0, "nothing was locked while they wrote"
    assert [wrong for window in windows for wrong in window.wrong] == []
    assert min(len(window.acknowledged) for window in windows) >= AT_LEAST
    for name in clients:
        journal = OpenJournal(*keys[name])
        assert journal.damages == []
        kept = [each.what for each in journal.journal.all(Moment)]
        removed = "".join(document for each in journal.journal.all(Removed) for document in each.documents)
        acknowledged = {word for window in windows if window.owner == name for word in window.acknowledged}
        assert len(kept) == len(set(kept)), "an entry was kept twice"
        assert not [word for word in acknowledged if word not in kept and word not in removed]
        assert not [word for word in kept if f"of {name} " not in word]
        drafts = [(each.form, each.window) for each in journal.journal.all(Draft) if each.window]
        assert len(drafts) == len(set(drafts)), "what one window types into one form is kept once"
