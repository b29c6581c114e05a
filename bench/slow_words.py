"""``python -m bench.slow_words``: what texts made to be slow cost, beside ordinary text of the same length.

They are made from the expressions of the program itself: what one begins to match, what it repeats, and single words,
lines and signs, again and again up to 100,000 characters. Time is the processor's, the least of a few rounds, so that
what else the machine does counts little. Ends with 1 where one costs more than ten times what ordinary text costs.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from contextlib import suppress

os.environ["OPENBLAS_NUM_THREADS"] = "1"
os.environ.setdefault("REATTUNE_DATA", tempfile.mkdtemp(prefix="reattune-bench-"))
TALK = (
    "I went there and she said that my sister had called about the letter so we talked for a while and then it got "
    "quiet again because nobody knew what to say about the weekend"
)
MOST = 10.0
LITTLE = 0.02


def ordinary(length: int) -> str:
    """Sentences of 5 to 15 everyday words."""
    chosen, said, words = random.Random(1), "", TALK.split()
    while len(said) < length:
        said += " ".join(chosen.choice(words) for _ in range(chosen.randrange(5, 16))).capitalize() + ". "
    return said[:length]


def plain_repeats() -> list[str]:
    """Single words, lines and signs."""
    words = [
        "a.",
        "die ",
        "no, ",
        "a\n",
        "a,",
        "ä",
        "Anna ",
        'Anna "',
        "1",
        "1,",
        "(arm 1",
        "not ",
        "I ",
        "a ",
        "and then i ",
    ]
    signs = ["?!", "\U0001f62d ", "' ", "- ", "[", "![", "(", "<", "<br ", '"', '",', ";", "{", " ", "\t", "..."]
    return [*words, *signs, "i want to kill myself "]


def from_expressions(count: int) -> list[str]:
    """What the expressions begin to match or repeat: ``count`` of those of danger, and all of the code's."""
    from tests.expressions import examples, in_code, of_danger

    danger = [each for said in of_danger().values() if len(said) > 12 for each in examples(said)]
    chosen = random.Random(2).sample(danger, min(count, len(danger)))
    return list(dict.fromkeys([*chosen, *(each for said in in_code().values() for each in examples(said))]))


def recognisers() -> dict[str, Callable[[str], object]]:
    """Everything that reads somebody's words or files, by name."""
    from uuid import UUID

    from reattune.exchange.column_names import words_of
    from reattune.exchange.diaries import from_diary
    from reattune.exchange.fhir import from_fhir
    from reattune.exchange.file_type import kind_of
    from reattune.exchange.journal_json import from_json
    from reattune.exchange.ratings_spreadsheet import guess
    from reattune.exchange.table_of_file import read_table
    from reattune.exchange.table_text import looks_like_numbers
    from reattune.exchange.written_dates import written
    from reattune.reflection import danger_probability
    from reattune.reflection.danger_recogniser import danger
    from reattune.reflection.search import found_lines, query
    from reattune.reflection.sharing.names import NamesTakenOut, Somebody
    from reattune.text import folding, letter_features, ngram_similarity, pieces

    names = ("Anna Berg", "Jo", "My boss", f"{'a ' * 99}b")
    people = [Somebody(UUID(int=n), name, "a friend") for n, name in enumerate(names)]
    asked = query("sister letter weekend a i no")

    def afresh(text: str) -> object:
        danger_probability.forget()
        return danger(text)

    def named(content: Callable[[str], bytes], name: str) -> Callable[[str], object]:
        def read(text: str) -> object:
            with suppress(Exception):  # refused in a sentence: what counts is how long that takes
                whole = content(text)
                kind_of(whole, name)
                return from_json(whole, name) if name == "a.json" else from_diary(whole, name, "UTC")
            return None

        return read

    def table(text: str) -> object:
        with suppress(Exception):
            return guess(read_table(f"date;safe\n2026-01-05;{text}\n".encode(), "a.csv"))
        return None

    def day_one(text: str) -> bytes:
        import json

        return json.dumps({"entries": [{"creationDate": "2026-01-05T10:00:00Z", "text": text}]}).encode()

    def fhir(text: str) -> object:
        with suppress(Exception):
            return from_fhir(text.encode(), {}, None, "a.json")  # type: ignore[arg-type]
        return None

    return {
        "danger": afresh,
        "search": lambda text: found_lines(asked, [text]),
        "what is looked for": query,
        "names taken out": lambda text: NamesTakenOut(people, []).out_of(text),
        "folding": folding.folded_with_places,
        "plain spelling": pieces.plainly_spelt,
        "letters": letter_features.buckets,
        "alike": lambda text: ngram_similarity.alike(text, [text]),
        "a diary": named(lambda text: f"2026-01-05\n{text}".encode(), "a.md"),
        "Day One": named(day_one, "b.json"),
        "Daylio": named(lambda text: f'full_date,time,note\n2026-01-05,10:00,"{text}"\n'.encode(), "c.csv"),
        "a journal's file": named(str.encode, "a.json"),
        "a table": table,
        "FHIR": fhir,
        "a column's name": words_of,
        "cells of a table": lambda text: (looks_like_numbers([text, text]), written(text)),
    }


def seconds(action: Callable[[str], object], text: str, rounds: int) -> float:
    """The least that it took of the processor."""
    least = float("inf")
    for _ in range(rounds):
        begun = time.process_time()
        action(text)
        least = min(least, time.process_time() - begun)
    return least


def worst(action: Callable[[str], object], texts: Iterable[str], length: int, usual: float) -> tuple[float, str]:
    """The highest ratio to ordinary text, and what was repeated."""
    found = (0.0, "")
    for each in texts:
        text = (each * (length // len(each) + 1))[:length]
        took = seconds(action, text, 1)
        if took > max(usual, LITTLE) * MOST / 2:
            took = min(took, seconds(action, text, 2))
        found = max(found, (took / max(usual, LITTLE), each))
    return found


def main() -> int:
    """Print a line for each recogniser."""
    reading = argparse.ArgumentParser(description=__doc__)
    reading.add_argument("--length", type=int, default=100_000)
    reading.add_argument("--of-danger", type=int, default=20, help="so many expressions of danger are repeated")
    reading.add_argument("--only", default="", help="recognisers whose name has this in it")
    asked = reading.parse_args()
    texts = [*plain_repeats(), *from_expressions(asked.of_danger)]
    usual_text, slow = ordinary(asked.length), 0
    for name, action in recognisers().items():
        if asked.only not in name:
            continue
        action("warm up, please.")
        usual = seconds(action, usual_text, 3)
        ratio, repeated = worst(action, texts, asked.length, usual)
        slow += ratio > MOST
        said = f"ordinary text {usual * 1000:.1f} ms, the slowest of {len(texts)} {ratio:.1f} times, {repeated[:30]!r}"
        print(f"{name}: {said}", flush=True)
    return 1 if slow else 0


if __name__ == "__main__":
    sys.exit(main())
