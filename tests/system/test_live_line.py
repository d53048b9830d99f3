"""The station's processes against the simulated machine, in real time."""

import json
import re
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

GRADER = Path(sys.executable).with_name("grader")


def start(*words: str) -> "subprocess.Popen[str]":
    command = [str(GRADER), "demo", "--depth", "sightings", "--json", *words]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def finish(process: "subprocess.Popen[str]") -> dict[str, Any]:
    out, err = process.communicate(timeout=120)
    assert process.returncode == 0, err
    summary: dict[str, Any] = json.loads(out)
    return summary


def test_fruit_go_where_they_were_decided_to_go(tmp_path: Path) -> None:
    said = finish(start("--seconds", "6", "--journal", str(tmp_path / "journal.db")))
    delivered = sum(counts["delivered"] for counts in said["per_outlet"].values())
    assert said["fruit"] > 30
    assert delivered > 10
    assert (said["wrong_delivery"], said["lost"], said["balance"]) == (0, 0, True)
    assert said["in_flight"] == 0


def test_ctrl_c_ends_the_run_with_an_empty_belt_and_nothing_left_running() -> None:
    process = start()
    assert process.stderr is not None
    while (line := process.stderr.readline()) and not re.search(r"execute +[1-9]\d* fruit", line):
        assert "rror" not in line
    process.send_signal(signal.SIGINT)
    said = finish(process)
    assert said["fruit"] > 0
    assert (said["in_flight"], said["balance"], said["wrong_delivery"]) == (0, True, 0)
    assert not _children(process.pid)


def _children(pid: int) -> list[str]:
    """Living processes of the group of `pid`'s station."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                stat = (entry / "stat").read_text()
            except OSError:
                continue
            if int(stat.rsplit(")", 1)[1].split()[1]) == pid:
                found.append(stat)
    return found
