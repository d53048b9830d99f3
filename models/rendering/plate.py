"""One plate before it is rendered: what lies where, the light, the mask and the truth."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.rendering.belt import SIDE, Belt, draw_belt
from models.rendering.eye import SIDE_PX, Eye, look, upwards
from models.rendering.fruit import IN_FULL, IN_SHORT, Fruit, build
from models.rendering.light import Light, draw_light
from models.rendering.mesh import BRUISE, FLESH, PALE, RED, ROT, Mesh, join
from models.rendering.others import draw_other
from models.rendering.raster import rasterise
from models.rendering.recipe import Recipe

Array = NDArray[np.float64]
Mask = NDArray[np.uint8]


@dataclass(frozen=True, slots=True, eq=False)
class Plate:
    """All that the renderer needs, and what the picture will show."""

    recipe: Recipe
    mesh: Mesh
    """Everything that lies on the belt; `number` 1 is the main thing."""
    eye: Eye
    belt: Belt
    belt_mm: float
    """Side of the belt's texture, which is centred below the main thing."""
    light: Light
    mask: Mask
    """(SIDE_PX, SIDE_PX, 3): class, object number, 0."""
    truth: dict[str, Any]
    """The plate's line of truth.jsonl."""


def compose(recipe: Recipe) -> Plate:
    """The plate of a recipe."""
    main, fruit = _main(recipe)
    things = [("fruit" if fruit else recipe.kind, main)] if len(main.points) else []
    things += _company(recipe, main)
    mesh = join([mesh.numbered(nth) for nth, (_, mesh) in enumerate(things, start=1)])
    framed = main.points if len(main.points) else np.array([[-20.0, -20, 0], [20, 20, 10]])
    eye = look(recipe, framed)
    view_mm = SIDE_PX / eye.focal_px * recipe.distance_mm
    belt_mm = 1.7 * view_mm
    belt = draw_belt(recipe.chance(5), belt_mm / SIDE)
    light = draw_light(recipe.chance(6), recipe.distance_mm)
    mask, whole_px, seen_px = see(mesh, eye)
    truth = {
        "seed": recipe.seed,
        "index": recipe.index,
        "kind": recipe.kind,
        "objects": {str(nth): kind for nth, (kind, _) in enumerate(things, start=1)},
        **_fruit_truth(recipe, fruit, eye, mask, whole_px, seen_px),
        **_scene_truth(recipe, eye, belt, light),
    }
    return Plate(recipe, mesh, eye, belt, belt_mm, light, mask, truth)


def _main(recipe: Recipe) -> tuple[Mesh, Fruit | None]:
    if recipe.main is None:
        return draw_other(recipe.chance(2), recipe.kind), None
    fruit = build(recipe.chance(2), recipe.main, upwards(recipe), IN_FULL)
    return fruit.mesh, fruit


def _company(recipe: Recipe, main: Mesh) -> list[tuple[str, Mesh]]:
    """Other fruit and leaves about the main thing: beside it, touching it, or over it."""
    generator = recipe.chance(3)
    azimuth = generator.uniform(0, 2 * np.pi)
    company: list[tuple[str, Mesh]] = []
    for nth, traits in enumerate(recipe.neighbours):
        fruit = build(recipe.chance(10 + nth), traits, upwards(recipe), IN_SHORT)
        over = recipe.covering and nth == 0
        company.append(("fruit", _beside(generator, fruit.mesh, main, azimuth, over=over)))
        azimuth += np.radians(generator.uniform(75, 130))
    for nth in range(recipe.leaves):
        leaf = draw_other(recipe.chance(20 + nth), "leaf")
        over = recipe.covering and not recipe.neighbours
        company.append(("leaf", _beside(generator, leaf, main, azimuth, over=over)))
        azimuth += np.radians(generator.uniform(75, 130))
    return company


def _beside(generator: np.random.Generator, mesh: Mesh, main: Mesh, azimuth: float, *, over: bool) -> Mesh:
    """`mesh` moved to touch `main` in the direction `azimuth`, to lie a little off, or to rest on it if `over`."""
    direction = np.array([np.cos(azimuth), np.sin(azimuth), 0.0])
    flesh, other = _solid(main), _solid(mesh)
    reach_main, reach = (flesh @ direction).max() if len(flesh) else 8.0, -(other @ direction).min()
    gap = float(generator.choice((0.0, generator.uniform(0, 9))))
    if not over:
        return mesh.at(mesh.points + (reach_main + reach + gap) * direction)
    overlap = generator.uniform(0.5, 1.6) * reach_main
    shift = (reach_main + reach - overlap) * direction
    # As high as the taller part of the main fruit under it demands.
    under = flesh[(flesh @ direction) > reach_main - overlap]
    shift[2] = max(0.0, float(np.quantile(under[:, 2], 0.8)) - generator.uniform(0, 3)) if len(under) else 0.0
    return mesh.at(mesh.points + shift)


def _solid(mesh: Mesh) -> Array:
    """Points of a mesh's flesh, or of all of it where it has none."""
    flesh = mesh.triangles[mesh.label == FLESH]
    return mesh.points[np.unique(flesh)] if len(flesh) else mesh.points


def see(mesh: Mesh, eye: Eye) -> tuple[Mask, int, int]:
    """The mask, the pixels that the main thing would take up alone, and those of them that show it."""
    mask = np.zeros((SIDE_PX * SIDE_PX, 3), dtype=np.uint8)
    pixels, depth = eye.project(mesh.points)
    hits = rasterise(pixels, depth, mesh.triangles, SIDE_PX)
    first = hits.nearest()
    triangle = hits.triangle[first]
    fields = (mesh.fields[mesh.triangles[triangle]] * hits.weights[first][..., None]).sum(axis=1)
    label = mesh.label[triangle]
    mask[hits.pixel[first], 0] = np.where(label == FLESH, classes(fields), label)
    mask[hits.pixel[first], 1] = mesh.number[triangle]
    whole = np.unique(hits.pixel[mesh.number[hits.triangle] == 1])
    return mask.reshape(SIDE_PX, SIDE_PX, 3), len(whole), int((mask[:, 1] == 1).sum())


def classes(fields: Array) -> NDArray[np.int64]:
    """(N,): class of flesh with `fields` (N, 3); rot goes before bruise, bruise before colour."""
    skin = np.where(fields[:, 0] > 0, RED, PALE)
    found: NDArray[np.int64] = np.where(fields[:, 1] > 0, ROT, np.where(fields[:, 2] > 0, BRUISE, skin))
    return found


def _fruit_truth(
    recipe: Recipe, fruit: Fruit | None, eye: Eye, mask: Mask, whole_px: int, seen_px: int
) -> dict[str, Any]:
    """What is true of the main fruit; null where there is none."""
    if fruit is None or recipe.main is None:
        names = (
            "diameter_mm",
            "diameter_px",
            "axis_deg",
            "axis_slant",
            "stem_px",
            "apex_px",
            "red",
            "pale",
            "decay_kind",
        )
        nothing: dict[str, Any] = dict.fromkeys((*names, "deformity"))
        return nothing | {"decay": 0.0, "bruise": 0.0, "deformed": False, "hidden": 0.0}
    flesh = np.bincount(mask[..., 0][mask[..., 1] == 1], minlength=6)
    total = max(int(flesh[[RED, PALE, ROT, BRUISE]].sum()), 1)
    ends, depth = eye.project(np.stack([fruit.stem, fruit.apex]))
    step = ends[1] - ends[0]
    long_px = eye.focal_px / float(depth.mean()) * float(np.linalg.norm(fruit.apex - fruit.stem))
    decay = float(flesh[ROT] / total)
    return {
        "diameter_mm": round(fruit.diameter_mm, 3),
        "diameter_px": round(fruit.diameter_mm * eye.focal_px / float(depth.mean()), 2),
        "axis_deg": round(float(np.degrees(np.arctan2(step[1], step[0]))), 2),
        "axis_slant": round(min(1.0, float(np.linalg.norm(step)) / long_px), 3),
        "stem_px": [round(float(value), 1) for value in ends[0]],
        "apex_px": [round(float(value), 1) for value in ends[1]],
        "red": round(float(flesh[RED] / total), 4),
        "pale": round(float(flesh[PALE] / total), 4),
        "decay": round(decay, 4),
        "decay_kind": recipe.main.decay,
        "bruise": round(float(flesh[BRUISE] / total), 4),
        "deformed": recipe.main.deformity is not None,
        "deformity": recipe.main.deformity,
        "hidden": round(1 - seen_px / max(whole_px, 1), 4),
        "calyx": recipe.main.calyx,
        "stem_mm": round(recipe.main.stem_mm, 1),
        "dry_calyx": round(recipe.main.dry, 2),
        "scar": recipe.main.scar,
        "soil": recipe.main.soil,
        "wet": round(recipe.main.wet, 2),
    }


def _scene_truth(recipe: Recipe, eye: Eye, belt: Belt, light: Light) -> dict[str, Any]:
    """How it was seen."""
    colour = belt.texture[..., :3].mean(axis=(0, 1))
    return {
        "belt": belt.name,
        "belt_rgb": [round(float(value), 3) for value in colour],
        "light": light.name,
        "hard_light": light.hard,
        "kelvin": round(light.kelvin),
        "balance_kelvin": round(light.balance_kelvin),
        "white": round(light.white, 3),
        "distance_mm": round(recipe.distance_mm, 1),
        "lean_deg": round(recipe.lean_deg, 2),
        "focal_px": round(eye.focal_px, 2),
        "blur_px": 0.0,
    }
