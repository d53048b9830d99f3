#!/bin/sh
# What the tests in a real browser and with a real print server need of Debian. Root gets it by apt; others are told, and those tests skip.
set -eu
packages="chromium fonts-noto-cjk cups"
PATH=$PATH:/usr/sbin

if command -v chromium >/dev/null && command -v cupsd >/dev/null; then
    exit 0
fi
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "The tests' browser and print server are missing: installing $packages" >&2
    if apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq --no-install-recommends $packages >/dev/null; then
        exit 0
    fi
fi
echo "Tests in a browser and with a print server will be skipped: install $packages (on Debian as root: apt-get install $packages)." >&2
