"""Where flesh ends, to a fraction of a pixel."""

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from grader.vision.calibration import BeltColour
from grader.vision.colour import colour_table
from grader.vision.edges import RAYS, Edges, find_edges
from grader.vision.rings import Rings

from .conftest import BELT, BLUE_BELT, LEAF, RED, Array, Bgr, Mask, developed, disc, disc_cover, lay, plain

SIZE = (200, 180)
TABLE = colour_table(BLUE_BELT)
CENTRES = [(100.0, 90.0), (99.37, 91.81), (101.5, 88.25)]
STEP = 4


def hull_of(flesh: Mask, step: int = STEP) -> Array:
    """(V, 2) px: what the coarse picture knows of `flesh`."""
    places = cv2.findNonZero(flesh[::step, ::step].astype(np.uint8))
    return step * np.asarray(cv2.convexHull(places), np.float64)[:, 0]


def edges_of(picture: NDArray[np.uint8], *flesh: Mask) -> Edges:
    return find_edges(picture, TABLE, Rings.of([hull_of(one) for one in flesh]))


def off(edges: Edges, centre: tuple[float, float], radius: float) -> Array:
    """(RAYS,) how far outside a disc's true edge each point lies, px."""
    return np.asarray(np.hypot(*(edges.point_px[0] - centre).T) - radius)


@pytest.mark.parametrize("centre", CENTRES)
@pytest.mark.parametrize("radius", [24.6, 45.3, 70.15])
def test_a_discs_edge_is_found(centre: tuple[float, float], radius: float) -> None:
    picture = developed(lay(plain(SIZE), disc_cover(SIZE, centre, radius), RED))
    edges = edges_of(picture, disc(SIZE, centre, radius))
    error = off(edges, centre, radius)
    assert edges.found.all()
    assert abs(error.mean()) < 0.05
    assert error.std() < 0.1


@pytest.mark.parametrize("centre", CENTRES)
@pytest.mark.parametrize("smear", [0.0, 1.0, 2.0, 3.0])
def test_blur_and_noise_do_not_move_it(centre: tuple[float, float], smear: float) -> None:
    picture = developed(
        lay(plain(SIZE), disc_cover(SIZE, centre, 45.3), RED), noise=2.5, smear_px=smear, softness_px=0.7
    )
    edges = edges_of(picture, disc(SIZE, centre, 45.3))
    error = off(edges, centre, 45.3)[edges.found[0]]
    assert edges.found.mean() > 0.8
    assert abs(error.mean()) < 0.05
    assert error.std() < 0.1


@pytest.mark.parametrize(
    "belt", [(190.0, 200.0, 202.0), (120.0, 121.0, 120.0), (44.0, 45.0, 46.0), (70.0, 110.0, 50.0)]
)
def test_the_belts_colour_does_not_move_it(belt: Bgr) -> None:
    picture = developed(lay(plain(SIZE, belt), disc_cover(SIZE, CENTRES[1], 45.3), RED), noise=2, softness_px=0.7)
    table = colour_table(BeltColour(belt, (0.75, 1.1), 2.0))
    edges = find_edges(picture, table, Rings.of([hull_of(disc(SIZE, CENTRES[1], 45.3))]))
    error = off(edges, CENTRES[1], 45.3)[edges.found[0]]
    assert edges.found.mean() > 0.8
    assert abs(error.mean()) < 0.05
    assert error.std() < 0.1


@pytest.mark.parametrize("smear", [0.0, 2.0])
def test_a_limb_that_darkens_to_six_tenths_hardly_moves_it(smear: float) -> None:
    x, y = np.meshgrid(np.arange(SIZE[0]) - CENTRES[1][0], np.arange(SIZE[1]) - CENTRES[1][1])
    light = 1 - 0.4 * np.minimum(np.hypot(x, y) / 45.3, 1)
    picture = developed(
        lay(plain(SIZE), disc_cover(SIZE, CENTRES[1], 45.3), light[..., None] * np.array(RED)),
        noise=1,
        smear_px=smear,
        softness_px=0.7,
    )
    edges = edges_of(picture, disc(SIZE, CENTRES[1], 45.3))
    assert abs(off(edges, CENTRES[1], 45.3)[edges.found[0]].mean()) < 0.15


def test_softness_tells_a_smeared_edge_from_a_sharp_one() -> None:
    sharp, smeared = (
        developed(lay(plain(SIZE), disc_cover(SIZE, (100, 90), 45), RED), smear_px=smear, softness_px=0.5)
        for smear in (0.0, 6.0)
    )
    flesh = disc(SIZE, (100, 90), 45)
    one, other = edges_of(sharp, flesh), edges_of(smeared, flesh)
    along_x = np.abs(one.point_px[0, :, 0] - 100) > 40
    assert (one.softness_px < 1.8).all()
    assert np.median(other.softness_px[0, along_x]) > np.median(one.softness_px[0, along_x]) + 0.2
    assert np.median(other.softness_px[0, along_x]) > np.median(other.softness_px[0, ~along_x]) + 0.1


def test_there_is_no_edge_against_a_leaf() -> None:
    canvas = lay(plain(SIZE), disc_cover(SIZE, (100, 90), 45), RED)
    canvas = lay(canvas, disc_cover(SIZE, (145, 90), 20), LEAF)
    edges = edges_of(developed(canvas), disc(SIZE, (100, 90), 45) & ~disc(SIZE, (145, 90), 20))
    to_leaf = np.hypot(*(edges.point_px[0] - (145, 90)).T)
    assert not edges.found[0, to_leaf < 19].any()
    assert edges.found[0, to_leaf > 28].all()


def test_there_is_no_edge_where_fruit_touch() -> None:
    discs = [((60.0, 90.0), 38.0), ((135.0, 90.0), 38.0)]
    canvas = plain(SIZE)
    for centre, radius in discs:
        canvas = lay(canvas, disc_cover(SIZE, centre, radius), RED)
    edges = edges_of(developed(canvas), *(disc(SIZE, centre, radius) for centre, radius in discs))
    to_touch = np.hypot(*(edges.point_px - (97.5, 90)).transpose(2, 0, 1))
    assert not edges.found[to_touch < 7].any()
    assert edges.found[to_touch > 40].all()


def test_there_is_no_edge_at_the_frames_end() -> None:
    flesh = disc(SIZE, (10, 90), 45)
    edges = edges_of(developed(lay(plain(SIZE), disc_cover(SIZE, (10, 90), 45), RED)), flesh)
    assert not edges.found[0, edges.point_px[0, :, 0] < 3].any()
    assert edges.found[0, edges.point_px[0, :, 0] > 15].all()


@pytest.mark.parametrize(("blue", "seen"), [(20.0, False), (8.0, True)])
def test_what_hardly_differs_from_the_belt_has_no_edge(blue: float, seen: bool) -> None:  # noqa: FBT001 - a parameter
    table = colour_table(BeltColour((30.0, 32.0, 34.0), (0.9, 1.1), 0.0))
    canvas = lay(plain(SIZE, (30, 32, 34)), disc_cover(SIZE, (100, 90), 45), (blue, 32, 34))
    edges = find_edges(developed(canvas), table, Rings.of([hull_of(disc(SIZE, (100, 90), 45))]))
    assert edges.found.all() == edges.found.any() == seen


def test_points_lie_on_the_outline_where_no_edge_is() -> None:
    flesh = disc(SIZE, (100, 90), 45)
    edges = edges_of(developed(plain(SIZE, BELT)), flesh)
    assert not edges.found.any()
    assert np.abs(off(edges, (100, 90), 45)).max() < STEP + 1


def test_each_fruit_has_its_own_rays() -> None:
    discs = [((60.0, 90.0), 30.0), ((150.0, 60.0), 20.0)]
    canvas = plain(SIZE)
    for centre, radius in discs:
        canvas = lay(canvas, disc_cover(SIZE, centre, radius), RED)
    picture, flesh = developed(canvas), [disc(SIZE, *one) for one in discs]
    both, alone = edges_of(picture, *flesh), [edges_of(picture, one) for one in flesh]
    assert both.point_px.shape == (2, RAYS, 2)
    assert both.found.shape == both.softness_px.shape == (2, RAYS)
    assert both.point_px == pytest.approx(np.concatenate([one.point_px for one in alone]), abs=1e-3)
    assert (both.found == np.concatenate([one.found for one in alone])).all()
