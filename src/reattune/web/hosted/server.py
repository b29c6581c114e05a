"""Several processes behind a proxy, replaced one by one without dropping a request."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from importlib.util import find_spec

from reattune.web.hosted.environment import HOSTED, BadEnvironment, hosting
from reattune.web.installation.data_folder import data_folder
from reattune.web.installation.failures import CannotServe
from reattune.web.installation.local_server import start_django


def check(environment: dict[str, str]) -> list[str]:
    """A sentence for each thing that is missing or unsafe; empty where nothing is."""
    try:
        hosting(environment)
    except BadEnvironment as error:
        return error.findings
    return []


def serve_many(say: Callable[[str], object]) -> None:
    """Serve until told to stop. ``HUP`` replaces the processes one by one; ``TERM`` lets requests end first.

    Raises:
        CannotServe: the environment is not safe, a package is missing, or the database does not open.
    """
    findings = check(dict(os.environ))
    if findings:
        raise CannotServe("\n".join(findings))
    os.environ[HOSTED] = "yes"
    if find_spec("gunicorn") is None:
        raise CannotServe("Hosted use needs a package that isn't installed. Run: pip install 'reattune[hosted]'")
    start_django(data_folder(), lock=False)
    given = hosting(os.environ)
    say(f"Reattune is listening at {given.bind} for {', '.join(given.hosts)}: {given.processes} processes.")
    sys.stdout.flush()
    # In the place of this process, so that the one that starts the others has none of our code loaded: after an
    # update they read the new.
    said = ["-m", "gunicorn", "--config", "python:reattune.web.hosted.gunicorn_config", "reattune.web.wsgi:application"]
    os.execv(sys.executable, [sys.executable, *said])  # noqa: S606
