#!/bin/sh
# What the tests need beside Python: a real Chromium, libatomic for its driver's Node.js, which a bare Debian lacks,
# and a Java for the two executors of the Spark tests. Installs what is missing where we may.
# usage: install_test_tools.sh VENV
set -eu
has_chromium() { [ -n "${CHROMIUM:-}" ] || command -v chromium >/dev/null; }
driver_runs() { "$1/bin/python" -m playwright --version >/dev/null 2>&1; }

missing=
has_chromium || missing="chromium fonts-dejavu-core"
driver_runs "$1" || missing="$missing libatomic1"
command -v java >/dev/null || missing="$missing default-jre-headless"
[ -n "$missing" ] || exit 0

if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "Installing for the tests: $missing"
    apt-get update -q >/dev/null
    # shellcheck disable=SC2086
    DEBIAN_FRONTEND=noninteractive apt-get install -qy --no-install-recommends $missing >/dev/null
else
    echo "The tests need more. Run: sudo apt install $missing  (or set CHROMIUM=/path/to/chromium)" >&2
    exit 1
fi
