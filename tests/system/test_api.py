"""The web process beside a line: killed, cut off and started again, it loses nothing and doubles nothing."""

import http.client
import json
import random
import threading
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from grader.store import Outcome
from tests.api.receiver import Receiver
from tests.store.small_line import SmallLine
from tests.system.station_process import ServeProcess, grader

STATION = '[hardware]\nkind = "twin"\npeople = true\ndepth = "sightings"\n[api]\nprivate_targets = ["127.0.0.1"]\n'
KILLS = 6
TURNS = 18


@pytest.fixture
def station(tmp_path: Path) -> Path:
    path = tmp_path / "station.toml"
    path.write_text(STATION)
    return path


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    found = Receiver()
    yield found
    found.die()


class Listener:
    """Listens to the live feed, goes on behind the last event whenever it is cut off, and keeps all it heard."""

    def __init__(self, process: ServeProcess, key: str) -> None:
        self.heard: list[int] = []
        self.cuts = 0
        self._process, self._key = process, key
        self._last: int | None = 0
        self._ends = threading.Event()
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def until(self, last: int) -> None:
        with self._changed:
            assert self._changed.wait_for(lambda: bool(self.heard) and self.heard[-1] >= last, 60), self.heard

    def close(self) -> None:
        self._ends.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._ends.is_set():
            try:
                self._listen()
            except (OSError, http.client.HTTPException):
                self.cuts += 1
                self._ends.wait(0.05)

    def _listen(self) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self._process.port, timeout=5)
        headers = {"Authorization": f"Bearer {self._key}", "Last-Event-ID": str(self._last)}
        connection.request("GET", "/api/v1/events/stream", headers=headers)
        answer = connection.getresponse()
        assert answer.status == 200
        try:
            while not self._ends.is_set() and (line := answer.readline()):
                if line.startswith(b"id: "):
                    with self._changed:
                        self._last = int(line[4:])
                        self.heard.append(self._last)
                        self._changed.notify_all()
        finally:
            connection.close()


def events(process: ServeProcess, key: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    cursor: str | None = ""
    while cursor is not None:
        page = process.ask(f"/api/v1/events?limit=1000{cursor and f'&cursor={cursor}'}", key)
        found += page["items"]
        cursor = page["next_cursor"]
    return found


def test_killed_in_the_middle_it_loses_no_fruit_no_event_and_no_delivery(
    station: Path, served: ServeProcess, receiver: Receiver
) -> None:
    """A line writes on, the receiver answers as it likes, and the web process is killed again and again."""
    chance = random.Random(11)  # noqa: S311 - not for secrets
    key = grader("api", "key", "create", "--scope", "configure", "--station", str(station))
    receiver.secret = served.ask("/api/v1/deliveries/endpoints", key, {"name": "erp", "url": receiver.url})["secret"]
    receiver.answers = lambda _event, _times: None if chance.random() < 0.05 else 204
    line = SmallLine(station.with_name("journal.db")).start()
    listener = Listener(served, key)
    truth: Counter[str] = Counter()
    try:
        for turn in range(TURNS):
            for _ in range(20):
                outlet, outcome = chance.choice(["super", "I", "II"]), chance.choices(list(Outcome), [8, 1, 1])[0]
                line.send(outlet, 1, outcome)
                truth[outcome] += 1
            line.swap(chance.choice(["super", "I", "II"]))
            if turn % (TURNS // KILLS) == 1:
                served.kill()
                served.start()
        line.end()
        eventually_all(served, key, sum(truth.values()))
        told = eventually_told(served, key, {"tray.closed": TURNS, "tray.taken_away": TURNS})
        listener.until(told[-1]["sequence"])
        served.ask("/api/v1/deliveries/endpoints/erp/resume", key, {"why": "what failed is due at once"})
        while len(receiver.once()) < len(told):
            receiver.until_more(len(told))
            served.ask("/api/v1/deliveries/endpoints/erp/resume", key, {"why": "what failed is due at once"})
    finally:
        listener.close()
        line.close()
    counts = served.ask("/api/v1/counts?by=outcome&every_outcome=true", key)
    assert {row["outcome"]: row["fruit"] for row in counts["rows"]} == truth
    numbers = [one["sequence"] for one in told]
    assert listener.cuts >= KILLS
    assert listener.heard == numbers
    assert sorted(event["sequence"] for event in receiver.once()) == numbers
    by_key: dict[str, list[int]] = defaultdict(list)
    for event in receiver.once():
        by_key[event["key"]].append(event["sequence"])
    assert all(of_key == sorted(of_key) for of_key in by_key.values())


def eventually_all(process: ServeProcess, key: str, fruit: int) -> None:
    """Until the books have what the line has written."""
    for _ in range(2000):
        if process.ask("/api/v1/counts?every_outcome=true", key)["fruit"] == fruit:
            return
    raise AssertionError("the books do not come up with the line")


def eventually_told(process: ServeProcess, key: str, expected: dict[str, int]) -> list[dict[str, Any]]:
    """All events, when there are so many of each type: trays come into the books behind the fruit that lie in them."""
    for _ in range(2000):
        told = events(process, key)
        if expected.items() <= Counter(event["type"] for event in told).items():
            return told
    raise AssertionError(Counter(event["type"] for event in told))


def test_it_says_where_it_listens_and_ends_in_order(served: ServeProcess) -> None:
    assert served.address.startswith("http://127.0.0.1:")
    assert served.end() == (0, "")
    served.start()


def test_keys_are_made_and_revoked_while_it_runs_and_while_it_does_not(station: Path, served: ServeProcess) -> None:
    words = ("--station", str(station))
    running = grader("api", "key", "create", "--scope", "read", "--name", "while it runs", *words)
    assert served.ask("/api/v1/counts", running)["fruit"] == 0
    served.end()
    alone = grader("api", "key", "create", "--scope", "read", "--name", "while it stands", *words)
    assert "while it runs" in grader("api", "key", "list", *words)
    served.start()
    assert served.ask("/api/v1/counts", alone)["fruit"] == 0
    assert "is revoked" in grader("api", "key", "revoke", alone.split("_")[1], *words)
    audit = json.dumps(served.ask("/api/v1/audit", running))
    assert "key.revoke" in audit
    assert grader("api", "token", *words).startswith("gt_")
