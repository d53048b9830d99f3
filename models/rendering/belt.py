"""The belt's surface: its colour, wear, dirt and what fruit left on it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.rendering.noise import clouds, smooth

Array = NDArray[np.float64]

SIDE = 320
"""Texels."""
COLOURS = {
    "blue": (0.03, 0.12, 0.42), "light blue": (0.16, 0.4, 0.6), "white": (0.78, 0.78, 0.76), "grey": (0.3, 0.3, 0.3),
    "black": (0.018, 0.018, 0.019), "green": (0.04, 0.24, 0.1), "beige": (0.5, 0.4, 0.27), "steel": (0.45, 0.46, 0.47),
}  # fmt: skip
"""Reflectances in linear RGB."""
SHARES = (0.24, 0.08, 0.2, 0.12, 0.14, 0.1, 0.04, 0.03)
"""Of the belts; the rest have any colour."""


@dataclass(frozen=True, slots=True, eq=False)
class Belt:
    """One belt."""

    name: str
    texture: Array
    """(SIDE, SIDE, 4): reflectance, linear RGB, and height, 0-1."""
    roughness: float
    bump: float
    """How strongly the height shows, 0-1; 0, which is faster to render, on every second belt."""


def draw_belt(generator: np.random.Generator, mm_per_texel: float) -> Belt:
    """A belt of any colour and age."""
    name = str(generator.choice([*COLOURS, "any"], p=[*SHARES, 1 - sum(SHARES)]))
    plain = np.array(COLOURS[name]) if name in COLOURS else generator.beta(0.7, 0.9, 3) * 0.75 + 0.01
    plain = plain * np.exp(generator.normal(0, 0.15)) * np.exp(generator.normal(0, 0.06, 3))
    field = np.tile(plain, (SIDE, SIDE, 1))
    field *= np.exp(generator.uniform(0.0, 0.08) * clouds(generator, SIDE, 60 / mm_per_texel * 0.2))[..., None]
    field *= np.exp(generator.uniform(0.0, 0.07) * clouds(generator, SIDE, 1.0))[..., None]
    height = 0.5 + 0.08 * clouds(generator, SIDE, 1.5)
    height, field = _woven(generator, field, height, mm_per_texel)
    if generator.uniform() < 0.5:  # noqa: PLR2004
        field = _scratched(generator, field)
    if generator.uniform() < 0.45:  # noqa: PLR2004
        field = _dirty(generator, field, mm_per_texel)
    if generator.uniform() < 0.4:  # noqa: PLR2004
        field = _stained(generator, field, mm_per_texel)
    texture = np.concatenate([np.clip(field, 0.003, 0.9), np.clip(height, 0, 1)[..., None]], axis=2)
    bump = float(generator.choice((0.0, generator.uniform(0.05, 0.4))))
    return Belt(
        name, texture, float(generator.choice((generator.uniform(0.08, 0.35), generator.uniform(0.35, 0.8)))), bump
    )


def _woven(generator: np.random.Generator, field: Array, height: Array, mm_per_texel: float) -> tuple[Array, Array]:
    """The same, with a weave, ribs or studs on every second belt."""
    kind = int(generator.choice(4, p=(0.55, 0.2, 0.15, 0.1)))
    if kind == 0:
        return height, field
    y, x = np.mgrid[:SIDE, :SIDE] * mm_per_texel
    angle = generator.uniform(0, np.pi)
    u, v = x * np.cos(angle) + y * np.sin(angle), y * np.cos(angle) - x * np.sin(angle)
    period = generator.uniform(1.5, 5.0) if kind == 1 else generator.uniform(4.0, 20.0)
    first, second = np.sin(2 * np.pi * u / period), np.sin(2 * np.pi * v / period)
    pattern = {1: first * second, 2: np.clip(first * 4, -1, 1), 3: np.clip((first * second - 0.6) * 5, 0, 1)}[kind]
    return height + 0.4 * pattern, field * np.exp(generator.uniform(0, 0.08) * pattern)[..., None]


def _scratched(generator: np.random.Generator, field: Array) -> Array:
    """Paler or darker lines, most of them along the belt's run."""
    y, x = np.mgrid[:SIDE, :SIDE].astype(np.float64)
    run = generator.uniform(0, np.pi)
    tone = np.clip(field.mean(axis=(0, 1)) * generator.choice((0.55, 1.5)) + generator.uniform(0, 0.08), 0, 0.9)
    for _ in range(int(generator.integers(3, 22))):
        angle = run + generator.normal(0, 0.12)
        along = (x - generator.uniform(0, SIDE)) * np.cos(angle) + (y - generator.uniform(0, SIDE)) * np.sin(angle)
        across = (y - generator.uniform(0, SIDE)) * np.cos(angle) - (x - generator.uniform(0, SIDE)) * np.sin(angle)
        length, width = generator.uniform(15, 250), generator.uniform(0.4, 1.4)
        amount = np.exp(-((across / width) ** 2)) * smooth((length - np.abs(along)) / 30)
        field = field + (amount * generator.uniform(0.1, 0.7))[..., None] * (tone - field)
    return field


def _dirty(generator: np.random.Generator, field: Array, mm_per_texel: float) -> Array:
    """Crumbs of soil, dust and seeds."""
    soil = np.array([0.09, 0.06, 0.035]) * generator.uniform(0.6, 3.0)
    crumbs = smooth(
        (clouds(generator, SIDE, generator.uniform(0.5, 1.5) / mm_per_texel) - generator.uniform(2.0, 3.2)) * 2
    )
    film = generator.uniform(0, 0.35) * smooth((clouds(generator, SIDE, 12 / mm_per_texel) + 0.3) / 2)
    field = field + film[..., None] * (0.5 * soil + 0.5 * field.mean() - field)
    return field + (crumbs * 0.9)[..., None] * (soil - field)


def _stained(generator: np.random.Generator, field: Array, mm_per_texel: float) -> Array:
    """Juice, fresh and red or dried and brown: it tints what is under it."""
    juice = np.array([0.75, 0.16, 0.12]) if generator.uniform() < 0.6 else np.array([0.6, 0.36, 0.24])  # noqa: PLR2004
    shape = clouds(generator, SIDE, generator.uniform(3, 14) / mm_per_texel, generator.choice((1.0, 3.0)))
    inside = shape - generator.uniform(0.8, 2.2)
    amount = smooth(inside * 5) * generator.uniform(0.3, 1.0)
    edge = np.exp(-((inside * 9) ** 2)) * generator.uniform(0, 0.4)
    tinted = field * juice + 0.04 * juice
    stained: Array = field + np.clip(amount + edge, 0, 1)[..., None] * (tinted - field)
    return stained
