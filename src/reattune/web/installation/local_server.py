"""Starting the app on this machine."""

from __future__ import annotations

import contextlib
import errno
import os
import socket
import sqlite3
import sys
import threading
import webbrowser
from collections.abc import Callable
from pathlib import Path

from reattune.terminal import end_properly_when_told
from reattune.web.installation.data_folder import VARIABLE, data_folder, installation_key, prepare
from reattune.web.installation.database_settings import VARIABLE as DATABASE
from reattune.web.installation.failures import CannotServe, Why
from reattune.web.installation.own_user import OwnUsersSocket
from reattune.web.installation.private_process import keep_files_private, keep_memory_private
from reattune.web.installation.running import (
    HOST,
    Running,
    forget,
    forget_earlier,
    found,
    found_soon,
    note,
    program,
    stop,
)
from reattune.web.installation.served_alone import ServedAlready, alone

_DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
_NOT_DAMAGED = {
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_CANTOPEN,
}
LARGEST_REQUEST = 128 * 1024 * 1024
_NO_ANSWER = (
    "Reattune is already running for the journals in {folder}, but it doesn't answer. If you suspended it with Ctrl+Z, "
    "bring it back with fg. Otherwise end it, or restart the computer. Nothing was touched."
)


def serve_here(port: int, data: Path | None, open_browser: bool, say: Callable[[str], object]) -> None:
    """Serve on loopback until interrupted. Where it runs already, open the browser there and leave it alone.

    Raises:
        CannotServe: the data folder cannot be used, its database is damaged, the port is taken, or one runs already
            that does not answer.
    """
    folder = data_folder(data)
    running = _of_this_program(found(folder), folder, say) or _begun(port, folder, open_browser, say)
    if running is not None:
        say(
            f"Reattune is already running at {running.address}, for the journals in {folder}. To stop it: reattune stop"
        )
        if open_browser and _has_browser():
            webbrowser.open(running.address)


def _of_this_program(running: Running | None, folder: Path, say: Callable[[str], object]) -> Running | None:
    """What runs, unless it began before an update: its pages may be half of each version, so it is stopped."""
    if running is None or running.program == program():
        return running
    try:
        stop(folder)
    except (OSError, TimeoutError):
        return running
    say("Reattune was still running from before it was updated. That one has stopped, and every journal is locked.")
    return None


def _begun(port: int, folder: Path, open_browser: bool, say: Callable[[str], object]) -> Running | None:
    """Serve until interrupted; or the one that serves this folder already."""
    _prepare(folder)
    with contextlib.ExitStack() as until_it_ends:
        until_it_ends.callback(forget, folder)  # at the very end: whoever waits for that can start at once
        # Before anything is locked or erased: of two starts at once one serves, and the other waits for its answer.
        try:
            until_it_ends.enter_context(alone(folder))
        except ServedAlready as error:
            running = found_soon(folder)
            if running is None:
                raise CannotServe(_NO_ANSWER.format(folder=folder), Why.RUNNING) from error
            return running
        except OSError as error:
            raise _cannot_store(folder, error) from error
        forget_earlier(folder)
        listening = until_it_ends.enter_context(_listen(port))
        _keep_note(folder, port)
        start_django(folder)
        _serve(listening, folder, f"http://{HOST}:{port}/", open_browser, say)
    return None


def _serve(
    listening: socket.socket, folder: Path, address: str, open_browser: bool, say: Callable[[str], object]
) -> None:

    from django.db import DatabaseError
    from waitress.server import create_server

    from reattune.reflection.danger_recogniser import danger
    from reattune.web.store.erasure import wipe_log
    from reattune.web.store.idle_clock import start_clock
    from reattune.web.store.unlocking import forget_all_unlocked
    from reattune.web.wsgi import application

    danger("I wrote this.")  # its weights and expressions are read once, and not while the first page waits
    server = create_server(
        application,
        sockets=[listening],
        threads=4,
        ident=None,
        clear_untrusted_proxy_headers=True,
        # What comes and goes is somebody's words in clear: it is held in memory and never in a temporary file.
        max_request_body_size=LARGEST_REQUEST,
        inbuf_overflow=2 * LARGEST_REQUEST,
        outbuf_overflow=1 << 40,
    )
    say(f"Reattune is running at {address}, for this computer only. Journals are stored, encrypted, in {folder}.")
    say("Keep this window open. To stop Reattune, press Ctrl+C.")
    if open_browser and _has_browser():
        threading.Timer(0.5, webbrowser.open, [address]).start()
    clock = start_clock()
    end_properly_when_told()
    try:
        server.run()
    except KeyboardInterrupt:
        pass
    finally:
        clock.set()
        server.close()
        # What is in this process's memory goes with it, so that nothing opens; what lies on the disk goes too.
        with contextlib.suppress(DatabaseError):
            forget_all_unlocked()
            wipe_log()
        say("Reattune has stopped. Every journal is locked.")


def show_why(error: CannotServe) -> bool:
    """Where nobody looks at a terminal, a page in the browser that says why; returns whether there was one."""
    if sys.stderr.isatty() or not _has_browser():
        return False
    from reattune.web.pages.begin.cannot_start import wished, write

    return webbrowser.open(write(error, wished()).as_uri())


def start_django(folder: Path, lock: bool = True) -> None:
    """Prepare folder, settings and database; ``lock`` every journal that was left open.

    Raises:
        CannotServe: see :func:`serve_here`.
    """
    _prepare(folder)
    os.environ[VARIABLE] = str(folder)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "reattune.web.settings")

    import django
    from django.core.exceptions import ImproperlyConfigured
    from django.db import DatabaseError, connection

    from reattune.web.installation.database_settings import BadAddress

    try:
        django.setup()
        _bring_tables_up_to_date()
        if lock:
            _lock_every_journal()
    except BadAddress as error:
        raise CannotServe(str(error)) from error
    except OSError as error:
        raise _cannot_store(folder, error) from error
    except ImproperlyConfigured as error:
        raise CannotServe(
            "PostgreSQL needs its driver, which isn't installed. Run: pip install 'reattune[postgresql]'"
        ) from error
    except DatabaseError as error:
        if connection.vendor == "postgresql":
            raise CannotServe(
                f"The database that {DATABASE} names can't be reached or opened: {str(error).strip()}. "
                "Check that it's running, and that user, password and name are right."
            ) from error
        raise _cannot_open(folder, error) from error


def _lock_every_journal() -> None:
    """The secrets are in browsers that may be gone: after a start every journal is locked."""
    from reattune.web.store.erasure import wipe_log
    from reattune.web.store.unlocking import forget_all_unlocked

    forget_all_unlocked()
    wipe_log()  # what a crash left in it


def _prepare(folder: Path) -> None:
    keep_memory_private()
    try:
        prepare(folder)
        keep_files_private(folder)
    except OSError as error:
        raise _cannot_store(folder, error) from error


def _keep_note(folder: Path, port: int) -> None:
    try:
        installation_key(folder)
        note(folder, port)
    except OSError as error:
        raise _cannot_store(folder, error) from error


def _cannot_store(folder: Path, error: OSError) -> CannotServe:
    said = f"Journals can't be stored in {folder}: {error.strerror}. Choose another folder with --data."
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        said = (
            f"The disk of {folder} is full: {error.strerror}. Nothing has happened to the journals there. "
            "Make some room, and try again."
        )
    return CannotServe(said, Why.FOLDER, folder)


def _cannot_open(folder: Path, error: Exception) -> CannotServe:
    """A disk that is full, or somebody who holds the file, has damaged nothing: a backup in its place would cost what
    was written since."""
    code = getattr(error.__cause__, "sqlite_errorcode", 0) & 0xFF
    if code in _NOT_DAMAGED:
        return CannotServe(
            f"The journals in {folder} can't be opened just now: {error}. The disk may be full or failing, or another "
            "program holds the file. Leave the journals where they are, make some room, and try again.",
            Why.FOLDER,
            folder,
        )
    what_to_do = "Restore the folder from a backup, or choose another with --data."
    if code not in _DAMAGED:
        what_to_do = (
            "That may be a fault of Reattune's, and nothing lost. Leave the folder as it is, update Reattune, and try "
            "again. Whatever you try then, try it with a copy of the folder (--data)."
        )
    return CannotServe(f"The journals in {folder} can't be opened: {error}. {what_to_do}", Why.DATABASE, folder)


def _bring_tables_up_to_date() -> None:
    from reattune.web.store.tables import NewerTables, bring_up_to_date

    try:
        bring_up_to_date()
    except NewerTables as error:
        raise CannotServe(
            f"A newer Reattune has changed the tables of these journals ({error}). "
            "Nothing was touched. Update Reattune to open them.",
            Why.NEWER,
        ) from error


def _listen(port: int) -> socket.socket:
    listening = OwnUsersSocket(socket.AF_INET, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((HOST, port))
        listening.listen()
    except OSError as error:
        listening.close()
        raise CannotServe(
            f"Port {port} is taken; perhaps Reattune is already running at http://{HOST}:{port}/. "
            f"Choose another: reattune --port {port + 1 if port < 65535 else 8321}",
            Why.PORT,
        ) from error
    return listening


def _has_browser() -> bool:
    try:
        webbrowser.get()
    except webbrowser.Error:
        return False
    # A console browser would take the terminal away.
    return bool(
        os.name == "nt" or os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY") or sys.platform == "darwin"
    )
