#!/bin/sh
# Makes the virtual environment and installs one locked set of packages into it.
# usage: set_up_environment.sh VENV REQUIREMENTS
set -eu
venv=$1
requirements=$2
mark=$venv/.installed-$(basename "$requirements" .txt)

sum=$(cat "$requirements" pyproject.toml | cksum)
if [ -f "$mark" ] && [ "$(cat "$mark")" = "$sum" ]; then exit 0; fi

find_python() {
    for candidate in ${PYTHON:-} python3 python3.14 python3.13 python3.12 python3.11; do
        if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            echo "$candidate"
            return
        fi
    done
    echo "Reattune needs Python 3.11 or newer and found none. Install it, or name it: make PYTHON=/path/to/python3" >&2
    exit 1
}

if [ ! -x "$venv/bin/pip" ]; then
    python=$(find_python)
    if ! "$python" -c 'import ensurepip' 2>/dev/null; then
        # Debian ships venv apart from Python.
        package=$("$python" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')
        if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
            echo "Installing $package, which this Python needs to make virtual environments."
            apt-get update -q >/dev/null && DEBIAN_FRONTEND=noninteractive apt-get install -qy --no-install-recommends "$package" >/dev/null
        else
            echo "This Python cannot make virtual environments. Run: sudo apt install $package" >&2
            exit 1
        fi
    fi
    rm -rf "$venv"
    "$python" -m venv "$venv"
fi

echo "Installing the packages of $requirements (each checked against its hash)."
"$venv/bin/pip" install --quiet --disable-pip-version-check --require-hashes -r "$requirements"
"$venv/bin/pip" install --quiet --disable-pip-version-check --no-deps --no-build-isolation --no-index -e .
echo "$sum" > "$mark"
