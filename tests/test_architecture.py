"""The walls of the house hold: each contract is broken on purpose in a copy, and must stop us."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    """Run the contracts of `folder`'s pyproject.toml on the package `grader` that lies in it."""
    program = Path(sys.executable).with_name("lint-imports")
    environment = os.environ | {"PYTHONPATH": str(folder)}
    command = [str(program), "--no-cache"]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A copy of the package and its contracts."""
    shutil.copytree(ROOT / "grader", tmp_path / "grader", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_the_house_stands(house: Path) -> None:
    result = lint_imports(house)
    assert result.returncode == 0, result.stdout


@pytest.mark.parametrize(
    ("room", "violation", "contract"),
    [
        ("vision", "import grader.grading.measurement", "imports point one way"),
        ("grading", "import grader.vision", "imports point one way"),
        ("store", "import grader.trace", "imports point one way"),
        ("line", "import grader.trace", "imports point one way"),
        ("vision", "import time", "vision is arrays in, arrays out"),
        ("vision", "from pathlib import Path", "vision is arrays in, arrays out"),
        ("api", "import cv2", "the web process never loads OpenCV"),
        ("trace", "import grader.calibration", "the web process never loads OpenCV"),
        ("api", "import grader.line", "the web process never loads OpenCV"),
        ("line", "import grader.hardware.drivers", "only the composition root chooses devices"),
        ("api", "import sqlite3", "SQL is spoken in store alone"),
    ],
)
def test_a_forbidden_import_is_stopped(house: Path, room: str, violation: str, contract: str) -> None:
    (house / "grader" / room / "planted.py").write_text(f"{violation}\n")
    result = lint_imports(house)
    assert result.returncode == 1
    assert re.findall(r"^(.+) BROKEN(?: \(.*\))?$", result.stdout, flags=re.MULTILINE) == [contract]


def test_a_forbidden_import_is_stopped_behind_a_detour(house: Path) -> None:
    (house / "grader" / "store" / "planted.py").write_text("import cv2\n")
    (house / "grader" / "trace" / "planted.py").write_text("import grader.store.planted\n")
    result = lint_imports(house)
    assert result.returncode == 1
    assert "grader.store.planted -> cv2" in result.stdout


def test_a_new_room_must_be_given_its_place(house: Path) -> None:
    (house / "grader" / "attic.py").touch()
    result = lint_imports(house)
    assert result.returncode == 1
    assert "attic" in result.stdout


def test_the_web_process_may_import_the_lines_messages_and_states(house: Path) -> None:
    values = ("alarm_words", "commands", "states", "views")
    for value in values:
        (house / "grader" / "line" / f"{value}.py").touch()
    (house / "grader" / "api" / "planted.py").write_text("".join(f"import grader.line.{value}\n" for value in values))
    assert lint_imports(house).returncode == 0


@pytest.mark.parametrize(
    "room",
    [
        "api",
        "api.serving",
        "trace.evidence",
        "trace.identity",
        "trace.labels",
        "trace.events",
        "trace.desk",
        "store",
        "grading",
        "line",
        "cli.main",
    ],
)
def test_a_light_room_loads_no_opencv(room: str) -> None:
    """The contract reads imports as text; this one starts the room, since importing a value runs its whole package."""
    heavy = "{'cv2', 'onnxruntime'}"
    program = f"import sys, grader.{room}; sys.exit(bool({heavy} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
