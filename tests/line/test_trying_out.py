"""Jog and fire reach the machine: the drive turns as slowly as asked, and one valve opens once, with power."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from grader.grading import Outlet, shipped_rule_pack
from grader.hardware.iron import ExitPulse, IronState, Power
from grader.line.commands import Command, Fire, Jog, Origin, Reply, Reset, SetMode
from grader.line.journaling import RunJournal
from grader.line.processes.deciding import LineProcess
from grader.line.processes.ejecting import EjectionProcess
from grader.line.processes.links import Door, Link, connect, wait
from grader.line.processes.messages import Ask, FireOnce
from grader.line.profile import StationProfile
from grader.line.states import Mode, State
from grader.line.station import Handover
from grader.store import Journal, RunStarted

PROFILE = StationProfile()
BEGUN = RunStarted(
    run=1, started_utc_ns=0, software_version="0", model_sha256="m", rule_pack_sha256="r", calibration_sha256="c",
    station="test",
)  # fmt: skip


class Bench:
    """A line process, and the test in the place of the ejection process and of the panel."""

    def __init__(self, folder: Path, journal: Journal) -> None:
        self._door = Door(folder, "ejection")
        record = RunJournal(journal, BEGUN, PROFILE.encoder.mm_per_count)
        pack = shipped_rule_pack("cooperative")
        self.line = LineProcess(folder, PROFILE, pack, 300.0, record, Handover(), decay_limits=None)
        self._panel = connect(folder, "line", "panel")
        self._ejection: Link | None = None
        self.heard: list[object] = []

    def until(self, met: Callable[[], bool]) -> None:
        """Let the line go on; it ticks by the clock."""
        while not met():
            self.line.step()
            for link in self._door.come_in():
                self._ejection = link
            if self._ejection is not None:
                self.heard += self._ejection.receive()

    def close(self) -> None:
        self.line.close()
        for one in (self._door, self._panel, self._ejection):
            assert one is not None
            one.close()

    def press(self, command: Command) -> Reply:
        assert self._panel is not None
        self._panel.send(Ask(command, Origin.MACHINE))
        replies: list[Reply] = []

        def answered() -> bool:
            assert self._panel is not None
            wait([self._panel], 0)
            replies.extend(one for one in self._panel.receive() if isinstance(one, Reply))
            return bool(replies)

        self.until(answered)
        return replies[0]


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    with Journal(tmp_path / "journal.db") as journal:
        bench = Bench(tmp_path, journal)
        bench.until(lambda: any(isinstance(one, Power) for one in bench.heard))
        bench.press(Reset())
        bench.until(lambda: bench.line.station.machine.state is State.IDLE)
        yield bench
        bench.close()


def test_one_valve_opens_once_and_has_power_before_it(bench: Bench) -> None:
    fire = Fire(outlet=Outlet.CLASS_I, lane=2, duration_ms=30)
    assert not bench.press(fire).accepted
    bench.press(SetMode(mode=Mode.MANUAL))
    bench.heard.clear()
    assert bench.press(fire).accepted
    bench.until(lambda: any(isinstance(one, FireOnce) for one in bench.heard))
    place = next(n for n, one in enumerate(bench.heard) if isinstance(one, FireOnce))
    assert bench.heard[place] == FireOnce(Outlet.CLASS_I, 2, 0.03)
    before = [one for one in bench.heard[:place] if isinstance(one, Power)][-1]
    assert (before.valves_enabled, before.belt_on) == (True, False)
    assert sum(isinstance(one, FireOnce) for one in bench.heard) == 1


def test_a_jog_turns_the_drive_as_slowly_as_it_asks_and_only_after_the_warning(bench: Bench) -> None:
    bench.press(SetMode(mode=Mode.MANUAL))
    bench.heard.clear()
    bench.press(Jog(speed_mm_s=40, duration_s=0.2))
    bench.until(lambda: any(isinstance(one, Power) and one.belt_on for one in bench.heard))
    assert {one.belt_mm_s for one in bench.heard if isinstance(one, Power)} == {0.0, 40.0}


class KeptIron:
    """Keeps what it is told."""

    def __init__(self) -> None:
        self.told: list[object] = []

    def poll(self) -> tuple[IronState | None, list[ExitPulse]]:
        return None, []

    def open_valve(self, outlet: Outlet, lane: int, pulse_s: float) -> None:
        self.told.append((outlet, lane, pulse_s))

    def power(self, power: Power) -> None:
        self.told.append(power)

    def fileno(self) -> int:
        return -1

    def close(self) -> None:
        pass


def test_the_ejection_process_switches_the_valves_on_before_it_opens_the_one(tmp_path: Path) -> None:
    iron = KeptIron()
    process = EjectionProcess(tmp_path, PROFILE, iron)
    line = connect(tmp_path, "ejection", "line")
    assert line is not None
    line.send(Power(valves_enabled=True))
    line.send(FireOnce(Outlet.WASTE, 1, 0.02))
    while (Outlet.WASTE, 1, 0.02) not in iron.told:
        process.step()
    fired = iron.told.index((Outlet.WASTE, 1, 0.02))
    assert iron.told[fired - 1] == Power(valves_enabled=True)
    line.close()
    process.close()
