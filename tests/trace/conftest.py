"""The small world of the tests of evidence."""

import pytest

from grader.trace.evidence import EventLog
from grader.trace.evidence.trust import LogKey, Witness
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
