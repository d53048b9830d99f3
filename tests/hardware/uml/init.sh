#!/bin/sh
# The first process inside User-Mode Linux: mounts what a kernel gives, runs the job, says its exit code, switches off.
export PATH=/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/tmp PYTHONDONTWRITEBYTECODE=1 HYPOTHESIS_STORAGE_DIRECTORY=/tmp/hypothesis IN_UML=1
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mountpoint -q /dev || mount -t devtmpfs devtmpfs /dev
mount -t configfs configfs /sys/kernel/config
mount -t debugfs debugfs /sys/kernel/debug
mount -t tmpfs tmpfs /run
# The folder to work in may lie below /tmp, which becomes memory.
folder=$(sed -n 's/.*umlfolder=\([^ ]*\).*/\1/p' /proc/cmdline)
mkdir /run/folder
mount --bind "$folder" /run/folder
mount -t tmpfs tmpfs /tmp
[ -d "$folder" ] || { mkdir -p "$folder" && mount --bind /run/folder "$folder"; }
mkdir -p /dev/shm /dev/pts /dev/dma_heap
mount -t tmpfs tmpfs /dev/shm
mount -t devpts devpts /dev/pts
[ -e /dev/dma_heap/system ] && ln -sf system '/dev/dma_heap/linux,cma'
ip link set lo up 2> /dev/null
sh "$(sed -n 's/.*umljob=\([^ ]*\).*/\1/p' /proc/cmdline)"
echo "UMLRC=$?"
python3 -c 'import ctypes; ctypes.CDLL(None).reboot(0x4321fedc)'
