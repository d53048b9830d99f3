"""The lamps over the belt, and how the camera takes their colour."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Lamp:
    """A flat lamp that faces the fruit."""

    place: Array
    """(3,), mm."""
    size_mm: tuple[float, float]
    disc: bool
    share: float
    """Of the light that a white card on the belt gets from all lamps."""


@dataclass(frozen=True, slots=True, eq=False)
class Light:
    """All light of one plate."""

    name: str
    lamps: list[Lamp]
    ambient: float
    """Share of the card's light that comes from all around."""
    white: float
    """What the card's linear value in the picture is; above 1 it clips."""
    colour: Array
    """(3,): of the light, after the camera's white balance."""
    kelvin: float
    balance_kelvin: float
    hard: bool


def draw_light(generator: np.random.Generator, distance_mm: float) -> Light:
    """One to four lamps or a ring about the lens, soft or hard, of any white."""
    ring = generator.uniform() < 0.22  # noqa: PLR2004
    hard = not ring and generator.uniform() < 0.2  # noqa: PLR2004
    lamps = _ring(generator, distance_mm) if ring else _free(generator, hard=hard)
    kelvin = float(generator.uniform(3500, 7000))
    trust = generator.beta(3.0, 1.3)
    balance = float(np.exp(trust * np.log(kelvin) + (1 - trust) * np.log(generator.uniform(3500, 7000))))
    colour = glow(kelvin) / glow(balance)
    colour *= np.exp(generator.normal(0, 0.03, 3))
    return Light(
        name="ring" if ring else f"{len(lamps)} lamps",
        lamps=lamps,
        ambient=float(generator.uniform(0.03, 0.15) if hard else generator.uniform(0.1, 0.6)),
        white=float(0.9 * 2 ** np.clip(generator.normal(0, 0.42), -1, 1)),
        colour=colour / colour[1],
        kelvin=kelvin,
        balance_kelvin=balance,
        hard=hard,
    )


def _ring(generator: np.random.Generator, distance_mm: float) -> list[Lamp]:
    """Lamps in a circle below the camera."""
    count, radius = 8, generator.uniform(50, 170)
    height, size = distance_mm * generator.uniform(0.55, 0.95), generator.uniform(20, 60)
    turn = generator.uniform(0, 1)
    return [
        Lamp(np.array([radius * np.cos(a), radius * np.sin(a), height]), (size, size), disc=True, share=1 / count)
        for a in turn + 2 * np.pi * np.arange(count) / count
    ]


def _free(generator: np.random.Generator, *, hard: bool) -> list[Lamp]:
    """One to four lamps anywhere above."""
    count = int(generator.integers(1, 5))
    shares = generator.dirichlet((1.5,) * count)
    lamps = []
    for share in shares:
        up, azimuth = np.radians(generator.uniform(30, 85)), generator.uniform(0, 2 * np.pi)
        away = generator.uniform(280, 900)
        place = away * np.array([np.cos(up) * np.cos(azimuth), np.cos(up) * np.sin(azimuth), np.sin(up)])
        wide = generator.uniform(8, 30) if hard else generator.uniform(80, 450)
        disc = bool(generator.uniform() < 0.3)  # noqa: PLR2004
        lamps.append(Lamp(place, (wide, wide * generator.uniform(0.15, 1.0)), disc=disc, share=float(share)))
    return lamps


def glow(kelvin: float) -> Array:
    """(3,): linear RGB of a black body, green 1: Planck's law at the primaries' wavelengths, near enough for lamps."""
    wavelength = np.array([611.0, 549.0, 464.0]) * 1e-9
    radiance = wavelength**-5 / np.expm1(1.4388e-2 / (wavelength * kelvin))
    reference = wavelength**-5 / np.expm1(1.4388e-2 / (wavelength * 6504.0))
    relative = radiance / reference
    balanced: Array = relative / relative[1]
    return balanced
