"""The green on a strawberry: sepals about the stem, flat, turned back or clasping, and the stem."""

import numpy as np
from numpy.typing import NDArray

from models.rendering.form import Form
from models.rendering.mesh import CALYX, GREEN, MATTER, Mesh, grid, join, part
from models.rendering.noise import mixed, waves

Array = NDArray[np.float64]

GREENS = np.array([[0.07, 0.2, 0.03], [0.13, 0.28, 0.05], [0.05, 0.12, 0.035], [0.22, 0.34, 0.09]])
DRY = np.array([[0.28, 0.16, 0.07], [0.16, 0.09, 0.04], [0.4, 0.29, 0.15]])
ALONG, ACROSS = 12, 7
"""Points of a sepal's surface."""


def draw_calyx(generator: np.random.Generator, form: Form, *, stem_mm: float, dry: float) -> Mesh:
    """Six to fourteen sepals and a stem of `stem_mm`; `dry` from 0, fresh, to 1, brown and curled."""
    count = int(generator.choice([int(generator.integers(6, 10)), 10, int(generator.integers(10, 15))]))
    turn = generator.uniform(0, 2 * np.pi)
    length = generator.uniform(0.28, 0.62) * form.breadth_mm * generator.uniform(0.85, 1.0)
    length = float(np.clip(length, 5.0, 20.0))
    mood = float(
        generator.choice((generator.uniform(0, 0.3), generator.uniform(0.3, 0.75), generator.uniform(0.75, 1.3)))
    )
    width, fold = generator.uniform(0.24, 0.46), generator.uniform(-0.15, 0.5)
    green = generator.dirichlet((1.0, 1.0, 0.6, 0.7)) @ GREENS
    brown = generator.dirichlet((1.0, 1.0, 1.0)) @ DRY
    uneven = generator.uniform(0.05, 0.25)
    parts = []
    for nth in range(count):
        azimuth = turn + 2 * np.pi * nth / count + generator.normal(0, 0.5 / count)
        second = nth % 2 == 1
        long = length * generator.uniform(0.8, 1.12) * (0.72 if second else 1.0)
        lift = mood + generator.normal(0, uneven) + (0.06 if second else 0.0)
        curl = generator.normal(0.1, 0.3) + dry * generator.uniform(0.3, 1.2)
        points = _sepal(
            generator, form, azimuth, long, lift, (width * (1 + 0.3 * dry * generator.normal()), fold, curl)
        )
        parts.append(_leafy(generator, points, green, brown, dry))
    parts.append(_stem(generator, form, stem_mm, green, brown, dry))
    return join(parts)


def _sepal(
    generator: np.random.Generator,
    form: Form,
    azimuth: float,
    length: float,
    lift: float,
    make: tuple[float, float, float],
) -> Array:
    """(ALONG · ACROSS, 3): a leaf along a meridian: on the flesh if `lift` is 0, flat at 1, turned back above."""
    width, fold, curl = make
    sector = round(azimuth / (2 * np.pi) * form.sectors) % form.sectors
    ring_points = form.points[: form.rings * form.sectors].reshape(form.rings, form.sectors, 3)
    meridian = np.concatenate([form.points[None, -2], ring_points[:, sector]])
    arc = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(meridian, axis=0), axis=1))])
    along = np.linspace(0, 1, ALONG)
    lying = np.stack([np.interp(0.6 + along * length, arc, meridian[:, axis]) for axis in range(3)], axis=1)
    outwards = np.array([0.0, np.cos(azimuth), np.sin(azimuth)])
    aside = np.array([0.0, -np.sin(azimuth), np.cos(azimuth)])
    # Above 1 the sepal turns back towards the stem, by up to some sixty degrees.
    back = np.clip(lift - 0.75, 0, 0.8) * np.radians(90) + curl * np.radians(50) * along
    steps = np.stack([-np.sin(back), np.cos(back)], axis=1) * length / (ALONG - 1)
    flat = np.concatenate([[[0.0, 0.0]], np.cumsum(steps, axis=0)[:-1]])
    free = lying[0] + np.outer(flat[:, 0], [1.0, 0, 0]) + np.outer(flat[:, 1], outwards)
    free += np.outer(-0.15 * length * along**2 * (1 - np.clip(lift, 0, 1)), [-1.0, 0, 0])
    tangent = np.gradient(lying, axis=0)
    tangent /= np.linalg.norm(tangent, axis=1, keepdims=True)
    normal = np.cross(tangent, aside)
    normal *= np.sign(normal @ (outwards * 0.5 - [1.0, 0, 0]))[:, None]
    raised = np.clip(lift, 0, 1) ** 1.2 * along[:, None] ** 0.7
    lying = lying + normal * (0.35 + 0.9 * along[:, None] * generator.uniform(0.2, 1.5))
    middle = lying + raised * (free - lying)
    middle = middle + np.outer(along**2 * length * generator.normal(0, 0.1), aside)
    half = length * width * np.clip(np.sin(np.pi * (0.2 + 0.8 * along)), 0, None) ** generator.uniform(0.7, 1.1)
    across = np.linspace(-1, 1, ACROSS)
    radius = np.maximum(np.linalg.norm(lying[:, 1:], axis=1), half)[:, None]
    drop = (half[:, None] * across) ** 2 / (2 * radius) * (1 - raised) - fold * half[:, None] * np.abs(across) * 0.6
    points = middle[:, None] + half[:, None, None] * across[:, None] * aside - drop[..., None] * normal[:, None]
    ripple = (
        0.05 * length * along[:, None] * waves(generator, points.reshape(-1, 3), 0.5 * length).reshape(ALONG, ACROSS)
    )
    crinkled: Array = points + ripple[..., None] * normal[:, None]
    return crinkled.reshape(-1, 3)


def _leafy(generator: np.random.Generator, points: Array, green: Array, brown: Array, dry: float) -> Mesh:
    """The sepal's colours: a pale rib, a tip that dries first."""
    rib = np.tile(np.abs(np.linspace(-1, 1, ACROSS)), ALONG)
    along = np.repeat(np.linspace(0, 1, ALONG), ACROSS)
    colour = green * generator.uniform(0.7, 1.3) * np.exp(0.15 * waves(generator, points, 3.0))[:, None]
    colour = mixed(colour, colour * 1.5 + 0.02, np.clip(1 - 5 * rib, 0, 1))
    colour = mixed(colour, colour * 1.25, 0.6 * np.clip(1 - along * 2, 0, 1))
    dead = np.clip(1.6 * dry - 0.9 + 0.9 * along + 0.25 * waves(generator, points, 5.0), 0, 1) if dry > 0 else 0 * along
    edge = np.clip((along - 0.85) * 6, 0, 1) * generator.uniform(0, 0.9)
    colour = mixed(colour, brown, np.maximum(dead, edge))
    return part(
        points, grid(ALONG, ACROSS), np.clip(colour, 0.005, 0.8), finish=(generator.uniform(0.4, 0.8), 0, 0.15),
        label=CALYX, material=GREEN,
    )  # fmt: skip


def _stem(generator: np.random.Generator, form: Form, length: float, green: Array, brown: Array, dry: float) -> Mesh:
    """A curved stalk, or what is left of it, with a paler cut."""
    radius = generator.uniform(0.55, 1.1) * (form.breadth_mm / 30) ** 0.3
    start = form.points[-2] + np.array([0.8, 0, 0])
    tone = mixed(1.5 * green[None] + 0.03, np.array([[0.35, 0.1, 0.06]]), np.array([generator.beta(0.6, 2.0)]))[0]
    return stalk(generator, start, max(length, 0.6) + 0.8, radius, tone + dry * 0.8 * (brown - tone))


def stalk(generator: np.random.Generator, start: Array, length: float, radius: float, colour: Array) -> Mesh:
    """A tube from `start` along -x that bends at random."""
    rows, columns = 10, 9
    along = np.linspace(0, 1, rows)
    lean = generator.normal(0, 0.45, 2)
    sway = generator.normal(0, 0.12, 2)
    middle = np.stack(
        [-along * length] + [(lean[k] * along**1.7 + sway[k] * np.sin(3 * along)) * length for k in (0, 1)], axis=1
    )
    around = np.linspace(0, 2 * np.pi, columns, endpoint=False)
    thick = radius * (1 + 0.25 * np.exp(-along * 6) + 0.2 * np.exp((along - 1) * 14))
    ring = np.stack([np.zeros(columns), np.cos(around), np.sin(around)], axis=1)
    points = (start + middle[:, None] + thick[:, None, None] * ring).reshape(-1, 3)
    end = len(points)
    points = np.concatenate([points, [start + middle[-1] - [0.1, 0, 0]]])
    last = (rows - 1) * columns + np.arange(columns)
    lid = np.stack([np.full(columns, end), np.roll(last, -1), last], axis=1)
    shades = np.tile(colour, (end + 1, 1)) * np.exp(0.1 * waves(generator, points, 4.0))[:, None]
    shades[end] = 0.5 * colour + 0.3
    return part(
        points, np.concatenate([grid(rows, columns, closed=True), lid]), np.clip(shades, 0.005, 0.8),
        finish=(0.5, 0, 0.2), label=CALYX, material=MATTER,
    )  # fmt: skip
