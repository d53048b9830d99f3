"""Sightings without optics: what `measure` would have said of each item, errors included.

For runs of hundreds of thousands of fruit. The spreads are those of the same vision on the twin's rendered pictures
(`benchmarks/twin_errors.py`), split into what all views of a fruit share and what is new in each.
"""

from dataclasses import dataclass

import numpy as np

from grader.line.profile import Window
from grader.line.sightings import BeltSightings
from grader.twin.feed import Item
from grader.vision import WhyNot

CUT_MM = 25.0
"""A fruit whose centre is nearer to the window's end than this, outside, is cut or not seen at all."""


@dataclass(frozen=True, slots=True)
class ErrorModel:
    """Standard deviations of errors; lengths in mm."""

    diameter_common_mm: float = 0.26
    diameter_view_mm: float = 0.15
    maturity_common: float = 0.008
    maturity_view: float = 0.004
    volume_common: float = 0.045
    """Relative."""
    place_mm: float = 0.5
    unmeasurable: float = 0.02
    """Share of the fruit, alone, that no view can measure; twice that of single views."""
    unmeasurable_touching: float = 0.2
    stated_u_mm: float = 0.30
    """What `measure` states as the diameter's uncertainty; the rest of the stated ones follow the spreads."""


class SightingModel:
    """The camera and `measure` in one."""

    def __init__(self, seed: int, window: Window, errors: ErrorModel | None = None) -> None:
        self._seed = seed
        self._window = window
        self._errors = errors or ErrorModel()

    def see(self, placed: list[tuple[Item, float]], count: int, exposed_s: float) -> BeltSightings:
        """The sightings of a frame exposed at encoder `count` of items and where they are along the travel, mm."""
        low, high = self._window.from_mm - CUT_MM, self._window.to_mm + CUT_MM
        inside = [(item, along) for item, along in placed if item.kind == "fruit" and low < along < high]
        errors = self._errors
        n = len(inside)
        view = np.random.default_rng([self._seed, 7, count])
        common = np.array([np.random.default_rng([self._seed, 8, item.number]).normal(size=4) for item, _ in inside])
        common = common.reshape(n, 4)
        along = np.array([along for _, along in inside])
        cut = (along < self._window.from_mm) | (along > self._window.to_mm)
        touching = _touching(inside)
        never = np.where(touching, errors.unmeasurable_touching, errors.unmeasurable)
        chance = np.array([np.random.default_rng([self._seed, 9, item.number]).uniform() for item, _ in inside])
        hidden = (chance.reshape(n) < never) | (view.uniform(size=n) < 2 * errors.unmeasurable)
        why_not = np.where(cut, WhyNot.CUT, np.where(hidden, WhyNot.HIDDEN, WhyNot.NOTHING)).astype(np.int8)

        def of(name: str) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
            return np.array([float(getattr(item, name)) for item, _ in inside])

        off_mm = errors.diameter_common_mm * common[:, 0] + errors.diameter_view_mm * view.normal(size=n)
        red = of("visible_red") + errors.maturity_common * common[:, 1] + errors.maturity_view * view.normal(size=n)
        volume = of("volume_mm3") * (1 + errors.volume_common * common[:, 2])
        measured = why_not == WhyNot.NOTHING
        nan = np.where(measured, 0.0, np.nan)
        return BeltSightings(
            count=count,
            exposed_s=exposed_s,
            along_mm=along + view.normal(0, errors.place_mm, n),
            across_mm=of("across_mm") + view.normal(0, errors.place_mm, n),
            why_not=why_not,
            width_mm=of("width_mm") + off_mm + nan,
            width_u_mm=np.full(n, 0.8 * errors.stated_u_mm) + nan,
            diameter_mm=of("diameter_mm") + off_mm + nan,
            diameter_u_mm=np.full(n, errors.stated_u_mm) + nan,
            length_mm=of("length_mm") + nan,
            maturity=np.clip(red, 0, 1) + nan,
            maturity_u=np.full(n, np.hypot(errors.maturity_common, errors.maturity_view)) + nan,
            surface_red=np.clip(red, 0, 1) + nan,
            volume_mm3=volume + nan,
            volume_u_mm3=errors.volume_common * volume + nan,
        )


def _touching(inside: list[tuple[Item, float]]) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Whose neighbour's centre is nearer than a fruit's length and a bit: (n,)."""
    places = np.array([(along, item.across_mm) for item, along in inside]).reshape(-1, 2)
    apart = np.hypot(*(places[:, None] - places).transpose(2, 0, 1))
    np.fill_diagonal(apart, np.inf)
    reach = np.array([0.55 * (item.width_mm + item.length_mm) for item, _ in inside])
    return np.asarray((apart < reach).any(axis=1)) if len(inside) > 1 else np.zeros(len(inside), np.bool_)
