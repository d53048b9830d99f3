"""One picture of fruit on a belt, with the truth about each fruit in it."""

from dataclasses import dataclass
from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from grader.twin.belt import BeltName, draw_belt, shine
from grader.twin.compose import Canvas
from grader.twin.foreign import ThingName, draw_thing
from grader.twin.fruit import Fruit, Lot, draw_fruit
from grader.twin.light import draw_light
from grader.twin.placing import Room, footprint, place_alone, place_beside
from grader.twin.sensor import Sensor, expose
from grader.twin.sprite import render
from grader.twin.truth import Size
from grader.twin.view import View
from grader.vision.calibration import BeltPlane, Camera

Array = NDArray[np.float64]

Share = Annotated[float, Field(ge=0, le=1)]


class SceneSettings(BaseModel):
    """What a picture shall show."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    lot: Lot = Lot()
    fruit: Annotated[int, Field(ge=0, le=200)] = 12
    """As many are laid down as fit."""
    touching: Share = 0.0
    """Share of the fruit that lie against another."""
    gap_px: Annotated[float, Field(ge=0)] = 4.0
    """Least distance in the picture between fruit that do not touch."""
    overhang_px: Annotated[int, Field(ge=0, le=1000)] = 0
    """How far fruit may reach out of the picture; 0: all are whole."""
    belt: BeltName = "blue"
    blur_px: Annotated[float, Field(ge=0, le=30)] = 0.0
    """Along x."""
    things: tuple[ThingName, ...] = ()
    """What else lies on the belt."""
    sensor: Sensor = Sensor()


@dataclass(frozen=True, slots=True)
class FruitTruth:
    """What is true of one fruit of a picture."""

    number: int
    """In the mask, from 1."""
    size: Size
    flat: float
    """Height / width of a cross-section."""
    surface_red: float
    """Red share of the whole surface."""
    visible_red: float
    """Red share of the flesh pixels in the mask; nan where there are none."""
    flesh_px: int
    centre_px: tuple[float, float]
    """Centroid of the flesh pixels; nan where there are none."""
    bbox: tuple[int, int, int, int]
    """[x0, y0, x1, y1) of the mask, with calyx."""
    touching: bool
    """Another fruit's mask comes within 4 px."""
    cut: bool
    """The mask reaches the picture's edge."""
    hidden: float
    """Share of the body, leaves aside, that others or the picture's edge hide."""
    deformed: bool


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """A picture and its truth."""

    frame_bgr: NDArray[np.uint8]
    """(rows, columns, 3)."""
    fruit_mask: NDArray[np.uint16]
    """(rows, columns): 0 or the fruit's number, calyx included; in the frame as it is (distorted), at mid-exposure."""
    class_mask: NDArray[np.uint8]
    """(rows, columns): 200 red skin, 150 rot, 100 pale skin, 50 calyx or stem, 0 anything else."""
    body_mask: NDArray[np.uint16]
    """(rows, columns): 0 or the number of the fruit whose flesh is there, be it under a leaf."""
    truths: tuple[FruitTruth, ...]


def render_scene(generator: np.random.Generator, camera: Camera, belt: BeltPlane, settings: SceneSettings) -> Scene:
    """A picture as `settings` want it, by `camera` over `belt`; the same seed gives the same picture."""
    looks = draw_belt(generator, settings.belt)
    light = draw_light(generator, float(looks.reflectance.mean()))
    view = View(camera, belt)
    room = Room(view, settings.gap_px, settings.overhang_px)
    things = [thing for name in settings.things if (thing := draw_thing(generator, name, room, light)) is not None]
    fruit = _back_to_front(lay_out(generator, settings, room), view.eye)
    balls = [one.body.balls for one in fruit]
    shadows = [*balls, *(thing.balls for thing in things if len(thing.balls))]
    canvas = Canvas(shine(looks, view, light, shadows))
    for thing in things:
        canvas.lay(thing.sprite)
    for number, one in enumerate(fruit, start=1):
        others = [ball for nth, ball in enumerate(balls, start=1) if nth != number]
        canvas.lay(render(one, view, light, _near(one, others)), number)
    frame = expose(canvas.light, settings.sensor, settings.blur_px, generator)
    return Scene(frame, canvas.numbers, canvas.classes, canvas.bodies, _truths(fruit, canvas))


def lay_out(generator: np.random.Generator, settings: SceneSettings, room: Room) -> list[Fruit]:
    """The fruit of the picture, in groups of two to four as far as they touch."""
    placed: list[Fruit] = []
    left = round(settings.fruit * settings.touching)
    while left > 1:
        size = min(left, int(generator.integers(2, 5)))
        placed += _lay_group(generator, size, settings.lot, room)
        left -= size
    for _ in range(settings.fruit - len(placed)):
        alone = place_alone(generator, draw_fruit(generator, settings.lot), room)
        placed += [] if alone is None else [alone]
    return placed


def _lay_group(generator: np.random.Generator, size: int, lot: Lot, room: Room) -> list[Fruit]:
    """Fruit of which each touches one that was there before; fewer than `size` where there is no room."""
    group: list[Fruit] = []
    before = room.taken.copy()
    first = place_alone(generator, draw_fruit(generator, lot), room)
    room.taken = before
    if first is None:
        return group
    group.append(first)
    for _ in range(size - 1):
        beside = place_beside(generator, draw_fruit(generator, lot), group, room)
        group += [] if beside is None else [beside]
    for one in group:
        room.take(footprint(one, room))
    return group


def _back_to_front(fruit: list[Fruit], eye: Array) -> list[Fruit]:
    """Ordered so that none hides one that comes after it.

    For balls that do not intersect, the one with the smaller |eye - centre|² - radius² lies in front (the plane of
    equal values parts them); fruit are near enough to balls.
    """

    def power(one: Fruit) -> float:
        ball = one.body.balls[len(one.body.balls) // 2]
        return float(((eye - ball[:3]) ** 2).sum() - ball[3] ** 2)

    return sorted(fruit, key=power, reverse=True)


def _near(fruit: Fruit, others: list[Array]) -> Array:
    """(B, 4): the balls of those others that are near enough to take a hundredth of the fruit's light."""
    middle = fruit.body.balls[:, :3].mean(axis=0)
    near = [balls for balls in others if np.linalg.norm(balls[:, :3].mean(axis=0) - middle) < 5 * balls[:, 3].max()]
    return np.concatenate(near) if near else np.zeros((0, 4))


def _truths(fruit: list[Fruit], canvas: Canvas) -> tuple[FruitTruth, ...]:
    truths = []
    for number, one in enumerate(fruit, start=1):
        seen = canvas.seen(number)
        flesh = seen.red_px + seen.pale_px
        truths.append(
            FruitTruth(
                number=number,
                size=one.body.size,
                flat=one.body.shape.flat,
                surface_red=one.skin.surface_red,
                visible_red=seen.red_px / flesh if flesh else float("nan"),
                flesh_px=flesh,
                centre_px=seen.centre_px,
                bbox=seen.bbox,
                touching=seen.touching,
                cut=seen.cut,
                hidden=seen.hidden,
                deformed=one.body.shape.deformed,
            )
        )
    return tuple(truths)
