"""Compare what the station takes for fruit with the polygons that people drew on photographs.

    .venv/bin/python benchmarks/photographs.py [FOLDER]           # the half that nothing was tuned on
    .venv/bin/python benchmarks/photographs.py [FOLDER] --tuning  # the other half, to look at while tuning

Writes the worst ten and a contact sheet to out/photographs, which git ignores: the photographs stay out of the project.
"""

import argparse
import sys
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks import intervals
from benchmarks.berry import berry_mask
from benchmarks.coco import Labelled, filled, read_labels
from benchmarks.figures import ROOT, provenance, publish
from benchmarks.overlay import contact_sheet, overlay
from benchmarks.table import Goal, Row, goals_table
from grader.calibration import plain_scale
from grader.cli.pictures import read_picture
from grader.network import OnnxNetwork, hash_of, load_network
from grader.vision import measure

BERRIES = ROOT.parent / "shared" / "data" / "berries-on-white"
OUT = ROOT / "out" / "photographs"
MM_PER_PX = 0.21
"""Nobody knows the scale; with this one the berries are 11 to 50 mm wide."""
REAL = "image_"
"""How the names of photographs of real berries begin; the others show plastic ones."""
WORST = 10
SHEET = 50


@dataclass(frozen=True, slots=True, eq=False)
class Compared:
    """One picture, what was drawn and what was found."""

    labelled: Labelled
    iou: list[float]
    """Of each polygon with the row that covers most of it; 0 where none does."""
    false_rows: int
    berries: NDArray[np.uint16]

    @property
    def worst(self) -> float:
        """The worst of the polygons."""
        return min(self.iou)


def main() -> int:
    """Compare, print, publish."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("folder", nargs="?", type=Path, default=BERRIES)
    parser.add_argument("--tuning", action="store_true", help="the half to look at while tuning")
    parser.add_argument("--no-network", action="store_true", help="what colours and a cut along edges say alone")
    arguments = parser.parse_args()
    if not (arguments.folder / "annotations.coco.json").is_file():
        print("no photographs there: name the folder of berries-on-white", file=sys.stderr)
        return 2
    network = None if arguments.no_network else load_network()
    compared = [compare(one, network) for one in read_labels(arguments.folder) if one.tuning == arguments.tuning]
    rows = photograph_rows(compared)
    half = "the half looked at while tuning" if arguments.tuning else "the half that nothing was tuned on"
    title = f"Photographs of single berries: {half}"
    print(f"{title}\n\n{goals_table(rows)}\n")
    if not arguments.tuning:
        about: dict[str, object] = {
            "pictures": f"photographs (berries-on-white), {half}; plain scale, no calibration",
            "network": hash_of(network),
        }
        name = "photographs" if network else "photographs-no-network"
        records = [row.record() for row in rows]
        publish(name, about | provenance(), title, goals_table(rows), {"rows": records})
    write_overlays(compared, OUT / ("tuning" if arguments.tuning else "held-out"))
    return 0


def compare(labelled: Labelled, network: OnnxNetwork | None) -> Compared:
    """Measure one picture and hold it against its polygons."""
    picture = read_picture(labelled.path)
    height, width = picture.shape[:2]
    calibration = plain_scale(MM_PER_PX, (width, height))
    berries = berry_mask(picture, calibration, measure(picture, calibration, network), network)
    ious, used = [], set()
    for polygon in labelled.polygons:
        truth = filled(polygon, (height, width))
        best = int(np.bincount(berries[truth & (berries > 0)], minlength=1).argmax())
        found = berries == best if best else np.zeros_like(truth)
        ious.append(float(np.count_nonzero(found & truth) / np.count_nonzero(found | truth)))
        used.add(best)
    return Compared(labelled, ious, len(set(np.unique(berries).tolist()) - used - {0}), berries)


def photograph_rows(compared: list[Compared]) -> list[Row]:
    """The table: the intervals count photos, not their copies."""
    by_photo: dict[str, list[float]] = {}
    for one in compared:
        by_photo.setdefault(one.labelled.photo, []).extend(one.iou)
    photos = np.array([np.mean(ious) for ious in by_photo.values()])
    every = np.array([iou for one in compared for iou in one.iou])
    interval = intervals.bootstrap(photos, intervals.mean)
    real = np.array([iou for one in compared if one.labelled.photo.startswith(REAL) for iou in one.iou])
    plastic = np.array([iou for one in compared if not one.labelled.photo.startswith(REAL) for iou in one.iou])
    return [
        Row("mean IoU, every picture", "", 3, len(every), float(every.mean()), None, Goal(0.93), None),
        Row("mean IoU, photo by photo", "", 3, len(photos), float(photos.mean()), interval, Goal(0.93), None),
        Row("median IoU, every picture", "", 3, len(every), float(np.median(every))),
        Row("mean IoU, real berries", "", 3, len(real), float(real.mean())),
        Row("mean IoU, plastic berries", "", 3, len(plastic), float(plastic.mean())),
        Row("berries with IoU below 0.85", "", 0, len(every), int((every < 0.85).sum())),  # noqa: PLR2004 - as the row says
        Row("berries not found", "", 0, len(every), int((every == 0).sum())),
        Row("rows beside the polygons", "", 0, len(compared), sum(one.false_rows for one in compared)),
    ]


def write_overlays(compared: list[Compared], folder: Path) -> None:
    """The worst photos, one picture each, and a sheet of others spread over all."""
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.png"):
        old.unlink()
    ranked = sorted(compared, key=lambda one: one.worst)
    worst = list({one.labelled.photo: one for one in reversed(ranked)}.values())
    worst = sorted(worst, key=lambda one: one.worst)[:WORST]
    for place, one in enumerate(worst, start=1):
        cv2.imwrite(str(folder / f"worst_{place:02d}_{one.worst:.3f}_{one.labelled.photo}.png"), draw(one))
    spread = [compared[index] for index in np.linspace(0, len(compared) - 1, min(SHEET, len(compared))).astype(int)]
    cv2.imwrite(str(folder / "worst.png"), contact_sheet([draw(one) for one in worst], columns=5))
    cv2.imwrite(str(folder / "fifty.png"), contact_sheet([draw(one) for one in spread], columns=10))
    print(f"worst {len(worst)} and a sheet of {len(spread)}: {folder.relative_to(ROOT)}", file=sys.stderr)


def draw(one: Compared) -> NDArray[np.uint8]:
    """The picture with what was drawn and what was found."""
    return overlay(read_picture(one.labelled.path), one.berries, one.labelled.polygons, f"{one.worst:.3f}")


if __name__ == "__main__":
    sys.exit(main())
