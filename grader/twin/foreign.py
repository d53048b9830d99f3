"""What lies on a belt and is no strawberry, so that rejection can be tried: leaves, stones, hands, stains, glare."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from grader.twin.light import Light, level
from grader.twin.placing import Room
from grader.twin.raster import Window, coverage, window_around
from grader.twin.sprite import HALF, Sprite
from grader.twin.view import on_belt, project

Array = NDArray[np.float64]
Picture = NDArray[np.float32]

ThingName = Literal["leaf", "stone", "hand", "stain", "glare"]


@dataclass(frozen=True, slots=True, eq=False)
class Thing:
    """Something on the belt, rendered."""

    name: ThingName
    sprite: Sprite
    """Its classes are all 0."""
    balls: Array
    """(B, 4), mm: what casts its shadow."""


@dataclass(frozen=True, slots=True, eq=False)
class _Patch:
    """A flat thing's outline in the picture, and where its pixels lie on it."""

    window: Window
    cover: Picture
    xy: Array
    """(rows, columns, 2), mm: along and across the thing, from its middle."""
    depth: Picture
    """(rows, columns), 0-1: 0 at the outline, 1 in the middle of the thickest part."""
    lit: Array
    """(rows, columns): brightness of the light."""


@dataclass(frozen=True, slots=True, eq=False)
class _Form:
    """Outline on the belt and paint of a thing before it has a place."""

    outline_mm: Array
    """(N, 2), about its middle, along x."""
    height_mm: float
    paint: Callable[[_Patch], Array]
    """(rows, columns, 3), linear RGB."""
    opacity: float = 1.0
    soft: bool = False
    """Fades out towards the edge."""
    shadow_mm: float = 0.0
    """Radius of the ball that casts its shadow; 0: none."""


def draw_thing(generator: np.random.Generator, name: ThingName, room: Room, light: Light) -> Thing | None:
    """A thing of that kind at a free place of the picture; None: no room was found."""
    form = _FORMS[name](generator)
    for _ in range(40):
        middle, turn = room.anywhere(generator), generator.uniform(0, 2 * np.pi)
        axes = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
        points = form.outline_mm @ axes + middle
        lifted = np.concatenate([points, np.full((len(points), 1), form.height_mm)], axis=1)
        rim = project(lifted, room.view.camera, room.view.belt)
        hull = np.asarray(cv2.convexHull(rim.astype(np.float32))[:, 0, :], dtype=np.float64)
        if room.fits(hull):
            room.take(hull)
            balls = np.array([[*middle, form.shadow_mm, form.shadow_mm]]) if form.shadow_mm else np.zeros((0, 4))
            return Thing(name, _sprite(form, rim, (middle, axes), room, light), balls)
    return None


def _sprite(form: _Form, rim: Array, place: tuple[Array, Array], room: Room, light: Light) -> Sprite:
    window = window_around(rim)
    cover = coverage(rim, window)
    x, y = np.meshgrid(np.arange(window.width) + window.x, np.arange(window.height) + window.y)
    pixels = np.stack([x, y], axis=-1).reshape(-1, 2).astype(np.float64)
    at = on_belt(pixels, room.view.camera, room.view.belt, form.height_mm)
    depth = cv2.distanceTransform((cover >= HALF).astype(np.uint8), cv2.DIST_L2, 5)
    depth = cv2.GaussianBlur(depth, (0, 0), 1.5)
    middle, axes = place
    shape = window.shape
    patch = _Patch(
        window,
        cover,
        ((at - middle) @ axes.T).reshape(*shape, 2),
        (depth / max(float(depth.max()), 1.0)).astype(np.float32),
        level(light, at).reshape(shape),
    )
    share = cover * np.float32(form.opacity)
    if form.soft:
        share = share * np.clip(patch.depth * 1.6, 0, 1)
    glow = form.paint(patch)[..., ::-1] * share[..., None]
    return Sprite(window, glow.astype(np.float32), share.astype(np.float32), np.zeros(shape, np.uint8))


def _blob(generator: np.random.Generator, length: float, breadth: float, roughness: float) -> Array:
    """(240, 2): a round outline with lobes."""
    turn = np.linspace(0, 2 * np.pi, 240, endpoint=False)
    radius = 1 + sum(
        generator.normal(0, roughness / k) * np.cos(k * turn + generator.uniform(0, 2 * np.pi)) for k in range(2, 9)
    )
    return np.stack([length * radius * np.cos(turn), breadth * radius * np.sin(turn)], axis=1)


def _leaf(generator: np.random.Generator) -> _Form:
    """One leaflet of a strawberry leaf: toothed, with a midrib and side veins."""
    length = generator.uniform(18, 38)
    breadth = length * generator.uniform(0.55, 0.85)
    turn = np.linspace(0, 2 * np.pi, 480, endpoint=False)
    teeth = 1 + 0.06 * np.abs(np.sin(9 * turn)) * (np.cos(turn) > -0.8)  # noqa: PLR2004 - the foot has none
    egg = np.exp(-0.25 * np.cos(turn))
    outline = np.stack([length * teeth * np.cos(turn), breadth * egg * teeth * np.sin(turn)], axis=1)
    green = np.array([0.07, 0.2, 0.035]) * generator.uniform(0.6, 1.8)

    def paint(patch: _Patch) -> Array:
        along, across = patch.xy[..., 0], np.abs(patch.xy[..., 1])
        veins = np.exp(-((across / 0.7) ** 2)) + 0.4 * np.exp(-((np.sin((along - 0.7 * across) * 0.9) / 0.25) ** 2))
        shade = 0.8 + 0.25 * np.sin(along / length * 4) * across / breadth
        painted: Array = green * (patch.lit * shade * (1 + 0.6 * veins))[..., None]
        return painted

    return _Form(outline, 2.0, paint, shadow_mm=0.0)


def _stone(generator: np.random.Generator) -> _Form:
    size = generator.uniform(6, 16)
    outline = _blob(generator, size, size * generator.uniform(0.6, 1.0), 0.12)
    colour = np.array([0.24, 0.21, 0.18]) * generator.uniform(0.4, 1.6) * generator.uniform(0.9, 1.1, 3)
    waves = generator.normal(0, 1.2, (6, 2))
    phases = generator.uniform(0, 2 * np.pi, 6)

    def paint(patch: _Patch) -> Array:
        grain = np.cos(patch.xy @ waves.T + phases).sum(axis=-1) / 6
        dome = 0.45 + 0.55 * np.sqrt(np.clip(patch.depth * 1.4, 0, 1))
        painted: Array = colour * (patch.lit * dome * (1 + 0.35 * grain))[..., None]
        return painted

    return _Form(outline, size * 0.4, paint, shadow_mm=size * 0.6)


def _hand(generator: np.random.Generator) -> _Form:
    """Four fingers and a thumb on a palm, seen from above."""
    canvas = np.zeros((480, 480), np.uint8)
    for nth, (angle, reach) in enumerate([(-62, 105), (-16, 170), (-3, 185), (10, 175), (24, 140)]):
        swing = np.radians(angle + generator.normal(0, 4))
        root = np.array([150.0, 240.0 + 26 * (nth - 2.4)])
        tip = root + reach * generator.uniform(0.85, 1.1) * np.array([np.cos(swing), np.sin(swing)])
        cv2.line(canvas, tuple(root.astype(int)), tuple(tip.astype(int)), 255, 30 if nth else 36)
    cv2.ellipse(canvas, (130, 240), (85, 78), 0, 0, 360, 255, -1)
    cv2.rectangle(canvas, (0, 195), (110, 285), 255, -1)
    contours, _ = cv2.findContours(canvas, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    outline = max(contours, key=len)[:, 0, :].astype(np.float64)
    smooth = np.stack([np.convolve(np.tile(outline[:, c], 3), np.ones(9) / 9, "same") for c in (0, 1)], axis=1)
    scale = generator.uniform(0.32, 0.42)
    tone = np.array([0.55, 0.32, 0.22]) * generator.uniform(0.25, 1.1)

    def paint(patch: _Patch) -> Array:
        dome = 0.4 + 0.6 * np.sqrt(np.clip(patch.depth * 2.2, 0, 1))
        painted: Array = tone * (patch.lit * dome)[..., None]
        return painted

    middle = outline.mean(axis=0)
    return _Form((smooth[len(outline) : 2 * len(outline)] - middle) * scale, 25.0, paint, shadow_mm=22.0)


def _stain(generator: np.random.Generator) -> _Form:
    """Juice, or mud."""
    colour = np.array([0.22, 0.01, 0.012]) if generator.uniform() < 0.6 else np.array([0.07, 0.05, 0.03])  # noqa: PLR2004
    outline = _blob(generator, generator.uniform(5, 22), generator.uniform(4, 14), 0.2)
    return _Form(outline, 0.0, lambda patch: colour * patch.lit[..., None], generator.uniform(0.25, 0.7), soft=True)


def _glare(generator: np.random.Generator) -> _Form:
    """A lamp mirrored by a wet spot."""
    outline = _blob(generator, generator.uniform(4, 15), generator.uniform(3, 9), 0.08)
    brightness = generator.uniform(1.2, 4.0)
    return _Form(outline, 0.0, lambda patch: np.full((*patch.lit.shape, 3), brightness), 0.9, soft=True)


_FORMS: dict[ThingName, Callable[[np.random.Generator], _Form]] = {
    "leaf": _leaf, "stone": _stone, "hand": _hand, "stain": _stain, "glare": _glare,
}  # fmt: skip
