"""`reattune validate`: each proof is a subcommand that prints its figures, as a table or as JSON."""

from __future__ import annotations

import typer

from reattune.proof.danger import danger
from reattune.proof.detectors.command import detectors
from reattune.proof.echoes import echoes
from reattune.proof.moments import moments

validate = typer.Typer(help="Prove what the methods can do.", no_args_is_help=True)
for proof in (detectors, danger, moments, echoes):
    validate.command()(proof)
