"""`station.toml`: one station, as `grader run` reads it."""

import os
import tomllib
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from grader.api.own_settings import OwnSettings, read_own
from grader.api.settings import OWN_RULES, OWN_SETTINGS, ApiSettings
from grader.cli.hardware_file import FolderCameraFile, Hardware, IronHardware, TwinHardware
from grader.cli.printer_file import PrinterFile
from grader.errors import GraderError
from grader.line.profile import StationProfile
from grader.trace.settings import TraceSettings
from grader.twin.conveyor import ConveyorSettings
from grader.twin.feed import FeedSettings
from grader.twin.simulation import SimulationSettings

OWN_CALIBRATION, LAST_CALIBRATION = "station.calibration.json", "station.calibration.last.json"
"""What was calibrated at the station itself lies beside its file and goes before it; and the one before that."""
LONGEST_NAME, LONGEST_SOCKET = "ejection.sock", 107
"""A Unix socket's path has room for so many bytes (unix(7))."""


class StationFileError(GraderError, ValueError, code="station_file"):
    """A station's file cannot be read, or says something impossible; the sentence says where."""


class StationFile(BaseModel):
    """All of it. Paths are meant from the file's own folder."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    rules: str = "cooperative"
    """A shipped rule pack's name, or a file."""
    calibration: Path | None = None
    """None: the one that the simulated camera gets by the station's own procedure."""
    journal: Path = Path("journal.db")
    books: Path = Path("station.db")
    """Growers, lots and trays."""
    log_key: Path = Path("log.key")
    """The secret key that signs the log of the books; `grader trace key` makes it."""
    sockets: Path = Path("run")
    """Folder of the doors through which the processes and `grader tell` talk to each other."""
    belt_speed_mm_s: Annotated[float, Field(ge=50, le=1000)] = 300.0
    hardware: Hardware = TwinHardware()
    profile: StationProfile = StationProfile()
    trace: TraceSettings = TraceSettings()
    printer: PrinterFile | None = None
    """Of labels; None: nothing is printed."""
    api: ApiSettings = ApiSettings()

    def iron(self) -> IronHardware:
        """The real machine. Raises `StationFileError` where there is none."""
        if isinstance(self.hardware, IronHardware):
            return self.hardware
        raise StationFileError('this station is simulated: set `kind = "iron"` under [hardware] (docs/hardware.md)')

    def simulation(self) -> SimulationSettings:
        """The machine that is simulated. Raises `StationFileError` where it is a real one."""
        hardware = self.hardware
        if not isinstance(hardware, TwinHardware):
            raise StationFileError('this station is real: what simulates one needs `kind = "twin"` under [hardware]')
        return SimulationSettings(
            seed=hardware.seed,
            depth=hardware.depth,
            conveyor=ConveyorSettings(speed_mm_s=self.belt_speed_mm_s, mm_per_count=self.profile.encoder.mm_per_count),
            feed=FeedSettings(fruit_per_s=hardware.fruit_per_s),
        )


def read_station_file(path: Path) -> StationFile:
    """The station of the file `path`, its paths made whole. Raises `StationFileError`."""
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
        if not content:
            raise StationFileError(f"{path} says nothing about a station: begin with examples/station/station.toml")
        station = StationFile.model_validate(content)
    except OSError as error:
        raise StationFileError(f"cannot read {path}: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise StationFileError(f"{path} is no TOML: {error}") from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "the whole"
        raise StationFileError(f"{path}, {where}: {first['msg']}") from error
    home = path.resolve().parent
    own = home / OWN_RULES
    calibrated = home / OWN_CALIBRATION
    rules = own if own.is_file() else home / station.rules
    template = home / station.trace.label_template
    if len(os.fsencode(home / station.sockets / LONGEST_NAME)) > LONGEST_SOCKET:
        raise StationFileError(
            f"{path}, sockets: the way to {home / station.sockets} is too long for sockets: name a folder nearer to /"
        )
    return station.model_copy(
        update={
            "profile": _with_own(station.profile, read_own(home / OWN_SETTINGS)),
            "trace": station.trace.model_copy(update={"label_template": str(template)})
            if template.is_file()
            else station.trace,
            "rules": str(rules) if rules.is_file() else station.rules,
            "calibration": calibrated if calibrated.is_file() else station.calibration and home / station.calibration,
            "journal": home / station.journal,
            "books": home / station.books,
            "log_key": home / station.log_key,
            "sockets": home / station.sockets,
            "hardware": _at_home(station.hardware, home),
        }
    )


def _with_own(profile: StationProfile, own: OwnSettings) -> StationProfile:
    """The profile with what people have set at the station."""
    said = {outlet: facts.model_dump(exclude_none=True) for outlet, facts in own.outlets.items()}
    ejectors = tuple(
        ejector.model_copy(update=said.get(ejector.outlet.value, {}))  # type: ignore[call-overload]  # no other names
        for ejector in profile.ejectors
    )
    return profile.model_copy(update={"ejectors": ejectors})


def _at_home(hardware: TwinHardware | IronHardware, home: Path) -> TwinHardware | IronHardware:
    if not isinstance(hardware, IronHardware) or not isinstance(hardware.camera, FolderCameraFile):
        return hardware
    camera = hardware.camera.model_copy(update={"path": home / hardware.camera.path})
    return hardware.model_copy(update={"camera": camera})
