"""Gunicorn reads this: how many processes, and how they are replaced."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any
from wsgiref.util import setup_testing_defaults

from reattune.web.hosted.environment import hosting
from reattune.web.settings import LOGGING

_given = hosting(os.environ)

bind = _given.bind
workers = _given.processes
worker_class = "reattune.web.hosted.read_timeout_worker.PatientWorker"
threads = _given.threads
timeout = 60
graceful_timeout = 30
# Cookies of a neighbouring name come in the same field as ours, where a proxy passes them all on.
limit_request_field_size = 64 * 1024
keepalive = 75  # longer than the proxy keeps its side open
max_requests, max_requests_jitter = 20_000, 2_000
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108  a heartbeat, no data
accesslog = None
logconfig_dict = LOGGING
control_socket_disable = True
forwarder_headers = ""  # where we are is not for whoever asks to say
proc_name = "reattune"


def post_fork(_server: Any, _worker: Any) -> None:
    """A new process reads our code from the disk, and not what was there when the first one started."""
    for name in [name for name in sys.modules if name.partition(".")[0] == "reattune"]:
        del sys.modules[name]


def post_worker_init(_worker: Any) -> None:
    """A page of the example before anybody asks: what is read once is not read while somebody waits.

    And what lay idle is locked by the clock.
    """
    from reattune.vault.crypto_primitives import let_in_line
    from reattune.web.store.waiting import let_wait
    from reattune.web.wsgi import application

    # However many passphrases come, the other threads answer: the helplines, the quick exit, what is being typed.
    let_in_line(max(1, _given.threads // 2))
    let_wait(max(1, _given.threads // 4))
    environ: dict[str, Any] = {"PATH_INFO": "/example/today/", "HTTP_X_FORWARDED_PROTO": "https"}
    setup_testing_defaults(environ)
    environ["HTTP_HOST"] = _given.hosts[0].lstrip(".")
    answer = application(environ, lambda *_said: lambda _bytes: None)
    answer.close()
    from reattune.web.installation.private_process import keep_memory_private
    from reattune.web.store.idle_clock import start_clock

    keep_memory_private()
    start_clock()
