#!/usr/bin/env bash
# The Pi's driver on the real picamera2 and libcamera's virtual camera: run.sh ROOT. Checkout and root are read-only inside.
set -euo pipefail
root=$(readlink -f "${1:?the root}")
checkout=$(cd "$(dirname "$0")/../../.." && pwd)
export root checkout
exec timeout -s KILL 300 unshare --mount --pid --fork --kill-child --propagation private bash -euc '
    mount --bind "$root" "$root"
    mount -o remount,bind,ro "$root"
    mount --bind "$checkout" "$root/mnt"
    mount -o remount,bind,ro "$root/mnt"
    mount -t proc proc "$root/proc"
    mount -t tmpfs tmpfs "$root/tmp"
    mount -t tmpfs tmpfs "$root/run"
    mount --rbind /dev "$root/dev"
    exec chroot "$root" env -i PATH=/usr/bin:/bin HOME=/tmp LD_PRELOAD=/opt/dma_heap.so PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=/mnt \
        LIBCAMERA_LOG_LEVELS=*:ERROR /opt/venv/bin/python /mnt/tests/hardware/libcamera/pi_camera_checks.py
'
