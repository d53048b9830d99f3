"""Sightings without optics: what `measure` would have said of each item, errors included.

For runs of hundreds of thousands of fruit. The spreads are those of the same vision on the twin's rendered pictures
(`benchmarks/twin_errors.py`), split into what all views of a fruit share and what is new in each. Widths are not drawn:
each fruit is given a widest section, lines of sight graze it, and from them follows what a view makes of it, so that
the line can find the section in space from them as it does from pixels.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from grader.line.profile import Window
from grader.line.sightings import MEASURED, BeltSightings, joined
from grader.twin.feed import Item
from grader.twin.grazing import Ellipses, lean_of, seen_width_mm
from grader.vision import WhyNot
from grader.vision.size import BUMPS, EQUATOR, FLATNESS
from grader.vision.volume import DIAMETER_PER_WIDTH

Array = NDArray[np.float64]

CUT_MM = 25.0
"""A fruit whose centre is nearer to the window's end than this, outside, is cut or not seen at all."""

NEARLY_MM = 1.0
"""Fruit so near to each other touch."""


@dataclass(frozen=True, slots=True)
class ErrorModel:
    """Standard deviations of errors; lengths in mm.

    Measured on 29,000 views of 5,900 fruit drawn from 256, by a camera calibrated as a station is, at 0.3 m/s and
    100 µs (docs/figures/twin-errors.md). Biases (maturity 0.005) are left out. The first two are those with which one
    view's errors, and what remains of them after fusion, come out as pixels' do (docs/figures/fusion.md).
    """

    width_common_mm: float = 0.11
    """Of a fruit's widest section: axis, bumps, what makes it no ellipse."""
    line_view_mm: float = 0.035
    """Of where each of a view's two lines of sight meets the belt;"""
    line_view_touching_mm: float = 0.10
    """where the fruit touches another."""
    flatness: float = 0.045
    """Of height over width, and as much of the equator's height;"""
    equator: float = 0.03
    """of the equator's height over half the width, beyond that."""
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
    unmeasurable_view: float = 0.003
    """of the other fruit's views."""
    unmeasurable_touching: float = 0.10
    """The same of fruit that touch another."""
    unmeasurable_view_touching: float = 0.15
    stated_u_mm: float = 0.29
    """What `measure` states as the diameter's uncertainty; the rest of the stated ones follow the spreads."""
    camera_mm: tuple[float, float, float] = (0.0, 0.0, 450.0)
    """Where the camera stands: along, across, above the belt."""


class SightingModel:
    """The camera and `measure` in one."""

    def __init__(self, seed: int, window: Window, errors: ErrorModel | None = None) -> None:
        self._seed = seed
        self._window = window
        self._errors = errors or ErrorModel()
        self._camera_mm = np.array(self._errors.camera_mm)

    def see(self, placed: list[tuple[Item, float]], count: int, exposed_s: float) -> BeltSightings:
        """The sightings of a frame exposed at encoder `count` of items and where they are along the travel, mm."""
        fruit = self._see_fruit(placed, count, exposed_s)
        pieces = [(item, along) for item, along in placed if item.kind == "reference" and self._whole(along)]
        return joined(fruit, _see_pieces(pieces, count, exposed_s, self._camera_mm)) if pieces else fruit

    def _whole(self, along_mm: float) -> bool:
        return self._window.from_mm <= along_mm <= self._window.to_mm

    def _see_fruit(self, placed: list[tuple[Item, float]], count: int, exposed_s: float) -> BeltSightings:
        low, high = self._window.from_mm - CUT_MM, self._window.to_mm + CUT_MM
        inside = [(item, along) for item, along in placed if item.kind == "fruit" and low < along < high]
        errors = self._errors
        n = len(inside)
        view = np.random.default_rng([self._seed, 7, count])
        common = np.array([np.random.default_rng([self._seed, 8, item.number]).normal(size=9) for item, _ in inside])
        common = common.reshape(n, 9)
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

        caliper_mm = self._sections(inside, common[:, [0, 5, 6, 7]]).grazed(self._camera_mm)
        line_mm = np.where(touching, errors.line_view_touching_mm, errors.line_view_mm)
        caliper_mm = _stretched(caliper_mm, line_mm[:, None] * view.normal(size=(n, 2)))
        width_mm = BUMPS * seen_width_mm(caliper_mm, self._camera_mm)
        red = of("visible_red")
        passing = errors.maturity_slope * np.sqrt(red * (1 - red)) * common[:, 8] * along / 100
        red += passing + errors.maturity_common * common[:, 1] + errors.maturity_view * view.normal(size=n)
        volume = of("volume_mm3") * (1 + errors.volume_common * common[:, 2] + errors.volume_view * view.normal(size=n))
        measured = why_not == WhyNot.NOTHING
        nan = np.where(measured, 0.0, np.nan)
        return BeltSightings(
            count=count,
            exposed_s=exposed_s,
            along_mm=along + errors.place_common_mm * common[:, 3] + view.normal(0, errors.place_view_mm, n),
            across_mm=of("across_mm") + errors.place_common_mm * common[:, 4] + view.normal(0, errors.place_view_mm, n),
            why_not=why_not,
            width_mm=width_mm + nan,
            width_u_mm=np.full(n, 0.73 * errors.stated_u_mm) + nan,
            diameter_mm=DIAMETER_PER_WIDTH * width_mm + nan,
            diameter_u_mm=np.full(n, errors.stated_u_mm) + nan,
            length_mm=of("length_mm") + nan,
            maturity=np.clip(red, 0, 1) + nan,
            maturity_u=np.full(n, errors.maturity_stated_u) + nan,
            surface_red=np.clip(red, 0, 1) + nan,
            volume_mm3=volume + nan,
            volume_u_mm3=errors.volume_common * volume + nan,
            decay=np.full(n, np.nan),
            bruise_mm2=np.full(n, np.nan),
            caliper_mm=caliper_mm + nan[:, None, None],
            camera_mm=self._camera_mm,
            round_mm=np.full(n, np.nan),
            round_red=np.full(n, np.nan),
        )

    def _sections(self, inside: list[tuple[Item, float]], draws: Array) -> Ellipses:
        """The widest sections of items and where they are, with the errors that all views share; `draws` (n, 4)."""
        facts = [(along, item.across_mm, item.yaw, item.width_mm, item.diameter_mm) for item, along in inside]
        along_mm, across_mm, yaw, width_mm, diameter_mm = np.array(facts).reshape(-1, 5).T
        errors = self._errors
        flatness = FLATNESS + errors.flatness * draws[:, 1]
        half_mm = (width_mm + errors.width_common_mm * draws[:, 0]) / BUMPS / 2
        return Ellipses(
            along_mm=along_mm,
            across_mm=across_mm,
            yaw=yaw,
            half_mm=half_mm,
            height_mm=half_mm * (EQUATOR + flatness - FLATNESS + errors.equator * draws[:, 2]),
            lean_mm=half_mm * np.sign(draws[:, 3]) * lean_of(diameter_mm / width_mm, flatness),
            flatness=flatness,
        )


def _stretched(caliper_mm: Array, by_mm: Array) -> Array:
    """Calipers (n, 2, 2) whose ends lie farther out by `by_mm` (n, 2)."""
    way = caliper_mm[:, 1] - caliper_mm[:, 0]
    outward = way / np.hypot(way[:, 0], way[:, 1])[:, None]
    return caliper_mm + by_mm[..., None] * np.stack([-outward, outward], axis=1)


def _see_pieces(pieces: list[tuple[Item, float]], count: int, exposed_s: float, camera_mm: Array) -> BeltSightings:
    """Reference pieces are measured to 0.01 mm (docs/figures/twin-errors.md): as good as exactly."""
    n = len(pieces)
    facts = [(along, item.across_mm, item.diameter_mm, item.visible_red) for item, along in pieces]
    along, across, size, red = np.array(facts).reshape(n, 4).T
    unknown = {name: np.full(n, np.nan) for name in MEASURED}
    why_not = np.full(n, WhyNot.NO_AXIS, np.int8)
    return BeltSightings(
        count=count,
        exposed_s=exposed_s,
        along_mm=along,
        across_mm=across,
        why_not=why_not,
        **unknown,
        decay=np.full(n, np.nan),
        bruise_mm2=np.full(n, np.nan),
        caliper_mm=np.full((n, 2, 2), np.nan),
        camera_mm=camera_mm,
        round_mm=size,
        round_red=red,
    )


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
