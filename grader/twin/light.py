"""The lamps over the belt: how much light leaves a surface towards the camera."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

_AIR_TO_SKIN = 0.04
"""Share reflected at right angles, refractive index 1.5 (Fresnel)."""


@dataclass(frozen=True, slots=True, eq=False)
class Light:
    """A white tent over the belt with bright panels in it."""

    gradient_per_mm: tuple[float, float]
    """Relative change of the light along x and y of the belt."""
    panels: Array
    """(P, 5), mm: middle x, y and z, half length along x and along y."""
    glare: float
    """Brightness of a panel over that of white paper on the belt."""
    even: float
    """Share of the light that comes from everywhere above; the rest comes straight down."""
    from_belt: float
    """Share of the light that the belt gives back."""


def draw_light(generator: np.random.Generator, from_belt: float) -> Light:
    """Two long panels on both sides of the camera, or four short ones; a gradient of up to 25 % over 300 mm.

    `from_belt`: the belt's reflectance.
    """
    height = generator.uniform(380, 650)
    if generator.uniform() < 0.5:  # noqa: PLR2004 - even odds
        panels = [(0.0, side * generator.uniform(110, 200), height, 200.0, 25.0) for side in (-1, 1)]
    else:
        panels = [(x * 140.0, y * 120.0, height, 40.0, 30.0) for x in (-1, 1) for y in (-1, 1)]
    slope = generator.uniform(-1, 1, 2) * 0.25 / 300
    return Light(
        (float(slope[0]), float(slope[1])),
        np.array(panels),
        glare=float(generator.uniform(8, 20)),
        even=float(generator.uniform(0.45, 0.75)),
        from_belt=from_belt,
    )


def level(light: Light, xy_mm: Array) -> Array:
    """(...): brightness over the belt at `xy_mm`, (..., 2); 1 at the origin."""
    gradient: Array = 1 + xy_mm @ np.array(light.gradient_per_mm)
    return np.clip(gradient, 0.3, 2.0)


def diffuse(light: Light, points: Array, normals: Array) -> Array:
    """(N,): irradiance on matt surfaces, 1 on the empty belt at the origin.

    A surface that leans by the angle t sees (1 + cos t) / 2 of an even sky and (1 - cos t) / 2 of the belt, which its
    own shadow darkens where it is near, within 15 mm.
    """
    up = normals[:, 2]
    sky = (1 + up) / 2
    clearance = np.clip(points[:, 2] / 15.0, 0.0, 1.0)
    from_belt = light.from_belt * (1 - up) / 2 * clearance
    total: Array = level(light, points[:, :2]) * (light.even * sky + (1 - light.even) * np.maximum(up, 0.0) + from_belt)
    return total


def specular(light: Light, points: Array, normals: Array, eye: Array, roughness: float) -> Array:
    """(N,): light of the panels and the tent mirrored by a smooth skin, in units of white paper on the belt.

    The mirrored line of sight is followed to the height of each panel; `roughness`, radians, softens the panel's edge.
    """
    sight = eye - points
    sight /= np.linalg.norm(sight, axis=1, keepdims=True)
    facing = np.einsum("ij,ij->i", sight, normals)
    mirrored = 2 * facing[:, None] * normals - sight
    fresnel = _AIR_TO_SKIN + (1 - _AIR_TO_SKIN) * np.clip(1 - facing, 0, 1) ** 5
    upward = np.maximum(mirrored[:, 2], 0.05)
    shine = 0.4 * np.clip(mirrored[:, 2], 0.0, 1.0)
    for x, y, z, half_x, half_y in light.panels:
        reach = (z - points[:, 2]) / upward
        soft = roughness * reach
        inside_x = np.clip((half_x - np.abs(points[:, 0] + reach * mirrored[:, 0] - x)) / soft + 0.5, 0, 1)
        inside_y = np.clip((half_y - np.abs(points[:, 1] + reach * mirrored[:, 1] - y)) / soft + 0.5, 0, 1)
        shine += light.glare * inside_x * inside_y * (mirrored[:, 2] > 0)
    found: Array = fresnel * shine
    return found


def hidden_sky(points: Array, normals: Array, balls: Array) -> Array:
    """(N,), 0-1: share of the light that a body made of `balls`, (B, 4), mm: centre and radius, keeps from a point.

    A ball of radius R at distance d takes cos t · R² / d² of the light on a surface that sees all of it (a sphere's
    form factor); the ball that takes most counts.
    """
    taken = np.zeros(len(points))
    for ball in balls:
        arm = ball[:3] - points
        distance = np.maximum(np.linalg.norm(arm, axis=1), ball[3])
        lean = np.clip(np.einsum("ij,ij->i", arm, normals) / distance, 0, 1)
        taken = np.maximum(taken, lean * (ball[3] / distance) ** 2)
    return taken
