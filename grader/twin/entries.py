"""The catalogue's things, each rendered at several places along the window and kept as bytes."""

from dataclasses import dataclass
from typing import Annotated, Literal

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray
from pydantic import BaseModel, ConfigDict, Field

from grader.line.profile import References
from grader.twin.belt import BeltName, open_sky
from grader.twin.feed import Specimen, reference_specimens
from grader.twin.foreign import draw_thing
from grader.twin.fruit import Lot, draw_fruit
from grader.twin.light import Light
from grader.twin.placing import Room
from grader.twin.references import see_patch, see_sphere
from grader.twin.scenery import draw_scenery
from grader.twin.sensor import Sensor
from grader.twin.sprite import PALE, RED, ROT, Sprite, render
from grader.twin.view import View, on_belt, project

Array = NDArray[np.float64]
Bytes = NDArray[np.uint8]

BRIGHTEST = 1.5
"""Light in units of white paper at which a sprite's bytes end; the sensor saturates at 1.25."""
GAMMA = 2.2
"""Sprites and shades are kept as bytes of light to the power of 1 / 2.2, in steps as fine as the eye's."""
BLEND_PX2 = 1 / 6
"""Moving a sprite by a part of a pixel blends neighbours: mean variance of that blur. The lens' blur is less by it."""
SHADE_STEP = 4
"""Shadows are kept on every fourth pixel,"""
SHADE_RADII = 3.2
"""and end at so many radii, where they take 3 % of the light."""
OVERHANG_MM = 35.0
"""Things are rendered so far outside what the camera sees,"""
FLAT_MM = 0.5
"""Half the thickness of what is flat."""
CUT_MM = 2 * OVERHANG_MM
"""and are seen whole from so far inside the first and the last place: that much of the truth is theirs to tell."""


class CatalogueSettings(BaseModel):
    """What fruit there are, and in which light they were drawn."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    seed: int = 1
    lot: Lot = Lot()
    fruit: Annotated[int, Field(ge=0, le=10_000)] = 64
    poses: Annotated[int, Field(ge=1, le=100)] = 1
    """So many entries after one another are the same fruit in other attitudes and lanes."""
    things: Annotated[int, Field(ge=0, le=1000)] = 8
    """Leaves and stones, in turn."""
    references: References = References()
    belt: BeltName = "blue"
    sensor: Sensor = Sensor()
    lanes_mm: tuple[float, ...] = (-82.5, -27.5, 27.5, 82.5)
    """Across the travel, to its left."""
    direction_deg: Annotated[float, Field(ge=-180, le=360)] = 0.0
    """The way the belt runs, from the belt frame's +x towards +y."""
    off_lane_mm: Annotated[float, Field(ge=0)] = 2.0
    """Standard deviation of a fruit's place across its lane."""
    spacing_mm: Annotated[float, Field(gt=0)] = 60.0
    """From one place along the window at which a fruit is rendered to the next, at most."""


@dataclass(frozen=True, slots=True, eq=False)
class Patch:
    """One thing at one place in the picture: bytes of light to the power of 1 / GAMMA."""

    along_mm: float
    """The place of its centre."""
    red_share: float
    """Of the flesh pixels; nan where there are none."""
    rot_share: float
    """The same of what is rotten."""
    corner: tuple[int, int]
    """x and y of the first pixel; may lie outside the picture."""
    light: Bytes
    """(rows, columns, 3), BGR, multiplied by `cover` before the power was taken."""
    cover: Bytes
    """(rows, columns): 255 where it hides all that lies behind."""
    shade_corner: tuple[int, int]
    """Of the shade, in steps of four pixels."""
    shade: Bytes
    """(rows, columns), every fourth pixel: share of its light that the belt still gets, to the power of 1 / GAMMA."""


@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    """One thing of the catalogue."""

    specimen: Specimen
    lane: int
    height_mm: float
    """Of its centre above the belt."""
    axes_mm: Array
    """(3, 3): the semi-axes of the ellipsoid that it fills about, as columns, belt frame."""
    patches: tuple[Patch, ...]
    """By rising place along the travel."""

    def nearest(self, along_mm: float) -> int:
        """The patch that was rendered nearest to that place."""
        return min(range(len(self.patches)), key=lambda nth: abs(self.patches[nth].along_mm - along_mm))


def travel_axes(direction_deg: float) -> Array:
    """(2, 2): unit vectors along the travel and to its left, in the belt's frame."""
    turn = np.radians(direction_deg)
    return np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])


def places_mm(settings: CatalogueSettings, view: View) -> Array:
    """Places along the travel at which things are rendered: (K,), over all that the camera sees and a little more."""
    width, height = view.camera.size_px
    corners = np.array([(0, 0), (width, 0), (0, height), (width, height)], np.float64)
    along = on_belt(corners, view.camera, view.belt) @ travel_axes(settings.direction_deg)[0]
    low, high = along.min() - OVERHANG_MM, along.max() + OVERHANG_MM
    return np.linspace(low, high, int(np.ceil((high - low) / settings.spacing_mm)) + 1)


def make_entry(settings: CatalogueSettings, view: View, number: int) -> Entry:
    """Thing `number` of the catalogue, from 0: first the fruit, then leaves and stones, then the reference pieces."""
    light = draw_scenery(settings.seed, settings.belt).light
    if number < settings.fruit:
        return _fruit_entry(settings, view, light, number)
    if number < settings.fruit + settings.things:
        return _thing_entry(settings, view, light, number)
    return _reference_entry(settings, view, light, number - settings.fruit - settings.things)


def _fruit_entry(settings: CatalogueSettings, view: View, light: Light, number: int) -> Entry:
    which, pose = divmod(number, settings.poses)
    generator = np.random.default_rng([settings.seed, which])
    lane = number % len(settings.lanes_mm)
    off_mm = settings.off_lane_mm * float(generator.normal())
    fruit = draw_fruit(generator, settings.lot)
    if pose:
        fruit = fruit.laid_anew(np.random.default_rng([settings.seed, which, pose]))
    size = fruit.body.size
    ways = travel_axes(settings.direction_deg)
    places = places_mm(settings, view)
    patches = []
    for along_mm in places:
        place = np.array([along_mm, settings.lanes_mm[lane] + off_mm]) @ ways
        here = fruit.moved(tuple(place - size.centre_mm[:2]))
        sprite = render(here, view, light, np.zeros((0, 4)))
        patches.append(_patch(sprite, float(along_mm), view, here.body.balls, settings.sensor))
    low, high = places[0] + CUT_MM, places[-1] - CUT_MM
    inside = [patch for patch in patches if low <= patch.along_mm <= high] or patches[:1]
    flat = fruit.body.shape.flat
    semi_mm = np.array([size.length_mm, size.width_mm, flat * size.width_mm]) / 2
    heading = size.yaw - np.radians(settings.direction_deg)
    specimen = Specimen(
        kind="fruit",
        off_lane_mm=off_mm,
        diameter_mm=size.diameter_mm,
        width_mm=size.width_mm,
        length_mm=size.length_mm,
        volume_mm3=size.volume_mm3,
        visible_red=float(np.mean([patch.red_share for patch in inside])),
        yaw=float(heading % (2 * np.pi)),
        look=number,
        visible_rot=float(np.mean([patch.rot_share for patch in inside])),
        deformed=fruit.body.shape.deformed,
    )
    return Entry(specimen, lane, size.equator_z_mm, fruit.body.pose.rotation * semi_mm, tuple(patches))


class _Spot(Room):
    """Room at one place alone."""

    place_mm: Array

    def fits(self, footprint: Array) -> bool:
        """Always."""
        return bool(len(footprint))

    def take(self, footprint: Array) -> None:
        """Nothing is kept free."""

    def anywhere(self, generator: np.random.Generator) -> Array:  # noqa: ARG002 - a room's
        """There."""
        return self.place_mm


def _thing_entry(settings: CatalogueSettings, view: View, light: Light, number: int) -> Entry:
    kind: Literal["leaf", "stone"] = "leaf" if (number - settings.fruit) // len(settings.lanes_mm) % 2 == 0 else "stone"
    lane = number % len(settings.lanes_mm)
    spot = _Spot(view, 0.0)
    ways = travel_axes(settings.direction_deg)
    patches, radius_mm = [], 1.0
    for along_mm in places_mm(settings, view):
        spot.place_mm = np.array([along_mm, settings.lanes_mm[lane]]) @ ways
        thing = draw_thing(np.random.default_rng([settings.seed, number]), kind, spot, light)
        if thing is None:
            raise ValueError(f"no room for a {kind}")
        patches.append(_patch(thing.sprite, float(along_mm), view, thing.balls, settings.sensor))
        window = thing.sprite.window
        radius_mm = max(window.shape) / 2 / view.camera.matrix[0, 0] * view.eye[2]
    specimen = Specimen(kind, 0.0, *(2 * radius_mm,) * 3, 0.0, float("nan"), 0.0, number)
    return Entry(specimen, lane, 2.0, np.diag([radius_mm, radius_mm, 1.0]), tuple(patches))


def _reference_entry(settings: CatalogueSettings, view: View, light: Light, nth: int) -> Entry:
    pieces = reference_specimens(settings.references, len(settings.lanes_mm), settings.fruit + settings.things)
    lane, piece = pieces[nth]
    flat = nth == len(pieces) - 1
    ways = travel_axes(settings.direction_deg)
    patches = []
    for along_mm in places_mm(settings, view):
        at_mm = np.array([along_mm, settings.lanes_mm[lane]]) @ ways
        if flat:
            sprite, balls = see_patch(piece.diameter_mm, piece.visible_red, at_mm, view, light)
        else:
            sprite, balls = see_sphere(piece.diameter_mm, at_mm, view, light)
        patches.append(_patch(sprite, float(along_mm), view, balls, settings.sensor))
    radius_mm = piece.diameter_mm / 2
    height_mm = FLAT_MM if flat else radius_mm
    return Entry(piece, lane, height_mm, np.diag([radius_mm, radius_mm, height_mm]), tuple(patches))


def _patch(sprite: Sprite, along_mm: float, view: View, balls: Array, sensor: Sensor) -> Patch:
    pad = int(np.ceil(3 * sensor.softness_px)) + 1
    blur_px = float(np.sqrt(max(sensor.softness_px**2 - BLEND_PX2, 0.01)))
    light, cover = (
        cv2.GaussianBlur(cv2.copyMakeBorder(plane, pad, pad, pad, pad, cv2.BORDER_CONSTANT), (0, 0), blur_px)
        for plane in (sprite.light, sprite.cover)
    )
    kinds = sprite.classes
    flesh, red, rot = (int(part.sum()) for part in (kinds >= PALE, kinds == RED, kinds == ROT))
    shade_corner, shade = _shade(view, balls)
    return Patch(
        along_mm=along_mm,
        red_share=red / flesh if flesh else float("nan"),
        rot_share=rot / flesh if flesh else float("nan"),
        corner=(sprite.window.x - pad, sprite.window.y - pad),
        light=_bytes(np.asarray(light) / BRIGHTEST),
        cover=np.clip(np.rint(np.asarray(cover) * 255), 0, 255).astype(np.uint8),
        shade_corner=shade_corner,
        shade=shade,
    )


def _shade(view: View, balls: Array) -> tuple[tuple[int, int], Bytes]:
    """The shadow of `balls` on the belt, around their foot; a single lit point where there are none."""
    if not len(balls):
        return (0, 0), np.full((1, 1), 255, np.uint8)
    middle, radius = balls[:, :2].mean(axis=0), balls[:, 3].max()
    reach = SHADE_RADII * radius + np.ptp(balls[:, :2], axis=0).max() / 2
    around = np.array([(x, y, 0.0) for x in (-reach, reach) for y in (-reach, reach)]) + np.array([*middle, 0.0])
    pixels = project(around, view.camera, view.belt) / SHADE_STEP
    x0, y0 = np.floor(pixels.min(axis=0)).astype(int)
    x1, y1 = np.ceil(pixels.max(axis=0)).astype(int) + 1
    grid = np.stack(np.meshgrid(np.arange(x0, x1), np.arange(y0, y1)), axis=-1)
    at = on_belt((grid.reshape(-1, 2) + 0.5) * SHADE_STEP - 0.5, view.camera, view.belt)
    points = np.column_stack([at, np.zeros(len(at))])
    up = np.zeros_like(points)
    up[:, 2] = 1
    left = open_sky(points, up, [balls], SHADE_RADII).reshape(grid.shape[:2])
    return (int(x0), int(y0)), _bytes(left)


def _bytes(values: ArrayLike) -> Bytes:
    return np.asarray(np.rint(255 * np.clip(np.asarray(values, np.float64), 0, 1) ** (1 / GAMMA)), np.uint8)
