"""Every iron keeps what irons promise: the twin's, and one of GPIO lines (gpio-sim)."""

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from grader.grading import Outlet
from grader.hardware.conformance import iron as promises
from grader.hardware.drivers.gpio_bench import open_bench
from grader.hardware.drivers.gpio_encoder import GpioEncoder
from grader.hardware.iron import WATCHDOG_S, Iron
from grader.hardware.wiring import Wiring
from grader.line.processes.links import Link, connect
from grader.line.profile import StationProfile
from grader.twin.live_plant import Break, LivePlant, TwinIron
from grader.twin.plant import Faults, Plant
from grader.twin.simulation import Depth, SimulationSettings
from tests.hardware.gpio_sim import THERE, SimulatedChip

WIRING = {
    "chip": "grader-bench", "encoder_a": 4, "encoder_b": 5, "valves": {"super": [6]}, "exits": {"super": [11]},
    "e_stop_released": 16, "belt": 20, "infeed": 21, "watchdog": 22, "lamp_red": 23, "buzzer": 27,
}  # fmt: skip
VALVE, EXIT, E_STOP, BELT, WATCHDOG = 6, 11, 16, 20, 22
LOOK_S = 0.002


class TwinRig:
    """The simulated machine, in a thread of its own."""

    outlet = Outlet.SUPER

    def __init__(self, folder: Path) -> None:
        self._plant = LivePlant(folder, StationProfile(), SimulationSettings(depth=Depth.SIGHTINGS))
        self._ends = threading.Event()
        self._lives = threading.Thread(target=self._live)
        self._lives.start()
        hand = connect(folder, "plant", "people")
        assert hand is not None
        self._hand: Link = hand
        self.iron: Iron = TwinIron(folder)

    def belt_runs(self) -> bool:
        return self._truth.conveyor.on

    def valve_open(self) -> bool:
        now_s = self._truth.now_s
        return any(jet.from_s <= now_s < jet.until_s for jet in self._truth._jets)  # noqa: SLF001 - the air itself

    def press_e_stop(self, *, pressed: bool) -> None:
        self._hand.send(Break(Faults(e_stop=pressed)))

    def pass_exit(self) -> None:
        self._hand.send(Break(Faults(ghost_pulses=[(self.outlet, 0)])))

    def close(self) -> None:
        self._ends.set()
        self._lives.join()
        self._hand.close()
        self.iron.close()
        self._plant.close()

    @property
    def _truth(self) -> Plant:
        return self._plant._plant  # noqa: SLF001 - what really is

    def _live(self) -> None:
        while not self._ends.is_set():
            self._plant.step()


class GpioRig:
    """Lines of a simulated chip, and the relay that the watchdog's monostable holds."""

    outlet = Outlet.SUPER

    def __init__(self, folder: Path) -> None:
        self._chip = SimulatedChip("grader-bench")
        self._fed_s = 0.0
        self._ends = threading.Event()
        self._relay = threading.Thread(target=self._hold)
        self._relay.start()
        wiring = Wiring.model_validate(WIRING)
        self.iron: Iron = open_bench(wiring, 0.1, folder / "odometer", 300.0, lambda: GpioEncoder(wiring))
        self._chip.pull(E_STOP, up=True)  # a contact that closes: the driver pulls the line down

    def belt_runs(self) -> bool:
        return self._chip.value(BELT) and self._held()

    def valve_open(self) -> bool:
        return self._chip.value(VALVE) and self._held()

    def press_e_stop(self, *, pressed: bool) -> None:
        self._chip.pull(E_STOP, up=not pressed)

    def pass_exit(self) -> None:
        for up in (True, False):
            self._chip.pull(EXIT, up=up)
            time.sleep(0.05)

    def close(self) -> None:
        self._ends.set()
        self._relay.join()
        self.iron.close()
        self._chip.close()

    def _held(self) -> bool:
        return time.monotonic() - self._fed_s < WATCHDOG_S

    def _hold(self) -> None:
        """The monostable: each edge holds the relay for another quarter of a second."""
        level = self._chip.value(WATCHDOG)
        while not self._ends.wait(LOOK_S):
            if self._chip.value(WATCHDOG) is not level:
                level = not level
                self._fed_s = time.monotonic()


@pytest.fixture(
    params=[
        TwinRig,
        pytest.param(
            GpioRig, marks=pytest.mark.skipif(not THERE, reason="gpio-sim is in the kernel of make test-hardware alone")
        ),
    ]
)
def rig(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[TwinRig | GpioRig]:
    rig = request.param(tmp_path)
    yield rig
    rig.close()


@pytest.mark.parametrize("check", promises.WITH_RIG, ids=lambda check: check.__name__)
def test_an_iron_keeps_its_promises(rig: promises.IronRig, check: Callable[[promises.IronRig], None]) -> None:
    check(rig)
