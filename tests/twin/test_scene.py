"""A picture shows what its truth says, whatever the camera and the belt."""

import cv2
import numpy as np
import pytest

from grader.twin.belt import BeltName, draw_belt
from grader.twin.cameras import askew, station
from grader.twin.foreign import ThingName
from grader.twin.scene import Scene, SceneSettings, render_scene
from grader.twin.view import View, on_belt

STATION, ASKEW = station(), askew()


def rendered(view: View, seed: int, settings: SceneSettings) -> Scene:
    return render_scene(np.random.default_rng(seed), view.camera, view.belt, settings)


@pytest.fixture(scope="module")
def apart() -> Scene:
    return rendered(STATION, 1, SceneSettings(fruit=8))


@pytest.fixture(scope="module")
def together() -> Scene:
    return rendered(STATION, 3, SceneSettings(fruit=6, touching=1.0, belt="white"))


def test_every_fruit_is_in_the_mask_as_its_truth_says(apart: Scene) -> None:
    assert apart.frame_bgr.shape == (1088, 1456, 3)
    assert [truth.number for truth in apart.truths] == list(range(1, 9))
    for truth in apart.truths:
        own = apart.fruit_mask == truth.number
        red, pale = (int((own & (apart.class_mask == value)).sum()) for value in (200, 100))
        assert truth.flesh_px == red + pale > 500
        assert truth.visible_red == pytest.approx(red / (red + pale))
        rows, columns = np.nonzero(own)
        assert truth.bbox == (columns.min(), rows.min(), columns.max() + 1, rows.max() + 1)
    assert set(np.unique(apart.fruit_mask)) == set(range(9))
    assert ((apart.fruit_mask == 0) == (apart.class_mask == 0)).all()


def test_the_flesh_lies_where_the_body_lies(apart: Scene) -> None:
    for truth in apart.truths:
        found = on_belt(np.array([truth.centre_px]), STATION.camera, STATION.belt, truth.size.equator_z_mm)
        assert np.linalg.norm(found - truth.size.centre_mm[:2]) < 0.2 * truth.size.diameter_mm


def test_single_fruit_keep_their_distance(apart: Scene) -> None:
    for truth in apart.truths:
        others = (apart.fruit_mask != 0) & (apart.fruit_mask != truth.number)
        far = cv2.distanceTransform((~others).astype(np.uint8), cv2.DIST_L2, 5)
        assert far[apart.fruit_mask == truth.number].min() > 4
        assert not truth.touching


def test_fruit_that_shall_touch_do(together: Scene) -> None:
    assert len(together.truths) >= 5
    assert sum(truth.touching for truth in together.truths) >= 4


def test_a_seed_gives_one_picture(apart: Scene) -> None:
    again = rendered(STATION, 1, SceneSettings(fruit=8))
    assert np.array_equal(again.frame_bgr, apart.frame_bgr)
    assert np.array_equal(again.fruit_mask, apart.fruit_mask)
    assert again.truths == apart.truths


@pytest.mark.parametrize("belt", ["blue", "white", "grey", "black", "green"])
def test_red_skin_is_red_on_every_belt(belt: BeltName) -> None:
    scene = rendered(ASKEW, 5, SceneSettings(fruit=4, belt=belt, blur_px=1.5))
    blue, green, red = (float(np.median(scene.frame_bgr[scene.class_mask == 200][:, c])) for c in range(3))
    assert red > 2 * max(blue, green)
    empty = scene.frame_bgr[scene.fruit_mask == 0].mean(axis=0)
    assert empty.max() - empty.min() < 25 or belt in ("blue", "green")
    assert 15 < empty.max() < 235


def test_another_camera_sees_fruit_of_its_own_scale() -> None:
    scene = rendered(ASKEW, 2, SceneSettings(fruit=5))
    assert scene.frame_bgr.shape == (480, 640, 3)
    for truth in scene.truths:
        share = truth.flesh_px / (520 / 265) ** 2 / (truth.size.length_mm * truth.size.width_mm)
        assert 0.4 < share < 1.4


@pytest.mark.parametrize("thing", ["leaf", "stone", "hand", "stain", "glare"])
def test_what_is_no_fruit_is_seen_but_not_in_the_mask(thing: ThingName) -> None:
    with_it, without = (rendered(STATION, 4, SceneSettings(fruit=0, things=things)) for things in ((thing,), ()))
    assert not with_it.fruit_mask.any()
    assert not with_it.class_mask.any()
    changed = np.abs(with_it.frame_bgr.astype(int) - np.median(without.frame_bgr, axis=(0, 1))).max(axis=2) > 25
    assert 300 < changed.sum() < 200_000


def test_an_empty_belt_has_no_truth() -> None:
    scene = rendered(ASKEW, 2, SceneSettings(fruit=0))
    assert scene.truths == ()
    assert not scene.fruit_mask.any()


def test_fruit_may_be_cut_by_the_picture() -> None:
    scene = rendered(ASKEW, 1, SceneSettings(fruit=12, overhang_px=80))
    cut = {truth.number for truth in scene.truths if truth.cut}
    border = np.concatenate([scene.fruit_mask[[0, -1]].ravel(), scene.fruit_mask[:, [0, -1]].ravel()])
    assert cut
    assert cut >= set(np.unique(border)) - {0}
    assert not any(truth.cut for truth in rendered(ASKEW, 1, SceneSettings(fruit=6)).truths)


def test_the_belts_texture_has_no_seam() -> None:
    texture = draw_belt(np.random.default_rng(1), "white").texture
    seam, inside = (np.abs(texture[a] - texture[b]).mean() for a, b in ((0, -1), (256, 255)))
    assert seam < 1.3 * inside
