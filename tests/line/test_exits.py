import pytest

from grader.grading import Outlet
from grader.line.ejection import Shot
from grader.line.exits import FEWEST_FOR_DRIFT, MOST_MISSING, RECENT, ExitWatch
from grader.line.profile import Ejector

EJECTOR = Ejector(outlet=Outlet.SUPER, at_mm=400, flight_ms=(60, 260))
USUAL_S = 0.012 + 0.160


def shot(fruit: int, lane: int = 0) -> Shot:
    return Shot(fruit, Outlet.SUPER, lane, hit_mm=0.0, delay_s=0.012, pulse_s=0.015)


@pytest.fixture
def watch() -> ExitWatch:
    return ExitWatch(EJECTOR, lanes=4)


def test_a_pulse_within_the_flight_window_confirms_its_fruit(watch: ExitWatch) -> None:
    watch.fired(shot(7), 10.0)
    found = watch.pulse(0, 10.0 + USUAL_S)
    assert found is not None
    assert found.fruit == 7
    assert watch.overdue(20.0) == []


@pytest.mark.parametrize("at_s", [10.0 + 0.05, 10.0 + 0.3])
def test_a_pulse_too_early_or_too_late_is_nobodys(watch: ExitWatch, at_s: float) -> None:
    watch.fired(shot(7), 10.0)
    assert watch.pulse(0, at_s) is None


def test_a_pulse_in_another_lane_is_nobodys(watch: ExitWatch) -> None:
    watch.fired(shot(7, lane=0), 10.0)
    assert watch.pulse(1, 10.0 + USUAL_S) is None


def test_the_fruit_that_did_not_come_is_told_from_the_one_behind_it(watch: ExitWatch) -> None:
    watch.fired(shot(7), 10.0)
    watch.fired(shot(8), 10.066)
    found = watch.pulse(0, 10.066 + USUAL_S)
    assert found is not None
    assert found.fruit == 8
    assert [gone.fruit for gone in watch.overdue(11.0)] == [7]


def test_a_dead_valve_is_noticed_within_twenty_fruit(watch: ExitWatch) -> None:
    fired = 0
    while watch.fault() is None:
        fired += 1
        watch.fired(shot(fired), 1.0 * fired)
        watch.overdue(1.0 * fired + 0.9)
        assert fired <= RECENT
    assert watch.fault() == "outlet_missing_pulses"
    assert fired == MOST_MISSING


def test_one_miss_in_twenty_is_no_fault(watch: ExitWatch) -> None:
    for nth in range(100):
        watch.fired(shot(nth), 1.0 * nth)
        if nth % 20:
            watch.pulse(0, 1.0 * nth + USUAL_S)
        watch.overdue(1.0 * nth + 0.9)
        assert watch.fault() is None


def test_a_valve_that_becomes_slower_is_noticed_within_twenty_fruit(watch: ExitWatch) -> None:
    at_s = 0.0
    for nth in range(RECENT):
        at_s += 1.0
        watch.fired(shot(nth), at_s)
        watch.pulse(0, at_s + USUAL_S)
        assert watch.fault() is None
    for nth in range(RECENT):
        at_s += 1.0
        watch.fired(shot(nth), at_s)
        watch.pulse(0, at_s + USUAL_S + 0.04)
        if watch.fault():
            break
    assert watch.fault() == "outlet_drifting"
    assert nth < FEWEST_FOR_DRIFT + 1


def test_a_mended_outlet_is_judged_anew(watch: ExitWatch) -> None:
    for nth in range(MOST_MISSING):
        watch.fired(shot(nth), 1.0 * nth)
    watch.overdue(100.0)
    assert watch.fault()
    watch.forgive()
    assert watch.fault() is None
