"""A station whose machine is real: all of its processes. Here, and nowhere else, its drivers are chosen."""

from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from grader.cli.hardware_file import FolderCameraFile, IronHardware, PiCameraFile, V4l2CameraFile
from grader.grading import RulePack
from grader.hardware.camera import Camera
from grader.hardware.dry import DryIron
from grader.hardware.encoder import Encoder
from grader.hardware.iron import Iron
from grader.line.processes import calibrating, capturing, deciding, ejecting, seeing
from grader.line.processes.calibrating import Calibrated
from grader.line.processes.messages import CALIBRATION
from grader.line.processes.ring import shared_ring
from grader.line.processes.supervising import Child
from grader.line.profile import StationProfile
from grader.network import OnnxNetwork, limits_of
from grader.store import RunStarted
from grader.vision import Calibration


@dataclass(frozen=True, slots=True, kw_only=True)
class IronStation:
    """What is started."""

    sockets: Path
    """Folder of the processes' doors."""
    profile: StationProfile
    hardware: IronHardware
    pack: RulePack
    speed_mm_s: float
    calibration: Calibration
    calibrated: Calibrated
    """What can be calibrated at the machine."""
    journal: Path
    begun: RunStarted
    books: Path | None = None
    """They say which lot is fed; None: nobody does."""
    record: Path | None = None
    """Folder of a recording; None: frames are not kept."""
    network: OnnxNetwork | None = None
    """Reads each fruit; None: nobody looks for decay."""
    dry: bool = False
    """Nothing is switched."""


def processes(station: IronStation, stack: ExitStack) -> list[Child]:
    """The station's processes, none of them started; `stack` gives back what they share."""
    folder, profile, hardware = station.sockets, station.profile, station.hardware
    ring = shared_ring(hardware.camera.size_px, stack)
    iron = partial(open_iron, hardware, profile.encoder.mm_per_count, folder, station.speed_mm_s, dry=station.dry)
    line = folder, profile, station.pack, station.speed_mm_s, station.journal, station.begun
    network = None if station.network is None else station.network.path
    sees = folder, profile, station.calibration, ring, station.record, network
    return [
        Child("ejection", partial(ejecting.run, punctual=True), (folder, profile, iron)),
        Child(
            "line",
            partial(deciding.run, decay_limits=limits_of(station.network), books=station.books, calibrates=True),
            line,
            again=False,
        ),
        Child("vision", seeing.run, sees),
        Child(CALIBRATION, calibrating.run, (folder, station.calibrated), beats=False, on_demand=True),
        Child("camera", capturing.run, (folder, profile, partial(open_camera, hardware), ring)),
    ]


def open_iron(hardware: IronHardware, mm_per_count: float, folder: Path, full_mm_s: float, *, dry: bool) -> Iron:
    """The machine's iron, in the process that holds it."""
    from grader.hardware.drivers.gpio_bench import open_bench

    bench = open_bench(hardware.gpio, mm_per_count, folder / "odometer", full_mm_s, partial(open_encoder, hardware))
    return DryIron(bench) if dry else bench


def open_encoder(hardware: IronHardware) -> Encoder:
    """The machine's encoder, in the process that holds it: on GPIO lines, or counted by a micro-controller."""
    if hardware.encoder is None:
        from grader.hardware.drivers.gpio_encoder import GpioEncoder

        return GpioEncoder(hardware.gpio)
    from grader.hardware.drivers.serial_encoder import SerialEncoder

    return SerialEncoder(hardware.encoder.port, hardware.encoder.baud)


def open_camera(hardware: IronHardware) -> Camera:
    """The machine's camera, in the process that holds it. Raises `CameraError`."""
    camera = hardware.camera
    match camera:
        case PiCameraFile():
            from grader.hardware.drivers.pi_camera import PiCamera

            return PiCamera(
                camera.number,
                camera.mode(),
                exposure_us=camera.exposure_us,
                gain=camera.gain,
                red_blue_gains=camera.red_blue_gains,
            )
        case V4l2CameraFile():
            from grader.hardware.drivers.v4l2_camera import V4l2Camera

            return V4l2Camera(
                camera.device, camera.mode(), camera.fourcc, exposure_us=camera.exposure_us, gain=camera.gain
            )
        case FolderCameraFile():
            from grader.hardware.drivers.folder_camera import FolderCamera

            return FolderCamera(camera.path, camera.mode())
