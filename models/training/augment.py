"""The same objects under other light, on other ground, turned, nearer and farther, sharper and noisier."""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from grader.vision.network import CELLS, ROOM, SIDE_PX, Skin
from models.training import examples
from models.training.examples import UNKNOWN
from models.training.net import SCALE

OTHER_GROUND = 0.35
"""Share of the examples that are laid on a ground of another colour: diseased fruit were photographed on the plant and
healthy ones on white, and a network would learn the ground."""
FAR = 0.15
"""Share of the examples that may be as blurred as what was photographed from afar."""
BUSY_GROUND = 0.25
"""Share that are laid on a plant with diseased fruit, so that a plant behind it says nothing of a fruit."""


@dataclass(frozen=True, slots=True)
class Batch:
    """n crops and what the network should say; shares of cells, and how much of each cell is known."""

    crops: Tensor
    """(n, 3, SIDE_PX, SIDE_PX), scaled."""
    skin: Tensor
    """(n, Skin.COUNT, CELLS, CELLS)."""
    known: Tensor
    """(n, CELLS, CELLS)."""
    body: Tensor
    body_known: Tensor
    yes: Tensor
    """(n, questions), nan where nobody knows."""
    axis: Tensor
    """(n, 2), nan where nobody knows."""


def whole(kept: examples.Examples, chosen: Tensor, generator: torch.Generator | None) -> Batch:
    """The examples `chosen` as a batch; without a `generator` as they are, else varied by it."""
    index = chosen.numpy()
    picture = torch.from_numpy(kept.picture[index]).permute(0, 3, 1, 2).float()
    labels = _labels(kept, index)
    n = len(index)
    turn = _turns(n, generator)
    grid = functional.affine_grid(turn, [n, 3, SIDE_PX, SIDE_PX], align_corners=False)
    crops = functional.grid_sample(picture, grid, mode="bilinear", align_corners=False)
    moved = functional.grid_sample(labels, grid, mode="nearest", align_corners=False)
    skin, body = moved[:, 0].long() - 1, moved[:, 1].long() - 1
    if generator is not None:
        crops, skin = _on_other_ground(crops, skin, body, torch.from_numpy(_on_plant(kept, index)), generator)
        crops = _in_other_light(crops, generator)
        crops = _by_another_camera(crops, generator)
    axis = torch.from_numpy(kept.axis[index])
    axis = torch.linalg.solve(turn[:, :, :2], axis.nan_to_num()[..., None])[..., 0] + 0 * axis
    share, known = _shares(skin, Skin.COUNT)
    body_share, body_known = _shares(body, 2)
    return Batch(
        crops.clamp(0, 255).round() * SCALE,
        share,
        known,
        body_share[:, 1],
        body_known,
        torch.from_numpy(kept.yes[index]),
        functional.normalize(axis, dim=1),
    )


def _labels(kept: examples.Examples, index: NDArray[np.int64]) -> Tensor:
    """(n, 2, side, side) classes and body, from 1; 0 where nobody knows."""
    both = np.stack([kept.skin[index], kept.body[index]], axis=1).astype(np.float32)
    return torch.from_numpy(np.where(both == UNKNOWN, 0, both + 1))


def _turns(n: int, generator: torch.Generator | None) -> Tensor:
    """(n, 2, 3): from the crop's coordinates to the example's, both from -1 to 1."""
    zoom = torch.full((n,), ROOM / examples.ROOM)
    angle, mirror, shift = torch.zeros(n), torch.ones(n), torch.zeros(n, 2)
    if generator is not None:
        zoom = zoom * _uniform(n, 0.86, 1.16, generator)
        angle = _uniform(n, 0, 2 * torch.pi, generator)
        mirror = torch.where(torch.rand(n, generator=generator) < 0.5, -1.0, 1.0)  # noqa: PLR2004 - the half
        shift = 0.08 * (2 * torch.rand(n, 2, generator=generator) - 1)
    cosine, sine = zoom * angle.cos(), zoom * angle.sin()
    rows = torch.stack([torch.stack([cosine * mirror, -sine], 1), torch.stack([sine * mirror, cosine], 1)], 1)
    return torch.cat([rows, shift[..., None]], dim=2)


def _uniform(n: int, low: float, high: float, generator: torch.Generator) -> Tensor:
    return low + (high - low) * torch.rand(n, generator=generator)


def _column(values: Tensor) -> Tensor:
    return values[:, None, None, None]


def _on_plant(kept: examples.Examples, index: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which were photographed on the plant."""
    return np.char.startswith(kept.group[index], "disease:")


def _on_other_ground(
    crops: Tensor, skin: Tensor, body: Tensor, on_plant: Tensor, generator: torch.Generator
) -> tuple[Tensor, Tensor]:
    """Another colour behind some, with more or less of their light and shadow, and a plant behind some.

    Where a plant shows, nobody knows its classes any more.
    """
    n = len(crops)
    ground = (skin == Skin.BELT) | ((skin < 0) & (body == 0))
    light = crops.mean(dim=1, keepdim=True)
    share = ground.float()[:, None]
    mean = (light * share).sum((2, 3), keepdim=True) / share.sum((2, 3), keepdim=True).clamp(min=1)
    relief = (light / mean.clamp(min=8)) ** _column(_uniform(n, 0, 1, generator))
    colour = 255 * torch.rand(n, 3, 1, 1, generator=generator) ** 1.3
    grey = colour.mean(dim=1, keepdim=True)
    colour = grey + _column(_uniform(n, 0, 1.3, generator)) * (colour - grey)
    coarse = torch.randn(n, 3, 8, 8, generator=generator) * _column(_uniform(n, 0, 25, generator))
    mottled = functional.interpolate(coarse, size=SIDE_PX, mode="bilinear")
    plain = (colour * relief + mottled).clamp(0, 255)
    plants = torch.nonzero(on_plant)[:, 0] if on_plant.any() else torch.arange(n)
    other = (
        crops[plants[torch.randint(len(plants), (n,), generator=generator)]]
        .flip(3)
        .roll((SIDE_PX // 2, SIDE_PX // 2), dims=(2, 3))
    )
    drawn = torch.rand(n, generator=generator)
    busy = drawn < BUSY_GROUND
    swapped = share * _column((drawn < BUSY_GROUND + OTHER_GROUND).float())
    behind = torch.where(busy[:, None, None, None], other, plain)
    skin = torch.where(busy[:, None, None] & ground, -1, skin)
    return crops * (1 - swapped) + behind * swapped, skin


def _in_other_light(crops: Tensor, generator: torch.Generator) -> Tensor:
    """Brighter, darker, warmer, colder, steeper."""
    n = len(crops)
    gain = _column(torch.exp(_uniform(n, -0.4, 0.35, generator)))
    tint = torch.exp(0.1 * torch.randn(n, 3, 1, 1, generator=generator))
    gamma = _column(torch.exp(_uniform(n, -0.25, 0.25, generator)))
    grey = crops.mean(dim=1, keepdim=True)
    vivid = _column(_uniform(n, 0.7, 1.3, generator))
    crops = (grey + vivid * (crops - grey)).clamp(min=0)
    return 255 * ((crops * gain * tint).clamp(max=255) / 255) ** gamma


def _by_another_camera(crops: Tensor, generator: torch.Generator) -> Tensor:
    """Blurred a little, with noise."""
    n = len(crops)
    soft = functional.avg_pool2d(functional.pad(crops, (1, 1, 1, 1), mode="replicate"), 3, stride=1)
    softer = functional.avg_pool2d(functional.pad(crops, (2, 2, 2, 2), mode="replicate"), 5, stride=1)
    far = _column((torch.rand(n, generator=generator) < FAR).float())
    soft = soft + far * (softer - soft)
    blur = _column(_uniform(n, 0, 1, generator) ** 2)
    noise = torch.randn(crops.shape, generator=generator) * _column(_uniform(n, 0, 6, generator))
    return crops + blur * (soft - crops) + noise


def _shares(labels: Tensor, count: int) -> tuple[Tensor, Tensor]:
    """Share of each label in each cell, (n, count, CELLS, CELLS), and how much of the cell is known; -1 is unknown."""
    known = functional.avg_pool2d((labels >= 0).float()[:, None], SIDE_PX // CELLS)
    each = functional.one_hot(labels.clamp(min=0), count).permute(0, 3, 1, 2).float() * (labels >= 0)[:, None]
    return functional.avg_pool2d(each, SIDE_PX // CELLS) / known.clamp(min=1e-6), known[:, 0]
