#!/usr/bin/env bash
# A root of Debian with systemd and Python, for the station's units: build.sh FOLDER. A minute or two the first time.
set -euo pipefail
mkdir -p "${1:?where to build}"
folder=$(readlink -f "$1")
if [ -e "$folder/.whole" ]; then
    exit 0
fi
apt-get -qq -o DPkg::Lock::Timeout=600 install -y --no-install-recommends systemd-container mmdebstrap > /dev/null
mirror=$(apt-get indextargets --format '$(REPO_URI)' | head -n 1)
rm -rf "$folder"
mmdebstrap --quiet --variant=apt --mode=root --include=systemd,systemd-sysv,dbus,udev,python3,python3-venv,procps \
    --aptopt='Acquire::Languages "none"' --dpkgopt='path-exclude=/usr/share/doc/*' "$(. /etc/os-release; echo "$VERSION_CODENAME")" \
    "$folder" "$mirror"
# The unit itself is bound there when the container boots.
ln -sf /etc/systemd/system/grader-job.service "$folder/etc/systemd/system/multi-user.target.wants/"
touch "$folder/.whole"
