"""The check at the start of a shift: spheres of known size and a patch of known colour pass the camera."""

import numpy as np

from grader.line.commands import SphereCheck
from grader.line.figures import Figure, figure
from grader.line.profile import DISTINCT_MM, References
from grader.line.tracking import Track

FEWEST_VIEWS = 2
"""A piece is judged by the median of so many views at least."""


class ReferenceCheck:
    """Collects what is seen of the pieces; once all have passed, the check has passed or failed."""

    def __init__(self, references: References, result: SphereCheck = SphereCheck.DUE) -> None:
        self.result = result
        self.spheres_mm: dict[float, float] = {}
        """As measured, by the true diameter; of the last check, or of the one under way."""
        self.patch_red: float | None = None
        self._references = references

    @property
    def wanted(self) -> References:
        """What the pieces are, and how well they have to be measured."""
        return self._references

    def take(self, track: Track) -> bool:
        """Whether `track` is one of the pieces, which are no fruit. After a check has passed, nothing is."""
        if self.result is SphereCheck.PASSED:
            return False
        views = np.array([(frame.round_mm[row], frame.round_red[row]) for frame, row in track.frames])
        views = views[~np.isnan(views).any(axis=1)]
        if len(views) < FEWEST_VIEWS:
            return False
        size_mm, red = np.median(views, axis=0)
        if not self._note(float(size_mm), float(red)):
            return False
        if self.patch_red is not None and len(self.spheres_mm) == len(self._references.sphere_mm):
            self.result = SphereCheck.PASSED if self._within() else SphereCheck.FAILED
        return True

    def expire(self) -> None:
        """A new shift begins."""
        self.result = SphereCheck.DUE
        self.spheres_mm, self.patch_red = {}, None

    def findings(self) -> dict[str, object]:
        """What JSON can say of the last check."""
        spheres = {f"{true_mm:g}": round(mm, 3) for true_mm, mm in sorted(self.spheres_mm.items())}
        red = None if self.patch_red is None else round(self.patch_red, 4)
        return {"result": self.result.value, "spheres_mm": spheres, "patch_red": red, "figures": self._figures()}

    def _figures(self) -> list[Figure]:
        """Scale and colour with their limits, as they were when it was checked."""
        within_mm, red = self._references.sphere_within_mm, self._references.patch_red
        within = self._references.patch_within
        found = [
            figure("scale_mm", f"{true_mm:g}", mm - true_mm, -within_mm, within_mm)
            for true_mm, mm in sorted(self.spheres_mm.items())
        ]
        if self.patch_red is not None:
            found.append(figure("colour", None, self.patch_red, red - within, red + within))
        return found

    def _note(self, size_mm: float, red: float) -> bool:
        if self.result is SphereCheck.FAILED:
            self.expire()
        largest_mm = self._references.sphere_mm[-1]
        if (largest_mm + self._references.patch_mm) / 2 < size_mm < self._references.patch_mm + DISTINCT_MM:
            self.patch_red = red
            return True
        true_mm = min(self._references.sphere_mm, key=lambda mm: abs(mm - size_mm))
        if abs(true_mm - size_mm) >= DISTINCT_MM / 2:
            return False
        self.spheres_mm[true_mm] = size_mm
        return True

    def _within(self) -> bool:
        references = self._references
        sizes_fit = all(abs(mm - true_mm) <= references.sphere_within_mm for true_mm, mm in self.spheres_mm.items())
        red = self.patch_red
        return sizes_fit and red is not None and abs(red - references.patch_red) <= references.patch_within
