"""A colour chart is found however it lies, and says what the camera does to colours."""

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from grader.calibration.chart import CLASSIC_RGB, find_chart
from grader.calibration.chart_colours import learn_colours
from grader.calibration.errors import ChartError
from grader.vision.colour import decode, encode, standard_colours

Array = NDArray[np.float64]

SIZE = (728, 544)
CAMERA = np.array([[0.80, 0.08, 0.02], [0.10, 0.75, 0.12], [0.03, 0.15, 0.70]])
"""What a camera makes of linear BGR: channels that see a little of their neighbours', and a warm light."""


def seen_by(camera: Array, levels_bgr: Array) -> Array:
    return encode(np.clip(decode(levels_bgr) @ camera.T, 0, 1))


def picture(
    camera: Array = CAMERA, turn_deg: float = 0.0, tilt: float = 0.0, patch_px: float = 40.0, seed: int = 0
) -> NDArray[np.uint8]:
    """A chart on a blue belt, turned, in slight perspective, with noise."""
    pitch = 10
    card = np.full((4 * pitch + 3, 6 * pitch + 3, 3), 30.0)
    for number, (red, green, blue) in enumerate(CLASSIC_RGB):
        row, column = divmod(number, 6)
        card[row * pitch + 3 : (row + 1) * pitch, column * pitch + 3 : (column + 1) * pitch] = blue, green, red
    big = cv2.resize(card, None, fx=10, fy=10, interpolation=cv2.INTER_NEAREST)
    height, width = big.shape[:2]
    scale = patch_px / (7 * 10)
    middle = np.array((width, height)) / 2
    corners = np.array([(0, 0), (width, 0), (width, height), (0, height)]) - middle
    angle = np.radians(turn_deg)
    turned = scale * corners @ np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    nearer = 1 + tilt * turned[:, 1:] / SIZE[1]
    to = (turned * nearer + np.array(SIZE) / 2).astype(np.float32)
    homography = cv2.getPerspectiveTransform((corners + middle).astype(np.float32), to)
    scene = np.full((SIZE[1], SIZE[0], 3), (130.0, 82.0, 56.0))
    cv2.warpPerspective(big, homography, SIZE, dst=scene, flags=cv2.INTER_AREA, borderMode=cv2.BORDER_TRANSPARENT)
    levels = seen_by(camera, scene.reshape(-1, 3)).reshape(scene.shape)
    levels = cv2.GaussianBlur(levels, (0, 0), 0.8) + np.random.default_rng(seed).normal(0, 1.5, scene.shape)
    return np.asarray(np.clip(np.rint(levels), 0, 255), np.uint8)


@given(turn_deg=st.floats(0, 360), tilt=st.floats(-0.15, 0.15), patch_px=st.floats(20, 60))
@settings(max_examples=10)
def test_a_chart_is_read_however_it_lies(turn_deg: float, tilt: float, patch_px: float) -> None:
    chart = find_chart(picture(turn_deg=turn_deg, tilt=tilt, patch_px=patch_px))
    wanted = seen_by(CAMERA, CLASSIC_RGB[:, ::-1])
    assert np.abs(chart.bgr - wanted).max() < 2.5


def test_the_matrix_undoes_what_the_camera_does() -> None:
    found = learn_colours(find_chart(picture()))
    assert found.error_before > 8
    assert found.error_after < 1
    assert found.patches == 24
    back = standard_colours(seen_by(CAMERA, CLASSIC_RGB[:, ::-1]), found.matrix)
    ratio_seen = back[:, 2] / back[:, 1]
    ratio_true = CLASSIC_RGB[:, 0] / CLASSIC_RGB[:, 1]
    vivid = CLASSIC_RGB.min(axis=1) > 40
    assert np.abs(ratio_seen / ratio_true - 1)[vivid].max() < 0.03


def test_a_camera_that_sees_truly_is_left_as_it_is() -> None:
    found = learn_colours(find_chart(picture(camera=0.9 * np.eye(3))))
    assert np.array(found.matrix.rows) == pytest.approx(np.eye(3), abs=0.01)


def test_what_is_clipped_stays_white() -> None:
    found = learn_colours(find_chart(picture()))
    assert standard_colours(np.full((1, 3), 255.0), found.matrix).tolist() == [[255.0, 255.0, 255.0]]


def test_an_empty_belt_shows_no_chart() -> None:
    with pytest.raises(ChartError, match=r"no colour chart|patches of a colour chart"):
        find_chart(np.full((SIZE[1], SIZE[0], 3), (130, 82, 56), np.uint8))


def test_half_a_chart_is_refused() -> None:
    shown = picture()
    shown[:, SIZE[0] // 2 :] = (130, 82, 56)
    with pytest.raises(ChartError, match="a chart has 6 x 4"):
        find_chart(shown)


@pytest.mark.parametrize(
    ("camera", "sentence"),
    [
        (1.6 * np.eye(3), "clipped"),
        (0.12 * np.eye(3), "too dark"),
        (np.array([[0.3, 0.3, 0.3]] * 3) + 0.03 * np.eye(3), "lacks a colour|still"),
    ],
)
def test_light_that_is_no_good_is_named(camera: Array, sentence: str) -> None:
    with pytest.raises(ChartError, match=sentence):
        learn_colours(find_chart(picture(camera=camera)))


def test_a_camera_that_bends_its_tones_is_named() -> None:
    levels = picture(camera=0.8 * np.eye(3)).astype(np.float64) / 255
    bent = 255 * (3 * levels**2 - 2 * levels**3)
    with pytest.raises(ChartError, match="tone"):
        learn_colours(find_chart(np.asarray(np.rint(bent), np.uint8)))


def test_a_shadow_across_the_chart_is_named() -> None:
    shown = picture().astype(np.float64)
    shown[:, : SIZE[0] // 2 - 30] *= 0.6
    with pytest.raises(ChartError, match=r"a shadow lies on them|not evenly lit"):
        learn_colours(find_chart(np.asarray(shown, np.uint8)))
