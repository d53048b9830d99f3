"""Examples from the station's own twin: whatever the station finds on rendered belts, with what it truly is."""

from collections.abc import Iterator
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from grader.twin.belt import BeltName
from grader.twin.cameras import looking_down, station
from grader.twin.foreign import ThingName
from grader.twin.fruit import Lot
from grader.twin.scene import FruitTruth, Scene, SceneSettings, render_scene
from grader.twin.sensor import Sensor
from grader.twin.skin import Ripeness
from grader.twin.sprite import CALYX, PALE, RED, ROT
from grader.twin.variety import Variety
from grader.twin.view import View
from grader.vision.belt_colour import learn_belt_colour
from grader.vision.calibration import BeltColour
from grader.vision.colour import colour_table
from grader.vision.network import Question, Skin
from grader.vision.objects import Objects, find_objects
from models.training.examples import NO_AXIS, ROOM, UNKNOWN, Example, square, unknown_answers

BELTS: tuple[BeltName, ...] = ("blue", "white", "grey", "black", "green")
THINGS: tuple[ThingName, ...] = ("leaf", "stone", "hand", "stain", "glare")
STEP = 4
SMALLEST_COARSE_PX = 7
DECAYED = 0.005
"""Share of rot in what is seen of the flesh, from which on it is a decayed fruit."""
HIDDEN = 0.15
"""Share of the body that others hide, from which on it is hidden."""

_SKIN = np.zeros(256, np.uint8)
_SKIN[[RED, PALE, CALYX, ROT]] = Skin.RED, Skin.PALE, Skin.CALYX, Skin.ROT


def twin_examples(number: int) -> Iterator[Example]:
    """All objects of the twin's picture `number`; the same number, the same examples."""
    generator = np.random.default_rng((20, number))
    view = _draw_view(generator)
    belt = BELTS[number % len(BELTS)]
    settings = _draw_settings(generator, belt)
    scene = render_scene(generator, view.camera, view.belt, settings)
    objects = find_objects(scene.frame_bgr, colour_table(_colour_of(belt)), STEP, SMALLEST_COARSE_PX)
    yield from _examples(scene, view, objects, f"twin:{number}")


@lru_cache
def _colour_of(belt: BeltName) -> BeltColour:
    """What a station learns of that belt."""
    view = station()
    empty = render_scene(np.random.default_rng(20), view.camera, view.belt, SceneSettings(fruit=0, belt=belt))
    return learn_belt_colour(empty.frame_bgr)


def _draw_view(generator: np.random.Generator) -> View:
    height = float(generator.uniform(280, 800))
    focal = float(generator.uniform(3.4, 5.2)) * height  # px/mm on the belt
    return looking_down((1456, 1088), focal, (-0.1, 0.05, 3e-4, -2e-4, 0.0), height, float(generator.uniform(-12, 12)))


def _draw_settings(generator: np.random.Generator, belt: BeltName) -> SceneSettings:
    ripeness = Ripeness(in_window=0.2, above=0.35, palest=0.0, rotten=0.4)
    return SceneSettings(
        lot=Lot(variety=Variety(deformed=0.15), ripeness=ripeness),
        fruit=14,
        touching=0.35,
        belt=belt,
        blur_px=float(generator.uniform(0, 3)),
        things=tuple(generator.choice(THINGS, 3)),
        sensor=Sensor(
            exposure=float(generator.uniform(0.5, 1.0)),
            softness_px=float(generator.uniform(0.4, 1.2)),
            full_well=float(generator.uniform(3000, 12000)),
        ),
    )


def _examples(scene: Scene, view: View, objects: Objects, group: str) -> Iterator[Example]:
    skin = _SKIN[scene.class_mask]
    truths = {truth.number: truth for truth in scene.truths}
    for box, numbers in zip(objects.boxes().tolist(), _numbers(scene, objects), strict=True):
        centre = ((box[0] + box[2] + 1) / 2 * STEP - 0.5, (box[1] + box[3] + 1) / 2 * STEP - 0.5)
        side = ROOM * STEP * (max(box[2] - box[0], box[3] - box[1]) + 1)
        main = _main(numbers)
        own = scene.fruit_mask == main
        # A neighbour's skin is skin too, but the fruit's own body is its own alone.
        yield Example(
            picture=square(scene.frame_bgr, centre, side, (0, 0, 0), smooth=True),
            skin=square(skin, centre, side, UNKNOWN, smooth=False),
            body=square(((scene.body_mask == main) & (main > 0)).astype(np.uint8), centre, side, UNKNOWN, smooth=False),
            yes=_answers(scene, own, truths.get(main)),
            axis=_axis(view, truths[main]) if main else NO_AXIS,
            group=group,
        )


def _numbers(scene: Scene, objects: Objects) -> list[NDArray[np.int64]]:
    """Per object, how many of its pixels each fruit number has; 0 is no fruit."""
    of_pixel = scene.fruit_mask[::STEP, ::STEP][objects.row, objects.column]
    flesh = scene.class_mask[::STEP, ::STEP][objects.row, objects.column] >= PALE
    of_pixel = np.where(flesh, of_pixel, 0)
    return [
        np.bincount(of_pixel[(objects.owner == number) & objects.inside], minlength=1) for number in range(len(objects))
    ]


def _main(numbers: NDArray[np.int64]) -> int:
    """The fruit that the object is; 0: none."""
    main = int(numbers.argmax())
    return main if numbers[main] > 0.5 * numbers.sum() else 0


def _answers(scene: Scene, own: NDArray[np.bool_], truth: FruitTruth | None) -> NDArray[np.float32]:
    yes = unknown_answers()
    yes[Question.NO_FRUIT] = truth is None
    if truth is None:
        return yes
    flesh = own & (scene.class_mask >= PALE)
    rot = float((scene.class_mask[flesh] == ROT).mean()) if flesh.any() else 0.0
    yes[Question.DECAY] = rot > DECAYED
    yes[Question.BRUISE] = 0
    yes[Question.DEFORMED] = truth.deformed
    yes[Question.HIDDEN] = truth.hidden > HIDDEN
    return yes


def _axis(view: View, truth: FruitTruth) -> NDArray[np.float32]:
    """Stem to apex in the picture."""
    x, y, z = truth.size.centre_mm
    dx, dy = truth.size.axis_xy
    rise = -np.sin(truth.size.pitch)
    ends = np.array([(x - 5 * dx, y - 5 * dy, z - 5 * rise), (x + 5 * dx, y + 5 * dy, z + 5 * rise)])
    stem, apex = cv2.projectPoints(
        ends, cv2.Rodrigues(view.belt.rotation)[0], view.belt.translation_mm, view.camera.matrix, view.camera.distortion
    )[0].reshape(2, 2)
    way = apex - stem
    return np.asarray(way / np.linalg.norm(way), np.float32)
