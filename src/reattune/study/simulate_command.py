"""`reattune simulate`: a simulated cohort, and beside it what really happened."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import fields
from dataclasses import replace as dataclass_replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from reattune.study.errors import StudyError
from reattune.terminal import out, refuse

if TYPE_CHECKING:
    import polars as pl

    from reattune.alliance.simulate import Cohort, Simulation
    from reattune.alliance.simulate_second import SecondRater

F = TypeVar("F", "Simulation", "SecondRater")
_AT_ONCE = 100_000


def simulate(
    clients: Annotated[int, typer.Option(help="How many.", min=1)],
    out_file: Annotated[Path, typer.Option("--out", help="Ratings, long; .csv or .parquet.")],
    seed: Annotated[int, typer.Option(help="The same seed gives the same cohort.")] = 1,
    variant: Annotated[str, typer.Option(help="plain, or one that breaks the model on purpose.")] = "plain",
    replace: Annotated[bool, typer.Option("--replace", help="Write over files that are there.")] = False,
    therapists: Annotated[int, typer.Option(help="Deal the clients out to so many; 0 is none.", min=0)] = 0,
    raters: Annotated[
        int, typer.Option(help="2: the therapist rates too, told apart by a column rater.", min=1, max=2)
    ] = 1,
    figure: Annotated[
        list[str] | None,
        typer.Option(
            "--set", help="A figure of the variant, NAME=VALUE or NAME=LOW..HIGH, such as lightning=0.03, or with two "
            "raters one of the therapist, such as second.noticed=0.3; may be repeated. --set help lists all."
        ),
    ] = None,
) -> None:  # fmt: skip
    """Write a simulated cohort: ratings, and beside them the truth (NAME.truth)."""
    from reattune.alliance.pair_scenarios import PAIRS
    from reattune.alliance.simulate import VARIANTS, simulate
    from reattune.study.results_folder import check_new_file

    if figure and "help" in figure:
        for line in all_figures(raters):
            out.print(line, markup=False)
        return
    truth_file = out_file.with_name(f"{out_file.stem}.truth{out_file.suffix}")
    try:
        if out_file.suffix.lower() not in (".csv", ".parquet"):
            raise StudyError(f"{out_file.name}: name a file that ends in .csv or .parquet.")
        known = VARIANTS if raters == 1 else PAIRS
        if variant not in known:
            raise StudyError(f"There is no variant {variant!r}. The variants are: {', '.join(known)}.")
        simulation, rater = PAIRS[variant]
        simulation, second = _with_figures_of_both(simulation, rater if raters == 2 else None, figure or ())
        for file in (out_file, truth_file):
            check_new_file(file, replace=replace)
        import polars as pl

        ratings, truth = [], []
        for number, begin in enumerate(range(0, clients, _AT_ONCE)):
            few = min(_AT_ONCE, clients - begin)
            cohort = simulate(few, seed + 1_000_003 * number, simulation, second)
            rows = _rows(cohort, begin, therapists)
            truth.append(rows.select("client", "session", *_TRUTH, *(["noticed"] if second else [])))
            ratings.append(_one_below_the_other(rows, cohort) if second else rows.drop(_TRUTH))
        _write(pl.concat(ratings), out_file)
        _write(pl.concat(truth), truth_file)
    except (StudyError, ValueError) as error:
        raise refuse(str(error)) from error
    except OSError as error:
        raise refuse(f"{out_file} cannot be written: {error.strerror or error}.") from error
    except ModuleNotFoundError as error:
        raise refuse(f"This needs {error.name}, which is not installed. Run: pip install 'reattune[study]'") from error
    out.print(f"{clients:,} clients to {out_file}; what really happened to {truth_file}.", markup=False)


def all_figures(raters: int = 1) -> list[str]:
    """Every figure of a simulation with its value in *plain*, one a line; with two raters the therapist's too."""
    from reattune.alliance.simulate import Simulation
    from reattune.alliance.simulate_second import SecondRater

    plain, rater = Simulation(), SecondRater()
    listed = [f"{each.name}={_written(getattr(plain, each.name))}" for each in fields(plain)]
    if raters == 1:
        return listed
    return listed + [f"{_OF_SECOND}{each.name}={_written(getattr(rater, each.name))}" for each in fields(rater)]


def _written(value: float | tuple[float, float]) -> str:
    return f"{value[0]:g}..{value[1]:g}" if isinstance(value, tuple) else f"{value:.4g}"


_OF_SECOND = "second."


def _with_figures_of_both(
    simulation: Simulation, second: SecondRater | None, given: Sequence[str]
) -> tuple[Simulation, SecondRater | None]:
    theirs = [words for words in given if words.strip().startswith(_OF_SECOND)]
    if theirs and second is None:
        raise StudyError(f"{theirs[0]!r} is a figure of the therapist, who rates with --raters 2.")
    own = with_figures(simulation, [words for words in given if words not in theirs])
    if second is None:
        return own, None
    return own, with_figures(second, [words.strip().removeprefix(_OF_SECOND) for words in theirs])


def with_figures(simulation: F, given: Sequence[str]) -> F:
    """A simulation, or a simulated therapist, with some of its figures set by name.

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
    if truth.noticed is not None:
        frame = frame.with_columns(pl.Series("noticed", truth.noticed[client, column]))
    if therapists:
        frame = frame.with_columns(pl.format("t{}", pl.Series((begin + client) % therapists + 1)).alias("therapist"))
    return frame


def _one_below_the_other(rows: pl.DataFrame, cohort: Cohort) -> pl.DataFrame:
    """A row for each rating: of each session first the client's, then the therapist's."""
    import numpy as np
    import polars as pl

    assert cohort.ratings.second is not None  # noqa: S101
    client, column = np.nonzero(cohort.truth.state >= 0)
    theirs = pl.Series("score", np.round(cohort.ratings.second[client, column], 4)).fill_nan(None)
    kept = rows.drop(*_TRUTH, "noticed").with_row_index("place")
    both = [
        part.with_columns(pl.lit(rater).alias("rater"))
        for rater, part in (("client", kept), ("therapist", kept.with_columns(theirs)))
    ]
    columns = ["client", "session", "rater", "score", *(["therapist"] if "therapist" in rows.columns else [])]
    return pl.concat(both).sort("place", "rater").select(columns)


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
