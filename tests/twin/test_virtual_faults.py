"""The line in virtual time while things break: it says so, stays safe, and goes on when they are mended."""

import pytest

from grader.grading import Outlet
from grader.line.commands import Origin, OverrideSphereCheck, Reset, SphereCheck, Stop
from grader.line.profile import References, StationProfile
from grader.line.states import State

from .broken_line import BrokenLine

ALL_LANES = range(4)


@pytest.fixture
def line() -> BrokenLine:
    running = BrokenLine()
    running.run(8)
    assert running.fired() > 10
    return running


def shots_into(line: BrokenLine, outlet: Outlet) -> int:
    return sum(fruit.outlet is outlet for fruit in line.journal.fruit.values())


@pytest.mark.parametrize("fault", ["dead_valves", "dead_exit_sensors"])
def test_an_outlet_that_does_not_answer_is_closed_within_20_of_its_fruit(line: BrokenLine, fault: str) -> None:
    before = shots_into(line, Outlet.CLASS_I)
    getattr(line.plant.faults, fault).update((Outlet.CLASS_I, lane) for lane in ALL_LANES)
    line.until(lambda: "outlet_missing_pulses" in line.alarms)
    assert shots_into(line, Outlet.CLASS_I) - before <= 20
    assert line.journal.doubted
    line.check_trays()


def test_a_dead_valve_sends_its_fruit_to_recheck_and_never_delivers_them(line: BrokenLine) -> None:
    line.plant.faults.dead_valves.update((Outlet.CLASS_I, lane) for lane in ALL_LANES)
    line.until(lambda: line.line.tally.unconfirmed >= 3)
    line.run(5)
    line.check_trays()


def test_something_that_nobody_sent_closes_the_outlet_and_flags_its_tray_at_once(line: BrokenLine) -> None:
    tray = line.line.outlets[Outlet.WASTE].tray
    line.plant.faults.ghost_pulses.append((Outlet.WASTE, 2))
    line.run(0.1)
    assert line.line.outlets[Outlet.WASTE].closed == "outlet_unexpected_pulse"
    assert tray in line.journal.doubted
    assert "outlet_unexpected_pulse" in line.alarms


def test_valves_that_grow_slow_are_noticed(line: BrokenLine) -> None:
    line.until(lambda: line.line.tally.delivered[Outlet.CLASS_I] > 30)
    line.plant.faults.slow_valves_s = 0.035
    line.until(lambda: bool(line.alarms & {"outlet_drifting", "outlet_missing_pulses"}))


def test_while_the_disk_stalls_nothing_is_shot_at_and_afterwards_all_goes_on(line: BrokenLine) -> None:
    line.virtual.disk_stalls_until_s = line.plant.now_s + 8
    line.run(3.5)  # what was durable before is still delivered
    fired = line.fired()
    line.run(4)
    assert "disk_stalled" in line.alarms
    assert line.fired() == fired
    line.run(8)
    assert "disk_stalled" not in line.alarms
    assert line.fired() > fired
    assert line.line.tally.late > 0
    line.check_trays()


def test_a_full_disk_holds_the_line_and_room_lets_it_go_on(line: BrokenLine) -> None:
    line.journal.full = True
    line.until(lambda: line.state is State.HELD)
    assert "disk_full" in line.alarms
    fired = line.fired()
    line.run(5)
    assert line.state.name == "HELD"
    assert line.fired() == fired
    line.journal.full = False
    line.until(lambda: line.state is State.EXECUTE)
    line.run(10)
    assert line.fired() > fired
    line.check_trays()


def test_a_silent_encoder_stops_belt_and_valves(line: BrokenLine) -> None:
    line.plant.conveyor.encoder_alive = False
    line.until(lambda: line.state is State.HELD, seconds=5)
    assert "encoder_stopped" in line.alarms
    assert not line.plant.conveyor.on
    line.check_trays(wrong=0)


def test_a_camera_without_pictures_stops_the_belt(line: BrokenLine) -> None:
    line.plant.faults.camera = False
    line.until(lambda: line.state is State.HELD, seconds=10)
    assert "camera_stalled" in line.alarms
    line.check_trays()


def test_the_emergency_stop_acts_at_once_and_nothing_is_shot_at_afterwards(line: BrokenLine) -> None:
    line.plant.faults.e_stop = True
    line.virtual.run(0.01)
    assert line.state in {State.ABORTING, State.ABORTED}
    assert not line.plant.conveyor.on
    line.run(1)
    fired = line.fired()
    line.run(5)
    assert line.fired() == fired
    line.plant.faults.e_stop = False
    line.until(lambda: line.state is State.EXECUTE)
    line.run(10)
    line.check_trays()


def test_without_air_the_line_holds(line: BrokenLine) -> None:
    line.plant.faults.air = False
    line.until(lambda: line.state is State.HELD)
    assert "air_pressure_low" in line.alarms
    line.plant.faults.air = True
    line.until(lambda: line.state is State.EXECUTE)
    line.run(5)
    line.check_trays()


def test_a_full_tray_closes_its_outlet_only_and_never_overflows() -> None:
    small = StationProfile()
    ejectors = tuple(ejector.model_copy(update={"tray_count": 6}) for ejector in small.ejectors)
    line = BrokenLine(profile=small.model_copy(update={"ejectors": ejectors}))
    line.run(40)
    contents = [items for _, items in line.plant.whereabouts().trays]
    assert max(map(len, contents)) == 6
    assert line.line.tally.diverted["tray_full"] > 0
    assert sum(line.line.tally.delivered.values()) > 30
    assert set(line.journal.taken_away.values()) == {"count"}
    line.check_trays()


def test_a_tray_that_weighs_enough_closes_before_it_is_full_by_count() -> None:
    light = StationProfile()
    ejectors = tuple(ejector.model_copy(update={"tray_g": 100.0}) for ejector in light.ejectors)
    line = BrokenLine(profile=light.model_copy(update={"ejectors": ejectors}))
    line.run(40)
    weights = dict.fromkeys(line.journal.taken_away, 0.0)
    for number, fruit in line.journal.fruit.items():
        if fruit.tray in weights and line.journal.deliveries[number].tray is not None:
            weights[fruit.tray] += fruit.fused.measurement.weight_g or 0.0
    assert weights
    heaviest_g = max(fruit.fused.measurement.weight_g or 0.0 for fruit in line.journal.fruit.values())
    # The fruit that reached the limit was let in, and no other after it.
    assert all(100.0 <= weight_g < 100.0 + heaviest_g for weight_g in weights.values())
    assert set(line.journal.taken_away.values()) == {"weight"}
    line.check_trays()


def test_a_sensor_that_sees_a_full_tray_closes_its_outlet_and_the_tray_says_why(line: BrokenLine) -> None:
    line.run(5)
    old = line.line.outlets[Outlet.SUPER].tray
    line.plant.faults.heaped.add(Outlet.SUPER)
    line.until(lambda: "tray_full" in line.alarms)
    line.until(lambda: line.line.outlets[Outlet.SUPER].tray != old)  # somebody puts an empty one there
    assert line.journal.taken_away[old] == "sensor"
    line.run(5)
    assert line.line.outlets[Outlet.SUPER].obstacle is None
    assert line.line.outlets[Outlet.SUPER].delivered > 0
    line.check_trays()


def test_where_no_tray_stands_nothing_is_shot_until_one_does(line: BrokenLine) -> None:
    line.virtual.people.hands_s = 6.0
    line.plant.faults.trays_gone.add(Outlet.CLASS_I)
    line.until(lambda: "tray_absent" in line.alarms)
    line.run(1)  # what was in the air
    before = len(line.plant.trays[Outlet.CLASS_I])
    line.run(4)
    assert len(line.plant.trays[Outlet.CLASS_I]) == before
    line.until(lambda: "tray_absent" not in line.alarms)
    line.check_trays()


def test_a_full_crate_suspends_the_belt_until_it_is_emptied() -> None:
    line = BrokenLine(profile=StationProfile(recheck_count=20))
    line.virtual.people.recheck_count = 10_000  # they do not look at the crate
    line.until(lambda: line.state is State.SUSPENDED)
    assert "recheck_full" in line.alarms
    line.virtual.people.recheck_count = 20
    line.until(lambda: line.state is State.EXECUTE)


def test_a_belt_that_slips_is_noticed_within_40_fruit_and_puts_none_into_a_wrong_tray(line: BrokenLine) -> None:
    line.plant.conveyor.slip = 0.02
    recorded = len(line.journal.fruit)
    line.until(lambda: "belt_slip" in line.alarms)
    assert len(line.journal.fruit) - recorded < 40
    line.until(lambda: line.state is State.HELD)
    line.check_trays()


@pytest.mark.parametrize("fruit_per_s", [40.0, 60.0])
def test_a_fast_belt_with_many_fruit_puts_none_into_a_wrong_tray(fruit_per_s: float) -> None:
    line = BrokenLine(seed=5, fruit_per_s=fruit_per_s, speed_mm_s=1000.0)
    line.run(20)
    assert len(line.journal.fruit) > 20 * fruit_per_s * 0.8
    assert line.line.tally.late == 0
    line.check_trays()


def test_what_the_line_remembers_does_not_grow() -> None:
    line = BrokenLine(fruit_per_s=60.0, speed_mm_s=1000.0)
    line.run(5)
    on_belt = line.line.tally.in_flight
    line.run(20)
    assert line.line.tally.in_flight <= 2 * on_belt
    assert line.line.fruit_in_sight <= 2 * on_belt


def test_before_the_spheres_have_passed_fruit_are_recorded_without_a_class_and_go_to_recheck() -> None:
    line = BrokenLine(references=False)
    line.run(12)
    assert line.state is State.EXECUTE
    assert "spheres_due" in line.alarms
    assert len(line.journal.fruit) > 50
    assert {fruit.decision.grade for fruit in line.journal.fruit.values()} == {None}
    assert any(fruit.fused.measurement.measurable for fruit in line.journal.fruit.values())
    assert line.fired() == 0


def test_spheres_that_measure_wrong_withhold_all_classes_until_somebody_answers_for_it() -> None:
    worn = References(sphere_mm=(25.0, 30.6, 35.0))
    line = BrokenLine(true_references=worn)
    line.run(8)
    assert "spheres_failed" in line.alarms
    assert line.fired() == 0
    (event,) = [payload for _, kind, payload in line.journal.events if kind == "sphere_check"]
    assert event["result"] == "failed"
    assert event["spheres_mm"] == {"25": 25.0, "30": 30.6, "35": 35.0}
    command = OverrideSphereCheck(reason="the 30 mm sphere is dented, checked with a caliper", who="Ana")
    reply = line.station.command(command, Origin.MACHINE, line.plant.now_s, line.plant.now_s)
    assert reply.accepted
    line.run(8)
    assert "spheres_failed" not in line.alarms
    assert line.fired() > 10
    assert any(
        kind == "sphere_check_overridden" and payload["who"] == "Ana" for _, kind, payload in line.journal.events
    )
    line.check_trays()


def test_spheres_passed_before_in_the_shift_hold_and_are_no_fruit(line: BrokenLine) -> None:
    pieces = [item for item in line.plant.recheck if item.kind == "reference"]
    assert len(pieces) == 4
    assert line.line.references.result is SphereCheck.PASSED
    assert len(line.journal.fruit) == line.line.tally.recorded
    first = min(line.journal.fruit.values(), key=lambda fruit: fruit.fruit)
    assert first.fruit == 1
    assert first.decision.reason != "no grade: the reference spheres have not passed"


def test_a_new_shift_asks_for_the_spheres_again() -> None:
    line = BrokenLine(profile=StationProfile(references=References(valid_h=0.001)))
    line.run(8)
    for command, reached in ((Stop(), State.STOPPED), (Reset(), State.IDLE)):
        line.station.command(command, Origin.MACHINE, line.plant.now_s, line.plant.now_s)
        line.virtual.people.going_home = True
        line.until(lambda reached=reached: line.state is reached)  # type: ignore[misc]
    assert line.line.references.result is SphereCheck.DUE


@pytest.mark.parametrize("by_s", [-3600.0, 3600.0])
def test_a_clock_that_jumps_is_told_and_changes_no_decision(line: BrokenLine, by_s: float) -> None:
    same = BrokenLine()
    same.run(8)
    line.virtual.clock_ahead_s = by_s
    line.run(8)
    same.run(8)
    assert "clock_jumped" in line.alarms
    assert line.state is State.EXECUTE
    assert line.journal.fruit == same.journal.fruit
    line.check_trays()


def test_a_line_that_hung_de_energises_and_waits_for_a_deliberate_start(line: BrokenLine) -> None:
    line.virtual.people.hands_s = 1e9
    line.virtual.hang(0.4)
    line.until(lambda: line.state is State.ABORTED, seconds=5)
    assert "process_died" in line.alarms
    line.run(5)
    assert line.state.name == "ABORTED"
    assert not line.plant.conveyor.on
    line.check_trays()


def test_a_line_that_paused_for_a_moment_goes_on(line: BrokenLine) -> None:
    line.virtual.hang(0.2)
    line.run(2)
    assert line.state is State.EXECUTE
    line.check_trays()


def test_frames_that_are_lost_are_told(line: BrokenLine) -> None:
    line.virtual.frames_dropped = 3
    line.run(1)
    assert "frames_dropped" in line.alarms
    line.run(12)
    assert "frames_dropped" not in line.alarms
