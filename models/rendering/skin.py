"""A strawberry's skin while it is sound: red and pale, bruises, scars, soil."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.rendering.form import Form
from models.rendering.noise import mixed, smooth, waves
from models.rendering.patches import level, nearest, patch

Array = NDArray[np.float64]

REDS = np.array([[0.66, 0.055, 0.018], [0.58, 0.022, 0.022], [0.54, 0.016, 0.04], [0.36, 0.008, 0.014]])
"""Orange-red, strawberry red, crimson, dark: reflectances in linear RGB as all here, set by eye on photographs."""
OVERRIPE = np.array([0.2, 0.004, 0.009])
PALES = np.array([[0.78, 0.74, 0.56], [0.78, 0.68, 0.38], [0.46, 0.56, 0.2], [0.8, 0.62, 0.5]])
"""White, cream, green, blushed."""
CORK, SOIL = np.array([0.45, 0.28, 0.13]), np.array([0.07, 0.045, 0.025])
UNDER_CALYX = 0.06
"""What the calyx hides, as a share of the length from the stem."""


@dataclass(slots=True, eq=False)
class Skin:
    """What each vertex of a form looks like; decay changes it in place."""

    colour: Array
    """(V, 3): reflectance, linear RGB."""
    finish: Array
    """(V, 3): roughness, coat, sheen."""
    fields: Array
    """(V, 3): above 0 where red (in lengths of the fruit), rotten, bruised (mm)."""
    raised_mm: Array
    """(V,): by how much the surface stands out, or in."""
    seed_colour: Array
    """(A, 3)."""
    seed_size: Array
    """(A,): 0 where none is left, 1 for a whole one."""
    fuzz: Array
    """(V,): 0-1, how thick hyphae stand."""
    fuzz_colour: Array
    """(3,)."""


def draw_skin(generator: np.random.Generator, form: Form, shown: Array, red_share: float, wet: float) -> Skin:
    """A sound skin, red on `red_share` of what is `shown` (V,), dry with `wet` 0 and dripping with 1."""
    margin = _ripeness(generator, form, shown, red_share)
    border = float(generator.choice((generator.uniform(0.015, 0.06), generator.uniform(0.06, 0.3))))
    red = generator.dirichlet((0.5,) * 4) @ REDS
    pale = generator.dirichlet((0.5,) * 4) @ PALES
    if red_share < 0.05:  # noqa: PLR2004 - unripe fruit are green or white, not cream with a red tip
        pale = generator.dirichlet((1.0, 0.3, 1.2, 0.1)) @ PALES
    blush = 0.4 * pale * np.array([1.0, 0.75, 0.75]) + 0.6 * red
    turned = smooth(0.5 + margin / (2 * border))
    low, high = np.clip(turned * 2, 0, 1), np.clip(turned * 2 - 1, 0, 1)
    colour = mixed(np.broadcast_to(pale, (len(margin), 3)), blush, low)
    colour = mixed(colour, red, high)
    deep = generator.uniform(0, 1) * np.clip(margin / 0.6, 0, 1) * generator.choice((0.3, 1.0), p=(0.75, 0.25))
    colour = mixed(colour, OVERRIPE, deep)
    colour *= np.exp(generator.uniform(0.02, 0.12) * waves(generator, form.points, 0.3 * form.length_mm))[:, None]
    colour *= np.exp(0.05 * waves(generator, form.points, 2.0))[:, None]
    depth, reach = generator.uniform(0.12, 0.6), generator.uniform(0.75, 1.2)
    dimple = np.exp(-((nearest(form.points, form.points[form.seeds])[0] / reach) ** 2))
    colour *= (1 - generator.uniform(0.0, 0.3) * dimple)[:, None]
    dry_roughness = generator.uniform(0.26, 0.55)
    finish = np.zeros_like(form.points)
    finish[:, 0] = np.clip(dry_roughness + 0.06 * waves(generator, form.points, 3.0), 0.12, 0.8) * (1 - 0.5 * wet)
    finish[:, 1] = wet
    crowded = form.scar * 0.5
    colour = mixed(colour, 0.5 * (CORK + pale), crowded * generator.uniform(0, 1))
    finish[:, 0] += 0.3 * crowded
    ripe_seeds = np.array([[0.72, 0.5, 0.12], [0.55, 0.3, 0.06], [0.42, 0.1, 0.03], [0.6, 0.58, 0.2]])
    seed = generator.dirichlet((0.7,) * 4) @ ripe_seeds
    seed_colour = seed * np.exp(generator.normal(0, 0.15, (len(form.seeds), 1)))
    return Skin(
        colour=np.clip(colour, 0.002, 0.9),
        finish=finish,
        fields=np.stack([margin, np.full_like(margin, -9.0), np.full_like(margin, -9.0)], axis=1),
        raised_mm=-depth * dimple,
        seed_colour=seed_colour,
        seed_size=np.ones(len(form.seeds)),
        fuzz=np.zeros(len(margin)),
        fuzz_colour=np.zeros(3),
    )


def _ripeness(generator: np.random.Generator, form: Form, shown: Array, red_share: float) -> Array:
    """(V,): how far on the red side each vertex is: from the shoulders on, earlier on the sunny side, wavy."""
    across = form.points[:, 1:] / form.breadth_mm
    angle = generator.uniform(0, 2 * np.pi)
    sunny = generator.uniform(0, 0.9) * (across @ np.array([np.cos(angle), np.sin(angle)]))
    tip_first = 1.0 if generator.uniform() < 0.93 else float(generator.uniform(-0.6, 0.4))  # noqa: PLR2004
    field = tip_first * form.along + sunny
    field += generator.uniform(0.01, 0.1) * waves(generator, form.points, 0.45 * form.length_mm)
    field += generator.uniform(0.0, 0.03) * waves(generator, form.points, 0.15 * form.length_mm)
    margin: Array = field - level(field, shown, red_share)
    return margin


def bruise(generator: np.random.Generator, form: Form, skin: Skin, shown: Array, share: float) -> None:
    """Press `skin`: darker, duller or wet, a little sunken, on `share` of what is shown."""
    inside = patch(generator, form.points, shown, share, hearts=int(generator.integers(1, 3)), ragged=0.9, grain_mm=7.0)
    amount = smooth(0.5 + inside / (2 * generator.uniform(0.4, 1.4)))
    water_soaked = skin.colour * generator.uniform((0.35, 0.15, 0.15), (0.6, 0.45, 0.45))
    water_soaked += generator.uniform(0.0, 0.05) * np.array([1.0, 0.45, 0.2])
    skin.colour[:] = mixed(skin.colour, water_soaked, amount * generator.uniform(0.75, 1.0))
    skin.finish[:, 0] += amount * (generator.uniform(0.1, 0.7) - skin.finish[:, 0])
    skin.raised_mm -= amount * generator.uniform(0.2, 1.1) * np.clip(inside / 4, 0.3, 1)
    skin.raised_mm += amount * generator.uniform(0.0, 0.12) * waves(generator, form.points, 2.5)
    skin.seed_colour *= (1 - 0.4 * amount[form.seeds])[:, None]
    skin.fields[:, 2] = inside


def scar(generator: np.random.Generator, form: Form, skin: Skin, shown: Array) -> None:
    """Healed wounds: thin corky streaks, or a patch. They stay skin, red or pale."""
    points = form.points
    for _ in range(int(generator.integers(1, 4))):
        heart = points[generator.choice(len(points), p=shown / shown.sum())]
        normal = generator.normal(size=3)
        normal /= np.linalg.norm(normal)
        away = np.abs((points - heart) @ normal + generator.uniform(0, 0.6) * waves(generator, points, 6.0))
        near = np.linalg.norm(points - heart, axis=1)
        reach, width = generator.uniform(2, 8), generator.uniform(0.25, 0.8)
        amount = smooth(1.5 - away / width) * smooth((reach - near) / 1.5)
        skin.colour[:] = mixed(skin.colour, CORK * generator.uniform(0.5, 1.2), 0.85 * amount)
        skin.finish[:, 0] += amount * (0.85 - skin.finish[:, 0])
        skin.raised_mm -= 0.2 * amount


def soil(generator: np.random.Generator, form: Form, skin: Skin) -> None:
    """Specks of earth and splashes that dried."""
    marks = form.points[generator.integers(0, len(form.points), int(generator.integers(6, 90)))]
    marks = marks[waves(generator, marks, 12.0) > generator.uniform(-1.0, 0.7)]
    away, which = nearest(form.points, marks)
    radius = generator.gamma(2.0, 0.22, max(len(marks), 1)) + 0.15
    amount = smooth((radius[which] - away) / 0.35 + 0.5)
    skin.colour[:] = mixed(skin.colour, SOIL * generator.uniform(0.5, 2.5), 0.9 * amount)
    skin.finish[:, 0] += amount * (0.95 - skin.finish[:, 0])
