"""What is countable as CSV, one file a table, for a spreadsheet; with some of the words, and not all."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from itertools import product
from uuid import UUID

from reattune.journal import Journal
from reattune.journal.documents import Attempt, Belief, Moment, Practice, Relationship, Rupture, TriedAnswer
from reattune.journal.therapists_vocabulary import Rater

Cell = str | int | float | None
Rows = Iterable[list[Cell]]
# A spreadsheet takes a cell that begins like this for a formula.
# A spreadsheet that separates with semicolons or tabs begins a cell after one, and a row after a line break.
_SEPARATORS = frozenset(";\t\r\n")
_AFTER_SEPARATOR = re.compile(r"""(?<![\s";])[\s";]++(?=[=+\-@])""")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def tables(journal: Journal) -> dict[str, str]:
    """File name to CSV text (UTF-8 with a mark, so that a spreadsheet reads it right).

    Times are ISO 8601 in the zone they were written in; of a moment of which no more is remembered, the year or
    nothing. Text that a spreadsheet would take for a formula gets an apostrophe before it, also
    where a spreadsheet that separates with semicolons or tabs would begin a cell within it.
    """
    found = {}
    for name, (head, rows_of) in _TABLES.items():
        out = io.StringIO(newline="")
        writer = csv.writer(out)
        writer.writerow(head)
        writer.writerows([_cell(value) for value in row] for row in rows_of(journal))
        found[f"{name}.csv"] = "\ufeff" + out.getvalue()
    return found


def zipped(journal: Journal, made: datetime) -> bytes:
    """The same as one ZIP."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in tables(journal).items():
            archive.writestr(zipfile.ZipInfo(name, made.timetuple()[:6]), text.encode())
    return out.getvalue()


def is_own_table(head: Sequence[str]) -> bool:
    """Whether a table begins like one of these, of this version or another.

    They are to be looked at, and say too little to come back: of a check-in there is a row for each answer, which
    would be a session each.
    """
    given = [cell.strip().casefold() for cell in head[:4]]
    return any(given == columns[:4] for columns, _rows in _TABLES.values())


def _cell(value: Cell) -> Cell:
    if not isinstance(value, str):
        return value
    value = _AFTER_SEPARATOR.sub(lambda found: found[0] + "'" * (not _SEPARATORS.isdisjoint(found[0])), value)
    return f"'{value}" if value.startswith(_FORMULA) else value


def _name(journal: Journal, who: UUID) -> str:
    known = journal.find(Relationship, who)
    return known.name if known else ""


def _check_ins(journal: Journal) -> Rows:
    for who, rater in product(journal.all(Relationship), Rater):
        for session, check_in in journal.check_ins(who, rater):
            shared: list[Cell] = [session.local(session.at).isoformat(), who.name, check_in.instrument]
            ends: list[Cell] = [check_in.urge_to_leave, check_in.unsaid_words, check_in.note, check_in.rater]
            answered: Iterable[tuple[str, Cell]] = check_in.answers.items() or [("", None)]
            for item, value in answered:
                yield [*shared, item, value, *ends]


def _when(moment: Moment) -> str:
    """Its time; only the year where no more is remembered, and nothing where not even that is."""
    if moment.no_day or moment.only_age:
        return ""
    at = moment.local(moment.at)
    return f"{at.year:04}" if moment.by_year else at.isoformat()


def _moments(journal: Journal) -> Rows:
    for m in journal.moments():
        yield [
            _when(m), m.age, _name(journal, m.relationship_id), m.cause, m.reaction, m.event,
            " ".join(m.feelings), " ".join(m.touched), m.did, m.what, m.meant_about_me, m.meant_about_them,
        ]  # fmt: skip


def _ruptures(journal: Journal) -> Rows:
    for r in journal.all(Rupture):
        yield [r.local(r.began).isoformat(), _name(journal, r.relationship_id), r.title, r.state, len(r.moment_ids)]


def _talks(journal: Journal) -> Rows:
    for a in journal.all(Attempt):
        rupture = journal.find(Rupture, a.rupture_id)
        who, title = (_name(journal, rupture.relationship_id), rupture.title) if rupture else ("", "")
        yield [
            a.local(a.at).isoformat(), who, title, a.number, a.delivery,
            " ".join([*a.met, *a.client_met]), a.outcome, a.trust_before, a.trust_after, a.hope_before, a.hope_after,
            a.agreed, a.they_said,
        ]  # fmt: skip


def _beliefs(journal: Journal) -> Rows:
    for b in journal.all(Belief):
        if not b.ratings:
            yield [b.words, "", None]
        for rating in b.ratings:
            yield [b.words, b.local(rating.at).isoformat(), rating.truth]


def _practices(journal: Journal) -> Rows:
    for p in journal.all(Practice):
        done = p.local(p.done).isoformat() if p.done else ""
        yield [_name(journal, p.relationship_id), p.tried, p.plan, done, p.went, p.how_it_went]


def _tried_answers(journal: Journal) -> Rows:
    for t in journal.all(TriedAnswer):
        yield [t.local(t.at).isoformat(), t.vignette, t.way, t.seconds, " ".join(t.parts), t.words, t.keep_in_mind]


_TABLES: dict[str, tuple[list[str], Callable[[Journal], Rows]]] = {
    "check-ins": (
        ["session", "who", "instrument", "item", "value", "urge_to_leave", "unsaid", "note", "rater"], _check_ins,
    ),
    "moments": (
        ["at", "age", "who", "cause", "reaction", "event", "feelings", "touched", "did", "what", "about_me",
         "about_them"], _moments,
    ),
    "ruptures": (["began", "who", "title", "state", "moments"], _ruptures),
    "talks": (
        ["at", "who", "about", "number", "brought", "met", "outcome", "trust_before", "trust_after", "hope_before",
         "hope_after", "agreed", "they_said"], _talks,
    ),
    "beliefs": (["belief", "at", "truth"], _beliefs),
    "practices": (["who", "tried", "plan", "done", "went", "how_it_went"], _practices),
    "practised-answers": (["at", "vignette", "way", "seconds", "found", "words", "keep_in_mind"], _tried_answers),
}  # fmt: skip
