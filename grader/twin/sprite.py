"""One fruit as the camera sees it: a patch of light with its coverage, ready to be laid over a belt."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from grader.twin.flesh import Flesh, see
from grader.twin.foliage import Backdrop, see_calyx
from grader.twin.fruit import Fruit
from grader.twin.light import Light, diffuse, hidden_sky, specular
from grader.twin.raster import Window
from grader.twin.seeds import seeded
from grader.twin.view import View, project

Array = NDArray[np.float64]
Picture = NDArray[np.float32]

RED, ROT, PALE, CALYX = 200, 150, 100, 50
"""Values of the class mask, as in `rendered-belt`, which has no rot; from PALE upwards it is flesh."""
HALF = 0.5
"""A mask shows what fills at least this share of the pixel."""


@dataclass(frozen=True, slots=True, eq=False)
class Sprite:
    """A patch of a picture in linear light."""

    window: Window
    light: Picture
    """(rows, columns, 3), BGR, 1 for white paper on the belt, already multiplied by `cover`."""
    cover: Picture
    """(rows, columns), 0-1: share of the pixel that the thing hides."""
    classes: NDArray[np.uint8]
    """(rows, columns): RED, ROT, PALE or CALYX, whichever fills more; 0 where less than half is filled."""
    body: NDArray[np.bool_] | None = None
    """(rows, columns): whether flesh fills at least half of the pixel, be there leaves on it or not; of fruit only."""


def render(fruit: Fruit, view: View, light: Light, neighbours: Array) -> Sprite:
    """`fruit` under `light`; `neighbours`, (B, 4): the balls of other bodies that shade it (may be empty)."""
    leaves = fruit.calyx.placed(fruit.body)
    flesh = see(fruit, view, project(leaves, view.camera, view.belt))
    glow = _skin_light(fruit, flesh, view, light, neighbours)
    known = np.concatenate([glow[:, ::-1], flesh.depth[:, None], flesh.margin[:, None], flesh.rot_mm[:, None]], axis=1)
    patch = _carried_over_the_edge(known, flesh)
    calyx = see_calyx(fruit.calyx, leaves, view, light, Backdrop(flesh.window, patch[..., 3], flesh.cover))
    flesh_cover = flesh.cover * (1 - calyx.hides)
    cover = np.minimum(flesh_cover + calyx.cover, 1.0)
    skin = np.where(patch[..., 5] > 0, ROT, np.where(patch[..., 4] > 0, RED, PALE))
    classes = np.where(flesh_cover >= calyx.cover, skin, CALYX)
    return Sprite(
        flesh.window,
        patch[..., :3] * flesh_cover[..., None] + calyx.light,
        cover,
        np.where(cover >= HALF, classes, 0).astype(np.uint8),
        flesh.cover >= HALF,
    )


def _skin_light(fruit: Fruit, flesh: Flesh, view: View, light: Light, neighbours: Array) -> Array:
    """(S, 3), linear RGB."""
    skin = fruit.skin
    ripe = np.clip(0.5 + flesh.margin / (2 * skin.border), 0, 1)[:, None]
    colour = skin.pale + ripe * (skin.red - skin.pale)
    if skin.rot is not None:
        rotten = skin.rot.share(flesh.rot_mm)[:, None]
        colour += rotten * (skin.rot.colour - colour)
    albedo, bumpy = seeded(fruit, flesh, colour)
    open_sky = 1 - hidden_sky(flesh.points, flesh.normals, neighbours)
    matt = diffuse(light, flesh.points, 0.5 * (flesh.normals + bumpy))
    shine = skin.gloss * specular(light, flesh.points, bumpy, view.eye, roughness=0.3 - 0.15 * skin.gloss)
    glow: Array = (albedo * matt[:, None] + shine[:, None]) * open_sky[:, None]
    return glow


def _carried_over_the_edge(known: Array, flesh: Flesh) -> Picture:
    """(rows, columns, C): `known`, (S, C), at the flesh's pixels, and the mean of what is near for two pixels beyond.

    A pixel of which the flesh covers less than half has its centre outside; its share of the flesh looks like the rim.
    """
    rows, columns = flesh.window.shape
    picture = np.zeros((rows * columns, known.shape[1] + 1), np.float32)
    picture[flesh.index, :-1] = known
    picture[flesh.index, -1] = 1
    grid = picture.reshape(rows, columns, -1)
    for _ in range(2):
        near = cv2.merge([cv2.blur(plane, (3, 3)) for plane in np.moveaxis(grid, 2, 0)])
        fresh = (grid[..., -1] == 0) & (near[..., -1] > 0)
        grid[fresh] = near[fresh] / near[fresh][:, -1:]
    return grid[..., :-1]
