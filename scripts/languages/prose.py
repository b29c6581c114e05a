"""The prose of a language: what of ``content/en`` is words, and the same files in another language.

A unit is what a writer writes at once: a text, or a short list of texts. Its address is the way to it in its file
(``misread_me``, then ``what_i_need``). A unit may have two forms of speaking to
somebody: ``{ familiar = "…", formal = "…" }``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import tomlkit

from reattune import content
from scripts.languages.placeholders import problem_of

CONTENT = Path(content.__file__).parent
# Between the steps of an address; a full stop may be part of one.
BETWEEN = " › "
# How a language is written is set up by hand, see docs/languages.md.
BY_HAND = ("language",)
# Keys whose values are data and no words.
DATA_KEYS = {"reference", "references", "id", "style"}
# Files that tell a story: what looks like a code there is one, and so are the keys listed here.
_STORIES = ("example", "example_caseload")
_STORY_DATA = {"region", "time"}
_CODE = re.compile(r"[a-z][a-z0-9_]*")
# Lists that have as many members as a language needs.
FREE_LISTS = {
    ("prompts", "about_them › words"),
    ("speech", "of_therapy"),
    ("speech", "hurt"),
    ("speech", "for_them"),
    ("sharing", "names › everyday"),
}
Words = str | list[Any] | dict[str, str]


@dataclass(frozen=True)
class Unit:
    """What is written at once, in English."""

    file: str
    address: str
    words: str | list[str]

    @property
    def free(self) -> bool:
        """Whether another language may have more or fewer members."""
        return (self.file, self.address) in FREE_LISTS


def english_files() -> list[str]:
    """The files that every language has, by name."""
    names = sorted(path.stem for path in (CONTENT / "en").glob("*.toml"))
    return [name for name in names if name not in BY_HAND]


def units(file: str) -> list[Unit]:
    """What is to be written of one file, in its order."""
    return [Unit(file, address, words) for address, words in _walk(file, (), content.as_written(file, "en"))]


def every_unit() -> list[Unit]:
    """The same of all files."""
    return [unit for file in english_files() for unit in units(file)]


def _walk(file: str, way: tuple[str, ...], part: Any) -> Iterator[tuple[str, str | list[str]]]:
    key = next((each for each in reversed(way) if not each.isdecimal()), "")
    if key in DATA_KEYS or (file in _STORIES and key in _STORY_DATA):
        return
    if isinstance(part, str):
        if part and not (file in _STORIES and _CODE.fullmatch(part)):
            yield BETWEEN.join(way), part
    elif isinstance(part, list) and part and all(isinstance(each, str) for each in part):
        if not (file in _STORIES and all(_CODE.fullmatch(each) for each in part)):
            yield BETWEEN.join(way), part
    else:
        within = part.items() if isinstance(part, dict) else enumerate(part) if isinstance(part, list) else ()
        for name, each in within:
            yield from _walk(file, (*way, str(name)), each)


def written(file: str, language: str) -> dict[str, Any]:
    """A file of a language as it lies, or nothing."""
    path = CONTENT / language / f"{file}.toml"
    return tomlkit.parse(path.read_text("utf-8")).unwrap() if path.exists() else {}


def at(part: Any, address: str) -> Any:
    """What is at an address, or ``None``."""
    for name in address.split(BETWEEN):
        try:
            part = part[int(name)] if isinstance(part, list) else part[name]
        except (KeyError, IndexError, TypeError, ValueError):
            return None
    return part


def problem(unit: Unit, words: Any) -> str:
    """What is wrong with the words for a unit, as a sentence; empty where nothing is."""
    if words is None:
        return "It is missing."
    english = unit.words
    if isinstance(english, list):
        if not isinstance(words, list) or content.has_forms(words):
            return "It has to be a list of texts."
        if not unit.free and len(words) != len(english):
            return f"It has to have {len(english)} members, and has {len(words)}."
        return next((said for pair in zip(english, words, strict=False) if (said := _of_text(*pair, unit.free))), "")
    return _of_text(english, words, False)


def _of_text(english: str, words: Any, free: bool) -> str:
    texts = list(words.values()) if content.has_forms(words) else [words]
    for text in texts:
        if not isinstance(text, str) or not text.strip():
            return "A text is empty."
        if not free and (why := problem_of([english], text)):
            return why
    return ""


def missing(language: str) -> list[Unit]:
    """What a language does not say yet, or says with something wrong."""
    files = {name: written(name, language) for name in english_files()}
    return [unit for unit in every_unit() if problem(unit, at(files[unit.file], unit.address))]


def left_over(language: str) -> list[str]:
    """Addresses of a language that English does not have, and files of it."""
    found = [
        f"{path.stem}.toml"
        for path in (CONTENT / language).glob("*.toml")
        if path.stem not in (*english_files(), *BY_HAND)
    ]
    for file in english_files():
        free = {unit.address for unit in units(file) if unit.free}
        english = {_same_list(address, free) for address, _part in _leaves((), content.as_written(file, "en"))}
        theirs = {_same_list(address, free) for address, _part in _leaves((), written(file, language))}
        found += [f"{file}.toml: {address}" for address in sorted(theirs - english)]
    return found


def _same_list(address: str, free: set[str]) -> str:
    return next((each for each in free if address.startswith(f"{each}{BETWEEN}")), address)


def _leaves(way: tuple[str, ...], part: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(part, (dict, list)) and not content.has_forms(part):
        within = part.items() if isinstance(part, dict) else enumerate(part)
        for name, each in within:
            yield from _leaves((*way, str(name)), each)
    else:
        yield BETWEEN.join(way), part


def put(language: str, file: str, given: Mapping[str, Any]) -> None:
    """Write units into a file of a language, in the layout of the English one; what was there stays.

    Units that nobody has written yet are left out, and so are tables that are empty without them.
    """
    before = written(file, language)
    wanted = {unit.address: given.get(unit.address, at(before, unit.address)) for unit in units(file)}
    document = tomlkit.parse((CONTENT / "en" / f"{file}.toml").read_text("utf-8"))
    for address, words in reversed(wanted.items()):
        *way, last = address.split(BETWEEN)
        parent: Any = document
        for name in way:
            parent = parent[int(name)] if name.isdecimal() and not isinstance(parent, dict) else parent[name]
        place: Any = int(last) if last.isdecimal() and not isinstance(parent, dict) else last
        if words is None:
            del parent[place]
        else:
            parent[place] = _item(words, parent[place])
    path = CONTENT / language / f"{file}.toml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(tomlkit.dumps(document), "utf-8")
    content.as_written.cache_clear()
    content.words.cache_clear()


def _item(words: Any, english: Any) -> Any:
    if content.has_forms(words):
        table = tomlkit.inline_table()
        table.update(words)
        return table
    if isinstance(words, list):
        array = tomlkit.array()
        for each in words:
            array.append(_item(each, ""))
        return array.multiline("\n" in english.as_string()) if hasattr(english, "as_string") else array
    return tomlkit.string(words)
