"""`grader api`, `grader counts`, `grader export`: what is typed without a web process."""

import csv
import io
import json
import re
from pathlib import Path

import pytest

from grader.cli.main import main
from grader.store.books import BOOKS, Books, Follower
from grader.store.connections import reading
from grader.store.upstream.access import keys
from tests.store.small_line import SmallLine


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """Three Super and one of class I."""
    line = SmallLine(tmp_path / "journal.db").start()
    line.send("super", 3)
    line.send("I")
    with Books(tmp_path / "station.db") as books:
        Follower(books, line.path, lambda: 99).follow()
    line.close()
    return tmp_path / "station.db"


def test_the_schema_is_the_openapi_and_nothing_else(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["api", "schema"]) == 0
    said = capsys.readouterr()
    document = json.loads(said.out)
    assert said.err == ""
    assert document["openapi"].startswith("3.1")
    for name in set(re.findall(r'"#/components/schemas/(\w+)"', said.out)):
        assert name in document["components"]["schemas"]
    assert "Problem" in document["components"]["schemas"]
    operations = [operation for path in document["paths"].values() for operation in path.values()]
    assert len({operation["operationId"] for operation in operations}) == len(operations)
    assert all(operation["description"] for operation in operations)
    assert set(document["components"]["securitySchemes"]) == {"HTTPBearer", "APIKeyCookie"}


def test_counts_are_printed_for_people_and_for_programs(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["counts", "--by", "grade,outlet", "--store", str(store)]) == 0
    words = capsys.readouterr().out.split()
    assert words[:5] == ["GRADE", "OUTLET", "FRUIT", "EST.", "KG"]
    assert words[words.index("Super") :][:4] == ["Super", "super", "3", "0.060"]
    assert main(["counts", "--json", "--store", str(store)]) == 0
    assert json.loads(capsys.readouterr().out)["fruit"] == 4
    assert main(["counts", "--since", "yesterday", "--store", str(store)]) == 2
    assert "06:10 for today" in capsys.readouterr().err


def test_without_books_nothing_is_counted_and_nothing_exported(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    none = str(tmp_path / "none.db")
    assert main(["counts", "--store", none]) == 0
    assert "no fruit" in capsys.readouterr().out
    assert main(["export", "fruit", "--store", none]) == 2
    assert not Path(none).exists()


def test_a_list_is_exported_as_csv(store: Path, tmp_path: Path) -> None:
    file = tmp_path / "fruit.csv"
    assert main(["export", "fruit", "-o", str(file), "--time-zone", "UTC", "--store", str(store)]) == 0
    rows = list(csv.DictReader(io.StringIO(file.read_text(encoding="utf-8"), newline="")))
    assert [row["grade"] for row in rows] == ["Super"] * 3 + ["I"]
    assert rows[0]["delivered_at"].startswith("1970-01-01T00:00:00")


def test_a_key_is_printed_once_listed_and_revoked(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["api", "key", "create", "--scope", "read", "--name", "erp", "--store", str(store)]) == 0
    key = capsys.readouterr().out.strip()
    code = key.split("_")[1]
    assert main(["api", "key", "list", "--store", str(store)]) == 0
    listed = capsys.readouterr().out
    assert code in listed
    assert key not in listed
    assert main(["api", "key", "revoke", code, "--store", str(store)]) == 0
    assert main(["api", "key", "revoke", code, "--store", str(store)]) == 2
    with reading(store, BOOKS) as books:
        assert [one["revoked_utc_ns"] is not None for one in keys(books)] == [True]


def test_all_commands_use_the_users_own_books_if_none_are_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "home"))
    assert main(["api", "key", "create", "--scope", "read"]) == 0
    assert capsys.readouterr().out.startswith("gk_")
    assert (tmp_path / "home" / "grader" / "station.db").is_file()
    assert main(["api", "token"]) == 2
    assert "does not listen" in capsys.readouterr().err


def test_a_station_file_that_is_wrong_is_a_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "station.toml"
    file.write_text("[api]\nburst = 0\n")
    assert main(["counts", "--station", str(file)]) == 2
    assert "api.burst" in capsys.readouterr().err
