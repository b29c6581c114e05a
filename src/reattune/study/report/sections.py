"""The parts of the report, each a piece of HTML with its figure and its table."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import numpy as np

from reattune.alliance.array_types import Floats
from reattune.alliance.detectors import DETECTORS
from reattune.content.translated_sentences import number, say, say_many, spoken
from reattune.study.report.figures import Dot, bars, course, funnel, steps
from reattune.study.report.survival import funnel_limits, kaplan_meier, median_time, shown
from reattune.study.report.words import Words, percent, words_for
from reattune.study.run_study import Study
from reattune.study.running_totals import FOLLOWED, GALLERY, SAME, Course, Tally

REFERENCES = ("flueckiger2018", "eubanks2018", "lipner2022", "stefana2024")
_SMALLEST_CASELOAD = 5


def _key(words: Words) -> tuple[tuple[str, str], ...]:
    return (
        ('<path class="line line-0" d="M1 12L16 5L31 9"/>', say("ratings")),
        ('<path class="band" d="M1 2H31V14H1Z"/>', say("usual for this person")),
        ('<path class="expected" d="M1 8H31"/>', say(words.expected)),
        ('<rect class="loss" x="1" y="1" width="30" height="14"/>', say(words.found_one)),
    )


def table(caption: str, head: Sequence[str], rows: Sequence[Sequence[str]], numbers: Sequence[int] = ()) -> str:
    """A table that scrolls by itself where it is too wide; cells are HTML, ``numbers`` the columns to the right."""

    def cell(tag: str, place: int, text: str) -> str:
        kind = ' class="n"' if place in numbers else ""
        scope = ' scope="col"' if tag == "th" else ""
        return f"<{tag}{kind}{scope}>{text}</{tag}>"

    header = "".join(cell("th", place, escape(name)) for place, name in enumerate(head))
    body = "".join(f"<tr>{''.join(cell('td', i, text) for i, text in enumerate(row))}</tr>" for row in rows)
    return (
        f'<div class="scroll" tabindex="0" role="region" aria-label="{escape(caption)}"><table>'
        f"<caption>{escape(caption)}</caption><thead><tr>{header}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _figure(words: str, drawing: str, numbers: str) -> str:
    return (
        f"<figure><figcaption>{words}</figcaption>{drawing}</figure>"
        f"<details><summary>{say('The same in numbers')}</summary>{numbers}</details>"
    )


def headline(study: Study) -> str:
    """The cohort in one sentence."""
    tally, words = study.tally, words_for(study.bearings.measure)
    main = tally.main
    found = say_many(
        *words.headline,
        main.losses,
        method=escape(tally.names[0]),
        share=_share(main.clients, main.judged),
    )
    read = say("{clients} clients, {ratings} ratings.", clients=tally.clients, ratings=tally.ratings)
    return f"{read} {found}{_of_judged(tally)}."


def _of_judged(tally: Tally) -> str:
    unknown = tally.clients - tally.unrated - tally.main.judged
    return say(" that can be judged; of {unknown} too little is known", unknown=unknown) if unknown else ""


def _number(count: int) -> str:
    return str(number(int(count)))


def _share(count: float, whole: float) -> str:
    return percent(count / whole) if whole else "–"


def figures(study: Study) -> str:
    """The four numbers on top."""
    main, words = study.tally.main, words_for(study.bearings.measure)
    entries = [
        (say("clients"), _number(study.tally.clients)),
        (say_many(*words.count, main.losses), _number(main.losses) if main.judged else "–"),
        (say(words.mended_share), _share(main.states["repaired"], main.losses)),
        (
            say("not or only partly, at the last rating"),
            _number(main.states["open"] + main.states["partly"]) if main.judged else "–",
        ),
    ]
    return (
        f'<dl class="figures">{"".join(f"<div><dt>{name}</dt><dd>{value}</dd></div>" for name, value in entries)}</dl>'
    )


def what_was_read(study: Study) -> str:
    """Columns, counts, what was left out and why."""
    tally = study.tally
    measure = study.bearings.measure
    known = bool(np.isfinite(measure.high - measure.low))
    span = say("{low} to {high}", low=float(measure.low), high=float(measure.high)) if known else say("not given")
    better = say("higher is better") if measure.higher_is_better else say("lower is better")
    too_few = tally.clients - tally.unrated - tally.main.judged
    rows = [
        [say("how it was read"), as_told(study.understood)],
        [say("range of the measure"), f"{span}; {better}"],
        [say("ratings read"), _number(tally.ratings)],
        [say("ratings left empty in the file"), say("{n}, counted as missing, never as zero", n=tally.missing)],
        [say("clients without any rating"), say("{n}, left out", n=tally.unrated)],
        [say("clients with too few to be judged"), say("{n}, not counted", n=too_few)],
        *([say("set aside or put together"), as_told(line)] for line in study.set_aside),
    ]
    return table(say("What the file holds"), [say("what"), say("in this file")], rows)


def as_told(line: str) -> str:
    """What was said of a file on the command line, which speaks English."""
    return escape(line) if spoken() == "en" else f'<span lang="en">{escape(line)}</span>'


def what_was_found(study: Study) -> str:
    """Counts by method, pattern and state; and how many are missed and false at these settings."""
    tally, words = study.tally, words_for(study.bearings.measure)
    rows = []
    for name, counts in tally.methods.items():
        rows.append(
            [
                escape(name),
                _number(counts.judged),
                _number(counts.losses) if counts.judged else say("not known"),
                f"{_number(counts.clients)} ({_share(counts.clients, counts.judged)})"
                if counts.judged
                else say("not known"),
                _cell(counts.patterns["lightning"], counts.losses),
                _cell(counts.patterns["trickle"], counts.losses),
                _cell(counts.states["repaired"], counts.losses),
                _cell(counts.states["partly"], counts.losses),
                _cell(counts.states["open"], counts.losses),
                _number(counts.gains) if counts.gains else "–",
            ]
        )
    head = [say("method"), say("clients judged"), say(words.column_found), say("in clients"), say("lightning")]
    head += [say("trickle"), say(words.column_mended), say(words.column_partly), say("open"), say("gains")]
    main, counted = tally.names[0], tally.main.onsets
    last = _last_with(counted)
    title = say(words.by_onset)
    drawing = bars(counted[: last + 1].tolist(), 1, say("session of the client’s course, the first being 1"), title)
    numbers = table(
        title,
        [say("session of the course"), say(words.begun)],
        [[_session(n), _number(counted[n])] for n in range(last + 1) if counted[n]],
        (0, 1),
    )
    said = say(words.when_begun, method=escape(main))
    return (
        f"<p>{say(words.what_it_is)}</p>"
        + table(say(words.by_method), head, rows, range(1, 10))
        + _missed_and_false(tally, words)
        + (_figure(said, drawing, numbers) if tally.main.losses else "")
    )


def _missed_and_false(tally: Tally, words: Words) -> str:
    """How far what is found lies from what was, where the truth is known, and what is likely here."""
    parts = []
    detector = DETECTORS[tally.names[0]]
    if detector.noticed == detector.noticed:
        parts.append(
            say(
                "What a method finds is not always what happened. On simulated courses, {method} at these settings "
                "finds {noticed} of 100 ruptures, and {right} of 100 that it finds lie in one; how it is in your "
                "ratings is not known.",
                method=escape(detector.name),
                noticed=f"{100 * detector.noticed:.0f}",
                right=f"{100 * detector.right:.0f}",
            )
        )
    if tally.judged_sessions and tally.methods["bayes"].judged:
        bayes = tally.methods["bayes"]
        parts.append(
            say(
                words.likely_open,
                clients=_share(tally.likely_open, bayes.judged),
                sessions=_share(tally.likely_sessions, tally.judged_sessions),
            )
        )
    return f"<p>{' '.join(parts)}</p>" if parts else ""


def _cell(count: int, whole: int) -> str:
    return f"{_number(count)} ({percent(count / whole)})" if count and whole else "–"


def _session(place: int) -> str:
    return f"{place + 1}" if place < FOLLOWED else say("{n} and later", n=FOLLOWED + 1)


def _last_with(counts: np.ndarray) -> int:
    there = np.flatnonzero(counts)
    return int(there[-1]) if len(there) else 0


def survival(study: Study) -> str:
    """Time to the first loss, and from a loss until it was made good."""
    main, words = study.tally.main, words_for(study.bearings.measure)
    if not main.judged:
        return f"<p>{say('No client has enough ratings, so when anything begins is not known.')}</p>"
    first = kaplan_meier(main.first_loss, main.first_ended)
    repair = kaplan_meier(main.repair, main.repair_ended)
    half, mended = median_time(first), median_time(repair)
    out = _curve(
        shown(first, main.first_loss, main.first_ended),
        say("session of the course, the first being 1"),
        say(words.without),
        (say(words.half_begun, session=half) if half is not None else say(words.fewer_begun)),
    )
    if main.losses:
        out += _curve(
            shown(repair, main.repair, main.repair_ended),
            say("sessions since it began"),
            say(words.unmended),
            (say_many(*words.half_mended, mended) if mended is not None else say(words.fewer_mended)),
        )
    return out


def _curve(curve: Floats, across: str, title: str, words: str) -> str:
    drawing = steps([(title, curve.tolist())], across, title)
    numbers = table(
        title,
        [across, say("still so")],
        [[str(n), percent(v, ".1f")] for n, v in enumerate(curve)],
        (0, 1),
    )
    note = " " + say(
        "Courses that end first count as long as they were seen (Kaplan–Meier, which takes it that they end by "
        "chance: where people leave because of it, the truth is darker). Drawn while ten or more are left."
    )
    return f"<h3>{escape(title)}</h3>" + _figure(escape(words) + note, drawing, numbers)


def agreement(tally: Tally) -> str:
    """Of the losses of a row, how many the column has too."""
    names = list(tally.names)
    rows = []
    for row, name in enumerate(names):
        losses = tally.methods[name].losses
        cells = [
            "–" if row == other or not losses else percent(n / losses) for other, n in enumerate(tally.agreement[row])
        ]
        rows.append([escape(name), _number(losses), *cells])
    words = say(
        "Of the losses that the method in a row finds, how many the method in a column finds too, with an onset at "
        "most {same} sessions away. Low figures are not always a fault: the methods look for different things.",
        same=SAME,
    )
    return f"<p>{words}</p>" + table(
        say("Agreement of the methods"), [say("of"), say("losses"), *names], rows, range(1, len(names) + 2)
    )


def between_therapists(study: Study) -> str:
    """A funnel of open losses by therapist, and why it is not a ranking."""
    tally, words = study.tally, words_for(study.bearings.measure)
    whole = sum(counts[0] for counts in tally.therapists.values())
    still = sum(counts[2] for counts in tally.therapists.values())
    large = {name: counts for name, counts in tally.therapists.items() if counts[0] >= _SMALLEST_CASELOAD}
    if len(large) < 3:
        few = say("Fewer than three therapists have {n} clients or more, so nothing is compared.", n=_SMALLEST_CASELOAD)
        return f"<p>{few}</p>"
    center = still / whole if whole else 0.0
    most = max(counts[0] for counts in large.values())
    limits = funnel_limits(center, np.unique(np.linspace(2, most * 1.05, 60).astype(int)).tolist())
    by_size = {row.size: row for row in funnel_limits(center, sorted({counts[0] for counts in large.values()}))}
    dots, rows, usual, wide = [], [], 0, 0
    usual_by_chance = wide_by_chance = 0.0
    for name, (clients, _, open_now) in sorted(large.items(), key=lambda each: -each[1][0]):
        share, row = open_now / clients, by_size[clients]
        outside = not row.wide_low <= share <= row.wide_high
        usual += not row.usual_low <= share <= row.usual_high
        usual_by_chance += row.usual_out
        wide_by_chance += row.wide_out
        wide += outside
        dots.append(Dot(clients, share, outside))
        rows.append([escape(name), _number(clients), _number(open_now), percent(share)])
    said = say(
        "Of {therapists} therapists with {least} judged clients or more, {usual} lie outside the inner band; by chance "
        "alone it would be about {usual_chance}. {wide} lie outside the outer band; by chance about {wide_chance}. "
        "Therapists differ in whom they see, so that some more than chance lie outside without any fault; the bands do "
        "not allow for that. Small caseloads swing widely, which is why there is no ranking here: a list by share "
        "would mostly rank luck. A point far out is a reason to ask, kindly, not an answer.",
        therapists=len(large),
        least=_SMALLEST_CASELOAD,
        usual=usual,
        usual_chance=number(float(usual_by_chance), ".2g"),
        wide=wide,
        wide_chance=number(float(wide_by_chance), ".2g"),
    )
    caption = say(words.by_therapist, share=percent(center))
    head = [say("therapist"), say("clients judged"), say("open at the end"), say("share")]
    numbers = table(say("By size of caseload"), head, rows, (1, 2, 3))
    return f"<p>{said}</p>" + _figure(caption, funnel(dots, center, limits), numbers)


def courses(study: Study) -> str:
    """The gallery."""
    tally, words = study.tally, words_for(study.bearings.measure)
    gallery = sorted((one for _, one in tally.gallery if any(s is not None for s in one.scores)), key=_order)
    if not gallery:
        return f"<p>{say('There is no course to show.')}</p>"
    ends = _ends(study, gallery)
    items = "".join(_item(one, ends, words) for one in gallery)
    drawn = (
        say(
            "{n} clients, drawn by chance from {whole}; the tables beside this page have all.",
            n=len(gallery),
            whole=tally.clients,
        )
        if tally.clients > GALLERY
        else say("All clients.")
    )
    key = "".join(
        f'<li><svg viewBox="0 0 32 16" aria-hidden="true">{drawing}</svg>{said}</li>' for drawing, said in _key(words)
    )
    search = (
        '<form class="search" id="course-search" hidden role="search"><label>'
        f'{say("Client")}<input name="name" type="search" autocomplete="off"></label><label>{say("Showing")}'
        f'<select name="what"><option value="">{say("everyone")}</option>'
        f'<option value="rupture">{say(words.with_found)}</option><option value="open">{say("still open")}</option>'
        f'<option value="repaired">{say(words.state_mended)}</option>'
        f'<option value="lightning">{say("lightning")}</option><option value="trickle">{say("trickle")}</option>'
        "</select></label></form>"
        f'<p class="soft" id="course-count" role="status" data-none="{escape(say("No client fits."))}" '
        f'data-some="{escape(say("Showing {shown} of {whole}.", shown="{shown}", whole="{whole}"))}"></p>'
    )
    return (
        f"<p>{drawn} {say('The usual range is what was known before each session.')}</p>"
        f'<ul class="key">{key}</ul>{search}<ul class="gallery" id="course-list">{items}</ul>'
        '<p class="search"><button type="button" id="course-more" hidden>' + say("Show more") + "</button></p>"
    )


def _order(one: Course) -> tuple[int, str]:
    return (int(one.client), "") if one.client.isdecimal() and len(one.client) < 16 else (10**16, one.client)


def _ends(study: Study, gallery: Sequence[Course]) -> tuple[float, float]:
    """One scale for all courses: as much of the measure's range as they use."""
    measure = study.bearings.measure
    scores = [score for one in gallery for score in one.scores if score is not None]
    least, most = min(scores), max(scores)
    room = 0.05 * (most - least) or 1.0
    return max(measure.low, least - room), min(measure.high, most + room)


def _item(one: Course, ends: tuple[float, float], words: Words) -> str:
    found = " ".join(["rupture", *(f"{mark[2]} {mark[3]}" for mark in one.marks)]) if one.marks else "none"
    nothing = say(words.none_found) if one.judged else say("Too few ratings to say anything.")
    said = "; ".join(_words(mark, words) for mark in one.marks) or nothing
    return (
        f'<li data-client="{escape(one.client)}" data-found="{escape(found)}"><h3>{escape(one.client)}</h3>'
        f'{course(one, ends)}<p class="soft">{escape(said)}</p></li>'
    )


def _words(mark: tuple[int, int, str, str, float | None], words: Words) -> str:
    onset, end, pattern, state, probability = mark
    named = {"repaired": words.state_mended, "partly": words.state_partly, "open": "open"}.get(state, "")
    detail = [say(word) for word in (pattern, named) if word]
    if probability is not None:
        detail.append(say("{n}% sure", n=f"{100 * probability:.0f}"))
    if end and end != onset:
        return say("Session {onset} to {end}: {what}", onset=onset, end=end, what=", ".join(detail))
    return say("Session {onset}: {what}", onset=onset, what=", ".join(detail))
