"""What a body in its pose truly measures, computed from its surface; the terms are those of `rendered-belt`."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from grader.twin.mesh import Mesh
from grader.twin.pose import Pose

Array = NDArray[np.float64]

_DIRECTIONS = 120
"""Calliper directions over half a turn: the greatest width is missed by at most 1 - cos(0.75°) = 0.01 %."""


@dataclass(frozen=True, slots=True)
class Size:
    """The flesh alone, without calyx; belt frame, mm and radians."""

    diameter_mm: float
    """Greatest width of any cross-section at right angles to the stem-apex axis."""
    width_mm: float
    """Greatest horizontal width across the axis: all that one view from above can show."""
    length_mm: float
    """Along the axis."""
    volume_mm3: float
    equator_z_mm: float
    """Height of the widest points (those that `width_mm` lies between) above the belt, the mean of both sides."""
    centre_mm: tuple[float, float, float]
    """Centre of volume."""
    axis_xy: tuple[float, float]
    """Stem → apex as seen from above; its length is cos(pitch)."""
    yaw: float
    pitch: float
    """Above 0: the apex points down."""


def diameter_mm(mesh: Mesh, sectors: int) -> float:
    """Greatest width of a cross-section of a body made of plane rings of `sectors` points."""
    angles = np.arange(_DIRECTIONS) * np.pi / _DIRECTIONS
    rings = mesh.vertices[:, 1:].reshape(-1, sectors, 2)
    rough = np.linalg.norm(rings - rings.mean(axis=1, keepdims=True), axis=2).max(axis=1)
    wide = rings[rough > 0.85 * rough.max()]
    across = np.stack([np.cos(angles), np.sin(angles)], axis=1) @ wide.transpose(0, 2, 1)
    return float((across.max(axis=2) - across.min(axis=2)).max())


def measure(mesh: Mesh, pose: Pose, sectors: int) -> Size:
    """The truth about a body made of plane rings of `sectors` points (as `solid` makes it), lying in `pose`."""
    volume, centre = mesh.volume_and_centre
    axis = pose.rotation[:, 0]
    yaw = np.arctan2(axis[1], axis[0])
    placed = pose.place(mesh.vertices)
    across = placed[:, :2] @ np.array([-np.sin(yaw), np.cos(yaw)])
    x = mesh.vertices[:, 0]
    middle = pose.place(centre)
    return Size(
        diameter_mm=diameter_mm(mesh, sectors),
        width_mm=float(across.max() - across.min()),
        length_mm=float(x.max() - x.min()),
        volume_mm3=volume,
        equator_z_mm=(_height_of_peak(across, placed[:, 2]) + _height_of_peak(-across, placed[:, 2])) / 2,
        centre_mm=(float(middle[0]), float(middle[1]), float(middle[2])),
        axis_xy=(float(axis[0]), float(axis[1])),
        yaw=float(yaw),
        pitch=float(-np.arcsin(axis[2])),
    )


def _height_of_peak(across: Array, z: Array) -> float:
    """Height at which `across` is greatest: the mean over the cap within 0.4 % of it (vertices lie 0.5 mm apart)."""
    depth = 0.004 * (across.max() - across.min())
    weights = across - (across.max() - depth)
    cap = np.nonzero(weights > 0)[0]
    return float((weights[cap] * z[cap]).sum() / weights[cap].sum())
