"""Path-trace plates of single fruit with exact truth: `make train-data`. Goes on where it stopped.

Needs the package bpy, in an environment of its own (models/requirements-render.txt).
"""

import argparse
import subprocess
import sys
from pathlib import Path

from models.rendering.shelf import Shelf


def main() -> None:
    """Start the workers and wait for them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, default=Path("out/train-data"), help="where the plates go")
    parser.add_argument("--seed", type=int, default=1, help="of the set; plate n of a seed is always the same")
    parser.add_argument("--count", type=int, default=4096, help="plates in all")
    parser.add_argument("--processes", type=int, default=2, help="each takes one core")
    asked = parser.parse_args()
    asked.folder.mkdir(parents=True, exist_ok=True)
    for half in asked.folder.glob("half-*.png"):
        half.unlink()
    print(f"{len(Shelf(asked.folder).missing(asked.count))} of {asked.count} plates to make")
    numbers = [str(asked.seed), str(asked.count)]
    command = [sys.executable, "-m", "models.rendering.worker", str(asked.folder), *numbers]
    workers = [
        subprocess.Popen([*command, str(nth), str(asked.processes)], stdout=subprocess.DEVNULL)
        for nth in range(asked.processes)
    ]
    codes = [worker.wait() for worker in workers]
    if any(codes):
        raise SystemExit("a worker failed: see above; the plates that are finished stay")


if __name__ == "__main__":
    main()
