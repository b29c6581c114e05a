"""`reattune simulate`: a simulated cohort, and beside it what really happened."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import fields
from dataclasses import replace as dataclass_replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from reattune.study.errors import StudyError
from reattune.terminal import out, refuse

if TYPE_CHECKING:
    import polars as pl

    from reattune.alliance.simulate import Cohort, Simulation

_AT_ONCE = 100_000


def simulate(
    clients: Annotated[int, typer.Option(help="How many.", min=1)],
    out_file: Annotated[Path, typer.Option("--out", help="Ratings, long; .csv or .parquet.")],
    seed: Annotated[int, typer.Option(help="The same seed gives the same cohort.")] = 1,
    variant: Annotated[str, typer.Option(help="plain, or one that breaks the model on purpose.")] = "plain",
    replace: Annotated[bool, typer.Option("--replace", help="Write over files that are there.")] = False,
    therapists: Annotated[int, typer.Option(help="Deal the clients out to so many; 0 is none.", min=0)] = 0,
    figure: Annotated[
        list[str] | None,
        typer.Option(
            "--set", help="A figure of the variant, NAME=VALUE or NAME=LOW..HIGH, such as lightning=0.03; may be "
            "repeated. --set help lists all."
        ),
    ] = None,
) -> None:  # fmt: skip
    """Write a simulated cohort: ratings, and beside them the truth (NAME.truth)."""
    from reattune.alliance.simulate import VARIANTS, simulate
    from reattune.study.results_folder import check_new_file

    if figure and "help" in figure:
        for line in all_figures():
            out.print(line, markup=False)
        return
    truth_file = out_file.with_name(f"{out_file.stem}.truth{out_file.suffix}")
    try:
        if out_file.suffix.lower() not in (".csv", ".parquet"):
            raise StudyError(f"{out_file.name}: name a file that ends in .csv or .parquet.")
        if variant not in VARIANTS:
            raise StudyError(f"There is no variant {variant!r}. The variants are: {', '.join(VARIANTS)}.")
        simulation = with_figures(VARIANTS[variant], figure or ())
        for file in (out_file, truth_file):
            check_new_file(file, replace=replace)
        import polars as pl

        ratings, truth = [], []
        for number, begin in enumerate(range(0, clients, _AT_ONCE)):
            few = min(_AT_ONCE, clients - begin)
            cohort = simulate(few, seed + 1_000_003 * number, simulation)
            rows = _rows(cohort, begin, therapists)
            ratings.append(rows.drop(_TRUTH))
            truth.append(rows.select("client", "session", *_TRUTH))
        _write(pl.concat(ratings), out_file)
        _write(pl.concat(truth), truth_file)
    except (StudyError, ValueError) as error:
        raise refuse(str(error)) from error
    except OSError as error:
        raise refuse(f"{out_file} cannot be written: {error.strerror or error}.") from error
    except ModuleNotFoundError as error:
        raise refuse(f"This needs {error.name}, which is not installed. Run: pip install 'reattune[study]'") from error
    out.print(f"{clients:,} clients to {out_file}; what really happened to {truth_file}.", markup=False)


def all_figures() -> list[str]:
    """Every figure of a simulation with its value in *plain*, one a line."""
    from reattune.alliance.simulate import Simulation

    plain = Simulation()
    return [f"{each.name}={_written(getattr(plain, each.name))}" for each in fields(plain)]


def _written(value: float | tuple[float, float]) -> str:
    return f"{value[0]:g}..{value[1]:g}" if isinstance(value, tuple) else f"{value:.4g}"


def with_figures(simulation: Simulation, given: Sequence[str]) -> Simulation:
    """A simulation with some of its figures set by name.

    Args:
        given: ``NAME=VALUE``, or ``NAME=LOW..HIGH`` where it is a range.

    Raises:
        StudyError: there is no such figure, or its value is not of its kind.
        ValueError: a value cannot be.
    """
    changes: dict[str, Any] = {}
    for words in given:
        name, equals, value = words.partition("=")
        names = [each.name for each in fields(simulation)]
        if not equals or name.strip() not in names:
            raise StudyError(f"--set is written NAME=VALUE, and this is {words!r}. The names are: {', '.join(names)}.")
        changes[name.strip()] = _value(name.strip(), value.strip(), getattr(simulation, name.strip()))
    return dataclass_replace(simulation, **changes)


def _value(name: str, words: str, now: Any) -> Any:
    kind = float if isinstance(now, float) else int if isinstance(now, int) else type(now[0])
    said = "a whole number" if kind is int else "a number"
    try:
        if not isinstance(now, tuple):
            return _finite(name, kind(words))
        low, dots, high = words.partition("..")
        return _finite(name, kind(low)), _finite(name, kind(high if dots else low))
    except ValueError:
        form = f"two of them, LOW..HIGH ({said})" if isinstance(now, tuple) else said
        raise StudyError(f"{name} takes {form}, and this is {words!r}.") from None


def _finite(name: str, value: float) -> float:
    if not math.isfinite(value) and name not in ("floor", "ceiling"):
        raise ValueError
    return value


_TRUTH = ("state", "in_rupture", "onset", "trickle", "level", "depth")


def _rows(cohort: Cohort, begin: int, therapists: int) -> pl.DataFrame:
    import numpy as np
    import polars as pl

    truth = cohort.truth
    client, column = np.nonzero(truth.state >= 0)
    state = pl.Series(["steady", "ruptured", "eroding", "repairing"]).gather(truth.state[client, column])
    frame = pl.DataFrame(
        {
            "client": pl.Series(begin + client + 1),
            "session": pl.Series(column + 1),
            "score": pl.Series(np.round(cohort.ratings.scores[client, column], 4)).fill_nan(None),
            "state": state,
            "in_rupture": truth.in_rupture[client, column],
            "onset": truth.onset[client, column],
            "trickle": truth.trickle[client, column],
            "level": np.round(truth.level[client, column], 4),
            "depth": np.round(truth.depth[client, column], 4),
        }
    ).with_columns(pl.format("c{}", "client").alias("client"))
    if therapists:
        frame = frame.with_columns(pl.format("t{}", pl.Series((begin + client) % therapists + 1)).alias("therapist"))
    return frame


def _write(frame: pl.DataFrame, file: Path) -> None:
    part = file.with_name(f".{file.name}.part")
    try:
        if file.suffix.lower() == ".csv":
            frame.write_csv(part)
        else:
            frame.write_parquet(part)
        part.replace(file)
    finally:
        part.unlink(missing_ok=True)
