"""Work files: what a writer writes, one file a room, with where each sentence is and what was meant; and the way back.

A work file is TOML. Under ``[[sentence]]`` (screens) and ``[[prose]]`` (content) the English is in ``en``, and the
writer's words go to ``words``. With a number there are as many forms as the language has. Words that speak to somebody
may be ``{ familiar = "…", formal = "…" }`` in prose. What is left empty is asked again the next time.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import tomlkit
from babel.messages.catalog import Catalog
from babel.messages.plurals import get_plural

from reattune import content
from scripts.languages import catalogues, prose
from scripts.languages.catalogues import Sentence, forms_of
from scripts.languages.placeholders import problem_of

# Twice as long as in English, and some more where English is short: what is longer breaks a screen.
_LONGER, _AND = 2, 24
_PLACES = 4


@dataclass(frozen=True)
class Wrong:
    """Something in a work file that cannot be taken."""

    file: str
    what: str
    why: str


def give(language: str, folder: Path, *, everything: bool = False) -> int:
    """Write the work files of a language to a folder. Nothing is written where nothing is missing."""
    folder.mkdir(parents=True, exist_ok=True)
    every = catalogues.sentences()
    wanted = every if everything else catalogues.missing(language, every)
    screens = catalogues.by_room(wanted)
    known = catalogues.read(language)
    for room, group in screens.items():
        document = _begun(language, f"Screens: {room}")
        tables = tomlkit.aot()
        for each in group:
            tables.append(_of_sentence(each, known, language))
        document["sentence"] = tables
        (folder / f"screens-{room}.toml").write_text(tomlkit.dumps(document), "utf-8")
    units = prose.every_unit() if everything else prose.missing(language)
    for file in dict.fromkeys(unit.file for unit in units):
        document = _begun(language, f"Prose: content/en/{file}.toml. Read its comments there first.")
        before = prose.written(file, language)
        tables = tomlkit.aot()
        for unit in (unit for unit in units if unit.file == file):
            tables.append(_of_unit(unit, prose.at(before, unit.address)))
        document["prose"] = tables
        (folder / f"prose-{file}.toml").write_text(tomlkit.dumps(document), "utf-8")
    words = sum(len(each.one.split()) for each in wanted) + sum(len(" ".join(_texts(u.words)).split()) for u in units)
    print(f"{language}: {len(wanted)} sentences and {len(units)} pieces of prose, {words:,} words, in {folder}.")
    return 0


def _begun(language: str, title: str) -> tomlkit.TOMLDocument:
    document = tomlkit.document()
    for line in (title, *_GUIDE.format(plural=_plural(language)).splitlines()):
        document.add(tomlkit.comment(line))
    document.add(tomlkit.nl())
    document["language"] = language
    return document


_GUIDE = """Write your words into `words`; leave `en` as it is. What stays empty is asked again the next time.
Variables ({{n}}, %(n)s, {{{{ n }}}}) have to be the same as in English, in any order; a number may be left out of the
form for one. {plural}
In prose, words that speak to somebody on a card may be {{ familiar = "…", formal = "…" }} (tu, vous).
Read docs/languages.md first: the glossary holds. Then: python -m scripts.languages take LANGUAGE FILES"""


def _plural(language: str) -> str:
    forms = forms_of(language)
    return f"Where a number decides there are {forms} forms, in this order: {get_plural(language).plural_expr}."


def _of_sentence(each: Sentence, known: Catalog, language: str) -> Any:
    table = tomlkit.table()
    table.add(tomlkit.comment(", ".join(f"{name}:{line}" for name, line in each.places[:_PLACES])))
    for note in each.comments:
        table.add(tomlkit.comment(note))
    if each.about:
        table["about"] = each.about
    table["en"] = each.one
    entry = known.get(each.one, each.about or None)
    string = entry.string if entry else ""
    if each.many:
        table["en_many"] = each.many
        before = list(string) if isinstance(string, (tuple, list)) else []
        table["words"] = before if len(before) == forms_of(language) else [""] * forms_of(language)
    else:
        table["words"] = string if isinstance(string, str) else ""
    return table


def _of_unit(unit: prose.Unit, before: Any) -> Any:
    table = tomlkit.table()
    table["file"] = unit.file
    table["address"] = unit.address
    table["en"] = unit.words
    table["words"] = before or ([""] * len(unit.words) if isinstance(unit.words, list) else "")
    if isinstance(unit.words, list):
        table["en"].multiline(True)
        table["words"].multiline(True)
    return table


def take(language: str, files: Sequence[Path]) -> int:
    """Put what was written into catalogue and content. A sentence with something wrong is named and left out."""
    every = {each.key: each for each in catalogues.sentences()}
    units = {(unit.file, unit.address): unit for unit in prose.every_unit()}
    said: dict[tuple[str, str], Any] = {}
    told: dict[tuple[str, str], Any] = {}
    wrong: list[Wrong] = []
    for path in files:
        document = tomllib.loads(path.read_text("utf-8"))
        if document.get("language") != language:
            wrong.append(Wrong(path.name, "language", f"This file is of {document.get('language')!r}."))
            continue
        _sort(path, document.get("sentence", []), lambda e: (e.get("about", ""), e.get("en", "")), every, said, wrong,
              lambda sentence, words: problem_of_sentence(sentence, words, language))  # fmt: skip
        _sort(path, document.get("prose", []), lambda e: (e.get("file", ""), e.get("address", "")), units, told, wrong,
              problem_of_unit)  # fmt: skip
    _put_sentences(language, said, list(every.values()))
    for file in dict.fromkeys(file for file, _address in told):
        prose.put(language, file, {address: words for (where, address), words in told.items() if where == file})
    for each in wrong:
        print(f"{each.file}: {each.what}: {each.why}")
    print(f"{language}: {len(said)} sentences and {len(told)} pieces of prose taken; {len(wrong)} not, named above.")
    return int(bool(wrong))


def _sort(
    path: Path,
    entries: Iterable[Mapping[str, Any]],
    key_of: Callable[[Mapping[str, Any]], tuple[str, str]],
    known: Mapping[tuple[str, str], Any],
    taken: dict[tuple[str, str], Any],
    wrong: list[Wrong],
    problem: Callable[[Any, Any], str],
) -> None:
    """What of a file can be taken goes to ``taken``, what cannot to ``wrong``; what is empty to neither."""
    for entry in entries:
        key, words = key_of(entry), entry.get("words", "")
        if not any(text.strip() for text in _texts(words)):
            continue
        found = known.get(key)
        why = problem(found, words) if found else "English does not say this any more. Give the file anew."
        if why:
            wrong.append(Wrong(path.name, " › ".join(filter(None, key))[:90], why))
        else:
            taken[key] = words


def problem_of_sentence(sentence: Sentence, words: Any, language: str) -> str:
    """What is wrong with the words for a sentence of a screen; empty where nothing is."""
    forms = list(words) if isinstance(words, list) else [words]
    expected = forms_of(language) if sentence.many else 1
    if len(forms) != expected or isinstance(words, list) != bool(sentence.many):
        return f"It has to have {expected} forms, and has {len(forms)}."
    english = [sentence.one, *([sentence.many] if sentence.many else [])]
    for form in forms:
        why = problem_of(english, form) or _too_long(english, form)
        if why:
            return why
    return ""


def problem_of_unit(unit: prose.Unit, words: Any) -> str:
    """What is wrong with the words for a unit of prose; empty where nothing is."""
    return prose.problem(unit, words) or ("" if unit.free else _too_long(_texts(unit.words), " ".join(_texts(words))))


def _too_long(english: Sequence[str], words: str) -> str:
    room = _LONGER * sum(map(len, english)) + _AND
    return f"It is {len(words)} characters long; there is room for {room}." if len(words) > room else ""


def _texts(words: Any) -> list[str]:
    """Every text in it; of two forms the longer."""
    if content.has_forms(words):
        return [max(words.values(), key=len)]
    if isinstance(words, list):
        return [text for each in words for text in _texts(each)]
    return [words] if isinstance(words, str) else []


def _put_sentences(language: str, said: Mapping[tuple[str, str], Any], every: list[Sentence]) -> None:
    catalogue = catalogues.updated(language, every)
    for (about, one), words in said.items():
        message = catalogue.get(one, about or None)
        message.string = tuple(words) if isinstance(words, list) else words  # type: ignore[union-attr]
    catalogues.write(language, catalogue)


def state(languages: Iterable[str]) -> int:
    """Say of each language what is missing and what is left over. What the shell gets is 1 where something is."""
    every = catalogues.sentences()
    open_ones = 0
    for language in languages:
        screens, units = catalogues.missing(language, every), prose.missing(language)
        over = prose.left_over(language)
        open_ones += len(screens) + len(units) + len(over)
        print(f"{language}: {len(screens)} of {len(every)} sentences and {len(units)} of {len(prose.every_unit())} ")
        for room, group in catalogues.by_room(screens).items():
            print(f"  screens of {room}: {len(group)}")
        for file in dict.fromkeys(unit.file for unit in units):
            print(f"  {file}.toml: {sum(unit.file == file for unit in units)}")
        for each in over:
            print(f"  left over: {each}")
    return int(open_ones > 0)
