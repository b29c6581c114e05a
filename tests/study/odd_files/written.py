"""Names of columns, encodings, numbers, and what stands for a missing score."""

from __future__ import annotations

from tests.study.odd_files.cases import (
    CLIENTS,
    GONE,
    GUESSED,
    IN_ORDER,
    PERCENT,
    TRUTH,
    Meaning,
    Scores,
    add,
    long_rows,
    reads,
    text_file,
    without,
)

# Names of columns in four languages, and how the file is delimited.
for number, (client, session, score) in enumerate(
    [
        ("ClientID", "Session", "SRS"),
        ("Client ID", "Session #", "SRS total"),
        ("Patient ID", "session_number", "srs"),
        ("record_id", "visit", "SRS_Score"),
        ("participant", "sess", "SRS_sum"),
        ("pid", "time", "srs.total"),
        ("ppt", "timepoint", "SRS"),
        ("Patientennr", "Sitzung", "SRS Gesamt"),
        ("Klient", "Sitzungsnummer", "SRS"),
        ("PatientenNr.", "Stunde", "SRS-Summe"),
        ("Fallnummer", "Termin", "SRS_Gesamtwert"),
        ("Kennung", "Messzeitpunkt", "SRS"),
        ("id_paciente", "Sesión", "SRS"),
        ("Código del paciente", "Número de sesión", "SRS"),
        ("Participante", "visita", "SRS"),
        ("N° patient", "Séance", "SRS"),
        ("Numéro du dossier", "Numéro de séance", "SRS"),
        ("Sujet", "Semaine", "SRS"),
        ("subject_id", "week", "SRS"),
        ("StudyID", "wave", "SRS"),
        ("Chiffre", "Woche", "SRS"),
        ("ID", "Zeitpunkt", "SRS"),
        ("CLIENT_CODE", "SESSION_NR", "SRS_TOTAL"),
        ("Proband", "MZP", "SRS"),
        ("Teilnehmer-ID", "Sitzungsnr", "SRS"),
    ]
):
    sep = ",;\t|"[number % 4]
    reads(f"names {client}, {session}", text_file(long_rows((client, session, score)), sep), as_=score)

# Scores without an instrument's name: the usual scale is guessed.
for name in ("score", "Wert", "Puntuación", "Note totale", "total", "alliance", "Gesamtwert", "Bewertung"):
    reads(f"a score called {name}", text_file(long_rows(("client", "session", name))), as_=name, meaning=GUESSED)

# Encodings, line ends, delimiters, leftovers around the table.
UMLAUTS: Scores = {f"Jürgen ß{client}": own for client, own in TRUTH.items()}
for encoding in ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "latin-1", "cp1252", "mac_roman", "cp850"):
    mark = "\ufeff" if encoding in ("utf-16-le", "utf-16-be") else ""
    reads(
        f"encoding {encoding}",
        text_file(long_rows(("Klient", "Sitzung", "SRS"), UMLAUTS), ";", encoding, above=mark),
        meaning=Meaning(UMLAUTS, (0, 40)),
    )
reads("UTF-16 without a mark", text_file(long_rows(("client", "session", "SRS")), "\t", "utf-16-le"))
reads("Windows line ends", text_file(long_rows(("client", "session", "SRS")), end="\r\n"))
reads("old Mac line ends", text_file(long_rows(("client", "session", "SRS")), end="\r"))
for sep in "^~:":
    reads(f"delimited by {sep}", text_file(long_rows(("client", "session", "SRS")), sep))
reads("delimited by spaces", text_file(long_rows(("client", "session", "SRS")), " "), "ratings.txt")
reads("set in columns by spaces", text_file(long_rows(("client", "session", "SRS")), "     "), "ratings.dat")
reads("a line sep=;", text_file(long_rows(("client", "session", "SRS")), ";", above="sep=;\n"))
reads("a mark and a line sep=;", text_file(long_rows(("client", "session", "SRS")), ";", "utf-8-sig", above="sep=;\n"))
reads("titles above", text_file(long_rows(("client", "session", "SRS")), above="Clinic North\nExported 2024-05-31\n\n"))
reads("padded titles above", text_file(long_rows(("client", "session", "SRS")), above="Clinic North,,\n,,\n"))
reads("a totals row", text_file([*long_rows(("client", "session", "SRS")), ["Total", "", 1234.5]]))
reads("a German sum row", text_file([*long_rows(("Klient", "Sitzung", "SRS")), ["Summe:", "", 1234.5]], ";"))
reads("empty rows of a spreadsheet", text_file([*long_rows(("client", "session", "SRS")), ["", "", ""], ["", "", ""]]))
reads("the names a second time", text_file([*long_rows(("client", "session", "SRS")), ("client", "session", "SRS")]))
reads(
    "an index without a name",
    text_file([["", *row] if not n else [n, *row] for n, row in enumerate(long_rows(("client", "session", "SRS")))]),
)
NOTED = long_rows(("client", "session", "SRS"))
reads("quoted cells", text_file([[f'"{cell}"' for cell in row] for row in long_rows(("client", "session", "SRS"))]))
reads(
    "notes of several lines",
    text_file([[*row, '"tired, sad\nquiet, late\ncold, far"' if n else "note"] for n, row in enumerate(NOTED)], ";"),
)
reads(
    "rows in any order",
    text_file(
        [
            ("client", "session", "SRS"),
            *sorted(long_rows(("client", "session", "SRS"))[1:], key=lambda r: (r[1], str(r[0]))),
        ]
    ),
)

# Numbers as people write them.
reads(
    "decimal commas", text_file(long_rows(("client", "session", "SRS"), show=lambda s: f"{s}".replace(".", ",")), ";")
)
reads(
    "quoted decimal commas",
    text_file(long_rows(("client", "session", "SRS"), show=lambda s: '"' + f"{s:.2f}".replace(".", ",") + '"')),
)
reads(
    "percent signs",
    text_file(long_rows(("client", "session", "rating"), PERCENT, lambda s: f"{s:g}%")),
    as_="rating",
    meaning=Meaning(PERCENT, (0, 100)),
)
BIG: Scores = {c: {s: v * 40 + 500 for s, v in own.items()} for c, own in TRUTH.items()}
BIG = {c: {s: round(v, 1) for s, v in own.items()} for c, own in BIG.items()}
reads(
    "thousands and decimals, English",
    text_file(long_rows(("client", "session", "score"), BIG, lambda s: f'"{s:,.1f}"')),
    as_="score",
    meaning=Meaning(BIG, (0, 3000)),
    options={"low": 0, "high": 3000},
)
reads(
    "thousands and decimals, German",
    text_file(
        long_rows(("client", "session", "score"), BIG, lambda s: f"{s:,.1f}".translate(str.maketrans(",.", ".,"))), ";"
    ),
    as_="score",
    meaning=Meaning(BIG, (0, 3000)),
    options={"low": 0, "high": 3000},
)
THOUSANDS: Scores = {c: {s: float(1000 + 7 * s + n) for s in IN_ORDER} for n, c in enumerate(CLIENTS)}
DECIMALS: Scores = {c: {s: v / 1000 for s, v in own.items()} for c, own in THOUSANDS.items()}
add(
    "1,007 could be a thousand",
    text_file(long_rows(("client", "session", "score"), THOUSANDS, lambda s: f'"{s:,.0f}"')),
    says="--decimal",
    answers=[
        ({"decimal": "point", "low": 0, "high": 2000}, {"score": Meaning(THOUSANDS, (0, 2000))}),
        ({"decimal": "comma"}, {"score": Meaning(DECIMALS, None)}),
    ],
)
add(
    "1.007 could be a thousand, and 7 none",
    text_file(long_rows(("client", "session", "score"), THOUSANDS, lambda s: f"{s:,.0f}".replace(",", ".")), ";"),
    says="--decimal",
    answers=[
        ({"decimal": "comma", "low": 0, "high": 2000}, {"score": Meaning(THOUSANDS, (0, 2000))}),
        ({"decimal": "point"}, {"score": Meaning(DECIMALS, None)}),
    ],
)

# Words for "missing".
for word in (
    "",
    "NA",
    "N/A",
    "NaN",
    ".",
    "-",
    "NULL",
    "null",
    "#NULL!",
    "#N/A",
    "n/a",
    "k.A.",
    "None",
    "#DIV/0!",
    "--",
    "missing",
):
    rows = [[c, s, word if (c, s) in GONE else v] for c, s, v in long_rows(("client", "session", "SRS"))[1:]]
    reads(
        f"missing written as {word!r}",
        text_file([("client", "session", "SRS"), *rows]),
        meaning=Meaning(without(TRUTH, *GONE), (0, 40)),
    )

# Numbers for "missing": never a score; asked about, and read with the answer.
for code in (-9, -99, 99, 999, -1, 9999, -999):
    rows = [[c, s, code if (c, s) in GONE else v] for c, s, v in long_rows(("client", "session", "score"))[1:]]
    add(
        f"missing coded as {code}",
        text_file([("client", "session", "score"), *rows]),
        says=f"--missing {code}",
        answers=[({"missing": (float(code),)}, {"score": Meaning(without(TRUTH, *GONE), (0, 40))})],
    )
    rows = [[c, s, code if (c, s) in GONE else v] for c, s, v in long_rows(("client", "session", "SRS"))[1:]]
    add(
        f"missing on a known scale coded as {code}",
        text_file([("client", "session", "SRS"), *rows]),
        says=f"--missing {code}",
        answers=[({"missing": (float(code),)}, {"SRS": Meaning(without(TRUTH, *GONE), (0, 40))})],
    )
SEVEN: Scores = {c: {s: float(1 + (n + 2 * s) % 7) for s in IN_ORDER} for n, c in enumerate(CLIENTS)}
rows = [[c, s, 9 if (c, s) in GONE else v] for c, s, v in long_rows(("client", "session", "rating"), SEVEN)[1:]]
add(
    "missing on 1 to 7 coded as 9",
    text_file([("client", "session", "rating"), *rows]),
    says="--missing 9",
    answers=[({"missing": (9.0,)}, {"rating": Meaning(without(SEVEN, *GONE), (1, 7))})],
)
MANY = [(c, s) for c in CLIENTS for s in (2, 5)]
rows = [[c, s, 99 if (c, s) in MANY else v] for c, s, v in long_rows(("client", "session", "rating"), PERCENT)[1:]]
add(
    "99 within 0 to 100",
    text_file([("client", "session", "rating"), *rows]),
    says="--missing 99",
    answers=[({"missing": (99.0,)}, {"rating": Meaning(without(PERCENT, *MANY), (0, 100))})],
)
rows = [
    [c, s, 700 if (c, s) == ("c3", 4) else v] for c, s, v in long_rows(("client", "session", "rating"), PERCENT)[1:]
]
add("one slip of the pen", text_file([("client", "session", "rating"), *rows]), says="700 (once)")
rows = [[c, s, 63.0 if (c, s) == ("c3", 4) else v] for c, s, v in long_rows(("client", "session", "SRS"))[1:]]
add(
    "one cell outside the instrument's range",
    text_file([("client", "session", "SRS"), *rows]),
    says="Row 21, column 'SRS': the score 63 is outside 0 to 40",
)
