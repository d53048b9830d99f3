"""A station that has worked: two lots, trays, some fruit in recheck; and its web process."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from grader.api.settings import ApiSettings
from grader.store import Outcome
from tests.api.station_api import StationApi, Web
from tests.trace.counter import Counter, close_counter, open_counter

PATIENT = ApiSettings(requests_per_s=10_000, burst=100_000)
Serve = Callable[..., StationApi]


@pytest.fixture
def counter(tmp_path: Path) -> Iterator[Counter]:
    """Lot A: 30 Super in tray 1, 12 of class I, 3 in recheck; lot B: 5 Super, 2 that nobody saw."""
    counter = open_counter(tmp_path)
    counter.receive("A")
    counter.feed("A")
    counter.line.send("super", 30)
    counter.line.send("I", 12)
    counter.line.send("II", 3, Outcome.RECHECK)
    counter.follow()
    counter.receive("B", "G2")
    counter.feed("B", mixed=True)
    counter.line.send("super", 5)
    counter.line.send("super", 2, Outcome.UNCONFIRMED)
    counter.line.swap("super")
    counter.follow()
    yield counter
    close_counter(counter)


@pytest.fixture
def serve(counter: Counter, tmp_path: Path) -> Iterator[Serve]:
    """Start the web process over the counter's books."""
    with ExitStack() as stack:

        def start(settings: ApiSettings = PATIENT) -> StationApi:
            web = Web(counter.desk.books, counter.line.path, tmp_path / "run", settings, counter.desk.settings)
            return stack.enter_context(web)

        yield start


@pytest.fixture
def api(serve: Serve) -> StationApi:
    return serve()
