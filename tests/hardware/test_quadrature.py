"""Counts from edges: none is lost unseen, whatever the order of turning."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.hardware.quadrature import FORWARD, Quadrature

"""Track and level of the four edges of a line, A before B."""
EDGE_NS = 333_333


class Wheel:
    """An encoder wheel, and the numbers that a kernel gives its edges."""

    def __init__(self) -> None:
        self.counter = Quadrature(a=False, b=False)
        self.place = 0
        self.number = 1
        self.now_ns = 0

    def turn(self, way: int, *, seen: bool = True) -> None:
        track, rises = FORWARD[self.place % 4] if way > 0 else FORWARD[(self.place - 1) % 4]
        self.place += way
        self.now_ns += EDGE_NS
        if seen:
            level = rises if way > 0 else not rises
            self.counter.edge(track, rises=level, at_ns=self.now_ns, number=self.number)
        self.number += 1


@given(st.lists(st.sampled_from([1, -1]), max_size=200))
def test_the_count_is_where_the_wheel_is_whichever_way_it_turned(ways: list[int]) -> None:
    wheel = Wheel()
    for way in ways:
        wheel.turn(way)
    assert (wheel.counter.count, wheel.counter.lost) == (wheel.place, 0)


def test_edges_that_were_not_seen_are_noticed_and_taken_as_going_on() -> None:
    wheel = Wheel()
    for nth in range(1000):
        wheel.turn(1, seen=not 500 <= nth < 507)
    assert wheel.counter.count == wheel.place
    assert wheel.counter.lost >= 7


def test_a_gap_is_noticed_even_where_the_kernel_does_not_number_it() -> None:
    wheel = Wheel()
    for _ in range(10):
        wheel.turn(1)
    wheel.turn(1, seen=False)
    wheel.number -= 1
    wheel.turn(1)
    wheel.turn(1)
    assert wheel.counter.lost >= 1


def test_speed_is_that_of_the_last_while_and_falls_when_no_edge_comes() -> None:
    wheel = Wheel()
    for _ in range(600):
        wheel.turn(1)
    now_ns = wheel.now_ns
    assert wheel.counter.reading(now_ns).speed_counts_s == pytest.approx(3000, rel=0.001)
    assert wheel.counter.reading(now_ns + 10_000_000).speed_counts_s == pytest.approx(100)
    assert wheel.counter.reading(now_ns + 60_000_000).speed_counts_s == 0


def test_speed_backwards_is_negative() -> None:
    wheel = Wheel()
    for _ in range(100):
        wheel.turn(-1)
    assert wheel.counter.reading(wheel.now_ns).speed_counts_s == pytest.approx(-3000, rel=0.001)
