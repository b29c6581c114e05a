#!/bin/sh
# One file with its own Python, for people who have none. Built from the wheel, in an environment of its own.
# usage: build_standalone.sh VENV FOLDER
set -eu
venv=$1
folder=$2
python=$("$venv/bin/python" -c 'import sys; print(sys.executable)')
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

PYTHON=$python sh scripts/set_up_environment.sh build/standalone requirements/standalone.txt
# The wheel itself takes the place of the checkout, so that the file holds what everybody installs.
"$venv/bin/python" -c 'import sys; from pathlib import Path; from scripts.dist import build; build(Path(sys.argv[1]), "wheel")' "$work/wheel"
build/standalone/bin/pip install --quiet --disable-pip-version-check --no-deps --no-index --force-reinstall "$work"/wheel/*.whl
rm -f build/standalone/.installed-standalone
SOURCE_DATE_EPOCH=$(git log -1 --format=%ct 2>/dev/null || echo 1580601600) PYTHONHASHSEED=1 \
    build/standalone/bin/pyinstaller --log-level WARN --noconfirm --distpath "$work/out" --workpath "$work/work" deploy/standalone.spec
mkdir -p "$folder"
system=$(uname -s | tr '[:upper:]' '[:lower:]')-$(uname -m)
mv "$work/out/reattune" "$folder/reattune-$system"
"$venv/bin/python" -m scripts.bill_of_materials one-file "$(build/standalone/bin/python -c 'import platform; print(platform.python_version())')" \
    > "$folder/reattune-$system.cdx.json"
"$venv/bin/python" -c 'import sys; from pathlib import Path; from scripts import dist; f = Path(sys.argv[1]); (f / dist.SUMS).write_text(dist.sums(f), "ascii")' "$folder"
ls -l "$folder/reattune-$system"
