"""Hosted, the program is updated while a page is open and a note waits: what was kept is new, what waits arrives."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect, sync_playwright

import reattune
from tests.browser.person import Person
from tests.browser.reverse_proxy import Proxy
from tests.browser.test_installed import CANARY, Installation, arrives, sets_up, unlocks, writes_offline
from tests.installation_per_worker import STORE
from tests.web.test_hosted import Server

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(STORE != "postgresql", reason="hosted use is PostgreSQL's: runs in its round"),
]
PASSPHRASE = "words of before the update"
KEPT = "caches.keys().then((names) => names.join())"


class Updated:
    """A hosted Reattune, and the next version of its program: other colours, another page, another outbox."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.server = Server(folder, "localhost")
        self.proxy = Proxy(folder, self.server.port)

    def update(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.stop()
        package = Path(reattune.__file__).parent
        code = shutil.copytree(package, self._folder / "code" / "reattune").parent
        web = code / "reattune" / "web"
        for name, more in (
            ("static/css/tokens.css", ":root { --of-the-update: 1; }"),
            ("static/js/outbox.js", "// newer"),
            ("static/js/app.js", "document.documentElement.dataset.updated = 'yes';"),
        ):
            with (web / name).open("a") as file:
                file.write(f"\n{more}\n")
        offline = web / "pages/begin/offline.html"
        offline.write_text(offline.read_text().replace("</main>", "<p>Newer than before.</p></main>"))
        monkeypatch.setenv("PYTHONPATH", str(code))
        self.server = Server(self._folder, "localhost")
        self.proxy.behind = self.server.port

    def stop(self) -> None:
        self.server.process.terminate()
        self.server.process.wait(20)


@pytest.fixture
def updated(tmp_path: Path) -> Iterator[Updated]:
    made = Updated(tmp_path)
    yield made
    made.proxy.close()
    made.stop()


def test_an_update_brings_new_pages_and_loses_no_note(
    updated: Updated, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with (
        sync_playwright() as playwright,
        Installation(updated.proxy, playwright).browser(tmp_path / "profile") as context,
    ):
        me, name = sets_up(context.pages[0], Installation(updated.proxy, playwright), PASSPHRASE)
        before = me.page.evaluate(KEPT)
        other = Person(context.new_page(), updated.proxy.address, True)
        other.go("/note/")
        other.write("What happened?", "half typed over an update")
        other.page.wait_for_timeout(3_000)
        updated.proxy.close()
        writes_offline(me, CANARY)
        updated.update(monkeypatch)
        updated.proxy.open()
        me.go("/today/")
        arrives(me)
        assert me.page.evaluate("document.documentElement.dataset.updated") == "yes"
        me.page.evaluate("navigator.serviceWorker.getRegistration().then((each) => each.update())")
        me.page.wait_for_function(f"{KEPT}.then((now) => now && now !== '{before}' && !now.includes(','))")
        # The page that was open is of the version before: what is typed there goes on being kept, and is saved once.
        other.page.get_by_label("What happened?").press("End")
        other.page.get_by_label("What happened?").type(", and after it")
        other.touch("Save and stop here")
        other.sees("half typed over an update, and after it")
        me.go("/today/")
        expect(me.page.get_by_text("You were in the middle of this")).to_have_count(0)
        updated.proxy.close()
        me.go("/")
        me.reads("You’re offline")
        me.sees("Newer than before.")
        updated.proxy.open()
        me.go("/unlock/")
        unlocks(me, name, PASSPHRASE)
        expect(me.page.get_by_text(CANARY)).to_have_count(1)
