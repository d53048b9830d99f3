"""The flesh of one strawberry as it grew: body, seeds, and the ways it can grow wrong.

The family of forms is its own, not the twin's (grader/twin/shape.py), so that figures measured on the twin are not
measured on what the network learned from.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.rendering.mesh import Indices, capped, normals_and_areas
from models.rendering.noise import waves

Array = NDArray[np.float64]

FORMS = {
    # length / breadth, taper, waist, flat (height / width), wedge (flatter towards the apex)
    "conical": ((1.05, 1.4), (0.28, 0.7), (-0.08, 0.16), (0.84, 1.0), (0.0, 0.08)),
    "globose": ((0.88, 1.12), (0.02, 0.28), (-0.22, 0.0), (0.86, 1.0), (0.0, 0.05)),
    "wedge": ((0.95, 1.3), (0.05, 0.3), (-0.4, -0.1), (0.78, 0.92), (0.1, 0.3)),
    "long": ((1.3, 1.7), (0.15, 0.5), (-0.12, 0.12), (0.86, 1.0), (0.0, 0.1)),
    "flattened": ((0.9, 1.2), (0.12, 0.42), (-0.18, 0.05), (0.7, 0.86), (0.0, 0.1)),
}
DEFORMITIES = ("furrow", "cat-face", "double tip", "lopsided")
GOLDEN_ANGLE = np.pi * (3 - np.sqrt(5))


@dataclass(frozen=True, slots=True, eq=False)
class Form:
    """A body in its own frame, mm: x from the stem to the apex, y across its flat side, z through it."""

    name: str
    rings: int
    sectors: int
    points: Array
    """(V, 3): `rings` cross-sections of `sectors` points, then the stem's end and the apex."""
    triangles: Indices
    normals: Array
    """(V, 3), outward."""
    areas: Array
    """(V,), mm²."""
    scar: Array
    """(V,): 0-1, where a deformity left corky, crowded skin."""
    seeds: Indices
    """(A,): vertices on which a seed sits."""
    breadth_mm: float
    """Greatest width of a cross-section: the diameter."""
    length_mm: float

    @property
    def along(self) -> Array:
        """(V,): 0 at the stem, 1 at the apex."""
        share: Array = self.points[:, 0] / self.length_mm
        return share


def grow(generator: np.random.Generator, breadth_mm: float, deformity: str | None, detail: tuple[int, int]) -> Form:
    """A body about `breadth_mm` wide of `detail` rings and sectors."""
    name = str(generator.choice(list(FORMS), p=(0.42, 0.2, 0.14, 0.13, 0.11)))
    ratio, taper, waist, flat, wedge = (float(generator.uniform(*limits)) for limits in FORMS[name])
    rings, sectors = detail
    theta = np.linspace(0, np.pi, rings + 2)[1:-1]
    phi = np.linspace(0, 2 * np.pi, sectors, endpoint=False)
    height = -np.cos(theta)
    egg = np.sin(theta) * np.exp(-(taper * height + waist * height**2))
    radius = breadth_mm / 2 * egg / egg.max()
    length = ratio * breadth_mm
    shoulder = generator.uniform(0.0, 0.07) * np.exp(-((theta / 0.45) ** 2))
    x = length * ((1 + height) / 2 + shoulder)
    grown = np.empty((rings, sectors, 3))
    grown[..., 0] = x[:, None]
    grown[..., 1] = radius[:, None] * np.cos(phi)
    grown[..., 2] = (radius * flat * (1 - wedge * (1 + height) / 2))[:, None] * np.sin(phi)
    bend = generator.normal(0, 0.02, 2) * length
    grown[..., 1:] += (np.sin(theta) ** 2)[:, None, None] * bend
    lumps = generator.uniform(0.006, 0.03) * waves(generator, grown.reshape(-1, 3) / breadth_mm, 0.7)
    lumps += generator.uniform(0.0, 0.01) * waves(generator, grown.reshape(-1, 3) / breadth_mm, 0.25)
    grown[..., 1:] *= (1 + lumps.reshape(rings, sectors) * np.sin(theta)[:, None] ** 0.5)[..., None]
    scar = np.zeros((rings, sectors))
    if deformity:
        grown, scar = deformed(generator, grown, theta, phi, deformity)
    poles = np.stack([grown[0].mean(axis=0), grown[-1].mean(axis=0)])
    points = np.concatenate([grown.reshape(-1, 3), poles])
    grown, points = grown - [poles[0, 0], 0, 0], points - [poles[0, 0], 0, 0]
    triangles = capped(rings, sectors)[:, ::-1]
    normals, areas = normals_and_areas(points, triangles)
    if np.einsum("ij,ij->", normals, points - points.mean(axis=0)) < 0:
        normals, triangles = -normals, triangles[:, ::-1]
    whole_scar = np.append(scar.ravel(), (scar[0].mean(), scar[-1].mean()))
    return Form(
        name,
        rings,
        sectors,
        points,
        triangles,
        normals,
        areas,
        whole_scar,
        _seeds(generator, areas, whole_scar, detail, breadth_mm),
        widest(grown),
        float(points[:, 0].max()),
    )


def deformed(generator: np.random.Generator, grown: Array, theta: Array, phi: Array, kind: str) -> tuple[Array, Array]:
    """The same body grown wrong, and where that left a scar: (R, S), 0-1."""
    grown = grown.copy()
    length = grown[..., 0].max()
    towards_apex = np.clip((1 - np.cos(theta)) / 2, 0, 1)[:, None]
    scar = np.zeros(grown.shape[:2])
    if kind == "furrow":
        for _ in range(int(generator.integers(1, 4))):
            turn = (phi - generator.uniform(0, 2 * np.pi) + np.pi) % (2 * np.pi) - np.pi
            groove = np.exp(-((turn / generator.uniform(0.14, 0.4)) ** 2))[None, :] * towards_apex ** generator.uniform(
                0.3, 1.2
            )
            grown[..., 1:] *= (1 - generator.uniform(0.15, 0.4) * groove)[..., None]
            grown[..., 0] -= generator.uniform(0, 0.08) * length * groove * towards_apex**3
    elif kind == "double tip":
        axis = generator.uniform(0, np.pi)
        out = np.cos(phi - axis)[None, :] * np.sin(theta)[:, None] ** 0.4
        fan = generator.uniform(0.35, 0.8) * towards_apex
        grown[..., 1] *= 1 + fan * abs(np.cos(axis))
        grown[..., 2] *= 1 + fan * abs(np.sin(axis)) * 0.6
        cleft = np.exp(-((out / generator.uniform(0.25, 0.5)) ** 2)) * towards_apex**2.5
        grown[..., 0] -= generator.uniform(0.18, 0.4) * length * cleft
        scar = np.clip(cleft - 0.75, 0, 1) * 3
    elif kind == "cat-face":
        blunt = np.clip((towards_apex - generator.uniform(0.4, 0.65)) / 0.35, 0, 1)
        grown[..., 0] -= blunt**2 * generator.uniform(0.1, 0.3) * length
        flat_points = grown.reshape(-1, 3)
        ridges = waves(generator, flat_points, generator.uniform(0.18, 0.4) * length).reshape(scar.shape)
        creases = np.clip(1 - np.abs(ridges) * 1.6, 0, 1)
        grown[..., 1:] *= (1 + blunt * (0.16 - 0.3 * creases))[..., None]
        grown[..., 0] -= blunt * creases * 0.07 * length
        scar = np.clip(blunt * (0.35 + creases), 0, 1) * np.ones_like(scar)
    else:  # lopsided: one side got no pollen, stayed small and is crowded with seeds
        turn = (phi - generator.uniform(0, 2 * np.pi) + np.pi) % (2 * np.pi) - np.pi
        side = (
            np.exp(-((turn / generator.uniform(0.6, 1.0)) ** 2))[None, :] * np.sin(theta)[:, None] * towards_apex**0.5
        )
        grown[..., 1:] *= (1 - generator.uniform(0.35, 0.6) * side)[..., None]
        direction = generator.uniform(0, 2 * np.pi)
        lean = generator.uniform(0.12, 0.25) * length * towards_apex**2
        grown[..., 1] += lean * np.cos(direction)
        grown[..., 2] += lean * np.sin(direction)
        scar = np.clip(side * 1.3 - 0.5, 0, 1)
    return grown, np.clip(scar, 0, 1)


def widest(grown: Array) -> float:
    """Greatest width, mm, of any of the cross-sections (R, S, 3): the greatest caliper of the section's points."""
    angles = np.linspace(0, np.pi, 36, endpoint=False)
    shadows = grown[..., 1:] @ np.stack([np.cos(angles), np.sin(angles)])
    return float((shadows.max(axis=1) - shadows.min(axis=1)).max())


def _seeds(
    generator: np.random.Generator, areas: Array, scar: Array, detail: tuple[int, int], breadth_mm: float
) -> Indices:
    """The spirals of a sunflower by area from stem to apex, with some disorder; denser where growth stopped."""
    rings, sectors = detail
    weight = (areas * (1 + 2 * scar))[: rings * sectors].reshape(rings, sectors)
    spacing = generator.uniform(2.5, 3.8) * (breadth_mm / 30) ** 0.5
    count = int(weight.sum() / spacing**2)
    by_ring = np.cumsum(weight.sum(axis=1)) / weight.sum()
    nth = np.arange(round(0.03 * count), round(0.995 * count))
    place = (nth + 0.5 + generator.normal(0, 0.5, len(nth))) / count
    turns = GOLDEN_ANGLE * nth + generator.normal(0, 0.1, len(nth))
    ring = np.clip(np.searchsorted(by_ring, place), 2, rings - 2)
    sector = np.round(turns / (2 * np.pi) * sectors).astype(np.int64) % sectors
    vertices: Indices = ring * sectors + sector
    return vertices
