#!/bin/sh
# Make the virtual environment $1 with a Python of 3.11 or later, on a machine that may be fresh.
# Usage: tools/make_venv.sh .venv [PYTHON]
set -eu
venv=$1
wanted=${2:-}

new_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }

python=
for candidate in ${wanted:-python3 python3.13 python3.12 python3.11}; do
    if new_enough "$candidate"; then
        python=$candidate
        break
    fi
done
if [ -z "$python" ]; then
    echo "No Python of 3.11 or later found${wanted:+ under the name '$wanted'}: install one, or name it: make PYTHON=/path/to/python3.11 ..." >&2
    exit 2
fi

# Debian keeps the part of Python that fills a virtual environment in a package of its own, which a fresh machine lacks.
if ! "$python" -c 'import ensurepip' 2>/dev/null; then
    package=$("$python" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        echo "$python lacks ensurepip: installing $package" >&2
        apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq --no-install-recommends "$package" >&2
    else
        echo "$python cannot make virtual environments: install the package $package (as root: apt-get install $package), then run make again." >&2
        exit 2
    fi
fi

"$python" -m venv --clear "$venv"
