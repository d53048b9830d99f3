"""`grader doctor`: the command."""

import fcntl
import json
import os
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TypedDict, Unpack

import click

from grader.calibration.files import read_document
from grader.cli.doctor import computer, machine
from grader.cli.doctor.conformance import conformance
from grader.cli.doctor.finding import AilmentError, Finding, examine
from grader.cli.doctor.wiring import diagram
from grader.cli.hardware_file import IronHardware
from grader.cli.station_file import StationFile, read_station_file
from grader.network import load_network, shipped_network
from grader.store import Journal

FILE = click.Path(dir_okay=False, path_type=Path)
EXIT_ILL = 1
OLDEST_CALIBRATION_DAYS = 180
"""Screws and lenses settle; the spheres of each shift catch what moves sooner."""


class What(TypedDict):
    """What the command line asks for."""

    as_json: bool
    wiring: bool
    conforms: bool
    all_off: bool


@click.command()
@click.option("--station", "path", type=FILE, required=True, help="The station.toml of the station.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a check.")
@click.option("--wiring", is_flag=True, help="Draw which line leads where, and check nothing.")
@click.option("--conformance", "conforms", is_flag=True, help="Try each device against what its driver promises, too.")
@click.option("--all-off", is_flag=True, help="Switch every output off, and check nothing.")
@click.pass_context
def doctor(context: click.Context, path: Path, **what: Unpack[What]) -> None:
    """Look at everything that a station stands on; exit code 1 where a check fails. Nothing is switched on."""
    station = read_station_file(path)
    if what["all_off"]:
        _all_off(station)
        return
    if what["wiring"]:
        click.echo(diagram(station.iron().gpio))
        return
    well = True
    for finding in _findings(station, conforms=what["conforms"]):
        well = well and finding.ok
        if what["as_json"]:
            click.echo(json.dumps(asdict(finding), ensure_ascii=False))
        else:
            click.echo(f"{'ok  ' if finding.ok else 'FAIL'}  {finding.check:<12} {finding.what_to_do}")
    context.exit(0 if well else EXIT_ILL)


def _findings(station: StationFile, *, conforms: bool) -> Iterator[Finding]:
    yield from _machine(station, conforms=conforms)
    yield examine("clock", computer.clock)
    yield examine("disk", partial(computer.disk, station.journal.parent))
    yield examine("memory", computer.memory)
    yield examine("priority", computer.priority)
    yield examine("calibration", partial(_calibration, station))
    yield examine("model", _model)
    yield examine("journal", partial(_journal, station))
    yield examine("printer", partial(machine.printer, station))
    yield examine("network", computer.network)


def _machine(station: StationFile, *, conforms: bool) -> Iterator[Finding]:
    hardware = station.hardware
    if not isinstance(hardware, IronHardware):
        yield Finding("machine", ok=True, what_to_do="simulated: there is no device to look at")
        return
    if _runs(station):
        yield Finding(
            "machine", ok=True, what_to_do="the station runs and has its devices; end it to have them checked"
        )
        return
    station.sockets.mkdir(mode=0o700, parents=True, exist_ok=True)
    yield examine("camera", partial(machine.camera, hardware))
    mm_per_count, full_mm_s = station.profile.encoder.mm_per_count, station.belt_speed_mm_s
    yield examine("gpio", partial(machine.gpio, hardware, mm_per_count, station.sockets, full_mm_s))
    yield examine("scale", partial(machine.scale, hardware))
    yield examine("scanner", partial(machine.scanner, hardware))
    if conforms:
        yield from conformance(hardware)


def _all_off(station: StationFile) -> None:
    """After a process was killed: a Pi's kernel keeps its outputs as they were."""
    from grader.hardware.drivers.gpio_switches import output_lines  # noqa: PLC0415 - no other check needs it

    if not isinstance(station.hardware, IronHardware):
        return
    wiring = station.hardware.gpio
    lines = output_lines(wiring, *wiring.outputs())
    lines.set(dict.fromkeys(lines.names.values(), False))
    lines.close()


def _runs(station: StationFile) -> bool:
    """Whether a station holds the lock of its sockets."""
    try:
        lock = os.open(station.sockets / "lock", os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(lock)
    return False


def _calibration(station: StationFile) -> str:
    if station.calibration is None:
        if isinstance(station.hardware, IronHardware):
            raise AilmentError("none is named: make one with grader calibrate, and name it in the station's file")
        return "that of the simulated camera"
    document = read_document(station.calibration)
    days = (datetime.now(UTC) - document.created).days
    if document.belt_colour is None:
        raise AilmentError("it does not know the belt's colour: grader calibrate belt teaches it")
    if days > OLDEST_CALIBRATION_DAYS:
        raise AilmentError(
            f"it is {days} days old: calibrate anew (grader calibrate), every {OLDEST_CALIBRATION_DAYS} days"
        )
    return f"{days} days old, {document.content_hash()[:19]}…"


def _model() -> str:
    card = load_network(shipped_network()).card
    return f"whole, and runs: {card.sha256[:12]}…"


def _journal(station: StationFile) -> str:
    if _runs(station):
        return "the station that runs writes it"
    if not station.journal.exists():
        return "not begun yet"
    Journal(station.journal).close()
    return f"whole: {station.journal}"
