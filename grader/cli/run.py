"""`grader run`: a station at work, until somebody ends it."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import click

from grader.calibration.document import Document
from grader.calibration.files import read_document, write_document
from grader.cli.hardware_file import IronHardware, TwinHardware
from grader.cli.iron_station import IronStation, processes
from grader.cli.numbers import Within
from grader.cli.onlooker import Onlooker
from grader.cli.showing import Show
from grader.cli.station_file import (
    LAST_CALIBRATION,
    OWN_CALIBRATION,
    StationFile,
    StationFileError,
    read_station_file,
)
from grader.cli.supervised import keep, try_out
from grader.cli.twin_station import TwinStation, start, twin_processes
from grader.grading import RulePack, find_rule_pack, shipped_names, shipped_text
from grader.line.journaling import check_of_shift
from grader.line.processes.calibrating import Calibrated
from grader.line.processes.notify import Systemd
from grader.line.recording import CALIBRATION, RULES, Recorded, begin_recording
from grader.network import OnnxNetwork, hash_of, load_network
from grader.store import Journal, RunStarted, next_run
from grader.twin.kept import kept_document
from grader.twin.simulation import Depth, pictured

FILE = click.Path(dir_okay=False, path_type=Path)
FOLDER = click.Path(file_okay=False, path_type=Path)
SIGHTINGS = "sightings"
EXIT_AMISS = 1
NO_CALIBRATION = "a real camera needs a calibration of its own: make one with grader calibrate and name it in the file"


@click.command()
@click.option("--station", "path", type=FILE, required=True, help="The station.toml that says what this station is.")
@click.option("--record", type=FOLDER, help="Keep all frames in this folder, for grader replay (4 MB each).")
@click.option("--no-network", is_flag=True, help="Do without the network: decay is not assessed.")
@click.option("--seconds", type=Within(0, 1e7, min_open=True), help="Simulated: end after so many seconds of belt.")
@click.option("--dry", is_flag=True, help="Start everything, switch nothing, say what is wrong, and end.")
@click.pass_context
def run(
    context: click.Context, path: Path, record: Path | None, seconds: float | None, *, no_network: bool, dry: bool
) -> None:
    """Run a station. It stands until somebody starts it (grader tell); Ctrl-C lets the belt run empty and ends.

    A real machine's belt stops at Ctrl-C. --dry ends with exit code 1 where something is wrong.
    """
    station = read_station_file(path)
    pack = find_rule_pack(station.rules)
    show = Show(seconds, silent=False)
    document = _calibration(station, show)
    if record is not None and document is None:
        raise StationFileError("there are no frames to record at the depth of sightings: leave out --record")
    # Nobody looks at pictures that are not made.
    network = None if no_network or document is None else load_network()
    begun = RunStarted(
        run=next_run(station.journal),
        started_utc_ns=time.time_ns(),
        software_version=version("strawberry-grader"),
        model_sha256=hash_of(network),
        rule_pack_sha256=pack.hash,
        calibration_sha256=SIGHTINGS if document is None else document.content_hash(),
        station=station.profile.name,
        seed=station.hardware.seed if isinstance(station.hardware, TwinHardware) else None,
    )
    with ExitStack() as stack:
        stack.enter_context(_alone(station.sockets))
        Journal(station.journal).close()  # whatever is wrong with it is said before anything moves
        if record is not None and document is not None:
            _begin_recording(record, station, begun, document)
        calibrated = None if document is None else _calibrated(path, document)
        parts = _Parts(station, pack, begun, document, calibrated, record, network)
        if isinstance(station.hardware, IronHardware):
            _run_iron(context, parts, station.hardware, stack, dry=dry)
        elif dry:
            context.exit(0 if try_out(station.sockets, twin_processes(parts.twin(), stack)) else EXIT_AMISS)
        elif not station.hardware.people and Systemd().listens:
            keep(station.sockets, twin_processes(parts.twin(), stack))
        else:
            started = start(parts.twin(), stack)
            stack.enter_context(show.hearing())
            Onlooker(station.sockets, station.profile, show, helps=station.hardware.people).stay(started)


@dataclass(frozen=True, slots=True)
class _Parts:
    """What a station is made of, whatever its machine."""

    station: StationFile
    pack: RulePack
    begun: RunStarted
    document: Document | None
    calibrated: Calibrated | None
    record: Path | None
    network: OnnxNetwork | None

    def twin(self) -> TwinStation:
        """With a simulated machine."""
        station = self.station
        return TwinStation(
            sockets=station.sockets,
            profile=station.profile,
            pack=self.pack,
            settings=station.simulation(),
            calibration=None if self.document is None else self.document.calibration(),
            calibrated=self.calibrated,
            journal=station.journal,
            begun=self.begun,
            books=station.books,
            record=self.record,
            network=self.network,
        )


def _run_iron(context: click.Context, parts: _Parts, hardware: IronHardware, stack: ExitStack, *, dry: bool) -> None:
    station = parts.station
    if parts.document is None or parts.calibrated is None:
        raise StationFileError(NO_CALIBRATION)
    children = processes(
        IronStation(
            sockets=station.sockets,
            profile=station.profile,
            hardware=hardware,
            pack=parts.pack,
            speed_mm_s=station.belt_speed_mm_s,
            calibration=parts.document.calibration(),
            calibrated=parts.calibrated,
            journal=station.journal,
            begun=parts.begun,
            books=station.books,
            record=parts.record,
            network=parts.network,
            dry=dry,
        ),
        stack,
    )
    if not dry:
        keep(station.sockets, children)
    elif not try_out(station.sockets, children):
        context.exit(EXIT_AMISS)


def _calibration(station: StationFile, show: Show) -> Document | None:
    """The station's calibration; None: its camera's optics are not simulated."""
    if isinstance(station.hardware, IronHardware):
        if station.calibration is None:
            raise StationFileError(NO_CALIBRATION)
        return _calibration_of(station.calibration, station.hardware.camera.size_px)
    if station.hardware.depth is Depth.SIGHTINGS:
        return None
    catalogue = pictured(station.profile, station.simulation(), progress=show.rendering)
    if station.calibration is None:
        return kept_document(catalogue)
    return _calibration_of(station.calibration, catalogue.view.camera.size_px)


def _calibrated(station_file: Path, document: Document) -> Calibrated:
    home = station_file.resolve().parent
    return Calibrated(document, home / OWN_CALIBRATION, home / LAST_CALIBRATION)


def _calibration_of(path: Path, camera_px: tuple[int, int]) -> Document:
    document = read_document(path)
    if document.belt_colour is None:
        raise StationFileError(
            f"{path} does not know the belt's colour: grader calibrate belt teaches it from a picture of the empty belt"
        )
    size_px = document.calibration().camera.size_px
    if size_px != camera_px:
        seen = "{} x {}".format(*camera_px)
        raise StationFileError(
            f"{path} is of a camera of {size_px[0]} x {size_px[1]} px, this one has {seen}: "
            "calibrate this camera, or leave the calibration out"
        )
    return document


def _begin_recording(folder: Path, station: StationFile, begun: RunStarted, document: Document) -> None:
    valid_h = station.profile.references.valid_h
    check = check_of_shift(station.journal, begun.calibration_sha256, valid_h, begun.started_utc_ns)
    begin_recording(folder, Recorded(profile=station.profile, sphere_check=check, model_sha256=begun.model_sha256))
    write_document(document, folder / CALIBRATION)
    shipped = station.rules in shipped_names()
    text = shipped_text(station.rules) if shipped else Path(station.rules).read_text(encoding="utf-8")
    (folder / RULES).write_text(text, encoding="utf-8")


@contextmanager
def _alone(sockets: Path) -> Iterator[None]:
    """Nobody else may open these doors as long as this station runs."""
    try:
        sockets.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = os.open(sockets / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise StationFileError(f"cannot use {sockets} for the station's sockets: {error.strerror}") from error
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise StationFileError(
                f"a station runs in {sockets} already: end it first, or name another folder"
            ) from error
        yield
    finally:
        os.close(lock)
