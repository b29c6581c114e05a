"""Files of several sites that each count clients from 1: two people are no client of both."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from reattune.cli import app

FIRST = date(2026, 1, 5)


def study(folder: Path, rows: list[str], *more: str) -> str:
    file = folder / "pooled.csv"
    file.write_text("\n".join(rows) + "\n")
    return CliRunner().invoke(app, ["study", str(file), *more]).output.replace("\n", " ")


def pooled(head: str, *, weeks_later: int) -> list[str]:
    rows = [f"{head},Patient,Date,SRS"]
    for place, name in enumerate("AB"):
        for client in range(1, 6):
            for week in range(8):
                day = FIRST + timedelta(weeks=week + place * weeks_later, days=client + place)
                rows.append(f"{name},{client},{day},{34 - 10 * place}")
    return rows


@pytest.mark.parametrize("head", ["Site", "Therapist", "Klinik"])
def test_clients_of_several_sites_at_once_are_refused(tmp_path: Path, head: str) -> None:
    said = study(tmp_path, pooled(head, weeks_later=0))
    assert f"5 of 5 clients have ratings of several '{head}' over the same weeks" in said
    # Whoever knows better says so.
    assert "80 ratings of 5 clients" in study(tmp_path, pooled(head, weeks_later=0), "--client", "Patient")


def test_a_change_of_therapist_is_none_of_that(tmp_path: Path) -> None:
    assert "80 ratings of 5 clients" in study(tmp_path, pooled("Therapist", weeks_later=20))


def test_two_respondents_of_a_day_are_asked_about(tmp_path: Path) -> None:
    rows = ["Client,Date,Respondent,SRS"]
    for week in range(6):
        day = FIRST + timedelta(weeks=week)
        rows += [f"Anna,{day},Child,36", f"Anna,{day},Caregiver,20"]
    assert "Most sessions come more than once, and 'Respondent' tells them apart." in study(tmp_path, rows)
