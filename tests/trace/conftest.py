"""The small world of the tests of evidence, and two validators of events."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.trace.evidence import EventLog
from grader.trace.evidence.trust import LogKey, Witness
from tests.trace.counter import Counter, close_counter, open_counter
from tests.trace.events_of import Validators
from tests.trace.world import ORIGIN, World, log_key, trusting, witness_key


@pytest.fixture
def world() -> World:
    log = EventLog(ORIGIN)
    for tray in range(7):
        log.append({"type": "packed", "tray": tray, "net_weight_kg": "2.500"})
    operator, county, laboratory = log_key(), witness_key("county", 101), witness_key("laboratory", 102)
    witnesses = (
        Witness(holder="县农业农村局 (county office)", key=county.public),
        Witness(holder="Test laboratory", key=laboratory.public),
    )
    return World(log, operator, county, laboratory, trusting((LogKey(key=operator.public),), witnesses, 1))


@pytest.fixture(scope="session")
def validators(shared_data: Path) -> Validators:
    """Two implementations of JSON Schema by different people, with format checks, on the official schema."""
    import jsonschema  # noqa: PLC0415 - reads grammars for a second, which only those who validate shall wait for
    import jsonschema_rs  # noqa: PLC0415

    schema = json.loads((shared_data / "vectors" / "epcis" / "EPCIS-JSON-Schema.json").read_text())
    python = jsonschema.Draft7Validator(schema, format_checker=jsonschema.Draft7Validator.FORMAT_CHECKER)
    rust = jsonschema_rs.Draft7Validator(schema, validate_formats=True)
    return python.validate, rust.validate


@pytest.fixture
def counter(tmp_path: Path) -> Iterator[Counter]:
    counter = open_counter(tmp_path)
    yield counter
    close_counter(counter)


@pytest.fixture
def packed(counter: Counter) -> Counter:
    """Lot A, 40 Super in tray 1, which the line has put an empty one in the place of."""
    assert counter.receive("A") == []
    counter.feed("A")
    counter.line.send("super", 40)
    counter.line.swap("super")
    counter.follow()
    return counter
