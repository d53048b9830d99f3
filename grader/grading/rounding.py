"""Rounding that never contradicts the grade: 34.997 mm is class I, so it is never written 35.00."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Side = Literal["above", "below"]

EXACT_DECIMALS = 17
"""With so many a double of everyday size is written exactly enough to be read back."""


@dataclass(frozen=True, slots=True)
class Boundary:
    """A limit's place on the axis of its quantity, and the side to which its own value belongs."""

    value: float
    side: Side

    def is_above(self, number: float) -> bool:
        """Whether `number` is on the upper side; the value itself is, if `side` says so."""
        return number > self.value or (number == self.value and self.side == "above")


MARGIN = (Boundary(0.0, "above"),)
"""The limit of a decision's margin: a fruit that missed its limit by a hair is never written as having met it."""


def round_within(value: float, decimals: int, limits: Iterable[Boundary]) -> float:
    """Round `value` to `decimals`, but keep it on its side of every one of `limits`.

    It is the nearest such number; where limits leave none with so few decimals, it gets as many more as it needs. A
    value that is a limit stays as it is.
    """
    near = round(value, decimals)
    close_by = [limit for limit in limits if abs(limit.value - value) <= 2 * 10.0**-decimals]
    if not close_by or near == value:
        return near
    if any(limit.value == value for limit in close_by):
        return value
    sides = [limit.is_above(value) for limit in close_by]
    for places in range(decimals, EXACT_DECIMALS):
        near, step = round(value, places), 10.0**-places
        candidates = (near, round(near - step, places), round(near + step, places))
        for candidate in sorted(candidates, key=lambda number: abs(number - value)):
            if [limit.is_above(candidate) for limit in close_by] == sides:
                return candidate
    return value
