"""`reattune validate echoes`: how well moments that belong together are put together."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer
from rich.table import Table

from reattune import content
from reattune.journal.vocabulary import Cause, Did
from reattune.proof.detectors.metrics import Interval
from reattune.reflection.echoes.ranking import Sense, Signs, by_words, ranked
from reattune.reflection.moment_reading import alike_by_profile, one_vector
from reattune.study.errors import StudyError
from reattune.terminal import err, ordinary, out, refuse, unreadable
from reattune.text.sentence_vectors import ModelUnusable, SentenceModel, Vectors, cosines, sentence_model

_DISTURBED = 5
_DRAWS = 2000
_AT = 3
_KNOWN = {"id", "theme", "what", "meant", "did", "feelings", "touched", "cause", "relationship", "language", "part"}


@dataclass(frozen=True)
class Labelled:
    """One moment of a test set; those of one theme belong together."""

    id: str
    theme: str
    relationship: str
    language: str
    signs: Signs


@dataclass(frozen=True)
class EchoFigures:
    """One way of ranking: mean average precision and precision at 3, as ticked, with disturbed ticks, and with every
    tick taken away from half of the moments.

    Intervals are over themes, drawn with replacement.
    """

    way: str
    map: Interval
    at_3: Interval
    map_disturbed: Interval
    at_3_disturbed: Interval
    map_unticked: Interval
    at_3_unticked: Interval


Scores = list[list[float]]
_Found = dict[str, list[tuple[float, float]]]  # theme to (average precision, precision at 3) of its moments


def read_moments(text: str, file: str, part: str | None = None) -> list[Labelled]:
    """Moments of a JSON Lines file; ``id``, ``what`` and ``theme`` are needed, the rest is optional.

    Raises:
        StudyError: naming the file, the line and what is wrong.
    """
    found: list[Labelled] = []
    ids: set[str] = set()
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        where = f"{file}, line {number}"
        try:
            raw = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise StudyError(f"{where}: this is not JSON. Each line is one moment as a JSON object.") from error
        if not isinstance(raw, dict):
            raise StudyError(f"{where}: each line is one moment as a JSON object.")
        lacking = [name for name in ("id", "what", "theme") if not str(raw.get(name) or "").strip()]
        if lacking:
            raise StudyError(f"{where}: {', '.join(lacking)} is missing. A moment needs id, what and theme.")
        if str(raw["id"]) in ids:
            raise StudyError(f"{where}: the id {raw['id']!r} stands twice.")
        ids.add(str(raw["id"]))
        if part is None or raw.get("part") == part:
            found.append(_labelled(raw, where))
    _check_something_to_find(found, file)
    return found


def _check_something_to_find(moments: Sequence[Labelled], file: str) -> None:
    by_theme: dict[str, list[str]] = {}
    for each in moments:
        by_theme.setdefault(each.theme, []).append(each.relationship)
    several = [who for who in by_theme.values() if len(who) > 1]
    if not several:
        raise StudyError(f"{file}: no theme has two moments, so there is nothing to find.")
    if not any("" in who or len(set(who)) > 1 for who in several):
        raise StudyError(f"{file}: no theme has moments in one and in another relationship: there is nothing to find.")


def _labelled(raw: dict[str, Any], where: str) -> Labelled:
    for name in ("feelings", "touched"):
        value = raw.get(name) or []
        if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
            raise StudyError(f"{where}: {name} is a list of words, and this is {value!r}.")
    cause, did = raw.get("cause") or Cause.OTHER, raw.get("did") or None
    if cause not in set(Cause):
        raise StudyError(f"{where}: there is no cause {cause!r}. The causes are: {', '.join(Cause)}.")
    if did is not None and did not in set(Did):
        raise StudyError(f"{where}: did is one of {', '.join(Did)}, and this is {did!r}.")
    signs = Signs(
        feelings=frozenset(raw.get("feelings") or ()),
        touched=frozenset(raw.get("touched") or ()),
        cause=str(cause),
        did=did,
        what=str(raw["what"]),
        meant=str(raw.get("meant") or ""),
    )
    relationship = str(raw.get("relationship") or "")
    return Labelled(str(raw["id"]), str(raw["theme"]), relationship, str(raw.get("language") or "?"), signs)


def disturbed(moments: Sequence[Labelled], seed: int) -> list[Labelled]:
    """The same moments as somebody less sure of themselves would tick them.

    A third of the feelings, of what was touched, of what was done and of the words on what it meant are missing or
    others; a third of the causes are others, often "something else".
    """
    rng = random.Random(seed)  # noqa: S311  a simulation
    feelings = sorted({tick for each in moments for tick in each.signs.feelings})
    touched = sorted({tick for each in moments for tick in each.signs.touched})
    causes = [*map(str, Cause), *[str(Cause.OTHER)] * 6]

    def some(ticks: frozenset[str], others: list[str]) -> frozenset[str]:
        kept = {tick for tick in sorted(ticks) if rng.random() > 1 / 3}
        return frozenset(kept | ({rng.choice(others)} if others and rng.random() < 1 / 3 else set()))

    found = []
    for each in moments:
        signs = each.signs
        changed = replace(
            signs,
            feelings=some(signs.feelings, feelings),
            touched=some(signs.touched, touched) if signs.touched else signs.touched,
            cause=rng.choice(causes) if rng.random() < 1 / 3 else signs.cause,
            did=rng.choice([None, *map(str, Did)]) if rng.random() < 1 / 3 else signs.did,
            meant="" if rng.random() < 1 / 3 else signs.meant,
        )
        found.append(replace(each, signs=changed))
    return found


def _scores(moments: Sequence[Labelled], senses: Sequence[Sense] | None, only: Callable[[Signs], Signs]) -> Scores:
    signs = [only(each.signs) for each in moments]
    rows = []
    for place, asked in enumerate(signs):
        row = [0.0] * len(signs)
        for match in ranked(asked, signs, senses[place] if senses else None):
            row[match.place] = match.score
        rows.append(row)
    return rows


def unticked(moments: Sequence[Labelled], seed: int) -> list[Labelled]:
    """The same moments with every tick taken away from half of them, drawn by lot."""
    rng = random.Random(seed)  # noqa: S311  a simulation
    return [
        replace(each, signs=Signs(what=each.signs.what, meant=each.signs.meant)) if rng.random() < 1 / 2 else each
        for each in moments
    ]


def _senses(moments: Sequence[Labelled], what: Vectors, meant: Vectors) -> list[Sense]:
    has = [bool(each.signs.meant) for each in moments]
    found = []
    for place in range(len(moments)):
        of_what = dict(enumerate(map(float, cosines(what[place], what))))
        close = cosines(meant[place], meant)
        of_meant = {i: float(close[i]) for i in range(len(moments)) if has[i] and has[place]}
        found.append(Sense(of_what, of_meant))
    return found


def _with_profiles(moments: Sequence[Labelled], senses: Sequence[Sense], what: Vectors, meant: Vectors) -> list[Sense]:
    """The same, and what the words come closest to where one of two has no ticks."""
    signs = [each.signs for each in moments]
    vectors = {place: one_vector(what[place], meant[place] if each.meant else None) for place, each in enumerate(signs)}
    return [replace(sense, profile=alike_by_profile(place, vectors, signs)) for place, sense in enumerate(senses)]


def _judge(moments: Sequence[Labelled], scores: Scores, of: str = "", among: str = "") -> _Found:
    """Average precision and precision at 3 of each moment; ``of`` and ``among`` name a language, empty is all."""
    rng = random.Random(0)  # noqa: S311  ties are broken by lot, the same way each time
    lot = [rng.random() for _ in moments]
    found: _Found = {}
    for place, asked in enumerate(moments):
        if of and asked.language != of:
            continue
        others = [
            i
            for i, other in enumerate(moments)
            if i != place
            and (not among or other.language == among)
            and (not asked.relationship or other.relationship != asked.relationship)
        ]
        order = sorted(others, key=lambda i: (-scores[place][i], lot[i]))
        hits = [moments[i].theme == asked.theme for i in order]
        if any(hits):
            ranks = [rank for rank, hit in enumerate(hits, start=1) if hit]
            average = sum(number / rank for number, rank in enumerate(ranks, start=1)) / len(ranks)
            found.setdefault(asked.theme, []).append((average, sum(hits[:_AT]) / _AT))
    return found


def _value(found: Sequence[_Found], which: int) -> Interval:
    themes = sorted(found[0])
    totals = [sum(pair[which] for each in found for pair in each[theme]) for theme in themes]
    return _over_themes(totals, [sum(len(each[theme]) for each in found) for theme in themes])


def _difference(one: _Found, other: _Found) -> Interval:
    themes = sorted(one)
    totals = [sum(a[0] - b[0] for a, b in zip(one[theme], other[theme], strict=True)) for theme in themes]
    return _over_themes(totals, [len(one[theme]) for theme in themes])


def _over_themes(totals: Sequence[float], counts: Sequence[int]) -> Interval:
    """The mean over all moments, and the range of it over themes drawn with replacement."""
    total, count = np.array(totals), np.array(counts)
    drawn = np.random.default_rng(0).integers(0, len(total), (_DRAWS, len(total)))
    low, high = np.quantile(total[drawn].sum(axis=1) / count[drawn].sum(axis=1), (0.025, 0.975))
    return Interval(float(total.sum() / count.sum()), float(low), float(high))


def _ticks_only(signs: Signs) -> Signs:
    return replace(signs, what="", meant="")


WAYS: dict[str, Callable[[Signs], Signs]] = {
    "feelings": lambda signs: Signs(feelings=signs.feelings),
    "cause": lambda signs: Signs(cause=signs.cause),
    "touched": lambda signs: Signs(touched=signs.touched),
    "ticks": _ticks_only,
    "ticks without touched": lambda signs: replace(_ticks_only(signs), touched=frozenset()),
    "whole": lambda signs: signs,
}
_WITH_SENTENCES = "whole, with sentences, not read"
_WITH_MODEL = "whole, with sentences"


def figures(moments: Sequence[Labelled], model: SentenceModel | None) -> dict[str, Any]:
    """Every way of ranking on these moments; ``rows``, the lead of the whole over each, and pairs across languages."""
    seeds = range(1, _DISTURBED + 1)
    changed = [*(disturbed(moments, seed) for seed in seeds), *(unticked(moments, seed) for seed in seeds)]
    variants = [list(moments), *changed]
    rng = random.Random(1)  # noqa: S311  the ranking by lot
    tables: dict[str, list[Scores]] = {"by lot": [[[rng.random() for _ in moments] for _ in moments]] * len(variants)}
    signs = [[each.signs for each in variant] for variant in variants]
    tables["letters (TF-IDF)"] = [[by_words(asked, each) for asked in each] for each in signs]
    for way, only in WAYS.items():
        tables[way] = [_scores(variant, None, only) for variant in variants]
    if model is not None:
        what = model.vectors([each.signs.what for each in moments])
        meant = model.vectors([each.signs.meant or "?" for each in moments])
        senses = _senses(moments, what, meant)
        tables["sentences"] = [[[sense.what.get(i, 0.0) for i in range(len(moments))] for sense in senses]]
        tables["sentences"] *= len(variants)
        tables[_WITH_SENTENCES] = [_scores(variant, senses, WAYS["whole"]) for variant in variants]
        tables[_WITH_MODEL] = [
            _scores(variant, _with_profiles(variant, senses, what, meant), WAYS["whole"]) for variant in variants
        ]
    rows, judged = [], {}
    for way, scores in tables.items():
        found = [_judge(variant, each) for variant, each in zip(variants, scores, strict=True)]
        judged[way] = found[0]
        parts = (found[:1], found[1 : 1 + _DISTURBED], found[1 + _DISTURBED :])
        rows.append(EchoFigures(way, *(_value(part, which) for part in parts for which in (0, 1))))
    whole = _WITH_MODEL if model is not None else "whole"
    return {
        "rows": rows,
        "lead": {way: _difference(judged[whole], found) for way, found in judged.items() if way != whole},
        "across": dict(_across(moments, tables, whole)),
    }


def _across(moments: Sequence[Labelled], tables: dict[str, list[Scores]], whole: str) -> Iterable[tuple[str, Interval]]:
    languages = Counter(each.language for each in moments)
    if len(languages) < 2:
        return
    home = languages.most_common(1)[0][0]
    for language in sorted(set(languages) - {home}):
        for way in ("by lot", "letters (TF-IDF)", whole):
            found = _judge(moments, tables[way][0], of=language, among=home)
            if found:
                yield f"{language} to {home}: {way}", _value([found], 0)


def echoes(
    file: Annotated[
        Path | None, typer.Argument(help="JSON Lines of moments with id, what, theme …; ours unless given.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print all figures as JSON and nothing else.")] = False,
    part: Annotated[str, typer.Option(help="Of our own set: tuning or result.")] = "result",
    with_model: Annotated[bool, typer.Option("--sentences/--no-sentences", help="Use the sentence model.")] = True,
) -> None:
    """Echoes: how many moments of the same theme come first, by words, by ticks, and by all."""
    try:
        if file is None:
            moments = read_moments(content.text("echoes", "written.jsonl"), "written.jsonl", part)
        else:
            moments = read_moments(ordinary(file).read_text("utf-8-sig"), file.name)
        model = sentence_model() if with_model else None
        found = figures(moments, model)
    except (StudyError, UnicodeDecodeError, OSError) as error:
        raise refuse(unreadable(error, file)) from error
    except ModelUnusable as error:
        again = "Install it again, or leave it out with --no-sentences."
        raise refuse(f"The sentence model cannot be used ({error}). {again}") from error
    if as_json:
        plain: dict[str, Any] = {"moments": len(moments), "themes": len({each.theme for each in moments})}
        plain |= {"rows": [asdict(row) for row in found["rows"]]}
        plain |= {key: {name: asdict(value) for name, value in found[key].items()} for key in ("lead", "across")}
        typer.echo(json.dumps(plain, ensure_ascii=False))
        return
    _print(moments, found)
    if model is None and with_model:
        err.print("Without the sentence model, which is not installed: pip install 'reattune[sentences]'", markup=False)


def _print(moments: Sequence[Labelled], found: dict[str, Any]) -> None:
    out.print(f"{len(moments)} moments in {len({each.theme for each in moments})} themes")
    table = Table(box=None, pad_edge=False, header_style="bold")
    pairs = ("average precision", "disturbed: average precision", "half without ticks: average precision")
    for name in ("ranked by", *(column for pair in pairs for column in (pair, "at 3"))):
        table.add_column(name)
    for row in found["rows"]:
        shown = (row.map, row.at_3, row.map_disturbed, row.at_3_disturbed, row.map_unticked, row.at_3_unticked)
        table.add_row(row.way, *map(str, shown))
    out.print(table)
    for name, value in found["lead"].items():
        out.print(f"lead of the whole over {name}: {value}", markup=False)
    for name, value in found["across"].items():
        out.print(f"{name}: {value}", markup=False)
