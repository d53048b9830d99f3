"""Examples for the network say what is true of the pictures that they come from."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from grader.vision.network import SIDE_PX, Question, Skin, crop_squares
from models.plates import SIDE_PX as PLATE_PX
from models.plates import Sample, write_sheet
from models.training.berries import box_of
from models.training.colours import is_orange, is_ripe
from models.training.diseased import Photo
from models.training.examples import UNKNOWN, Example, Examples, square
from models.training.plate_examples import plate_examples
from models.training.twin_examples import twin_examples


@pytest.fixture(scope="module")
def examples() -> list[Example]:
    return list(twin_examples(3))


def test_the_same_picture_gives_the_same_examples(examples: list[Example]) -> None:
    again = list(twin_examples(3))
    assert len(examples) == len(again) > 8
    assert all(np.array_equal(one.picture, other.picture) for one, other in zip(examples, again, strict=True))


def test_an_axis_leads_from_the_calyx_to_the_other_end(examples: list[Example]) -> None:
    leads = []
    for example in examples:
        leaf = np.argwhere((example.skin == Skin.CALYX) & (example.body != UNKNOWN))
        body = np.argwhere(example.body == 1)
        if example.yes[Question.NO_FRUIT] == 0 and example.yes[Question.HIDDEN] == 0 and len(leaf) > 80 and len(body):
            down, right = body.mean(axis=0) - leaf.mean(axis=0)
            leads.append(np.array([right, down]) @ example.axis / np.hypot(right, down))
    assert len(leads) >= 4
    assert np.median(leads) > 0.9


def test_flesh_in_the_middle_is_the_body_and_the_body_is_no_belt(examples: list[Example]) -> None:
    for example in examples:
        body = example.body == 1
        if body.any():
            assert (example.skin[body] == Skin.BELT).mean() < 0.02


def test_what_is_no_fruit_has_no_body_and_no_axis() -> None:
    others = [example for example in twin_examples(0) if example.yes[Question.NO_FRUIT] == 1]
    assert others
    for example in others:
        assert not (example.body == 1).any()
        assert np.isnan(example.axis).all()
        assert np.isnan(example.yes[Question.DECAY])


def test_rot_makes_a_decayed_fruit(examples: list[Example]) -> None:
    rotten = [
        example.yes[Question.DECAY] for example in examples if (example.skin[48:80, 48:80] == Skin.ROT).mean() > 0.2
    ]
    assert rotten
    assert all(rotten)


def test_examples_are_kept_as_they_are(examples: list[Example], tmp_path: Path) -> None:
    kept = Examples.of(examples)
    kept.save(tmp_path / "kept.npz")
    read = Examples.load(tmp_path / "kept.npz")
    assert np.array_equal(read.skin, kept.skin)
    assert np.array_equal(read.axis, kept.axis, equal_nan=True)
    assert len(Examples.together([read, kept])) == 2 * len(examples)


def test_a_plate_says_what_its_truth_says(tmp_path: Path) -> None:
    classes, objects = np.zeros((2, PLATE_PX, PLATE_PX), np.uint8)
    cv2.circle(classes, (80, 80), 40, (Skin.RED,), cv2.FILLED)
    cv2.circle(classes, (80, 50), 12, (Skin.CALYX,), cv2.FILLED)
    cv2.circle(objects, (80, 80), 40, (1,), cv2.FILLED)
    cv2.circle(objects, (80, 50), 12, (1,), cv2.FILLED)
    truth = {"index": 7, "kind": "fruit", "decay": 0.0, "bruise": 0.1, "deformed": True, "hidden": 0.0}
    picture = np.dstack([200 * (classes == Skin.RED), 150 * (classes == Skin.CALYX), classes * 0]).astype(np.uint8)
    write_sheet(tmp_path, 0, [Sample(picture, classes, objects, {**truth, "axis_deg": 90.0, "axis_slant": 1.0})])
    (example,) = plate_examples(tmp_path, held_out=False)
    assert not list(plate_examples(tmp_path, held_out=True))
    assert example.axis == pytest.approx([0, 1], abs=1e-6)
    assert example.yes.tolist() == [0, 0, 0, 1, 1]
    assert example.skin[64, 64] == Skin.RED
    assert example.picture[64, 64].argmax() == 2  # red is last: BGR
    assert (example.body[example.skin == Skin.CALYX] == UNKNOWN).all()


def test_a_square_keeps_what_is_in_its_middle() -> None:
    picture = np.zeros((300, 400), np.uint8)
    cv2.circle(picture, (120, 200), 20, (255,), cv2.FILLED)
    cut = square(picture, (120.0, 200.0), 100.0, UNKNOWN, smooth=False)
    y, x = np.argwhere(cut == 255).mean(axis=0)
    assert (x, y) == pytest.approx((63.5, 63.5), abs=0.6)
    assert (cut == 255).sum() == pytest.approx(np.pi * (20 * 1.28) ** 2, rel=0.05)


def test_a_box_takes_in_the_leaves_that_are_near() -> None:
    body, leaf = np.zeros((2, 200, 200), np.bool_)
    body[80:120, 80:120] = True
    leaf[70:80, 90:110] = True
    leaf[0:10, 0:10] = True
    (x, y), side = box_of(body, leaf)
    assert (x, y) == pytest.approx((99.5, 94.5))
    assert side == pytest.approx(1.8 * 50)


def test_crops_show_what_lies_about_their_middles() -> None:
    picture = np.zeros((400, 500, 3), np.uint8)
    cv2.circle(picture, (100, 150), 30, (10, 20, 200), cv2.FILLED)
    cv2.circle(picture, (495, 395), 30, (200, 20, 10), cv2.FILLED)
    crops = crop_squares(picture, np.array([(100.0, 150.0), (495.0, 395.0)]), np.array([90.0, 90.0]))
    assert crops.shape == (2, SIDE_PX, SIDE_PX, 3)
    assert crops[0, 32, 32].tolist() == [10, 20, 200]
    assert crops[0, 3, 3].tolist() == [0, 0, 0]
    assert crops[1, 60, 60].tolist() == [0, 0, 0]
    assert crop_squares(picture, np.zeros((0, 2)), np.zeros(0)).shape == (0, SIDE_PX, SIDE_PX, 3)


@pytest.mark.parametrize(
    ("bgr", "ripe", "orange"),
    [
        ((30, 25, 190), True, False),
        ((120, 115, 240), True, False),
        ((40, 95, 220), False, True),
        ((40, 80, 200), False, False),
    ],
)
def test_ripe_is_red_in_any_exposure_and_orange_is_not(bgr: tuple[int, int, int], *, ripe: bool, orange: bool) -> None:
    picture = np.full((1, 1, 3), bgr, np.uint8)
    assert (is_ripe(picture).item(), is_orange(picture).item()) == (ripe, orange)


def test_no_photo_is_both_learnt_from_and_judged() -> None:
    photos = [Photo(Path(f"mould{n}.rf.{copy}.jpg"), []) for n in range(40) for copy in "ab"]
    held_out = {photo.path.name.partition(".rf.")[0] for photo in photos if photo.held_out}
    learnt = {photo.path.name.partition(".rf.")[0] for photo in photos if not photo.held_out}
    assert held_out
    assert learnt
    assert not held_out & learnt
