"""Rot on the running line: what becomes of rotten and of sound fruit when the network looks at every view.

    .venv/bin/python benchmarks/rot.py [--fruit N]
    .venv/bin/python benchmarks/rot.py --every 3     # would it do to look at each third frame alone? Publishes nothing.

A lot of which a third rots, rendered, in virtual time, by the rule pack `cooperative`. Other fruit of the twin taught
the network, so this is no proof for the field: what it finds in photographs is in network.md.
"""

import argparse
from collections.abc import Sequence
from dataclasses import fields

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.figures import ROOT, provenance, publish
from benchmarks.intervals import wilson
from benchmarks.table import Goal, Row, goals_table
from benchmarks.virtual_run import run_station
from grader.grading import Decay, find_rule_pack
from grader.line.profile import StationProfile
from grader.network import load_network
from grader.twin.audit import Audit
from grader.twin.audit import Row as Record
from grader.twin.feed import FeedSettings, Item
from grader.twin.fruit import Lot
from grader.twin.simulation import SimulationSettings, simulate
from grader.twin.skin import Ripeness
from grader.vision.network import Answers, Network

CACHE = ROOT / ".cache" / "twin"
CATALOGUE_SEED, CATALOGUE_FRUIT = 77, 160
PLAIN, HARDLY = 0.04, 0.005
"""Shares of what is seen of a fruit, from which on its rot is plain, and below which there is none to speak of."""

Pair = tuple[Item, Record]


def main() -> None:
    """Render, run, print, publish."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--fruit", type=int, default=1500)
    parser.add_argument("--every", type=int, default=1, help="of so many frames the network looks at one")
    arguments = parser.parse_args()
    cv2.setNumThreads(1)
    profile, pack, network = StationProfile(), find_rule_pack("cooperative"), load_network()
    settings = SimulationSettings(
        feed=FeedSettings(lot=Lot(ripeness=Ripeness(rotten=0.33)), foreign=0),
        catalogue_seed=CATALOGUE_SEED,
        catalogue_fruit=CATALOGUE_FRUIT,
    )
    simulation = simulate(profile, settings, CACHE, network=Blinking(network, arguments.every))
    finished = run_station(profile, pack, simulation, arguments.fruit, network=network)
    paired = Audit(profile, pack).pairs(finished.rows, finished.where)
    rows = rot_rows([(item, record) for _, item, record in paired if record is not None and item.kind == "fruit"])
    about = {
        "simulated": f"{arguments.fruit} passages of {CATALOGUE_FRUIT} rendered fruit, 10 fruit/s, 0.3 m/s, all views",
        "network": network.hash,
    }
    title = "Rot on the running line"
    print(f"{title}\n\n{goals_table(rows)}")
    if arguments.every == 1:
        publish("rot", about | provenance(), title, goals_table(rows), {"rows": [row.record() for row in rows]})


class Blinking:
    """A network that says something of one of `every` frames alone."""

    def __init__(self, network: Network, every: int) -> None:
        self.hash = network.hash
        self._network, self._every, self._frame = network, every, 0

    def __call__(self, crops_bgr: NDArray[np.uint8]) -> Answers:
        """What `crops_bgr` show, or that nobody looked."""
        answers = self._network(crops_bgr)
        self._frame += 1
        if self._frame % self._every == 0:
            return answers
        return Answers(*(np.full_like(getattr(answers, field.name), np.nan) for field in fields(Answers)))


def rot_rows(pairs: Sequence[Pair]) -> list[Row]:
    """The table; intervals take passages for independent, which those of one fruit are not."""
    kinds = {
        "rot on 4 % and more of what is seen": [pair for pair in pairs if pair[0].visible_rot >= PLAIN],
        "rot on 0.5 to 4 %": [pair for pair in pairs if HARDLY <= pair[0].visible_rot < PLAIN],
        "sound": [pair for pair in pairs if pair[0].visible_rot < HARDLY],
    }
    rows = []
    for kind, chosen in kinds.items():
        sound = kind == "sound"
        told = np.array([record["decay"] for _, record in chosen])
        outlets = np.array([record["outlet"] for _, record in chosen])
        table = np.isin(outlets, ("super", "I", "II"))
        rows += [
            _share(f"{kind}: sure, to waste", told == Decay.SURE, Goal(high=0.5) if sound else None),
            _share(f"{kind}: suspected, to recheck", told == Decay.SUSPECTED),
        ]
        if not sound:
            rows.append(_share(f"{kind}: into a tray of a table grade", table & (told == Decay.NONE)))
            rows.append(_share(f"{kind}: to processing", outlets == "processing"))
    return rows


def _share(quantity: str, hits: np.ndarray[tuple[int], np.dtype[np.bool_]], must: Goal | None = None) -> Row:
    low, high = wilson(int(hits.sum()), len(hits))
    return Row(quantity, "%", 1, len(hits), 100 * float(hits.mean()), (100 * low, 100 * high), must)


if __name__ == "__main__":
    main()
