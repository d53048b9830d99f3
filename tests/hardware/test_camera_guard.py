"""Every fault of a camera is named within three periods of its beginning, and no old picture passes as a new one."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import pytest

from grader.hardware.camera import CameraError, CameraFault, CameraMode, Exposure, Frame
from grader.hardware.camera_guard import GuardedCamera, check_shape

MODE = CameraMode((64, 48), 30.0)
PERIOD_S = 1 / 30


@dataclass
class Scripted:
    """A camera that does at each period what the test says."""

    now_s: float = 100.0
    every: float = 1.0
    """Periods from frame to frame."""
    behind_s: float = 0.0
    """How long its frames lie in a queue."""
    frozen: bool = False
    dead: bool = False
    mode: CameraMode = MODE
    generator: np.random.Generator = field(default_factory=lambda: np.random.default_rng(1))
    next_s: float = 100.0

    def take(self, into: Frame, timeout_s: float) -> Exposure | None:
        if self.dead or self.next_s > self.now_s + timeout_s:
            self.now_s += timeout_s
            return None
        self.now_s = max(self.now_s, self.next_s)
        exposed_s = self.next_s
        self.next_s += self.every * PERIOD_S
        if not self.frozen:
            into[:] = self.generator.integers(0, 255, into.shape, np.uint8)
        return Exposure(exposed_s - self.behind_s)

    def close(self) -> None:
        self.dead = True


def good_frames(camera: Scripted, guarded: GuardedCamera, wanted: int) -> Iterator[Exposure]:
    into = np.empty((48, 64, 3), np.uint8)
    while wanted:
        exposure = guarded.take(into, 0.02)
        if exposure is not None:
            wanted -= 1
            assert exposure.middle_s <= camera.now_s
            yield exposure


@pytest.fixture
def camera() -> Scripted:
    return Scripted()


@pytest.fixture
def guarded(camera: Scripted) -> GuardedCamera:
    return GuardedCamera(camera, monotonic_s=lambda: camera.now_s)


def test_a_good_camera_passes(camera: Scripted, guarded: GuardedCamera) -> None:
    assert len(list(good_frames(camera, guarded, 100))) == 100


@pytest.mark.parametrize(
    ("broken", "fault", "periods"),
    [
        ({"dead": True}, CameraFault.STALLED, 3),
        ({"every": 5.0}, CameraFault.STALLED, 4),
        ({"frozen": True}, CameraFault.FROZEN, 4),
    ],
)
def test_a_fault_is_named_within_three_periods(
    camera: Scripted, guarded: GuardedCamera, broken: dict[str, object], fault: CameraFault, periods: float
) -> None:
    """One period more where the fault begins with a frame that was still good."""
    list(good_frames(camera, guarded, 10))
    for name, value in broken.items():
        setattr(camera, name, value)
    began_s = camera.now_s
    with pytest.raises(CameraError) as error:
        list(good_frames(camera, guarded, 100))
    assert error.value.fault is fault
    assert camera.now_s - began_s <= periods * PERIOD_S + 0.001


def test_a_slow_camera_is_named_by_its_third_frame(camera: Scripted, guarded: GuardedCamera) -> None:
    list(good_frames(camera, guarded, 10))
    camera.every = 2.0
    assert len(list(good_frames(camera, guarded, 1))) == 1
    with pytest.raises(CameraError) as error:
        list(good_frames(camera, guarded, 2))
    assert error.value.fault is CameraFault.SLOW


def test_one_lost_frame_is_no_fault(camera: Scripted, guarded: GuardedCamera) -> None:
    list(good_frames(camera, guarded, 10))
    camera.next_s += PERIOD_S
    assert len(list(good_frames(camera, guarded, 20))) == 20


def test_frames_that_lay_in_a_queue_are_counted_and_never_passed_on(camera: Scripted, guarded: GuardedCamera) -> None:
    list(good_frames(camera, guarded, 10))
    camera.behind_s = 5.0
    with pytest.raises(CameraError, match="no picture"):
        list(good_frames(camera, guarded, 1))


def test_a_frame_of_the_future_is_refused(camera: Scripted, guarded: GuardedCamera) -> None:
    camera.behind_s = -3600
    with pytest.raises(CameraError) as error:
        list(good_frames(camera, guarded, 1))
    assert error.value.fault is CameraFault.CLOCK


@pytest.mark.parametrize(
    ("shape", "fault"), [((48, 60, 3), CameraFault.WRONG_SIZE), ((48, 64), CameraFault.WRONG_FORMAT)]
)
def test_another_size_or_no_colour_is_refused(shape: tuple[int, ...], fault: CameraFault) -> None:
    with pytest.raises(CameraError) as error:
        check_shape(shape, MODE)
    assert error.value.fault is fault
