"""The web process beside a simulated station: serves the touchscreen's page, and is started again where it dies."""

import os
import time
from dataclasses import dataclass

import click

from grader.api.clerk import Clerk
from grader.api.errors import ServerInUseError
from grader.api.settings import StationOfApi
from grader.cli.api import PORT
from grader.cli.demo_books import enter, feed_first_lot
from grader.line.processes.supervising import Child
from grader.store.books import Books

LOOPBACK = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Web:
    """What is served."""

    station: StationOfApi
    port: int

    def child(self) -> Child:
        """Its process. One that was ended on purpose stays ended: the line needs no screen."""
        return Child("web", run, (self,), again=False, beats=False)


def free_port() -> int:
    """The usual port, or any other where another station on this computer has that one."""
    from grader.api.serving import listening  # noqa: PLC0415 - only those who serve need the server

    for port in (PORT, 0):
        try:
            with listening(LOOPBACK, port) as opened:
                return int(opened.getsockname()[1])
        except ServerInUseError:
            continue
    raise ServerInUseError("no port of this computer is free: stop what uses them")


def run(web: Web) -> None:
    """The process's life."""
    from grader.api.serving import serve  # noqa: PLC0415 - as above

    os.setsid()  # Ctrl-C in the terminal is for the line, which then runs empty: the screen sees that too
    with Books(web.station.books) as books:
        clerk = Clerk(web.station, books, time.time_ns)
        enter(clerk)
        feed_first_lot(clerk.desk, web.station.journal)
        serve(web.station, books, LOOPBACK, web.port, _ready)


def _ready(address: str, token: str) -> None:
    click.echo(f"The touchscreen's page, once: {address}/?token={token}", err=True)
