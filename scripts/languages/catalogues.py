"""Catalogues of the screens' sentences: taken from templates and modules, kept up to date, compiled.

GNU gettext need not be installed: Babel reads Python and writes catalogues, and Django itself says what a template
holds. The header of a file holds nothing that changes by itself, and entries lie in the order of their places, so that
a diff shows what was changed and nothing else.
"""

from __future__ import annotations

import ast
import io
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_python
from babel.messages.plurals import get_plural
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src" / "reattune"
LOCALE = PACKAGE / "locale"
# Where in the arguments of a call its sentences are; ``c`` is what they are about.
KEYWORDS: Mapping[str, tuple[int | tuple[int, str], ...] | None] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "say": (1,),
    "to_say": (1,),
    "say_many": (1, 2),
    "to_say_many": (1, 2),
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
# What an English speaker chooses between; the other languages say how many forms they have by themselves.
_WIDTH = 100
# What the command line says, and what is no source of sentences.
_ENGLISH = {"static", "content", "installation", "hosted", "proof", "cli.py", "terminal.py"}


@dataclass(frozen=True)
class Sentence:
    """One sentence as it is in the source.

    Attributes:
        many: what it is of many; empty where no number decides.
        about: what tells it from the same words with another meaning; mostly empty.
        places: file and line of each place.
    """

    one: str
    many: str
    about: str
    places: tuple[tuple[str, int], ...]
    comments: tuple[str, ...] = ()

    @property
    def key(self) -> tuple[str, str]:
        """What tells it from every other sentence."""
        return self.about, self.one

    @property
    def id(self) -> str | tuple[str, str]:
        """As catalogues name it."""
        return (self.one, self.many) if self.many else self.one


def sources() -> list[Path]:
    """Every file that may hold a sentence for a person, in order."""
    found = [path for ending in ("*.py", "*.html", "*.svg", "*.txt") for path in PACKAGE.rglob(ending)]
    return sorted(path for path in found if not _ENGLISH & {*path.relative_to(PACKAGE).parts})


def _of_template(text: str, name: str) -> str:
    """The sentences of a template, as calls in Python on the same lines."""
    from django.utils.translation.template import templatize

    # Between brackets a line may begin anywhere.
    return f"({templatize(text, origin=name)}\n)"


def found_in(path: Path) -> Iterator[Sentence]:
    """The sentences of one file, in order."""
    name = path.relative_to(PACKAGE).as_posix()
    text = path.read_text("utf-8")
    for line, function, arguments, comments in _calls(text) if path.suffix == ".py" else _in_template(text, name):
        about, one, many = _which(function, arguments)
        if one:
            yield Sentence(one, many, about, ((name, line),), tuple(comments))


def _in_template(text: str, name: str) -> Iterator[tuple[int, str, list[str | None], list[str]]]:
    source = io.BytesIO(_of_template(text, name).encode())
    for line, function, arguments, comments in extract_python(
        source, dict(KEYWORDS), ["Translators:"], {"encoding": "utf-8"}
    ):
        given = list(arguments) if isinstance(arguments, (tuple, list)) else [arguments]
        yield line, str(function), given, list(comments)


def _calls(text: str) -> Iterator[tuple[int, str, list[str | None], list[str]]]:
    """Calls that name a sentence. By the syntax tree: Babel does not look into f-strings, where they are too."""
    lines = text.splitlines()
    named = (node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Call))
    for node in sorted(named, key=lambda call: (call.lineno, call.col_offset)):
        if isinstance(node.func, ast.Name) and node.func.id in KEYWORDS:
            given = [each.value if isinstance(each, ast.Constant) else None for each in node.args]
            above = lines[node.lineno - 2].strip() if 2 <= node.lineno <= len(lines) + 1 else ""
            note = [above.removeprefix("# ")] if above.startswith("# Translators:") else []
            yield node.lineno, node.func.id, [each if isinstance(each, str) else None for each in given], note


def _which(function: str, given: list[str | None]) -> tuple[str, str, str]:
    where = KEYWORDS[function] or (1,)
    about = one = many = ""
    for place in where:
        index, is_about = (place[0], True) if isinstance(place, tuple) else (place, False)
        words = (given[index - 1] if index <= len(given) else None) or ""
        if is_about:
            about = words
        elif not one:
            one = words
        else:
            many = words
    return about, one, many


def sentences() -> list[Sentence]:
    """Every sentence once, with all its places, in the order of the first one."""
    every: dict[tuple[str, str], Sentence] = {}
    for path in sources():
        for each in found_in(path):
            known = every.get(each.key)
            places = (*known.places, *each.places) if known else each.places
            many = (known.many if known else "") or each.many
            comments = tuple(dict.fromkeys([*(known.comments if known else ()), *each.comments]))
            every[each.key] = Sentence(each.one, many, each.about, places, comments)
    return list(every.values())


def po_file(language: str) -> Path:
    """Where the catalogue of a language lies."""
    return LOCALE / language / "LC_MESSAGES" / "django.po"


def read(language: str) -> Catalog:
    """The catalogue as it lies, or an empty one."""
    path = po_file(language)
    if not path.exists():
        return Catalog(locale=language)
    with path.open("rb") as file:
        return read_po(file, locale=language)


def updated(language: str, every: list[Sentence] | None = None) -> Catalog:
    """The catalogue with every sentence of the source and none besides; what was written already is kept."""
    known = read(language)
    made = Catalog(locale=language, fuzzy=False)
    for each in every if every is not None else sentences():
        before = known.get(each.one, each.about or None)
        made.add(
            each.id,
            string=_kept(before, each, forms_of(language)),
            locations=[(name, line) for name, line in each.places],
            context=each.about or None,
            auto_comments=each.comments,
        )
    return made


def forms_of(language: str) -> int:
    """How many forms a number chooses between."""
    return int(get_plural(language).num_plurals)


def _kept(before: Message | None, each: Sentence, forms: int) -> str | tuple[str, ...]:
    string = before.string if before and not before.fuzzy else None
    if each.many:
        strings = tuple(string) if isinstance(string, (tuple, list)) else ()
        return strings if len(strings) == forms else ("",) * forms
    return string if isinstance(string, str) else ""


def as_text(catalogue: Catalog, language: str) -> str:
    """The file: a header that says only what is needed, then one entry after another."""
    body = io.BytesIO()
    # Places name files and no lines: a line that moved is no change of words.
    write_po(body, catalogue, width=_WIDTH, omit_header=True, include_lineno=False, ignore_obsolete=True)
    plural = get_plural(language)
    header = (
        'msgid ""\nmsgstr ""\n'
        f'"Language: {language}\\n"\n'
        '"MIME-Version: 1.0\\n"\n'
        '"Content-Type: text/plain; charset=UTF-8\\n"\n'
        '"Content-Transfer-Encoding: 8bit\\n"\n'
        f'"Plural-Forms: {plural.plural_forms}\\n"\n\n'
    )
    return header + body.getvalue().decode().strip("\n") + "\n"


def write(language: str, catalogue: Catalog) -> None:
    """Put a catalogue and what is compiled from it in their place."""
    path = po_file(language)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(as_text(catalogue, language), "utf-8")
    path.with_suffix(".mo").write_bytes(compiled(path.read_text("utf-8"), language))


def compiled(text: str, language: str) -> bytes:
    """What a program reads (GNU's MO), from the text of a catalogue. The same text gives the same bytes.

    Babel's own writer puts the day and its version into the header; here it is the one of the text.
    """
    header = "".join(line.strip('"').replace("\\n", "\n") for line in text.partition("\n\n")[0].splitlines()[2:])
    found = {"": header}
    for message in read_po(io.BytesIO(text.encode()), locale=language):
        strings = message.string if isinstance(message.string, (tuple, list)) else (message.string,)
        ids = message.id if isinstance(message.id, (tuple, list)) else (message.id,)
        if message.id and all(strings) and not message.fuzzy:
            about = f"{message.context}\x04" if message.context else ""
            found[about + "\0".join(ids)] = "\0".join(strings)
    pairs = sorted((key.encode(), words.encode()) for key, words in found.items())
    start = 28 + 16 * len(pairs)
    tables: list[list[int]] = [[], []]
    blob = b""
    for column in (0, 1):
        for pair in pairs:
            tables[column] += [len(pair[column]), start + len(blob)]
            blob += pair[column] + b"\0"
    head = (0x950412DE, 0, len(pairs), 28, 28 + 8 * len(pairs), 0, start)
    return struct.pack(f"<7I{4 * len(pairs)}I", *head, *tables[0], *tables[1]) + blob


def missing(language: str, every: list[Sentence] | None = None) -> list[Sentence]:
    """The sentences that a language does not say yet."""
    known = read(language)
    found = []
    for each in every if every is not None else sentences():
        entry = known.get(each.one, each.about or None)
        strings = entry.string if entry else ""
        parts = list(strings) if isinstance(strings, (tuple, list)) else [strings]
        if entry is None or entry.fuzzy or not all(parts) or (each.many and len(parts) != forms_of(language)):
            found.append(each)
    return found


def room_of(sentence: Sentence) -> str:
    """The room that a sentence is written for: of the pages, or of the package."""
    parts = Path(sentence.places[0][0]).parts
    return parts[2] if parts[:2] == ("web", "pages") else parts[0]


def by_room(every: list[Sentence]) -> dict[str, list[Sentence]]:
    """The same sentences by the room they are written for."""
    ordered = sorted(every, key=room_of)
    return {room: list(group) for room, group in groupby(ordered, key=room_of)}
