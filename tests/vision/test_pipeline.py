"""From a frame to measurements, on pictures of the twin, whose truth is known."""

import json
from dataclasses import fields, replace
from functools import cache
from pathlib import Path
from typing import get_args

import cv2
import numpy as np
import pytest

from grader.twin.belt import BeltName
from grader.twin.cameras import looking_down
from grader.twin.foreign import ThingName
from grader.twin.fruit import Lot
from grader.twin.scene import Scene, SceneSettings
from grader.twin.skin import Ripeness
from grader.vision import Calibration, Sightings, WhyNot, measure
from grader.vision.belt_colour import learn_belt_colour
from grader.vision.calibration import BeltColour, BeltPlane, Camera
from grader.vision.edges import RAYS

from .conftest import BLUE_BELT, LEAF, RED, SMALL, Array, Picture, calibration, developed, plain, rows_of, scene

BELTS: tuple[BeltName, ...] = get_args(BeltName)
RIPE = Lot(ripeness=Ripeness(in_window=1.0))
SIZE = SMALL.camera.size_px
NUMBERS = (
    "width_mm", "width_u_mm", "diameter_mm", "diameter_u_mm", "length_mm", "axis_deg", "maturity", "maturity_u",
    "surface_red", "volume_mm3", "volume_u_mm3",
)  # fmt: skip


def six_on(belt: BeltName = "blue") -> Scene:
    return scene(SceneSettings(lot=RIPE, fruit=6, belt=belt))


@cache
def empty(belt: BeltName) -> Picture:
    return scene(SceneSettings(fruit=0, belt=belt)).frame_bgr


def learnt(belt: BeltName) -> Calibration:
    return calibration(belt_colour=learn_belt_colour(empty(belt)))


@cache
def six_seen(belt: BeltName = "blue") -> Sightings:
    return measure(six_on(belt).frame_bgr, learnt(belt))


def width_of(sightings: Sightings, place: tuple[float, float]) -> float:
    """Of the fruit nearest to `place`."""
    distance = np.hypot(*(sightings.centre_px - place).T)
    assert distance.min() < 6
    return float(sightings.width_mm[distance.argmin()])


@pytest.mark.parametrize("belt", BELTS)
@pytest.mark.parametrize("shown", [True, False], ids=["empty belt shown", "not shown"])
def test_all_fruit_are_found_and_none_invented(belt: BeltName, shown: bool) -> None:  # noqa: FBT001 - a parameter
    sightings = six_seen(belt) if shown else measure(six_on(belt).frame_bgr, calibration())
    pairs, invented = rows_of(sightings, six_on(belt).truths)
    assert len(pairs) == 6
    assert not invented
    assert (sightings.why_not == WhyNot.NOTHING).sum() >= 5


@pytest.mark.parametrize("belt", BELTS)
def test_what_is_measured_is_true_within_four_uncertainties(belt: BeltName) -> None:
    sightings = six_seen(belt)
    pairs, _ = rows_of(sightings, six_on(belt).truths)
    for row, truth in pairs:
        if sightings.why_not[row] == WhyNot.NOTHING:
            size = truth.size
            assert abs(sightings.width_mm[row] - size.width_mm) < 4 * sightings.width_u_mm[row]
            assert abs(sightings.diameter_mm[row] - size.diameter_mm) < 4 * sightings.diameter_u_mm[row]
            assert abs(sightings.volume_mm3[row] - size.volume_mm3) < 4 * sightings.volume_u_mm3[row]
            assert sightings.maturity[row] == pytest.approx(truth.visible_red, abs=0.1)
            heading = np.degrees(np.arctan2(-size.axis_xy[1], size.axis_xy[0]))
            assert abs((sightings.axis_deg[row] - heading + 180) % 360 - 180) < 20


def test_touching_fruit_are_found_one_by_one() -> None:
    crowd = scene(SceneSettings(lot=RIPE, fruit=6, touching=1.0))
    sightings = measure(crowd.frame_bgr, learnt("blue"))
    pairs, invented = rows_of(sightings, crowd.truths)
    assert sum(truth.touching for truth in crowd.truths) >= 4
    assert len(pairs) == len(crowd.truths)
    assert not invented
    for row, truth in pairs:
        if sightings.why_not[row] == WhyNot.NOTHING:
            assert sightings.width_mm[row] == pytest.approx(truth.size.width_mm, abs=1.5)


@pytest.mark.parametrize("belt", BELTS)
def test_an_empty_belt_gives_no_rows_of_the_right_shape(belt: BeltName) -> None:
    full = six_seen()
    for sightings in (measure(empty(belt), learnt(belt)), measure(empty(belt), calibration())):
        assert len(sightings) == 0
        for field in fields(Sightings):
            none, some = getattr(sightings, field.name), getattr(full, field.name)
            if isinstance(none, np.ndarray):
                assert none.shape == (0, *some.shape[1:]), field.name
                assert none.dtype == some.dtype, field.name


@pytest.mark.parametrize("belt_colour", [BLUE_BELT, None], ids=["belt known", "belt guessed"])
def test_frames_without_a_picture_hold_no_fruit(belt_colour: BeltColour | None) -> None:
    noise = np.random.default_rng(1).integers(0, 256, (*SIZE[::-1], 3), dtype=np.uint8)
    for frame in (np.full_like(noise, 255), noise, np.full_like(noise, RED)):
        assert len(measure(frame, calibration(belt_colour=belt_colour))) == 0


@pytest.mark.parametrize("thing", ["leaf", "hand", "glare"])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_what_is_not_fruit_gets_no_row(thing: ThingName, seed: int) -> None:
    frame = scene(SceneSettings(fruit=0, things=(thing, thing)), seed).frame_bgr
    assert len(measure(frame, learnt("blue"))) == 0


def test_leaves_and_glare_beside_the_fruit_change_nothing() -> None:
    littered = scene(SceneSettings(lot=RIPE, fruit=4, things=("leaf", "leaf", "glare")))
    pairs, invented = rows_of(measure(littered.frame_bgr, learnt("blue")), littered.truths)
    assert len(pairs) == len(littered.truths)
    assert not invented


def test_a_frame_of_another_size_is_refused() -> None:
    with pytest.raises(ValueError, match=r"\(640, 480\) px for a calibration of \(728, 544\) px"):
        measure(np.zeros((480, 640, 3), np.uint8), calibration())


def test_fruit_that_the_frame_cuts_say_so() -> None:
    overhanging = scene(SceneSettings(lot=RIPE, fruit=12, overhang_px=60))
    sightings = measure(overhanging.frame_bgr, learnt("blue"))
    pairs, _ = rows_of(sightings, overhanging.truths)
    cut = [row for row, truth in pairs if truth.cut and truth.flesh_px > 1500]
    assert len(cut) >= 2
    assert {WhyNot(sightings.why_not[row]) for row in cut} == {WhyNot.CUT}


def test_blur_as_a_line_has_it_is_measured() -> None:
    moving = scene(SceneSettings(lot=RIPE, fruit=6, blur_px=2))
    sightings = measure(moving.frame_bgr, learnt("blue"))
    pairs, _ = rows_of(sightings, moving.truths)
    assert (sightings.why_not == WhyNot.NOTHING).sum() >= 5
    for row, truth in pairs:
        if sightings.why_not[row] == WhyNot.NOTHING:
            assert abs(sightings.width_mm[row] - truth.size.width_mm) < 4 * sightings.width_u_mm[row]


def test_a_fruit_without_a_calyx_has_no_axis() -> None:
    canvas = plain(SIZE)
    cv2.ellipse(canvas, (200, 200), (40, 34), 0, 0, 360, RED, cv2.FILLED, cv2.LINE_AA)
    cv2.ellipse(canvas, (500, 300), (40, 34), 0, 0, 360, RED, cv2.FILLED, cv2.LINE_AA)
    cv2.circle(canvas, (457, 300), 14, LEAF, cv2.FILLED, cv2.LINE_AA)
    sightings = measure(developed(canvas, noise=1.5), calibration(belt_colour=BLUE_BELT))
    bare = int(np.argmin(sightings.centre_px[:, 0]))
    assert len(sightings) == 2
    assert sightings.why_not[bare] == WhyNot.NO_AXIS
    assert sightings.why_not[1 - bare] == WhyNot.NOTHING
    assert abs((sightings.axis_deg[1 - bare] + 180) % 360 - 180) < 6


def test_the_same_pixels_give_the_same_bits() -> None:
    frame = six_on().frame_bgr
    for calibrated in (learnt("blue"), calibration()):
        one, other = measure(frame.copy(), calibrated), measure(np.asfortranarray(frame), calibrated)
        for field in fields(Sightings):
            value = getattr(one, field.name)
            if isinstance(value, np.ndarray):
                assert value.tobytes() == getattr(other, field.name).tobytes(), field.name


def test_the_frame_is_left_as_it_was() -> None:
    frame = six_on().frame_bgr.copy()
    frame.flags.writeable = False
    measure(frame, learnt("blue"))
    assert (frame == six_on().frame_bgr).all()


def flat(camera: Camera) -> Calibration:
    """A camera without distortion, straight above the belt."""
    plane = BeltPlane(np.diag([1.0, -1.0, -1.0]), np.array([0.0, 0.0, 450.0]))
    straight = replace(camera, distortion=np.zeros(5))
    return Calibration(straight, plane, learn_belt_colour(empty("blue")), 1e-4, plain_scale=False, hash="")


@pytest.mark.parametrize("steps", [(3, 0), (0, -4), (5, 7)])
def test_a_frame_shifted_by_whole_coarse_steps_gives_the_same_widths(steps: tuple[int, int]) -> None:
    frame = six_on().frame_bgr
    step = six_seen().step
    by = (step * steps[0], step * steps[1])
    moved = np.roll(frame, by, axis=(1, 0))
    camera = SMALL.camera
    matrix = camera.matrix + np.array([[0, 0, by[0]], [0, 0, by[1]], [0, 0, 0]])
    here = measure(frame, flat(camera))
    there = measure(moved, flat(replace(camera, matrix=matrix)))
    for row in np.flatnonzero(here.why_not == WhyNot.NOTHING):
        x, y = here.centre_px[row] + by
        if 60 < x < SIZE[0] - 60 and 60 < y < SIZE[1] - 60:
            assert width_of(there, (x, y)) == pytest.approx(here.width_mm[row], abs=0.3)


@pytest.mark.parametrize("axis", [0, 1])
def test_the_mirror_image_gives_the_same_widths(axis: int) -> None:
    frame = six_on().frame_bgr
    last = frame.shape[axis] - 1
    camera = SMALL.camera
    matrix = camera.matrix.copy()
    matrix[1 - axis, 2] = last - matrix[1 - axis, 2]
    here = measure(frame, flat(camera))
    there = measure(np.ascontiguousarray(np.flip(frame, axis)), flat(replace(camera, matrix=matrix)))
    assert len(here) == len(there)
    for row in np.flatnonzero(here.why_not == WhyNot.NOTHING):
        place = here.centre_px[row].copy()
        place[1 - axis] = last - place[1 - axis]
        assert width_of(there, (place[0], place[1])) == pytest.approx(here.width_mm[row], abs=0.3)


def test_a_picture_upside_down_turns_every_axis_about() -> None:
    frame, camera = six_on().frame_bgr, SMALL.camera
    matrix = camera.matrix.copy()
    matrix[:2, 2] = np.array(SIZE) - 1 - matrix[:2, 2]
    here = measure(frame, flat(camera))
    there = measure(np.ascontiguousarray(frame[::-1, ::-1]), flat(replace(camera, matrix=matrix)))
    for row in np.flatnonzero(here.why_not == WhyNot.NOTHING):
        nearest = np.hypot(*(there.centre_px - (np.array(SIZE) - 1 - here.centre_px[row])).T).argmin()
        turn = (there.axis_deg[nearest] - here.axis_deg[row]) % 360
        assert turn == pytest.approx(180, abs=6)


def all_kinds() -> list[Sightings]:
    settings = (
        SceneSettings(lot=RIPE, fruit=12, overhang_px=60),
        SceneSettings(lot=RIPE, fruit=5, blur_px=14),
        SceneSettings(lot=RIPE, fruit=6, touching=1.0),
    )
    return [six_seen(), *(measure(scene(one).frame_bgr, learnt("blue")) for one in settings)]


def test_what_was_not_measured_has_no_numbers_and_what_was_has_them_all() -> None:
    reasons = set()
    for sightings in all_kinds():
        measured = sightings.why_not == WhyNot.NOTHING
        reasons |= {WhyNot(reason) for reason in sightings.why_not}
        for name in NUMBERS:
            values: Array = getattr(sightings, name)
            assert np.isnan(values[~measured]).all(), name
            assert np.isfinite(values[measured]).all(), name
        assert np.isfinite(sightings.centre_px).all()
        assert np.isfinite(sightings.outline_px).all()
    assert {WhyNot.NOTHING, WhyNot.CUT} <= reasons


def test_numbers_lie_within_their_ranges() -> None:
    for sightings in all_kinds():
        measured = sightings.why_not == WhyNot.NOTHING
        for name in ("maturity", "surface_red"):
            assert ((getattr(sightings, name)[measured] >= 0) & (getattr(sightings, name)[measured] <= 1)).all()
        assert ((sightings.axis_deg[measured] >= 0) & (sightings.axis_deg[measured] < 360)).all()
        for name in NUMBERS:
            if "_u" in name or name.endswith(("_mm", "_mm3")):
                assert (getattr(sightings, name)[measured] > 0).all(), name


def test_a_box_lies_in_the_frame_and_holds_the_fruit() -> None:
    for sightings in all_kinds():
        x0, y0, x1, y1 = sightings.bbox_px.T
        x, y = sightings.centre_px.T
        assert ((x0 >= 0) & (y0 >= 0) & (x1 <= SIZE[0]) & (y1 <= SIZE[1])).all()
        assert ((x0 < x) & (x < x1) & (y0 < y) & (y < y1)).all()
        inner = np.clip(sightings.outline_px, 0, np.array(SIZE) - 1)
        assert (inner >= sightings.bbox_px[:, None, :2]).all()
        assert (inner <= sightings.bbox_px[:, None, 2:]).all()


def test_boxes_and_centres_are_those_of_the_truth() -> None:
    sightings = six_seen()
    for row, truth in rows_of(sightings, six_on().truths)[0]:
        assert sightings.bbox_px[row] == pytest.approx(truth.bbox, abs=2 * sightings.step + 1)
        assert sightings.centre_px[row] == pytest.approx(truth.centre_px, abs=1.5)


def test_the_caliper_spans_the_fruit_across_its_axis() -> None:
    sightings = six_seen()
    for row in np.flatnonzero(sightings.why_not == WhyNot.NOTHING):
        way = sightings.caliper_px[row, 1] - sightings.caliper_px[row, 0]
        angle = np.degrees(np.arctan2(way[1], way[0]))
        assert abs((angle - sightings.axis_deg[row]) % 180 - 90) < 8
        for end in sightings.caliper_px[row]:
            assert np.hypot(*(sightings.outline_px[row] - end).T).min() < 8
    assert sightings.outline_px.shape == (len(sightings), RAYS, 2)


@pytest.mark.parametrize("size", [(1, 1), (3, 5), (16, 16), (1, 200), (200, 1), (64, 48)])
@pytest.mark.parametrize("belt_colour", [BLUE_BELT, None], ids=["belt known", "belt guessed"])
def test_the_smallest_frames_are_no_trouble(size: tuple[int, int], belt_colour: BeltColour | None) -> None:
    view = looking_down(size, 1035 * max(size) / 728, (-0.12, 0.06, 6e-4, -4e-4, 0.0), 450, 1.0)
    noise = np.random.default_rng(1).integers(0, 256, (size[1], size[0], 3), dtype=np.uint8)
    calibrated = calibration(view, belt_colour)
    for frame in (np.full_like(noise, BLUE_BELT.median_bgr), np.full_like(noise, 255), np.full_like(noise, RED), noise):
        assert (measure(frame, calibrated).why_not != WhyNot.NOTHING).all()


@pytest.mark.parametrize("index", [0, 3], ids=["sharp", "blurred"])
def test_rendered_belt_stays_within_the_limits(shared_data: Path, index: int) -> None:
    folder = shared_data / "rendered-belt"
    truth = json.loads((folder / "truth.json").read_text(encoding="utf-8"))
    frame = truth["frames"][index]
    picture, mask, bare = (
        np.asarray(cv2.imread(str(folder / name)), np.uint8)
        for name in (frame["file"], f"mask_{index:03d}.png", f"empty_{frame['belt']}.jpg")
    )
    placed = truth["belt_to_camera"]
    calibrated = Calibration(
        Camera((truth["width"], truth["height"]), np.array(truth["K"]), np.array(truth["dist"])),
        BeltPlane(np.array(placed["R"]), np.array(placed["t"])),
        learn_belt_colour(bare),
        scale_u=1e-4,
        plain_scale=False,
        hash="",
    )
    sightings = measure(picture, calibrated)
    flesh, number = mask[..., 1] >= 100, mask[..., 2]
    errors, z = [], []
    for nth, fruit in enumerate(frame["fruits"], start=1):
        own = number == nth
        around = cv2.dilate(own.astype(np.uint8), cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (9, 9))) > 0
        edge = own[0].any() or own[-1].any() or own[:, 0].any() or own[:, -1].any()
        if edge or (around & (number > 0) & ~own).any():
            continue
        centre = np.argwhere(own & flesh)[:, ::-1].mean(axis=0)
        distance = np.hypot(*(sightings.centre_px - centre).T)
        row = distance.argmin()
        assert distance[row] < 0.45 * np.sqrt((own & flesh).sum())
        assert sightings.why_not[row] == WhyNot.NOTHING
        errors.append(sightings.width_mm[row] - fruit["width_mm"])
        z.append(errors[-1] / sightings.width_u_mm[row])
    assert len(errors) >= 5
    assert abs(np.mean(errors)) <= 0.15
    assert np.std(errors) <= 0.30
    assert np.quantile(np.abs(errors), 0.95) <= 0.60
    assert np.abs(z).max() < 4


def test_a_fruit_that_moved_too_fast_is_blurred() -> None:
    fast = scene(SceneSettings(lot=RIPE, fruit=5, blur_px=14))
    sightings = measure(fast.frame_bgr, learnt("blue"))
    assert len(rows_of(sightings, fast.truths)[0]) == len(fast.truths)
    for row, truth in rows_of(sightings, fast.truths)[0]:
        if sightings.why_not[row] == WhyNot.NOTHING:  # it lies along the motion, which leaves its flanks sharp
            assert abs(sightings.width_mm[row] - truth.size.width_mm) < 4 * sightings.width_u_mm[row]
    assert (sightings.why_not == WhyNot.BLURRED).sum() >= 4


@pytest.mark.parametrize("thing", ["stone"])
@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("belt", BELTS)
def test_stones_get_no_row(thing: ThingName, seed: int, belt: BeltName) -> None:
    frame = scene(SceneSettings(fruit=0, things=(thing, thing), belt=belt), seed).frame_bgr
    assert len(measure(frame, learnt(belt))) == 0


def test_an_all_black_frame_with_the_belt_guessed_holds_no_fruit() -> None:
    assert len(measure(np.zeros((*SIZE[::-1], 3), np.uint8), calibration())) == 0


def test_wide_frames_of_one_line_are_no_trouble() -> None:
    view = looking_down((500, 1), 1035, (0.0,) * 5, 450, 1.0)
    assert len(measure(np.full((1, 500, 3), 90, np.uint8), calibration(view))) == 0
