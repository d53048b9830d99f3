"""How long a buyer's computer needs for one proof, and the station for one event of its log.

.venv/bin/python benchmarks/proofs.py [EVENTS]
"""

import statistics
import sys
import time
from collections.abc import Callable

from grader.trace.evidence import Bundle, EventLog, KeyKind, SecretKey, parse_trust, verify
from grader.trace.evidence.cosignature import cosign

EVENTS = 100_000
ROUNDS = 500
MS_PER_S = 1000.0
ORIGIN = "station.example/1"


def event(number: int) -> dict[str, object]:
    """About as long as the event of a packed tray is."""
    return {"type": "packed", "tray": number, "net_weight_kg": "2.500", "rest": "x" * 800}


def times_ms(work: Callable[[], object]) -> list[float]:
    """How long each round took, sorted."""
    took = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        work()
        took.append((time.perf_counter() - began) * MS_PER_S)
    return sorted(took)


def main(events: int) -> None:
    """Grow a log, prove an event in its middle, check the proof again and again."""
    operator = SecretKey.from_seed(ORIGIN, KeyKind.LOG, bytes(32))
    county = SecretKey.from_seed("county.example/w", KeyKind.WITNESS, bytes([1]) * 32)
    trust = parse_trust(
        f'{{"format": "grader-trust/1", "witnesses": [{{"holder": "county", "key": "{county.public.text}"}}], "logs": '
        f'[{{"origin": "{ORIGIN}", "holder": "station", "keys": [{{"key": "{operator.public.text}"}}]}}]}}',
        "trust",
    )
    log = EventLog(ORIGIN)
    began = time.process_time()
    for number in range(events):
        log.append(event(number))
    print(f"append: {(time.process_time() - began) / events * 1e6:.0f} µs of processor an event, {events} events")
    head = log.checkpoint([operator])
    head = head.signed_also(cosign(head.text, county, 0))
    file = log.prove(events // 2, head).written.encode()
    took = times_ms(lambda: verify(Bundle.parse(file), trust))
    print(
        f"verify: median {statistics.median(took):.2f} ms, p99 {took[len(took) * 99 // 100]:.2f} ms, "
        f"{ROUNDS} rounds; the file has {len(file)} bytes"
    )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else EVENTS)
