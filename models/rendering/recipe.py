"""What one plate is to show, drawn from its seed and number alone."""

from dataclasses import dataclass

import numpy as np

from models.rendering import decay, form, others
from models.rendering.fruit import Traits

FRUIT_SHARE, DECAY_SHARE, BRUISE_SHARE, DEFORMED_SHARE = 0.8, 0.3, 0.15, 0.1


@dataclass(frozen=True, slots=True)
class Recipe:
    """One plate's contents."""

    seed: int
    index: int
    kind: str
    """"fruit", or what lies there instead (`others.KINDS`)."""
    main: Traits | None
    """None: no fruit."""
    neighbours: tuple[Traits, ...]
    """Other fruit."""
    covering: bool
    """Whether the first neighbour, or a leaf where there is none, lies over the main fruit."""
    leaves: int
    distance_mm: float
    """From the camera to the main fruit."""
    lean_deg: float
    """Off the vertical."""
    lean_towards_deg: float
    fill: float
    """Share of the plate's side that the main thing takes up, calyx and stem included."""

    def chance(self, part: int) -> np.random.Generator:
        """The random numbers of one part of the plate; parts do not disturb each other."""
        return np.random.default_rng([self.seed, self.index, part])


def draw_recipe(seed: int, index: int) -> Recipe:
    """Plate number `index` of the set `seed`."""
    generator = np.random.default_rng([seed, index, 0])
    is_fruit = generator.uniform() < FRUIT_SHARE
    kind = "fruit" if is_fruit else str(generator.choice(list(others.KINDS), p=list(others.KINDS.values())))
    wet = float(generator.choice((0.0, generator.uniform(0, 0.5), generator.uniform(0.5, 1)), p=(0.6, 0.2, 0.2)))
    main = draw_traits(generator, wet) if is_fruit else None
    count = int(generator.choice(4, p=(0.45, 0.3, 0.15, 0.1))) if is_fruit else int(generator.uniform() < 0.3)  # noqa: PLR2004
    covering = is_fruit and generator.uniform() < 0.13  # noqa: PLR2004
    leaves = int(generator.uniform() < 0.12)  # noqa: PLR2004
    return Recipe(
        seed=seed,
        index=index,
        kind=kind,
        main=main,
        neighbours=tuple(draw_traits(generator, wet) for _ in range(count)),
        covering=covering,
        leaves=max(leaves, int(covering and count == 0)),
        distance_mm=float(generator.uniform(300, 900)),
        lean_deg=float(25 * np.sqrt(generator.uniform())),
        lean_towards_deg=float(generator.uniform(0, 360)),
        fill=float(generator.uniform(0.45, 0.75)) if kind != "hand-like" else float(generator.uniform(0.9, 1.5)),
    )


def draw_traits(generator: np.random.Generator, wet: float) -> Traits:
    """One fruit of a mixed lot."""
    decays = generator.uniform() < DECAY_SHARE
    kind = str(generator.choice(decay.KINDS, p=(0.36, 0.24, 0.2, 0.2))) if decays else None
    bruised = generator.uniform() < BRUISE_SHARE
    deformity = str(generator.choice(form.DEFORMITIES)) if generator.uniform() < DEFORMED_SHARE else None
    breadth = float(np.clip(31 * np.exp(generator.normal(0, 0.23)), 18, 48))
    if deformity:
        breadth = min(breadth, 42.0)  # most of them widen the body
    return Traits(
        breadth_mm=breadth,
        red_share=draw_red_share(generator),
        deformity=deformity,
        decay=kind,
        decay_share=float(np.exp(generator.uniform(np.log(0.005), np.log(0.6)))) if decays else 0.0,
        bruise_share=float(np.exp(generator.uniform(np.log(0.015), np.log(0.3)))) if bruised else 0.0,
        calyx=bool(generator.uniform() < 0.93),  # noqa: PLR2004
        stem_mm=float(generator.choice((0.0, generator.uniform(0.5, 4), generator.uniform(4, 25)), p=(0.2, 0.5, 0.3))),
        dry=float(generator.choice((0.0, generator.uniform(0, 0.5), generator.uniform(0.5, 1)), p=(0.65, 0.22, 0.13))),
        wet=wet,
        scar=bool(generator.uniform() < 0.08),  # noqa: PLR2004
        soil=bool(generator.uniform() < 0.12),  # noqa: PLR2004
    )


def draw_red_share(generator: np.random.Generator) -> float:
    """Red all over, mostly red, anything, or none."""
    chance = generator.uniform()
    if chance < 0.3:  # noqa: PLR2004
        return 1.0
    if chance < 0.65:  # noqa: PLR2004
        return float(generator.uniform(0.6, 1.0))
    if chance < 0.92:  # noqa: PLR2004
        return float(generator.uniform(0.02, 0.6))
    return 0.0
