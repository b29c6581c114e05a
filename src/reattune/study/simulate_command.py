"""`reattune simulate`: a simulated cohort, and beside it what really happened."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from reattune.study.errors import StudyError
from reattune.terminal import out, refuse

if TYPE_CHECKING:
    import polars as pl

    from reattune.alliance.simulate import Cohort

_AT_ONCE = 100_000


def simulate(
    clients: Annotated[int, typer.Option(help="How many.", min=1)],
    out_file: Annotated[Path, typer.Option("--out", help="Ratings, long; .csv or .parquet.")],
    seed: Annotated[int, typer.Option(help="The same seed gives the same cohort.")] = 1,
    variant: Annotated[str, typer.Option(help="plain, or one that breaks the model on purpose.")] = "plain",
    replace: Annotated[bool, typer.Option("--replace", help="Write over files that are there.")] = False,
    therapists: Annotated[int, typer.Option(help="Deal the clients out to so many; 0 is none.", min=0)] = 0,
) -> None:
    """Write a simulated cohort: ratings, and beside them the truth (NAME.truth)."""
    from reattune.alliance.simulate import VARIANTS, simulate
    from reattune.study.results_folder import check_new_file

    truth_file = out_file.with_name(f"{out_file.stem}.truth{out_file.suffix}")
    try:
        if out_file.suffix.lower() not in (".csv", ".parquet"):
            raise StudyError(f"{out_file.name}: name a file that ends in .csv or .parquet.")
        if variant not in VARIANTS:
            raise StudyError(f"There is no variant {variant!r}. The variants are: {', '.join(VARIANTS)}.")
        for file in (out_file, truth_file):
            check_new_file(file, replace=replace)
        import polars as pl

        ratings, truth = [], []
        for number, begin in enumerate(range(0, clients, _AT_ONCE)):
            few = min(_AT_ONCE, clients - begin)
            cohort = simulate(few, seed + 1_000_003 * number, VARIANTS[variant])
            rows = _rows(cohort, begin, therapists)
            ratings.append(rows.drop(_TRUTH))
            truth.append(rows.select("client", "session", *_TRUTH))
        _write(pl.concat(ratings), out_file)
        _write(pl.concat(truth), truth_file)
    except StudyError as error:
        raise refuse(str(error)) from error
    except OSError as error:
        raise refuse(f"{out_file} cannot be written: {error.strerror or error}.") from error
    except ModuleNotFoundError as error:
        raise refuse(f"This needs {error.name}, which is not installed. Run: pip install 'reattune[study]'") from error
    out.print(f"{clients:,} clients to {out_file}; what really happened to {truth_file}.", markup=False)


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
