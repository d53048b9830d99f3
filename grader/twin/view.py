"""The way of a point on the belt into the picture, and the outline of a body there."""

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from grader.twin.mesh import Mesh
from grader.vision.calibration import BeltPlane, Camera

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """A camera and the belt that it looks at."""

    camera: Camera
    belt: BeltPlane

    @property
    def eye(self) -> Array:
        """(3,), mm: the camera's centre in the belt's frame."""
        return camera_centre(self.belt)


def undistorted(camera: Camera) -> Camera:
    """The same camera with a perfect lens: what a picture would show after undistortion with the same matrix."""
    return replace(camera, distortion=np.zeros(5))


def project(points_mm: Array, camera: Camera, belt: BeltPlane) -> Array:
    """(N, 2) px: where the camera, distortion included, sees `points_mm`, (N, 3) in the belt's frame."""
    turn, _ = cv2.Rodrigues(belt.rotation)
    pixels, _ = cv2.projectPoints(
        np.ascontiguousarray(points_mm), turn, belt.translation_mm, camera.matrix, camera.distortion
    )
    return np.asarray(pixels.reshape(-1, 2), dtype=np.float64)


def on_belt(pixels: Array, camera: Camera, belt: BeltPlane, height_mm: float = 0.0) -> Array:
    """(N, 2) mm: which points at `height_mm` above the belt appear at `pixels`, (N, 2)."""
    rays = cv2.undistortPoints(np.ascontiguousarray(pixels[:, None, :]), camera.matrix, camera.distortion)
    directions = np.concatenate([rays[:, 0, :], np.ones((len(pixels), 1))], axis=1) @ belt.rotation
    eye = camera_centre(belt)
    reach = (height_mm - eye[2]) / directions[:, 2]
    found: Array = eye[:2] + reach[:, None] * directions[:, :2]
    return found


def camera_centre(belt: BeltPlane) -> Array:
    """(3,), mm, in the belt's frame."""
    centre: Array = -belt.rotation.T @ belt.translation_mm
    return centre


def outline(surface: Mesh, camera: Camera, belt: BeltPlane, rays: int = 720) -> Array:
    """(rays, 2) px: the outline of a closed `surface` in the belt's frame, at equal angles about its middle there.

    Exact for the facets: the outline of a polyhedron is made of those edges whose one facet faces the camera while the
    other turns away; along each ray from the middle the farthest of them is the outline. The middle must see the
    whole outline (it does for any fruit). The angle starts at +x and turns towards +y.
    """
    pixels = project(surface.vertices, camera, belt)
    return outline_of(surface, pixels, facing(surface, pixels), rays)


def outline_of(surface: Mesh, pixels: Array, towards: NDArray[np.bool_], rays: int = 720) -> Array:
    """The same where the vertices are known to appear at `pixels`, (N, 2), and `towards`, (M,), facets to be facing."""
    start, end, one, other = surface.edges.T
    rim = towards[one] != towards[other]
    start, end = start[rim], end[rim]
    middle = (pixels[start].min(axis=0) + pixels[start].max(axis=0)) / 2
    found: Array = _farthest(pixels[start] - middle, pixels[end] - middle, rays) + middle
    return found


def facing(surface: Mesh, pixels: Array) -> NDArray[np.bool_]:
    """(M,): which facets face the camera, given where it sees the vertices.

    Belt z points to the camera and the picture's y down, so that a facet that faces the camera turns anticlockwise on
    the belt and has a negative area in the picture.
    """
    a, b, c = (pixels[surface.triangles[:, corner]] for corner in range(3))
    u, v = b - a, c - a
    towards: NDArray[np.bool_] = u[:, 0] * v[:, 1] - u[:, 1] * v[:, 0] < 0
    return towards


def _farthest(start: Array, end: Array, rays: int) -> Array:
    """(rays, 2): along each of `rays` directions from the origin, the farthest crossing with the edges."""
    step = 2 * np.pi / rays
    first = np.arctan2(start[:, 1], start[:, 0])
    swing = np.arctan2(
        start[:, 0] * end[:, 1] - start[:, 1] * end[:, 0], np.einsum("ij,ij->i", start, end)
    )  # signed angle from start to end, as the origin sees it
    low = np.minimum(first, first + swing)
    begin = np.ceil(low / step).astype(np.int64)
    count = np.floor((low + np.abs(swing)) / step).astype(np.int64) - begin + 1
    edge = np.repeat(np.arange(len(start)), count)
    index = begin[edge] + np.arange(len(edge)) - np.repeat(np.cumsum(count) - count, count)
    along = np.stack([np.cos(index * step), np.sin(index * step)], axis=1)
    normal = np.stack([end[:, 1] - start[:, 1], start[:, 0] - end[:, 0]], axis=1)
    reach = np.einsum("ij,ij->i", normal, start)[edge] / np.einsum("ij,ij->i", normal[edge], along)
    farthest = np.zeros(rays)
    np.maximum.at(farthest, index % rays, reach)
    angles = np.arange(rays) * step
    rim: Array = farthest[:, None] * np.stack([np.cos(angles), np.sin(angles)], axis=1)
    return rim
