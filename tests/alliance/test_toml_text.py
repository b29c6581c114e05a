"""TOML made to be slow or deep is refused at once; everything that a questionnaire says is read."""

from __future__ import annotations

import tomllib

import pytest

from reattune.alliance.instruments import InstrumentError, read_definition
from reattune.alliance.published_scores import read_score
from reattune.alliance.toml_text import read_toml

MADE_SLOW = {
    "a long name": ".".join("a" * 50_000) + " = 1",
    "with spaces": " . ".join("a" * 50_000) + " = 1",
    "of quoted parts": ".".join(['"a b"'] * 30_000) + " = 1",
    "of a table": "[" + ".".join("a" * 50_000) + "]\nb = 1",
    "in a table within a line": "x = {" + ".".join("a" * 50_000) + " = 1}",
    "lists in lists": "a = " + "[" * 50_000 + "]" * 50_000,
    "tables in tables": "a = " + "{a=" * 30_000 + "1" + "}" * 30_000,
    "hidden behind a comment": '# """\n' + ".".join("a" * 50_000) + ' = 1 # """',
    "hidden behind a text": "b = '\"'\n" + ".".join("a" * 50_000) + " = '\"'",
}
PLAIN = [
    'text = "e.g. a.b.c.d.e.f.g.h.i.j.k.l.m.n.o.p.q.r.s.t.u.v.w = [[[[[[[[[["',
    "text = '''" + "a." * 100 + "\n" + "[" * 100 + "'''",
    'text = """' + "a." * 100 + '\\""" \n' + "[" * 100 + '"""',
    "# " + "a." * 100 + "[" * 100,
    "a.b.c = [[1, 2], [3.5]]\n[d.e]\nf = {g = 1}",
]


@pytest.mark.parametrize("name", MADE_SLOW)
def test_it_is_refused_at_once(name: str) -> None:
    with pytest.raises(ValueError, match="too deep"):
        read_toml(MADE_SLOW[name])
    for read in (read_definition, read_score):
        with pytest.raises(InstrumentError, match=r"mine\.toml is not valid TOML"):
            read(MADE_SLOW[name], "mine.toml")


@pytest.mark.parametrize("text", PLAIN)
def test_what_is_said_in_texts_and_comments_counts_for_nothing(text: str) -> None:
    assert read_toml(text) == tomllib.loads(text)


@pytest.mark.parametrize(
    ("low", "high", "step"),
    [("-1e308", "1e308", 1), (0, "1e308", 1), (0, "5e-324", 1), (0, 10, "1e-300"), (0, "inf", 1)],
)
def test_a_scale_with_which_nothing_can_be_reckoned_is_refused(low: str, high: str, step: str) -> None:
    text = f'key = "q"\ntitle = "Q"\nscale_low = {low}\nscale_high = {high}\nscale_step = {step}\n'
    with pytest.raises(InstrumentError, match="scale"):
        read_definition(text + '[[items]]\nkey = "a"\nsubscale = "whole"\n', "mine.toml")
