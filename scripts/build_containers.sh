#!/bin/sh
# The container of deploy/, of this checkout (reattune:now) and of the version before (reattune:before), for
# `make test-container`. Needs podman: sudo apt install podman runc; where no image can be fetched, debootstrap too.
# usage: build_containers.sh COMMIT-BEFORE
set -eu
before=$1
image=$(sed -n 's/^FROM \([^ ]*\).*/\1/p' deploy/Containerfile | tail -1)
command -v podman >/dev/null || {
    echo "THE CONTAINER WAS NOT TRIED: there is no podman here. Run: sudo apt install podman runc debootstrap" >&2
    exit 1
}

if ! podman image exists "$image" && ! podman pull --quiet "$image" 2>/dev/null; then
    echo "$image can't be fetched here. Debian's own Python takes its place." >&2
    command -v debootstrap >/dev/null || { echo "That needs debootstrap. Run: sudo apt install debootstrap" >&2; exit 1; }
    root=$(mktemp -d)
    trap 'rm -rf "$root"' EXIT
    debootstrap --variant=minbase --include=python3,python3-venv,ca-certificates bookworm "$root" >/dev/null
    ln -sf python3 "$root/usr/bin/python"
    tar -C "$root" -c . | podman import --quiet - "$image" >/dev/null
fi

# Packages are fetched as this machine fetches them: with its certificates and its settings of pip.
lent="--volume /etc/ssl/certs:/etc/ssl/certs:ro"
[ ! -f /etc/pip.conf ] || lent="$lent --volume /etc/pip.conf:/etc/pip.conf:ro"
build() {
    # shellcheck disable=SC2086
    podman build --quiet --isolation chroot --network host --format docker --ulimit nofile=1024:1024 $lent \
        -t "localhost/reattune:$1" -f deploy/Containerfile "$2"
}
build now .
old=$(mktemp -d)
git archive "$before" | tar -x -C "$old"
(cd "$old" && build before .)
rm -rf "$old"
podman images --format '{{.Repository}}:{{.Tag}} {{.Size}}' | grep '^localhost/reattune:'
