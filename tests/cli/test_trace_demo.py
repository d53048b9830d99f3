"""`grader trace demo`: what a newcomer finds in the folder, and that all of it goes together."""

import json
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from benchmarks.label_camera import read
from grader.cli.main import EXIT_USAGE, main
from grader.store import fruit_of_run, reading
from grader.trace.identity import read_scan


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    """The folder, and what the command said."""
    folder = tmp_path_factory.mktemp("demo") / "new"
    said = StringIO()
    with redirect_stdout(said):
        assert main(["trace", "demo", "--output", str(folder), "--json"]) == 0
    return folder, json.loads(said.getvalue())


def test_the_label_is_read_and_leads_to_the_page_of_its_tray(demo: tuple[Path, dict[str, Any]]) -> None:
    folder, found = demo
    with Image.open(folder / "label.png") as picture:
        (scanned,) = read(np.asarray(picture.convert("L"), np.uint8))
    assert scanned == found["code"]
    identity = read_scan(scanned)
    assert [ai for ai, _ in identity.pairs] == ["01", "10", "21"]
    steps = [value for pair in identity.pairs for value in pair]
    assert found["serial"] in folder.joinpath("page", *steps, "index.html").read_text()
    page = folder / "page" / "T" / found["batch"] / found["serial"]
    assert "演示数据" in (page / "index.html").read_text()
    assert (folder / "label.pdf").read_bytes().startswith(b"%PDF")
    assert (folder / "label.zpl").read_bytes().startswith(b"^XA")


def test_the_proof_holds_and_the_books_answer(
    demo: tuple[Path, dict[str, Any]], capsys: pytest.CaptureFixture[str]
) -> None:
    folder, found = demo
    assert main(["trace", "verify", str(folder / "proof.txt"), "--trust", str(folder / "trust.json")]) == 0
    assert "County office" in capsys.readouterr().out
    station = ["--station", str(folder / "station.toml"), "--json"]
    assert main(["trace", "back", str(found["tray"]), *station]) == 0
    assert [share["grower"]["code"] for share in json.loads(capsys.readouterr().out)["lots"]] == ["G1"]
    assert main(["trace", "held", *station]) == 0
    held = {row["tray"] for row in json.loads(capsys.readouterr().out)["held"]}
    assert set(found["recalled"]) <= held
    assert main(["trace", "log", "check", *station]) == 0


def test_each_fruit_says_at_the_line_already_of_which_lot_it_is(demo: tuple[Path, dict[str, Any]]) -> None:
    folder, _ = demo
    with reading(folder / "journal.db") as journal:
        lots = [{fruit["lot"] for fruit in fruit_of_run(journal, run)} for run in (1, 2)]
    assert [len(of_run) for of_run in lots] == [1, 1]
    assert None not in lots[0] | lots[1]
    assert lots[0] != lots[1]


def test_recalled_trays_say_so_and_others_do_not(demo: tuple[Path, dict[str, Any]]) -> None:
    folder, found = demo
    pages = [path.read_text("utf-8") for path in (folder / "page" / "T").glob("*/*/index.html")]
    assert len(pages) == found["pages"] == found["labelled"]
    assert sum('data-standing="recalled"' in page for page in pages) == len(found["recalled"]) > 0
    events = json.loads((folder / "epcis.jsonld").read_text())["epcisBody"]["eventList"]
    assert sum(event["type"] == "TransformationEvent" for event in events) == found["labelled"]


def test_a_folder_with_something_in_it_is_left_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "mine.txt").touch()
    assert main(["trace", "demo", "--output", str(tmp_path)]) == EXIT_USAGE
    assert "is not empty" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]
