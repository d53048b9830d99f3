#!/usr/bin/env bash
# Boot the root in a container with the station installed, run a job in it, switch off: boot.sh ROOT STATE JOB [VERSIONS].
# ROOT and the checkout are read only inside; STATE is the station's /var/lib and outlives the container.
# VERSIONS: nothing is installed; that folder is at /versions, read only, and the job installs what lies there.
set -euo pipefail
root=$(readlink -f "${1:?the root}") state=$(readlink -f "${2:?the folder of the state}") job=$(readlink -f "${3:?what to run}")
versions=${4:-}
checkout=$(cd "$(dirname "$0")/../../.." && pwd)
out="$state/out"
mkdir -p "$out" "$state/lib" "$state/settings" "$state/opt"
rm -f "$out"/*
cp "$job" "$out/job.sh"
if [ -z "$versions" ]; then
    # The container's own Python with this checkout's packages: the interpreter behind the environment may lie in a home.
    rm -rf "$state/opt/current"
    mkdir -p "$state/opt/current/bin" "$state/opt/current/.venv/bin"
    packages=$(echo "$checkout"/.venv/lib/python3.*/site-packages)
    cat > "$state/opt/current/.venv/bin/grader" << END
#!/bin/sh
export PYTHONPATH=$checkout:$packages
exec /usr/bin/python3 -c 'import sys; from grader.cli.main import main; sys.exit(main())' "\$@"
END
    chmod +x "$state/opt/current/.venv/bin/grader"
    cp "$checkout/deploy/settings" "$state/opt/current/bin/settings"
    cat > "$out/prepare.sh" << 'END'
getent group gpio > /dev/null || groupadd --system gpio
id grader > /dev/null 2>&1 || useradd --system --user-group --uid 899 --home-dir /var/lib/strawberry-grader --shell /usr/sbin/nologin grader
chown -R grader:grader /var/lib/strawberry-grader
chown root:grader /etc/strawberry-grader
cp /units/*.service /etc/systemd/system/
systemctl daemon-reload
END
    mounts="--bind-ro=$checkout --bind-ro=$checkout/deploy/systemd:/units --bind-ro=$state/opt:/opt/strawberry-grader"
else
    echo true > "$out/prepare.sh"
    mounts="--bind-ro=$(readlink -f "$versions"):/versions --bind=$state/opt:/opt/strawberry-grader"
fi
cat > "$out/job.service" << 'END'
[Unit]
Description=What the test does
[Service]
Type=oneshot
ExecStart=/bin/bash -c '/bin/bash /out/prepare.sh > /out/prepared 2>&1; /bin/bash /out/job.sh > /out/said 2>&1; echo $? > /out/code; systemctl poweroff --no-block'
END
# Without a terminal of its own as console the container does not come up; script(1) makes one.
command="systemd-nspawn --quiet --directory=$root --volatile=overlay --boot
    --machine=grader-test-$$ --register=no --keep-unit --link-journal=no $mounts
    --bind=$out:/out --bind=$state/lib:/var/lib/strawberry-grader --bind=$state/settings:/etc/strawberry-grader
    --bind-ro=$out/job.service:/etc/systemd/system/grader-job.service"
# In a namespace of processes of its own, which ends with timeout: SIGKILL of nspawn alone would leave the container running.
exec timeout -s KILL "${NSPAWN_TIMEOUT_S:-240}" unshare --pid --fork --kill-child --mount-proc script -qec "$(echo $command)" /dev/null < /dev/null
