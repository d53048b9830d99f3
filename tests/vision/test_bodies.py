"""Where bodies are in a photograph: pieces of one are one, touching ones stay two."""

import cv2
import numpy as np
from numpy.typing import NDArray

from grader.vision.belt_guess import guess_belt_colour
from grader.vision.bodies import find_bodies
from grader.vision.colour import colour_table
from grader.vision.network import CELLS, SIDE_PX, Answers, Question, Skin
from grader.vision.objects import find_objects

GROUND, RED, VEIL = (170, 170, 170), (30, 30, 200), (176, 170, 164)
"""A veil has nearly the ground's colour, as grey leaves have; the network below knows it."""
STEP = 2


class Seer:
    """A network that sees the body in the middle of a crop, where that is red or veiled."""

    hash = "seer"

    def __call__(self, crops_bgr: NDArray[np.uint8]) -> Answers:
        n = len(crops_bgr)
        colours = crops_bgr.astype(np.int16)
        red, veiled = (np.abs(colours - colour).sum(axis=-1) for colour in (RED, VEIL))
        off_middle = np.abs(np.arange(SIDE_PX) + 0.5 - SIDE_PX / 2)
        body = ((red < 60) | (veiled < 6)) & (np.hypot(off_middle, off_middle[:, None]) < 0.45 * SIDE_PX)
        cells = body.reshape(n, CELLS, SIDE_PX // CELLS, CELLS, SIDE_PX // CELLS).mean(axis=(2, 4))
        return Answers(
            np.zeros((n, Skin.COUNT, CELLS, CELLS), np.float32),
            cells.astype(np.float32),
            np.zeros((n, Question.COUNT), np.float32),
            np.zeros((n, 2), np.float32),
        )


def picture(*discs: tuple[int, int, int]) -> NDArray[np.uint8]:
    """Red discs (x, y, radius) on grey."""
    canvas = np.full((300, 400, 3), GROUND, np.uint8)
    for x, y, radius in discs:
        cv2.circle(canvas, (x, y), radius, RED, -1)
    return canvas


def bodies_in(frame_bgr: NDArray[np.uint8]) -> tuple[int, NDArray[np.bool_]]:
    """How many objects colour finds, and where the bodies are."""
    table = colour_table(guess_belt_colour(frame_bgr))
    objects = find_objects(frame_bgr, table, STEP, 10)
    return len(objects), find_bodies(frame_bgr, objects, STEP, Seer())


def test_pieces_that_a_veil_divides_are_one_body() -> None:
    frame = picture((200, 150, 60))
    whole = (frame == RED).all(axis=2)
    frame[135:165][whole[135:165]] = VEIL
    pieces, body = bodies_in(frame)
    assert pieces == 2
    assert np.count_nonzero(body & whole) > 0.97 * np.count_nonzero(whole)
    assert np.count_nonzero(body & ~whole) < 0.05 * np.count_nonzero(whole)


def test_a_long_stem_does_not_make_the_outline_coarse() -> None:
    frame = picture((330, 150, 25))
    whole = (frame == RED).all(axis=2)
    cv2.line(frame, (305, 150), (20, 150), (40, 160, 60), 4)
    _, body = bodies_in(frame)
    assert np.count_nonzero(body ^ whole) < 0.07 * np.count_nonzero(whole)


def test_bodies_that_touch_stay_two() -> None:
    _, body = bodies_in(picture((150, 150, 45), (238, 150, 45)))
    waist, middle = np.count_nonzero(body[:, 194]), np.count_nonzero(body[:, 150])
    assert middle > 85
    assert waist < 0.7 * middle


def test_nothing_is_found_where_nothing_is() -> None:
    pieces, body = bodies_in(picture())
    assert pieces == 0
    assert not body.any()
