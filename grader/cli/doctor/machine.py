"""The machine: camera, GPIO chip and rights, printer, scale, scanner."""

import socket
import subprocess
import time
from contextlib import closing
from pathlib import Path

import numpy as np

from grader.cli.doctor.finding import AilmentError
from grader.cli.hardware_file import IronHardware, KeyboardScannerFile
from grader.cli.iron_station import open_camera, open_iron
from grader.cli.printer_file import CupsPrinterFile, ZplPrinterFile
from grader.cli.station_file import StationFile
from grader.hardware.camera_guard import GuardedCamera

FRAMES = 10
PATIENCE_S = 3.0
DARKEST, BRIGHTEST = 5, 250
"""Median of a frame's values: beyond these the lens cap is on, or the light is far too strong."""


def camera(hardware: IronHardware) -> str:
    """Whether it sends pictures of the asked kind at the asked rate."""
    with closing(GuardedCamera(open_camera(hardware))) as guarded:
        width, height = guarded.mode.size_px
        frame = np.empty((height, width, 3), np.uint8)
        came, until_s = 0, time.monotonic() + PATIENCE_S
        while came < FRAMES and time.monotonic() < until_s:
            came += guarded.take(frame, 0.1) is not None
        middle = float(np.median(frame[::16, ::16]))
        if not DARKEST < middle < BRIGHTEST:
            what = (
                "dark: take the lens cap off, switch the light on" if middle <= DARKEST else "white: less light or gain"
            )
            raise AilmentError(f"the camera's picture is all {what}")
        return f"{width} x {height} px at {guarded.mode.frames_per_s:g} a second"


def gpio(hardware: IronHardware, mm_per_count: float, folder: Path, full_mm_s: float) -> str:
    """Whether all lines can be had, and what the contacts say. Nothing is switched."""
    with closing(open_iron(hardware, mm_per_count, folder, full_mm_s, dry=True)) as bench:
        state, _ = bench.poll()
    lines = len(list(hardware.gpio.pins()))
    if state is not None and state.e_stop_pressed:
        return f"{lines} lines; the emergency stop is pressed (or its wire is cut)"
    return f"{lines} lines, the emergency stop is released"


def printer(station: StationFile) -> str:
    """Whether it can be reached. Nothing is printed."""
    match station.printer:
        case ZplPrinterFile(host=host, port=port):
            try:
                socket.create_connection((host, port), PATIENCE_S).close()
            except OSError as error:
                raise AilmentError(
                    f"the printer {host}:{port} cannot be reached ({error}): switch it on, plug it in"
                ) from error
            return f"{host}:{port} answers"
        case CupsPrinterFile(queue=queue):
            try:
                done = subprocess.run(  # noqa: S603 - the queue's name has been checked
                    ["lpstat", "-p", queue],  # noqa: S607 - wherever CUPS is installed
                    capture_output=True, text=True, timeout=PATIENCE_S, check=False,
                )  # fmt: skip
            except (FileNotFoundError, subprocess.TimeoutExpired) as error:
                raise AilmentError("CUPS does not answer: install cups-client, start cups") from error
            if done.returncode or "disabled" in done.stdout:
                raise AilmentError(f"the queue {queue} takes nothing: {(done.stdout or done.stderr).strip()}")
            return f"the queue {queue} takes jobs"
    return "none is named: nothing is printed"


def scale(hardware: IronHardware) -> str:
    """Whether it says a weight."""
    if hardware.scale is None:
        return "none is named"
    from grader.hardware.drivers.serial_scale import SerialScale

    with closing(SerialScale(hardware.scale.port, hardware.scale.baud)) as device:
        weight = device.read(PATIENCE_S)
    if weight is None:
        raise AilmentError(
            f"the scale at {hardware.scale.port} says nothing: switch it on, let it send by itself, compare its baud"
        )
    return f"it says {weight.weight_g:g} g"


def scanner(hardware: IronHardware) -> str:
    """Whether it is there."""
    if hardware.scanner is None:
        return "none is named"
    if isinstance(hardware.scanner, KeyboardScannerFile):
        from grader.hardware.drivers.keyboard_scanner import KeyboardScanner

        KeyboardScanner(hardware.scanner.keyboard).close()
    else:
        from grader.hardware.drivers.serial_scanner import SerialScanner

        SerialScanner(hardware.scanner.port, hardware.scanner.baud).close()
    return "it is there"
