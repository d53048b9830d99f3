"""The Pi's camera, against a stand-in with the calls of picamera2 0.3.38, which itself runs in `make test-hardware`.

What the stand-in shows: every buffer goes back, whatever happens; a camera that stops is waited for no longer than
told; exposures are on the monotonic clock.
"""

import sys
import time
from concurrent.futures import Future
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from grader.hardware.camera import CameraError, CameraFault, CameraMode
from grader.hardware.drivers.pi_camera import PiCamera

MODE = CameraMode((64, 48), 30.0)
EXPOSURE_US = 160
ASLEEP_S = 3600.0


class Request:
    def __init__(self, camera: "StandIn") -> None:
        self._camera = camera
        camera.out += 1

    def get_metadata(self) -> dict[str, Any]:
        return {"SensorTimestamp": int((time.monotonic() + ASLEEP_S) * 1e9), "ExposureTime": EXPOSURE_US}

    def release(self) -> None:
        self._camera.out -= 1

    @property
    def array(self) -> np.ndarray[Any, Any]:
        return self._camera.buffer


class StandIn:
    """What `Picamera2` is asked for."""

    def __init__(self) -> None:
        self.out = 0
        self.made: dict[str, Any] = {"format": "RGB888", "size": (64, 48), "stride": 192}
        self.buffer = np.full(48 * 192, 7, np.uint8)
        self.stalls = False
        self.configured: list[dict[str, Any]] = []
        self.closed = 0
        self.camera_controls = {"ExposureTime": (), "AnalogueGain": (), "AeEnable": ()}

    def create_video_configuration(self, **what: object) -> dict[str, Any]:
        return dict(what)

    def configure(self, configuration: dict[str, Any]) -> None:
        self.configured.append(configuration)

    def camera_configuration(self) -> dict[str, Any]:
        return {"main": self.made}

    def start(self) -> None:
        pass

    def capture_request(self, *, wait: bool) -> "Future[Request]":
        assert wait is False
        job: Future[Request] = Future()
        if not self.stalls:
            job.set_result(Request(self))
        return job

    def wait(self, job: "Future[Request]", timeout: float) -> Request:
        return job.result(timeout=timeout)

    def close(self) -> None:
        self.closed += 1


class MappedArray:
    def __init__(self, request: Request, stream: str, *, reshape: bool, write: bool) -> None:
        assert (stream, reshape, write) == ("main", False, False)
        self._request = request

    def __enter__(self) -> Request:
        return self._request

    def __exit__(self, *error: object) -> None:
        pass


@pytest.fixture
def there(monkeypatch: pytest.MonkeyPatch) -> StandIn:
    module = ModuleType("picamera2")
    module.MappedArray = MappedArray  # type: ignore[attr-defined] # as the real one has it
    monkeypatch.setitem(sys.modules, "picamera2", module)
    return StandIn()


def opened(there: StandIn) -> PiCamera:
    return PiCamera(
        0, MODE, exposure_us=EXPOSURE_US, gain=2.0, red_blue_gains=(2.0, 1.6),
        to_monotonic_s=lambda stamp_ns: stamp_ns / 1e9 - ASLEEP_S, open_camera=lambda _: there,
    )  # fmt: skip


def test_a_frame_comes_with_the_middle_of_its_exposure_and_its_buffer_goes_back(there: StandIn) -> None:
    camera = opened(there)
    into = np.zeros((48, 64, 3), np.uint8)
    exposure = camera.take(into, 0.1)
    assert exposure is not None
    assert (into == 7).all()
    assert 0 <= time.monotonic() - exposure.middle_s < 0.5
    assert there.out == 0


def test_it_is_configured_once_with_what_it_can_and_closed_once(there: StandIn) -> None:
    camera = opened(there)
    for _ in range(3):
        camera.take(np.zeros((48, 64, 3), np.uint8), 0.1)
    camera.close()
    camera.close()
    (configuration,) = there.configured
    assert configuration["controls"] == {"ExposureTime": EXPOSURE_US, "AnalogueGain": 2.0, "AeEnable": False}
    assert there.closed == 1


def test_a_camera_that_stops_is_waited_for_no_longer_than_told_and_comes_back(there: StandIn) -> None:
    camera = opened(there)
    there.stalls = True
    began_s = time.monotonic()
    assert camera.take(np.zeros((48, 64, 3), np.uint8), 0.05) is None
    assert time.monotonic() - began_s < 0.5
    assert there.out == 0


@pytest.mark.parametrize(
    ("made", "fault"), [({"size": (64, 40)}, CameraFault.WRONG_SIZE), ({"format": "MJPEG"}, CameraFault.WRONG_FORMAT)]
)
def test_another_size_or_format_is_a_fault_before_the_first_frame(
    there: StandIn, made: dict[str, Any], fault: CameraFault
) -> None:
    there.made |= made
    with pytest.raises(CameraError) as error:
        opened(there)
    assert error.value.fault is fault
    assert there.closed == 1


def test_a_frame_that_cannot_be_read_is_an_error_and_its_buffer_goes_back(there: StandIn) -> None:
    camera = opened(there)
    there.buffer = there.buffer[:100]
    with pytest.raises(ValueError, match="reshape"):
        camera.take(np.zeros((48, 64, 3), np.uint8), 0.1)
    assert there.out == 0


RAMP = np.arange(48 * 64 * 3, dtype=np.uint32).reshape(48, 64, 3).astype(np.uint8)


def padded(rows: np.ndarray[Any, Any], stride: int) -> np.ndarray[Any, Any]:
    flat = rows.reshape(len(rows), -1)
    return np.pad(flat, ((0, 0), (0, stride - flat.shape[1])), constant_values=99).ravel()


@pytest.mark.parametrize(
    ("name", "rows", "stride"),
    [
        ("RGB888", RAMP, 192),
        ("RGB888", RAMP, 256),
        ("BGR888", RAMP[:, :, ::-1], 256),
        ("XRGB8888", np.concatenate([RAMP, RAMP[:, :, :1]], axis=2), 320),
        ("XBGR8888", np.concatenate([RAMP[:, :, ::-1], RAMP[:, :, :1]], axis=2), 320),
    ],
)
def test_whatever_the_pipeline_writes_comes_as_blue_green_red(
    there: StandIn, name: str, rows: np.ndarray[Any, Any], stride: int
) -> None:
    there.made |= {"format": name, "stride": stride}
    there.buffer = padded(rows, stride)
    into = np.zeros((48, 64, 3), np.uint8)
    assert opened(there).take(into, 0.1) is not None
    assert (into == RAMP).all()


@pytest.mark.parametrize("stride", [64, 96])
def test_luma_and_chroma_come_as_blue_green_red(there: StandIn, stride: int) -> None:
    """Of BT.601, as libcamera's video: Y 81, Cb 90, Cr 240 is red."""
    there.made |= {"format": "NV12", "stride": stride}
    rows = np.full((72, 64), 81, np.uint8)
    rows[48:, 0::2], rows[48:, 1::2] = 90, 240
    there.buffer = padded(rows, stride)
    into = np.zeros((48, 64, 3), np.uint8)
    assert opened(there).take(into, 0.1) is not None
    assert np.abs(into.astype(int) - (0, 0, 255)).max() <= 2


def test_without_picamera2_it_says_how_to_get_it() -> None:
    with pytest.raises(CameraError, match="python3-picamera2"):
        PiCamera(0, MODE, exposure_us=EXPOSURE_US, gain=1.0, red_blue_gains=(1.0, 1.0))
