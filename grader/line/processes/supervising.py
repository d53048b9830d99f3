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
from typing import TYPE_CHECKING, Any

from grader.errors import GraderError
from grader.line.processes.links import Link, connect
from grader.line.processes.messages import Died

if TYPE_CHECKING:
    from multiprocessing.context import SpawnProcess

PERIOD_S = 0.05
HUNG_S = 10.0
"""A line that says nothing for so long is ended, and begins anew; reading a large journal takes less."""
MOST_RESTARTS = 5
WITHIN_S = 60.0
REFUSED = 3
"""Exit code of a process that a person must help first: to start it again would change nothing."""
PR_SET_PDEATHSIG = 1
PR_SET_NAME = 15


@dataclass(frozen=True, slots=True)
class Child:
    """A process of the station."""

    name: str
    target: Callable[..., None]
    arguments: tuple[Any, ...]
    again: bool = True
    """Whether it is started again when it has ended well; one that died always is."""


def live(parent: int, child: Child) -> None:
    """What every process of the station begins with: it dies with its parent, which alone hears Ctrl-C and SIGTERM."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(PR_SET_NAME, f"grader-{child.name}".encode())  # what ps and top show
    libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        return  # it died before we could ask to be told
    try:
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
        for child in children:
            self.start(child.name)

    def start(self, name: str) -> None:
        """Start one, for the first time or again."""
        context = multiprocessing.get_context("spawn")
        process = context.Process(target=live, args=(os.getpid(), self._children[name]), name=name, daemon=False)
        process.start()
        self._processes[name] = process
        self._started_s[name].append(time.monotonic())

    def dead(self) -> list[str]:
        """Those that have ended and are to be started again."""
        ended = [name for name, process in self._processes.items() if process.exitcode is not None]
        return [name for name in ended if self._children[name].again or self._processes[name].exitcode != 0]

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
    """The supervisor's life. It ends when the line has ended well, or when something cannot be kept alive."""
    family = Family(children)
    try:
        line: Link | None = None
        heard_s = time.monotonic()
        family.write_pids(folder)
        while family.pid("line") is not None or "line" in family.dead():
            if line is None or not line.alive:
                line = connect(folder, "line", "supervisor")
            _raise_the_dead(family, line, folder)
            if line is not None and line.receive():
                heard_s = time.monotonic()
            elif time.monotonic() - heard_s > HUNG_S:
                family.kill("line")
                heard_s = time.monotonic()
            time.sleep(PERIOD_S)
    finally:
        family.stop()


def _raise_the_dead(family: Family, line: Link | None, folder: Path) -> None:
    for name in family.dead():
        if family.hopeless(name):
            sys.stderr.write(f"{name} cannot be kept alive: the station stands\n")
            sys.exit(REFUSED)
        family.start(name)
        family.write_pids(folder)
        if line is not None:
            line.send(Died(name, back=False))
            line.send(Died(name, back=True))
