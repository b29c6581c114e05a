"""Lines for a crisis and bodies that advise: whole, recent, in order, and touchable."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from django.utils import translation

from reattune import content
from reattune.reflection.danger_recogniser import Danger
from reattune.web.pages.shared import helplines
from reattune.web.pages.shared.wording import ANOTHER, crisis_lines, lines_near, regions, regions_and_another

CRISIS = content.load("crisis.toml")
ADVICE = content.load("advice.toml")
WORDS = content.words("helplines", "en")
PLACES = content.words("places", "en")
LINES = [(entry["code"], line) for entry in CRISIS["region"] for line in entry["lines"]]
BODIES = [(entry["code"], body) for entry in ADVICE["region"] for body in entry["bodies"]]
NUMBER = re.compile(r"[0-9 +*#-]+")
# ISO 3166-1 alpha-2, as of 2026.
ISO = (
    "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY "
    "BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK "
    "FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR "
    "IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK "
    "ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM "
    "PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF "
    "TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW "
)
KOSOVO = "XK"  # in no standard yet, and used by everyone


def named(value: object) -> str:
    return str(value["name"]) if isinstance(value, dict) else str(value)


def test_every_code_is_a_country_once_with_a_name_and_another_is_none() -> None:
    codes = [entry["code"] for entry in CRISIS["region"]]
    assert len(codes) == len(set(codes)) >= 200
    assert set(codes) == set(content.words("regions", "en")) <= {*ISO.split(), KOSOVO}
    assert ANOTHER not in ISO.split()
    assert list(regions_and_another().items())[-1] == (ANOTHER, "Another country")
    assert {entry["code"] for entry in ADVICE["region"]} <= set(codes)


def test_countries_stand_in_the_order_a_person_looks_for_them() -> None:
    names = list(regions().values())
    assert names.index("Åland Islands") < names.index("Albania") < names.index("Poland") < names.index("Zimbabwe")


@pytest.mark.parametrize("entry", CRISIS["region"], ids=lambda entry: entry["code"])
def test_every_region_has_a_number_for_danger_and_lines_or_says_it_has_none(entry: dict[str, Any]) -> None:
    assert entry["emergency_numbers"]
    assert all(NUMBER.fullmatch(number) and number in entry["emergency"] for number in entry["emergency_numbers"])
    shown = crisis_lines(entry["code"])
    assert shown["entry"].emergency == entry["emergency"]
    assert (shown["elsewhere"] is None) == bool(entry["lines"])
    order = [2 if "hours" not in line else line["hours"] != "always" for line in entry["lines"]]
    assert order == sorted(order)


def test_at_least_a_hundred_countries_have_a_line() -> None:
    assert sum(bool(entry["lines"]) for entry in CRISIS["region"]) >= 100
    assert crisis_lines("PL")["entry"].lines


@pytest.mark.parametrize(("code", "line"), LINES, ids=named)
def test_every_line_is_whole_and_was_looked_at_within_18_months(code: str, line: dict[str, Any]) -> None:
    assert set(line) <= {
        "name",
        "purpose",
        "hours",
        "call",
        "text",
        "site",
        "languages",
        "for_harmed",
        "checked",
        "source",
    }
    assert line["name"]
    assert line["purpose"]
    assert line["source"]
    assert "://" not in line["source"]
    assert not re.search(r"day and night|24|\bhours\b", line["purpose"])
    assert line.get("call") or line.get("text")
    assert line.get("hours", "always")
    assert isinstance(line["checked"], date)
    age = (date.today() - line["checked"]).days
    assert age <= 548, f"{code}: {line['name']} was checked on {line['checked']}. Check it again, and renew the date."


@pytest.mark.parametrize(("code", "body"), BODIES, ids=named)
def test_every_body_is_whole_and_can_be_reached(code: str, body: dict[str, Any]) -> None:
    assert set(body) <= {"name", "purpose", "call", "site", "search", "checked", "read"}
    assert body["name"]
    assert body["purpose"]
    assert body.get("call") or body.get("site") or body.get("search")
    assert (date.today() - body["checked"]).days <= 548, f"{code}: check {body['name']} again, and renew the date."


@pytest.mark.parametrize(("code", "known"), [*LINES, *BODIES, ("directory", CRISIS["directory"])], ids=named)
def test_what_is_touched_leads_there(code: str, known: dict[str, Any]) -> None:
    assert all(NUMBER.fullmatch(number) for number in known.get("call", ()))
    assert re.fullmatch(r"[a-z0-9-]+(\.[a-z0-9-]+)+", known.get("site", "example.org")), code
    shown = helplines.helpline(known, WORDS, PLACES)
    for button in shown.buttons:
        assert re.fullmatch(r"tel:\+?[\d*]+|sms:\d+(\?&body=[A-Z]+)?|https://[a-z0-9.-]+", button.href)
        assert button.outside == button.href.startswith("https:")
    assert len(shown.buttons) == len(shown.call) + bool(shown.text) + bool(shown.site)


@pytest.mark.parametrize(
    ("number", "address"),
    [
        ("116 123", "tel:116123"),
        ("1-800-799-7233", "tel:18007997233"),
        ("+375 17 311 00 99", "tel:+375173110099"),
        ("*4141", "tel:*4141"),
        ("#31#", "tel:%2331%23"),
    ],
)
def test_a_number_is_dialled_as_it_is_printed(number: str, address: str) -> None:
    assert helplines.tel(number) == address


def test_a_text_has_its_word_or_none() -> None:
    assert helplines.sms("85258", "SHOUT") == "sms:85258?&body=SHOUT"
    assert helplines.sms("988", "") == "sms:988"
    labels = [button.label for line in crisis_lines("US")["entry"].lines for button in line.buttons]
    assert {"Call 988", "Text 988", "Text HOME to 741741"} <= set(labels)


@pytest.mark.parametrize(
    ("region", "why"),
    [
        ("", "Choose where you are"),
        (ANOTHER, "We don’t know of a helpline for your country"),
        ("AF", "We don’t know of a helpline there yet (Afghanistan)"),
    ],
)
def test_where_no_line_is_known_it_says_plainly_what_to_do(region: str, why: str) -> None:
    shown = crisis_lines(region)
    said = shown["elsewhere"]
    assert why in said["why"]
    assert "{" not in said["why"]
    assert "Find A Helpline" in said["directory"]
    assert shown["directory"].buttons[0].href == "https://findahelpline.com"
    assert "emergency department" in said["hospital"]
    assert "someone near you" in said["someone"]
    if region == "AF":
        assert shown["entry"].emergency_buttons
    else:
        assert said["buttons"][0].href == "tel:112"


def test_no_word_around_a_line_shouts() -> None:
    assert "!" not in content.text("en", "helplines.toml")


def phrases() -> dict[str, set[str]]:
    """Every phrase of the lists of helplines and of advice, by what it is."""
    crisis, advice = content.load("crisis.toml"), content.load("advice.toml")
    lines = [crisis["directory"], *(line for region in crisis["region"] for line in region["lines"])]
    bodies = [body for region in advice["region"] for body in region["bodies"]]
    return {
        "purpose": {each["purpose"] for each in (*lines, *bodies)},
        "hours": {each["hours"] for each in lines if each.get("hours", helplines.ALWAYS) != helplines.ALWAYS},
        "emergency": {helplines.emergency_phrase(each["emergency"])[0] for each in crisis["region"]} - {"{n1}"},
        "search": {each["search"] for each in bodies if "search" in each},
        "gap": {each["gap"] for each in advice["region"] if "gap" in each},
        "language": {name for each in lines for name in each.get("languages", ())},
    }


def test_every_phrase_has_its_place_where_it_can_be_said_in_another_language() -> None:
    assert {what: set(PLACES[what]) for what in phrases()} == phrases()
    names = {each["name"] for region in content.load("advice.toml")["region"] for each in region["bodies"]}
    assert set(PLACES["name"]) <= names
    # In English a phrase is said as it is in the lists.
    assert all(key == words for part in PLACES.values() for key, words in part.items())


@pytest.mark.parametrize(("emergency", "phrase"), [("112", "{n1}"), ("998 for an ambulance, 999 for the police",
                         "{n1} for an ambulance, {n2} for the police"), ("112 or 127", "{n1} or {n2}")])  # fmt: skip
def test_numbers_stay_as_they_are_in_a_phrase(emergency: str, phrase: str) -> None:
    assert helplines.emergency_phrase(emergency)[0] == phrase
    said = {"emergency": {phrase: f"«{phrase}»"}} if phrase != "{n1}" else {"emergency": {}}
    shown = helplines.region({"code": "XX", "emergency": emergency, "emergency_numbers": [], "lines": []}, WORDS, said)
    assert shown.emergency == (f"«{emergency}»" if phrase != "{n1}" else emergency)


@pytest.mark.parametrize(
    ("region", "language", "first"),
    [
        ("BE", "fr", "Centre de Prévention du Suicide"),
        ("BE", "en", "Community Help Service"),
        ("BE", "es", "Zelfmoordlijn"),
        ("FR", "en", "SOS Help"),
        ("CH", "fr", "Die Dargebotene Hand / La Main Tendue"),
        ("HK", "en", "The Samaritans Hong Kong"),
        ("US", "en", "988 Suicide & Crisis Lifeline"),
    ],
)
def test_lines_in_the_language_of_the_page_come_first(region: str, language: str, first: str) -> None:
    with translation.override(language):
        shown = crisis_lines(region)
        assert shown["entry"].lines[0].name == first
        assert lines_near(shown, frozenset({Danger.SUICIDE})).lines[0].name == first


def test_where_no_line_is_for_those_who_are_hurt_that_is_said_and_the_emergency_number_comes_first() -> None:
    belgium, germany, andorra = crisis_lines("BE"), crisis_lines("DE"), crisis_lines("AD")
    for found in ({Danger.HARMED}, {Danger.HARMED, Danger.SUICIDE}):
        near = lines_near(belgium, frozenset(found))
        assert near.emergency_first
        assert "Belgium" in near.gap
        assert len(near.lines) == 3
    near = lines_near(belgium, frozenset({Danger.HARMING}))
    assert near.emergency_first
    assert not near.gap
    assert "Andorra" in lines_near(andorra, frozenset({Danger.HARMED})).gap
    assert not lines_near(crisis_lines(""), frozenset({Danger.HARMED})).gap, "there what to do stands anyway"
    near = lines_near(germany, frozenset({Danger.HARMED}))
    assert near.lines[0].for_harmed
    assert not near.emergency_first
    assert not near.gap
    near = lines_near(belgium, frozenset({Danger.SUICIDE}))
    assert not near.emergency_first
    assert not near.gap
