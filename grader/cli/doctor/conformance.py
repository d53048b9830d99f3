"""`grader doctor --conformance`: what each device promises, as far as nobody is needed at its other end."""

from collections.abc import Iterator
from contextlib import closing
from functools import partial

from grader.cli.doctor.finding import Finding, examine
from grader.cli.hardware_file import IronHardware
from grader.cli.iron_station import open_camera, open_encoder
from grader.hardware.camera_guard import GuardedCamera
from grader.hardware.conformance import camera, encoder, talkers
from grader.hardware.encoder import Encoder


def conformance(hardware: IronHardware) -> Iterator[Finding]:
    """A finding a promise."""
    for check in camera.ALONE:
        yield examine(f"camera {check.__name__}", partial(_kept, check, lambda: GuardedCamera(open_camera(hardware))))
    for stands in encoder.ALONE:
        yield examine(f"encoder {stands.__name__}", partial(_encoder, hardware, stands))
    if hardware.scale is not None:
        for waits in talkers.SCALE_ALONE:
            yield examine(f"scale {waits.__name__}", partial(_scale, hardware.scale.port, hardware.scale.baud, waits))


class _Standing:
    """An encoder that nobody turns."""

    def __init__(self, encoder: Encoder) -> None:
        self.encoder = encoder

    def turn(self, counts: int, counts_s: float) -> None:
        """Nobody does."""


def _kept(check, *rig) -> str:  # type: ignore[no-untyped-def] # noqa: ANN001, ANN002 - each kind has its rig
    check(*rig)
    return "kept"


def _encoder(hardware: IronHardware, check) -> str:  # type: ignore[no-untyped-def] # noqa: ANN001 - as above
    with closing(open_encoder(hardware)) as device:
        return _kept(check, _Standing(device))


def _scale(port: str, baud: int, check) -> str:  # type: ignore[no-untyped-def] # noqa: ANN001 - as above
    from grader.hardware.drivers.serial_scale import SerialScale

    with closing(SerialScale(port, baud)) as device:
        return _kept(check, device)
