"""The report of a study in a real browser: phone and desktop, light and dark, without JavaScript, by keyboard."""

from __future__ import annotations

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser
from typer.testing import CliRunner

from reattune.cli import app

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def page_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("report")
    ratings = folder / "ratings.csv"
    simulate = ["simulate", "--clients", "500", "--seed", "3", "--out", str(ratings), "--therapists", "40"]
    assert CliRunner().invoke(app, simulate).exit_code == 0
    out = folder / "results"
    study = ["study", str(ratings), "--range", "0..100", "--method", "all", "--out", str(out)]
    assert CliRunner().invoke(app, study).exit_code == 0
    return out / "report.html"


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("script", [True, False])
def test_it_is_clean(page_file: Path, chromium: Browser, width: int, scheme: str, script: bool) -> None:
    context = chromium.new_context(
        viewport={"width": width, "height": 900},
        color_scheme=scheme,  # type: ignore[arg-type]
        java_script_enabled=script,
        offline=True,
    )
    page = context.new_page()
    troubles: list[str] = []
    page.on("console", lambda message: troubles.append(message.text))
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on("request", lambda request: None if request.url.startswith("file:") else troubles.append(request.url))
    page.goto(page_file.as_uri())
    assert page.get_by_role("heading", level=1).inner_text() == "Ruptures and repairs"
    assert page.locator("#course-list > li:visible").count() == (12 if script else 500)
    if script:
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert Axe().run(page).response["violations"] == []
    page.screenshot(path=f"test-results/report-{width}-{scheme}-{script}.png")
    assert troubles == []
    context.close()


def test_a_client_is_found_by_name_with_the_keyboard(page_file: Path, chromium: Browser) -> None:
    page = chromium.new_page()
    page.goto(page_file.as_uri())
    page.get_by_role("searchbox", name="Client").focus()
    page.keyboard.type("c498")
    assert page.locator("#course-list > li:visible h3").all_inner_texts() == ["c498"]
    assert page.get_by_role("status").inner_text() == "Showing 1 of 1."
    page.get_by_role("searchbox", name="Client").fill("")
    page.get_by_label("Showing").select_option("trickle")
    assert "trickle" in page.locator("#course-list > li:visible p").first.inner_text()
    page.get_by_label("Showing").select_option("")
    page.get_by_role("button", name="Show more").focus()
    page.keyboard.press("Enter")
    assert page.locator("#course-list > li:visible").count() == 24
    page.close()


def test_every_figure_has_its_table(page_file: Path, chromium: Browser) -> None:
    page = chromium.new_page()
    page.goto(page_file.as_uri())
    figures = page.locator("main figure").count()
    assert figures >= 4
    assert page.locator("main figure + details table").count() == figures
    page.close()
