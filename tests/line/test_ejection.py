import math

from hypothesis import given
from hypothesis import strategies as st

from grader.grading import Outlet
from grader.line.ejection import Ejection, Fate, Shot

SPEED = 300.0


def shot(hit_mm: float, *, fruit: int = 1, outlet: Outlet = Outlet.SUPER, delay_s: float = 0.012) -> Shot:
    return Shot(fruit, outlet, lane=0, hit_mm=hit_mm, delay_s=delay_s, pulse_s=0.015)


def test_the_command_is_given_so_that_the_fruit_is_before_the_jet_in_the_middle_of_the_pulse() -> None:
    ejection = Ejection(5.0)
    ejection.arm(shot(100.0))
    lead_mm = SPEED * (0.012 + 0.0075)
    assert ejection.due(100.0 - lead_mm - 0.1, SPEED, 0.0) == []
    assert [report.fate for report in ejection.due(100.0 - lead_mm, SPEED, 0.0)] == [Fate.FIRED]


def test_a_shot_whose_place_has_passed_is_late_and_never_fired() -> None:
    ejection = Ejection(5.0)
    ejection.arm(shot(100.0))
    assert [report.fate for report in ejection.due(100.0, SPEED, 0.0)] == [Fate.LATE]
    assert len(ejection) == 0


def test_a_slow_valve_further_on_is_not_held_up_by_a_quick_one_before_it() -> None:
    ejection = Ejection(5.0)
    ejection.arm(shot(100.0, fruit=1, delay_s=0.005))
    ejection.arm(shot(101.0, fruit=2, delay_s=0.020))
    fired = ejection.due(93.0, SPEED, 0.0)
    assert [report.shot.fruit for report in fired] == [2]


def test_a_belt_that_stands_still_fires_nothing() -> None:
    ejection = Ejection(5.0)
    ejection.arm(shot(100.0))
    assert ejection.due(99.0, 0.0, 0.0) == []
    assert len(ejection) == 1


def test_closing_an_outlet_drops_its_shots_and_no_others() -> None:
    ejection = Ejection(5.0)
    ejection.arm(shot(100.0, fruit=1))
    ejection.arm(shot(200.0, fruit=2, outlet=Outlet.CLASS_I))
    assert [report.shot.fruit for report in ejection.cancel(Outlet.SUPER, 0.0)] == [1]
    assert len(ejection) == 1
    assert [report.fate for report in ejection.cancel(None, 0.0)] == [Fate.CANCELLED]


@given(
    places=st.lists(st.floats(10, 2000), min_size=1, max_size=40),
    delays=st.lists(st.floats(0.005, 0.02), min_size=40, max_size=40),
    steps=st.lists(st.floats(0.05, 30.0), min_size=200, max_size=200),
    speed=st.floats(50, 1000),
)
def test_every_shot_has_exactly_one_fate_and_none_is_fired_outside_its_window(
    places: list[float], delays: list[float], steps: list[float], speed: float
) -> None:
    ejection = Ejection(5.0)
    for nth, place in enumerate(places):
        ejection.arm(shot(place, fruit=nth, delay_s=delays[nth]))
    travel, fates = 0.0, {}
    for step in [*steps, 4000.0]:
        travel += step
        for report in ejection.due(travel, speed, travel / speed):
            assert report.shot.fruit not in fates
            fates[report.shot.fruit] = report.fate
            beyond = travel + speed * (report.shot.delay_s + 0.0075) - report.shot.hit_mm
            assert (report.fate is Fate.FIRED) == (0 <= beyond <= 5.0)
    assert len(fates) == len(places)
    assert len(ejection) == 0


@given(
    places=st.lists(st.floats(10, 2000), min_size=1, max_size=20),
    delays=st.lists(st.floats(0.005, 0.08), min_size=20, max_size=20),
    speed=st.floats(50, 1000),
)
def test_the_next_command_is_due_when_it_is_said_to_be(places: list[float], delays: list[float], speed: float) -> None:
    ejection = Ejection(5.0)
    for nth, place in enumerate(places):
        ejection.arm(shot(place, fruit=nth, delay_s=delays[nth]))
    in_s = ejection.next_in_s(-100.0, speed)
    assert ejection.due(-100.0 + speed * (in_s - 1e-6), speed, 0.0) == []
    assert [report.fate for report in ejection.due(-100.0 + speed * (in_s + 1e-6), speed, 0.0)][:1] == [Fate.FIRED]


def test_nothing_is_due_where_none_waits_or_the_belt_stands() -> None:
    ejection = Ejection(5.0)
    assert ejection.next_in_s(0.0, SPEED) == math.inf
    ejection.arm(shot(100.0))
    assert ejection.next_in_s(0.0, 0.0) == math.inf
    assert ejection.next_in_s(-1e6, SPEED) < math.inf


def test_order_of_arming_does_not_matter() -> None:
    ejection = Ejection(5.0)
    for fruit, place in ((1, 300.0), (2, 100.0), (3, 200.0)):
        ejection.arm(shot(place, fruit=fruit))
    fired = [report.shot.fruit for travel in range(320) for report in ejection.due(float(travel), SPEED, 0.0)]
    assert fired == [2, 3, 1]
    assert len(ejection) == 0
