"""How a file writes its clients: one who is written in two ways is one, and those who may be one are named."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reattune.text.normal_form import normal_form

if TYPE_CHECKING:
    import polars as pl

ALIKE = "clients written as another but for capitals, spaces or zeros in front, each taken for a client of their own"
# So many names are compared; a file of millions is not written by hand.
_MOST = 50_000


def names(values: pl.Series) -> pl.Series:
    """The people of a column as text: spaces around a name, accents typed apart and a spreadsheet's ``1.0`` are no
    other name."""
    import polars as pl

    text = values.cast(pl.String)
    if values.dtype.is_float():
        return text.str.strip_suffix(".0")
    if values.dtype != pl.String:
        return text
    text = text.str.strip_chars().str.replace(r"^(\d+)\.0+$", "${1}")
    known = text.unique().drop_nulls()
    known = known.filter(known.str.contains(r"[^\x00-\x7F]"))
    return text.replace(known.to_list(), [normal_form("NFC", name) for name in known.to_list()]) if len(known) else text


class Spellings:
    """Notices clients whose names differ in capitals, spaces or zeros in front alone; each stays one of their own."""

    def __init__(self) -> None:
        self._first: dict[str, str] = {}
        self._seen: set[str] = set()

    def new(self, clients: pl.Series) -> int:
        """How many clients of these are written almost as another was, and were not counted before."""
        count = 0
        for name in clients.unique(maintain_order=True).drop_nulls().to_list():
            if name in self._seen or len(self._seen) >= _MOST:
                continue
            self._seen.add(name)
            count += self._first.setdefault("".join(name.casefold().split()).lstrip("0"), name) != name
        return count
