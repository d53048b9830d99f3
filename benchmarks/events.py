"""Are ten thousand events of every kind valid? Asked of two implementations of JSON Schema, with format checks.

    .venv/bin/python benchmarks/events.py SCHEMA [EVENTS]

SCHEMA is GS1's EPCIS-JSON-Schema.json (2.0), which is not ours to bundle.
"""

import json
import sys
import time
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any

import jsonschema
import jsonschema_rs
import numpy as np

from grader.trace.events import (
    ColdChain,
    Happening,
    Held,
    LotShare,
    Names,
    Packed,
    Reading,
    Recalled,
    Received,
    Released,
    Sampled,
    Things,
    declare_error,
    write_document,
    write_event,
)
from grader.trace.evidence.commitment import commit
from grader.trace.identity import DEMO_PREFIX, Gtin, TrayIdentity, make_serial

EVENTS = 10_000
IN_A_DOCUMENT = 20
NAMES = Names("trace.example.org")
START = datetime(2026, 11, 1, tzinfo=timezone(timedelta(hours=8)))
CORRECTED_SHARE = 0.05

Chance = np.random.Generator
Make = Callable[[], Happening]


def an_event(chance: Chance) -> dict[str, object]:
    """Any event, now and then one that was declared wrong."""
    at = START + timedelta(seconds=int(chance.integers(0, 30 * 86_400)))
    event = write_event(_happening(chance, at), at, "station-1", NAMES, commit("operator", chance.bytes(16)))
    return declare_error(event, at, "did_not_occur") if chance.random() < CORRECTED_SHARE else event


def _happening(chance: Chance, at: datetime) -> Happening:
    things = Things(trays=_trays(chance)) if chance.random() < 0.5 else Things(lots=_shares(chance))  # noqa: PLR2004
    kinds: list[Make] = [
        lambda: Received(
            _shares(chance)[0],
            commit("grower", chance.bytes(16)),
            "P-1",
            "红颜 Benihoppe",
            at - timedelta(hours=2),
            at,
            Decimal("5.5"),
        ),
        lambda: Packed(_shares(chance), _trays(chance), "Super", at.date(), {"rulePack": chance.bytes(32).hex()}),
        lambda: Sampled(things, f"S-{chance.integers(1000)}", "residues, weekly"),
        lambda: Held(things, "residue report missing"),
        lambda: Released(things, "report in, passed"),
        lambda: Recalled(things, "residue above limit"),
        lambda: ColdChain(
            things,
            "T-7",
            tuple(Reading(at, Decimal(int(chance.integers(20, 90))) / 10) for _ in range(5)),
            Decimal(4),
            Decimal(6),
        ),
    ]
    return kinds[int(chance.integers(len(kinds)))]()


def _shares(chance: Chance) -> tuple[LotShare, ...]:
    first = int(chance.integers(10_000))
    return tuple(
        LotShare(f"L-{first + more}", Decimal(int(chance.integers(1, 10**6))) / 1000) for more in range(1 + first % 3)
    )


def _trays(chance: Chance) -> tuple[TrayIdentity, ...]:
    gtin = None if chance.random() < 0.2 else Gtin.of_company(DEMO_PREFIX, int(chance.integers(10**5)))  # noqa: PLR2004
    first = int(chance.integers(10**6))
    return tuple(
        TrayIdentity(gtin, "GV1-261125-2S-014", make_serial(first + more, chance.bytes(5)))
        for more in range(1 + first % 5)
    )


def main(path: Path, events: int) -> None:
    """Write them, judge them, and say how many each validator refuses."""
    schema: dict[str, Any] = json.loads(path.read_text())
    python = jsonschema.Draft7Validator(schema, format_checker=jsonschema.Draft7Validator.FORMAT_CHECKER)
    rust = jsonschema_rs.Draft7Validator(schema, validate_formats=True)
    chance = np.random.default_rng(5)
    began = time.process_time()
    written = [an_event(chance) for _ in range(events)]
    print(f"written: {events} events, {(time.process_time() - began) / events * 1e3:.2f} ms of processor each")
    documents = [
        json.loads(json.dumps(write_document(written[start : start + IN_A_DOCUMENT], START, NAMES)))
        for start in range(0, events, IN_A_DOCUMENT)
    ]
    for name, valid in (("jsonschema", python.is_valid), ("jsonschema-rs", rust.is_valid)):
        refused = sum(not valid(document) for document in documents)
        print(f"{name}: {refused} of {len(documents)} documents with {events} events refused")


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else EVENTS)  # noqa: PLR2004 - the second word
