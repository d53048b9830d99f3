"""What `grader grade` writes replaces nothing that it should not, and is whole whatever happens to the disk."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from grader.cli.main import EXIT_USAGE, main
from grader.cli.output import Results

GRADER = Path(sys.executable).with_name("grader")


@pytest.fixture
def frame(demo: Path, tmp_path: Path) -> Path:
    """A picture of our own, that may be linked to and lost."""
    path = tmp_path / "frame.jpg"
    path.write_bytes((demo / "blue-belt" / "frame_001.jpg").read_bytes())
    return path


def grade(*words: str | Path) -> int:
    return main(["grade", *map(str, words)])


def test_results_never_replace_an_input_under_another_name(frame: Path, blue_belt: Path, tmp_path: Path) -> None:
    before = frame.read_bytes()
    link = tmp_path / "link.jpg"
    os.link(frame, link)
    assert grade(frame, "--calibration", blue_belt, "--format", "jsonl", "-o", link) == EXIT_USAGE
    assert frame.read_bytes() == before


def test_two_never_write_one_file(
    frame: Path, blue_belt: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    output = tmp_path / "rows.jsonl"
    with Results(output) as first:
        first.write("mine\n")
        assert grade(frame, "--calibration", blue_belt, "-o", output) == EXIT_USAGE
    assert "another grader is writing" in capsys.readouterr().err
    assert output.read_text(encoding="utf-8") == "mine\n"
    assert grade(frame, "--calibration", blue_belt, "-o", output) == 0
    assert "mine" not in output.read_text(encoding="utf-8")


def test_a_device_without_room_says_so(frame: Path, blue_belt: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert grade(frame, "--calibration", blue_belt, "-o", "/dev/full") == 1
    assert "No space left on device" in capsys.readouterr().err


@pytest.mark.parametrize(("option", "suffix"), [("--masks", "png"), ("--overlay", "jpg")])
def test_results_and_drawings_never_share_a_file(
    option: str, suffix: str, frame: Path, blue_belt: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "drawn"
    output = folder / f"frame.{suffix}"
    assert grade(frame, "--calibration", blue_belt, option, folder, "--format", "jsonl", "-o", output) == EXIT_USAGE
    assert not output.exists()


def test_a_loop_of_links_is_one_bad_picture(frame: Path, blue_belt: Path, tmp_path: Path) -> None:
    loop, output = tmp_path / "loop.jpg", tmp_path / "rows.jsonl"
    loop.symlink_to(loop)
    assert grade(loop, frame, "--calibration", blue_belt, "-o", output) == 1
    first, second, *_ = output.read_text(encoding="utf-8").splitlines()
    assert "error" in json.loads(first)
    assert json.loads(second)["fruit"] == 1


def test_a_folder_in_a_drawings_place_costs_only_its_picture(frame: Path, blue_belt: Path, tmp_path: Path) -> None:
    overlays, bad = tmp_path / "overlays", tmp_path / "bad.jpg"
    (overlays / "bad.jpg").mkdir(parents=True)
    bad.write_bytes(b"no picture")
    assert grade(bad, frame, "--calibration", blue_belt, "--overlay", overlays, "-o", tmp_path / "rows.jsonl") == 1
    assert (overlays / "frame.jpg").is_file()


def test_a_full_disk_leaves_whole_rows(frame: Path, blue_belt: Path, tmp_path: Path) -> None:
    output = tmp_path / "rows.jsonl"
    words: list[str | Path] = [GRADER, "grade", *[frame] * 8, "--calibration", blue_belt, "-o", output]
    limited = ["/bin/bash", "-c", 'ulimit -f 30; exec "$@"', "bash", *words]
    result = subprocess.run(limited, capture_output=True, text=True, check=False)
    assert result.returncode == 1
    assert "Traceback" not in result.stderr
    rows = output.read_text(encoding="utf-8").splitlines()
    assert rows
    for row in rows:
        json.loads(row)


def test_no_stdout_is_a_sentence(frame: Path, blue_belt: Path) -> None:
    words: list[str | Path] = [GRADER, "grade", frame, "--calibration", blue_belt]
    closed = ["/bin/bash", "-c", 'exec "$@" >&-', "bash", *words]
    result = subprocess.run(closed, capture_output=True, text=True, check=False)
    assert result.returncode != 0
    assert "Traceback" not in result.stderr
    assert "-o" in result.stderr
