"""What stays the same in all frames of a line: the belt's looks and the lamps."""

from dataclasses import dataclass

import numpy as np

from grader.twin.belt import Belt, BeltName, draw_belt
from grader.twin.light import Light, draw_light


@dataclass(frozen=True, slots=True, eq=False)
class Scenery:
    """A belt under its lamps."""

    belt: Belt
    light: Light


def draw_scenery(seed: int, belt: BeltName) -> Scenery:
    """The same seed gives the same."""
    generator = np.random.default_rng([seed, 2_000_003])
    looks = draw_belt(generator, belt)
    return Scenery(looks, draw_light(generator, float(looks.reflectance.mean())))
