"""Bringing files in, sorting a diary, deleting and thinking better of it, a page to print, two windows."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.person import Person

pytestmark = pytest.mark.browser

DIARY = "# 31 May 2024\n\nShe looked at the clock while I spoke.\n\n# 7 June 2024\n\nBetter. I slept.\n"


def rating(week: int) -> str:
    day = date(2025, 1, 6) + timedelta(weeks=week)
    return f"{day.isoformat()},{7 + week % 3 - 5 * (week == 14)},{8 - week % 2 - 4 * (week == 14)},fine"


@pytest.mark.parametrize(("width", "scheme", "javascript"), [(390, "light", True), (1440, "dark", False)])
def test_a_spreadsheet_and_a_diary(
    person: Callable[..., Person], tmp_path: Path, width: int, scheme: str, javascript: bool
) -> None:
    me = person(width=width, scheme=scheme, javascript=javascript)
    me.sets_up(passphrase=f"bringing in {width} {scheme}")
    table = tmp_path / "my ratings.csv"
    table.write_text("\n".join(["date,trust,goals,note", *(rating(week) for week in range(20)), "never,3,4,"]))
    me.go("/settings/file/")
    me.looks(f"bring-{width}-choose")
    me.page.get_by_label("The file").set_input_files(table)
    me.touch("Preview the import")
    me.reads("What this import would change")
    me.sees("Row 22: 'never' isn’t a date Reattune can read.")
    me.looks(f"bring-{width}-ratings")
    me.write("A name for these ratings", "My own two questions")
    me.choose("The ratings", "trust")
    me.touch("Update the preview")
    expect(me.page.get_by_label("A name for these ratings")).to_have_value("My own two questions")
    me.touch("Import")
    me.reads("Import complete")
    me.go("/today/")
    me.looks(f"bring-{width}-today")
    diary = tmp_path / "diary.md"
    diary.write_text(DIARY)
    me.go("/settings/file/")
    me.page.get_by_label("The file").set_input_files(diary)
    me.touch("Preview the import")
    me.sees("She looked at the clock while I spoke.")
    me.looks(f"bring-{width}-diary")
    me.touch("Import")
    me.touch("Sort them now")
    me.looks(f"bring-{width}-sort")
    me.touch("Save as a moment")
    me.sees("Better. I slept.")
    me.touch("Leave this entry out")
    me.reads("Nothing left to sort")
    me.go("/settings/file/page/")
    me.looks(f"bring-{width}-leaf")
    for part in me.page.get_by_role("checkbox").all():
        part.check(force=True)
    with me.page.expect_download() as found:
        me.confirms("Make the page")
    if me.javascript:
        field = me.page.get_by_label("Your passphrase", exact=True)
        assert field.input_value() == "", "for whoever sits down here next"
    file = tmp_path / "page.html"
    found.value.save_as(file)
    me.page.goto(file.as_uri())
    me.sees("She looked at the clock while I spoke.")
    me.looks(f"bring-{width}-leaf-file")


@pytest.mark.parametrize(("width", "scheme", "javascript"), [(390, "dark", False), (1440, "light", True)])
def test_deleting_and_thinking_better_of_it(
    person: Callable[..., Person], width: int, scheme: str, javascript: bool
) -> None:
    me = person(width=width, scheme=scheme, javascript=javascript)
    words = f"deleting in {width} {scheme}"
    me.sets_up(passphrase=words)
    me.go("/note/")
    me.write("What happened?", "She looked at the clock.")
    me.touch("Save and stop here")
    moment = me.page.url
    me.touch("Delete this")
    me.looks(f"delete-{width}-ask")
    me.touch("Delete")
    me.reads("Recently deleted")
    me.looks(f"delete-{width}-lately")
    me.touch("Restore")
    me.page.goto(moment)
    me.sees("She looked at the clock.")
    me.go("/with/")
    me.touch("Miriam")
    me.looks(f"delete-{width}-person")
    me.touch("Erase everything about them")
    me.looks(f"delete-{width}-somebody")
    me.confirms("Erase")
    me.sees("Tick this if you mean it.")
    me.page.get_by_role("checkbox").check(force=True)
    me.confirms("Erase")
    me.go("/so-far/")
    expect(me.page.locator("main")).not_to_contain_text("Miriam")


def test_two_windows_and_one_chooses(person: Callable[..., Person]) -> None:
    me = person()
    me.sets_up(passphrase="words for two windows")
    me.go("/settings/")
    other = me.page.context.new_page()
    other.goto(me.page.url)
    other.get_by_label("Where do you live?").select_option("DE")
    other.get_by_role("button", name="Save").click()
    me.page.get_by_label("Where do you live?").select_option("ES")
    me.touch("Save")
    me.sees("This has been changed in another window")
    me.looks("two-windows")
    me.page.get_by_label("In the other window:").check()
    me.touch("Save")
    expect(me.page.get_by_label("Where do you live?")).to_have_value("DE")
