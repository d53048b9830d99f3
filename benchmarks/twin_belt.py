"""Fruit rendered by our own twin: other cameras, heights and belts, as many as are wanted.

Each camera is known exactly here, for the calibration is judged on `rendered-belt`; the belt's colour is learnt from a
picture of that belt, empty, under another light.
"""

from collections.abc import Iterator
from functools import lru_cache

import numpy as np

from benchmarks.pictures import Picture, axis_in_picture
from grader.twin.belt import BeltName
from grader.twin.cameras import askew, looking_down, station
from grader.twin.scene import Scene, SceneSettings, render_scene
from grader.vision import Calibration
from grader.vision.belt_colour import learn_belt_colour

FULL = (1456, 1088)
VIEWS = {
    "station, 450 mm": station(),
    "300 mm": looking_down(FULL, 1400, (-0.18, 0.08, 4e-4, 5e-4, 0.0), 300, 2.0),
    "600 mm": looking_down(FULL, 2700, (-0.08, 0.03, -5e-4, 3e-4, 0.0), 600, -1.5),
    "800 mm": looking_down(FULL, 3600, (-0.05, 0.02, 2e-4, -2e-4, 0.0), 800, 0.5),
    "askew, 280 mm, 640 x 480": askew(),
}
BELTS: tuple[BeltName, ...] = ("blue", "white", "grey", "black", "green")
FRUIT = 12
"""Laid down in a picture, as far as there is room."""
TOUCHING = 0.25
BLURS_PX = (0.0, 1.0, 2.0, 3.0)
SCALE_U = 2e-4
"""Relative uncertainty of a good calibration's scale, as the procedure states it for `rendered-belt`."""


def render_pictures(fruit: int, seed: int) -> Iterator[Picture]:
    """Pictures with at least `fruit` isolated fruit in all: every camera with every belt in turn."""
    total, number = 0, 0
    views = list(VIEWS.items())
    while total < fruit:
        name, view = views[number % len(views)]
        belt = BELTS[number // len(views) % len(BELTS)]
        blur_px = BLURS_PX[number % len(BLURS_PX)]
        settings = SceneSettings(fruit=FRUIT, touching=TOUCHING, belt=belt, blur_px=blur_px)
        scene = render_scene(np.random.default_rng((seed, number)), view.camera, view.belt, settings)
        yield _picture(number, name, belt, scene, _calibration(name, belt, seed))
        total += sum(not truth.touching for truth in scene.truths)
        number += 1


@lru_cache
def _calibration(name: str, belt: BeltName, seed: int) -> Calibration:
    """What a station with the camera `name` knows of its belt."""
    view = VIEWS[name]
    empty = SceneSettings(fruit=0, belt=belt)
    generator = np.random.default_rng((seed, list(VIEWS).index(name), BELTS.index(belt), 1))
    colour = learn_belt_colour(render_scene(generator, view.camera, view.belt, empty).frame_bgr)
    return Calibration(view.camera, view.belt, colour, SCALE_U, plain_scale=False, hash=f"twin: {name}, {belt}")


def _picture(number: int, camera: str, belt: BeltName, scene: Scene, calibration: Calibration) -> Picture:
    truths = scene.truths
    return Picture(
        name=f"{number}: {camera}, {belt}",
        camera=camera,
        belt=belt,
        frame_bgr=scene.frame_bgr,
        calibration=calibration,
        fruit_mask=scene.fruit_mask,
        flesh=np.asarray(scene.class_mask >= 100, np.bool_),  # noqa: PLR2004 - the twin's class masks are those of rendered-belt
        number=np.array([truth.number for truth in truths], np.intp),
        width_mm=np.array([truth.size.width_mm for truth in truths]),
        diameter_mm=np.array([truth.size.diameter_mm for truth in truths]),
        volume_mm3=np.array([truth.size.volume_mm3 for truth in truths]),
        visible_red=np.array([truth.visible_red for truth in truths]),
        axis_deg=axis_in_picture(
            np.array([truth.size.centre_mm for truth in truths], np.float64).reshape(-1, 3),
            np.array([truth.size.axis_xy for truth in truths], np.float64).reshape(-1, 2),
            calibration.belt.rotation,
            calibration.belt.translation_mm,
            calibration.camera.matrix,
            calibration.camera.distortion,
        ),
    )
