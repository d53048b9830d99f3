"""Journals to write to."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from grader.store import FruitDecided, FruitDelivered, Journal, Outcome, RunStarted, TrayOpened

RUN = RunStarted(
    run=1,
    started_utc_ns=1,
    software_version="0",
    model_sha256="m",
    rule_pack_sha256="r",
    calibration_sha256="c",
    station="twin",
)
TRAY = TrayOpened(tray=1, run=1, outlet="super", opened_utc_ns=1)
FRUIT = FruitDecided(
    run=1,
    fruit=1,
    lane=0,
    encoder_count=0,
    exposed_monotonic_ns=0,
    decided_utc_ns=1,
    views=2,
    sightings=3,
    diameter_mm=36.0,
    decay="not_assessed",
    grade="super",
    decided_outlet="super",
    outlet="super",
    criterion="size",
    margin=1.0,
    reason_code="graded",
    reason="Super",
    tray=1,
)
DELIVERY = FruitDelivered(
    run=1,
    fruit=1,
    outcome=Outcome.DELIVERED,
    outlet="super",
    tray=1,
    encoder_count=None,
    cause=None,
    delivered_utc_ns=2,
)
RECHECK = replace(DELIVERY, outcome=Outcome.RECHECK, outlet="recheck", tray=None, cause="late")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal.db"


@pytest.fixture
def journal(path: Path) -> Iterator[Journal]:
    """With an open run, and a tray for Super."""
    with Journal(path) as opened:
        opened.submit(RUN).result()
        opened.submit(TRAY).result()
        yield opened


Numbered = Callable[[int], FruitDecided]


@pytest.fixture
def fruit() -> Numbered:
    return lambda number: replace(FRUIT, fruit=number)
