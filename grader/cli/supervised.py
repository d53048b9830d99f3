"""A station that `grader run` supervises itself: under systemd, in a terminal, or just to see it start."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Timer
from types import FrameType

import click

from grader.line.alarms import Priority
from grader.line.onlooking import LineState
from grader.line.processes.notify import Systemd
from grader.line.processes.supervising import Child, NotKeptAliveError, supervise

LOOKS_S = 3.0
"""A dry run goes on for so long once all processes are up: what is wrong with a device shows within that."""
STARTS_S = 180.0
"""What refuses ends a dry run at once; a process that is slow to come up on a busy computer gets so long."""


class Terminal(Systemd):
    """Says in the terminal what systemd hears."""

    def status(self, sentence: str) -> None:
        """`Systemd`'s."""
        if sentence != self._said:
            click.echo(sentence, err=True)
        super().status(sentence)


class DryRun(Terminal):
    """Ends the station soon after all of it is up."""

    def __init__(self, ending: Event) -> None:
        super().__init__("")
        self.was_ready = False
        self._ending = ending
        self._timer = self._begin(STARTS_S)

    def ready(self) -> None:
        """`Systemd`'s."""
        self.was_ready = True
        self._timer.cancel()
        self._timer = self._begin(LOOKS_S)

    def close(self) -> None:
        """Nobody waits any more."""
        self._timer.cancel()

    def _begin(self, seconds: float) -> Timer:
        timer = Timer(seconds, self._ending.set)
        timer.daemon = True
        timer.start()
        return timer


def keep(folder: Path, children: list[Child]) -> None:
    """Until SIGTERM or Ctrl-C, after which the belt stops and the run is ended in order."""
    ending = Event()
    with _signals(ending):
        supervise(folder, children, Terminal(), ending)


def try_out(folder: Path, children: list[Child]) -> bool:
    """Start all of it, look what is wrong, end it again; whether all was well."""
    ending = Event()
    run = DryRun(ending)
    try:
        with _signals(ending):
            seen = supervise(folder, children, run, ending)
    except NotKeptAliveError as error:
        click.echo(str(error), err=True)
        seen = None
    finally:
        run.close()
    return _report(seen, was_ready=run.was_ready)


def _report(seen: LineState | None, *, was_ready: bool) -> bool:
    if seen is None or not was_ready:
        click.echo("not all processes have started: see above what they say")
        return False
    wrong = [alarm for alarm in seen.alarms if alarm.priority > Priority.LOW]
    for alarm in wrong:
        click.echo(f"{alarm.code}: {alarm.cause} {alarm.action}")
    click.echo("all processes start and nothing was switched" + (", but see above" if wrong else ""))
    return not wrong


@contextmanager
def _signals(ending: Event) -> Iterator[None]:
    def end(_number: int, _frame: FrameType | None) -> None:
        ending.set()

    before = {number: signal.signal(number, end) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
