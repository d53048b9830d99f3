"""How far the machine is from caliper and scale, whether its uncertainty covers that, and whether it repeats."""

from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

COVER = 1.96
"""Standard uncertainties within which 95 % of the errors should lie."""


@dataclass(frozen=True, slots=True)
class Against:
    """Readings against a reference, in their unit."""

    readings: int
    fruit: int
    bias: float
    bias_u: float
    """Standard uncertainty of the bias: from the spread between fruit, since readings of one fruit share its error."""
    sd: float
    """Of the errors of single readings about the bias."""
    p95: float
    """95 % of the errors are smaller."""
    coverage: float | None
    """Share of the errors within 1.96 of the stated uncertainty and the reference's own; None: none was stated."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """How often two readings of a fruit say the same."""

    pairs: int
    same: float
    """Share of the pairs, 0-1."""


def against_reference(readings: Array, u: Array | None, reference: Array, reference_u: float) -> Against | None:
    """Hold `readings` (n, L, P) of uncertainty `u` against `reference` (n,) of `reference_u`; None: no pairs."""
    errors = readings - reference[:, None, None]
    known = ~np.isnan(errors)
    if not known.any():
        return None
    flat = errors[known]
    by_fruit = np.array([fruit[~np.isnan(fruit)].mean() for fruit in errors if not np.isnan(fruit).all()])
    covered = None
    if u is not None and (stated := known & ~np.isnan(u)).any():
        covered = float((np.abs(errors[stated]) <= COVER * np.hypot(u[stated], reference_u)).mean())
    return Against(
        readings=int(known.sum()),
        fruit=len(by_fruit),
        bias=float(flat.mean()),
        bias_u=float(by_fruit.std(ddof=1) / np.sqrt(len(by_fruit))) if len(by_fruit) > 1 else float("nan"),
        sd=float(flat.std(ddof=1)) if len(flat) > 1 else float("nan"),
        p95=float(np.percentile(np.abs(flat), 95)),
        coverage=covered,
    )


def same_grade_again(grade: NDArray[np.str_]) -> Agreement:
    """How many pairs of passes of one fruit over one lane give the same `grade` (n, L, P). Gaps are left out."""
    pairs = [
        (grade[..., one], grade[..., other], (grade[..., one] != "") & (grade[..., other] != ""))
        for one, other in combinations(range(grade.shape[2]), 2)
    ]
    count = sum(int(both.sum()) for *_, both in pairs)
    same = sum(int((both & (one == other)).sum()) for one, other, both in pairs)
    return Agreement(count, same / count if count else float("nan"))
