"""Thermometers' files become events of a lot or tray; no extreme is lost, and what is beyond the agreed is an alarm."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.trace.desk import labelling
from grader.trace.desk.cold_chain import read_temperatures, report_temperatures, sample_for_laboratory
from grader.trace.errors import AgainstRulesError, NoSuchThingError
from grader.trace.events import Reading
from grader.trace.rules.temperatures import BINS, beyond, thinned
from tests.trace.counter import CHINA, MORNING, PACK, Counter, close_counter, open_counter

CELSIUS = st.decimals(Decimal(-5), Decimal(20), places=1)
READINGS = st.lists(
    st.builds(lambda second, celsius: Reading(MORNING + timedelta(seconds=second), celsius),
              st.integers(0, 200_000), CELSIUS), min_size=1, max_size=300,
)  # fmt: skip


@pytest.fixture
def counter(tmp_path: Path) -> Iterator[Counter]:
    counter = open_counter(tmp_path)
    counter.receive("A")
    counter.feed("A")
    counter.line.send("super", 3, maturity=0.85)
    counter.line.swap("super")
    counter.follow()
    yield counter
    close_counter(counter)


@given(READINGS)
def test_thinning_keeps_extremes_ends_and_order(readings: list[Reading]) -> None:
    kept = thinned(readings)
    assert len(kept) <= 2 * BINS + 2
    assert [reading.at for reading in kept] == sorted(reading.at for reading in kept)
    for extreme in (min, max):
        assert extreme(one.celsius for one in kept) == extreme(one.celsius for one in readings)
        assert extreme(one.at for one in kept) == extreme(one.at for one in readings)
    assert all(any(one is reading for reading in readings) for one in kept)
    low, high = Decimal(4), Decimal(6)
    assert bool(beyond(kept, low, high)) == bool(beyond(readings, low, high))


def test_a_lots_temperatures_are_an_event_with_alarms(counter: Counter) -> None:
    found = read_temperatures("time,celsius\n2026-11-25 06:10,4.0\n2026-11-25T06:40:00+08:00,6.1\n", CHINA)
    alarms = report_temperatures(counter.desk, found, "T-7", "Li", lot="A")
    assert [alarm.celsius for alarm in alarms] == [Decimal("6.1")]
    kind, event = counter.events()[-1]
    assert kind == "cold_chain"
    reports = event["sensorElementList"][0]["sensorReport"]
    assert [report.get("exception") for report in reports] == [None, "ALARM_CONDITION"]
    assert event["trace:agreed"] == {"lowestC": "4", "highestC": "6"}
    assert event["trace:readingsSha256"] == found.sha256
    assert event["eventTime"] == "2026-11-24T22:40:00.000Z"


def test_on_the_way_two_degrees_more_are_agreed(counter: Counter) -> None:
    found = read_temperatures("2026-11-25 06:10,2.0\n2026-11-25 06:20,8.0\n", CHINA)
    assert report_temperatures(counter.desk, found, "T-7", "Li", lot="A", transport=True) == []


def test_a_tray_has_temperatures_of_its_own_once_it_has_a_label(counter: Counter) -> None:
    found = read_temperatures("2026-11-25 06:10,5\n", CHINA)
    with pytest.raises(AgainstRulesError, match="has no label"):
        report_temperatures(counter.desk, found, "T-7", "Li", tray=1)
    labelling.label(counter.desk, 1, PACK, "Li")
    assert report_temperatures(counter.desk, found, "T-7", "Li", tray=1) == []
    assert str(counter.tray(1).serial) in counter.events()[-1][1]["epcList"][0]
    with pytest.raises(NoSuchThingError):
        report_temperatures(counter.desk, found, "T-7", "Li", lot="Z")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "no reading"),
        ("time,celsius\n", "no reading"),
        ("2026-11-25 06:10\n", "row 1"),
        ("2026-11-25 06:10,cold\n", "row 1"),
        ("2026-11-25 06:10,5\n2026-13-25 06:10,5\n", "row 2"),
        ("2026-11-25 06:10,NaN\n", "no temperature"),
    ],
)
def test_a_file_that_is_none_names_the_row(text: str, why: str) -> None:
    with pytest.raises(AgainstRulesError, match=why):
        read_temperatures(text, CHINA)


def test_readings_that_are_still_to_come_are_refused(counter: Counter) -> None:
    with pytest.raises(AgainstRulesError, match="still to come"):
        report_temperatures(counter.desk, read_temperatures("2026-11-25 23:10,5\n", CHINA), "T-7", "Li", lot="A")
    assert [kind for kind, _ in counter.events()] == ["received"]


def test_a_sample_for_the_laboratory_is_an_event_of_its_lot(counter: Counter) -> None:
    sample_for_laboratory(counter.desk, "A", "R-12", "Li")
    kind, event = counter.events()[-1]
    assert (kind, event["trace:sample"]["purpose"]) == ("sampled", "residues")
    assert event["quantityList"][0]["epcClass"].endswith("/lot/A")
