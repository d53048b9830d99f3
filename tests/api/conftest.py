"""A station that has worked: two lots, trays, some fruit in recheck; and its web process."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from grader.api.settings import ApiSettings
from grader.store import Outcome, reading, trays
from grader.store.books import Books
from grader.trace.desk import Desk
from tests.api.station_api import StationApi, Web
from tests.store.small_line import SmallLine
from tests.trace.counter import PACK, SETTINGS, Clock, close_counter, open_counter

PATIENT = ApiSettings(requests_per_s=10_000, burst=100_000)
Serve = Callable[..., StationApi]


@pytest.fixture(scope="session")
def worked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Lot A: 30 Super in tray 1, 12 of class I, 3 in recheck; lot B: 5 Super, 2 that nobody saw. Filled once."""
    folder = tmp_path_factory.mktemp("worked")
    counter = open_counter(folder)
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
    close_counter(counter)
    return folder


@pytest.fixture
def desk(worked: Path, tmp_path: Path) -> Iterator[Desk]:
    """The desk over books of one's own."""
    for name in ("station.db", "journal.db"):
        shutil.copy(worked / name, tmp_path / name)
    with Books(tmp_path / "station.db", checked=False) as books:
        yield Desk(books, SETTINGS, Clock(), os.urandom)


@pytest.fixture
def serve(desk: Desk, tmp_path: Path) -> Iterator[Serve]:
    """Start the web process over the desk's books."""
    books = desk.books
    assert isinstance(books, Books)
    with ExitStack() as stack:

        def start(settings: ApiSettings = PATIENT) -> StationApi:
            web = Web(books, tmp_path / "journal.db", tmp_path / "run", settings, desk.settings)
            return stack.enter_context(web)

        yield start


@pytest.fixture
def api(serve: Serve) -> StationApi:
    return serve()


@pytest.fixture
def line(desk: Desk) -> Iterator[SmallLine]:
    """The station's line, which has begun another run."""
    line = SmallLine(desk.books.path.with_name("journal.db"), PACK.hash)
    with reading(line.path) as journal:
        line.standing = {tray.outlet: tray.tray for tray in trays(journal, only_open=True)}
    line.start()
    yield line
    line.close()
