"""People, a grower with a report, a lot, and a line that stands."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.grading import shipped_rule_pack
from tests.cli.books.station import Station, ago
from tests.store.small_line import SmallLine


@pytest.fixture
def station(tmp_path: Path) -> Path:
    (tmp_path / "station.toml").write_text('[trace]\nstation_code = "GV7"\n', encoding="utf-8")
    return tmp_path / "station.toml"


@pytest.fixture
def line(station: Path) -> Iterator[SmallLine]:
    line = SmallLine(station.with_name("journal.db"), shipped_rule_pack("cooperative").hash).start()
    yield line
    line.close()


@pytest.fixture
def type_in(station: Path, capsys: pytest.CaptureFixture[str]) -> Station:
    return Station(station, capsys)


@pytest.fixture
def begun(type_in: Station, line: SmallLine) -> Station:
    """People, a grower with a report, a lot, and 30 fruit of it in tray 1."""
    type_in("operator", "add", "Zhao", "--role", "manager", "--who", "Zhao")
    type_in("shift", "begin", "--number", "1", "--accountable", "Zhao", "--operator", "Li")
    type_in("grower", "add", "G1", "王芳", "--who", "Li")
    type_in.report()
    said = type_in.receive("A", "--precooled", ago(hours=2.5), "--precooled-c", "5.1", "--sample", "S-1")
    assert said == "Lot A is received.\n"
    assert type_in("lot", "feed", "A", "--who", "Li") == "Lot A is fed (pass 1).\n"
    line.send("super", 30)
    line.swap("super")
    assert type_in("follow") == "30 fruit came into the books.\n"
    return type_in
