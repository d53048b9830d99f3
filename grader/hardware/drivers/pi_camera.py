"""A camera of the Raspberry Pi by picamera2, such as the Global Shutter Camera (IMX296, 1456 x 1088).

picamera2 wants the module `libcamera` of the system, so it is loaded only where this camera is asked for. It is
configured once (each configuration takes contiguous memory that is not always given back), has no preview, and every
buffer is handed back, whatever happens. The pipeline says which format it writes: RGB888 is asked for where it is
offered, and what comes is converted.
"""

import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from concurrent.futures import TimeoutError as LateError
from typing import Any

from grader.hardware.camera import CameraError, CameraFault, CameraMode, Exposure, Frame, LostFrames
from grader.hardware.camera_guard import check_shape
from grader.hardware.clocks import boottime_to_monotonic_s
from grader.hardware.drivers.pi_formats import KNOWN, WANTED, into_bgr, wrong_format

BUFFERS = 6


class PiCamera:
    """The camera of that number, at fixed exposure, gain and white balance."""

    def __init__(
        self,
        number: int,
        mode: CameraMode,
        *,
        exposure_us: int,
        gain: float,
        red_blue_gains: tuple[float, float],
        to_monotonic_s: Callable[[int], float] = boottime_to_monotonic_s,
        open_camera: Callable[[int], Any] | None = None,
    ) -> None:
        """`to_monotonic_s`: of `SensorTimestamp`, the end of the first row's exposure, of CLOCK_BOOTTIME on a Pi."""
        self._mode = mode
        self._exposure_s = exposure_us / 1e6
        self._to_monotonic_s = to_monotonic_s
        self._lost = LostFrames(mode)
        self._pending: Future[Any] | None = None
        self._format, self._stride = WANTED, 0
        self._camera = (open_camera or _open)(number)
        period_us = round(1e6 / mode.frames_per_s)
        controls = {
            "AeEnable": False,
            "AwbEnable": False,
            "ExposureTime": exposure_us,
            "AnalogueGain": gain,
            "ColourGains": red_blue_gains,
            "FrameDurationLimits": (period_us, period_us),
        }
        try:
            self._configure(controls)
        except CameraError:
            self.close()
            raise
        except (RuntimeError, IndexError) as error:
            self.close()
            raise CameraError(
                CameraFault.UNPLUGGED, f"camera {number} cannot be started ({error}): look at its ribbon cable"
            ) from error

    @property
    def mode(self) -> CameraMode:
        """`Camera`'s."""
        return self._mode

    def take(self, into: Frame, timeout_s: float) -> Exposure | None:
        """`Camera`'s."""
        job = self._pending or self._camera.capture_request(wait=False)
        self._pending = job
        try:
            request = self._camera.wait(job, timeout=timeout_s)
        except (TimeoutError, LateError):
            return None
        self._pending = None
        try:
            with _Mapped(request) as buffer:
                into_bgr(buffer, self._format, self._mode.size_px, self._stride, into)
            metadata: Mapping[str, Any] = request.get_metadata()
        finally:
            request.release()
        return self._exposure(metadata)

    def close(self) -> None:
        """`Camera`'s."""
        camera, self._camera = self._camera, None
        if camera is not None:
            camera.close()

    def _configure(self, controls: Mapping[str, object]) -> None:
        known = self._camera.camera_controls
        configuration = self._camera.create_video_configuration(
            main={"size": self._mode.size_px, "format": WANTED},
            controls={name: value for name, value in controls.items() if name in known},
            buffer_count=BUFFERS,
            queue=True,
        )
        self._camera.configure(configuration)
        made = self._camera.camera_configuration()["main"]  # libcamera adjusts what it cannot do
        width, height = made["size"]
        check_shape((height, width, 3), self._mode)
        self._format, self._stride = made["format"], made["stride"]
        if self._format not in KNOWN:
            raise wrong_format(self._format)
        self._camera.start()

    def _exposure(self, metadata: Mapping[str, Any]) -> Exposure:
        stamp_s = self._to_monotonic_s(metadata["SensorTimestamp"])
        exposed_s = metadata.get("ExposureTime", self._exposure_s * 1e6) / 1e6
        return Exposure(min(stamp_s - exposed_s / 2, time.monotonic()), self._lost.until(stamp_s))


class _Mapped:
    """The bytes of a request's frame, where the camera wrote them."""

    def __init__(self, request: Any) -> None:  # noqa: ANN401 - picamera2 has no types
        from picamera2 import MappedArray

        self._mapped = MappedArray(request, "main", reshape=False, write=False)

    def __enter__(self) -> Any:  # noqa: ANN401 - as above
        return self._mapped.__enter__().array

    def __exit__(self, *error: object) -> None:
        self._mapped.__exit__(*error)


def _open(number: int) -> Any:  # noqa: ANN401 - picamera2 has no types
    try:
        from picamera2 import Picamera2
    except ImportError as error:
        raise CameraError(
            CameraFault.UNPLUGGED,
            "picamera2 is not installed: on Raspberry Pi OS `apt install python3-picamera2` and an environment with "
            "--system-site-packages (deploy/install.sh does both)",
        ) from error
    return Picamera2(number)
