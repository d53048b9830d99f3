"""The flesh of one strawberry at rest on the belt, and its exact truth."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from grader.twin.mesh import Mesh
from grader.twin.pose import Pose, equilibrium, lay
from grader.twin.shape import SECTORS, Shape, solid
from grader.twin.truth import Size, measure
from grader.twin.variety import Variety, draw_shape

Array = NDArray[np.float64]

_PROPPED_DEG = (2.0, 6.0)
"""Calyx leaves and stem keep pitch and roll this far (standard deviations) from where the bare flesh would rest."""
_STEEPEST = np.radians(50)
"""A body whose rest is steeper stands on its end: the calyx would not let it."""


@dataclass(frozen=True, eq=False)
class Body:
    """A shape, its solid in its own frame, and how it lies."""

    shape: Shape
    mesh: Mesh
    """In the body's own frame."""
    pose: Pose

    @cached_property
    def surface(self) -> Mesh:
        """The solid in the belt's frame."""
        return self.mesh.moved(self.pose.place(self.mesh.vertices))

    @cached_property
    def size(self) -> Size:
        """The truth."""
        return measure(self.mesh, self.pose, SECTORS)

    @cached_property
    def balls(self) -> Array:
        """(3, 4): centres and radii, mm, of three balls that roughly fill the body, from the stem on: for shadows."""
        rings = self.mesh.vertices.reshape(-1, SECTORS, 3)
        middles = rings.mean(axis=1)
        radii = np.linalg.norm(rings[..., 1:] - middles[:, None, 1:], axis=2).min(axis=1)
        x = middles[:, 0] / self.shape.length_mm
        nth = np.searchsorted(x[1:], (0.3, 0.48, 0.7)) + 1
        return np.concatenate([self.pose.place(middles[nth]), radii[nth, None]], axis=1)

    def moved(self, by_mm: tuple[float, float]) -> "Body":
        """The same body lying elsewhere on the belt."""
        return Body(self.shape, self.mesh, self.pose.moved(by_mm))

    def laid_anew(self, generator: np.random.Generator) -> "Body":
        """The same body after it was picked up: on either of its flat sides, its apex anywhere."""
        while True:
            rest = equilibrium(self.mesh, near_roll=float(generator.choice((0.0, np.pi))))
            pitch, roll = rest + np.radians(generator.normal(0, _PROPPED_DEG))
            if abs(pitch) < _STEEPEST:
                break
        heading = float(generator.uniform(0, 2 * np.pi))
        return Body(self.shape, self.mesh, lay(self.mesh, (heading, float(pitch), float(roll)), (0.0, 0.0)))


def draw_body(
    generator: np.random.Generator, variety: Variety, xy_mm: tuple[float, float] = (0.0, 0.0), yaw: float | None = None
) -> Body:
    """A body of the lot, lying on its side above `xy_mm`, its apex towards `yaw` (radians; None: anywhere)."""
    while True:
        shape = draw_shape(generator, variety)
        mesh = solid(shape)
        pitch, roll = equilibrium(mesh) + np.radians(generator.normal(0, _PROPPED_DEG))
        if abs(pitch) < _STEEPEST:
            break
    heading = float(generator.uniform(0, 2 * np.pi)) if yaw is None else yaw
    return Body(shape, mesh, lay(mesh, (heading, float(pitch), float(roll)), xy_mm))
