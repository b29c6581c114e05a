"""From the columns of a file to ratings: checked, named, one row each."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

from reattune.alliance.missing_codes import is_code
from reattune.exchange.column_names import word_set
from reattune.exchange.written_numbers import Decimal, is_missing, number
from reattune.study.client_spellings import ALIKE, Spellings, names
from reattune.study.column_contents import cells
from reattune.study.errors import StudyError
from reattune.study.parse_days import DayReader
from reattune.study.raters import checked
from reattune.study.rating_files import Source
from reattune.study.reading import Reading

if TYPE_CHECKING:
    import polars as pl

# So many rows at the end of a piece may be sums.
_LAST = 5
# Of the client, of the therapist.
_BOTH = (False, True)
_RATING = ("row", "client", "session", "score", "therapist")


# No score is larger, and no code for a missing one either.
_LARGEST = 1e9


class Reader:
    """Turns pieces of one source into ratings of one measure.

    A rating has ``row``, ``client`` (text), ``session`` (whole number; days since 1970 where sessions are dated),
    ``score`` (number, null where missing) and ``therapist`` (text, null where unknown); where scores are made from
    answers also ``unsure``, the variance that each has beyond the usual; where client and therapist both have rated,
    ``own``, whether it is the therapist's.

    Attributes:
        notes: what was left out or put together, with how often.
    """

    def __init__(self, source: Source, reading: Reading) -> None:
        self.source, self.reading, self.layout = source, reading, reading.layout
        self.notes: Counter[str] = Counter()
        self._days = DayReader(source, reading.order)
        self._spellings = Spellings()

    def ratings(self, piece: pl.DataFrame) -> pl.DataFrame:
        """The ratings in a piece.

        Raises:
            StudyError: text where a number belongs, a score out of range, a rating without client or session, a date
                in the future. The sentence names row and column.
        """
        absent = [name for name in self.layout.columns if name not in piece.columns]
        if absent:
            raise StudyError(f"{self._where(piece)}: this file has no column {absent[0]!r}, which the first one has.")
        if self.layout.measure is not None:
            piece = self._of_measure(piece, self.layout.measure)
        if self.layout.rater is not None:
            return self._of_both(piece, self.layout.rater)
        return self._from_wide(piece) if self.layout.wide else self._from_long(piece)

    def _of_both(self, piece: pl.DataFrame, column: str) -> pl.DataFrame:
        """Ratings of client and therapist, one below the other; ``own`` says which are the therapist's."""
        import polars as pl

        theirs = checked(self.source, piece, column)
        parts = [self._from_long(piece.filter(theirs == own)).with_columns(pl.lit(own).alias("own")) for own in _BOTH]
        return pl.concat(parts)

    def _of_measure(self, piece: pl.DataFrame, column: str) -> pl.DataFrame:
        values, layout = cells(piece[column]), self.layout
        new = piece.filter(values.is_not_null() & ~values.is_in(list(layout.measures)))
        if len(new) and self.reading.options.only is None:
            raise StudyError(
                f"{self._where(new)}, column {column!r}: the measure {new[column][0]!r} is not among those "
                f"at the beginning of the file ({', '.join(layout.measures[:5])}). Sort the file by client, or "
                "say with --only which to read."
            )
        return piece if layout.only is None else piece.filter((values == layout.only).fill_null(False))

    def _where(self, table: pl.DataFrame) -> str:
        return self.source.where(table["row"][0]) if len(table) else self.source.name

    def _from_long(self, piece: pl.DataFrame) -> pl.DataFrame:
        import polars as pl

        layout = self.layout
        assert layout.session is not None  # noqa: S101
        piece = self._without_totals(piece)
        named = self._named(piece).with_columns(session=piece[layout.session])
        # A row without client or session, and without a rating too, is a leftover of a spreadsheet or a form.
        blank = _blank(named["client"]) | _blank(named["session"])
        if blank.any():
            unrated = pl.Series([True] * len(piece))
            for column in layout.scores:
                unrated &= _blank(piece[column])
            empty = blank & unrated
            if empty.any():
                self.notes["rows without a rating and without a client or session, left out"] += int(empty.sum())
                piece, named = piece.filter(~empty), named.filter(~empty)
        self._check_there(named, "client", layout.client or "")
        self._check_there(named, "session", layout.session)
        sessions = self._sessions(named, layout.session)
        scores = self._scores(piece, layout.groups[0])
        found = named.with_columns(sessions.alias("session"), *scores).select(*_RATING, *_more(scores))
        if sessions.null_count():
            # The session is a word for "missing".
            found = found.filter(pl.col("session").is_not_null() | pl.col("score").is_not_null())
            self.notes["rows without a rating and without a client or session, left out"] += len(named) - len(found)
            self._check_there(found, "session", layout.session)
        return found

    def _named(self, piece: pl.DataFrame) -> pl.DataFrame:
        import polars as pl

        layout = self.layout
        nobody = pl.Series("therapist", [None], dtype=pl.String).new_from_index(0, len(piece))
        one = pl.Series("client", ["1"], dtype=pl.String).new_from_index(0, len(piece))
        return pl.DataFrame(
            [
                piece["row"],
                one if layout.client is None else self._clients(piece[layout.client]),
                nobody if layout.therapist is None else names(piece[layout.therapist]).alias("therapist"),
            ]
        )

    def _clients(self, values: pl.Series) -> pl.Series:
        clients = names(values).alias("client")
        if alike := self._spellings.new(clients):
            self.notes[ALIKE] += alike
        return clients

    def _without_totals(self, piece: pl.DataFrame) -> pl.DataFrame:
        """Without rows such as "Total" that a spreadsheet ends with, and names of columns that come a second time."""
        import polars as pl

        layout = self.layout
        if layout.client is None or piece[layout.client].dtype != pl.String:
            return piece
        # Sums stand at the end, or in rows that say no session.
        place = pl.int_range(len(piece), eager=True)
        candidate = place >= len(piece) - _LAST
        if layout.session is not None:
            candidate |= _blank(piece[layout.session])
        candidate |= (piece[layout.client] == layout.client).fill_null(False)
        few = piece.filter(candidate)
        words = few[layout.client].str.strip_chars()
        small = words.str.to_lowercase().str.strip_chars_end(":.")
        sums = small.is_in(list(word_set("totals")))
        long_word = small.str.len_chars() > 2
        if layout.session is not None and sums.any():
            # Somebody who is called so has more than one row.
            own = piece[layout.client].is_in(words.filter(sums.fill_null(False)).unique().to_list()).sum()
            sums &= _blank(few[layout.session]) | (long_word & (int(own) == int(sums.sum())))
        elif layout.session is None:
            sums &= long_word
        drop = (sums | (words == layout.client)).fill_null(False)
        if not drop.any():
            return piece
        self.notes["rows of totals or names of columns, left out"] += int(drop.sum())
        return piece.filter(~piece["row"].is_in(few["row"].filter(drop).to_list()))

    def _from_wide(self, piece: pl.DataFrame) -> pl.DataFrame:
        import polars as pl

        layout = self.layout
        piece = self._without_totals(piece)
        named = self._named(piece)
        blank = _blank(named["client"])
        if blank.any():
            unrated = pl.Series([True] * len(piece))
            for column in layout.scores:
                unrated &= _blank(piece[column])
            if (blank & unrated).any():
                self.notes["rows without a rating and without a client or session, left out"] += int(
                    (blank & unrated).sum()
                )
                piece, named = piece.filter(~(blank & unrated)), named.filter(~(blank & unrated))
        self._check_there(named, "client", layout.client or "")
        columns = []
        for session, group in zip(layout.numbers, layout.groups, strict=True):
            scores = self._scores(piece, group)
            columns.append(named.with_columns(pl.lit(session, dtype=pl.Int64).alias("session"), *scores))
        long = pl.concat(columns)
        # What is empty after a client's last rating is no missing session: the therapy was over.
        last = long.filter(pl.col("score").is_not_null()).group_by("row").agg(pl.col("session").max().alias("last"))
        long = long.join(last, on="row", how="left").filter(
            pl.col("session") <= pl.col("last").fill_null(layout.numbers[0])
        )
        return long.sort("row", "session").select(*_RATING, *_more(scores))

    def _sessions(self, table: pl.DataFrame, name: str) -> pl.Series:
        import polars as pl

        values = table["session"]
        if self.layout.when == "date":
            return self._days.days(table, name)
        if self.layout.when == "label":
            known = self.reading.labels
            words = cells(values)
            wrong = table.filter(words.is_not_null() & ~words.is_in(list(known)))
            if len(wrong):
                raise StudyError(
                    f"{self._where(wrong)}, column {name!r}: {wrong['session'][0]!r} is not one of the sessions at the "
                    f"beginning of the file ({', '.join(list(known)[:5])}, …)."
                )
            return words.replace_strict(list(known), list(known.values()), default=None, return_dtype=pl.Int64)
        if values.dtype.is_temporal():
            raise StudyError(f"{self._where(table)}, column {name!r}: these are times, not sessions or dates.")
        sessions = self._numbers(table["row"], values, name, self.reading.decimals.get(name, Decimal.POINT))
        broken = table.filter((sessions != sessions.round()).fill_null(False))
        if len(broken):
            raise StudyError(
                f"{self._where(broken)}, column {name!r}: a session is a whole number, and this is "
                f"{broken['session'][0]!r}."
            )
        return sessions.cast(pl.Int64)

    def _scores(self, piece: pl.DataFrame, group: tuple[str, ...]) -> list[pl.Series]:
        """``score``, and where it is made from answers, ``unsure``."""
        import polars as pl

        decimals = self.reading.decimals
        if len(group) == 1:
            score = self._numbers(piece["row"], piece[group[0]], group[0], decimals.get(group[0], Decimal.POINT))
            score = self._without_codes(score)
            measure = self.reading.scale.measure
            self._check_range(piece["row"], score, group[0], measure.low, measure.high)
            sure = [] if self.reading.scale.usual_variance is None else [pl.repeat(0.0, len(score), eager=True)]
            return [score.alias("score"), *(each.alias("unsure") for each in sure)]
        scale = self.reading.scale
        assert scale.instrument is not None  # noqa: S101
        assert scale.item_ends is not None  # noqa: S101
        assert scale.form is not None  # noqa: S101
        answers = []
        for name in group:
            answer = self._without_codes(
                self._numbers(piece["row"], piece[name], name, decimals.get(name, Decimal.POINT))
            )
            self._check_range(piece["row"], answer, name, *scale.item_ends)
            answers.append(answer.fill_null(float("nan")).to_numpy())
        rows = np.column_stack(answers)
        total = pl.Series("score", scale.instrument.total(rows, scale.item_ends, scale.form.scored)).fill_nan(None)
        if scale.usual_variance is None:
            return [total]
        return [total, pl.Series("unsure", scale.unsure(rows))]

    def _without_codes(self, numbers: pl.Series) -> pl.Series:
        missing = self.reading.options.missing
        if not missing:
            return numbers
        code = numbers.is_in(list(missing)).fill_null(False)
        if code.any():
            self.notes[f"scores of {', '.join(f'{each:g}' for each in missing)} taken as missing"] += int(code.sum())
        return numbers.set(code, None)

    def _numbers(self, rows: pl.Series, values: pl.Series, name: str, decimal: Decimal) -> pl.Series:
        import polars as pl

        if values.dtype.is_numeric():
            numbers = values.cast(pl.Float64)
            # In a Parquet file NaN is how many tools write a missing score.
            numbers = numbers.fill_nan(None)
            wrong = numbers.is_infinite().fill_null(False)
        elif values.dtype == pl.Null:
            return values.cast(pl.Float64)
        else:
            text = values.cast(pl.String).str.strip_chars()
            numbers = text.cast(pl.Float64, strict=False)
            if decimal is Decimal.COMMA:
                # 1.320 is a whole number there, and 73,5 none of a computer's.
                numbers = numbers.set(text.str.contains(r"[.,]").fill_null(False), None)
            numbers = numbers.set((numbers.is_infinite() | numbers.is_nan()).fill_null(False), None)
            left = numbers.is_null() & text.is_not_null()
            wrong = left
            if left.any():
                known = {cell: number(cell, decimal) for cell in text.filter(left).unique().to_list()}
                found = text.replace_strict(list(known), list(known.values()), default=None, return_dtype=pl.Float64)
                numbers = pl.select(pl.coalesce(numbers, found)).to_series()
                nothing = [cell for cell in known if is_missing(cell)]
                wrong = left & numbers.is_null() & ~text.is_in(nothing)
        if wrong.any():
            place = int(wrong.arg_true()[0])
            raise StudyError(
                f"{self.source.where(rows[place])}, column {name!r}: {values[place]!r} is not a number. "
                "Leave a missing one empty."
            )
        far = (numbers.abs() > _LARGEST).fill_null(False)
        if far.any():
            place = int(far.arg_true()[0])
            raise StudyError(
                f"{self.source.where(rows[place])}, column {name!r}: {values[place]!r} is far beyond what any "
                "questionnaire gives. Correct it, or leave it empty if the score is missing."
            )
        return numbers

    def _check_there(self, table: pl.DataFrame, column: str, name: str) -> None:
        missing = table.filter(_blank(table[column]))
        if len(missing):
            raise StudyError(f"{self._where(missing)}, column {name!r} is empty; each rating needs one.")

    def _check_range(self, rows: pl.Series, scores: pl.Series, name: str, low: float, high: float) -> None:
        if low == -np.inf and high == np.inf:
            return
        off = ((scores < low) | (scores > high)).fill_null(False)
        if not off.any():
            return
        place = int(off.arg_true()[0])
        value = f"{scores[place]:g}"
        count = int((scores == scores[place]).sum())
        often = f"; it stands there {count:,} times" if count > 1 else ""
        known = {
            "given": "the range given for this measure",
            "instrument": f"the range of the {self.reading.scale.instrument.title}"
            if self.reading.scale.instrument
            else "",
        }.get(self.reading.scale.known_by, "the range seen at the beginning of the file")
        advice = "Correct it"
        if is_code(float(scores[place])):
            advice += f", or say that it means missing with --missing {value}"
        if self.reading.scale.known_by != "given":
            advice += ", or say the range with --range LOWEST..HIGHEST"
        raise StudyError(
            f"{self.source.where(rows[place])}, column {name!r}: the score {value} is outside {low:g} to "
            f"{high:g}, {known}{often}. {advice}."
        )


def _more(scores: list[pl.Series]) -> list[str]:
    """What a rating has beside its usual columns."""
    return [each.name for each in scores[1:]]


def _blank(values: pl.Series) -> pl.Series:
    import polars as pl

    empty = values.is_null()
    return empty | ((values == "") | (values == " ")).fill_null(True) if values.dtype == pl.String else empty
