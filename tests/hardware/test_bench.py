"""The bench: what is unsafe opens no valve and turns no belt, and a loop that is late does not feed the watchdog."""

from pathlib import Path

import pytest

from grader.grading import Outlet
from grader.hardware.bench import Bench, Devices
from grader.hardware.encoder import EncoderReading
from grader.hardware.inputs import Contacts, ExitPulse
from grader.hardware.iron import Power
from grader.hardware.lamp_tower import Buzzer, Lamp, Signal, lit
from grader.hardware.odometer import Odometer

RUNNING = Power(belt_mm_s=300.0, infeed_on=True, valves_enabled=True, signal=Signal(Lamp.GREEN, False, Buzzer.OFF))  # noqa: FBT003
PULSE_S = 0.015


class Recorded:
    """Every device of a bench at once: it is told its contacts, and keeps what was switched."""

    def __init__(self) -> None:
        self.contacts = Contacts()
        self.reading: EncoderReading | None = EncoderReading(0, 0.0, 0.0)
        self.opened: list[tuple[Outlet, int]] = []
        self.shut = 0
        self.belt: tuple[bool, bool, bool] | None = None
        self.fed = 0
        self.shown: list[tuple[Signal, float]] = []

    def poll(self) -> EncoderReading | None:
        return self.reading

    def fileno(self) -> int:
        return -1

    def open(self, outlet: Outlet, lane: int, pulse_s: float, now_s: float) -> None:
        assert pulse_s == PULSE_S
        assert now_s >= 0
        self.opened.append((outlet, lane))

    def step(self, now_s: float) -> None:
        assert now_s >= 0

    def close_all(self) -> None:
        self.shut += 1

    def run(self, *, belt: bool, slowly: bool, infeed: bool) -> None:
        self.belt = belt, slowly, infeed

    def show(self, signal: Signal, now_s: float) -> None:
        self.shown.append((signal, now_s))

    def feed(self) -> None:
        self.fed += 1

    def close(self) -> None:
        self.shut += 1


class Contacting(Recorded):
    """Its inputs."""

    def __init__(self, of: Recorded) -> None:
        super().__init__()
        self._of = of

    def poll(self) -> tuple[Contacts, list[ExitPulse]]:  # type: ignore[override] # two protocols, one word
        return self._of.contacts, []


class Stand:
    """A bench whose clock the test turns."""

    def __init__(self, folder: Path) -> None:
        self.now_s = 10.0
        self.devices = Recorded()
        all_of_it = self.devices
        self.bench = Bench(
            Devices(
                encoder=all_of_it,
                inputs=Contacting(all_of_it),
                valves=all_of_it,
                drive=all_of_it,
                lamps=all_of_it,
                watchdog=all_of_it,
            ),
            mm_per_count=0.1,
            odometer=Odometer(folder / "odometer"),
            full_mm_s=300.0,
            monotonic_s=lambda: self.now_s,
        )
        self.turn(200)

    def turn(self, times: int = 1, every_s: float = 0.001) -> None:
        for _ in range(times):
            self.now_s += every_s
            self.bench.poll()


@pytest.fixture
def stand(tmp_path: Path) -> Stand:
    return Stand(tmp_path)


def test_a_valve_opens_where_it_is_enabled(stand: Stand) -> None:
    stand.bench.power(RUNNING)
    stand.bench.open_valve(Outlet.SUPER, 0, PULSE_S)
    assert stand.devices.opened == [(Outlet.SUPER, 0)]
    assert stand.devices.belt == (True, False, True)


@pytest.mark.parametrize("unsafe", [Contacts(e_stop_released=False), Contacts(door_closed=False)])
def test_an_unsafe_contact_shuts_valves_and_belt_in_the_same_turn(stand: Stand, unsafe: Contacts) -> None:
    stand.bench.power(RUNNING)
    stand.devices.contacts = unsafe
    stand.turn()
    assert stand.devices.belt == (False, False, False)
    stand.bench.power(RUNNING)
    stand.bench.open_valve(Outlet.SUPER, 0, PULSE_S)
    assert stand.devices.opened == []
    assert stand.devices.belt == (False, False, False)


def test_valves_that_are_not_enabled_stay_shut(stand: Stand) -> None:
    stand.bench.power(Power(belt_mm_s=300.0))
    stand.bench.open_valve(Outlet.SUPER, 0, PULSE_S)
    assert stand.devices.opened == []


def test_the_watchdog_is_fed_as_long_as_the_loop_keeps_time(stand: Stand) -> None:
    for _ in range(10):
        stand.turn(50)
        stand.bench.power(RUNNING)
    assert stand.devices.fed == 10


def test_a_loop_that_was_late_does_not_feed_it_until_it_has_kept_time_again(stand: Stand) -> None:
    stand.now_s += 0.03
    stand.turn()
    stand.bench.power(RUNNING)
    stand.turn(50)
    stand.bench.power(RUNNING)
    assert stand.devices.fed == 0
    stand.turn(60)
    stand.bench.power(RUNNING)
    assert stand.devices.fed == 1


def test_who_says_power_without_looking_does_not_feed_it(stand: Stand) -> None:
    stand.now_s += 0.03
    stand.bench.power(RUNNING)
    assert stand.devices.fed == 0


def test_an_emergency_stop_is_told_though_the_encoder_is_silent(stand: Stand) -> None:
    stand.devices.reading = None
    stand.devices.contacts = Contacts(e_stop_released=False)
    state, _ = stand.bench.poll()
    assert state is not None
    assert state.e_stop_pressed


def test_the_tower_is_left_alone_until_somebody_speaks_and_then_shows_it_at_each_turn(stand: Stand) -> None:
    assert stand.devices.shown == []
    stand.bench.power(RUNNING)
    stand.turn(2, every_s=0.25)
    assert stand.devices.shown == [(RUNNING.signal, stand.now_s - 0.25), (RUNNING.signal, stand.now_s)]


def test_a_new_process_goes_on_counting_where_the_last_one_was(tmp_path: Path) -> None:
    first = Stand(tmp_path)
    first.devices.reading = EncoderReading(1234, 0.0, 1.0)
    first.turn()
    second = Stand(tmp_path)
    second.devices.reading = EncoderReading(6, 0.0, 2.0)
    state, _ = second.bench.poll()
    assert state is not None
    assert state.count == 1240


def test_a_warning_sounds_all_the_time_and_a_call_now_and_then() -> None:
    moments = [nth / 10 for nth in range(40)]
    warning, call = (Signal(Lamp.GREEN, True, buzzer) for buzzer in (Buzzer.WARNING, Buzzer.CALL))  # noqa: FBT003
    assert all("buzzer" in lit(warning, at_s) for at_s in moments)
    assert 0 < sum("buzzer" in lit(call, at_s) for at_s in moments) < 10
    assert 0.4 < sum("green" in lit(warning, at_s) for at_s in moments) / len(moments) < 0.6


def test_below_its_full_speed_the_belt_is_run_slowly(stand: Stand) -> None:
    stand.bench.poll()
    for belt_mm_s, switched in ((300.0, (True, False, False)), (40.0, (True, True, False))):
        stand.bench.power(Power(belt_mm_s=belt_mm_s))
        assert stand.devices.belt == switched
