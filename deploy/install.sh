#!/usr/bin/env bash
# Install or update the station on Raspberry Pi OS (trixie) or Debian 12 and later, as root, from a checkout:
#   sudo deploy/install.sh                 install this checkout's version, or update to it
#   sudo deploy/install.sh --wheels DIR    the same, without a network: Python packages from DIR (pip download made it)
#   sudo deploy/install.sh --back          back to the version before
# Layout: /opt/strawberry-grader/releases/VERSION (read only), current and previous -> one of them;
# /etc/strawberry-grader (settings); /var/lib/strawberry-grader (journal, books). All else may be mounted read only.
set -euo pipefail
root=${GRADER_ROOT:-/opt/strawberry-grader}
settings=/etc/strawberry-grader
state=/var/lib/strawberry-grader
unit=strawberry-grader.service
source=$(cd "$(dirname "$0")/.." && pwd)
READY_S=${GRADER_READY_S:-60}

say() { echo "install: $*" >&2; }

switch_to() { # the version's units and rules, then the version itself, atomically
    install -m 0644 "$1"/*.service /etc/systemd/system/
    install -d /etc/udev/rules.d && install -m 0644 "$1"/*.rules /etc/udev/rules.d/
    udevadm control --reload 2> /dev/null && udevadm trigger 2> /dev/null || true
    ln -sfn "$1" "$root/current.new"
    mv -T "$root/current.new" "$root/current"
}

start_or_fail() { # waits until the supervisor says that it is ready
    systemctl daemon-reload
    if systemctl is-enabled --quiet "$unit" 2> /dev/null; then
        timeout "$READY_S" systemctl restart "$unit"
    fi
}

go_back() {
    [ -e "$root/previous" ] || { say "there is no version before this one"; return 1; }
    local now before
    now=$(readlink "$root/current") before=$(readlink "$root/previous")
    switch_to "$before"
    ln -sfn "$now" "$root/previous"
    say "back to ${before##*/}"
    start_or_fail
}

[ "$(id -u)" = 0 ] || { say "start it as root: sudo $0"; exit 1; }
wheels=()
case "${1:-}" in
    --back) go_back; exit ;;
    --wheels) wheels=(--no-index --find-links "$(readlink -e "${2:?a folder of wheels}")") ;;
    "") ;;
    *) say "$1 is not known: --wheels DIR, --back, or nothing"; exit 2 ;;
esac

if [ "${GRADER_SKIP_APT:-}" != 1 ]; then
    apt-get update -qq
    apt-get install -qq -y --no-install-recommends python3 python3-venv python3-pip make gpiod v4l-utils > /dev/null
    if grep -qs '^Model.*Raspberry Pi' /proc/cpuinfo; then
        apt-get install -qq -y --no-install-recommends python3-picamera2 > /dev/null
        pi=--system-site-packages
    fi
fi

getent group gpio > /dev/null || groupadd --system gpio
id grader > /dev/null 2>&1 || useradd --system --user-group --home-dir "$state" --shell /usr/sbin/nologin grader
usermod -aG gpio,video,dialout,input grader
install -d -o grader -g grader -m 0750 "$state"
install -d -o root -g grader -m 0750 "$settings"

version=$(sed -n 's/^version = "\(.*\)"/\1/p' "$source/pyproject.toml")
if git -C "$source" rev-parse --short HEAD > /dev/null 2>&1; then
    version+="-$(git -C "$source" rev-parse --short HEAD)"
fi
release="$root/releases/$version"
if [ ! -e "$release/.whole" ]; then
    say "installing $version"
    [ -e "$source/station_ui/dist/index.html" ] || make -C "$source" page # the touchscreen's page is part of the package
    rm -rf "$release"
    mkdir -p "$release/bin"
    python3 -m venv ${pi:+$pi} "$release/.venv"
    pip=("$release/.venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps "${wheels[@]}")
    "${pip[@]}" --require-hashes --only-binary :all: -r "$source/requirements/runtime.txt"
    "${pip[@]}" --no-build-isolation "$source"
    "$release/.venv/bin/python" -m compileall -q "$release/.venv" > /dev/null || true
    cp -r "$source/docs" "$release/docs"
    install -m 0755 "$source/deploy/settings" "$release/bin/settings"
    cp "$source"/deploy/systemd/*.service "$source"/deploy/udev/*.rules "$release/"
    sync -f "$release"
    touch "$release/.whole"
fi

before=$(readlink "$root/current" || true) older=$(readlink "$root/previous" || true)
if [ -n "$before" ] && [ "$before" != "$release" ]; then
    ln -sfn "$before" "$root/previous"
fi
switch_to "$release"
if ! start_or_fail; then
    say "$version does not get ready within $READY_S s (journalctl -u $unit says why): going back"
    go_back
    # Back leads to the good one before, not to the one that has just failed.
    if [ -n "$older" ]; then ln -sfn "$older" "$root/previous"; else rm -f "$root/previous"; fi
    exit 1
fi
say "$version is installed. Settings: $settings/station.toml; first: grader doctor --station $settings/station.toml"
systemctl is-enabled --quiet "$unit" 2> /dev/null || say "to start it now and at each boot: systemctl enable --now $unit"
