#!/bin/sh
# What the tests need beside Python: a real Chromium, libatomic for its driver's Node.js, which a bare Debian lacks,
# a Java for the two executors of the Spark tests, and the Caddy that Debian has, to try deploy/Caddyfile with. Installs
# what is missing where we may; Caddy is only unpacked, so that no service starts.
# usage: install_test_tools.sh VENV
set -eu
has_chromium() { [ -n "${CHROMIUM:-}" ] || command -v chromium >/dev/null; }
driver_runs() { "$1/bin/python" -m playwright --version >/dev/null 2>&1; }

if ! [ -x "$1/bin/caddy" ] && ! command -v caddy >/dev/null && command -v apt-get >/dev/null; then
    place=$(mktemp -d)
    if (cd "$place" && apt-get download -q caddy && dpkg-deb -x caddy_*.deb .) >/dev/null 2>&1; then
        cp "$place/usr/bin/caddy" "$1/bin/caddy"
    else
        echo "Caddy could not be fetched: tests/test_proxy.py is left out." >&2
    fi
    rm -rf "$place"
fi

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
