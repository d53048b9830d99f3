"""The red share that a lot asks for is the red share that its fruit have."""

import numpy as np
import pytest

from grader.twin.body import draw_body
from grader.twin.cameras import station
from grader.twin.fruit import Lot, draw_fruit
from grader.twin.scenery import draw_scenery
from grader.twin.skin import Ripeness, draw_red_share, draw_skin
from grader.twin.sprite import PALE, RED, render
from grader.twin.variety import Variety


@pytest.mark.parametrize("share", [0.7, 0.85, 1.0])
def test_the_flesh_that_a_camera_sees_is_as_red_as_it_was_drawn(share: float) -> None:
    light = draw_scenery(1, "blue").light
    lot = Lot(ripeness=Ripeness(window=(share, share), in_window=1.0))
    seen = []
    for number in range(6):
        fruit = draw_fruit(np.random.default_rng([5, number]), lot)
        classes = render(fruit, station(), light, np.zeros((0, 4))).classes
        red, pale = (classes == RED).sum(), (classes == PALE).sum()
        seen.append(red / (red + pale))
    assert np.mean(seen) == pytest.approx(share, abs=0.03)


def test_the_set_share_of_a_lot_lies_in_the_window() -> None:
    generator = np.random.default_rng(2)
    ripeness = Ripeness(in_window=0.65, above=0.25)
    shares = np.array([draw_red_share(generator, ripeness) for _ in range(4000)])
    assert np.mean((shares >= 0.8) & (shares <= 0.9)) == pytest.approx(0.65, abs=0.03)
    assert np.mean(shares > 0.9) == pytest.approx(0.35 * 0.25, abs=0.02)
    assert shares.min() >= 0.3
    assert shares.max() == 1.0


def test_pale_skin_sits_about_the_calyx() -> None:
    generator = np.random.default_rng(7)
    body = draw_body(generator, Variety())
    margin = draw_skin(generator, body, Ripeness(window=(0.7, 0.7), in_window=1.0)).margin
    assert margin[0] < 0 < margin[-1]
