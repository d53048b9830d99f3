"""What the network answers on photographs that nothing was learnt or tuned on.

    .venv/bin/python benchmarks/network.py [SHARED/data]

Decay: patches that people outlined in photographs of diseased fruit on the plant (fruit-disease), against sound berries
of the same photographs, picked by eye, and against sound berries on a white ground (berries-on-white). The same again
on other grounds, because a network could learn the ground. Ripeness: see benchmarks/ripeness.py. Every figure is from
the half of the photographs that training does not read.
"""

import argparse
import csv
import sys
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks import intervals
from benchmarks.figures import FOLDER, ROOT, provenance, publish
from benchmarks.ripeness import RIPENESS, area_row, ripeness_rows, with_goals
from benchmarks.table import Row, goals_table
from grader.cli.canvas import BLACK, GREEN, GREY, RED, Panel, blank
from grader.network import OnnxNetwork, load_network
from grader.vision.network import ROOM, SIDE_PX, Question
from models.training import examples
from models.training.berries import berry_examples
from models.training.diseased import diseased_examples
from models.training.examples import UNKNOWN, Example, Examples, crops_of
from models.training.plate_examples import plate_examples
from models.training.sources import doubt_specks

SHARED = ROOT.parent / "shared" / "data"
PLATES = ROOT / "models" / "data" / "plates"
ASKED = {
    Question.DECAY: "rot of 4 % and more",
    Question.NO_FRUIT: "no fruit",
    Question.HIDDEN: "hidden",
    Question.BRUISE: "bruise",
    Question.DEFORMED: "deformity",
}
"""In words."""
ALARMS = (0.05, 0.01, 0.002)
"""Shares of sound berries that may be taken for decayed ones."""
GROUNDS = {"white": (245, 245, 245), "grey": (128, 128, 128), "blue": (150, 80, 30), "green": (60, 120, 50)}
CHART_PX = (760, 420)
Array = NDArray[np.float64]
Bytes = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Told:
    """Crops of one kind."""

    crops: Bytes
    """(n, SIDE_PX, SIDE_PX, 3)."""
    ground: NDArray[np.bool_]
    """(n, SIDE_PX, SIDE_PX) where the ground may be exchanged."""
    photo: NDArray[np.str_]
    """(n,) copies of one photo have one name."""

    def on(self, ground_bgr: Bytes) -> "Told":
        """The same on other grounds (n, SIDE_PX, SIDE_PX, 3), or on one colour (3,)."""
        return Told(np.where(self.ground[..., None], ground_bgr, self.crops), self.ground, self.photo)

    def decay(self, network: OnnxNetwork) -> Array:
        """Probability of decay of each."""
        return network(self.crops).yes[:, Question.DECAY].astype(np.float64)


def main() -> int:
    """Ask, print, publish."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("folder", nargs="?", type=Path, default=SHARED)
    folder = parser.parse_args().folder
    if not (folder / "fruit-disease").is_dir() or not (folder / "berries-on-white").is_dir():
        print("no photographs there: name the folder that holds fruit-disease and berries-on-white", file=sys.stderr)
        return 2
    network = load_network()
    decayed, sound = plant_crops(folder / "fruit-disease")
    white, ripeness = white_crops(folder / "berries-on-white")
    rows = [
        *decay_rows(network, decayed, sound, white),
        *ground_rows(network, decayed, sound, white),
        *ripeness_rows(network, folder, (white.crops, ripeness)),
        *rendered_rows(network, Examples.of(plate_examples(PLATES, held_out=True))),
    ]
    draw_risks(network, decayed, sound, white)
    title = "The network on photographs that nothing was learnt from"
    print(f"{title}\n\n{goals_table(rows)}")
    about = {
        "pictures": "photographs: fruit-disease and berries-on-white, the halves that training does not read",
        "network": network.hash,
        "decay is suspected from, sure from": f"{network.card.decay_suspected:.3g}, {network.card.decay_sure:.3g}",
    }
    publish("network", about | provenance(), title, goals_table(rows), {"rows": [row.record() for row in rows]})
    return 0


def plant_crops(folder: Path) -> tuple[Told, Told]:
    """Decayed patches and sound berries on the plant."""
    held_out = list(diseased_examples(folder, held_out=True))
    yes = [one for one in held_out if one.yes[Question.DECAY] == 1]
    return told(yes), told([one for one in held_out if one.yes[Question.DECAY] == 0])


def white_crops(folder: Path) -> tuple[Told, NDArray[np.str_]]:
    """Sound berries on white, and the class of each by eye: ripe, part_ripe, palest, or nothing."""
    with RIPENESS.open(encoding="utf-8", newline="") as rows:
        by_eye = {row["photo"]: row["ripeness"] for row in csv.DictReader(rows)}
    white = told(list(berry_examples(folder, held_out=True)))
    return white, np.array([by_eye.get(photo.removeprefix("berries:"), "") for photo in white.photo])


def told(kept: list[Example]) -> Told:
    """The squares that the station would show to the network."""
    place = (examples.SIDE_PX * (0.5 + ROOM / examples.ROOM * ((np.arange(SIDE_PX) + 0.5) / SIDE_PX - 0.5))).astype(int)
    ground = np.stack([(one.body == 0) & (one.skin != UNKNOWN) | _outside(one) for one in kept])
    return Told(crops_of(Examples.of(kept)), ground[:, place][:, :, place], np.array([one.group for one in kept]))


def _outside(one: Example) -> NDArray[np.bool_]:
    """Where an example on the plant has certainly no fruit of its own."""
    return (
        (one.body == 0) & (one.skin == UNKNOWN) if (one.body == UNKNOWN).any() else np.zeros(one.body.shape, np.bool_)
    )


def decay_rows(network: OnnxNetwork, decayed: Told, sound: Told, white: Told) -> list[Row]:
    """How many decayed patches are found at so many false alarms, and what the card's limits do."""
    yes, no, no_white = decayed.decay(network), sound.decay(network), white.decay(network)
    every = np.concatenate([no, no_white])
    limits = network.card
    rows = [area_row("decay: area under the curve, sound berries of the same photos", yes, no)]
    beside = "false alarms, sound berries of the same photos"
    rows += [_found(f"decay found at {share:.1%} {beside}", decayed, yes, no, share) for share in ALARMS[:2]]
    rows.append(area_row("decay: area under the curve, all sound berries", yes, every))
    for share, must, aim in zip(ALARMS, (90.0, None, None), (95.0, 85.0, 70.0), strict=True):
        row = _found(f"decay found at {share:.1%} false alarms, all sound berries", decayed, yes, every, share)
        rows.append(with_goals(row, must, aim))
    for name, limit in (("suspected or sure", limits.decay_suspected), ("sure", limits.decay_sure)):
        rows += [
            _rate(f"decayed patches called {name}", decayed, yes >= limit),
            _rate(f"sound berries of the same photos called {name}", sound, no >= limit),
            _rate(f"sound berries on white called {name}", white, no_white >= limit),
        ]
    return rows


def ground_rows(network: OnnxNetwork, decayed: Told, sound: Told, white: Told) -> list[Row]:
    """The same fruit on other grounds."""
    limit = network.card.decay_suspected
    plants = sound.crops[np.arange(len(white.crops)) % len(sound.crops)]
    plain = {name: np.array(colour, np.uint8) for name, colour in GROUNDS.items()}
    rows = []
    for kind, crops, grounds in (
        ("decayed patches", decayed, plain),
        ("sound berries on white", white, plain | {"plants": plants}),
    ):
        before = crops.decay(network) >= limit
        for ground, colours in grounds.items():
            after = crops.on(colours).decay(network) >= limit
            rows.append(_rate(f"{kind}, on {ground} instead: called suspected or sure", crops, after))
            rows.append(_rate(f"{kind}, on {ground} instead: the answer stays", crops, after == before))
    return rows


def rendered_rows(network: OnnxNetwork, kept: Examples) -> list[Row]:
    """Of the path-traced plates that nothing was learnt from: each question, where its answer is known."""
    doubt_specks(kept)
    yes = network(crops_of(kept)).yes.astype(np.float64)
    rows = []
    for question, words in ASKED.items():
        truly = kept.yes[:, question]
        name = f"rendered plates: {words}, area under the curve"
        rows.append(area_row(name, yes[truly == 1, question], yes[truly == 0, question]))
    return rows


def draw_risks(network: OnnxNetwork, decayed: Told, sound: Told, white: Told) -> None:
    """Both risks against the limit: decayed patches below it (red), sound berries at it and above (black, green)."""
    limits = np.linspace(-6, 8, 281)
    picture = blank(*CHART_PX)
    panel = Panel(picture, (0, 0, *CHART_PX))
    panel.axes((limits[0], limits[-1]), (0.0, 100.0))
    panel.label(
        "% wrong at each limit of the log odds of decay; n = {}, {}, {}".format(
            *(len(told_of.crops) for told_of in (decayed, sound, white))
        )
    )
    for told_of, colour, above in ((decayed, RED, False), (sound, BLACK, True), (white, GREEN, True)):
        odds = np.log(np.maximum(told_of.decay(network), 1e-9) / np.maximum(1 - told_of.decay(network), 1e-9))
        share = (odds[:, None] >= limits).mean(axis=0)
        panel.curve(limits, 100 * (share if above else 1 - share), colour)
    for limit in (network.card.decay_suspected, network.card.decay_sure):
        place = np.log(limit / (1 - limit))
        panel.curve(np.array([place, place]), np.array([0.0, 100.0]), GREY)
    cv2.imwrite(str(FOLDER / "network-risks.png"), picture)


def _found(quantity: str, decayed: Told, yes: Array, no: Array, alarms: float) -> Row:
    return _rate(quantity, decayed, yes > limit_at(no, alarms))


def limit_at(no: Array, alarms: float) -> float:
    """The lowest limit above which at most the share `alarms` of `no` lies."""
    ranked = np.sort(no)[::-1]
    return float(ranked[int(np.floor(alarms * len(ranked)))])


def _rate(quantity: str, crops: Told, hits: NDArray[np.bool_]) -> Row:
    """A share in per cent; the interval counts photos, not their copies."""
    photos, of_photo = np.unique(crops.photo, return_inverse=True)
    shares = np.bincount(of_photo, hits) / np.bincount(of_photo)
    interval = intervals.bootstrap(100 * shares, intervals.mean) if len(photos) > 1 else None
    return Row(quantity, "%", 1, len(hits), 100 * float(hits.mean()), interval)


if __name__ == "__main__":
    sys.exit(main())
