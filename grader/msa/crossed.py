"""Gauge repeatability and reproducibility of a crossed study, by analysis of variance.

Every part is measured on every lane (the manual's "appraiser") the same number of times, at least twice. The sums of
squares and the estimates of the components are those of AIAG's Measurement Systems Analysis, 4th edition, appendix A;
the manual's own example is in the tests.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from grader.msa.table import StudyError

Array = NDArray[np.float64]

DISTINCT = 1.41
"""Distinct categories are this ratio of the parts' spread to the gauge's: sqrt(2), as the manual rounds it."""
IN_TOLERANCE = 6.0
"""The gauge's spread is six standard deviations, where it is held against a tolerance."""
GOOD, BEARABLE = 0.10, 0.30
"""Share of the spread below which the manual calls a gauge good, and above which it must not be used."""


@dataclass(frozen=True, slots=True)
class GaugeStudy:
    """Standard deviations, in the readings' unit."""

    repeatability: float
    """Of passes over one lane: the manual's EV."""
    reproducibility: float
    """Of lanes, and of lanes by fruit: its AV, with the interaction."""
    parts: float
    """Of the fruit themselves: its PV."""
    pooled: bool
    """The interaction was below nothing, and was counted as repeatability."""
    sums: dict[str, tuple[float, int]]
    """Sum of squares and degrees of freedom of parts, lanes, interaction, repeats."""

    @property
    def gauge(self) -> float:
        """Of the measuring: its GRR."""
        return float(np.hypot(self.repeatability, self.reproducibility))

    @property
    def total(self) -> float:
        """Of everything: its TV."""
        return float(np.hypot(self.gauge, self.parts))

    @property
    def share(self) -> float:
        """GRR over TV, 0-1: its %GRR."""
        return self.gauge / self.total if self.total else 0.0

    def share_of(self, tolerance: float) -> float:
        """Six gauge standard deviations over a `tolerance` in the readings' unit."""
        return IN_TOLERANCE * self.gauge / tolerance

    @property
    def categories(self) -> int:
        """Distinct categories, rounded down: its ndc."""
        return int(DISTINCT * self.parts / self.gauge) if self.gauge else np.iinfo(np.int64).max


def analyse(readings: Array) -> GaugeStudy:
    """Study `readings` (parts, lanes, passes). Raises `StudyError` where there are fewer than two parts or passes."""
    parts, lanes, passes = readings.shape
    if min(parts, passes) < 2:  # noqa: PLR2004 - two make a difference
        raise StudyError(
            f"{parts} fruit in {passes} passes: a study needs two of each at least, and tells little below ten fruit"
        )
    mean = readings.mean()
    by_part, by_lane, by_cell = readings.mean(axis=(1, 2)), readings.mean(axis=(0, 2)), readings.mean(axis=2)
    sums = {
        "parts": (lanes * passes * ((by_part - mean) ** 2).sum(), parts - 1),
        "lanes": (parts * passes * ((by_lane - mean) ** 2).sum(), lanes - 1),
        "interaction": (
            passes * ((by_cell - by_part[:, None] - by_lane + mean) ** 2).sum(),
            (parts - 1) * (lanes - 1),
        ),
        "repeats": (((readings - by_cell[..., None]) ** 2).sum(), parts * lanes * (passes - 1)),
    }
    squares = {name: total / freedom if freedom else 0.0 for name, (total, freedom) in sums.items()}
    error, against = squares["repeats"], squares["interaction"]
    # An estimate below 0 is none: then lanes differ by fruit no more than passes do, and both tell of the same spread.
    pooled = against <= error
    if pooled:
        freedom = sums["interaction"][1] + sums["repeats"][1]
        error = against = (sums["interaction"][0] + sums["repeats"][0]) / freedom
    of_interaction = max(against - error, 0) / passes
    of_lanes = max(squares["lanes"] - against, 0) / (parts * passes) if lanes > 1 else 0.0
    of_parts = max(squares["parts"] - against, 0) / (lanes * passes)
    return GaugeStudy(
        float(np.sqrt(error)),
        float(np.sqrt(of_lanes + of_interaction)),
        float(np.sqrt(of_parts)),
        bool(pooled),
        {name: (float(total), int(freedom)) for name, (total, freedom) in sums.items()},
    )
