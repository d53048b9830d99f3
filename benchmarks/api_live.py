"""How old events are when they reach a hundred listeners, while a line writes forty fruit a second.

.venv/bin/python benchmarks/api_live.py --seconds 60
"""

import argparse
import json
import math
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.figures import provenance, publish
from benchmarks.table import markdown
from grader.store.records import EventHappened
from tests.store.small_line import SmallLine
from tests.system.station_process import ServeProcess, grader

if TYPE_CHECKING:
    from concurrent.futures import Future

LISTENERS = 100
FRUIT_PER_S = 40
EVENTS_PER_S = 4
LIMIT_MS = 500.0
MEMORY = Path("/dev/shm")  # noqa: S108 - a disk that is never busy
STATION = "[api]\nrequests_per_s = 10000.0\nburst = 100000\n"
LISTENER = """
import json, socket, sys, time
port, key, listeners, until = int(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
import selectors
chosen = selectors.DefaultSelector()
for _ in range(listeners):
    peer = socket.create_connection(("127.0.0.1", port))
    peer.sendall(f"GET /api/v1/events/stream?type=machine&after=0 HTTP/1.1\\r\\nHost: 127.0.0.1\\r\\n"
                 f"Authorization: Bearer {key}\\r\\n\\r\\n".encode())
    peer.setblocking(False)
    chosen.register(peer, selectors.EVENT_READ, bytearray())
print("listening", flush=True)
ages, heard = [], 0
while heard < listeners:
    for key_, _ in chosen.select():
        kept = key_.data
        data = key_.fileobj.recv(1 << 16)
        if not data:
            sys.exit("cut off")
        kept += data
        now_ns = time.time_ns()
        while (end := kept.find(b"\\n\\n")) >= 0:
            frame, kept[:] = bytes(kept[:end]), kept[end + 2:]
            at = frame.find(b"data: ")
            if b"event: machine.mark" not in frame or at < 0:
                continue
            text = frame[at + 6:].split(b"\\n")[0]
            fact = json.loads(text)["data"]
            ages.append((now_ns - fact["said_ns"]) / 1e6)
            heard += fact["number"] == until
print(json.dumps(ages))
"""


def write(line: SmallLine, seconds: float) -> tuple[int, float]:
    """Fruit and events as a line writes them, on their time: how many events, and the latest that one was written."""
    late_s, count, due_s = 0.0, 0, time.monotonic()
    waiting: list[Future[None]] = []
    for tick in range(round(seconds * FRUIT_PER_S)):
        due_s += 1 / FRUIT_PER_S
        time.sleep(max(0.0, due_s - time.monotonic()))
        late_s = max(late_s, time.monotonic() - due_s)
        waiting += line.pass_by("super")
        if tick % (FRUIT_PER_S // EVENTS_PER_S) == 0:
            count += 1
            mark = EventHappened(
                kind="mark", payload={"number": count, "said_ns": time.time_ns()}, utc_ns=time.time_ns(),
                monotonic_ns=time.monotonic_ns(), run=line.run,
            )  # fmt: skip
            waiting.append(line.journal.submit(mark))
    for future in waiting:
        future.result()
    return count, late_s


def measure(parent: Path | None, seconds: float, listeners: int) -> dict[str, float]:
    """One run, its journal and books in a folder below `parent`; None: where temporary files are."""
    with tempfile.TemporaryDirectory(dir=parent) as name:
        station = Path(name) / "station.toml"
        station.write_text(STATION)
        key = grader("api", "key", "create", "--scope", "read", "--station", str(station))
        line = SmallLine(Path(name) / "journal.db").start()
        served = ServeProcess(station, 0)
        served.start()
        last = round(seconds * FRUIT_PER_S) // (FRUIT_PER_S // EVENTS_PER_S)
        words = [str(served.port), key, str(listeners), str(last)]
        hearing = subprocess.Popen([sys.executable, "-c", LISTENER, *words], stdout=subprocess.PIPE, text=True)
        if hearing.stdout is None or hearing.stdout.readline().strip() != "listening":
            raise SystemExit("nobody listens")
        said, late_s = write(line, seconds)
        ages = sorted(json.loads(hearing.communicate()[0]))
        served.end()
        line.close()
    return {
        "said": said,
        "heard": len(ages),
        "median_ms": ages[len(ages) // 2],
        "p99_ms": ages[math.ceil(len(ages) * 0.99) - 1],
        "longest_ms": ages[-1],
        "writer_late_ms": late_s * 1000,
    }


def main() -> None:
    """Run, print, publish; exit code 1 where an event is missing, or comes too late even without a disk."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--listeners", type=int, default=LISTENERS)
    arguments = parser.parse_args()
    places = {"files on the disk": None} | ({"files in memory": MEMORY} if MEMORY.is_dir() else {})
    found = {name: measure(parent, arguments.seconds, arguments.listeners) for name, parent in places.items()}
    rows = [
        ("events said", *(f"{one['said']:.0f}" for one in found.values())),
        ("heard, by all listeners together", *(f"{one['heard']:.0f}" for one in found.values())),
        ("age when heard: median", *(f"{one['median_ms']:.0f} ms" for one in found.values())),
        ("99 %", *(f"{one['p99_ms']:.0f} ms" for one in found.values())),
        ("longest", *(f"{one['longest_ms']:.0f} ms" for one in found.values())),
        ("latest that the writer itself came to write", *(f"{one['writer_late_ms']:.0f} ms" for one in found.values())),
    ]
    table = markdown(("quantity", *found), rows)
    print(table)
    about = {
        **provenance(("strawberry-grader", "fastapi", "uvicorn")),
        "what": f"a program writes {FRUIT_PER_S} fruit/s and {EVENTS_PER_S} events/s into a journal; web process and "
        f"{arguments.listeners} listeners are two further processes on the same machine; {arguments.seconds:g} s each",
        "age": "from before the journal is handed an event until a listener has it: two commits that wait for a disk",
        "load": f"{os.getloadavg()[0]:.1f} on {os.cpu_count()} cores at the end, shared with other work",
    }
    publish("api-live", about, "Age of events on the live feed", table, {"runs": found})
    lost = any(one["heard"] != one["said"] * arguments.listeners for one in found.values())
    if lost or [*found.values()][-1]["p99_ms"] > LIMIT_MS:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
