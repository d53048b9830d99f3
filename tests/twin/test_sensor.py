"""The sensor smears, softens, adds noise and codes as sRGB, and moves nothing."""

import numpy as np
import pytest

from grader.twin.sensor import Sensor, expose, smear_kernel

PERFECT = Sensor(exposure=1.0, softness_px=0.0, vignette=0.0, full_well=1e12, read_noise=0.0)


@pytest.mark.parametrize("blur", [0.0, 0.7, 1.0, 2.4, 3.0, 6.5])
def test_a_smear_is_even_and_as_wide_as_asked(blur: float) -> None:
    kernel = smear_kernel(blur)[0]
    assert kernel.sum() == pytest.approx(1)
    assert kernel == pytest.approx(kernel[::-1])
    assert len(kernel) % 2 == 1
    assert kernel.max() == pytest.approx(1 / max(blur, 1))


def test_grey_levels_follow_srgb() -> None:
    light = np.tile(np.array([0.0, 0.0022, 0.2140, 1.0, 3.0], np.float32)[None, :, None], (4, 1, 3))
    frame = expose(light, PERFECT, 0.0, np.random.default_rng(1))
    assert frame.dtype == np.uint8
    assert frame[2, :, 1].tolist() == [0, 7, 127, 255, 255]


def test_noise_grows_with_light_as_photons_do() -> None:
    sensor = Sensor(exposure=1.0, softness_px=0.0, vignette=0.0, full_well=2000.0, read_noise=0.0)
    light = np.full((200, 200, 3), 0.5, np.float32)
    frame = expose(light, sensor, 0.0, np.random.default_rng(1)).astype(np.float64) / 255
    linear = ((frame + 0.055) / 1.055) ** 2.4
    assert linear.std() == pytest.approx(np.sqrt(0.5 / 2000), rel=0.05)
    assert linear.mean() == pytest.approx(0.5, abs=0.002)


def test_a_smeared_edge_stays_in_its_place() -> None:
    light = np.zeros((8, 60, 3), np.float32)
    light[:, 30:] = 0.2
    frame = expose(light, PERFECT, 5.0, np.random.default_rng(1)).astype(np.float64) / 255
    linear = np.where(frame < 0.04045, frame / 12.92, ((frame + 0.055) / 1.055) ** 2.4)
    assert linear[4, :, 0].sum() == pytest.approx(0.2 * 30, abs=0.06)  # in 8-bit steps
