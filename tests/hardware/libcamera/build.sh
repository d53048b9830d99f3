#!/usr/bin/env bash
# A root of Debian with libcamera's virtual pipeline and the real picamera2: build.sh FOLDER. Some minutes the first time.
# forky, because trixie's libcamera 0.4.0 leaves a frame's status unset now and then.
set -euo pipefail
mkdir -p "${1:?where to build}"
folder=$(readlink -f "$1")
here=$(dirname "$(readlink -f "$0")")
if [ -e "$folder/.whole" ]; then
    exit 0
fi
apt="apt-get -qq -o DPkg::Lock::Timeout=600"
$apt install -y --no-install-recommends mmdebstrap gcc libc6-dev > /dev/null
mirror=$(apt-get indextargets --format '$(REPO_URI)' | head -n 1)
rm -rf "$folder"
mmdebstrap --quiet --variant=apt --mode=root --include=python3-libcamera,python3-numpy,python3-prctl,python3-pil,python3-venv \
    --aptopt='Acquire::Languages "none"' --aptopt='Acquire::Check-Valid-Until "false"' --dpkgopt='path-exclude=/usr/share/doc/*' \
    forky "$folder" "$mirror"
python=$(chroot "$folder" python3 -c 'import sys; print("%d.%d" % sys.version_info[:2])')
# By this machine's own pip, wherever it has packages from; the root itself needs no network.
mkdir -p "$folder/opt/wheels"
"$here/../../../.venv/bin/python" -m pip download --quiet --disable-pip-version-check --no-deps --only-binary :all: --python-version "$python" \
    --implementation cp --abi "cp${python/./}" --abi abi3 --abi none --platform manylinux_2_28_x86_64 --platform manylinux2014_x86_64 \
    --platform manylinux_2_17_x86_64 --platform any --dest "$folder/opt/wheels" picamera2==0.3.38 simplejpeg piexif av tqdm libarchive-c \
    OpenEXR videodev2 jsonschema attrs referencing rpds-py jsonschema-specifications typing_extensions opencv-python-headless
chroot "$folder" sh -c 'python3 -m venv --system-site-packages /opt/venv &&
    PIP_CONFIG_FILE=/dev/null /opt/venv/bin/pip install --quiet --no-index --no-deps /opt/wheels/*.whl'
rm -rf "$folder/opt/wheels"
packages=$(echo "$folder"/opt/venv/lib/python3*/site-packages)
mkdir -p "$packages/pidng"
for absent in pykms pidng/__init__ pidng/core pidng/camdefs; do cp "$here/absent.py" "$packages/$absent.py"; done
gcc -O2 -Wall -shared -fPIC -o "$folder/opt/dma_heap.so" "$here/dma_heap.c" -ldl
install -D -m 0644 "$here/belt.yaml" "$folder/usr/share/libcamera/pipeline/virtual/virtual.yaml"
touch "$folder/.whole"
