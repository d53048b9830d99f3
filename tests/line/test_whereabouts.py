"""A frame's place on the belt, and what is done about a camera that fails."""

import pytest

from grader.hardware.iron import IronState
from grader.line.ladder import WAITS_S, Ladder
from grader.line.processes.supervising import MOST_RESTARTS, WITHIN_S
from grader.line.whereabouts import AHEAD_S, BeltTrack

MM_PER_COUNT = 0.1


@pytest.fixture
def track() -> BeltTrack:
    """A belt at 300 mm/s, read every 5 ms."""
    track = BeltTrack(MM_PER_COUNT)
    for nth in range(201):
        track.hear(IronState(15 * nth, 300.0, 10 + nth * 0.005))
    return track


def test_between_readings_the_count_lies_between_them(track: BeltTrack) -> None:
    assert track.count_at(10.502) == 1506
    assert track.count_at(10.5) == 1500


def test_a_little_beyond_the_last_the_belt_goes_on_at_its_speed(track: BeltTrack) -> None:
    assert track.count_at(11.01) == 3030


def test_what_nobody_has_read_is_not_guessed(track: BeltTrack) -> None:
    assert track.count_at(11 + AHEAD_S + 0.001) is None
    assert track.count_at(9.99) is None
    assert BeltTrack(MM_PER_COUNT).count_at(10) is None


def test_another_encoder_process_begins_anew(track: BeltTrack) -> None:
    track.hear(IronState(5, 0.0, 3.0))
    assert track.count_at(10.5) is None


def test_the_ladder_waits_longer_each_time_and_ends_in_a_new_process() -> None:
    ladder, now_s = Ladder(), 0.0
    waits = []
    while not ladder.at_its_end:
        ladder.failed(now_s, was_open=False)
        waits.append(ladder.due_s - now_s)
        now_s = ladder.due_s
    assert waits == pytest.approx([*WAITS_S, WAITS_S[-1]])


def test_a_camera_that_was_good_for_long_begins_at_the_first_rung() -> None:
    ladder = Ladder()
    for _ in range(3):
        ladder.failed(0.0, was_open=False)
    ladder.opened(10.0)
    ladder.failed(1000.0, was_open=True)
    assert ladder.due_s == 1000.0 + WAITS_S[0]


def test_a_camera_that_stays_unplugged_is_never_given_up() -> None:
    """The supervisor gives up a process that begins more often than that within a minute."""
    assert sum(WAITS_S) > WITHIN_S / (MOST_RESTARTS + 1)
