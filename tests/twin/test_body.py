"""Bodies are as large as their truth says, and lie where gravity puts them."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.twin.body import draw_body
from grader.twin.mesh import face_normals
from grader.twin.pose import equilibrium, lay
from grader.twin.shape import SECTORS, Shape, solid
from grader.twin.truth import measure
from grader.twin.variety import Form, Variety, draw_shape

FACET_MM = 0.005
"""A nearly round body may rest on either of two facets."""

seeds = st.integers(0, 2**32 - 1)


@pytest.mark.parametrize(("length", "breadth", "flat"), [(30.0, 30.0, 1.0), (48.0, 33.0, 0.85), (20.0, 22.0, 0.9)])
def test_an_ellipsoid_measures_what_geometry_says(length: float, breadth: float, flat: float) -> None:
    shape = Shape(breadth, length, flat=flat)
    mesh = solid(shape)
    size = measure(mesh, lay(mesh, (0.7, 0.0, 0.0), (12.0, -5.0)), SECTORS)
    assert size.volume_mm3 == pytest.approx(np.pi / 6 * length * breadth**2 * flat, rel=1e-3)
    assert size.diameter_mm == pytest.approx(breadth, abs=0.01)
    assert size.width_mm == pytest.approx(breadth, abs=0.01)
    assert size.length_mm == pytest.approx(length, abs=1e-9)
    assert size.equator_z_mm == pytest.approx(breadth * flat / 2, abs=0.01)
    assert size.centre_mm == pytest.approx((12.0, -5.0, breadth * flat / 2), abs=0.01)


def test_facets_look_outwards() -> None:
    mesh = draw_body(np.random.default_rng(5), Variety()).mesh
    middles = mesh.vertices[mesh.triangles].mean(axis=1)
    _, centre = mesh.volume_and_centre
    assert np.mean(np.einsum("ij,ij->i", face_normals(mesh), middles - centre) > 0) > 0.99


def test_an_edge_knows_the_triangles_on_both_sides() -> None:
    mesh = solid(Shape(30.0, 30.0), rings=4, sectors=6)
    assert len(mesh.vertices[np.unique(mesh.triangles)]) - len(mesh.edges) + len(mesh.triangles) == 2  # Euler's formula
    for start, end, left, right in mesh.edges:
        assert {start, end} <= set(mesh.triangles[left])
        assert {start, end} <= set(mesh.triangles[right])
        assert left != right


@settings(max_examples=10, deadline=None)
@given(seed=seeds)
def test_a_fruit_lies_on_the_belt_and_not_in_it(seed: int) -> None:
    body = draw_body(np.random.default_rng(seed), Variety())
    assert body.surface.vertices[:, 2].min() == pytest.approx(0.0, abs=1e-9)


@settings(max_examples=10, deadline=None)
@given(seed=seeds, yaw=st.floats(-3.1, 3.1), x=st.floats(-200, 200), y=st.floats(-200, 200))
def test_truth_does_not_depend_on_place_and_heading(seed: int, yaw: float, x: float, y: float) -> None:
    mesh = solid(draw_shape(np.random.default_rng(seed), Variety()))
    here = measure(mesh, lay(mesh, (0.0, 0.3, 0.05), (0.0, 0.0)), SECTORS)
    there = measure(mesh, lay(mesh, (yaw, 0.3, 0.05), (x, y)), SECTORS)
    for name in ("diameter_mm", "width_mm", "length_mm", "volume_mm3", "equator_z_mm", "pitch"):
        assert getattr(there, name) == pytest.approx(getattr(here, name), rel=1e-9)
    assert there.centre_mm[:2] == pytest.approx((x, y), abs=1e-6)
    assert there.yaw == pytest.approx(yaw)


@settings(max_examples=10, deadline=None)
@given(seed=seeds)
def test_at_rest_every_tilt_lifts_the_centre(seed: int) -> None:
    mesh = solid(draw_shape(np.random.default_rng(seed), Variety()))
    pitch, roll = equilibrium(mesh)

    def height(pitch: float, roll: float) -> float:
        return measure(mesh, lay(mesh, (0.0, pitch, roll), (0.0, 0.0)), SECTORS).centre_mm[2]

    rest = height(pitch, roll)
    for tilt in np.radians([-2.0, -0.5, 0.5, 2.0]):
        assert height(pitch + tilt, roll) > rest - FACET_MM
        assert height(pitch, roll + tilt) > rest - FACET_MM


def test_a_cone_tips_onto_its_side_as_far_as_its_taper_says() -> None:
    pitches = [equilibrium(solid(Shape(30.0, 36.0, taper, flat=0.9)))[0] for taper in (0.0, 0.2, 0.4, 0.6)]
    assert pitches[0] == pytest.approx(0.0, abs=np.radians(0.1))
    assert np.all(np.diff(pitches) > np.radians(3))
    assert np.degrees(pitches[-1]) < 40


@pytest.mark.parametrize("form", ["conical", "globose", "wedge", "long", "flattened"])
def test_every_form_stays_within_the_sizes_of_strawberries(form: Form) -> None:
    generator = np.random.default_rng(3)
    variety = Variety(forms={form: 1.0})
    for _ in range(4):
        body = draw_body(generator, variety)
        size = body.size
        assert 17.5 <= size.diameter_mm <= 46.5
        assert 0.88 <= size.length_mm / size.diameter_mm <= 1.62
        assert 0.97 <= size.diameter_mm / size.width_mm <= 1.08
        assert 0.82 <= body.shape.flat <= 0.98


def test_a_seed_gives_one_body() -> None:
    first, again, other = (draw_body(np.random.default_rng(seed), Variety()) for seed in (8, 8, 9))
    assert np.array_equal(first.surface.vertices, again.surface.vertices)
    assert first.size != other.size


@settings(max_examples=6, deadline=None)
@given(seed=seeds)
def test_a_body_that_is_laid_anew_is_the_same_body_on_the_belt(seed: int) -> None:
    body = draw_body(np.random.default_rng(seed), Variety())
    again = body.laid_anew(np.random.default_rng(seed + 1))
    assert again.size.diameter_mm == pytest.approx(body.size.diameter_mm)
    assert again.size.volume_mm3 == pytest.approx(body.size.volume_mm3)
    assert again.surface.vertices[:, 2].min() == pytest.approx(0.0, abs=1e-9)
    assert not np.allclose(again.pose.rotation, body.pose.rotation)
