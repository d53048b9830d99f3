#!/usr/bin/env bash
# Three versions of this checkout to install, and the wheels that they need: versions.sh FOLDER. The last one never gets ready.
set -euo pipefail
folder=${1:?where to}
checkout=$(cd "$(dirname "$0")/../../.." && pwd)
mkdir -p "$folder/wheels"
for version in 1.0.1 1.0.2 1.0.3; do
    rm -rf "${folder:?}/$version"
    mkdir -p "$folder/$version/station_ui"
    cp -r "$checkout"/{pyproject.toml,hatch_build.py,README.md,LICENSE,requirements,deploy,docs,grader} "$folder/$version/"
    mkdir "$folder/$version/models" && cp "$checkout"/models/reader.{onnx,json} "$folder/$version/models/"
    cp -r "$checkout/station_ui/dist" "$folder/$version/station_ui/"
    sed -i "s/^version = .*/version = \"$version\"/" "$folder/$version/pyproject.toml"
done
echo 'raise RuntimeError("this version is broken on purpose")' >> "$folder/1.0.3/grader/line/processes/supervising.py"
# By this machine's own pip, wherever it has packages from: nothing of that gets into the container.
"$checkout/.venv/bin/python" -m pip download --quiet --disable-pip-version-check --no-deps --require-hashes --only-binary :all: \
    --dest "$folder/wheels" -r "$checkout/requirements/runtime.txt"
