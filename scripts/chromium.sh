#!/bin/sh
# The browser tests need a real Chromium. Installs Debian's where it is missing and we may.
set -eu
if command -v chromium >/dev/null || [ -n "${CHROMIUM:-}" ]; then exit 0; fi
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "Installing Chromium for the browser tests."
    apt-get update -q >/dev/null
    DEBIAN_FRONTEND=noninteractive apt-get install -qy --no-install-recommends chromium fonts-dejavu-core >/dev/null
else
    echo "The browser tests need Chromium. Run: sudo apt install chromium  (or set CHROMIUM=/path/to/it)" >&2
    exit 1
fi
