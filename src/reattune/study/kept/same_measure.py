"""Whether today's file is of the measure that a state keeps, and how it is read so that it means the same."""

from __future__ import annotations

import math
from dataclasses import replace

from reattune.alliance.published_scores import known_score, published_scores
from reattune.study.errors import StudyError
from reattune.study.kept.settings import Settings, State
from reattune.study.read_options import ReadOptions
from reattune.study.reading import Reading
from reattune.study.session_labels import label_numbers


def options_beside(options: ReadOptions, state: State | None) -> ReadOptions:
    """How today's file is to be read: as the first one was.

    Raises:
        StudyError: what was asked for today is not what the state was begun with.
    """
    if state is None:
        return options
    settings = state.settings
    scale = settings.scale
    told = ((options.low, scale.low), (options.high, scale.high), (options.step or None, scale.step))
    turned = options.higher_is_better not in (None, scale.higher_is_better)
    if turned or any(given is not None and given != kept for given, kept in told):
        raise StudyError(
            f"The state is of a measure from {scale.low:g} to {scale.high:g}, "
            f"{'higher' if scale.higher_is_better else 'lower'} being better, and this asks for another. Begin a new "
            "state for it."
        )
    finite = math.isfinite(scale.high - scale.low)
    own = options.own_instrument
    if own is None and settings.instrument in published_scores():
        own = known_score(str(settings.instrument))
    return replace(
        options,
        low=scale.low if finite else None,
        high=scale.high if finite else None,
        step=scale.step,
        higher_is_better=scale.higher_is_better,
        own_instrument=own,
        date_order=options.date_order or settings.order,
    )


def reading_beside(reading: Reading, settings: Settings) -> Reading:
    """Today's columns, with the sessions and scores of the first day.

    Raises:
        StudyError: it is another measure, or sessions are told in another way.
    """
    layout, instrument = reading.layout, reading.scale.instrument
    keys = {each.key if each else None for each in (instrument, layout.instrument or instrument)}
    if keys != {settings.instrument} or (instrument is None and layout.name != settings.named):
        here = layout.instrument.key if layout.instrument else layout.name
        raise StudyError(
            f"The state is of the measure {settings.instrument or settings.named!r}, and this file holds {here!r}. "
            "Begin a state for each measure; if it is the same, call the column alike, or name the questionnaire with "
            "--instrument."
        )
    if (reading.rhythm is not None) != settings.dated:
        ways = ("days", "numbers") if settings.dated else ("numbers", "days")
        raise StudyError(
            f"The sessions of the state have {ways[0]}, and those of this file {ways[1]}. Write them alike."
        )
    if layout.items and reading.scale.measure != settings.scale:
        raise StudyError("The questions of this file make another score than those of the state. Begin a new state.")
    if (reading.scale.usual_variance is None) != (settings.usual_variance is None):
        ways = ("of questions", "of totals") if settings.usual_variance is not None else ("of totals", "of questions")
        raise StudyError(f"The state is {ways[0]}, and this file {ways[1]}. Write them alike, or begin a new state.")
    labels = dict(settings.labels)
    new = [label for label in reading.labels if label not in labels]
    if new:
        together = label_numbers([*labels, *new])
        if together is None or any(together[label] != number for label, number in labels.items()):
            raise StudyError(
                f"The session {new[0]!r} is new, and where it lies among those of the state "
                f"({', '.join(list(labels)[:4])}) cannot be told. Number the sessions."
            )
        labels = together
    return replace(
        reading,
        scale=replace(reading.scale, measure=settings.scale, usual_variance=settings.usual_variance),
        labels=labels,
        order=reading.order or settings.order,
        rhythm=settings.rhythm,
    )
