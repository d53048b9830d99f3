"""Measure fruit whose truth is known, and print how far off the station is.

    .venv/bin/python benchmarks/accuracy.py [FOLDER]    # the path-traced pictures of rendered-belt
    .venv/bin/python benchmarks/accuracy.py --twin 1000 # as many isolated fruit of our own twin, under five cameras

Single view, the station's own calibration from board views, the rule pack `cooperative`. Writes table, JSON and charts
to docs/figures.
"""

import argparse
import sys
import tempfile
from collections import Counter
from pathlib import Path

from benchmarks.breakdown import parts_table
from benchmarks.charts import draw_charts
from benchmarks.figures import ROOT, provenance, publish
from benchmarks.goals import accuracy_rows, calibration_rows, network_rows
from benchmarks.judging import Outcome, judge
from benchmarks.rendered_belt import read_pictures, set_up, true_focal_px
from benchmarks.table import Goal, Row, goals_table
from benchmarks.twin_belt import BELTS, VIEWS, render_pictures
from grader.network import load_network

RENDERED_BELT = ROOT.parent / "shared" / "data" / "rendered-belt"
COVERAGE_AIM = Goal(93, 97)


def main() -> int:
    """Measure, print, publish."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument(
        "folder", nargs="?", type=Path, default=RENDERED_BELT, help="rendered-belt, or pictures like it"
    )
    parser.add_argument(
        "--twin", type=int, metavar="N", help="N isolated fruit rendered by our own twin, and others, instead"
    )
    parser.add_argument("--seed", type=int, default=1, help="of the twin's fruit")
    parser.add_argument("--list", action="store_true", help="also print each fruit, the worst width first")
    arguments = parser.parse_args()
    if arguments.twin is None and not (arguments.folder / "truth.json").is_file():
        print("no rendered-belt pictures there: name their folder, or use --twin N", file=sys.stderr)
        return 2
    if arguments.twin is None:
        publish_rendered(arguments.folder, list_all=arguments.list)
    else:
        publish_twin(arguments.twin, arguments.seed, list_all=arguments.list)
    return 0


def publish_rendered(data: Path, *, list_all: bool) -> None:
    """The table on path-traced pictures, with the calibration's rows."""
    with tempfile.TemporaryDirectory() as folder:
        station = set_up(data, Path(folder))
    outcome = judge(read_pictures(data, station))
    fit = station.document.fit
    focal_px = station.document.camera.values.fx_px
    rows = accuracy_rows(outcome, None) + calibration_rows(fit.rms_px, len(fit.views), focal_px, true_focal_px(data))
    about: dict[str, object] = {
        "pictures": "simulated: path-traced (rendered-belt), single view, calibrated from its board views",
    }
    _publish("accuracy", "Accuracy on path-traced pictures", about, rows, outcome, list_all=list_all)
    network = load_network()
    rows = network_rows(judge(read_pictures(data, station), network), network.card.decay_limits())
    title = "What the network's task asks, on path-traced pictures"
    print(f"{title}\n\n{goals_table(rows)}\n")
    about |= {"network": network.hash}
    publish(
        "accuracy-network", about | provenance(), title, goals_table(rows), {"rows": [row.record() for row in rows]}
    )


def publish_twin(fruit: int, seed: int, *, list_all: bool) -> None:
    """The table on our own rendered fruit."""
    outcome = judge(render_pictures(fruit, seed))
    rows = accuracy_rows(outcome, COVERAGE_AIM)
    about: dict[str, object] = {
        "pictures": "simulated: rendered by our own twin, single view, cameras known exactly",
        "seed": seed,
        "cameras": "; ".join(VIEWS),
        "belts": ", ".join(BELTS),
    }
    _publish("accuracy-twin", "Accuracy on our twin's pictures", about, rows, outcome, list_all=list_all)


def _publish(
    name: str, title: str, about: dict[str, object], rows: list[Row], outcome: Outcome, *, list_all: bool
) -> None:
    table = f"{goals_table(rows)}\n\n{parts_table(outcome.fruit)}"
    print(f"{title}\n\n{table}\n")
    why = Counter((fruit.why_not, "isolated" if fruit.isolated else "touching") for fruit in outcome.fruit)
    for (reason, where), count in sorted(why.items()):
        print(f"{where}: {reason or 'measured'}: {count}")
    for place in outcome.false_rows:
        print(f"false fruit: {place}")
    if list_all:
        for fruit in sorted(outcome.fruit, key=lambda one: -abs(one.width_mm - one.true_width_mm)):
            print(fruit)
    publish(
        name,
        about | provenance(),
        title,
        table,
        {"rows": [row.record() for row in rows], "false_fruit": outcome.false_rows},
    )
    draw_charts(name, outcome)


if __name__ == "__main__":
    sys.exit(main())
