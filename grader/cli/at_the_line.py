"""A terminal's word with a station that runs: a command goes through the line's door, its answer comes back."""

import time
from pathlib import Path

from grader.errors import GraderError
from grader.line.commands import Command, Origin, Reply
from grader.line.processes.links import Link, connect, wait
from grader.line.processes.messages import Ask

ANSWER_S = 5.0


class NoStationError(GraderError, RuntimeError, code="no_station"):
    """No station runs there, or it does not answer."""


def linked(folder: Path, door: str) -> Link:
    """A way through one of the doors in `folder`, or `NoStationError`."""
    link = connect(folder, door, "terminal")
    if link is None:
        raise NoStationError(f"no station runs in {folder}: start it with grader run")
    return link


def ask(link: Link, command: Command) -> Reply:
    """What the line answers; `NoStationError` where it does not."""
    link.send(Ask(command, Origin.MACHINE))
    until_s = time.monotonic() + ANSWER_S
    while time.monotonic() < until_s and link.alive:
        wait([link], ANSWER_S)
        for message in link.receive():
            if isinstance(message, Reply):
                return message
    raise NoStationError("the station does not answer: look at its terminal")
