"""The infeed: four single files of fruit, now and then two that touch, a leaf or a stone."""

from dataclasses import dataclass, replace
from itertools import count
from typing import Annotated, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from grader.twin.fruit import Lot
from grader.twin.skin import draw_red_share
from grader.twin.variety import draw_shape

Kind = Literal["fruit", "leaf", "stone"]
Share = Annotated[float, Field(ge=0, le=1)]

SHORTEST_PITCH_MM = 45.0
"""Single-file infeeds keep fruit apart by the length of the longest."""
CLOSEST = 0.5
"""Touching fruit lie half the sum of their widths apart."""


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
    """From 1, in the order in which they are laid down."""
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


class Feed:
    """Lays things on the belt as it moves; the same seed lays the same things, whatever the belt does."""

    def __init__(self, seed: int, settings: FeedSettings, lanes_mm: tuple[float, ...], speed_mm_s: float) -> None:
        self._generators = [np.random.default_rng([seed, lane]) for lane in range(len(lanes_mm))]
        self._settings = settings
        self._lanes_mm = lanes_mm
        per_place = 1 + settings.doubles
        self._pitch_mm = max(per_place * speed_mm_s * len(lanes_mm) / settings.fruit_per_s, SHORTEST_PITCH_MM)
        self._next_mm = [self._pitch_mm * float(generator.uniform()) for generator in self._generators]
        self._numbers = count(1)

    def lay(self, until_mm: float) -> list[Item]:
        """What comes onto the belt until it has travelled `until_mm`; it lies at 0 when it comes on."""
        laid: list[Item] = []
        for lane, generator in enumerate(self._generators):
            while self._next_mm[lane] <= until_mm:
                laid += self._place(generator, lane, self._next_mm[lane])
                scattered = self._pitch_mm * float(generator.normal(1, self._settings.scatter))
                self._next_mm[lane] += max(scattered, SHORTEST_PITCH_MM)
        return laid

    def _place(self, generator: np.random.Generator, lane: int, came_mm: float) -> list[Item]:
        first = self._draw(generator, lane, came_mm)
        if first.kind != "fruit" or generator.uniform() >= self._settings.doubles:
            return [first]
        second = self._draw(generator, lane, came_mm, kind="fruit")
        apart_mm = CLOSEST * (first.length_mm + second.length_mm) / 2 + CLOSEST * (first.width_mm + second.width_mm) / 2
        turn = float(generator.uniform(-0.6, 0.6))
        beside = replace(
            second,
            rides_mm=first.rides_mm - apart_mm * float(np.cos(turn)),
            across_mm=first.across_mm + apart_mm * float(np.sin(turn)),
        )
        return [first, beside]

    def _draw(self, generator: np.random.Generator, lane: int, came_mm: float, kind: Kind | None = None) -> Item:
        if kind is None:
            foreign = generator.uniform() < self._settings.foreign
            kind = ("leaf" if generator.uniform() < CLOSEST else "stone") if foreign else "fruit"
        shape = draw_shape(generator, self._settings.lot.variety)
        red = draw_red_share(generator, self._settings.lot.ripeness)
        diameter_mm = shape.breadth_mm
        width_mm = diameter_mm / (1.004 + abs(float(generator.normal(0, 0.0065))))
        fullness = 0.60 - 0.14 * (shape.length_mm / width_mm - 1.13) + float(generator.normal(0, 0.03))
        return Item(
            number=next(self._numbers),
            kind=kind,
            lane=lane,
            rides_mm=-came_mm,
            across_mm=self._lanes_mm[lane] + float(generator.normal(0, 2.0)),
            diameter_mm=diameter_mm,
            width_mm=width_mm,
            length_mm=shape.length_mm,
            volume_mm3=fullness * 0.785 * width_mm**2 * shape.length_mm,
            visible_red=red,
            yaw=float(generator.uniform(0, 2 * np.pi)),
        )
