"""Sessions that are dated or named, and exports of REDCap."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from tests.study.odd_files.cases import (
    IN_ORDER,
    SRS,
    THREE,
    TRUTH,
    WEEKLY,
    Meaning,
    Row,
    add,
    dated_rows,
    long_rows,
    reads,
    text_file,
)

# Dates.
MONTHS = {
    "de": [
        "Januar",
        "Februar",
        "März",
        "April",
        "Mai",
        "Juni",
        "Juli",
        "August",
        "September",
        "Oktober",
        "November",
        "Dezember",
    ],
    "es": [
        "enero",
        "febrero",
        "marzo",
        "abril",
        "mayo",
        "junio",
        "julio",
        "agosto",
        "septiembre",
        "octubre",
        "noviembre",
        "diciembre",
    ],
    "fr": [
        "janvier",
        "février",
        "mars",
        "avril",
        "mai",
        "juin",
        "juillet",
        "août",
        "septembre",
        "octobre",
        "novembre",
        "décembre",
    ],
    "en": [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ],
}
FORMS: dict[str, Callable[[date], str]] = {
    "ISO": lambda d: d.isoformat(),
    "ISO with times": lambda d: f"{d.isoformat()}T17:30:00",
    "ISO with a zone": lambda d: f"{d.isoformat()} 17:30:00+01:00",
    "ISO with slashes": lambda d: d.strftime("%Y/%m/%d"),
    "German": lambda d: d.strftime("%d.%m.%Y"),
    "German, short": lambda d: f"{d.day}.{d.month}.{d:%y}",
    "German with times": lambda d: d.strftime("%d.%m.%Y 17:30"),
    "German words": lambda d: f"{d.day}. {MONTHS['de'][d.month - 1]} {d.year}",
    "Spanish": lambda d: d.strftime("%d/%m/%Y"),
    "Spanish words": lambda d: f"{d.day} de {MONTHS['es'][d.month - 1]} de {d.year}",
    "French words": lambda d: f"{d.day} {MONTHS['fr'][d.month - 1]} {d.year}",
    "French": lambda d: d.strftime("%d-%m-%Y"),
    "American": lambda d: d.strftime("%m/%d/%Y"),
    "American, short": lambda d: f"{d.month}/{d.day}/{d:%y}",
    "American with times": lambda d: d.strftime("%m/%d/%Y 5:30 PM"),
    "American words": lambda d: f'"{MONTHS["en"][d.month - 1]} {d.day}, {d.year}"',
    "short words": lambda d: f"{d.day}-{MONTHS['en'][d.month - 1][:3]}-{d.year}",
    "SAS": lambda d: f"{d.day:02d}{MONTHS['en'][d.month - 1][:3].upper()}{d.year}",
    "packed": lambda d: d.strftime("%Y%m%d"),
    "a spreadsheet's numbers": lambda d: str((d - date(1899, 12, 30)).days),
}


for number, (form_name, form) in enumerate(FORMS.items()):
    name = ("Datum", "SessionDate", "Fecha de sesión", "Date de la séance", "Sitzungsdatum", "date")[number % 6]
    reads(f"dates: {form_name}", text_file(dated_rows(("client", name, "SRS"), form), ";" if number % 2 else ","))
UNCLEAR = {s: date(2024, 1, 1 + s) for s in IN_ORDER}
SWAPPED = {s: date(2024, 1 + s, 1) for s in IN_ORDER}
MONTHLY = Meaning({c: {s: own[s] for s in IN_ORDER} for c, own in TRUTH.items()}, (0, 40))
add(
    "dates that do not tell their order",
    text_file(dated_rows(("client", "date", "SRS"), lambda d: d.strftime("%d/%m/%Y"), UNCLEAR)),
    says="--date-order day",
    answers=[({"date_order": "day"}, {"SRS": SRS}), ({"date_order": "month"}, {"SRS": MONTHLY})],
)
mixed = dated_rows(("client", "date", "SRS"), lambda d: d.strftime("%d/%m/%Y"))
mixed[5] = ["c1", "02/14/2024", 30]
add("dates in two orders", text_file(mixed), says="column 'date': in")
late = dated_rows(("client", "date", "SRS"), date.isoformat)
late[4] = ["c1", "2190-01-05", 30]
add("a date in the future", text_file(late), says="Row 5, column 'date': '2190-01-05' is in the future")
FORM = [(n, "PM EDT" if n < 10 else "PM GMT+2") for n in range(1, 21)]
zones = [
    [c, f"{d}T17:30:00{'+01:00' if c != 'c3' else '-05:00'}", v]
    for c, d, v in dated_rows(("", "", ""), date.isoformat)[1:]
]
add("times in several zones", text_file([("client", "date", "SRS"), *zones]), says="in several zones")
add(
    "times of a form in several zones",
    text_file([("client", "date", "SRS"), *(["c1", f"2024/05/{n:02} 10:30:10 {where}", n] for n, where in FORM)]),
    says="in several zones",
)
broken = dated_rows(("client", "date", "SRS"), date.isoformat)
broken[7] = ["c1", "2024-02-31", 30]
add("a day that is none", text_file(broken), says="Row 8, column 'date': '2024-02-31' is not a date")
twice = [*dated_rows(("client", "date", "SRS"), date.isoformat), ["c1", "2024-01-15", 20.0]]
SAME = Meaning({**TRUTH, "c1": {**TRUTH["c1"], 1: (TRUTH["c1"][1] + 20) / 2}}, (0, 40))
reads("two ratings on one day", text_file(twice), meaning=SAME)
add(
    "two ratings on one day, not wanted",
    text_file(twice),
    says="has two ratings on one day, 2024-01-15",
    options={"same_day": "error"},
)
BREAK = {s: WEEKLY[s] + timedelta(days=28 if s > 4 else 0) for s in IN_ORDER}
reads(
    "a break of five weeks",
    text_file(dated_rows(("client", "date", "SRS"), date.isoformat, BREAK)),
    meaning=Meaning({c: {s + (4 if s > 4 else 0): v for s, v in own.items()} for c, own in TRUTH.items()}, (0, 40)),
)

# Sessions with names; REDCap.
for label in ("T{}", "Week {}", "Session {}", "session_{}_arm_1", "Sitzung {}", "V{:02d}", "Sesión {}"):
    reads(
        f"sessions called {label}",
        text_file(
            [
                ("record_id", "redcap_event_name", "SRS"),
                *[[c, label.format(s), v] for c, s, v in long_rows(("", "", ""))[1:]],
            ]
        ),
    )
NAMES = {1: "pre", 2: "mid", 3: "post"}
reads(
    "sessions called pre, mid, post",
    text_file([("id", "time", "SRS"), *[[c, NAMES[s], v] for c, s, v in long_rows(("", "", ""))[1:] if s in NAMES]]),
    meaning=THREE,
)
NACH = {1: "Aufnahme", 2: "Entlassung", 3: "Katamnese"}
reads(
    "sessions called in German",
    text_file(
        [
            ("Patient", "Messzeitpunkt", "SRS"),
            *[[c, NACH[s], v] for c, s, v in long_rows(("", "", ""))[1:] if s in NACH],
        ]
    ),
    meaning=THREE,
)
redcap: list[Row] = [
    (
        "record_id",
        "redcap_event_name",
        "redcap_repeat_instrument",
        "redcap_repeat_instance",
        "age",
        "srs_total",
        "form_complete",
    )
]
for c, own in TRUTH.items():
    redcap += [
        [c, "therapy_arm_1", "", "", 33, "", 2],
        *[[c, "therapy_arm_1", "session_form", s, "", v, 2] for s, v in own.items()],
    ]
reads("REDCap's repeated instruments", text_file(redcap), as_="srs_total")
