"""The expressions of the program taken apart: where they stand, what could make them slow, and texts made from them."""

from __future__ import annotations

import ast
import re
import re._constants as kinds  # type: ignore[import-not-found]
import re._parser as parser  # type: ignore[import-not-found]
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from reattune import content
from reattune.reflection.danger_expressions import LANGUAGES

SOURCE = Path(__file__).resolve().parents[1] / "src" / "reattune"
_LETTERS = [chr(code) for code in (9, 10, *range(32, 0x250), 0x2013, 0x2014, 0x2019, 0x201C, 0x2026)]


def in_code() -> dict[str, str]:
    """Every expression that is written out whole in the program, by where it stands."""
    found = {}
    for path in sorted(SOURCE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            called = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
            if called and isinstance(node.func.value, ast.Name) and node.func.value.id == "re" and node.args:  # type: ignore[attr-defined]
                first = node.args[0]  # type: ignore[attr-defined]
                if isinstance(first, ast.Constant) and isinstance(first.value, (str, bytes)):
                    said = first.value.decode("latin-1") if isinstance(first.value, bytes) else first.value
                    found[f"{path.relative_to(SOURCE)}:{node.lineno}"] = said  # type: ignore[attr-defined]
    return found


def of_danger() -> dict[str, str]:
    """Every expression of danger and of what excuses it, by language."""
    return {
        f"danger/{language}.toml {number}": said
        for language in LANGUAGES
        for number, said in enumerate(_strings(content.load("danger", f"{language}.toml")))
    }


def _strings(raw: Any) -> Iterator[str]:
    if isinstance(raw, str):
        yield raw
    elif isinstance(raw, (dict, list)):
        for each in raw.values() if isinstance(raw, dict) else raw:
            yield from _strings(each)


def nested(expression: str) -> list[str]:
    """Repetitions without an end inside others, where nothing between tells one round from the next: time may double
    with each letter."""
    return list(_nested(parser.parse(expression)))


def overlapping(expression: str) -> list[str]:
    """Repetitions without an end that follow one another over the same letters: time may grow with the square."""
    return list(_overlapping(parser.parse(expression)))


def _unbounded(kind: Any, given: Any) -> bool:
    return kind in (kinds.MAX_REPEAT, kinds.MIN_REPEAT) and given[1] is kinds.MAXREPEAT


def _parts(kind: Any, given: Any) -> Iterator[Sequence[Any]]:
    if kind in (kinds.MAX_REPEAT, kinds.MIN_REPEAT, kinds.POSSESSIVE_REPEAT):
        yield given[2]
    elif kind is kinds.SUBPATTERN:
        yield given[3]
    elif kind is kinds.BRANCH:
        yield from given[1]
    elif kind in (kinds.ASSERT, kinds.ASSERT_NOT):
        yield given[1]
    elif kind is kinds.ATOMIC_GROUP:
        yield given


def _nested(parsed: Sequence[Any]) -> Iterator[str]:
    for kind, given in parsed:
        if _unbounded(kind, given):
            inner = [each for each in _all(given[2]) if _unbounded(*each)]
            for _kind, again in inner:
                letters = letters_of(again[2])
                if not any(not letters & each for each in _needed(given[2])):
                    yield str(given)[:120]
        for part in _parts(kind, given):
            yield from _nested(part)


def _all(parsed: Sequence[Any]) -> Iterator[Any]:
    for kind, given in parsed:
        yield kind, given
        for part in _parts(kind, given):
            yield from _all(part)


def _needed(parsed: Sequence[Any]) -> Iterator[set[str]]:
    """The letters of each part that has to be there."""
    for kind, given in parsed:
        if kind in (kinds.LITERAL, kinds.NOT_LITERAL, kinds.IN, kinds.ANY):
            yield letters_of([(kind, given)])
        elif kind is kinds.SUBPATTERN:
            yield from _needed(given[3])
        elif kind in (kinds.MAX_REPEAT, kinds.MIN_REPEAT) and given[0] > 0:
            yield from _needed(given[2])


def _overlapping(parsed: Sequence[Any]) -> Iterator[str]:
    running: list[set[str]] = []
    for kind, given in parsed:
        if _unbounded(kind, given):
            if any(each & _edge(given[2], first=True) for each in running):
                yield str(given)[:120]
            running = [*running, _edge(given[2], first=False)]
        else:
            for needed in _needed([(kind, given)]):
                running = [each for each in running if each & needed]
        for part in _parts(kind, given):
            yield from _overlapping(part)


def _edge(parsed: Sequence[Any], *, first: bool) -> set[str]:
    """The letters that a part may begin with, or end with."""
    found: set[str] = set()
    for kind, given in parsed if first else reversed(parsed):
        if kind is kinds.SUBPATTERN:
            found |= _edge(given[3], first=first)
        else:
            found |= letters_of([(kind, given)])
        if not (kind in (kinds.MAX_REPEAT, kinds.MIN_REPEAT) and given[0] == 0) and kind is not kinds.AT:
            break
    return found


def letters_of(parsed: Sequence[Any]) -> set[str]:
    """Every letter, of those that are tried, that some part can be."""
    found: set[str] = set()
    for kind, given in _all(parsed):
        if kind is kinds.LITERAL:
            found.add(chr(given))
        elif kind is kinds.NOT_LITERAL:
            found |= {each for each in _LETTERS if each != chr(given)}
        elif kind is kinds.ANY:
            found |= set(_LETTERS)
        elif kind is kinds.IN:
            found |= {each for each in _LETTERS if _is_in(each, given)}
    return found


def _is_in(letter: str, given: Sequence[Any]) -> bool:
    return any(_fits(letter, *each) for each in given) != (given[0][0] is kinds.NEGATE)


_CATEGORIES = {
    kinds.CATEGORY_DIGIT: r"\d", kinds.CATEGORY_NOT_DIGIT: r"\D", kinds.CATEGORY_SPACE: r"\s",
    kinds.CATEGORY_NOT_SPACE: r"\S", kinds.CATEGORY_WORD: r"\w", kinds.CATEGORY_NOT_WORD: r"\W",
}  # fmt: skip


def _fits(letter: str, kind: Any, given: Any) -> bool:
    if kind is kinds.LITERAL:
        return ord(letter) == given
    if kind is kinds.RANGE:
        return bool(given[0] <= ord(letter) <= given[1])
    return kind is kinds.CATEGORY and re.match(_CATEGORIES[given], letter) is not None


def examples(expression: str) -> list[str]:
    """Texts that it begins to match: for each way through it the whole, and what each repetition repeats."""
    try:
        parsed = parser.parse(expression)
    except re.error:
        return []
    whole = [_example(parsed, way) for way in range(3)]
    repeated = [_example(given[2], 0) for kind, given in _all(parsed) if _unbounded(kind, given)]
    return list(dict.fromkeys(each for each in (*whole, *(each[:-1] for each in whole), *repeated) if each))


def _example(parsed: Sequence[Any], way: int) -> str:
    said = ""
    for kind, given in parsed:
        if kind is kinds.IN and way:
            fitting = sorted(letters_of([(kind, given)]))
            said += fitting[way % len(fitting)] if fitting else ""
        elif kind is kinds.BRANCH:
            said += _example(given[1][way % len(given[1])], way)
        elif kind is kinds.SUBPATTERN:
            said += _example(given[3], way)
        elif kind in (kinds.MAX_REPEAT, kinds.MIN_REPEAT):
            said += _example(given[2], way) * max(given[0], way and 1)
        elif kind in (kinds.LITERAL, kinds.IN, kinds.ANY, kinds.NOT_LITERAL):
            fitting = sorted(letters_of([(kind, given)]))
            said += next((each for each in fitting if each.isalpha()), fitting[0] if fitting else "")
    return said
