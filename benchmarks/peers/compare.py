"""Time peers that need an environment of their own against `measure`, by the yardstick that both environments have.

    .venv/bin/python benchmarks/peers/compare.py PYTHON [FOLDER]    # PYTHON: the interpreter of the peers' environment

Both are divided by a full-frame `cvtColor(BGR2HSV)` timed in turn with them; the table gives the ratio of the ratios.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.figures import ROOT, provenance, publish
from benchmarks.rendered_belt import read_pictures, set_up
from benchmarks.table import Goal, Row, goals_table
from grader.cli.bench import time_vision

RENDERED_BELT = ROOT.parent / "shared" / "data" / "rendered-belt"
BELT = "blue"
"""Its frames only, so that one calibration serves."""
CALLS = 200
SCRIPT = Path(__file__).with_name("time_plantcv.py")


def main() -> int:
    """Time, print, publish."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("python", help="the interpreter of the peers' environment")
    parser.add_argument("folder", nargs="?", type=Path, default=RENDERED_BELT)
    arguments = parser.parse_args()
    if not (arguments.folder / "truth.json").is_file():
        print("no rendered-belt pictures there: name their folder", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory() as folder:
        station = set_up(arguments.folder, Path(folder))
    calibration = station.by_belt[BELT]
    pictures = [picture for picture in read_pictures(arguments.folder, station) if picture.calibration is calibration]
    ours = time_vision([picture.frame_bgr for picture in pictures], calibration, CALLS)
    names = [str(arguments.folder / picture.name) for picture in pictures]
    answer = subprocess.run([arguments.python, str(SCRIPT), *names], stdout=subprocess.PIPE, check=True).stdout
    peer = json.loads(answer)
    times = peer["ms"] / peer["cvtcolor_ms"] / ours.ratio_p50
    rows = [
        Row("ours / cvtColor(BGR2HSV)", "times", 2, CALLS, ours.ratio_p50),
        Row("PlantCV / cvtColor(BGR2HSV)", "times", 0, peer["calls"], peer["ms"] / peer["cvtcolor_ms"]),
        Row("PlantCV size analysis / ours", "times", 0, peer["calls"], times, None, None, Goal(150)),
    ]
    title = "Speed of `measure` beside peers with environments of their own"
    about: dict[str, object] = {
        "pictures": f"simulated: path-traced (rendered-belt), {BELT} belt, {ours.fruit_per_frame:.1f} fruit a frame; "
        f"the peer saw {peer['objects']:.1f}",
        "peer": "PlantCV: Lab threshold, fill, create_labels, analyze.size",
    } | provenance()
    print(f"{title}\n\n{goals_table(rows)}")
    publish("peers", about, title, goals_table(rows), {"rows": [row.record() for row in rows]})
    return 0


if __name__ == "__main__":
    sys.exit(main())
