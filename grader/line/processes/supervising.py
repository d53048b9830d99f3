"""The supervisor: starts the station's processes, starts again what dies, and takes all with it when it goes itself."""

import ctypes
import multiprocessing
import os
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Any

from grader.errors import GraderError
from grader.line.commands import Origin, Stop
from grader.line.onlooking import LineState
from grader.line.processes.beating import Beat, Beats
from grader.line.processes.health import what_ails
from grader.line.processes.links import Link, connect
from grader.line.processes.messages import CALIBRATION, Ask, Died, Finish
from grader.line.processes.notify import Systemd
from grader.line.states import State

if TYPE_CHECKING:
    from multiprocessing.context import SpawnProcess

PERIOD_S = 0.05
HUNG_S = 10.0
"""A line that says nothing for so long is ended, and begins anew; reading a large journal takes less."""
STARTING_S = 60.0
"""One that has not opened its door yet is still being loaded, on a busy computer for many seconds: it gets so long."""
MOST_RESTARTS = 5
WITHIN_S = 60.0
COMES_TO_REST_S = 5.0
"""A belt that was told to stop stands by then; the run is ended all the same."""
AT_REST = frozenset({State.STOPPED, State.ABORTED, State.IDLE, State.COMPLETE})
REFUSED = 3
"""Exit code of a process that a person must help first: to start it again would change nothing."""
PR_SET_PDEATHSIG = 1
PR_SET_NAME = 15


class NotKeptAliveError(GraderError, RuntimeError, code="not_kept_alive"):
    """A process of the station refuses, or dies again and again. See what it says; then start the station anew."""


@dataclass(frozen=True, slots=True)
class Child:
    """A process of the station."""

    name: str
    target: Callable[..., None]
    arguments: tuple[Any, ...]
    again: bool = True
    """Whether it is started again when it has ended well; one that died always is."""
    beats: bool = True
    """Whether it says that it lives: `target` is given `beat`, to call at each turn."""
    on_demand: bool = False
    """Whether it is started only while somebody wants it; the station does without it where it cannot be kept alive."""


def live(parent: int, child: Child, beat: Beat) -> None:
    """What every process of the station begins with: it dies with its parent, which alone hears Ctrl-C and SIGTERM."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(PR_SET_NAME, f"grader-{child.name}".encode())  # what ps and top show
    libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        return  # it died before we could ask to be told
    try:
        if child.beats:
            child.target(*child.arguments, beat=beat)
        else:
            child.target(*child.arguments)
    except GraderError as error:
        sys.stderr.write(f"{child.name}: {error}\n")
        sys.exit(REFUSED)


class Family:
    """Child processes, by name."""

    def __init__(self, children: list[Child]) -> None:
        self._children = {child.name: child for child in children}
        self._processes: dict[str, SpawnProcess] = {}
        self._started_s: dict[str, list[float]] = {child.name: [] for child in children}
        self.beats = Beats([child.name for child in children])
        for child in children:
            if not child.on_demand:
                self.start(child.name)

    def start(self, name: str) -> None:
        """Start one, for the first time or again."""
        self.beats.begin(name)
        context = multiprocessing.get_context("spawn")
        process = context.Process(
            target=live, args=(os.getpid(), self._children[name], self.beats.of(name)), name=name, daemon=False
        )
        process.start()
        self._processes[name] = process
        self._started_s[name].append(time.monotonic())

    def dead(self) -> list[str]:
        """Those that have ended and are to be started again."""
        ended = [
            name
            for name, process in self._processes.items()
            if process.exitcode is not None and not self._children[name].on_demand
        ]
        return [name for name in ended if self._children[name].again or self._processes[name].exitcode != 0]

    def summon(self, name: str) -> None:
        """Somebody wants it: start it, unless it runs, does not belong here, or cannot be kept alive."""
        child, process = self._children.get(name), self._processes.get(name)
        if child is None or (process is not None and (process.exitcode is None or self.hopeless(name))):
            return
        self.start(name)

    @property
    def names(self) -> tuple[str, ...]:
        """Of those that beat."""
        return tuple(name for name, child in self._children.items() if child.beats)

    @property
    def started_s(self) -> dict[str, float]:
        """When each was started last."""
        return {name: times[-1] for name, times in self._started_s.items() if times}

    @property
    def all_beat(self) -> bool:
        """Whether each has begun to."""
        return all(self.beats.last_s(name) > 0 for name in self.names)

    def hopeless(self, name: str) -> bool:
        """Whether starting it again does not help."""
        if self._processes[name].exitcode == REFUSED:
            return True
        return sum(time.monotonic() - started_s < WITHIN_S for started_s in self._started_s[name]) > MOST_RESTARTS

    def pid(self, name: str) -> int | None:
        """Of a process that lives."""
        process = self._processes[name]
        return process.pid if process.exitcode is None else None

    def write_pids(self, folder: Path) -> None:
        """Say in `folder` who they are, for people who look."""
        (folder / "pids").write_text("".join(f"{name} {self.pid(name)}\n" for name in self._processes))

    def kill(self, name: str) -> None:
        """End one that hangs."""
        self._processes[name].kill()

    def stop(self) -> None:
        """End all of them."""
        for process in self._processes.values():
            process.kill()
        for process in self._processes.values():
            process.join()


def run(folder: Path, children: list[Child]) -> None:
    """The life of a supervisor that is a child itself; it ends with the line, or when one cannot be kept alive."""
    supervise(folder, children, Systemd(""), Event())


def supervise(folder: Path, children: list[Child], systemd: Systemd, ending: Event) -> LineState | None:
    """Keep `children` alive until the line has ended well; once `ending` is set, end the run in order.

    The answer is how the line was last seen. Raises `NotKeptAliveError`.
    """
    family = Family(children)
    try:
        watch = Watch(family, folder, systemd, ending)
        family.write_pids(folder)
        while family.pid("line") is not None or "line" in family.dead():
            watch.step()
            time.sleep(PERIOD_S)
        return watch.seen
    finally:
        family.stop()


class Watch:
    """What the supervisor hears and does, turn by turn."""

    def __init__(self, family: Family, folder: Path, systemd: Systemd, ending: Event) -> None:
        self._family, self._folder, self._systemd = family, folder, systemd
        self._ending = ending
        self._line: Link | None = None
        self._heard_s = time.monotonic()
        self.seen: LineState | None = None
        self._ready = False
        self._ends_s: float | None = None
        self._finishing = False

    def step(self) -> None:
        """One turn."""
        if self._line is None or not self._line.alive:
            self._line = connect(self._folder, "line", "supervisor")
        _raise_the_dead(self._family, self._line, self._folder)
        messages = self._line.receive() if self._line is not None else []
        now_s = time.monotonic()
        if messages:
            self._heard_s = now_s
            self.seen = next((said for said in reversed(messages) if isinstance(said, LineState)), self.seen)
        elif now_s - self._heard_s > (STARTING_S if self._line is None or not self._line.alive else HUNG_S):
            self._family.kill("line")
            self._heard_s = now_s
        if self.seen is not None and self.seen.calibrates:
            self._family.summon(CALIBRATION)
        self._report(now_s)
        if self._ending.is_set():
            self._end(now_s)

    def _report(self, now_s: float) -> None:
        """To systemd. What is not fed for `WatchdogSec` is ended and started anew by it."""
        family = self._family
        ailment = what_ails(family.names, family.beats, family.started_s, self.seen, now_s)
        if ailment is not None:
            self._systemd.status(f"Not healthy: {ailment}")
            return
        self._systemd.alive()
        if self.seen is None or not family.all_beat:
            return
        if not self._ready:
            self._ready = True
            self._systemd.ready()
        self._systemd.status(f"{self.seen.state.label}: {self.seen.why}")

    def _end(self, now_s: float) -> None:
        """Stop the belt, let it come to rest, then end the run."""
        if self._line is None:
            return
        if self._ends_s is None:
            self._ends_s = now_s + COMES_TO_REST_S
            self._systemd.stopping()
            self._line.send(Ask(Stop(), Origin.MACHINE))
        rests = self.seen is not None and self.seen.state in AT_REST
        if not self._finishing and (rests or now_s > self._ends_s):
            self._finishing = True
            self._line.send(Finish())


def _raise_the_dead(family: Family, line: Link | None, folder: Path) -> None:
    for name in family.dead():
        if family.hopeless(name):
            raise NotKeptAliveError(f"{name} cannot be kept alive: the station stands. See above what it says")
        family.start(name)
        family.write_pids(folder)
        if line is not None:
            line.send(Died(name, back=False))
            line.send(Died(name, back=True))
