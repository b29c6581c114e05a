"""Scores side by side."""

from __future__ import annotations

from datetime import date, timedelta

from tests.study.odd_files.cases import (
    CLIENTS,
    GUESSED,
    IN_ORDER,
    ORS,
    SRS,
    THREE,
    TRUTH,
    WAI,
    Meaning,
    Row,
    Scores,
    Write,
    add,
    numbered,
    reads,
    text_file,
    wide_rows,
)

# Wide files.


for pattern in (
    "SRS_s{}",
    "T{}_SRS",
    "SRS Session {}",
    "srs.t{}",
    "SRS_Sitzung{}",
    "SRS{}",
    "srs_{}",
    "week{}_srs",
    "SRS_T{:02d}",
):
    reads(f"wide {pattern}", text_file(wide_rows(numbered(pattern), IN_ORDER)), as_="srs")
for pattern in ("s{}", "session{}", "Sitzung {}", "t_{}", "score{}", "S{:02d}"):
    reads(f"wide {pattern}", text_file(wide_rows(numbered(pattern), IN_ORDER)), as_="*", meaning=GUESSED)
TEN: Scores = {c: {s: round(20 + (n * 7 + s * 3) % 19 + 0.5, 1) for s in range(1, 13)} for n, c in enumerate(CLIENTS)}
TWELVE = [f"s{session}" for session in range(1, 13)]
reads(
    "wide in text order",
    text_file(wide_rows(TWELVE, sorted(range(1, 13), key=str), TEN)),
    as_="*",
    meaning=Meaning(TEN, (0, 40)),
)
reads(
    "wide in text order, named by hand",
    text_file(wide_rows(TWELVE, sorted(range(1, 13), key=str), TEN)),
    as_="*",
    meaning=Meaning({c: {s: v for s, v in own.items() if s <= 9} for c, own in TEN.items()}, (0, 40)),
    options={"scores": "s1..s9"},
)


def interleaved(first: str, second: str, *, blocks: bool = False) -> Write:
    pairs = (
        [(stem, s) for stem in (0, 1) for s in IN_ORDER] if blocks else [(stem, s) for s in IN_ORDER for stem in (0, 1)]
    )
    names, tables = (first, second), (ORS, TRUTH)
    rows: list[Row] = [["id", *(names[stem].format(s) for stem, s in pairs)]]
    return text_file(rows + [[c, *(tables[stem][c][s] for stem, s in pairs)] for c in CLIENTS])


BOTH = {"ors": Meaning(ORS, (0, 40)), "srs": SRS}
add("two measures interleaved", interleaved("ors_s{}", "srs_s{}"), means=BOTH)
add("two measures in blocks", interleaved("ors_s{}", "srs_s{}", blocks=True), means=BOTH)
add("two measures, the session first", interleaved("T{}_ORS", "T{}_SRS"), means=BOTH)
add(
    "a range of interleaved columns",
    interleaved("ors_s{}", "srs_s{}"),
    means={"ors": BOTH["ors"]},
    options={"scores": "ors_s1..ors_s8"},
)
add("one of two measures", interleaved("ors_s{}", "srs_s{}"), means={"srs": SRS}, options={"only": "srs"})
WAI_T: Scores = {c: {s: float(73 - v) for s, v in own.items()} for c, own in WAI.items()}
rows = [["code", *(f"wai_{side}_s{s}" for s in IN_ORDER for side in "ct")]]
rows += [[c, *(table[c][s] for s in IN_ORDER for table in (WAI, WAI_T))] for c in CLIENTS]
add(
    "client's and therapist's views",
    text_file(rows),
    means={"wai-sr c": Meaning(WAI, (12, 60)), "wai-sr t": Meaning(WAI_T, (12, 60))},
)
reads(
    "odd sessions only",
    text_file([["id", "SRS_T5", "SRS_T7", "SRS_T9"], *[[c, own[1], own[2], own[3]] for c, own in TRUTH.items()]]),
    as_="srs",
    meaning=Meaning({c: {5: own[1], 7: own[2], 9: own[3]} for c, own in TRUTH.items()}, (0, 40)),
)
reads(
    "wide pre, mid, post",
    text_file([["id", "SRS_post", "SRS_pre", "SRS_mid"], *[[c, own[3], own[1], own[2]] for c, own in TRUTH.items()]]),
    as_="srs",
    meaning=THREE,
)
rows = [
    ["id", "age", "sex", "phq9_pre", "phq9_post", *TWELVE[:8]],
    *[[c, 30 + n, "f", 12, 8, *own.values()] for n, (c, own) in enumerate(TRUTH.items())],
]
reads("wide with age, sex and another measure twice", text_file(rows), as_="*", meaning=GUESSED)
days = [date(2024, 1, 8) + timedelta(days=7 * n) for n in IN_ORDER]
reads(
    "wide under dates",
    text_file([["id", *days], *[[c, *own.values()] for c, own in TRUTH.items()]]),
    as_="*",
    meaning=GUESSED,
)
ended = [[c, *[v if s <= 8 - n else "" for s, v in own.items()]] for n, (c, own) in enumerate(TRUTH.items())]
reads(
    "wide, empty after the end",
    text_file([["id", *numbered("SRS_s{}")], *ended]),
    as_="srs",
    meaning=Meaning(
        {c: {s: v for s, v in own.items() if s <= 8 - n} for n, (c, own) in enumerate(TRUTH.items())}, (0, 40)
    ),
)
