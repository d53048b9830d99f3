"""Widths of bodies whose exact outline in the picture is known."""

from functools import cache

import numpy as np
import pytest

from grader.twin.body import Body, draw_body
from grader.twin.cameras import askew, station
from grader.twin.variety import Variety
from grader.twin.view import View, outline
from grader.vision.edges import RAYS, Edges
from grader.vision.geometry import Sight
from grader.vision.size import Widths, measure_widths

from .conftest import Array, Mask, calibration

STATION = station()
SCALE_U = 1e-4


@cache
def bodies() -> tuple[Body, ...]:
    """Fruit all over the station's picture."""
    generator = np.random.default_rng(11)
    forms = Variety(forms={"globose": 0.6, "conical": 0.2, "long": 0.2})
    places = [(x, y) for x in (-120.0, -45.0, 0.0, 60.0, 125.0) for y in (-85.0, 0.0, 80.0)]
    return tuple(draw_body(generator, forms, place) for place in places)


@cache
def outlines() -> Array:
    """(n, RAYS, 2) px of `bodies`."""
    return np.stack([outline(body.surface, STATION.camera, STATION.belt, RAYS) for body in bodies()])


def axes() -> Array:
    way = np.array([body.size.axis_xy for body in bodies()])
    return np.asarray(way / np.linalg.norm(way, axis=1, keepdims=True))


def seen(points_px: Array, found: Mask | None = None) -> Edges:
    ring = points_px.shape[:2]
    return Edges(points_px, np.ones(ring, np.bool_) if found is None else found, np.ones(ring, np.float32))


def widths_of(edges: Edges, axis: Array, view: View = STATION) -> Widths:
    sight = Sight.of(calibration(view))
    return measure_widths(edges, sight.on_belt(edges.point_px), sight, axis, SCALE_U)


def true_widths() -> Array:
    return np.array([body.size.width_mm for body in bodies()])


def test_widths_are_true_within_their_uncertainty() -> None:
    widths = widths_of(seen(outlines()), axes())
    error = widths.width_mm - true_widths()
    assert widths.seen.mean() > 0.9
    assert (np.abs(error) < 3.5 * widths.width_u_mm).all()
    assert abs(error.mean()) < 0.25
    assert error.std() < 0.3
    assert np.sqrt((error**2 / widths.width_u_mm**2).mean()) < 1.6


def test_length_and_area_are_those_of_the_body() -> None:
    widths = widths_of(seen(outlines()), axes())
    for body, length, area, width in zip(bodies(), widths.length_mm, widths.area_mm2, widths.width_mm, strict=True):
        assert length == pytest.approx(body.size.length_mm, rel=0.15)
        assert area == pytest.approx(np.pi / 4 * width * length, rel=0.15)


def test_a_tilted_distorting_wide_angled_camera_measures_the_same_fruit_the_same() -> None:
    generator = np.random.default_rng(12)
    found = [draw_body(generator, Variety(), place) for place in ((-40.0, -20.0), (0.0, 15.0), (50.0, 30.0))]
    by_view = []
    for view in (askew(), STATION):
        points = np.stack([outline(body.surface, view.camera, view.belt, RAYS) for body in found])
        axis = np.array([body.size.axis_xy for body in found])
        by_view.append(widths_of(seen(points), axis / np.linalg.norm(axis, axis=1, keepdims=True), view))
    true = np.array([body.size.width_mm for body in found])
    for widths in by_view:
        assert (np.abs(widths.width_mm - true) < 3.5 * widths.width_u_mm).all()


def test_a_picture_taken_as_a_scan_would_be_would_measure_too_much() -> None:
    points_mm = Sight.of(calibration(STATION)).on_belt(outlines())
    across = np.stack([-axes()[:, 1], axes()[:, 0]], axis=1)
    shadow = (points_mm @ across[:, :, None])[..., 0]
    assert (shadow.max(axis=1) - shadow.min(axis=1) > true_widths() + 0.5).all()


def test_stem_and_apex_changed_over_do_not_change_the_width() -> None:
    one, other = widths_of(seen(outlines()), axes()), widths_of(seen(outlines()), -axes())
    assert one.width_mm == pytest.approx(other.width_mm, abs=1e-6)
    assert one.width_u_mm == pytest.approx(other.width_u_mm, abs=1e-6)


def test_where_the_outline_begins_does_not_matter() -> None:
    one, other = (widths_of(seen(np.roll(outlines(), by, axis=1)), axes()) for by in (0, 17))
    assert one.width_mm == pytest.approx(other.width_mm, abs=1e-6)
    assert one.area_mm2 == pytest.approx(other.area_mm2)


def test_strays_do_not_move_a_width() -> None:
    points = outlines().copy()
    middle = points.mean(axis=1, keepdims=True)
    strays = np.arange(3, RAYS, RAYS // 3)[:3]
    points[:, strays] += 0.08 * (points - middle)[:, strays]
    calm, stirred = widths_of(seen(outlines()), axes()), widths_of(seen(points), axes())
    moved = np.abs(stirred.width_mm - calm.width_mm)
    assert np.median(moved) < 0.15
    assert moved.max() < 0.6


def flank_angles() -> Array:
    """(n, RAYS), radians: how far each ray lies from the upper flank's middle, on the belt."""
    points_mm = Sight.of(calibration(STATION)).on_belt(outlines())
    offset = points_mm - points_mm.mean(axis=1, keepdims=True)
    along = (offset @ axes()[:, :, None])[..., 0]
    across = offset[..., 1] * axes()[:, None, 0] - offset[..., 0] * axes()[:, None, 1]
    return np.asarray(np.arctan2(along, across))


def test_a_hidden_flank_is_not_guessed() -> None:
    angle = flank_angles()
    for hidden in (np.abs(angle) < 0.9, np.abs(angle) > np.pi - 0.9):
        assert not widths_of(seen(outlines(), ~hidden), axes()).seen.any()
    nothing = widths_of(seen(outlines(), np.zeros(angle.shape, np.bool_)), axes())
    assert not nothing.seen.any()
    assert np.isfinite(nothing.width_u_mm).all()


def test_hidden_ends_do_not_matter() -> None:
    hidden = np.abs(np.abs(flank_angles()) - np.pi / 2) < 0.35
    widths = widths_of(seen(outlines(), ~hidden), axes())
    all_seen = widths_of(seen(outlines()), axes())
    assert widths.seen.sum() >= all_seen.seen.sum() - 1
    assert np.median(np.abs(widths.width_mm - all_seen.width_mm)) < 0.05


def test_fewer_rays_and_noise_make_it_less_certain() -> None:
    noisy = outlines() + np.random.default_rng(1).normal(0, 0.6, outlines().shape)
    few = np.zeros(noisy.shape[:2], np.bool_)
    few[:, ::2] = True
    calm, stirred, sparse = (widths_of(edges, axes()) for edges in (seen(outlines()), seen(noisy), seen(noisy, few)))
    assert np.median(stirred.width_u_mm) > np.median(calm.width_u_mm)
    assert np.median(sparse.width_u_mm) > 1.05 * np.median(stirred.width_u_mm)


def test_a_fruit_seen_at_a_slant_is_less_certain_than_one_below_the_camera() -> None:
    body = draw_body(np.random.default_rng(11), Variety(), (0.0, 0.0), yaw=0.0)
    moved = [body.moved((0.0, y)) for y in (0.0, 30.0, 60.0, 95.0)]
    points = np.stack([outline(one.surface, STATION.camera, STATION.belt, RAYS) for one in moved])
    widths = widths_of(seen(points), np.tile([1.0, 0.0], (4, 1)))
    assert (np.diff(widths.width_u_mm) > 0).all()
    assert widths.width_mm == pytest.approx(np.full(4, body.size.width_mm), abs=0.7)


def test_an_uncertain_scale_makes_every_width_uncertain() -> None:
    sight = Sight.of(calibration(STATION))
    edges = seen(outlines())
    outline_mm = sight.on_belt(edges.point_px)
    sure, unsure = (measure_widths(edges, outline_mm, sight, axes(), scale_u) for scale_u in (0.0, 0.02))
    assert np.hypot(sure.width_u_mm, 0.02 * sure.width_mm) == pytest.approx(unsure.width_u_mm, rel=0.01)


def test_the_caliper_spans_the_widest_section() -> None:
    widths = widths_of(seen(outlines()), axes())
    way = widths.caliper_mm[:, 1] - widths.caliper_mm[:, 0]
    assert (way * axes()).sum(axis=1) == pytest.approx(np.zeros(len(way)), abs=1e-6)
    span = np.linalg.norm(way, axis=1)
    assert (span > widths.width_mm).all()  # on the belt, where its lines of sight end
    assert (span < 1.2 * widths.width_mm).all()


def test_no_fruit_have_no_widths() -> None:
    nothing = seen(np.zeros((0, RAYS, 2)))
    widths = widths_of(nothing, np.zeros((0, 2)))
    assert widths.width_mm.shape == widths.width_u_mm.shape == widths.seen.shape == (0,)
    assert widths.caliper_mm.shape == (0, 2, 2)
