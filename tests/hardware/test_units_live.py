"""The units in a real systemd (a container): start, kill, watchdog, stop, power cut and boot again."""

import os
import signal
import sqlite3
import subprocess
import time
from pathlib import Path

import pytest

HERE = Path(__file__).parent / "nspawn"
ROOT = os.environ.get("GRADER_STATION_ROOT", "")
STATION = """
journal = "/var/lib/strawberry-grader/journal.db"
books = "/var/lib/strawberry-grader/station.db"
sockets = "/var/lib/strawberry-grader/run"
[hardware]
kind = "twin"
depth = "sightings"
people = false
"""
COLD_BOOT_MS = 20_000
"""Of a computer of its own."""
LONGEST_S = 900
"""A container that has not ended by then hangs."""

pytestmark = pytest.mark.skipif(not ROOT, reason="needs a root of Debian: make test-hardware")


def boot(state: Path, job: str, *more: str, cut_at: str | None = None) -> dict[str, str]:
    """Boot, do it, switch off: what it said, word by word. `cut_at`: once it says this, somebody pulls the plug."""
    (state / "settings").mkdir(exist_ok=True)
    (state / "settings" / "station.toml").write_text(STATION)
    container = subprocess.Popen(
        [str(HERE / "boot.sh"), ROOT, str(state), str(HERE / job), *more],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        env=os.environ | {"NSPAWN_TIMEOUT_S": str(LONGEST_S)},
    )  # fmt: skip
    while container.poll() is None:
        time.sleep(0.2)
        if cut_at is not None and cut_at in said_by(state):
            os.killpg(container.pid, signal.SIGKILL)  # timeout(1) has made a group of its own
    return {key: value for key, _, value in (line.partition(" ") for line in said_by(state).splitlines())}


def said_by(state: Path) -> str:
    path = state / "out" / "said"
    return path.read_text() if path.exists() else ""


def busy() -> float:
    """By how much longer all takes because others use the computer."""
    return max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))


def test_it_starts_is_killed_hangs_and_stops(tmp_path: Path) -> None:
    said = boot(tmp_path, "life.sh")
    log = (tmp_path / "out" / "log").read_text() if (tmp_path / "out" / "log").exists() else "no log"
    assert said["status"].startswith("Stopped:"), (said, log)
    assert said["user"] == "grader grader"
    assert int(said["boot_to_ready_ms"]) <= COLD_BOOT_MS * busy()
    assert said["after_kill_ms"] != "never"
    assert int(said["watchdog_after_s"]) <= 25 * busy()
    assert said["watchdog_result"] != "0"
    assert said["after_watchdog_ms"] != "never"
    assert int(said["stop_ms"]) <= 15_000 * busy()
    assert said["stopped"] == "success inactive", log


def test_a_power_cut_leaves_a_journal_with_which_it_starts_again(tmp_path: Path) -> None:
    cut = boot(tmp_path, "until_cut.sh", cut_at="makes itself ready")
    assert "ready_ms" in cut
    journal = tmp_path / "lib" / "journal.db"
    assert sqlite3.connect(journal).execute("PRAGMA integrity_check").fetchone() == ("ok",)
    again = boot(tmp_path, "start_again.sh")
    assert int(again["boot_to_ready_ms"]) <= COLD_BOOT_MS * busy()
    assert again["status"].startswith("Stopped:")


@pytest.fixture(scope="module")
def versions(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three versions of this checkout, of which the last one is broken, and the wheels that they need."""
    folder = tmp_path_factory.mktemp("versions")
    subprocess.run([str(HERE / "versions.sh"), str(folder)], check=True)
    return folder


def test_install_update_and_back_and_a_broken_version_goes_back_by_itself(tmp_path: Path, versions: Path) -> None:
    said = boot(tmp_path, "install.sh", str(versions))
    log = "\n".join((tmp_path / "out" / name).read_text() for name in ("installed", "log"))
    # exit code, current, previous, state of the unit, and whether it runs from the current version's folder
    assert said["first"] == "0 1.0.1 - inactive 0", log
    assert said["first_user"] == "grader:750 4", log
    assert said["started"] == "0 1.0.1 - active 1", log
    assert said["again"] == "0 1.0.1 - active 1", log
    assert said["update"] == "0 1.0.2 1.0.1 active 1", log
    assert said["bad"] == "1 1.0.2 1.0.1 active 1", log
    assert said["back"] == "0 1.0.1 1.0.2 active 1", log
    assert "1.0.1" in said["version"]
