"""What a person sees of a running line in a terminal, and how they end it."""

import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

import click

from grader.line.commands import AlarmReport
from grader.line.onlooking import LineState

TELL_EVERY_S = 2.0


class Show:
    """Tells how the line stands; knows when it is to end."""

    def __init__(self, seconds: float | None, *, silent: bool) -> None:
        """It ends after `seconds` of running belt; None: when somebody interrupts."""
        self._seconds = seconds
        self._silent = silent
        self._interrupted = False
        self._told_s = time.monotonic()
        self._alarms: set[str] = set()

    def over(self, executed_s: float) -> bool:
        """Whether the belt has run for long enough, or somebody wants it to end."""
        return self._interrupted or (self._seconds is not None and executed_s >= self._seconds)

    def rendering(self, done: int, total: int) -> None:
        """Say how far the first start is."""
        if not self._silent:
            click.echo(f"\rThe first start renders the fruit: {done} of {total}", nl=done == total, err=True)

    def state(self, seen: LineState) -> None:
        """Say how the line stands, now and then."""
        if self._silent:
            return
        self._explain(seen)
        if time.monotonic() - self._told_s < TELL_EVERY_S:
            return
        self._told_s = time.monotonic()
        trays = "  ".join(f"{outlet} {inside}/{room}" for outlet, (inside, _, room) in seen.trays.items())
        alarms = f"  ALARM {', '.join(map(_name, seen.alarms))}" if seen.alarms else ""
        click.echo(
            f"{seen.executed_s:6.0f} s  {seen.state.name.lower():9} {seen.recorded:6} fruit  in the trays: {trays}  "
            f"recheck {seen.recheck}{alarms}",
            err=True,
        )

    def _explain(self, seen: LineState) -> None:
        """Say once of each alarm what it means and what to do."""
        for alarm in seen.alarms:
            if _name(alarm) not in self._alarms:
                click.echo(f"ALARM {_name(alarm)}: {alarm.cause} {alarm.action}", err=True)
        self._alarms = {_name(alarm) for alarm in seen.alarms}

    @contextmanager
    def hearing(self) -> Iterator[None]:
        """Ctrl-C and SIGTERM end the run as its own end does; a second one at once."""
        before = {number: signal.signal(number, self._hear) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _hear(self, _number: int, _frame: FrameType | None) -> None:
        if self._interrupted:
            raise KeyboardInterrupt
        self._interrupted = True


def _name(alarm: AlarmReport) -> str:
    """As `grader tell acknowledge --alarm` wants it."""
    return alarm.code if alarm.subject is None else f"{alarm.code}:{alarm.subject}"
