"""What lies on a belt and is no strawberry, and leaves among fruit."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from models.rendering.calyx import DRY, GREENS, draw_calyx, stalk
from models.rendering.form import grow
from models.rendering.mesh import BELT, CALYX, GREEN, MATTER, SKIN, Mesh, ball, grid, join, part
from models.rendering.noise import mixed, waves
from models.rendering.pose import turn

Array = NDArray[np.float64]

KINDS = {"leaf": 0.22, "stone": 0.17, "hand-like": 0.13, "petal": 0.11, "stem-only": 0.15, "object": 0.1, "empty": 0.12}
"""And their shares among plates that show no fruit."""
_ABOVE_BELT_MM = 0.15


def draw_other(generator: np.random.Generator, kind: str) -> Mesh:
    """One of `kind`, lying on the belt with its middle above the origin; "empty" is nothing at all."""
    return _laid(_MAKERS[kind](generator)) if kind in _MAKERS else join([])


def leaf(generator: np.random.Generator) -> Mesh:
    """One to three leaflets of a strawberry plant, toothed, green to dry, or a blade of grass or straw."""
    green = generator.dirichlet((1.0, 1.0, 0.8, 0.5)) @ GREENS
    brown = generator.dirichlet((1.0, 1.0, 1.0)) @ DRY
    dead = float(generator.choice((0.0, generator.uniform(0, 1), 1.0), p=(0.5, 0.3, 0.2)))
    if generator.uniform() < 0.15:  # noqa: PLR2004 - a blade
        straw = np.array([0.55, 0.42, 0.2]) if generator.uniform() < 0.6 else green  # noqa: PLR2004
        return _leaflet(generator, (generator.uniform(30, 70), 0.06), 0.0, straw, brown, 0.1)
    count = int(generator.choice((1, 2, 3), p=(0.6, 0.1, 0.3)))
    length, breadth = generator.uniform(18, 55), generator.uniform(0.5, 0.85)
    parts = []
    for nth in range(count):
        one = _leaflet(generator, (length, breadth), generator.uniform(0.3, 1.0), green, brown, dead)
        parts.append(one.at(one.points @ turn((nth - (count - 1) / 2) * 1.5, generator.normal(0, 0.1), 0).T))
    if generator.uniform() < 0.4:  # noqa: PLR2004 - with its stalk
        parts.append(stalk(generator, np.zeros(3), generator.uniform(8, 30), 0.8, 1.4 * green + 0.02))
    flipped = turn(generator.uniform(0, 7), generator.normal(0, 0.1), float(generator.choice((0.0, np.pi))))
    whole = join(parts)
    return whole.at(whole.points @ flipped.T)


def _leaflet(
    generator: np.random.Generator, size: tuple[float, float], teeth: float, green: Array, brown: Array, dead: float
) -> Mesh:
    """A blade of a length, mm, and a breadth relative to it, from the origin along x: rib, side veins, curled."""
    length, breadth = size
    rows, columns = 44, 21
    along, across = np.linspace(0, 1, rows), np.linspace(-1, 1, columns)
    half = breadth / 2 * length * np.sin(np.pi * along**0.85) ** 0.75
    tooth = 1 + 0.1 * teeth * (2 * np.abs((along * 11) % 1 - 0.5) - 0.5)
    y = (half * tooth)[:, None] * across
    x = length * (along[:, None] + 0.12 * np.abs(across) * np.sin(np.pi * along)[:, None] * (1 if teeth else 0))
    roll, sag = generator.normal(0.0, 0.5), generator.normal(0, 0.35)
    z = roll * half[:, None] * across**2 + sag * length * (along[:, None] - 0.5) ** 2
    points = np.stack([x, y, z], axis=2).reshape(-1, 3)
    vein = np.abs((along[:, None] * 8 - 2.2 * np.abs(across)) % 1 - 0.5) * 2
    points[:, 2] += 0.03 * length * waves(generator, points, 0.5 * length) + 0.02 * length * (
        vein.ravel() if teeth else 0
    )
    rib = np.clip(1 - np.abs(np.tile(across, rows)) * 12, 0, 1)
    light = np.maximum(rib, 0.5 * np.clip(1 - vein.ravel() * 4, 0, 1) * (teeth > 0))
    colour = green * np.exp(0.15 * waves(generator, points, 9.0))[:, None]
    colour = mixed(colour, 1.7 * colour + 0.03, light)
    withered = np.clip(2 * dead - 1 + 0.8 * waves(generator, points, 14.0), 0, 1) if dead else np.zeros(len(points))
    colour = mixed(colour, brown * np.exp(0.2 * waves(generator, points, 4.0))[:, None], withered)
    rough = (generator.uniform(0.35, 0.8), 0.0, 0.2)
    return part(points, grid(rows, columns), np.clip(colour, 0.005, 0.8), finish=rough, label=CALYX, material=GREEN)


def stone(generator: np.random.Generator) -> Mesh:
    """A pebble or a clod of earth."""
    points, triangles = ball(36, 56)
    size = generator.uniform(3, 16) * np.array([1, generator.uniform(0.6, 1), generator.uniform(0.4, 0.8)])
    bumps = 1 + 0.12 * waves(generator, points, 1.6) + generator.uniform(0, 0.05) * waves(generator, points, 0.5)
    points = points * bumps[:, None] * size
    tones = np.array([[0.3, 0.28, 0.25], [0.1, 0.06, 0.035], [0.45, 0.38, 0.3], [0.08, 0.08, 0.09], [0.3, 0.14, 0.08]])
    colour = generator.dirichlet((0.5,) * 5) @ tones
    shades = colour * np.exp(0.2 * waves(generator, points, 4.0) + 0.2 * waves(generator, points, 1.2, 40))[:, None]
    return part(points, triangles, np.clip(shades, 0.01, 0.8), finish=(generator.uniform(0.4, 1.0), 0, 0), label=BELT)


def fingers(generator: np.random.Generator) -> Mesh:
    """One to four fingers, bare or gloved, as of somebody who reaches for a fruit."""
    skins = np.array([[0.6, 0.34, 0.24], [0.34, 0.17, 0.1], [0.12, 0.06, 0.04], [0.68, 0.45, 0.36]])
    gloves = np.array([[0.02, 0.12, 0.5], [0.75, 0.75, 0.75], [0.02, 0.02, 0.02], [0.05, 0.35, 0.2], [0.5, 0.1, 0.3]])
    bare = generator.uniform() < 0.5  # noqa: PLR2004
    tone = generator.dirichlet((1.0,) * 4) @ skins if bare else gloves[generator.integers(len(gloves))]
    parts = []
    count, radius = int(generator.integers(1, 5)), generator.uniform(7, 10)
    for nth in range(count):
        rows, columns = 40, 28
        length = generator.uniform(50, 75)
        along = np.linspace(0, 1, rows)
        taper = (
            radius
            * generator.uniform(0.85, 1.05)
            * np.sqrt(np.clip(1 - np.clip((along - 0.88) / 0.121, 0, 1) ** 2, 0, 1))
        )
        knuckles = 1 + 0.07 * np.cos(2 * np.pi * along * 2.3) * (along < 0.85)  # noqa: PLR2004
        around = np.linspace(0, 2 * np.pi, columns, endpoint=False)
        circle = np.stack([0 * around, np.cos(around), np.sin(around)], axis=1)
        bend = generator.uniform(0.0, 0.35) * length * along**2
        middle = np.stack([along * length, 0 * along + nth * 2.05 * radius, radius * 1.3 - bend], axis=1)
        points = (middle[:, None] + (taper * knuckles)[:, None, None] * circle).reshape(-1, 3)
        colour = tone * np.exp(0.06 * waves(generator, points, 9.0) + 0.05 * waves(generator, points, 2.5))[:, None]
        if bare:
            nail = (np.repeat(along, columns) > 0.86) & (np.tile(np.sin(around), rows) > 0.55)  # noqa: PLR2004
            colour = mixed(colour, np.array([0.75, 0.5, 0.42]), nail.astype(np.float64) * 0.8)
        finish = (generator.uniform(0.35, 0.6), 0.0, 0.0)
        material = SKIN if bare else MATTER
        parts.append(
            part(points, grid(rows, columns, closed=True), np.clip(colour, 0.01, 0.9), finish=finish, material=material)
        )
    return join(parts)


def petals(generator: np.random.Generator) -> Mesh:
    """One to five petals of a strawberry flower, white, wilting at the edge."""
    parts = []
    for _ in range(int(generator.choice((1, 1, 2, 5)))):
        rows, columns = 14, 13
        length = generator.uniform(7, 12)
        along, across = np.linspace(0.02, 1, rows), np.linspace(-1, 1, columns)
        half = 0.5 * length * generator.uniform(0.8, 1.1) * np.sqrt(np.sin(np.pi * along**0.8 * 0.985 + 0.01))
        cup = generator.uniform(-0.3, 0.5)
        z = cup * half[:, None] * across**2 + generator.normal(0, 0.3) * length * along[:, None] ** 2
        points = np.stack([length * along[:, None] + 0 * z, half[:, None] * across, z], axis=2).reshape(-1, 3)
        points[:, 2] += 0.03 * length * waves(generator, points, 4.0)
        white = np.array([0.82, 0.82, 0.78]) * generator.uniform(0.85, 1.05)
        wilt = np.clip(np.repeat(along, columns) - 0.8 + 0.2 * waves(generator, points, 4.0), 0, 1) * generator.uniform(
            0, 2
        )
        colour = mixed(np.tile(white, (len(points), 1)), np.array([0.5, 0.36, 0.2]), np.clip(wilt, 0, 1))
        spread = turn(generator.uniform(0, 7), generator.normal(0, 0.15), generator.normal(0, 0.2))
        placed = points @ spread.T + np.append(generator.normal(0, 3.0, 2), 0.0)
        parts.append(part(placed, grid(rows, columns), np.clip(colour, 0, 0.9), finish=(0.6, 0, 0.2), material=GREEN))
    return join(parts)


def bare_stem(generator: np.random.Generator) -> Mesh:
    """A calyx whose fruit was pulled off, or a stalk alone."""
    green = generator.dirichlet((1.0, 1.0, 0.6, 0.7)) @ GREENS
    if generator.uniform() < 0.35:  # noqa: PLR2004 - a stalk alone
        return stalk(generator, np.zeros(3), generator.uniform(20, 60), generator.uniform(0.6, 1.3), 1.4 * green + 0.02)
    form = grow(generator, generator.uniform(22, 40), None, (40, 60))
    calyx = draw_calyx(generator, form, stem_mm=generator.uniform(0, 30), dry=float(generator.choice((0.0, 0.4, 1.0))))
    core = ball(6, 12)
    pith = part(
        core[0] * generator.uniform(2, 4) * np.array([0.5, 1, 1]) + form.points[-2], core[1],
        np.array([0.75, 0.6, 0.45]) * generator.uniform(0.5, 1.1), label=CALYX,
    )  # fmt: skip
    whole = join([calyx, pith])
    pitch = float(generator.choice((1, -1, 0))) * np.pi / 2 + generator.normal(0, 0.3)
    return whole.at(whole.points @ turn(generator.uniform(0, 7), pitch, generator.uniform(0, 7)).T)


def thing(generator: np.random.Generator) -> Mesh:
    """A made thing of any colour, red too: a cap, a block, a clip."""
    power = generator.uniform(0.25, 1.0)
    points, triangles = ball(30, 44)
    points = np.sign(points) * np.abs(points) ** power
    points = points * generator.uniform(5, 16) * np.array([1, generator.uniform(0.3, 1), generator.uniform(0.15, 0.7)])
    red = generator.uniform() < 0.4  # noqa: PLR2004
    colour = np.array([0.6, 0.03, 0.03]) * generator.uniform(0.5, 1.1) if red else generator.uniform(0.02, 0.8, 3)
    rough = (generator.uniform(0.05, 0.7), 0.0, 0.0)
    return part(points, triangles, colour, finish=rough)


def _laid(mesh: Mesh) -> Mesh:
    """Turned at random about the vertical in its place, on the belt."""
    if not len(mesh.points):
        return mesh
    points = mesh.points - (mesh.points.min(axis=0) + mesh.points.max(axis=0)) / 2
    points[:, 2] -= np.quantile(points[:, 2], 0.02)
    points[:, 2] = np.maximum(points[:, 2], _ABOVE_BELT_MM)
    return mesh.at(points)


_MAKERS: dict[str, Callable[[np.random.Generator], Mesh]] = {
    "leaf": leaf,
    "stone": stone,
    "hand-like": fingers,
    "petal": petals,
    "stem-only": bare_stem,
    "object": thing,
}
