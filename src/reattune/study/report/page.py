"""The page: what was read, what was found, and how far to trust it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from html import escape
from importlib.resources import files

import numpy as np

from reattune import __version__, content
from reattune.alliance.detectors import DETECTORS
from reattune.content.translated_sentences import number, say, spoken
from reattune.study.report import sections
from reattune.study.report.words import words_for
from reattune.study.run_study import Study

_HERE = "reattune.study.report"


@dataclass(frozen=True)
class Section:
    """A part of the page with its place in the table of contents."""

    key: str
    title: str
    body: str


def report(study: Study, today: date) -> str:
    """The whole page as HTML, without a single address to load from.

    Args:
        study: one that has run to its end.
        today: for the foot of the page.
    """
    tally = study.tally
    parts = [
        Section("read", say("What was read"), sections.what_was_read(study)),
        Section("found", say("What was found"), sections.what_was_found(study)),
        Section("when", say("When it begins, and whether it comes back"), sections.survival(study)),
    ]
    if len(tally.names) > 1:
        parts.append(Section("agreement", say("Do the methods agree?"), sections.agreement(tally)))
    if tally.therapists:
        parts.append(Section("therapists", say("Between therapists"), sections.between_therapists(study)))
    parts.append(Section("courses", say("Courses"), sections.courses(study)))
    parts.append(Section("methods", say("Methods and references"), _methods(study)))
    title = say(words_for(study.bearings.measure).title)
    lead = f"{escape(study.source.name)}: {sections.headline(study)}"
    return framed(title, study.source.name, lead, sections.figures(study), parts, today)


def framed(title: str, about: str, lead: str, figures: str, parts: Sequence[Section], today: date) -> str:
    """A page that holds all it shows.

    Args:
        about: what it is about, for the name of the window; ``lead`` HTML, one sentence.
        figures: HTML, a few large numbers, or nothing.
    """
    contents = "".join(f'<li><a href="#{part.key}">{escape(part.title)}</a></li>' for part in parts)
    body = "".join(
        f'<section id="{part.key}" aria-labelledby="{part.key}-title"><h2 id="{part.key}-title">'
        f"{escape(part.title)}</h2>{part.body}</section>"
        for part in parts
    )
    made = say(
        "Made by Reattune {version} on {day}. The page holds all it shows; nothing was sent anywhere. It contains "
        "ratings of real people: keep it as you keep their files.",
        version=__version__,
        day=today.isoformat(),
    )
    style, script = _file("style.css"), _file("gallery.js")
    return f"""<!doctype html>
<html lang="{spoken()}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}: {escape(about)}</title>
<style>{style}</style>
</head>
<body>
<a class="skip" href="#{parts[0].key}">{say("To the results")}</a>
<main>
<header>
<h1>{title}</h1>
<p class="lead">{lead}</p>
{figures}
<nav aria-label="{say("On this page")}"><ul>{contents}</ul></nav>
</header>
{body}
<footer><p class="soft">{made}</p></footer>
</main>
<script>{script}</script>
</body>
</html>
"""


def pages_of_measures(name: str, pages: Sequence[tuple[str, str]]) -> str:
    """The page that leads to one page for each measure of a file.

    Args:
        pages: of each measure its name and the file of its page.
    """
    listed = "".join(f'<li><a href="{escape(file)}">{escape(measure)}</a></li>' for measure, file in pages)
    title = say("Ruptures and repairs")
    lead = say("{name} holds {n} measures. Each was read by itself, and has a page:", name=escape(name), n=len(pages))
    return f"""<!doctype html>
<html lang="{spoken()}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}: {escape(name)}</title>
<style>{_file("style.css")}</style>
</head>
<body>
<main>
<header>
<h1>{title}</h1>
<p class="lead">{lead}</p>
<nav aria-label="{say("Measures")}"><ul>{listed}</ul></nav>
</header>
</main>
</body>
</html>
"""


def _methods(study: Study) -> str:
    rows = []
    for name in study.plan.names:
        detector = DETECTORS[name]
        note = study.plan.notes.get(name, "")
        rows.append([escape(name), sections.as_told(note), linked(detector.paper), sections.as_told(detector.cost)])
    table = sections.table(
        say("The methods of this study"), [say("method"), say("what it does here"), say("source"), say("cost")], rows
    )
    used = "".join(f"<li>{_reference(key)}</li>" for key in sections.REFERENCES)
    bearings = study.bearings
    figures = say(
        "Figures that a method needs beforehand are from the first {clients} clients of the file: first scores "
        "vary by {between} between clients, scores vary by {within} within one.",
        clients=bearings.clients,
        between=number(float(bearings.first_sd), ".3g"),
        within=number(float(bearings.within_sd), ".3g"),
    )
    if bearings.chosen is not None:
        prior = bearings.chosen.prior
        level = study.bearings.measure.upward(np.array([prior.level_mean]))[0]
        figures += " " + say(
            "The model begins with a level of {level} ± {level_sd}, a within-person sd of {spread}, depths of {depth} "
            "on average, a growth of {growth} ± {growth_sd} for each unit of log(session) (higher being better), and "
            "{begun}.",
            level=number(float(level), ".3g"),
            level_sd=number(float(prior.level_sd), ".3g"),
            spread=number(float(prior.spread_median), ".3g"),
            depth=number(float(prior.depth_mean * prior.spread_median), ".3g"),
            growth=number(float(prior.growth_mean), ".2g"),
            growth_sd=number(float(prior.growth_sd), ".2g"),
            begun=say(
                words_for(bearings.measure).begun_of_hundred,
                n=number(float(100 * (prior.lightning + prior.trickle)), ".2g"),
            ),
        )
    # What is known from elsewhere is known of bonds.
    elsewhere = (
        f"<h3>{say('What is known from elsewhere')}</h3><ul>{used}</ul>" if bearings.measure.higher_is_better else ""
    )
    return f"{table}<p>{figures}</p>{elsewhere}"


def _reference(key: str) -> str:
    entry, found = content.load("references.toml")[key], content.words("works", spoken())[key]
    doi = f' <a href="https://doi.org/{entry["doi"]}">{entry["doi"]}</a>' if entry.get("doi") else ""
    return (
        f'<span lang="en">{escape(entry["authors"])} ({entry["year"]}). {escape(entry["title"])}. '
        f"{escape(entry['journal'])}.{doi}</span> "
        f'<span class="soft">{escape(found)}.</span>'
    )


def linked(paper: str) -> str:
    """A paper with its DOIs as links; nothing is fetched until a person follows one."""
    words = " ".join(_link(word) if word.startswith("10.") else escape(word) for word in paper.split(" "))
    return f'<span lang="en">{words}</span>'


def _link(word: str) -> str:
    doi = word.rstrip(";,")
    return f'<a href="https://doi.org/{doi}">{escape(doi)}</a>{escape(word[len(doi) :])}'


def _file(name: str) -> str:
    return (files(_HERE) / name).read_text("utf-8")
