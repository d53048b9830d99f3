"""Counts by the API against what lies in the twin's trays, while line, web process and network fail again and again.

.venv/bin/python benchmarks/api_truth.py --fruit 100000 --line-kills 25
"""

import argparse
import http.client
import json
import os
import random
import tempfile
import time
import urllib.request
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.bad_network import BadNetwork
from benchmarks.figures import provenance, publish
from benchmarks.killed_line import JOURNAL, start_line, truth
from benchmarks.table import markdown
from grader.store import VersionError, reading
from grader.store.tail import last_fruit
from tests.system.station_process import ServeProcess, grader

STATION = "[api]\nrequests_per_s = 10000.0\nburst = 100000\n"
WEB_KILLED = 0.1
"""Share of the questions before which the web process is killed."""
LOST = 0.2
"""Share of the connections that break."""
ASKED_EVERY_S = 1.0
ANSWER_S = 30.0
PATIENCE_S = 120.0


@dataclass
class Held:
    """What was asked and found."""

    line_kills: int = 0
    web_kills: int = 0
    broken: int = 0
    asked: int = 0
    unanswered: int = 0
    too_many: list[str] = field(default_factory=list)
    """Answers that said more than lay in the trays."""
    delivered: Counter[str] = field(default_factory=Counter)
    """By outlet, at the end, by the API."""
    truth: Counter[str] = field(default_factory=Counter)
    """By outlet, at the end, in the trays."""
    unconfirmed: int = 0
    recorded: int = 0
    finished: int = 0
    """Fruit of every outcome, by the API."""

    @property
    def holds(self) -> bool:
        """No answer said too much; at the end delivered <= truth <= delivered + unconfirmed, and none is missing."""
        short = sum((self.truth - self.delivered).values())
        return (
            not self.too_many
            and not self.delivered - self.truth
            and short <= self.unconfirmed
            and self.finished == self.recorded
        )


@dataclass
class Upstream:
    """Somebody who counts by the API, over a network that loses connections."""

    served: ServeProcess
    network: BadNetwork
    key: str

    def ask(self, question: str) -> dict[str, Any] | None:
        """The answer; None: there was none."""
        address = f"http://127.0.0.1:{self.network.port}/api/v1/counts?{question}"
        request = urllib.request.Request(address, headers={"Authorization": f"Bearer {self.key}"})
        try:
            with urllib.request.urlopen(request, timeout=ANSWER_S) as answer:  # noqa: S310
                found: dict[str, Any] = json.loads(answer.read())
                return found
        except (OSError, http.client.HTTPException):
            return None

    def insist(self, question: str) -> dict[str, Any]:
        """The same again until there is an answer."""
        until_s = time.monotonic() + PATIENCE_S
        while time.monotonic() < until_s:
            if (found := self.ask(question)) is not None:
                return found
        raise TimeoutError(f"no answer to {question} within {PATIENCE_S:.0f} s")


def hold_against(folder: Path, fruit: int, seed: int = 1, *, line_kills: int = 0) -> Held:
    """Run a line until so many `fruit` are recorded; kill it and the web process, and lose connections, meanwhile."""
    chance, held = random.Random(seed), Held()  # noqa: S311 - not for secrets
    file = folder / "station.toml"
    file.write_text(STATION)
    key = grader("api", "key", "create", "--scope", "read", "--station", str(file))
    dies_at = sorted(chance.randrange(fruit // 10, fruit) for _ in range(line_kills))
    served = ServeProcess(file, 0)
    served.start()
    line = start_line(folder, fruit, seed)
    with BadNetwork(served.port, LOST, seed) as network:
        upstream = Upstream(served, network, key)
        try:
            while line.is_alive():
                line.join(chance.uniform(0, 2 * ASKED_EVERY_S))
                if dies_at and recorded(folder) >= dies_at[0]:
                    line.kill()
                    line.join()
                    dies_at.pop(0)
                    held.line_kills += 1
                    line = start_line(folder, max(1, fruit - recorded(folder)), seed + held.line_kills)
                if chance.random() < WEB_KILLED:
                    served.kill()
                    held.web_kills += 1
                    _compare(upstream, folder, held)
                    served.start()
                _compare(upstream, folder, held)
            if line.exitcode:
                raise RuntimeError(f"the line ended with {line.exitcode}")
            held.recorded, held.truth, held.broken = recorded(folder), truth(folder), network.broken
            _at_the_end(upstream, held)
        finally:
            line.kill()
            served.kill()
    return held


def recorded(folder: Path) -> int:
    """Fruit in the journal, of all runs."""
    if not (folder / JOURNAL).exists():
        return 0
    try:
        with reading(folder / JOURNAL) as journal:
            return last_fruit(journal)
    except VersionError:  # the line is just building it
        return 0


def _compare(upstream: Upstream, folder: Path, held: Held) -> None:
    held.asked += 1
    found = upstream.ask("by=outlet")
    if found is None:
        held.unanswered += 1
        return
    lying = truth(folder)  # after the answer: it may be more by now, and never less
    said = Counter({row["outlet"]: row["fruit"] for row in found["rows"]})
    if said - lying:
        held.too_many.append(f"{dict(said)} said, {dict(lying)} in the trays")


def _at_the_end(upstream: Upstream, held: Held) -> None:
    until_s = time.monotonic() + PATIENCE_S
    found = upstream.insist("by=outcome,outlet&every_outcome=true")
    while found["fruit"] < held.recorded and time.monotonic() < until_s:
        found = upstream.insist("by=outcome,outlet&every_outcome=true")
    held.finished = found["fruit"]
    for row in found["rows"]:
        if row["outcome"] == "delivered":
            held.delivered[row["outlet"]] += row["fruit"]
        held.unconfirmed += row["fruit"] if row["outcome"] == "unconfirmed" else 0


def main() -> None:
    """Run, print, publish; exit code 1 where it does not hold."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--fruit", type=int, default=100_000)
    parser.add_argument("--line-kills", type=int, default=25)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        held = hold_against(Path(folder), arguments.fruit, line_kills=arguments.line_kills)
    rows = [
        ("fruit recorded by the line", str(held.recorded)),
        ("fruit finished, by the API", str(held.finished)),
        ("line killed", str(held.line_kills)),
        ("web process killed", str(held.web_kills)),
        ("connections broken", str(held.broken)),
        ("asked, unanswered", f"{held.asked}, {held.unanswered}"),
        ("answers that said more than lay in the trays", str(len(held.too_many))),
        ("delivered, by the API", str(held.delivered.total())),
        ("in the trays", str(held.truth.total())),
        ("unconfirmed", str(held.unconfirmed)),
        ("delivered <= truth <= delivered + unconfirmed", "holds" if held.holds else "does NOT hold"),
    ]
    table = markdown(("quantity", "value"), rows)
    print(table)
    about = {
        **provenance(),
        "simulated": "60 fruit/s, 1 m/s, virtual time, without optics, each line a process with its own machine; line "
        f"and web process are killed by SIGKILL, and {LOST:.0%} of the connections between API and whoever asks break",
        "load": f"{os.getloadavg()[0]:.1f} on {os.cpu_count()} cores at the end",
    }
    publish("api-truth", about, "Counts by the API against the twin's trays", table, {"holds": held.holds})
    if not held.holds:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
