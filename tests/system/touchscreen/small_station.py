"""A station without a belt, whose machine and alarms are the line's own: a touchscreen sees what a test wants."""

import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from grader.api.clerk import Clerk
from grader.api.settings import read_station
from grader.cli.demo_books import enter, feed_first_lot, trace_settings
from grader.grading import Outlet, find_rule_pack
from grader.line.alarms import AlarmBook
from grader.line.calibration_words import CalibrationCommand
from grader.line.catalogue import CATALOGUE
from grader.line.commands import (
    AcknowledgeAlarm,
    CloseOutlet,
    EmptyRecheck,
    FeedLot,
    InputsReport,
    LineCommand,
    OpenOutlet,
    OutletReport,
    OutputsReport,
    Reaction,
    Reply,
    Request,
    SphereCheck,
    StateReport,
    SwapTray,
    TrayReport,
    Verdict,
)
from grader.line.interlocks import Inputs, Setup
from grader.line.machine import Machine
from grader.line.processes.links import wait
from grader.line.processes.window import Window
from grader.line.states import State
from grader.store import Outcome
from grader.store.books import Books
from tests.api.small_vision import SmallVision
from tests.store.small_line import SmallLine
from tests.system.touchscreen.small_calibration import SmallCalibration

WELL = Inputs(
    e_stop_pressed=False, belt_stopped=False, air_pressure_ok=True, calibration_loaded=True,
    sphere_check=SphereCheck.PASSED, encoder_ok=True,
)  # fmt: skip
FRUIT = {"super": 41, "I": 27, "II": 12, "waste": 3}
EVERY_S = 0.05
PICTURE_S = 0.1


class SmallStation:
    """Its folder, its journal, and a line that stands in `Execute` until it is told otherwise."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.file = folder / "station.toml"
        self._write_file()
        self.line = SmallLine(folder / "journal.db", find_rule_pack("cooperative").hash).start()
        self.line.at_utc_ns = time.time_ns()
        self._enter_books()
        for outlet, count in FRUIT.items():
            self.line.send(outlet, count)
        self.line.send("super", 4, Outcome.RECHECK)
        self.window = MachineWindow(folder / "run")
        self.vision = SmallVision(folder / "run")
        self.vision.frame_bgr = belt()

    def close(self) -> None:
        """All of it ends."""
        self.vision.close()
        self.window.close()
        self.line.close()

    def _write_file(self) -> None:
        settings = trace_settings()

        named = f'packer = "{settings.packer}"\npacker_address = "{settings.packer_address}"'
        self.file.write_text(f"[trace]\n{named}\n", encoding="utf-8")

    def _enter_books(self) -> None:
        station = read_station(self.file)
        with Books(station.books) as books:
            clerk = Clerk(station, books, time.time_ns)
            enter(clerk)
            feed_first_lot(clerk.desk, station.journal)


class MachineWindow:
    """The line's window with its machine and its alarms behind it; runs in a thread."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(exist_ok=True)
        self.machine = Machine(Setup(way_to_first_ejector_mm=275.0, belt_speed_mm_s=300.0), WELL, time.monotonic())
        self.machine.state = State.EXECUTE
        self.alarms = AlarmBook(CATALOGUE, belt_runs=True)
        self.calibration = SmallCalibration(folder)
        self.silent = False
        self.closed: set[Outlet] = set()
        self._sequence = 0
        self._window = Window(folder)
        self._ends = threading.Event()
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def close(self) -> None:
        self._ends.set()
        self._thread.join()
        self.calibration.close()
        for guest in self._window.guests:
            guest.close()
        self._window.close()

    def change(self, act: Callable[[], Any]) -> None:
        """Do something to machine or alarms, between two of its turns."""
        with self._lock:
            act()

    def alarm(self, code: str, subject: str | None = None, *, present: bool = True) -> None:
        """A condition of the catalogue holds, or no longer does."""
        self.change(lambda: self.alarms.report(code, present=present, subject=subject, now_unix_s=time.time()))

    def _run(self) -> None:
        while not self._ends.is_set():
            with self._lock:
                self._tick(time.monotonic())
                self.calibration.look(self.machine.mode)
                self._window.serve(self._answer)
                if not self.silent:
                    self._window.show(self._report())
            wait([self._window, *self._window.guests], EVERY_S)

    def _tick(self, now_s: float) -> None:
        """As the station's own turn: what alarms ask of the machine, the machine, and whether the belt runs."""
        for reaction, alarm in self.alarms.reactions():
            if reaction is not Reaction.CLOSE_OUTLET:
                self.machine.react(reaction, alarm.report().cause, now_s)
        outputs = self.machine.tick(replace(WELL, belt_stopped=not self.machine.outputs.belt_on), now_s)
        self.alarms.belt(runs=outputs.belt_on, now_unix_s=time.time())

    def _answer(self, request: Request) -> Reply:
        asked = request.command
        if isinstance(asked, CalibrationCommand):
            verdict, sentence = self.calibration.answer(asked, self.machine.mode, self.machine.state)
            reply = Reply(verdict=verdict, sentence=sentence, state=self.machine.state)
        elif isinstance(asked, LineCommand):
            reply = Reply(verdict=Verdict.ACCEPTED, sentence=self._change(asked), state=self.machine.state)
        else:
            reply = self.machine.command(asked, request.origin, time.monotonic())
        return reply.model_copy(update={"request_id": request.request_id})

    def _change(self, asked: LineCommand) -> str:
        match asked:
            case AcknowledgeAlarm():
                self.alarms.acknowledge(asked.code, asked.subject, asked.who, time.time())
                return "The alarm is acknowledged."
            case FeedLot():
                return f"Lot {asked.lot} is fed (pass {asked.pass_number})."
            case EmptyRecheck():
                return "The recheck crate is empty."
            case CloseOutlet():
                self.closed.add(asked.outlet)
                return f"Outlet {asked.outlet} is closed: its fruit go to recheck."
            case OpenOutlet():
                self.closed.discard(asked.outlet)
                return f"Outlet {asked.outlet} is open."
            case SwapTray():
                return f"Tray 9 stands at outlet {asked.outlet}."
        raise AssertionError(asked)

    def _report(self) -> StateReport:
        self._sequence += 1
        return StateReport(
            sequence=self._sequence, at_unix_s=time.time(), state=self.machine.state, mode=self.machine.mode,
            why=self.machine.why, sphere_check=SphereCheck.PASSED, classes_allowed=True,
            outlets=tuple(self._outlet(place, outlet) for place, outlet in enumerate(Outlet)), lanes=3, recorded=87,
            recheck_crate=4, alarms=tuple(alarm.report() for alarm in self.alarms.active),
            inputs=self._inputs(), outputs=self._outputs(), calibration=self.calibration.report, belt_speed_mm_s=300.0,
            fruit_per_s=9.5 if self.machine.state is State.EXECUTE else 0.0, encoder_count=12,
        )  # fmt: skip

    def _inputs(self) -> InputsReport:
        seen = self.machine.inputs
        return InputsReport(
            e_stop_pressed=seen.e_stop_pressed, door_open=seen.door_open, power_failing=seen.power_failing,
            belt_stopped=seen.belt_stopped, air_pressure_ok=seen.air_pressure_ok, encoder_ok=seen.encoder_ok,
        )  # fmt: skip

    def _outputs(self) -> OutputsReport:
        given = self.machine.outputs
        return OutputsReport(
            belt_speed_mm_s=given.belt_speed_mm_s, infeed_on=given.infeed_on, valves_enabled=given.valves_enabled,
            lamp=given.lamp, lamp_flashes=given.lamp_flashes, buzzer=given.buzzer,
        )  # fmt: skip

    def _outlet(self, place: int, outlet: Outlet) -> OutletReport:
        fruit = FRUIT.get(outlet.value, 0)
        recheck = outlet is Outlet.RECHECK
        tray = TrayReport(
            fruit=4 if recheck else fruit, most_fruit=400 if recheck else 80,
            estimated_weight_g=None if recheck else fruit * 24.0,
        )  # fmt: skip
        shut = outlet in self.closed
        return OutletReport(
            outlet=outlet, open=not shut, why_closed="This outlet takes nothing: closed by hand." if shut else None,
            tray_id=str(place + 1), tray=tray, decided=fruit, delivered=fruit, recheck=0, unconfirmed=0, in_flight=0,
        )  # fmt: skip


class Camera:
    """Shows the page a fruit ten times a second, until it stalls."""

    def __init__(self, station: SmallStation) -> None:
        self._station = station
        self._stalled = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def stall(self) -> None:
        self._stalled.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stalled.wait(PICTURE_S):
            self._station.vision.see("1-1", time.monotonic())


def belt() -> Any:  # noqa: ANN401 - an array
    """A blue belt with fruit on it: one under the outline of `SmallVision`, some beside."""
    frame = np.full((1088, 1456, 3), (120, 72, 30), np.uint8)
    for x, y in ((650, 555), (300, 260), (1050, 300), (420, 820), (1000, 850)):
        cv2.ellipse(frame, (x, y), (62, 74), 15, 0, 360, (40, 40, 190), -1, cv2.LINE_AA)
        cv2.circle(frame, (x - 8, y - 70), 18, (60, 130, 60), -1, cv2.LINE_AA)
    return frame
