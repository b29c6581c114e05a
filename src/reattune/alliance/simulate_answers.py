"""From what people think of a bond to what they answer: noise, the steps and ends of a questionnaire, carelessness."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from reattune.alliance.array_types import Floats

if TYPE_CHECKING:
    from reattune.alliance.simulate import Simulation


def unit_noise(
    shape: tuple[int, int], options: Simulation, random: np.random.Generator, phi: float | None = None
) -> Floats:
    """Unit-variance noise with lag-1 autocorrelation ``phi``, the options' unless given. (clients, sessions)."""
    phi, freedom = options.autocorrelation if phi is None else phi, options.noise_freedom
    if freedom:
        fresh = random.standard_t(freedom, shape) * np.sqrt((freedom - 2) / freedom)
    else:
        fresh = random.standard_normal(shape)
    noise = np.empty(shape)
    noise[:, 0] = fresh[:, 0]
    for session in range(1, shape[1]):
        noise[:, session] = phi * noise[:, session - 1] + np.sqrt(1 - phi**2) * fresh[:, session]
    return noise


def answered(scores: Floats, options: Simulation, random: np.random.Generator) -> Floats:
    """Scores as a questionnaire gives them: cut at its ends, on its lattice, and sometimes only repeated."""
    scores = np.clip(scores, options.floor, options.ceiling)
    if options.items:
        step = 100 / (options.items * options.item_steps)
        if options.item_noise:
            true = np.repeat(scores[..., None] / 100 * options.item_steps, options.items, axis=-1)
            noisy = true + options.item_noise * random.standard_normal(true.shape)
            items = np.clip(np.round(noisy), 0, options.item_steps)
            scores = items.mean(axis=-1) / options.item_steps * 100
        scores = np.round(scores / step) * step
    if options.careless:
        clients, sessions = scores.shape
        start = np.where(random.random(clients) < options.careless, random.integers(3, 12, clients), sessions)
        repeats = (np.arange(sessions) >= start[:, None]) & (random.random(scores.shape) < 0.8)
        for session in range(1, sessions):
            scores[:, session] = np.where(repeats[:, session], scores[:, session - 1], scores[:, session])
    return scores
