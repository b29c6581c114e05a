#!/bin/sh
# Renews the hash-locked requirement files. They name versions and hashes, never an address.
# Needs uv, which resolves for every Python and platform at once: pip install uv
# UPGRADE= keeps the versions that are locked already, and only adds what is new.
set -eu
upgrade=${UPGRADE---upgrade}
lock() {
    out=$1; shift
    # shellcheck disable=SC2086
    uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
        --no-emit-index-url --no-emit-find-links $upgrade -o "$out" "$@"
    if grep -nE 'https?://|file://' "$out"; then
        echo "$out records an address; take it out before you commit." >&2
        exit 1
    fi
}
# hatchling and editables are in both: they build the project itself without a further download.
lock requirements/run.txt pyproject.toml --extra study --extra sentences --group build
lock requirements/host.txt pyproject.toml --extra hosted --group build -c requirements/run.txt
lock requirements/dev.txt pyproject.toml --extra study --extra spark --extra sentences --extra hosted --group build --group dev -c requirements/run.txt
lock requirements/standalone.txt pyproject.toml --extra sentences --group build --group standalone -c requirements/run.txt
