"""The one command. Each subcommand is a few lines that call a room."""

from __future__ import annotations

import errno
import os
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

# Batches are worked on side by side; threads inside each small matrix product would only be in their way.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from reattune import __version__
from reattune.proof.validate_command import validate
from reattune.study.command import study
from reattune.study.simulate_command import simulate
from reattune.terminal import out as _out
from reattune.terminal import refuse
from reattune.web.installation.backup_commands import DataFolder, backup, restore, seal_anew
from reattune.web.installation.desktop_commands import install_shortcut, stop


class Commands(TyperGroup):
    """The commands; a name that no disk takes gets a sentence from whichever of them it was given to."""

    def invoke(self, ctx: Any) -> Any:
        """Run one, or start the app."""
        try:
            return super().invoke(ctx)
        except OSError as error:
            if error.errno != errno.ENAMETOOLONG:
                raise
            raise refuse(f"{error.filename} is longer than the name of a file can be here.") from error


app = typer.Typer(
    cls=Commands,
    help="Notice what went wrong in therapy, say it, and mend it. "
    "Without a subcommand, this starts the app on this computer.",
    invoke_without_command=True,
    no_args_is_help=False,
    add_completion=False,
    pretty_exceptions_enable=False,
)


def _version(wanted: bool) -> None:
    if wanted:
        _out.print(f"reattune {__version__}")
        raise typer.Exit


@app.callback()
def serve(
    context: typer.Context,
    port: Annotated[int, typer.Option(help="The port on this computer.", min=1, max=65535)] = 8321,
    data: DataFolder = None,
    no_browser: Annotated[bool, typer.Option("--no-browser", help="Don't open the browser.")] = False,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Start the app on this computer, for this computer only."""
    if context.invoked_subcommand:
        return
    from reattune.web.installation.failures import CannotServe
    from reattune.web.installation.local_server import serve_here, show_why

    try:
        serve_here(port=port, data=data, open_browser=not no_browser, say=_out.print)
    except CannotServe as error:
        if not no_browser:
            show_why(error)
        raise refuse(str(error)) from error


@app.command()
def doctor(data: DataFolder = None) -> None:
    """Show what is installed, where the data is, and whether it opens."""
    from reattune.web.installation.doctor import examine

    report = examine(data)
    for line in report.lines:
        _out.print(line, markup=False)
    if not report.well:
        raise typer.Exit(2)


@app.command()
def host(
    check: Annotated[bool, typer.Option("--check", help="Only report what is missing or unsafe.")] = False,
) -> None:
    """Serve many journals behind a proxy, with settings from the environment: see docs/hosting.md."""
    from reattune.web.hosted import server
    from reattune.web.installation.failures import CannotServe

    if check:
        findings = server.check(dict(os.environ))
        for sentence in findings:
            _out.print(sentence, markup=False)
        if findings:
            raise typer.Exit(2)
        _out.print("Nothing is missing, and nothing unsafe was found.")
        return
    try:
        server.serve_many(_out.print)
    except CannotServe as error:
        raise refuse(str(error)) from error


app.command(name="install-shortcut")(install_shortcut)
app.command()(stop)
app.command()(backup)
app.command()(restore)
app.command(name="seal-anew")(seal_anew)
app.command()(study)
app.command()(simulate)
app.add_typer(validate, name="validate")
