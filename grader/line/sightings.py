"""What the line takes from one frame: its fruit in the belt's terms."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from grader.line.profile import Window
from grader.vision import Calibration, Sightings, WhyNot, measure
from grader.vision.geometry import Sight
from grader.vision.network import Network
from grader.vision.rounds import measure_rounds
from grader.vision.size import EQUATOR

Array = NDArray[np.float64]

TYPICAL_DIAMETER_MM = 30.0
"""Stands in for the height of fruit that could not be measured: 10 mm too much moves its place by 2 % of the way from
the camera's foot."""


@dataclass(frozen=True, slots=True)
class BeltSightings:
    """n fruit of one frame, (n,) each; lengths in mm, uncertainties standard; NaN where `why_not` is not NOTHING."""

    count: int
    """Encoder count at the middle of the exposure."""
    exposed_s: float
    """When that was, by the line's clock."""
    along_mm: Array
    """Along the travel, from the origin of the calibration's belt frame."""
    across_mm: Array
    """To the left of the travel."""
    why_not: NDArray[np.int8]
    """`WhyNot`."""
    width_mm: Array
    width_u_mm: Array
    diameter_mm: Array
    diameter_u_mm: Array
    length_mm: Array
    maturity: Array
    maturity_u: Array
    surface_red: Array
    volume_mm3: Array
    volume_u_mm3: Array
    decay: Array
    """Probability that it rots somewhere that is seen; there whether it was measured or not; NaN: nobody looked."""
    bruise_mm2: Array
    """Bruised flesh; NaN where nobody looked, or the fruit was not measured."""
    caliper_mm: Array
    """(n, 2, 2) where the two lines of sight that graze the widest section meet the belt, along and across the
    travel."""
    camera_mm: Array
    """(3,) where the camera stands: along, across, above the belt."""
    round_mm: Array
    """Of what is round and has no calyx, as reference pieces: its diameter if it is a ball; NaN for all else."""
    round_red: Array
    """Its red share."""

    def __len__(self) -> int:
        return len(self.why_not)


MEASURED = (
    "width_mm", "width_u_mm", "diameter_mm", "diameter_u_mm", "length_mm", "maturity", "maturity_u", "surface_red",
    "volume_mm3", "volume_u_mm3",
)  # fmt: skip
"""Columns that are NaN where a fruit could not be measured."""


def joined(one: BeltSightings, other: BeltSightings) -> BeltSightings:
    """All sightings of one frame that were made apart."""
    columns = (
        "along_mm",
        "across_mm",
        "why_not",
        *MEASURED,
        "decay",
        "bruise_mm2",
        "caliper_mm",
        "round_mm",
        "round_red",
    )
    together = {name: np.concatenate([getattr(one, name), getattr(other, name)]) for name in columns}
    return BeltSightings(one.count, one.exposed_s, **together, camera_mm=one.camera_mm)


def look(
    frame_bgr: NDArray[np.uint8],
    calibration: Calibration,
    window: Window,
    count: int,
    exposed_s: float,
    network: Network | None = None,
) -> BeltSightings:
    """Measure a frame (h, w, 3) exposed at encoder `count`.

    What the network alone takes for no fruit is kept: whatever lies beside a fruit stands in the way of the air.
    """
    return on_belt(measure(frame_bgr, calibration, network, doubt=False), calibration, window, count, exposed_s)


def on_belt(seen: Sightings, calibration: Calibration, window: Window, count: int, exposed_s: float) -> BeltSightings:
    """The sightings of a frame exposed at encoder `count`, placed on the belt at the height of their equators."""
    sight = Sight.of(calibration)
    measured = seen.why_not == WhyNot.NOTHING
    width_mm = np.where(measured, seen.width_mm, TYPICAL_DIAMETER_MM)
    place_mm = sight.at_height(sight.on_belt(seen.centre_px), EQUATOR * width_mm / 2)
    rounds = measure_rounds(seen, calibration)
    turn = np.radians(window.direction_deg)
    ways = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    along_mm, across_mm = (place_mm @ ways).T
    caliper_mm = sight.on_belt(seen.caliper_px) @ ways
    return BeltSightings(
        count=count,
        exposed_s=exposed_s,
        along_mm=along_mm,
        across_mm=across_mm,
        why_not=seen.why_not,
        width_mm=seen.width_mm,
        width_u_mm=seen.width_u_mm,
        diameter_mm=seen.diameter_mm,
        diameter_u_mm=seen.diameter_u_mm,
        length_mm=seen.length_mm,
        maturity=seen.maturity,
        maturity_u=seen.maturity_u,
        surface_red=seen.surface_red,
        volume_mm3=seen.volume_mm3,
        volume_u_mm3=seen.volume_u_mm3,
        decay=seen.decay,
        bruise_mm2=seen.bruise_mm2,
        caliper_mm=np.where(measured[:, None, None], caliper_mm, np.nan),
        camera_mm=np.append(sight.centre_mm[:2] @ ways, sight.height_mm),
        round_mm=rounds.diameter_mm,
        round_red=rounds.red_share,
    )
