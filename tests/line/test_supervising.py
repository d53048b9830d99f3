"""A line that hangs is ended; one that is still being loaded is not."""

from collections.abc import Iterator
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from grader.line.processes.beating import Beats
from grader.line.processes.links import Door
from grader.line.processes.notify import Systemd
from grader.line.processes.supervising import HUNG_S, STARTING_S, Watch


class Family:
    """Nobody has died; who is ended is kept."""

    def __init__(self) -> None:
        self.ended: list[str] = []
        self.names: tuple[str, ...] = ()
        self.beats = Beats([])
        self.started_s: dict[str, float] = {}
        self.all_beat = True

    def dead(self) -> list[str]:
        return []

    def kill(self, name: str) -> None:
        self.ended.append(name)


class Clock:
    now_s = 1000.0


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr("grader.line.processes.supervising.time.monotonic", lambda: clock.now_s)
    return clock


@pytest.fixture
def family() -> Family:
    return Family()


@pytest.fixture
def watch(tmp_path: Path, clock: Clock, family: Family) -> Iterator[Watch]:
    assert clock.now_s
    untyped: Any = family
    watch = Watch(untyped, tmp_path, Systemd(""), Event())
    yield watch
    if watch._line is not None:  # noqa: SLF001 - its end
        watch._line.close()  # noqa: SLF001 - its end


def test_a_line_that_has_not_opened_its_door_yet_is_being_loaded(watch: Watch, clock: Clock, family: Family) -> None:
    clock.now_s += HUNG_S + 1
    watch.step()
    assert family.ended == []
    clock.now_s += STARTING_S
    watch.step()
    assert family.ended == ["line"]


def test_a_line_that_hangs_is_ended(watch: Watch, clock: Clock, family: Family, tmp_path: Path) -> None:
    door = Door(tmp_path, "line")
    watch.step()
    (link,) = door.come_in()
    clock.now_s += HUNG_S + 1
    watch.step()
    assert family.ended == ["line"]
    link.close()
    door.close()
