"""A strawberry's skin: where it is red and where pale, its seeds, its gloss."""

from dataclasses import dataclass
from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from grader.twin.body import Body
from grader.twin.mesh import vertex_areas, vertex_normals
from grader.twin.rot import Rot, draw_rot
from grader.twin.shape import SECTORS

Array = NDArray[np.float64]

Share = Annotated[float, Field(ge=0, le=1)]
UNDER_CALYX = 0.05
"""What the calyx hides, as a share of the length from the stem: with it rendered fruit are as red as drawn."""
GOLDEN_ANGLE = np.pi * (3 - np.sqrt(5))

RED, DEEP_RED = np.array([0.62, 0.035, 0.03]), np.array([0.36, 0.012, 0.018])
PALE, GREENISH = np.array([0.74, 0.66, 0.42]), np.array([0.6, 0.66, 0.34])
YELLOW_SEED, RED_SEED = np.array([0.72, 0.47, 0.1]), np.array([0.42, 0.1, 0.03])
"""Reflectances in linear RGB, set by eye."""


class Ripeness(BaseModel):
    """How red the fruit of a lot are: the red share of the flesh that is seen from above, as maturity is defined."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    window: tuple[Share, Share] = (0.8, 0.9)
    """Both ends inside."""
    in_window: Share = 0.78
    """Share of the fruit that lie in it, evenly."""
    above: Share = 0.6
    """Share of the others that lie above it; half of those are red all over."""
    palest: Share = 0.3
    """The least red share."""
    rotten: Share = 0.01
    """Share of the fruit that have a rotten or mouldy spot, wherever it sits: below it is not seen."""


@dataclass(frozen=True, slots=True, eq=False)
class Skin:
    """What the optics must know of the surface of one body."""

    surface_red: float
    """Red share of the surface's area."""
    margin: Array
    """(N,): for each vertex of the body, how far it is on the red side of the border, in lengths of the fruit."""
    border: float
    """Over which margin to either side the colours run into each other."""
    red: Array
    """(3,): linear RGB reflectance, as the two below."""
    pale: Array
    seed: Array
    seeds: NDArray[np.int64]
    """(A,): vertices at which a seed sits."""
    gloss: float
    """0 (dry) to 1 (wet)."""
    rot: Rot | None = None
    """None: it is sound."""


def draw_skin(generator: np.random.Generator, body: Body, ripeness: Ripeness) -> Skin:
    """A skin for `body`: pale about the calyx, less so on the sunny side, with a wavy border."""
    target = draw_red_share(generator, ripeness)
    field = _sunniness(generator, body)
    areas = vertex_areas(body.mesh)
    border = _weighted_quantile(field, areas * _shown(body), 1 - target)
    margin = field - border
    chance = generator.spawn(1)[0]  # so that the other fruit do not depend on how many are rotten
    dark, green, brown = generator.uniform(0, 1), generator.uniform(0, 1), generator.uniform(0, 1)
    return Skin(
        surface_red=float(areas[margin > 0].sum() / areas.sum()),
        margin=margin,
        border=float(generator.uniform(0.02, 0.08)),
        red=RED + dark * (DEEP_RED - RED),
        pale=PALE + green * (GREENISH - PALE),
        seed=YELLOW_SEED + brown * (RED_SEED - YELLOW_SEED),
        seeds=_draw_seeds(generator, body, areas),
        gloss=float(generator.uniform(0.3, 1.0)),
        rot=draw_rot(chance, body, areas) if chance.uniform() < ripeness.rotten else None,
    )


def draw_red_share(generator: np.random.Generator, ripeness: Ripeness) -> float:
    """The red share of one fruit of the lot."""
    low, high = ripeness.window
    if generator.uniform() < ripeness.in_window:
        return float(generator.uniform(low, high))
    if generator.uniform() >= ripeness.above:
        return float(generator.uniform(min(ripeness.palest, low), low))
    return 1.0 if generator.uniform() < 0.5 else float(generator.uniform(high, 1.0))  # noqa: PLR2004 - half


def _sunniness(generator: np.random.Generator, body: Body) -> Array:
    """(N,): rises from the stem, 0, to the apex, 1, and towards one side; the red ends at a level of it."""
    rings = body.mesh.vertices.reshape(-1, SECTORS, 3)
    around = np.linspace(0, 2 * np.pi, SECTORS, endpoint=False)
    side = generator.uniform(0, 0.22) * np.cos(around - generator.uniform(0, 2 * np.pi))
    waves = sum(
        generator.normal(0, 0.02) * np.cos(turns * around + generator.uniform(0, 2 * np.pi)) for turns in (2, 3, 5, 7)
    )
    along = rings[..., 0] / body.shape.length_mm
    radius = np.linalg.norm(rings[..., 1:], axis=2)
    field: Array = along + (side + waves) * (radius / radius.max())
    return field.ravel()


def _shown(body: Body) -> Array:
    """(N,): how much of its area each vertex shows to an eye far above; what the calyx hides shows nothing."""
    upward = np.clip(vertex_normals(body.surface)[:, 2], 0, None)
    along = body.mesh.vertices[:, 0] / body.shape.length_mm
    return np.where(along < UNDER_CALYX, 0.0, upward)


def _weighted_quantile(values: Array, weights: Array, share: float) -> float:
    """The value below which `share` of the weight lies; below all values for 0."""
    order = np.argsort(values)
    if share <= 0:
        return float(values[order[0]]) - 1.0
    below = np.cumsum(weights[order]) / weights.sum()
    return float(np.interp(share, below, values[order]))


def _draw_seeds(generator: np.random.Generator, body: Body, areas: Array) -> NDArray[np.int64]:
    """Vertices for the seeds: the spirals of a sunflower by area from stem to apex, with some disorder."""
    spacing = generator.uniform(2.6, 3.6) * (body.shape.breadth_mm / 30) ** 0.4
    count = int(areas.sum() / spacing**2)
    by_ring = np.cumsum(areas.reshape(-1, SECTORS).sum(axis=1)) / areas.sum()
    nth = np.arange(round(0.02 * count), round(0.995 * count))  # none under the calyx, none in the very tip
    place = (nth + 0.5 + generator.normal(0, 0.6, len(nth))) / count
    turns = GOLDEN_ANGLE * nth + generator.normal(0, 0.08, len(nth))
    ring = np.minimum(np.searchsorted(by_ring, place), len(by_ring) - 1)
    sector = np.round(turns / (2 * np.pi) * SECTORS).astype(np.int64) % SECTORS
    vertices: NDArray[np.int64] = ring * SECTORS + sector
    return vertices
