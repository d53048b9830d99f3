"""The Pi's camera, against a stand-in with the calls of picamera2 0.3.38 (its source was read; none ran on a Pi).

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
        return np.full(self._camera.shape, 7, np.uint8)


class StandIn:
    """What `Picamera2` is asked for."""

    def __init__(self) -> None:
        self.out = 0
        self.shape: tuple[int, ...] = (48, 64, 3)
        self.stalls = False
        self.configured: list[dict[str, Any]] = []
        self.closed = 0
        self.camera_controls = {"ExposureTime": (), "AnalogueGain": (), "AeEnable": ()}

    def create_video_configuration(self, **what: object) -> dict[str, Any]:
        return dict(what)

    def configure(self, configuration: dict[str, Any]) -> None:
        self.configured.append(configuration)

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
    def __init__(self, request: Request, stream: str, *, write: bool) -> None:
        assert (stream, write) == ("main", False)
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


def test_another_size_is_a_fault_and_its_buffer_goes_back(there: StandIn) -> None:
    camera = opened(there)
    there.shape = (40, 64, 3)
    with pytest.raises(CameraError) as error:
        camera.take(np.zeros((48, 64, 3), np.uint8), 0.1)
    assert error.value.fault is CameraFault.WRONG_SIZE
    assert there.out == 0


def test_without_picamera2_it_says_how_to_get_it() -> None:
    with pytest.raises(CameraError, match="python3-picamera2"):
        PiCamera(0, MODE, exposure_us=EXPOSURE_US, gain=1.0, red_blue_gains=(1.0, 1.0))
