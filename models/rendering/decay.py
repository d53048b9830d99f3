"""What rots a strawberry, as it looks: grey mould, anthracnose, powdery mildew, soft wet rot.

Set by eye on photographs of diseased fruit; each changes a skin in place and marks its field 1.
"""

import numpy as np
from numpy.typing import NDArray

from models.rendering.form import Form
from models.rendering.noise import mixed, smooth, waves
from models.rendering.patches import patch
from models.rendering.skin import Skin

Array = NDArray[np.float64]

KINDS = ("grey mould", "anthracnose", "powdery mildew", "soft rot")


def rot(generator: np.random.Generator, form: Form, skin: Skin, shown: Array, kind: str, share: float) -> None:
    """Let `kind` have taken `share` of what is shown."""
    {"grey mould": grey_mould, "anthracnose": anthracnose, "powdery mildew": mildew, "soft rot": soft}[kind](
        generator, form, skin, shown, share
    )


def grey_mould(generator: np.random.Generator, form: Form, skin: Skin, shown: Array, share: float) -> None:
    """A velvet of spores, grey to grey-brown, white where it is young, in a brown water-soaked hem."""
    halo = generator.uniform(0.0, 2.2) * min(1.0, 0.3 + 3 * share)
    inside = patch(generator, form.points, shown, share, hearts=int(generator.integers(1, 4)), ragged=1.2, grain_mm=9.0)
    soaked = smooth(0.5 + inside / 1.6)
    brown = 0.3 * skin.colour + np.array([0.2, 0.085, 0.035]) * generator.uniform(0.6, 1.3)
    skin.colour[:] = mixed(skin.colour, brown, soaked * generator.uniform(0.6, 1.0))
    cover = smooth(0.5 + (inside - halo) / (2 * generator.uniform(0.6, 1.6)))
    thin = generator.uniform(0.0, 1.1)  # young mould lets the brown skin through
    cover *= np.clip(1.15 - thin * np.abs(waves(generator, form.points, 3.5)) * 0.6, 0, 1)
    tones = np.array([[0.36, 0.35, 0.32], [0.25, 0.25, 0.19], [0.3, 0.24, 0.17], [0.62, 0.61, 0.58]])
    tone = generator.dirichlet((0.8, 0.8, 0.6, 0.4)) @ tones
    grain = waves(generator, form.points, 1.15, 40) + 0.7 * waves(generator, form.points, 3.0)
    velvet = tone * np.exp(0.22 * grain)[:, None]
    skin.colour[:] = mixed(skin.colour, np.clip(velvet, 0.02, 0.85), cover)
    skin.finish[:] = mixed(skin.finish, np.array([0.95, 0.0, 0.6]), np.maximum(cover, 0.5 * soaked))
    skin.raised_mm[:] *= 1 - 0.8 * cover
    skin.raised_mm += cover * (generator.uniform(0.3, 1.1) + 0.16 * grain)
    skin.raised_mm -= soaked * generator.uniform(0.0, 0.8)
    _spoil_seeds(skin, form, soaked, cover * generator.uniform(0.4, 1.0), tone)
    skin.fuzz[:] = cover * generator.uniform(0.3, 1.0)
    skin.fuzz_colour[:] = np.clip(tone * generator.uniform(1.0, 1.6), 0, 0.85)
    skin.fields[:, 1] = inside


def anthracnose(generator: np.random.Generator, form: Form, skin: Skin, shown: Array, share: float) -> None:
    """Round, sunken, firm spots with a sharp border: tan to nearly black; sometimes salmon spores in the middle."""
    hearts = int(generator.choice((1, 2, 3), p=(0.6, 0.25, 0.15)))
    inside = patch(generator, form.points, shown, share, hearts=hearts, ragged=0.35, grain_mm=5.0)
    amount = smooth(0.5 + inside / (2 * generator.uniform(0.25, 0.7)))
    tan, black = np.array([0.3, 0.12, 0.05]), np.array([0.035, 0.016, 0.012])
    tone = tan + generator.beta(1.2, 0.8) * (black - tan)
    rings = generator.uniform(0.0, 0.3) * np.cos(2 * np.pi * inside / generator.uniform(1.4, 3.0))
    spot = (
        tone
        * np.exp(rings + 0.3 * waves(generator, form.points, 2.0) + 0.3 * waves(generator, form.points, 5.0))[:, None]
    )
    if generator.uniform() < 0.3:  # noqa: PLR2004 - of them
        heart = smooth((inside - 1.5) / 2) * np.clip(0.5 + waves(generator, form.points, 1.6), 0, 1)
        spot = mixed(
            spot, np.array([0.55, 0.3, 0.2]) * generator.uniform(0.5, 1.2), heart * generator.uniform(0.3, 0.9)
        )
    rim = np.exp(-(((inside + 0.9) / 0.8) ** 2))
    skin.colour[:] = mixed(skin.colour, skin.colour * np.array([0.75, 0.6, 0.6]), rim)
    skin.colour[:] = mixed(skin.colour, np.clip(spot, 0.004, 0.8), amount * generator.uniform(0.8, 1.0))
    skin.finish[:] = mixed(skin.finish, np.array([generator.uniform(0.45, 0.9), 0.0, 0.1]), amount)
    depth = generator.uniform(0.4, 1.8)
    skin.raised_mm -= depth * smooth(0.3 + inside / 2.5)
    _spoil_seeds(skin, form, amount, np.zeros(len(amount)), np.array([0.06, 0.035, 0.02]))
    skin.fields[:, 1] = inside


def mildew(generator: np.random.Generator, form: Form, skin: Skin, shown: Array, share: float) -> None:
    """A white dust in patches over skin that turned dull and purplish; the seeds stand out of it."""
    inside = patch(generator, form.points, shown, share, hearts=int(generator.integers(1, 6)), ragged=2.2, grain_mm=7.0)
    amount = smooth(0.5 + inside / (2 * generator.uniform(0.8, 2.2)))
    dull = skin.colour * np.array([0.8, 0.9, 1.1]) + np.array([0.03, 0.02, 0.03])
    skin.colour[:] = mixed(skin.colour, np.clip(dull, 0, 0.9), amount)
    dust = amount * np.clip(
        generator.uniform(0.4, 0.85)
        + generator.uniform(0.12, 0.35) * waves(generator, form.points, 1.2, 40)
        + 0.12 * waves(generator, form.points, 4.0),
        0.06,
        0.95,
    )
    white = np.array([0.78, 0.76, 0.74]) * generator.uniform(0.8, 1.1)
    skin.colour[:] = mixed(skin.colour, white, dust * generator.uniform(0.55, 0.95))
    skin.finish[:] = mixed(skin.finish, np.array([0.92, 0.0, 0.5]), np.clip(amount * 1.2, 0, 1))
    skin.raised_mm += 0.08 * dust
    at = form.seeds
    skin.seed_colour[:] = mixed(skin.seed_colour, white, 0.5 * dust[at])
    skin.fuzz[:] = dust * generator.choice((0.0, 0.25))
    skin.fuzz_colour[:] = white
    skin.fields[:, 1] = inside


def soft(generator: np.random.Generator, form: Form, skin: Skin, shown: Array, share: float) -> None:
    """Skin gone brown, wet and slack; sometimes white cotton on it."""
    inside = patch(generator, form.points, shown, share, hearts=int(generator.integers(1, 4)), ragged=1.6, grain_mm=8.0)
    amount = smooth(0.5 + inside / (2 * generator.uniform(0.5, 2.0)))
    tones = np.array([[0.22, 0.085, 0.035], [0.12, 0.035, 0.018], [0.34, 0.17, 0.08]])
    brown = 0.22 * skin.colour + generator.dirichlet((1, 1, 0.7)) @ tones
    brown *= np.exp(0.2 * waves(generator, form.points, 5.0))[:, None]
    skin.colour[:] = mixed(skin.colour, brown, amount * generator.uniform(0.8, 1.0))
    skin.finish[:] = mixed(skin.finish, np.array([generator.uniform(0.1, 0.4), generator.uniform(0, 1), 0.0]), amount)
    slack = smooth(inside / 6)
    skin.raised_mm -= generator.uniform(0.2, 2.0) * slack
    skin.raised_mm += amount * generator.uniform(0.05, 0.35) * waves(generator, form.points, 4.0)
    _spoil_seeds(skin, form, amount, np.zeros(len(amount)), np.array([0.2, 0.1, 0.04]))
    if generator.uniform() < 0.35:  # noqa: PLR2004 - of them
        cotton = smooth((inside - 0.5) / 2 + 0.6 * waves(generator, form.points, 5.0) - generator.uniform(0, 0.8))
        white = np.array([0.72, 0.71, 0.68])
        skin.colour[:] = mixed(
            skin.colour, white, 0.7 * cotton * np.clip(0.7 + 0.3 * waves(generator, form.points, 1.2), 0, 1)
        )
        skin.finish[:] = mixed(skin.finish, np.array([0.95, 0.0, 0.6]), cotton)
        skin.fuzz[:] = cotton * generator.uniform(0.5, 1.0)
        skin.fuzz_colour[:] = white
        skin.raised_mm += 0.5 * cotton
    skin.fields[:, 1] = inside


def _spoil_seeds(skin: Skin, form: Form, browned: Array, covered: Array, tone: Array) -> None:
    """Seeds turn dark where the skin is `browned`, and vanish where it is `covered` (V,)."""
    at = form.seeds
    skin.seed_colour[:] = mixed(skin.seed_colour, 0.45 * skin.seed_colour, browned[at])
    skin.seed_colour[:] = mixed(skin.seed_colour, tone, np.maximum(0.5 * browned[at], covered[at]))
    skin.seed_size[:] = np.where(covered[at] > 0.7, 0.0, skin.seed_size * (1 - 0.5 * covered[at]))  # noqa: PLR2004
