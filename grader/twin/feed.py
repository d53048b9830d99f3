"""The infeed: four single files of fruit, now and then two that touch, a leaf or a stone."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import count
from typing import Annotated, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from grader.line.profile import References
from grader.line.stereo import LEAN_U, widening
from grader.twin.fruit import Lot
from grader.twin.skin import draw_red_share
from grader.twin.variety import draw_shape

Kind = Literal["fruit", "leaf", "stone", "reference"]
Share = Annotated[float, Field(ge=0, le=1)]

SHORTEST_PITCH_MM = 45.0
"""Single-file infeeds keep fruit apart by the length of the longest."""
CLEAR_MM = 2.0
"""A thing that is not meant to touch the one before it comes on the belt so far behind its end."""
LEAD_MM = 80.0
"""So far before the next fruit the reference pieces lie."""
FIRST_MM = 110.0
"""Before the first fruit there is room for them, so that the fruit do not depend on whether they are passed."""
SEEN_FROM_ABOVE = 0.5
"""Rot sits anywhere, and half of the skin looks up."""
EVEN_ODDS = 0.5
"""Of what is no fruit, half are leaves and half are stones."""


class FeedSettings(BaseModel):
    """How fruit come onto the belt."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    lot: Lot = Lot()
    fruit_per_s: Annotated[float, Field(gt=0, le=200)] = 10.0
    """At the belt's nominal speed, over all lanes."""
    doubles: Share = 0.02
    """Share of the places in a lane that carry two fruit which touch."""
    foreign: Share = 0.005
    """Share of the places that carry a leaf or a stone."""
    scatter: Share = 0.15
    """Standard deviation of the pitch, as a share of it."""


@dataclass(frozen=True, slots=True, eq=False)
class Item:
    """One thing on the belt, and what is true of it."""

    number: int
    """From 1, in the order in which they are laid down; of reference pieces from -1 downwards."""
    kind: Kind
    lane: int
    rides_mm: float
    """Its centre along the travel, less the belt's travel."""
    across_mm: float
    """To the left of the travel, from the belt's middle."""
    diameter_mm: float
    width_mm: float
    length_mm: float
    volume_mm3: float
    visible_red: float
    yaw: float
    """Radians, the way its apex points, from the travel to the left."""
    look: int | None = None
    """Its entry in the catalogue; None: it has no look."""
    visible_rot: float = 0.0
    """Rotten share of the flesh that is seen from above."""
    deformed: bool = False


@dataclass(frozen=True, slots=True)
class Specimen:
    """A thing before it lies anywhere; see `Item`."""

    kind: Kind
    off_lane_mm: float
    """Of its centre, to the left of its lane's."""
    diameter_mm: float
    width_mm: float
    length_mm: float
    volume_mm3: float
    visible_red: float
    yaw: float
    look: int | None
    visible_rot: float = 0.0
    deformed: bool = False


Draw = Callable[[np.random.Generator, int, Kind], Specimen]
"""What comes next, given the lane and the kind: `numbers_drawn(lot)`, or a `Catalogue`'s own `draw`."""


class Feed:
    """Lays things on the belt as it moves; the same seed lays the same things, whatever the belt does."""

    def __init__(
        self,
        seed: int,
        settings: FeedSettings,
        lanes_mm: tuple[float, ...],
        speed_mm_s: float,
        draw: Draw | None = None,
        references: Sequence[tuple[int, Specimen]] = (),
    ) -> None:
        """`draw` None: fruit of the settings' lot, with no look; `references` with the lanes that they are laid in."""
        self._references = references
        self._draw = draw or numbers_drawn(settings.lot)
        self._generators = [np.random.default_rng([seed, lane]) for lane in range(len(lanes_mm))]
        self._settings = settings
        self._lanes_mm = lanes_mm
        per_place = 1 + settings.doubles
        self._pitch_mm = max(per_place * speed_mm_s * len(lanes_mm) / settings.fruit_per_s, SHORTEST_PITCH_MM)
        self._next_mm = [FIRST_MM + self._pitch_mm * float(generator.uniform()) for generator in self._generators]
        self._ends_mm = [-np.inf] * len(lanes_mm)
        """Belt travel at which the last thing of each lane was on the belt with its rear end."""
        self._numbers = count(1)
        self._piece_numbers = count(-1, -1)

    def lay(self, until_mm: float) -> list[Item]:
        """What comes onto the belt until it has travelled `until_mm`; it lies at 0 when it comes on."""
        laid: list[Item] = []
        for lane, generator in enumerate(self._generators):
            while self._next_mm[lane] <= until_mm:
                group = self._place(generator, lane)
                laid += group
                self._ends_mm[lane] = max(reach_mm(item, np.pi) - item.rides_mm for item in group)
                scattered = self._pitch_mm * float(generator.normal(1, self._settings.scatter))
                self._next_mm[lane] = max(scattered, SHORTEST_PITCH_MM) - group[0].rides_mm
        return laid

    def lay_references(self, travel_mm: float) -> list[Item]:
        """Somebody lays the reference pieces on the belt, which has travelled so far; fruit come well behind them."""
        laid: list[Item] = []
        for lane, specimen in self._references:
            piece = self._made(next(self._piece_numbers), lane, specimen)
            came_mm = max(travel_mm, self._ends_mm[lane] + CLEAR_MM + reach_mm(piece, 0.0))
            laid.append(replace(piece, rides_mm=-came_mm))
            self._ends_mm[lane] = came_mm + reach_mm(piece, np.pi)
        behind_mm = max((self._ends_mm[item.lane] for item in laid), default=travel_mm) + LEAD_MM
        self._next_mm = [max(next_mm, behind_mm) for next_mm in self._next_mm]
        return laid

    def _place(self, generator: np.random.Generator, lane: int) -> list[Item]:
        first = self._item(generator, lane, self._kind(generator))
        came_mm = max(self._next_mm[lane], self._ends_mm[lane] + CLEAR_MM + reach_mm(first, 0.0))
        first = replace(first, rides_mm=-came_mm)
        if first.kind != "fruit" or generator.uniform() >= self._settings.doubles:
            return [first]
        second = self._item(generator, lane, "fruit")
        turn = float(generator.uniform(-0.6, 0.6))
        apart_mm = reach_mm(first, np.pi - turn) + reach_mm(second, -turn)
        beside = replace(
            second,
            rides_mm=first.rides_mm - apart_mm * float(np.cos(turn)),
            across_mm=first.across_mm + apart_mm * float(np.sin(turn)),
        )
        return [first, beside]

    def _kind(self, generator: np.random.Generator) -> Kind:
        if generator.uniform() >= self._settings.foreign:
            return "fruit"
        return "leaf" if generator.uniform() < EVEN_ODDS else "stone"

    def _item(self, generator: np.random.Generator, lane: int, kind: Kind) -> Item:
        return self._made(next(self._numbers), lane, self._draw(generator, lane, kind))

    def _made(self, number: int, lane: int, drawn: Specimen) -> Item:
        return Item(
            number=number,
            kind=drawn.kind,
            lane=lane,
            rides_mm=0.0,
            across_mm=self._lanes_mm[lane] + drawn.off_lane_mm,
            diameter_mm=drawn.diameter_mm,
            width_mm=drawn.width_mm,
            length_mm=drawn.length_mm,
            volume_mm3=drawn.volume_mm3,
            visible_red=drawn.visible_red,
            yaw=drawn.yaw,
            look=drawn.look,
            visible_rot=drawn.visible_rot,
            deformed=drawn.deformed,
        )


def reference_specimens(
    references: References, lanes: int, first_look: int | None = None
) -> list[tuple[int, Specimen]]:
    """The pieces with the lanes in which they lie: the spheres, and at last the patch."""
    sizes = [*references.sphere_mm, references.patch_mm]
    reds = [1.0] * len(references.sphere_mm) + [references.patch_red]
    return [
        (
            nth % lanes,
            Specimen(
                kind="reference",
                off_lane_mm=0.0,
                diameter_mm=size_mm,
                width_mm=size_mm,
                length_mm=size_mm,
                volume_mm3=float("nan"),
                visible_red=red,
                yaw=0.0,
                look=None if first_look is None else first_look + nth,
            ),
        )
        for nth, (size_mm, red) in enumerate(zip(sizes, reds, strict=True))
    ]


def reach_mm(item: Item, towards: float) -> float:
    """How far an item reaches from its centre `towards`, radians from the travel to the left: an ellipse's support."""
    turn = towards - item.yaw
    return float(np.hypot(item.length_mm * np.cos(turn), item.width_mm * np.sin(turn))) / 2


def numbers_drawn(lot: Lot) -> Draw:
    """Fruit that are numbers alone, with no look: enough where sightings are not made from pixels."""

    def draw(generator: np.random.Generator, lane: int, kind: Kind) -> Specimen:  # noqa: ARG001 - a `Draw`
        shape = draw_shape(generator, lot.variety)
        red = draw_red_share(generator, lot.ripeness)
        diameter_mm = shape.breadth_mm
        width_mm = diameter_mm / widening(float(generator.normal(0, LEAN_U)) ** 2)
        chance = generator.spawn(1)[0]
        rotten = chance.uniform() < lot.ripeness.rotten and chance.uniform() < SEEN_FROM_ABOVE
        fullness = 0.60 - 0.14 * (shape.length_mm / width_mm - 1.13) + float(generator.normal(0, 0.03))
        return Specimen(
            kind=kind,
            diameter_mm=diameter_mm,
            width_mm=width_mm,
            length_mm=shape.length_mm,
            volume_mm3=fullness * 0.785 * width_mm**2 * shape.length_mm,
            visible_red=red,
            off_lane_mm=float(generator.normal(0, 2.0)),
            yaw=float(generator.uniform(0, 2 * np.pi)),
            look=None,
            visible_rot=float(chance.uniform(0.01, 0.25)) if rotten else 0.0,
            deformed=shape.deformed,
        )

    return draw
