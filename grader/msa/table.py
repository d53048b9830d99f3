"""The form of a field trial: one line a reading, as `docs/field-trial.md` has it."""

import csv
import math
from dataclasses import dataclass
from io import StringIO

import numpy as np
from numpy.typing import NDArray

from grader.errors import GraderError

Array = NDArray[np.float64]

NEEDED = ("fruit", "lane", "pass")
FIGURES = ("diameter_mm", "diameter_u_mm", "weight_g", "weight_u_g", "caliper_mm", "scale_g")
TEXTS = ("grade",)


class StudyError(GraderError, ValueError, code="msa_study"):
    """A field trial's form cannot be analysed. The sentence says which line, and what belongs there."""


@dataclass(frozen=True, slots=True)
class Readings:
    """Every fruit on every lane in every pass: n fruit, L lanes, P passes."""

    fruit: tuple[str, ...]
    lanes: tuple[str, ...]
    passes: tuple[str, ...]
    figures: dict[str, Array]
    """By column: (n, L, P); nan where the form has a gap. A column that the form lacks is not there."""
    grade: NDArray[np.str_] | None
    """(n, L, P); empty where the form has a gap."""

    def whole(self, column: str) -> Array:
        """A column in which nothing is missing, which is what comparing lanes and passes takes; raises `StudyError`."""
        if column not in self.figures:
            raise StudyError(f"the form has no column {column}")
        values = self.figures[column]
        gaps = np.argwhere(np.isnan(values))
        if len(gaps):
            fruit, lane, nth = gaps[0]
            raise StudyError(
                f"{column} is missing in {len(gaps)} readings, first of fruit {self.fruit[fruit]} on lane "
                f"{self.lanes[lane]} in pass {self.passes[nth]}: measure it again, or leave the fruit out of the form"
            )
        return values

    def of_fruit(self, column: str) -> Array | None:
        """What was measured once a fruit, by hand: (n,), nan where it was not; None where the form lacks it."""
        if column not in self.figures:
            return None
        values = self.figures[column].reshape(len(self.fruit), -1)
        # The form may repeat it on each line, or have it on one.
        given = ~np.isnan(values)
        first: Array = values[np.arange(len(values)), given.argmax(axis=1)]
        contradicted = np.flatnonzero((given & (values != first[:, None])).any(axis=1) & given.any(axis=1))
        if len(contradicted):
            raise StudyError(f"fruit {self.fruit[contradicted[0]]} has two values of {column}: it is measured once")
        return first


def read_study(text: str) -> Readings:
    """Read the form's `text`, CSV with a head. Raises `StudyError`."""
    rows = csv.DictReader(StringIO(text.lstrip("\ufeff")))
    columns = tuple(name.strip() for name in rows.fieldnames or ())
    if missing := [name for name in NEEDED if name not in columns]:
        raise StudyError(f"the form's head lacks {', '.join(missing)}: it begins with fruit,lane,pass,diameter_mm")
    if unknown := [name for name in columns if name not in {*NEEDED, *FIGURES, *TEXTS}]:
        raise StudyError(
            f"the form has an unknown column {unknown[0]!r}; known are {', '.join((*NEEDED, *FIGURES, *TEXTS))}"
        )
    rows.fieldnames = list(columns)
    lines = [(number, row) for number, row in enumerate(rows, 2) if any(row.values())]
    places = [tuple(_word(row, name, number) for name in NEEDED) for number, row in lines]
    if not lines:
        raise StudyError("the form has no readings")
    fruit, lanes, passes = (tuple(dict.fromkeys(place[axis] for place in places)) for axis in range(3))
    shape = (len(fruit), len(lanes), len(passes))
    figures = {name: np.full(shape, np.nan) for name in FIGURES if name in columns}
    grade = np.full(shape, "", np.dtype("U64")) if "grade" in columns else None
    seen: dict[tuple[str, ...], int] = {}
    for (number, row), place in zip(lines, places, strict=True):
        if place in seen:
            raise StudyError(
                f"line {number} says again what line {seen[place]} said: "
                f"fruit {place[0]}, lane {place[1]}, pass {place[2]}"
            )
        seen[place] = number
        at = fruit.index(place[0]), lanes.index(place[1]), passes.index(place[2])
        for name, values in figures.items():
            values[at] = _figure(row[name], name, number)
        if grade is not None:
            grade[at] = (row["grade"] or "").strip()
    return Readings(fruit, lanes, passes, figures, grade)


def _word(row: dict[str, str], name: str, number: int) -> str:
    if not (word := (row[name] or "").strip()):
        raise StudyError(f"line {number} does not say its {name}")
    return word


def _figure(word: str | None, name: str, number: int) -> float:
    if not (word := (word or "").strip()):
        return math.nan
    try:
        value = float(word)
    except ValueError:
        value = math.nan
    if not (math.isfinite(value) and value > 0):
        raise StudyError(f"line {number}: {word!r} is no {name}")
    return value
