"""One strawberry at rest on the belt, its parts joined."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.rendering import decay, skin
from models.rendering.calyx import draw_calyx
from models.rendering.form import Form, grow
from models.rendering.mesh import FLESH, MATTER, SKIN, Mesh, ball, join, normals_and_areas, part, scattered
from models.rendering.pose import draw_turn

Array = NDArray[np.float64]

IN_FULL, IN_SHORT = (100, 172), (60, 104)
"""Rings and sectors of the main fruit and of a neighbour: 0.5 and 0.9 mm on a fruit of 30 mm."""
_ABOVE_BELT_MM = 0.2


@dataclass(frozen=True, slots=True)
class Traits:
    """What one fruit is to be like."""

    breadth_mm: float
    red_share: float
    """Of what is seen of the flesh."""
    deformity: str | None = None
    decay: str | None = None
    decay_share: float = 0.0
    bruise_share: float = 0.0
    calyx: bool = True
    stem_mm: float = 1.0
    dry: float = 0.0
    wet: float = 0.0
    """0 dry; above 0.5 with droplets."""
    scar: bool = False
    soil: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Fruit:
    """A fruit on the belt, z up, mm."""

    mesh: Mesh
    diameter_mm: float
    stem: Array
    """(3,): where the axis leaves the flesh under the calyx."""
    apex: Array


def build(generator: np.random.Generator, traits: Traits, towards_eye: Array, detail: tuple[int, int]) -> Fruit:
    """A fruit like `traits` with its middle above the origin; `towards_eye` (3,) is where it is looked at from."""
    form = grow(generator.spawn(1)[0], traits.breadth_mm, traits.deformity, detail)
    rotation = draw_turn(generator.spawn(1)[0], form.points)
    seen = np.clip((form.normals @ rotation.T) @ towards_eye, 0, None) * form.areas
    seen[form.along < skin.UNDER_CALYX] = 0.0
    chance = generator.spawn(1)[0]
    look = skin.draw_skin(chance, form, seen, traits.red_share, traits.wet)
    if traits.scar:
        skin.scar(chance, form, look, seen)
    if traits.bruise_share:
        skin.bruise(chance, form, look, seen, traits.bruise_share)
    if traits.decay:
        decay.rot(chance, form, look, seen, traits.decay, traits.decay_share)
    if traits.soil:
        skin.soil(chance, form, look)
    points = form.points + form.normals * look.raised_mm[:, None]
    normals, _ = normals_and_areas(points, form.triangles)
    flesh = part(
        points, form.triangles, look.colour, finish=look.finish, fields=look.fields, label=FLESH, material=SKIN
    )
    facing = normals @ (towards_eye @ rotation) > -0.15  # noqa: PLR2004 - what is behind costs time and shows nothing
    parts = [flesh, _seeds(chance, form, look, points, normals, facing)]
    if look.fuzz.any():
        parts.append(_fuzz(chance, form, look, points, normals))
    if traits.wet > 0.5:  # noqa: PLR2004 - see Traits
        parts.append(_droplets(chance, look, points, normals, facing))
    if traits.calyx:
        parts.append(draw_calyx(generator.spawn(1)[0], form, stem_mm=traits.stem_mm, dry=traits.dry))
    whole = join(parts)
    lift = np.array([0.0, 0.0, -(points @ rotation[2]).min()])
    lift[:2] = -(rotation @ form.points.mean(axis=0))[:2]
    placed = whole.points @ rotation.T + lift
    placed[:, 2] = np.maximum(placed[:, 2], _ABOVE_BELT_MM)
    return Fruit(
        whole.at(placed), form.breadth_mm, rotation @ form.points[-2] + lift, rotation @ form.points[-1] + lift
    )


def _frames(generator: np.random.Generator, normals: Array, along: Array) -> Array:
    """(N, 3, 3): rows: along the meridian, across it, outward."""
    along = along - (along * normals).sum(axis=1, keepdims=True) * normals
    along = along + 0.15 * np.linalg.norm(along, axis=1, keepdims=True) * generator.normal(size=along.shape)
    along /= np.maximum(np.linalg.norm(along, axis=1, keepdims=True), 1e-9)
    return np.stack([along, np.cross(normals, along), normals], axis=1)


def _seeds(
    generator: np.random.Generator,
    form: Form,
    look: skin.Skin,
    points: Array,
    normals: Array,
    facing: NDArray[np.bool_],
) -> Mesh:
    """The achenes on the vertices that are `facing` (V,) the eye, in their dimples or standing out of them."""
    keep = (look.seed_size > 0) & facing[form.seeds]
    at = form.seeds[keep]
    size = look.seed_size[keep, None] * np.exp(generator.normal(0, 0.1, (len(at), 1)))
    half_axes = size * np.array([0.68, 0.42, 0.3]) * generator.uniform(0.75, 1.15)
    centres = points[at] + normals[at] * generator.uniform(-0.1, 0.2)
    frames = _frames(generator, normals[at], np.tile([1.0, 0, 0], (len(at), 1)))
    form_points, triangles, of = scattered(ball(3, 6), centres, frames, half_axes)
    finish = (generator.uniform(0.3, 0.6), 0.0, 0.0)
    return part(
        form_points, triangles, look.seed_colour[keep][of], finish=finish, fields=look.fields[at][of], label=FLESH,
        material=MATTER,
    )  # fmt: skip


def _fuzz(generator: np.random.Generator, form: Form, look: skin.Skin, points: Array, normals: Array) -> Mesh:
    """Hyphae: thin upright blades where mould stands."""
    weight = look.fuzz * form.areas
    count = int(min(2600, 2.2 * weight.sum() + 20))
    roots = generator.choice(len(points), count, p=weight / weight.sum())
    height = generator.gamma(4.0, 0.2, count) * generator.uniform(0.4, 1.3) * (0.4 + look.fuzz[roots])
    lean = normals[roots] + 0.45 * generator.normal(size=(count, 3))
    side = np.cross(lean, generator.normal(size=(count, 3)))
    side *= 0.09 / np.maximum(np.linalg.norm(side, axis=1, keepdims=True), 1e-9)
    foot = points[roots] + 0.3 * generator.normal(size=(count, 3)) * (1 - normals[roots] ** 2) - 0.1 * normals[roots]
    tip = foot + lean * height[:, None]
    blades = np.stack([foot - side, foot + side, tip + 0.6 * side, tip - 0.6 * side], axis=1).reshape(-1, 3)
    corner = 4 * np.arange(count)[:, None]
    triangles = np.concatenate([corner + np.array([0, 1, 2]), corner + np.array([0, 2, 3])])
    shade = look.fuzz_colour * np.exp(generator.normal(0, 0.2, (count, 1)))
    return part(
        blades, triangles, np.clip(np.repeat(shade, 4, axis=0), 0, 0.9), finish=(1.0, 0, 0),
        fields=np.repeat(look.fields[roots], 4, axis=0), label=FLESH, material=MATTER,
    )  # fmt: skip


def _droplets(
    generator: np.random.Generator, look: skin.Skin, points: Array, normals: Array, facing: NDArray[np.bool_]
) -> Mesh:
    """Drops of water: flat domes that show the skin under them darker, and a sharp highlight."""
    count = int(generator.integers(15, 140))
    at = generator.integers(0, len(points) - 2, count)
    at = at[(look.fuzz[at] < 0.2) & facing[at]]  # noqa: PLR2004 - mould keeps dry
    radius = np.clip(generator.gamma(2.0, 0.3, len(at)), 0.15, 2.2)[:, None]
    frames = _frames(generator, normals[at], np.tile([1.0, 0, 0], (len(at), 1)))
    sizes = radius * np.array([1.0, 1.0, generator.uniform(0.35, 0.6)])
    form_points, triangles, of = scattered(ball(5, 10), points[at], frames, sizes)
    return part(
        form_points, triangles, look.colour[at][of] * 0.8, finish=(0.03, 1.0, 0.0), fields=look.fields[at][of],
        label=FLESH, material=SKIN,
    )  # fmt: skip
