"""A worker whose threads wait only so long for what is sent, and for who reads the answer.

Who sends or reads a byte now and then holds none of them.
"""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from gunicorn.workers.gthread import ThreadWorker

# For the head of a request, and for its body as much again and its length at the least rate. A proxy that holds a form
# back until it is whole sends it at once; a large file comes as fast as its sender can. For the answer the same again,
# at a lesser rate: somebody on a poor line takes a copy of a whole journal along.
PATIENCE_SECONDS, LEAST_BYTES_A_SECOND, LEAST_READ_A_SECOND = 15.0, 256 * 1024, 32 * 1024
_LOOKS_EVERY = 0.5
# For the rest of a body that was refused unread: what is on its way already, so that the answer is not lost with it.
_FOR_THE_REST = 0.2


class Deadlines:
    """Sockets, and until when each may be read from or written to. Then it ends there, as if the other had gone."""

    def __init__(self) -> None:
        self._until: dict[socket.socket, tuple[float, int]] = {}
        self._lock = threading.Lock()

    def start(self) -> None:
        """Look twice a second, in a thread that ends with the process."""
        threading.Thread(target=self._look_again_and_again, name="patience", daemon=True).start()

    def allow(self, sock: socket.socket, seconds: float, ends: int = socket.SHUT_RD) -> None:
        """From now on, so many seconds; then ``ends``: reading, or all of it."""
        with self._lock:
            self._until[sock] = time.monotonic() + seconds, ends

    @contextlib.contextmanager
    def over(self, sock: socket.socket) -> Iterator[None]:
        """While a thread is busy with this socket."""
        self.allow(sock, PATIENCE_SECONDS)
        try:
            yield
        finally:
            with self._lock:
                self._until.pop(sock, None)

    def look(self) -> None:
        """End what is over."""
        with self._lock:
            now = time.monotonic()
            for sock, ends in [(each, ends) for each, (until, ends) in self._until.items() if until < now]:
                del self._until[sock]
                with contextlib.suppress(OSError):
                    sock.shutdown(ends)

    def _look_again_and_again(self) -> None:
        while True:
            time.sleep(_LOOKS_EVERY)
            self.look()


def seconds_for(length: str, rate: int = LEAST_BYTES_A_SECOND) -> float:
    """How long a body with this ``Content-Length`` may take, at so many bytes a second at the least."""
    return PATIENCE_SECONDS + (int(length) / rate if length.isdecimal() and length.isascii() else 0.0)


class PatientWorker(ThreadWorker):  # type: ignore[misc]  # gunicorn has no types
    """Threads as ever, with a deadline for each request's head, for its body, and for who reads the answer."""

    def init_process(self) -> None:
        """In the new process: threads do not survive a fork."""
        self._deadlines = Deadlines()
        self._deadlines.start()
        super().init_process()

    def handle(self, conn: Any) -> Any:
        """A connection that has something to read."""
        with self._deadlines.over(conn.sock):
            return super().handle(conn)

    def handle_request(self, req: Any, conn: Any) -> Any:
        """The head is there."""
        length = next((value for name, value in req.headers if name == "CONTENT-LENGTH"), "")
        self._deadlines.allow(conn.sock, seconds_for(length))
        return super().handle_request(req, conn)

    def _keepalive_after(self, conn: Any, keepalive: Any) -> bool:
        """Nobody waits for the rest of what was refused: for who sends on slowly, the connection ends."""
        return bool(keepalive and conn.parser.finish_body(deadline=time.monotonic() + _FOR_THE_REST))

    def load_wsgi(self) -> None:
        """The app, with what is known of each answer before its first byte goes."""
        super().load_wsgi()
        self.wsgi: Any = self._timed(self.wsgi)

    def _timed(self, app: Callable[..., Iterable[bytes]]) -> Callable[..., Iterable[bytes]]:
        def answered(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
            lengths: list[str] = []

            def begun(status: str, headers: list[tuple[str, str]], *more: Any) -> Any:
                lengths.extend(value for name, value in headers if name.lower() == "content-length")
                return start_response(status, headers, *more)

            answer = app(environ, begun)
            seconds = seconds_for(lengths[-1] if lengths else "", LEAST_READ_A_SECOND)
            self._deadlines.allow(environ["gunicorn.socket"], seconds, socket.SHUT_RDWR)
            return answer

        return answered
