"""One strawberry: flesh, skin and calyx."""

from dataclasses import dataclass

import numpy as np
from pydantic import BaseModel, ConfigDict

from grader.twin.body import Body, draw_body
from grader.twin.calyx import Calyx, draw_calyx
from grader.twin.skin import Ripeness, Skin, draw_skin
from grader.twin.variety import Variety


class Lot(BaseModel):
    """What a grower's delivery is like."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    variety: Variety = Variety()
    ripeness: Ripeness = Ripeness()


@dataclass(frozen=True, slots=True, eq=False)
class Fruit:
    """A strawberry at rest on the belt."""

    body: Body
    skin: Skin
    calyx: Calyx

    def moved(self, by_mm: tuple[float, float]) -> "Fruit":
        """The same fruit lying elsewhere on the belt."""
        return Fruit(self.body.moved(by_mm), self.skin, self.calyx)

    def laid_anew(self, generator: np.random.Generator) -> "Fruit":
        """The same fruit after it was picked up and laid down in another attitude."""
        return Fruit(self.body.laid_anew(generator), self.skin, self.calyx)


def draw_fruit(
    generator: np.random.Generator, lot: Lot, xy_mm: tuple[float, float] = (0.0, 0.0), yaw: float | None = None
) -> Fruit:
    """A fruit of the lot, lying on its side above `xy_mm`, its apex towards `yaw` (radians; None: anywhere)."""
    body = draw_body(generator, lot.variety, xy_mm, yaw)
    return Fruit(body, draw_skin(generator, body, lot.ripeness), draw_calyx(generator, body))
