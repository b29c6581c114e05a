"""Files of other programs: Excel and its kin, SPSS, Stata, SAS; read through libraries that the extra brings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reattune.exchange.table_text import header_of
from reattune.study.errors import Choice, QuestionError, StudyError
from reattune.study.rating_files import ROWS, Source, Table, _with_rows

if TYPE_CHECKING:
    import polars as pl


def read_spreadsheet(path: Path, name: str, sheet: str | None) -> Source:
    """The one table of a workbook, all cells as text.

    Raises:
        StudyError: it is locked or damaged, has no such sheet, or no table.
        QuestionError: several sheets hold a table of ratings.
    """
    import fastexcel

    try:
        book = fastexcel.read_excel(path)
        names = book.sheet_names
        if sheet is not None and sheet not in names:
            raise StudyError(f"{name} has no sheet {sheet!r}. It has: {', '.join(names)}.")
        tables = {each: _sheet(book, each) for each in ([sheet] if sheet else names)}
    except fastexcel.FastExcelError as error:
        raise StudyError(
            f"{name} cannot be read as a spreadsheet; it may be locked with a password, or damaged. Save it again as "
            ".xlsx without a password, or as CSV."
        ) from error
    full = {each: found for each, found in tables.items() if found is not None}
    if not full:
        raise StudyError(f"{name} has no table: a row with the names of the columns and rows below it.")
    chosen = list(full)
    if len(chosen) > 1:
        chosen = [each for each in chosen if _is_ratings(full[each][0])] or chosen
    if len(chosen) > 1:
        raise QuestionError(
            f"{name} has several sheets that could hold the ratings.",
            [Choice(f"the sheet {each}", ("--sheet", each), {"sheet": each}) for each in chosen[:8]],
        )
    frame, first = full[chosen[0]]
    how = "Excel" if len(names) == 1 else f"Excel, sheet {chosen[0]}"
    return Table(frame, name, how, first)


def _sheet(book: Any, name: str) -> tuple[pl.DataFrame, int] | None:
    """The table of a sheet, and the row of its first line of data."""
    import polars as pl

    table = book.load_sheet(name, header_row=None, dtypes="string").to_polars()
    if len(table) < 2 or table.width < 1:
        return None
    header = header_of(table.head(50).rows(), table.width)
    names = [(cell or "").strip() for cell in table.row(header)]
    seen: dict[str, int] = {}
    for place, each in enumerate(names):
        seen[each] = seen.get(each, 0) + 1
        if not each:
            names[place] = f"column {place + 1}"
        elif seen[each] > 1:
            names[place] = f"{each}_duplicated_{seen[each] - 2}"
    rows = table.slice(header + 1)
    rows.columns = names
    # Columns and rows without a word are what a spreadsheet keeps of deleted cells.
    rows = rows.select(
        [each for each in names if not each.startswith("column ") or rows[each].null_count() < len(rows)]
    )
    rows = rows.with_columns(pl.col(pl.String).str.replace(r" 00:00:00$", ""))
    return (rows, header + 2) if len(rows) and rows.width > 1 else None


def _is_ratings(frame: pl.DataFrame) -> bool:
    from reattune.study.column_contents import Columns
    from reattune.study.find_columns import find_layouts
    from reattune.study.read_options import ReadOptions

    try:
        return bool(find_layouts(Columns(frame), ReadOptions()))
    except QuestionError:
        return True
    except StudyError:
        return False


def read_statistics(path: Path, name: str, head: bytes, packed: str, folder: Any) -> Source | None:
    """A file of SPSS, Stata or SAS; ``None`` where it is none of these.

    Raises:
        StudyError: it is damaged.
    """
    suffix = path.suffix.lower()
    if head[:4] in (b"$FL2", b"$FL3"):
        kind, reader = "SPSS", "read_sav"
    elif head.startswith(b"<stata_dta>") or (suffix == ".dta" and head[:1] in b"iklmnopqrs"):
        kind, reader = "Stata", "read_dta"
    elif suffix == ".por":
        kind, reader = "SPSS (portable)", "read_por"
    elif suffix == ".sas7bdat":
        kind, reader = "SAS", "read_sas7bdat"
    elif head.startswith(b"HEADER RECORD*******LIB"):
        kind, reader = "SAS (transport)", "read_xport"
    else:
        return None
    import pyreadstat

    try:
        more = {"user_missing": True} if reader in ("read_sav", "read_dta", "read_sas7bdat") else {}
        _, told = getattr(pyreadstat, reader)(str(path), metadataonly=True, output_format="polars", **more)
        source = StatisticsFile(path, name, f"{kind}{packed}", reader, told)
        source.folder = folder
        source.head()
    except (pyreadstat.ReadstatError, ValueError, UnicodeDecodeError, OSError) as error:
        raise StudyError(
            f"{name} is not a whole {kind} file; it may have been cut short. Copy or save it again."
        ) from error
    return source


class StatisticsFile(Source):
    """A file of a statistics program, read in pieces; values that it declares as missing are missing."""

    def __init__(self, path: Path, name: str, how: str, reader: str, told: Any) -> None:
        labels: Mapping[str, str] = {key: value for key, value in (told.column_names_to_labels or {}).items() if value}
        super().__init__(name, [path], how=how, labels=labels)
        self._path, self._reader, self._rows = path, reader, told.number_rows
        self._declared = any((told.missing_ranges or {}).values()) or any((told.missing_user_values or {}).values())
        if self._declared:
            self.how += ", missing values as declared in it"

    @cached_property
    def about(self) -> int:
        """How many rows there are."""
        return int(self._rows or 1)

    def head(self) -> pl.DataFrame:
        """See :class:`Source`."""
        piece = self._piece(0)
        if not len(piece):
            raise StudyError(f"{self.name} has columns and no ratings in them.")
        return _with_rows(piece, 1)

    def pieces(self) -> Iterator[pl.DataFrame]:
        """See :class:`Source`."""
        self._starts, self._read = [1], 0
        while True:
            piece = self._piece(self._read)
            if not len(piece):
                return
            yield _with_rows(piece, self._read + 1)
            self._read += len(piece)
            if len(piece) < ROWS:
                return

    def _piece(self, offset: int) -> pl.DataFrame:
        import polars as pl
        import pyreadstat

        found, _ = getattr(pyreadstat, self._reader)(
            str(self._path), row_offset=offset, row_limit=ROWS, output_format="polars"
        )
        frame: pl.DataFrame = found
        texts = [name for name in frame.columns if frame[name].dtype == pl.String]
        return frame.with_columns(
            pl.when(pl.col(name).str.strip_chars() == "").then(None).otherwise(pl.col(name)).alias(name)
            for name in texts
        )
