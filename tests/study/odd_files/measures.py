"""Several measures, instruments, items, one client, therapists."""

from __future__ import annotations

from datetime import date

from tests.study.odd_files.cases import (
    CLIENTS,
    GONE,
    GUESSED,
    IN_ORDER,
    ORS,
    PERCENT,
    RANDOM,
    SRS,
    SYMPTOMS,
    TRUTH,
    WAI,
    WEEKLY,
    Meaning,
    Scores,
    add,
    dated_rows,
    long_rows,
    numbered,
    reads,
    text_file,
)

# Several measures in rows or columns.
by_row = [[c, s, m, t[c][s]] for m, t in (("PHQ-9", SYMPTOMS), ("SRS", TRUTH)) for c in CLIENTS for s in IN_ORDER]
PHQ = Meaning(SYMPTOMS, (0, 27), higher=False)
for name in ("measure", "Fragebogen", "instrument", "Cuestionario", "scale_name"):
    add(
        f"a column {name}", text_file([("client", "session", name, "score"), *by_row]), means={"PHQ-9": PHQ, "SRS": SRS}
    )
side = [[c, s, SYMPTOMS[c][s], TRUTH[c][s]] for c in CLIENTS for s in IN_ORDER]
add("two score columns", text_file([("client", "session", "PHQ9", "SRS"), *side]), means={"PHQ9": PHQ, "SRS": SRS})
add(
    "two unknown score columns",
    text_file([("client", "session", "xa", "xb"), *side]),
    says="--score xa",
    answers=[({"score": "xb"}, {"xb": GUESSED})],
)
add(
    "two unknown score columns, both named",
    text_file([("client", "session", "xa", "xb"), *side]),
    options={"score": "xa,xb"},
    means={"xa": Meaning(SYMPTOMS, (0, 40)), "xb": GUESSED},
)
reads(
    "one of several columns is the whole",
    text_file(
        [
            ("client", "session", "wai_bond", "wai_total"),
            *[[c, s, 3, v] for c, s, v in long_rows(("", "", ""), WAI)[1:]],
        ]
    ),
    as_="wai_total",
    meaning=Meaning(WAI, (12, 60)),
)

# Instruments by name, with their direction.
for name, high in (
    ("PHQ-9", 27),
    ("phq9_total", 27),
    ("BDI-II", 63),
    ("bdi2_sum", 63),
    ("OQ45", 180),
    ("OQ-45.2", 180),
    ("CORE-10", 40),
):
    reads(
        f"instrument {name}",
        text_file(long_rows(("client", "session", name), SYMPTOMS)),
        as_=name,
        meaning=Meaning(SYMPTOMS, (0, high), higher=False),
    )
reads("ORS", text_file(long_rows(("client", "session", "ORS"), ORS)), as_="ORS", meaning=Meaning(ORS, (0, 40)))
add(
    "symptoms of an unknown kind",
    text_file(long_rows(("client", "session", "Depression"), SYMPTOMS)),
    says="--measure-direction lower",
    answers=[
        ({"higher_is_better": False}, {"Depression": Meaning(SYMPTOMS, (0, 40), higher=False)}),
        ({"higher_is_better": True}, {"Depression": Meaning(SYMPTOMS, (0, 40))}),
    ],
)

# Items are never sessions.
ITEMS: dict[str, dict[int, list[int]]] = {
    c: {s: [RANDOM.randint(2, 5) for _ in range(12)] for s in IN_ORDER} for c in CLIENTS
}
MEANS = Meaning({c: {s: sum(i) / 12 for s, i in own.items()} for c, own in ITEMS.items()}, (1, 5))
rows = [
    ("client", "session", *(f"wai_{i}" for i in range(1, 13))),
    *[[c, s, *i] for c, own in ITEMS.items() for s, i in own.items()],
]
reads("items of a known instrument", text_file(rows), as_="wai-sr", meaning=MEANS)
once = Meaning({c: {1: sum(own[1]) / 12} for c, own in ITEMS.items()}, (1, 5))
reads(
    "items at one time",
    text_file([("id", "session", *(f"wai_{i}" for i in range(1, 13))), *[[c, 1, *own[1]] for c, own in ITEMS.items()]]),
    as_="wai-sr",
    meaning=once,
)
add(
    "twelve columns of a measure of twelve questions",
    text_file([("id", *(f"wai_{i}" for i in range(1, 13))), *[[c, *own[1]] for c, own in ITEMS.items()]]),
    says="--scores wai_1..wai_12",
    answers=[
        (
            {"scores": "wai_1..wai_12"},
            {
                "wai-sr": Meaning(
                    {c: {n: float(v) for n, v in enumerate(own[1], 1)} for c, own in ITEMS.items()}, (1, 5)
                )
            },
        )
    ],
)
rows = [
    ["id", *(f"wai{i}_s{s}" for s in IN_ORDER for i in range(1, 13))],
    *[[c, *(v for s in IN_ORDER for v in own[s])] for c, own in ITEMS.items()],
]
reads("items by sessions, wide", text_file(rows), as_="wai-sr", meaning=MEANS)
add(
    "items of an unknown questionnaire",
    text_file(
        [
            ("client", "session", "q1", "q2", "q3", "q4"),
            *[[c, s, *i[:4]] for c, own in ITEMS.items() for s, i in own.items()],
        ]
    ),
    says="they are questions, not sessions",
)
add(
    "too few items of a known one",
    text_file(
        [
            ("client", "session", "wai_1", "wai_2", "wai_3"),
            *[[c, s, *i[:3]] for c, own in ITEMS.items() for s, i in own.items()],
        ]
    ),
    says="has 12 questions, and these are 3",
)
coded = [[c, s, *([99, *i[1:]] if (c, s) in GONE else i)] for c, own in ITEMS.items() for s, i in own.items()]
add(
    "99 among items",
    text_file([("client", "session", *(f"wai_{i}" for i in range(1, 13))), *coded]),
    says="--missing 99",
)

# One client, and columns that only their content tells.
ONE: Scores = {"1": TRUTH["c1"]}
reads(
    "one client, sessions counted", text_file([("session", "SRS"), *TRUTH["c1"].items()]), meaning=Meaning(ONE, (0, 40))
)
reads(
    "one client, dated",
    text_file([("Datum", "SRS"), *[(WEEKLY[s], v) for s, v in TRUTH["c1"].items()]]),
    meaning=Meaning(ONE, (0, 40)),
)
reads(
    "one client, named",
    text_file([("client", "session", "SRS"), *[("c1", s, v) for s, v in TRUTH["c1"].items()]]),
    meaning=Meaning({"c1": TRUTH["c1"]}, (0, 40)),
)
reads(
    "one client, wide",
    text_file([["id", *numbered("SRS_s{}")], ["c1", *TRUTH["c1"].values()]]),
    as_="srs",
    meaning=Meaning({"c1": TRUTH["c1"]}, (0, 40)),
)
reads("names that say nothing", text_file(long_rows(("kx", "nz", "SRS"))))
reads("names that say nothing, dated", text_file(dated_rows(("kx", "wann", "SRS"), date.isoformat)))
reads(
    "a number for each row before the client",
    text_file(
        [["id", "kx", "session", "SRS"] if not n else [n, *row] for n, row in enumerate(long_rows(("", "", "")))]
    ),
)
add(
    "names that say nothing at all",
    text_file([("a", "b", "c"), ("1", "x", 3), ("2", "x", 3)]),
    says="Which column names the client",
)
add(
    "two columns that could be the client",
    text_file([("kx", "ky", "session", "SRS"), *[[c, f"g{c}", s, v] for c, s, v in long_rows(("", "", ""))[1:]]]),
    says="--client kx",
    answers=[({"client": "kx"}, {"SRS": SRS})],
)

# Therapists.
SEEN = {(c, s): "t1" if s < 4 else "t9" for c in CLIENTS for s in IN_ORDER}
for name in ("therapist", "Behandler", "Terapeuta", "clinician_id", "Psychologue"):
    rows = [("client", "session", "SRS", name), *[[c, s, v, SEEN[(c, s)]] for c, s, v in long_rows(("", "", ""))[1:]]]
    reads(f"therapist by session: {name}", text_file(rows), meaning=Meaning(TRUTH, (0, 40), therapists=SEEN))

# What a second look at such files found.
PLAIN = long_rows(("", "", ""))[1:]
views = [
    [c, s, who, v + (who == "therapist")]
    for c, s, v in long_rows(("", "", ""), PERCENT)[1:]
    for who in ("client", "therapist")
]
HIGHER = {c: {s: v + 1 for s, v in own.items()} for c, own in PERCENT.items()}
VIEWS = [("client", "session", "rater", "score"), *views]
reads("two raters in rows", text_file(VIEWS), as_="score", meaning=Meaning(PERCENT, (0, 100), second=HIGHER))
add(
    "two raters in rows, as two measures",
    text_file(VIEWS),
    means={"client": Meaning(PERCENT, (0, 100)), "therapist": Meaning(HIGHER, (0, 100))},
    options={"measure_column": "rater"},
)
add("a third rater", text_file([*VIEWS, ("c1", 1, "supervisor", 70)]), says="--measure-column rater")
zeros = [[c, s, 0 if (c, s) in [*GONE, ("c6", 2)] else 30 + v / 5] for c, s, v in PLAIN]
add("noughts for missing", text_file([("client", "session", "SRS"), *zeros]), says="--missing 0")
rows = [("client", "session", "SRS"), *[[c, 999 if s == 8 else s, v] for c, s, v in PLAIN]]
add("a session of 999", text_file(rows), says="says session 999")
add("no names of columns, clients named", text_file(PLAIN), says="the first line is a row like the others")
add(
    "one client turned on its side",
    text_file([["session", 1, 2, 3, 4, 5, 6], ["score", 70, 71, 69, 72, 50, 51]]),
    says="stand in rows of one session each",
)
add(
    "three decimals between semicolons",
    text_file(long_rows(("client", "session", "rating"), SYMPTOMS, lambda s: f"{1 + s / 7:.3f}"), ";"),
    says="--decimal",
)
rows = [
    ["StartDate", "ParticipantID", "Session", "SRS_1", "SRS_2", "SRS_3", "SRS_4"],
    ["Start Date", "Who", "Which", "a", "b", "c", "d"],
    ['"{""ImportId"":""startDate""}"', "x", "y", "z", "z", "z", "z"],
    *[["2024-01-05 10:00:00", c, s, v / 4, v / 4, v / 4, v / 4] for c, s, v in PLAIN],
]
reads("a survey tool's three lines of names", text_file(rows), as_="srs")
rows = [("client", "Geburtsdatum", "Sitzungsdatum", "SRS"), *[[c, "1980-02-03", WEEKLY[s], v] for c, s, v in PLAIN]]
reads("two dates of which one is a birthday", text_file(rows))
rows = [("client", "session", "date", "SRS"), *[[c, (s - 1) % 4 + 1, WEEKLY[s], v] for c, s, v in PLAIN]]
reads("sessions counted anew, and dated", text_file(rows))
FOURTH = Meaning({c: {4 * s: v for s, v in own.items()} for c, own in TRUTH.items()}, (0, 40))
reads(
    "every fourth week", text_file([("client", "week", "SRS"), *[[c, 4 * s, v] for c, s, v in PLAIN]]), meaning=FOURTH
)
rows = [("client", "session", "SRS", "note"), *[[c, s, v, '"a, b; c"'] for c, s, v in PLAIN]]
reads("text after the scores", text_file(rows))
add(
    "more cells than columns",
    text_file([*long_rows(("client", "session", "SRS")), ["c7", 1, 30, 31]]),
    says="row 50 has 4 cells, and there are 3 columns",
)

FIVE: Scores = {c: {s: float(1 + (n + 2 * s) % 5) for s in IN_ORDER} for n, c in enumerate(CLIENTS)}
rows = [[c, s, {("c2", 3): 8, ("c4", 6): 9}.get((c, s), v)] for c, s, v in long_rows(("", "", ""), FIVE)[1:]]
add("8 and 9 above 1 to 5", text_file([("client", "session", "rating"), *rows]), says="--missing 8,9")
rows = [["client", "post", "pre", *numbered("s{}")], *[[c, 39, 19, *own.values()] for c, own in TRUTH.items()]]
AROUND = Meaning({c: {0: 19, **own, 9: 39} for c, own in TRUTH.items()}, (0, 40))
reads("pre and post beside numbered sessions", text_file(rows), as_="*", meaning=AROUND)
rows = [("therapist", "client", "session", "SRS"), *[[f"t{c}", 1, s, v] for c, s, v in PLAIN]]
add("clients counted by each therapist", text_file(rows), says="Join the two columns")
rows = [("client", "episode", "session", "SRS"), *[[c, 1 + (s > 4), (s - 1) % 4 + 1, v] for c, s, v in PLAIN]]
add("sessions counted anew in each episode", text_file(rows), says="join the two columns into one first")
rows = [*long_rows(("client", "session", "SRS")), ["Mean", "", 31], ["SD", "", 4]]
reads("means and deviations at the end", text_file(rows))

rows = [
    ("client", "session", "SRS relationship", "SRS goals", "SRS approach", "SRS overall", "SRS total"),
    *[[c, s, v / 4, v / 4, v / 4, v / 4, v] for c, s, v in PLAIN],
]
reads("a total beside its questions", text_file(rows), as_="SRS total")
rows = [("ID", "Messzeitpunkt", "WAI_ges"), *[[c, s, v] for c, s, v in long_rows(("", "", ""), WAI)[1:]]]
reads("a total in short", text_file(rows), as_="WAI_ges", meaning=Meaning(WAI, (12, 60)))
