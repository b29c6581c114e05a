"""`reattune install-shortcut` and `reattune stop`: for those who start it without a terminal."""

from __future__ import annotations

from typing import Annotated

import typer

from reattune.terminal import out, refuse
from reattune.web.installation.backup_commands import DataFolder


def install_shortcut(
    remove: Annotated[bool, typer.Option("--remove", help="Take it away again.")] = False,
    name: Annotated[str | None, typer.Option(help="What it is called. By default Notes, like the tab.")] = None,
    data: DataFolder = None,
) -> None:
    """Put Reattune among the programs of your desktop, so that it starts without a terminal."""
    from reattune.web.installation import shortcut
    from reattune.web.installation.data_folder import data_folder

    try:
        if remove:
            out.print("The shortcut is gone." if shortcut.remove() else "There was no shortcut.")
            return
        where = shortcut.install(data_folder(data) if data else None, name)
    except shortcut.NoShortcut as error:
        raise refuse(str(error)) from error
    out.print(f"“{name or 'Notes'}” is among your programs now. It's called that so that it tells nobody anything.")
    out.print(f"It's in {where}. To take it away: reattune install-shortcut --remove", markup=False)


def stop(data: DataFolder = None) -> None:
    """Stop the Reattune that runs on this computer."""
    from reattune.web.installation import running
    from reattune.web.installation.data_folder import data_folder

    try:
        stopped = running.stop(data_folder(data))
    except (OSError, TimeoutError) as error:
        raise refuse(f"It can't be stopped: {error}") from error
    out.print("Reattune has stopped. Every journal is locked." if stopped else "Reattune isn't running.")
