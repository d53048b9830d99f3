"""What the network answers becomes shares and probabilities of each fruit; what it takes for none gets no row."""

from dataclasses import dataclass, field, replace

import cv2
import numpy as np
import pytest

from grader.twin.scene import SceneSettings
from grader.vision import WhyNot, measure
from grader.vision.belt_colour import learn_belt_colour
from grader.vision.maturity import READ_U, read_maturity
from grader.vision.network import CELLS, SIDE_PX, Answers, Question, Skin
from grader.vision.reading import interpret, squares

from .conftest import calibration, scene

FRAME = scene(SceneSettings(fruit=6)).frame_bgr
KNOWN = calibration(belt_colour=learn_belt_colour(scene(SceneSettings(fruit=0)).frame_bgr))
BROWN = (70, 66, 76)
"""Neither skin's colour nor a leaf's."""
Bytes = np.ndarray[tuple[int, ...], np.dtype[np.uint8]]


@dataclass
class Planted:
    """A network that says of every crop what the test wants, and keeps the crops."""

    decay: float = 0.1
    no_fruit: list[float] = field(default_factory=lambda: [0.0])
    rot: float = 0.25
    hash: str = "planted"
    shown: list[Bytes] = field(default_factory=list)

    def __call__(self, crops_bgr: Bytes) -> Answers:
        n = len(crops_bgr)
        self.shown.append(crops_bgr)
        yes = np.zeros((n, Question.COUNT), np.float32)
        yes[:, Question.DECAY] = self.decay
        yes[:, Question.NO_FRUIT] = np.resize(self.no_fruit, n)
        skin = np.zeros((n, Skin.COUNT, CELLS, CELLS), np.float32)
        body = np.zeros((n, CELLS, CELLS), np.float32)
        body[:, 8:24, 8:24] = 1
        spot = 8 + round(16 * self.rot)
        skin[:, Skin.ROT, :spot], skin[:, Skin.RED, spot:] = 1, 1
        return Answers(skin, body, yes, np.zeros((n, 2), np.float32))


def test_shares_are_of_the_body_alone() -> None:
    answers = Planted()(np.zeros((2, SIDE_PX, SIDE_PX, 3), np.uint8))
    answers.skin[1, :, :8] = 0
    answers.skin[1, Skin.ROT, :8] = 1
    reading = interpret(answers)
    assert reading.rot == pytest.approx([0.25, 0.25])
    assert reading.red == pytest.approx([0.75, 0.75])
    assert reading.bruise == pytest.approx([0, 0])


def test_a_little_doubt_everywhere_is_no_spot() -> None:
    answers = Planted(rot=0)(np.zeros((1, SIDE_PX, SIDE_PX, 3), np.uint8))
    answers.skin[:, Skin.RED], answers.skin[:, Skin.ROT] = 0.7, 0.3
    assert interpret(answers).rot == pytest.approx([0])


def test_with_a_network_the_rows_say_what_it_says_and_nothing_else_changes() -> None:
    blind, seen = measure(FRAME, KNOWN), measure(FRAME, KNOWN, Planted(decay=0.7))
    assert len(seen) == len(blind) > 3
    assert seen.decay == pytest.approx(0.7)
    measured = seen.why_not == WhyNot.NOTHING
    assert np.isnan(seen.rot_mm2).tolist() == (~measured).tolist()
    assert (seen.rot_mm2[measured] > 0.2 * np.pi / 4 * seen.width_mm[measured] ** 2 * 0.8).all()
    assert np.isnan(blind.decay).all()
    assert np.isnan(blind.rot_mm2).all()
    for name in ("width_mm", "diameter_mm", "maturity", "axis_deg", "volume_mm3"):
        assert np.array_equal(getattr(blind, name), getattr(seen, name), equal_nan=True)


def test_what_is_surely_no_fruit_gets_no_row() -> None:
    every = measure(FRAME, KNOWN)
    some = measure(FRAME, KNOWN, Planted(no_fruit=[0.99, 0.5]))
    assert len(some) == len(every) // 2
    kept = {tuple(place) for place in every.centre_px.tolist()}
    assert all(tuple(place) in kept for place in some.centre_px.tolist())


def test_what_the_frame_cuts_keeps_its_row_whatever_the_network_says() -> None:
    left = FRAME[:, int(measure(FRAME, KNOWN).centre_px[:, 0].min()) :]
    moved = np.full_like(FRAME, KNOWN.belt_colour.median_bgr if KNOWN.belt_colour else 0)
    moved[:, : left.shape[1]] = left
    cut = int((measure(moved, KNOWN).why_not == WhyNot.CUT).sum())
    assert cut >= 1
    assert (measure(moved, KNOWN, Planted(no_fruit=[1.0])).why_not == WhyNot.CUT).tolist() == [True] * cut


def test_without_doubt_every_row_stays() -> None:
    every = measure(FRAME, KNOWN)
    assert len(measure(FRAME, KNOWN, Planted(no_fruit=[1.0]), doubt=False)) == len(every)


def test_what_has_strange_colours_is_left_to_the_network() -> None:
    """A third of a fruit is as brown as rot, or as a stone's."""
    frame, first = FRAME.copy(), measure(FRAME, KNOWN)
    x, y = (int(value) for value in first.centre_px[first.width_mm.argmax()])
    cv2.circle(frame, (x, y), 18, BROWN, -1)
    assert len(measure(frame, KNOWN)) == len(first) - 1
    assert len(measure(frame, KNOWN, Planted(no_fruit=[0.2]))) == len(first)
    assert len(measure(frame, KNOWN, Planted(no_fruit=[0.7]))) == len(first) - 1


def test_each_crop_shows_its_fruit_in_the_middle() -> None:
    network = Planted()
    seen = measure(FRAME, KNOWN, network)
    (crops,) = network.shown
    assert crops.shape == (len(seen), SIDE_PX, SIDE_PX, 3)
    middle, side = squares(seen.objects, seen.step)
    boxes = seen.bbox_px
    assert (np.abs(middle - (boxes[:, :2] + boxes[:, 2:] - 1) / 2) < 3 * seen.step).all()
    assert (side >= (boxes[:, 2:] - boxes[:, :2]).max(axis=1)).all()
    belt = np.array(KNOWN.belt_colour.median_bgr if KNOWN.belt_colour else ())
    assert (np.abs(crops[:, 28:36, 28:36].mean(axis=(1, 2)) - belt).max(axis=1) > 30).all()


def test_a_frame_without_fruit_is_no_trouble() -> None:
    empty = scene(SceneSettings(fruit=0)).frame_bgr
    assert len(measure(empty, KNOWN, Planted())) == 0


def test_in_a_photograph_the_network_says_how_red_a_fruit_is_and_on_the_belt_calibrated_colours_do() -> None:
    photograph = replace(KNOWN, plain_scale=True)
    read, measured = (measure(FRAME, known, Planted(rot=0.25)) for known in (photograph, KNOWN))
    seen = read.maturity[read.why_not == WhyNot.NOTHING]
    assert len(seen)
    assert seen == pytest.approx(np.full(len(seen), 0.75))
    assert (read.maturity_u[read.why_not == WhyNot.NOTHING] >= READ_U).all()
    colour_alone = measure(FRAME, KNOWN)
    assert measured.maturity == pytest.approx(colour_alone.maturity, nan_ok=True)


def test_the_rim_of_a_fruit_that_the_network_reads_stands_for_more_surface() -> None:
    rows = np.arange(CELLS) - (CELLS - 1) / 2
    far = np.hypot(rows, rows[:, None])
    answers = Planted()(np.zeros((2, SIDE_PX, SIDE_PX, 3), np.uint8))
    answers.body[:] = far < 12
    answers.skin[:] = 0
    answers.skin[:, Skin.RED], answers.skin[:, Skin.PALE] = far < 8, far >= 8
    maturity = read_maturity(answers, np.array([True, False]))
    assert maturity.seen == pytest.approx([(8 / 12) ** 2], abs=0.02)
    # Of a sphere's surface it is 0.25; the steepest rim counts for less.
    assert maturity.surface == pytest.approx([1 - np.sqrt(1 - (8 / 12) ** 2)], abs=0.08)
