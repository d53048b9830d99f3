#!/usr/bin/env bash
# User-Mode Linux with gpio-sim, vivid and uinput, from Debian's kernel source: build.sh FOLDER. Some minutes the first time.
set -euo pipefail
mkdir -p "${1:?where to build}"
folder=$(readlink -f "$1")
here=$(dirname "$(readlink -f "$0")")
if [ -x "$folder/linux" ] && [ "$folder/linux" -nt "$here/kernel.config" ]; then
    exit 0
fi
apt="apt-get -qq -o DPkg::Lock::Timeout=600"  # another may be installing
$apt update
$apt install -y --no-install-recommends linux-source-6.1 bc flex bison libelf-dev libssl-dev xz-utils gcc make > /dev/null
rm -rf "$folder/source"
mkdir -p "$folder/source"
tar -xf /usr/src/linux-source-6.1.tar.xz -C "$folder/source" --strip-components=1
cd "$folder/source"
# Processors with AMX save 11 KB of registers; this kernel keeps 2.7 KB for them ("ptrace set fp regs failed, errno = 14").
sed -i 's/DEFINE_LONGS(HOST_FP_SIZE, 2696)/DEFINE_LONGS(HOST_FP_SIZE, 11264)/' arch/x86/um/user-offsets.c
make -s ARCH=um defconfig
scripts/kconfig/merge_config.sh -m .config "$here/kernel.config" > /dev/null
make -s ARCH=um olddefconfig
make -s ARCH=um -j"$(nproc)" linux 2> "$folder/build.log"
cp linux "$folder/linux"
rm -rf "$folder/source"
