"""Tables with a row for each questionnaire of a day, or with rows of several therapists: those of one come in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from reattune.alliance.published_scores import named_in, published_scores
from reattune.content.translated_sentences import say, to_say
from reattune.exchange.column_names import Role, is_symptom, role_of, word_set, words_of
from reattune.exchange.columns_of_days import share_if_days
from reattune.exchange.deterministic_ids import made_at, steady_id
from reattune.exchange.raters_of_rows import says_who_rated
from reattune.exchange.table_of_file import Table
from reattune.exchange.written_numbers import is_missing, lone_number
from reattune.journal.client_names import name_key, single_spaces
from reattune.journal.documents.relationship import Relationship

# Of more, none is likely to be a questionnaire, or a therapist of one person.
_MOST = 30
_SHOWN, _NAME = 6, 100
# In words, of a name with titles.
_LONGEST = 5


@dataclass(frozen=True)
class Questionnaires:
    """The column that tells rows of several questionnaires apart.

    Attributes:
        place: of the column.
        names: as they are written first, in their order.
        likely: the one that is most likely about the bond; "" where none of them is known.
    """

    place: int
    names: tuple[str, ...]
    likely: str


def questionnaires_in(table: Table) -> Questionnaires | None:
    """The column that says of which questionnaire a row is; ``None`` where no column names several.

    It is called so, or most of what it names are questionnaires that are known; and it holds no days.
    """
    for place, head in enumerate(table.head):
        rows = _names(table, place)
        if not 1 < len(rows) <= _MOST or _are_numbers(rows):
            continue
        if role_of(head) is not Role.MEASURE and not names_questionnaires(rows):
            continue
        if share_if_days(table, place) is not None:
            continue
        known = [name for name in rows if _questionnaire(name)]
        bond = [name for name in known if not _of_symptoms(name)] or [name for name in rows if not _of_symptoms(name)]
        bond = [name for name in bond if word_set("of_therapist").isdisjoint(words_of(name))] or bond
        likely = max(bond or known, key=lambda name: rows[name], default="") if known else ""
        return Questionnaires(place, tuple(rows), likely)
    return None


def names_questionnaires(names: Iterable[str]) -> bool:
    """Whether most of several names are those of questionnaires that are known."""
    found = [_questionnaire(name) for name in names]
    return len(found) > 1 and 2 * sum(found) > len(found)


def of_one_questionnaire(table: Table, found: Questionnaires, name: str) -> Table:
    """The rows of one of them, in their places; the others are empty, and said."""
    others = {name_key(each) for each in found.names} - {name_key(name)}
    said = to_say("Rows of other questionnaires: {n} ({names}). To import those too, choose one of them above.")
    return _without(table, found.place, others, said)


def therapists_beside(
    table: Table, here: Sequence[Relationship], taken: Collection[int], now: datetime
) -> list[Relationship]:
    """Those whom a column names and who are not here: each becomes a therapist of the past, if their sessions come in.

    ``taken`` are columns that hold something else.
    """
    found = _therapists(table, taken)
    known = [name for each in here for name in (each.name, *each.called_before)]
    names = [each for each in (found[1] if found else ()) if not any(_may_be(each, name) for name in known)]
    made = [
        made_at(
            Relationship, steady_id("therapist", name_key(name)), now, "UTC", name=name[:_NAME].strip(),
            role="therapist", status="past",
        )
        for name in names
    ]  # fmt: skip
    return [each for each in made if isinstance(each, Relationship)]


def of_one_therapist(table: Table, names: Sequence[str], taken: Collection[int]) -> tuple[Table, tuple[str, ...]]:
    """The rows of the therapist who is or was called by one of ``names``, where a column names several; the others are
    empty, and said. With a sentence where a column names somebody, and that may be nobody or several of them.

    ``taken`` are columns that hold something else.
    """
    found = _therapists(table, taken)
    if found is None:
        return table, ()
    place, rows = found
    theirs = [each for each in rows if any(_may_be(each, name) for name in names)]
    said = to_say("Rows of another therapist: {n} ({names}). To import those too, choose above who they were with.")
    others = {name_key(each) for each in rows} - {name_key(each) for each in theirs}
    left = _without(table, place, others, said) if theirs else table
    if len(theirs) == 1:
        return left, ()
    return left, (
        say(
            "The column “{head}” says: {said}. All of these sessions are taken as sessions with {name}.",
            head=table.head[place], said=_shown(theirs or rows), name=names[0],
        ),
    )  # fmt: skip


def _therapists(table: Table, taken: Collection[int]) -> tuple[int, Counter[str]] | None:
    """The column that names therapists, and whom it names, with how often."""
    for place, head in enumerate(table.head):
        if place in taken or role_of(head) is not Role.THERAPIST:
            continue
        rows = _names(table, place)
        if not rows or _are_numbers(rows):
            continue
        if says_who_rated(head, rows) or len(rows) > _MOST or any(len(words_of(each)) > _LONGEST for each in rows):
            continue  # what somebody wrote is no name
        return place, rows
    return None


def _without(table: Table, place: int, others: Collection[str], said: str) -> Table:
    """``said`` has room for how many rows those are, and whose."""
    theirs = [name in others for name in _named_above(table, place)]
    left = [row for row, other in zip(table.rows, theirs, strict=True) if other and any(row)]
    if not left:
        return table
    rows = tuple(("",) * len(row) if other else row for row, other in zip(table.rows, theirs, strict=True))
    sentence = say(said, n=len(left), names=_shown(_names(replace(table, rows=tuple(left)), place)))
    return replace(table, rows=rows, left_out=(*table.left_out, sentence))


def _named_above(table: Table, place: int) -> Iterator[str]:
    """The key of the name in each row. Where the first row has one and few others do, as cells that were merged have
    it, it stands for the empty ones below it too."""
    named = [not is_missing(row[place]) for row in table.rows]
    merged, name = bool(named) and named[0] and 2 * sum(named) < len(named), ""
    for row, own in zip(table.rows, named, strict=True):
        name = name_key(row[place]) if own else name if merged else ""
        yield name


def _names(table: Table, place: int) -> Counter[str]:
    """What stands in a column, each as it is written first, with how often; whatever its case."""
    first: dict[str, str] = {}
    found: Counter[str] = Counter()
    for row in table.rows:
        if not is_missing(row[place]):
            found[first.setdefault(name_key(row[place]), single_spaces(row[place]))] += 1
    return found


def _are_numbers(names: Iterable[str]) -> bool:
    return all(lone_number(name) is not None for name in names)


def _questionnaire(name: str) -> bool:
    return named_in(words_of(name), published_scores().values()) is not None


def _of_symptoms(name: str) -> bool:
    known = named_in(words_of(name), published_scores().values())
    return known[0].symptoms if known else is_symptom(name)


def _may_be(said: str, name: str) -> bool:
    """Whether one of two names is the other with more to it, as "Dr. Miriam Weber" is Miriam."""
    here, there = set(words_of(said)), set(words_of(name))
    return bool(here and there) and (here <= there or there <= here)


def _shown(names: Iterable[str]) -> str:
    found = list(names)
    return ", ".join(name[:40] for name in found[:_SHOWN]) + " …" * (len(found) > _SHOWN)
