"""Sightings without optics: what `measure` would have said of each item, errors included.

For runs of hundreds of thousands of fruit. The spreads are those of the same vision on the twin's rendered pictures
(`benchmarks/twin_errors.py`), split into what all views of a fruit share and what is new in each.
"""

from dataclasses import dataclass

import numpy as np

from grader.line.profile import Window
from grader.line.sightings import MEASURED, BeltSightings, joined
from grader.twin.feed import Item
from grader.vision import WhyNot

CUT_MM = 25.0
"""A fruit whose centre is nearer to the window's end than this, outside, is cut or not seen at all."""

NEARLY_MM = 1.0
"""Fruit so near to each other touch."""


@dataclass(frozen=True, slots=True)
class ErrorModel:
    """Standard deviations of errors; lengths in mm.

    Measured on 29,000 views of 5,900 fruit drawn from 256, by a camera calibrated as a station is, at 0.3 m/s and
    100 µs (docs/figures/twin-errors.md). Biases (diameter 0.01 mm, maturity 0.003) are left out.
    """

    diameter_common_mm: float = 0.225
    width_common_mm: float = 0.19
    view_mm: float = 0.145
    """Of width and diameter alike;"""
    view_touching_mm: float = 0.23
    """where the fruit touches another."""
    maturity_common: float = 0.010
    maturity_slope: float = 0.095
    """A fruit shows more or less of its pale shoulder as it passes: per 100 mm, times the root of m (1 - m)."""
    maturity_view: float = 0.0055
    """What is left about that line."""
    maturity_stated_u: float = 0.0165
    """What `measure` states of a view."""
    volume_common: float = 0.058
    """Relative, as the next."""
    volume_view: float = 0.018
    place_common_mm: float = 1.1
    """Along and across: the middle of the flesh that is seen is not the fruit's centre."""
    place_view_mm: float = 0.25
    unmeasurable: float = 0.015
    """Share of the fruit, alone, that no view can measure;"""
    unmeasurable_view: float = 0.0003
    """of the other fruit's views."""
    unmeasurable_touching: float = 0.08
    """The same of fruit that touch another."""
    unmeasurable_view_touching: float = 0.13
    stated_u_mm: float = 0.33
    """What `measure` states as the diameter's uncertainty; the rest of the stated ones follow the spreads."""


class SightingModel:
    """The camera and `measure` in one."""

    def __init__(self, seed: int, window: Window, errors: ErrorModel | None = None) -> None:
        self._seed = seed
        self._window = window
        self._errors = errors or ErrorModel()

    def see(self, placed: list[tuple[Item, float]], count: int, exposed_s: float) -> BeltSightings:
        """The sightings of a frame exposed at encoder `count` of items and where they are along the travel, mm."""
        fruit = self._see_fruit(placed, count, exposed_s)
        pieces = [(item, along) for item, along in placed if item.kind == "reference" and self._whole(along)]
        return joined(fruit, _see_pieces(pieces, count, exposed_s)) if pieces else fruit

    def _whole(self, along_mm: float) -> bool:
        return self._window.from_mm <= along_mm <= self._window.to_mm

    def _see_fruit(self, placed: list[tuple[Item, float]], count: int, exposed_s: float) -> BeltSightings:
        low, high = self._window.from_mm - CUT_MM, self._window.to_mm + CUT_MM
        inside = [(item, along) for item, along in placed if item.kind == "fruit" and low < along < high]
        errors = self._errors
        n = len(inside)
        view = np.random.default_rng([self._seed, 7, count])
        common = np.array([np.random.default_rng([self._seed, 8, item.number]).normal(size=6) for item, _ in inside])
        common = common.reshape(n, 6)
        along = np.array([along for _, along in inside])
        cut = (along < self._window.from_mm) | (along > self._window.to_mm)
        touching = _touching(inside)
        never = np.where(touching, errors.unmeasurable_touching, errors.unmeasurable)
        chance = np.array([np.random.default_rng([self._seed, 9, item.number]).uniform() for item, _ in inside])
        at_times = np.where(touching, errors.unmeasurable_view_touching, errors.unmeasurable_view)
        hidden = (chance.reshape(n) < never) | (view.uniform(size=n) < at_times)
        why_not = np.where(cut, WhyNot.CUT, np.where(hidden, WhyNot.HIDDEN, WhyNot.NOTHING)).astype(np.int8)

        def of(name: str) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
            return np.array([float(getattr(item, name)) for item, _ in inside])

        view_mm = np.where(touching, errors.view_touching_mm, errors.view_mm) * view.normal(size=n)
        red = of("visible_red")
        slope = errors.maturity_slope * np.sqrt(red * (1 - red)) * common[:, 5]
        red = (
            red
            + errors.maturity_common * common[:, 1]
            + slope * along / 100
            + errors.maturity_view * view.normal(size=n)
        )
        volume = of("volume_mm3") * (1 + errors.volume_common * common[:, 2] + errors.volume_view * view.normal(size=n))
        measured = why_not == WhyNot.NOTHING
        nan = np.where(measured, 0.0, np.nan)
        return BeltSightings(
            count=count,
            exposed_s=exposed_s,
            along_mm=along + errors.place_common_mm * common[:, 3] + view.normal(0, errors.place_view_mm, n),
            across_mm=of("across_mm") + errors.place_common_mm * common[:, 4] + view.normal(0, errors.place_view_mm, n),
            why_not=why_not,
            width_mm=of("width_mm") + errors.width_common_mm * common[:, 0] + view_mm + nan,
            width_u_mm=np.full(n, 0.8 * errors.stated_u_mm) + nan,
            diameter_mm=of("diameter_mm") + errors.diameter_common_mm * common[:, 0] + view_mm + nan,
            diameter_u_mm=np.full(n, errors.stated_u_mm) + nan,
            length_mm=of("length_mm") + nan,
            maturity=np.clip(red, 0, 1) + nan,
            maturity_u=np.full(n, errors.maturity_stated_u) + nan,
            surface_red=np.clip(red, 0, 1) + nan,
            volume_mm3=volume + nan,
            volume_u_mm3=errors.volume_common * volume + nan,
            round_mm=np.full(n, np.nan),
            round_red=np.full(n, np.nan),
        )


def _see_pieces(pieces: list[tuple[Item, float]], count: int, exposed_s: float) -> BeltSightings:
    """Reference pieces are measured to 0.01 mm (docs/figures/twin-errors.md): as good as exactly."""
    n = len(pieces)
    facts = [(along, item.across_mm, item.diameter_mm, item.visible_red) for item, along in pieces]
    along, across, size, red = np.array(facts).reshape(n, 4).T
    unknown = {name: np.full(n, np.nan) for name in MEASURED}
    why_not = np.full(n, WhyNot.NO_AXIS, np.int8)
    return BeltSightings(count, exposed_s, along, across, why_not, **unknown, round_mm=size, round_red=red)


def _touching(inside: list[tuple[Item, float]]) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Whose neighbour lies as near as the two ellipses reach, or nearly: (n,)."""
    numbers = [(along, item.across_mm, item.length_mm, item.width_mm, item.yaw) for item, along in inside]
    along, across, length, width, yaw = np.array(numbers).reshape(-1, 5).T
    ahead, left = along - along[:, None], across - across[:, None]
    turn = np.arctan2(left, ahead) - yaw[:, None]
    reach = np.hypot(length[:, None] * np.cos(turn), width[:, None] * np.sin(turn)) / 2
    near = np.hypot(ahead, left) < reach + reach.T + NEARLY_MM
    np.fill_diagonal(near, val=False)
    return np.asarray(near.any(axis=1))
