"""What drifts slowly is on record with its limits, and only what is new is."""

import pytest

from grader.grading import Outlet
from grader.line.drifting import EVERY_S, DriftRecord
from grader.line.ejection import Shot
from grader.line.exits import RECENT, ExitWatch
from grader.line.figures import Figure
from grader.line.profile import Ejector
from grader.line.watching import RECENT_LOOKS, LampWatch

FLIGHT_MS = (60, 260)
MIDDLE_S = 0.160


@pytest.fixture
def lamp() -> LampWatch:
    return LampWatch()


@pytest.fixture
def exits() -> dict[Outlet, ExitWatch]:
    return {Outlet.SUPER: ExitWatch(Ejector(outlet=Outlet.SUPER, at_mm=400, flight_ms=FLIGHT_MS), lanes=1)}


@pytest.fixture
def record(lamp: LampWatch, exits: dict[Outlet, ExitWatch]) -> DriftRecord:
    record = DriftRecord(lamp, exits)
    assert record.due(0.0, at_once=False) == []
    return record


def arrive(watch: ExitWatch, fruit: int, late_s: float = 0.0) -> None:
    for number in range(fruit):
        watch.fired(Shot(number, Outlet.SUPER, 0, hit_mm=0.0, delay_s=0.0, pulse_s=0.015), number)
        assert watch.pulse(0, number + MIDDLE_S + late_s) is not None
        watch.fault()


def values(figures: list[Figure]) -> dict[object, object]:
    return {one["name"]: (one["value"], one["low"], one["high"]) for one in figures}


def test_nothing_is_told_before_enough_was_seen(record: DriftRecord, lamp: LampWatch) -> None:
    lamp.see(1.0, 1.0, 1.0)
    assert record.due(EVERY_S, at_once=False) == []


def test_a_lamp_that_grows_dim_is_told_once_every_ten_minutes_and_when_the_belt_comes_to_rest(
    record: DriftRecord, lamp: LampWatch
) -> None:
    for _ in range(RECENT_LOOKS):
        lamp.see(0.9, 0.9, 0.81)
    assert record.due(EVERY_S / 2, at_once=False) == []
    told = values(record.due(EVERY_S / 2, at_once=True))
    assert told == {"lamp_brightness": (0.9, 0.8, 1.25), "lamp_red": (0.9, 0.92, 1.08), "lamp_blue": (1.0, 0.92, 1.08)}
    assert record.due(2 * EVERY_S, at_once=False) == [], "nothing was seen since"


def test_an_ejector_tells_when_its_fruit_arrive_against_when_they_did_at_first(
    record: DriftRecord, exits: dict[Outlet, ExitWatch]
) -> None:
    arrive(exits[Outlet.SUPER], RECENT)
    arrive(exits[Outlet.SUPER], RECENT, late_s=0.02)
    told = record.due(EVERY_S, at_once=False)
    assert {one["subject"] for one in told} == {"super"}
    assert values(told) == {"arrival": (0.2, -0.3, 0.3), "missing": (0.0, None, 0.15)}
