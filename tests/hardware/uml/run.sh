#!/usr/bin/env bash
# Run a command in User-Mode Linux: run.sh LINUX FOLDER 'COMMAND'; its output and exit code are ours.
# The kernel's root is this machine's, as it is seen in a mount namespace of its own in which all of it is read-only:
# whatever root does inside, nothing outside changes. /tmp, /run and /dev/shm inside are memory. It is the first process of
# a namespace of processes, so that nothing of it is left once it has ended, or was ended.
set -euo pipefail
linux=$(readlink -f "${1:?the kernel}") folder=$(readlink -f "${2:?where to work}") command=${3:?what to run}
here=$(dirname "$(readlink -f "$0")")
job=$(mktemp -d)
trap 'rm -rf "$job"' EXIT
printf '#!/bin/sh\ncd "%s"\n%s\n' "$folder" "$command" > "$job/job.sh"
export linux here job folder
timeout -s KILL "${UML_TIMEOUT_S:-2400}" unshare --mount --pid --fork --kill-child --mount-proc --propagation private bash -euc '
    mount -t tmpfs none /mnt  # memory of the kernel, outside of the job
    mkdir /mnt/memory /mnt/job
    cp "$job/job.sh" /mnt/job/
    while read -r _ place kind _; do
        case $place:$kind in /mnt*|*:proc) continue ;; esac
        mount -o remount,bind,ro "$(printf %b "$place")" 2> /dev/null || echo "stays as it is: $place" >&2
    done < <(cat /proc/self/mounts)
    for place in / /etc /root /usr /var /tmp "$here"; do
        touch "$place/.nobody-writes-here" 2> /dev/null && { echo "$place can be written to" >&2; exit 99; }
    done
    TMPDIR=/mnt/memory exec "$linux" mem='"${UML_MEMORY:-1G}"' rootfstype=hostfs rootflags=/ ro init="$here/init.sh" \
        uml_dir=/mnt/memory/ con=null con0=null,fd:1 ssl=null quiet loglevel=3 umljob=/mnt/job/job.sh umlfolder="$folder" < /dev/null
' | tee "$job/said" | grep --line-buffered -v '^UMLRC=' || true
code=$(sed -n 's/^UMLRC=\([0-9]*\).*/\1/p' "$job/said" | tail -1)
exit "${code:-98}"
