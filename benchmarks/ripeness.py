"""Whether riper berries have the larger red share, in photographs that nothing was learnt or tuned on.

The flesh that is seen, without calyx, seeds and glare, was judged by eye, by a rule that was written down before:
`ripe`, all of it red but for a rim at the calyx of a tenth at most; `unripe`, half and more of it white, green or
yellow; `part_ripe`, what is neither, as all orange skin. What was not clear at first sight is left out.
"""

import csv
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.coco import read_labels
from benchmarks.figures import ROOT
from benchmarks.table import Goal, Row
from grader.calibration import plain_scale
from grader.cli.pictures import read_picture
from grader.network import OnnxNetwork
from grader.vision import measure
from grader.vision.network import ROOM, crop_squares
from grader.vision.reading import interpret

RIPENESS = ROOT / "models" / "training" / "ripeness.csv"
"""Berries on a white ground. None of them is unripe by the rule; of the part ripe ones `palest` are those with a pale
shoulder."""
ON_PLANTS = ROOT / "models" / "training" / "ripeness_plants.csv"
"""Sound berries on the plant, with their boxes, of the photographs that training does not read."""
PAIRS = (("ripe", "part_ripe"), ("part_ripe", "unripe"), ("ripe", "unripe"))
MM_PER_PX = 0.21
"""Nobody knows the scale of the photographs; with this one the berries are 11 to 50 mm wide."""
Array = NDArray[np.float64]
Crops = tuple[NDArray[np.uint8], NDArray[np.str_]]
"""(n, SIDE_PX, SIDE_PX, 3), and the class of each by eye, or nothing (n,)."""


def ripeness_rows(network: OnnxNetwork, folder: Path, white: Crops) -> list[Row]:
    """The order of each pair of classes: of berries on `white`, on the plant, and of all together.

    `folder` holds fruit-disease and berries-on-white.
    """
    plants = plant_crops(folder / "fruit-disease" / "images")
    red = {name: interpret(network(crops)).red for name, (crops, _) in (("white", white), ("plants", plants))}
    by_eye = {"white": white[1], "plants": plants[1]}
    every = np.concatenate([red["white"], red["plants"]])
    classes = np.concatenate([_merged(by_eye["white"]), by_eye["plants"]])
    rows = [with_goals(_order(pair, "", every, classes), 0.97, 0.99) for pair in PAIRS]
    rows.append(_order(PAIRS[0], ", on white alone", red["white"], _merged(by_eye["white"])))
    rows += [_order(pair, ", on the plant alone", red["plants"], by_eye["plants"]) for pair in PAIRS]
    rows.append(_order(("part_ripe", "palest"), ", on white: orange, pale at the calyx", red["white"], white[1]))
    for name, chosen in (("with the network", network), ("by colour alone", None)):
        measured, seen = measured_maturity(folder / "berries-on-white", chosen)
        rows.append(_order(PAIRS[0], f", maturity that `measure` gives on white {name}", measured, _merged(seen)))
    return rows


def plant_crops(images: Path) -> Crops:
    """Berries on the plant, as the station would show them to the network."""
    with ON_PLANTS.open(encoding="utf-8", newline="") as lines:
        listed = list(csv.DictReader(lines))
    crops = []
    for row in listed:
        x, y, width, height = (int(row[name]) for name in ("x", "y", "width", "height"))
        middle = np.array([[x + width / 2 - 0.5, y + height / 2 - 0.5]])
        crops.append(crop_squares(read_picture(images / row["file"]), middle, np.array([ROOM * max(width, height)])))
    return np.concatenate(crops), np.array([row["ripeness"] for row in listed])


def measured_maturity(folder: Path, network: OnnxNetwork | None) -> tuple[Array, NDArray[np.str_]]:
    """Maturity of the largest berry in each photograph whose class is known, where it was measured, and the class.

    Of the copies of a photograph only the one that was judged is measured.
    """
    with RIPENESS.open(encoding="utf-8", newline="") as lines:
        by_eye = {row["file"]: row["ripeness"] for row in csv.DictReader(lines)}
    found = []
    for one in read_labels(folder):
        if one.tuning or one.path.name not in by_eye:
            continue
        picture = read_picture(one.path)
        seen = measure(picture, plain_scale(MM_PER_PX, (picture.shape[1], picture.shape[0])), network)
        known = np.flatnonzero(np.isfinite(seen.maturity))
        if len(known):
            found.append((seen.maturity[known[np.argmax(seen.width_mm[known])]], by_eye[one.path.name]))
    return np.array([maturity for maturity, _ in found], np.float64), np.array([name for _, name in found])


def _merged(by_eye: NDArray[np.str_]) -> NDArray[np.str_]:
    return np.where(by_eye == "palest", "part_ripe", by_eye)


def _order(pair: tuple[str, str], where: str, red: Array, by_eye: NDArray[np.str_]) -> Row:
    more, less = pair
    return area_row(f"order {more} > {less}{where}", red[by_eye == more], red[by_eye == less])


def area_row(quantity: str, yes: Array, no: Array) -> Row:
    """Probability that one of `yes` has the larger value than one of `no`, ties counting half."""
    return Row(quantity, "", 3, len(yes) + len(no), area_under_curve(yes, no), None)


def area_under_curve(yes: Array, no: Array) -> float:
    """Of the receiver operating characteristic: Mann and Whitney's U over the number of pairs."""
    return float((yes[:, None] > no).mean() + 0.5 * (yes[:, None] == no).mean())


def with_goals(row: Row, must: float | None, aim: float | None) -> Row:
    """The same with its goals, which are lower limits."""
    goals = [None if low is None else Goal(low) for low in (must, aim)]
    return Row(row.quantity, row.unit, row.decimals, row.n, row.value, row.interval, *goals)
