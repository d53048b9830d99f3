"""People type at the desk while the web process has the books: it writes for them, and nothing has to be stopped."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.system.station_process import ServeProcess, grader


@pytest.fixture
def station(tmp_path: Path) -> Path:
    path = tmp_path / "station.toml"
    path.write_text('[hardware]\nkind = "twin"\ndepth = "sightings"\n')
    return path


@pytest.fixture
def served(station: Path) -> Iterator[ServeProcess]:
    process = ServeProcess(station, 0)
    process.start()
    yield process
    process.kill()


def test_the_desk_works_on_while_the_web_process_has_the_books(station: Path, served: ServeProcess) -> None:
    words = ("--station", str(station))
    key = grader("api", "key", "create", "--scope", "read", *words)
    grader("trace", "operator", "add", "Zhao", "--role", "manager", "--who", "Zhao", *words)
    grader("trace", "grower", "add", "G1", "Wang Fang", "--who", "Zhao", *words)
    facts = ["--grower", "G1", "--variety", "Hongyan", "--plot", "7", "--harvested", "2026-11-25 06:10", "--kg", "500"]
    grader("trace", "lot", "add", "A-1", *facts, "--accountable", "Zhao", "--who", "Zhao", *words)
    grader("trace", "key", "station.example/1", "--kind", "log", "-o", str(station.with_name("log.key")))
    assert "Signed" in grader("trace", "log", "sign", *words)
    (lot,) = served.ask("/api/v1/lots", key)["items"]
    assert (lot["lot"], lot["grower"]) == ("A-1", "G1")
    assert "lot.received" in {event["type"] for event in served.ask("/api/v1/events", key)["items"]}
    with pytest.raises(AssertionError, match="there is a lot A-1 already"):
        grader("trace", "lot", "add", "A-1", *facts, "--accountable", "Zhao", "--who", "Zhao", *words)
    served.kill()  # which leaves its door behind
    grader("trace", "lot", "hold", "A-1", "--why", "smells", "--who", "Zhao", *words)
    served.start()
    assert "Sound" in grader("trace", "log", "check", *words)
