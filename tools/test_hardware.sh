#!/usr/bin/env bash
# What `make test-hardware` does: test_hardware.sh KERNEL_FOLDER ROOT_FOLDER. Without root or network it says why it skips.
set -euo pipefail
kernel=${1:?} root=${2:?}
python=.venv/bin/python
here=tests/hardware

if [ "$(id -u)" != 0 ]; then
    echo "SKIPPED: drivers against a kernel of their own need root (mount namespaces, containers)"
    exit 0
fi
if [ ! -x "$kernel/linux" ] && ! apt-get update -qq 2> /dev/null; then
    echo "SKIPPED: there is no network to fetch the kernel's source by"
    exit 0
fi

mkdir -p "$kernel"
$here/uml/build.sh "$kernel"
# Encoder counts over a serial line for ten minutes, beside the rest (GRADER_ENCODER_S: for another time).
$python benchmarks/encoder_endurance.py --seconds "${GRADER_ENCODER_S:-600}" > .cache/encoder-endurance.log 2>&1 &
endurance=$!
$here/uml/run.sh "$kernel/linux" "$PWD" \
    "$python -m pytest -q --color=no -p no:cacheprovider -p no:xdist $here/conformance $here/test_v4l2_faults.py $here/test_gpio_kernel.py $here/test_iron_station.py \
        -k 'not TwinRig'"  # the twin is tried by make test, where clocks do not tick
$here/nspawn/build.sh "$root"
GRADER_STATION_ROOT=$root $python -m pytest -q -p no:cacheprovider -p no:xdist $here/test_units_live.py
wait $endurance
cat .cache/encoder-endurance.log
