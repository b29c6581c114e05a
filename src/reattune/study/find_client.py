"""Who a row is of and which session it is, by the names of columns and by what stands in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reattune.exchange.column_names import Role, role_of, word_set, words_of
from reattune.study.column_contents import Columns
from reattune.study.column_roles import When
from reattune.study.errors import Choice, QuestionError, StudyError
from reattune.study.session_labels import label_numbers
from reattune.study.wide_columns import wide_layouts

if TYPE_CHECKING:
    from reattune.study.read_options import ReadOptions


def listed(columns: Columns) -> str:
    names = [name for name in columns.names if name]
    shown = ", ".join(names[:40])
    return f"The columns are: {shown}{', …' if len(names) > 40 else ''}."


def which_client(columns: Columns) -> StudyError:
    return StudyError(f"Which column names the client? Say it with --client. {listed(columns)}")


def client_by_name(columns: Columns) -> str | None:
    named = [name for name in columns.names if role_of(name) is Role.CLIENT and not columns[name].empty]
    weak = {name for name in named if "".join(words_of(name)) in word_set("client_else")}
    strong = [name for name in named if name not in weak]
    for group in (strong, [name for name in named if name in weak]):
        again = [name for name in group if columns.repeats(name)]
        if group:
            return (again or group)[0]
    # A column called so and empty is not nobody: the reader says that it is empty.
    return next((name for name in columns.names if role_of(name) is Role.CLIENT and name not in weak), None)


def find_client(columns: Columns, options: ReadOptions) -> str | None:
    """The client by name, else by content; ``None`` where the file is of one client.

    Raises:
        QuestionError, StudyError: it cannot be told.
    """
    named = client_by_name(columns)
    if named is not None:
        weak = "".join(words_of(named)) in word_set("client_else")
        if not (weak and not columns.repeats(named) and len(columns) > 1 and session_by_name(columns, None)):
            return named
        # A number for each row, as many exports have it, is not the client if another column can be.
        others = [pair for pair in _pairs(columns, {named}) if pair[0] != named]
        return _one_of(columns, others) if others else named
    pairs = _pairs(columns, set())
    if pairs:
        return _one_of(columns, pairs)
    session = options.session or session_by_name(columns, None)
    if session and not columns.twice([session]) and not _might_be_client(columns, session):
        return None
    if wide_layouts(columns, None, options, must=False):
        alone = different_in_each_row(columns, set())
        if alone:
            return alone
        if len(columns) == 1:
            return None
    if session and columns[session].dated and not _might_be_client(columns, session):
        return None
    raise which_client(columns)


def _might_be_client(columns: Columns, session: str) -> bool:
    """Whether a text column with values that come again could name clients, so that one client is not sure."""
    return any(
        not columns[name].numeric
        and not columns[name].dated
        and 1 < columns[name].distinct <= 0.5 * columns[name].filled
        for name in columns.names
        if name != session and role_of(name) is None and columns[name].filled > 0.8 * len(columns)
    )


def _one_of(columns: Columns, pairs: list[tuple[str, str]]) -> str:
    clients = list(dict.fromkeys(client for client, _ in pairs))
    if len(clients) > 1:
        raise QuestionError(
            "More than one column could name the client.",
            [Choice(f"column {name}", ("--client", name), {"client": name}) for name in clients[:5]],
        )
    return clients[0]


def _pairs(columns: Columns, without: set[str]) -> list[tuple[str, str]]:
    """Columns that could be client and session: few values with many rows each, and no pair twice."""
    rows = len(columns)
    if rows < 4:
        return []
    named = [name for name in columns.names if role_of(name) in (Role.SESSION, Role.DATE) and not columns[name].empty]
    dated = [name for name in columns.names if role_of(name) is None and columns[name].dated]
    found = []
    for client in columns.names:
        column = columns[client]
        if (
            client in without
            or role_of(client) not in (None, Role.CLIENT)
            or column.dated
            or column.filled < 0.9 * rows
        ):
            continue
        if (column.numeric and not column.whole) or not 1 < column.distinct <= 0.67 * rows:
            continue
        sessions = [name for name in (*named, *dated) if name != client]
        if not sessions:
            sessions = [
                name for name in columns.names
                if name != client and role_of(name) is None and columns.grows_within(name, client)
            ]  # fmt: skip
        for session in sessions:
            if not columns.twice([client, session]) and columns.varies_within(session, client):
                found.append((client, session))
    return found


def different_in_each_row(columns: Columns, without: set[str]) -> str | None:
    """The first column with another value in every row, as names and codes of clients have."""
    for name in columns.names:
        column = columns[name]
        if name in without or column.dated or (column.numeric and not column.whole) or name.strip().isdigit():
            continue
        if column.filled == len(columns) and column.distinct == len(columns) and role_of(name) in (None, Role.CLIENT):
            return name
    return None


def session_by_name(columns: Columns, who: str | None) -> str | None:
    named = [name for name in columns.names if role_of(name) is Role.SESSION and not columns[name].empty]
    named += [name for name in columns.names if role_of(name) is Role.DATE and not columns[name].empty]
    usable = [name for name in named if name != who and kind_of_session(columns, name)]
    return usable[0] if usable else None


def kind_of_session(columns: Columns, name: str) -> When | None:
    """How a column tells sessions apart, if it does."""
    column = columns[name]
    if column.dated:
        return "date"
    if column.numeric:
        serial = role_of(name) is Role.DATE and column.whole and column.sample and min(column.sample) > 20_000
        return "date" if serial else "number"
    return "label" if column.shown and label_numbers(column.shown) else None
