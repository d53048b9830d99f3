"""Bodies are laid against each other without entering each other."""

import numpy as np
import pytest

from grader.twin.body import draw_body
from grader.twin.contact import gap_mm, slide_mm
from grader.twin.pose import lay
from grader.twin.shape import Shape, solid
from grader.twin.variety import Variety

SPHERE = Shape(30.0, 30.0)
EAST = np.array([1.0, 0.0, 0.0])


def test_two_spheres_touch_where_their_radii_meet() -> None:
    large, small = solid(SPHERE), solid(Shape(20.0, 20.0))
    a = lay(large, (0.0, 0.0, 0.0), (0.0, 0.0)).place(large.vertices)
    b = lay(small, (0.0, 0.0, 0.0), (0.0, 0.0)).place(small.vertices)
    assert slide_mm(a, b, EAST) == pytest.approx(2 * np.sqrt(15 * 10), abs=0.02)  # both on one plane
    assert gap_mm(a, b + 40 * EAST) == pytest.approx(np.hypot(40, 5) - 25, abs=0.01)


@pytest.mark.parametrize("seed", range(4))
def test_a_fruit_that_slid_against_another_touches_it_and_no_more(seed: int) -> None:
    generator = np.random.default_rng(seed)
    a, b = (draw_body(generator, Variety()).surface.vertices for _ in range(2))
    way = slide_mm(a, b, EAST)
    assert 10 < way < 80
    assert gap_mm(a, b + (way + 0.05) * EAST) > 0
    assert gap_mm(a, b + (way - 0.1) * EAST) < 0
