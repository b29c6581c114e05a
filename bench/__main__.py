"""``python -m bench``: prints the ratios that the docs quote."""

from __future__ import annotations

import os
import platform
import sys
import tempfile

os.environ["OPENBLAS_NUM_THREADS"] = "1"
os.environ["REATTUNE_DATA"] = tempfile.mkdtemp(prefix="reattune-bench-")


def main() -> None:
    """Run every bench and print what it found."""
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores, {platform.machine()}")
    from bench import caseload, echoes, engine, journal, languages

    for part in (journal, caseload, languages, echoes, engine):
        for line in part.run():
            print(line, flush=True)


if __name__ == "__main__":
    sys.exit(main())
