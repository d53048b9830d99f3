"""A line that answers through its real window, and says what the test wants."""

import socket
import threading
import time
from pathlib import Path

from grader.grading import Outlet
from grader.line.commands import (
    InputsReport,
    OutletReport,
    OutputsReport,
    Reply,
    Request,
    SphereCheck,
    StateReport,
    Verdict,
)
from grader.line.outputs import Buzzer, Lamp
from grader.line.processes.links import wait
from grader.line.processes.window import Window
from grader.line.states import Mode, State
from tests.api.station_api import StationApi

REPORT = StateReport(
    sequence=1,
    at_unix_s=1_764_000_000.0,
    state=State.EXECUTE,
    mode=Mode.PRODUCE,
    why="Somebody pressed Start.",
    sphere_check=SphereCheck.PASSED,
    classes_allowed=True,
    outlets=(
        OutletReport(
            outlet=Outlet.SUPER, open=True, tray_id="7", decided=3, delivered=1, recheck=1, unconfirmed=0, in_flight=1
        ),
    ),
    lanes=4,
    recorded=3,
    recheck_crate=1,
    alarms=(),
    inputs=InputsReport(
        e_stop_pressed=False,
        door_open=False,
        power_failing=False,
        belt_stopped=False,
        air_pressure_ok=True,
        encoder_ok=True,
    ),
    outputs=OutputsReport(
        belt_speed_mm_s=300.0,
        infeed_on=True,
        valves_enabled=True,
        lamp=Lamp.GREEN,
        lamp_flashes=False,
        buzzer=Buzzer.OFF,
    ),
    belt_speed_mm_s=300.0,
    fruit_per_s=9.5,
    encoder_count=12,
)


class SmallWindow:
    """Runs in a thread; refuses what the line would refuse to that origin."""

    def __init__(self, folder: Path, **facts: object) -> None:
        """`facts`: what its reports say otherwise than `REPORT`."""
        folder.mkdir(exist_ok=True)
        self.heard: list[Request] = []
        self.shown = 0
        self._facts = facts
        self._window = Window(folder)
        self._ends = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def close(self) -> None:
        self._ends.set()
        self._thread.join()
        for guest in self._window.guests:
            guest.close()
        self._window.close()

    def _answer(self, request: Request) -> Reply:
        self.heard.append(request)
        state, verdict, sentence = State.HELD, Verdict.ACCEPTED, "It stands now."
        if request.command.kind == "reset":
            state, verdict, sentence = State.EXECUTE, Verdict.WRONG_STATE, "Reset is not possible in Execute."
        return Reply(request_id=request.request_id, verdict=verdict, sentence=sentence, state=state)

    def _run(self) -> None:
        while not self._ends.is_set():
            self._window.serve(self._answer)
            self.shown += 1
            self._window.show(
                REPORT.model_copy(update={"sequence": self.shown, "at_unix_s": time.time()} | self._facts)
            )
            wait([self._window, *self._window.guests], 0.02)


def with_line(api: StationApi, line: SmallWindow) -> None:
    """Until the web process has heard the line, which it says on the live feed."""
    assert line.heard == []
    stream = socket.create_connection(("127.0.0.1", api.port))
    head = (
        "GET /api/v1/events/stream?state=true HTTP/1.1",
        "Host: 127.0.0.1",
        f"Authorization: Bearer {api.key('read')}",
    )
    stream.sendall("\r\n".join([*head, "", ""]).encode())
    with stream, stream.makefile("rb") as frames:
        assert any(one.startswith(b"event: state") for one in frames)
