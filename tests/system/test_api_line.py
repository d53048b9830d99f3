"""The web process beside the station's real processes: state, commands and counts; and over TLS."""

import json
import ssl
import subprocess
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from grader.store import deliveries_after, reading
from tests.system.station_process import GRADER, WAITS_S, ServeProcess, grader
from tests.system.test_station import until

STATION = """[hardware]
kind = "twin"
people = true
depth = "sightings"

[api]
requests_per_s = 10000.0
burst = 100000
"""


@pytest.fixture
def station(tmp_path: Path) -> Path:
    path = tmp_path / "station.toml"
    path.write_text(STATION)
    return path


@pytest.fixture
def running(station: Path) -> Iterator["subprocess.Popen[str]"]:
    process = subprocess.Popen([GRADER, "run", "--station", str(station)], stderr=subprocess.PIPE, text=True)
    until(process, "execute")
    yield process
    if process.poll() is None:
        process.kill()
    process.communicate()


def command(served: ServeProcess, key: str | None, kind: str) -> tuple[int, dict[str, Any]]:
    headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {key}"} if key else {})
    body = json.dumps({"command": {"kind": kind}}).encode()
    request = urllib.request.Request(served.address + "/api/v1/commands", body, headers)  # noqa: S310 - our own address
    try:
        with urllib.request.urlopen(request, timeout=WAITS_S) as answer:  # noqa: S310
            return answer.status, json.loads(answer.read())
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.loads(error.read())


def until_state(served: ServeProcess, key: str, name: str) -> dict[str, Any]:
    for _ in range(5000):
        state: dict[str, Any] = served.ask("/api/v1/state", key)
        if state["state_name"] == name:
            return state
    raise AssertionError(state)


def test_upstream_holds_and_stops_the_running_line_and_cannot_start_it(
    station: Path, running: "subprocess.Popen[str]", served: ServeProcess
) -> None:
    key = grader("api", "key", "create", "--scope", "operate", "--station", str(station))
    state = until_state(served, key, "Execute")
    assert sum(one["decided"] for one in state["line"]["outlets"]) == state["line"]["recorded"]
    for kind in ("unhold", "reset", "start", "clear", "complete"):
        status, said = command(served, key, kind)
        assert (status, "at the machine" in said["detail"]) == (403, True)
    until_accepted(served, key, "hold")
    until_told(served, key, "HOLDING", "upstream")
    # The simulated people press Unhold and Start too, and may be quicker.
    screen = screen_of(served, station)
    assert {command(served, screen, kind)[0] for kind in ("reset", "unhold")} <= {200, 409}
    assert command(served, None, "hold")[0] == 401
    assert command(served, None, "stop")[0] == 200
    until_told(served, key, "STOPPING", "screen")
    running.kill()
    running.wait()
    until_nothing(served, key)
    assert {to for to, origin in states(served, key) if origin == "upstream"} == {"HOLDING"}
    truth: Counter[tuple[str, str]] = Counter()
    with reading(station.with_name("journal.db")) as journal:
        for row in deliveries_after(journal, 0, 10**6):
            truth[row["outlet"] or "", row["outcome"]] += 1
    assert counted(served, key, truth) == truth


def until_accepted(served: ServeProcess, key: str, kind: str) -> None:
    """A machine that starves aborts, as it should, and people start it again."""
    for _ in range(500):
        until_state(served, key, "Execute")
        if command(served, key, kind)[0] == 200:
            return
    raise AssertionError(f"{kind} is never accepted")


def states(served: ServeProcess, key: str) -> list[tuple[str, str]]:
    """What the machine has entered, and by whose command."""
    found = served.ask("/api/v1/events?type=machine.state&limit=1000", key)["items"]
    return [(one["data"]["to"], one["data"]["origin"]) for one in found]


def until_told(served: ServeProcess, key: str, entered: str, origin: str) -> None:
    for _ in range(5000):
        if (entered, origin) in states(served, key):
            return
    raise AssertionError(states(served, key))


def screen_of(served: ServeProcess, station: Path) -> str:
    """The token of the touchscreen's session."""
    given = grader("api", "token", "--station", str(station))
    return str(served.ask("/api/v1/sessions/screen", "", {"token": given})["token"])


def until_nothing(served: ServeProcess, key: str) -> None:
    for _ in range(5000):
        if not served.ask("/api/v1/state", key)["running"]:
            return
    raise AssertionError("a dead line is said to run")


def counted(served: ServeProcess, key: str, truth: Counter[tuple[str, str]]) -> Counter[tuple[str, str]]:
    """What the books count by outlet and outcome, once they have read as much of the journal as there is."""
    found: Counter[tuple[str, str]] = Counter()
    for _ in range(5000):
        counts = served.ask("/api/v1/counts?by=outlet,outcome&every_outcome=true", key)
        found = Counter({(row["outlet"] or "", row["outcome"]): row["fruit"] for row in counts["rows"]})
        if found.total() >= truth.total():
            break
    return found


def test_another_address_than_loopback_is_served_by_tls_alone(station: Path) -> None:
    command_line = [GRADER, "api", "serve", "--station", str(station), "--port", "0", "--host", "0.0.0.0"]  # noqa: S104
    process = subprocess.Popen(command_line, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        address = process.stdout.readline().partition("/?token=")[0]
        assert address.startswith("https://127.0.0.1:")  # where its token is good
        port = address.rsplit(":", 1)[1]
        certificate = station.parent / "tls" / "station.pem"
        assert (station.parent / "tls" / "station.key").stat().st_mode & 0o077 == 0
        trusted = ssl.create_default_context(cafile=str(certificate))
        with urllib.request.urlopen(f"https://localhost:{port}/healthz/live", context=trusted) as answer:
            assert json.loads(answer.read())["status"] == "ok"
        with pytest.raises(OSError, match=r"disconnected|reset|closed|Remote end"):
            urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz/live", timeout=WAITS_S)
    finally:
        process.terminate()
        process.communicate(timeout=WAITS_S)


def test_a_port_that_is_taken_is_a_sentence(station: Path, served: ServeProcess, tmp_path: Path) -> None:
    store = tmp_path / "other.db"
    done = subprocess.run(
        [GRADER, "api", "serve", "--store", str(store), "--port", str(served.port)],
        capture_output=True, text=True, check=False, timeout=WAITS_S,
    )  # fmt: skip
    assert (done.returncode, "another --port" in done.stderr) == (2, True)
    second = subprocess.run(
        [GRADER, "api", "serve", "--station", str(station), "--port", "0"],
        capture_output=True, text=True, check=False, timeout=WAITS_S,
    )  # fmt: skip
    assert (second.returncode, "another process writes" in second.stderr) == (2, True)
