"""What the masks say of each fruit: isolated, cut, too little of it seen."""

import numpy as np
import pytest

from benchmarks.pictures import Picture, look
from grader.calibration import plain_scale

SIZE = (120, 160)


def picture(*squares: tuple[int, int, int]) -> Picture:
    """A picture with a square fruit (left, top, side) each, all of it flesh."""
    mask = np.zeros(SIZE, np.uint16)
    for number, (left, top, side) in enumerate(squares, start=1):
        mask[top : top + side, left : left + side] = number
    n = len(squares)
    return Picture(
        name="squares",
        camera="plain",
        belt="black",
        frame_bgr=np.zeros((*SIZE, 3), np.uint8),
        calibration=plain_scale(0.2, SIZE[::-1]),
        fruit_mask=mask,
        flesh=mask > 0,
        number=np.arange(1, n + 1),
        width_mm=np.full(n, 30.0),
        diameter_mm=np.full(n, 30.0),
        volume_mm3=np.full(n, 1e4),
        visible_red=np.ones(n),
        axis_deg=np.zeros(n),
    )


@pytest.mark.parametrize(("gap", "isolated"), [(2, False), (4, False), (5, True)])
def test_a_fruit_is_isolated_if_no_other_comes_within_four_pixels(gap: int, isolated: bool) -> None:  # noqa: FBT001 - a parameter of the test
    visible = look(picture((20, 20, 30), (49 + gap, 20, 30)))
    assert visible.isolated.tolist() == [isolated, isolated]


def test_a_fruit_at_the_edge_of_the_frame_is_not_judged() -> None:
    assert look(picture((0, 20, 30), (60, 20, 30))).judged.tolist() == [False, True]


def test_a_fruit_that_shows_too_little_flesh_is_not_judged() -> None:
    assert look(picture((10, 20, 14), (60, 20, 15))).judged.tolist() == [False, True]


def test_the_centre_is_that_of_the_flesh() -> None:
    assert look(picture((20, 40, 21))).centre_px.tolist() == [[30.0, 50.0]]
