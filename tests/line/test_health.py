"""What systemd's watchdog is fed by: beats, and fruit that are decided; a station with nothing to do is healthy."""

from dataclasses import replace

import pytest

from grader.line.commands import SphereCheck
from grader.line.onlooking import LineState
from grader.line.processes.beating import Beats
from grader.line.processes.health import BEATS_WITHIN_S, DECIDED_WITHIN_S, STARTS_WITHIN_S, what_ails
from grader.line.states import State

NOW_S = 1000.0
SEEN = LineState(
    state=State.EXECUTE, why="", run=1, executed_s=0, recorded=0, recheck=0, in_crate=0, trays={}, obstacles={},
    sphere_check=SphereCheck.PASSED, alarms=(), acting_alarms=False, oldest_undecided_s=None,
)  # fmt: skip


def ails(seen: LineState | None = SEEN, *, beaten_s: float = NOW_S, started_s: float = NOW_S) -> str | None:
    beats = Beats(["line"])
    beats._array[0] = beaten_s  # noqa: SLF001 - as if it had beaten then
    return what_ails(["line"], beats, {"line": started_s}, seen, NOW_S)


@pytest.mark.parametrize("state", [State.EXECUTE, State.IDLE, State.SUSPENDED, State.HELD, State.STOPPED])
def test_nothing_to_do_is_healthy(state: State) -> None:
    assert ails(replace(SEEN, state=state)) is None


def test_a_process_that_does_not_beat_is_named() -> None:
    said = ails(beaten_s=NOW_S - BEATS_WITHIN_S - 0.1)
    assert said is not None
    assert "line" in said


def test_one_that_starts_is_waited_for_and_not_for_ever() -> None:
    assert ails(None, beaten_s=0, started_s=NOW_S - STARTS_WITHIN_S + 1) is None
    assert ails(None, beaten_s=0, started_s=NOW_S - STARTS_WITHIN_S - 1) is not None


def test_a_fruit_in_view_that_nobody_decides_is_an_ailment_in_execute_alone() -> None:
    old = replace(SEEN, oldest_undecided_s=NOW_S - DECIDED_WITHIN_S - 0.1)
    assert ails(old) is not None
    assert ails(replace(old, state=State.HELD)) is None
    assert ails(replace(old, oldest_undecided_s=NOW_S - 1)) is None
