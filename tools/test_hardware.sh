#!/usr/bin/env bash
# What `make test-hardware` does: test_hardware.sh KERNEL_FOLDER UNITS_ROOT CAMERA_ROOT. Without root or network it says why it skips.
set -euo pipefail
kernel=${1:?} units=${2:?} camera=${3:?}
python=.venv/bin/python
here=tests/hardware

skip() { echo "SKIPPED: $*"; exit 0; }
[ "$(id -u)" = 0 ] || skip "drivers against a kernel of their own need root (mount namespaces, containers)"
command -v apt-get > /dev/null || skip "kernel and roots are made from Debian's packages, and there is no apt"
unshare --mount --pid --fork true 2> /dev/null || skip "this machine gives no namespaces, which keep its files from being written to"
if ! [ -x "$kernel/linux" -a -e "$units/.whole" -a -e "$camera/.whole" ] &&
    ! apt-get -qq -o DPkg::Lock::Timeout=600 -o APT::Update::Error-Mode=any update 2> /dev/null; then
    skip "there is no network to fetch Debian's packages by"
fi

began=$SECONDS
step() { echo "test-hardware: $* (${SECONDS} s, load $(cut -d' ' -f1 /proc/loadavg))"; }
step "the kernel"
$here/uml/build.sh "$kernel"
# Encoder counts over a serial line for ten minutes, beside the rest (GRADER_ENCODER_S: for another time).
log=$(dirname "$kernel")/encoder-endurance.log
$python benchmarks/encoder_endurance.py --seconds "${GRADER_ENCODER_S:-600}" > "$log" 2>&1 &
endurance=$!
trap 'kill $endurance 2> /dev/null || true' EXIT
step "drivers in that kernel"
$here/uml/run.sh "$kernel/linux" "$PWD" \
    "${GRADER_WHOLE_STATION:+GRADER_WHOLE_STATION=1} $python -m pytest -q --color=no -p no:cacheprovider -p no:xdist $here/conformance $here/test_v4l2_faults.py $here/test_gpio_kernel.py $here/test_iron_station.py $here/test_host_is_safe.py \
        -k 'not TwinRig and not folder and not video'" # these need no kernel: make test tries them, where clocks do not tick
step "the root with picamera2"
$here/libcamera/build.sh "$camera"
$here/libcamera/run.sh "$camera"
step "the root for the units"
$here/nspawn/build.sh "$units"
step "units in a container"
GRADER_STATION_ROOT=$units $python -m pytest -q -p no:cacheprovider -p no:xdist $here/test_units_live.py
step "the rest of the encoder's ten minutes"
wait $endurance
cat "$log"
if left=$(findmnt --noheadings --output TARGET | grep -F "$PWD/.cache"); then
    echo "still mounted: $left"
    exit 1
fi
step "done"
