"""Files of other programs, packed files, and what is no table of ratings."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import zipfile
from collections.abc import Sequence
from pathlib import Path

import openpyxl
import pandas as pd
import polars as pl
import pyreadstat

from tests.study.odd_files.cases import (
    IN_ORDER,
    ORS,
    SRS,
    TRUTH,
    Meaning,
    Row,
    Write,
    add,
    dated_rows,
    long_rows,
    numbered,
    reads,
    text_file,
    wide_rows,
    without,
)


# Other programs' files, and packed ones.
def plain(rows: Sequence[Row] | None = None) -> bytes:
    stream = io.StringIO()
    for row in rows or long_rows(("client", "session", "SRS")):
        stream.write(",".join(map(str, row)) + "\n")
    return stream.getvalue().encode()


def frame(dated: bool = False) -> pd.DataFrame:
    rows = dated_rows(("", "", ""), lambda d: d) if dated else long_rows(("", "", ""))
    return pd.DataFrame(rows[1:], columns=["client", "Datum" if dated else "session", "SRS"])


def zipped(**files: bytes) -> Write:
    def write(path: Path) -> None:
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in files.items():
                archive.writestr(name.replace("_csv", ".csv"), content)

    return write


def of_bytes(content: bytes) -> Write:
    def write(path: Path) -> None:
        path.write_bytes(content)

    return write


def packed_workbook(path: Path) -> None:
    workbook(("S", long_rows(("client", "session", "SRS"))))(path)
    path.write_bytes(gzip.compress(path.read_bytes()))


def workbook(*sheets: tuple[str, Sequence[Row]]) -> Write:
    def write(path: Path) -> None:
        book = openpyxl.Workbook()
        book.remove(book.active)
        for title, rows in sheets:
            sheet = book.create_sheet(title)
            for row in rows:
                sheet.append(list(row))
        with path.open("wb") as file:
            book.save(file)

    return write


reads("gzip", of_bytes(gzip.compress(plain())), "ratings.csv.gz")
reads("bzip2", of_bytes(bz2.compress(plain())), "ratings.csv.bz2")
reads("xz", of_bytes(lzma.compress(plain())), "ratings.csv.xz")
reads("zip of one", zipped(ratings_csv=plain()), "ratings.zip")
add("zip of two", zipped(a_csv=plain(), b_csv=plain()), "ratings.zip", says="holds 2 files (a.csv, b.csv)")
add(
    "gzip cut short",
    of_bytes(gzip.compress(plain())[:-40]),
    "ratings.csv.gz",
    says="cannot be unpacked (gzip)",
)
reads("Excel", workbook(("Sheet1", long_rows(("client", "session", "SRS")))), "ratings.xlsx")
reads(
    "Excel with titles, dates and a sum",
    workbook(
        ("Daten", [["Clinic North"], [], *dated_rows(("Klient", "Datum", "SRS"), lambda d: d), ["Summe", None, 999.5]])
    ),
    "ratings.xlsx",
)
reads(
    "Excel with a sheet of notes",
    workbook(("Notes", [["what", "when"], ["exported", "today"]]), ("Data", long_rows(("client", "session", "SRS")))),
    "ratings.xlsx",
)
add(
    "Excel with two sheets of ratings",
    workbook(("A", long_rows(("client", "session", "SRS"))), ("B", long_rows(("client", "session", "ORS"), ORS))),
    "ratings.xlsx",
    says="--sheet A",
    answers=[({"sheet": "A"}, {"SRS": SRS}), ({"sheet": "B"}, {"ORS": Meaning(ORS, (0, 40))})],
)
reads(
    "Excel, packed",
    packed_workbook,
    "ratings.xlsx.gz",
)
reads("SPSS", lambda path: pyreadstat.write_sav(frame(), str(path)), "ratings.sav")
reads("SPSS, compressed", lambda path: pyreadstat.write_sav(frame(), str(path), compress=True), "ratings.zsav")
reads("SPSS, dated", lambda path: pyreadstat.write_sav(frame(dated=True), str(path)), "ratings.sav")
declared = frame()
declared.loc[[10, 29], "SRS"] = 99.0
DECLARED = Meaning(without(TRUTH, ("c2", 3), ("c4", 6)), (0, 40))
reads(
    "SPSS with declared missing values",
    lambda path: pyreadstat.write_sav(declared, str(path), missing_ranges={"SRS": [99.0]}),
    "ratings.sav",
    meaning=DECLARED,
)
add(
    "SPSS with missing values not declared",
    lambda path: pyreadstat.write_sav(declared, str(path)),
    "ratings.sav",
    says="--missing 99",
)
labelled = frame().rename(columns={"client": "v1", "SRS": "v3"}).assign(v1=[int(c[1:]) for c in frame()["client"]])
reads(
    "SPSS with labels of columns",
    lambda path: pyreadstat.write_sav(
        labelled.rename(columns={"v1": "Patientennr"}), str(path), column_labels=["", "", "Session Rating Scale"]
    ),
    "ratings.sav",
    as_="v3",
    meaning=Meaning({c[1:]: own for c, own in TRUTH.items()}, (0, 40)),
)
reads("Stata", lambda path: pyreadstat.write_dta(frame(), str(path)), "ratings.dta")
reads("SAS transport", lambda path: pyreadstat.write_xport(frame(), str(path)), "ratings.xpt")
reads("Parquet", lambda path: pl.from_pandas(frame()).write_parquet(path), "ratings.parquet")
reads("Parquet, dated", lambda path: pl.from_pandas(frame(dated=True)).write_parquet(path), "ratings.parquet")
add(
    "SPSS cut short",
    of_bytes(b"$FL2@(#) SPSS DATA FILE" + b"\x00" * 40),
    "ratings.sav",
    says="is not a whole SPSS file",
)

# What is no table of ratings.
add("JSON", of_bytes(b'[{"client": "a"}]'), "ratings.json", says="is JSON")
add("PDF", of_bytes(b"%PDF-1.7\n\x00\x01"), "ratings.pdf", says="is a PDF")
add(
    "a web page",
    of_bytes(b"<html><table></table></html>"),
    "ratings.xls",
    says="is a web page",
)
add(
    "an R object",
    of_bytes(gzip.compress(b"X\n\x00\x00\x00\x03")),
    "ratings.rds",
    says="is an R object",
)
add("no names of columns", text_file([[1, 1, 70], [1, 2, 71], [2, 1, 72]]), says="the first line holds numbers")
add(
    "two columns of one name",
    text_file([("client", "session", "score", "score"), ("a", 1, 2, 3), ("a", 2, 2, 3)]),
    says="Two columns are called 'score'",
)
add(
    "a pair twice",
    text_file([*long_rows(("client", "session", "SRS")), ["c2", 3, 30]]),
    says="client 'c2' has session 3 a second time",
)
add(
    "a rating of nobody",
    text_file([*long_rows(("client", "session", "SRS")), ["", 3, 30]]),
    says="Row 50, column 'client' is empty",
)
add(
    "words for a score",
    text_file([*long_rows(("client", "session", "SRS")), ["c7", 1, "good"]]),
    says="Row 50, column 'SRS': 'good' is not a number",
)
add(
    "sessions that are identifiers",
    text_file([("client", "session", "SRS"), ("a", 10017, 30), ("a", 88123, 31), ("b", 33, 31)]),
    says="are these dates or other numbers",
)
add(
    "a client in two rows of a wide file",
    text_file([*wide_rows(numbered("SRS_s{}"), IN_ORDER), ["c1", *TRUTH["c1"].values()]]),
    says="stands here a second time",
)
