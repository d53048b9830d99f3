"""What keeps a lot from being sold: residues, safety intervals, cooling."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.trace.rules.suitability import WARM, Picked, Report, Spraying, best_before, find
from grader.trace.settings import TraceSettings

SETTINGS = TraceSettings()
HARVEST = datetime(2026, 11, 25, 6, tzinfo=UTC)
NOW = HARVEST + timedelta(hours=4)
COOLED = Picked(HARVEST, HARVEST + timedelta(minutes=40))
PASSED = Report("L 1", HARVEST - timedelta(days=2), passed=True)
HOURS = st.floats(-400, 400).map(lambda hours: timedelta(hours=hours))
REPORTS = st.lists(st.builds(lambda ago, passed: Report("L", NOW - ago, passed), HOURS, st.booleans()), max_size=5)
SPRAYINGS = st.lists(
    st.builds(lambda ago, days: Spraying("P", HARVEST - ago, days), HOURS, st.floats(0, 20)), max_size=5
)
LOTS = st.builds(
    lambda took: Picked(HARVEST, None if took is None else HARVEST + timedelta(minutes=took)),
    st.none() | st.floats(0, 300),
)


def codes(
    lot: Picked = COOLED, reports: list[Report] | None = None, sprayings: list[Spraying] | None = None,
    at: datetime = NOW,
) -> list[str]:  # fmt: skip
    found = find(lot, [PASSED] if reports is None else reports, sprayings or [], at, SETTINGS)
    return [finding.code for finding in found]


def test_a_lot_of_a_tested_grower_that_was_cooled_in_time_may_be_sold() -> None:
    assert codes() == []


def test_without_a_report_it_is_held() -> None:
    assert codes(reports=[]) == ["residue_missing"]


def test_a_report_that_is_still_to_come_vouches_for_nothing() -> None:
    assert codes(reports=[Report("L 2", NOW + timedelta(hours=1), passed=True)]) == ["residue_missing"]


def test_a_failed_report_holds_until_a_newer_sample_passes() -> None:
    failed = Report("L 2", HARVEST - timedelta(days=1), passed=False)
    assert codes(reports=[PASSED, failed]) == ["residue_failed"]
    assert codes(reports=[failed, Report("L 3", HARVEST, passed=True)]) == []
    assert codes(reports=[failed, Report("L 4", failed.sampled_at, passed=True)]) == ["residue_failed"]


@pytest.mark.parametrize(("days", "expected"), [(6.9, []), (7.0, []), (7.01, ["residue_expired"])])
def test_a_report_vouches_for_seven_days(days: float, expected: list[str]) -> None:
    assert codes(at=PASSED.sampled_at + timedelta(days=days)) == expected


@pytest.mark.parametrize(
    ("applied_days_before", "safety_days", "held"),
    [(2.9, 3, True), (3, 3, False), (3.1, 3, False), (0, 1, True), (0, 0, False), (-1, 30, False)],
)
def test_harvest_before_the_safety_interval_ended_is_held(
    applied_days_before: float, safety_days: float, *, held: bool
) -> None:
    spraying = Spraying("P", HARVEST - timedelta(days=applied_days_before), safety_days)
    assert codes(sprayings=[spraying]) == (["safety_interval"] if held else [])


@pytest.mark.parametrize(
    ("minutes", "expected"),
    [(59, []), (60, []), (60.1, ["precooling_late"]), (None, ["precooling_unrecorded"])],
)
def test_late_cooling_is_a_warning(minutes: float | None, expected: list[str]) -> None:
    cooled = None if minutes is None else HARVEST + timedelta(minutes=minutes)
    found = find(Picked(HARVEST, cooled), [PASSED], [], NOW, SETTINGS)
    assert [finding.code for finding in found] == expected
    assert all(finding.kind == "warning" and finding.code in WARM for finding in found)


def test_late_cooling_shortens_best_before_and_the_shortest_of_a_mixture_counts() -> None:
    late = Picked(HARVEST, None)
    assert best_before([COOLED], SETTINGS) == date(2026, 11, 30)
    assert best_before([late], SETTINGS) == date(2026, 11, 28)
    assert best_before([COOLED, late], SETTINGS) == date(2026, 11, 28)


def test_best_before_counts_from_the_day_on_the_wall() -> None:
    evening = datetime(2026, 11, 25, 17, tzinfo=UTC)  # already the 26th in China
    assert best_before([Picked(evening, evening)], SETTINGS) == date(2026, 12, 1)


@given(LOTS, REPORTS, SPRAYINGS)
def test_the_order_of_records_changes_nothing(lot: Picked, reports: list[Report], sprayings: list[Spraying]) -> None:
    found = [finding.code for finding in find(lot, reports, sprayings, NOW, SETTINGS)]
    again = find(lot, reports[::-1], sprayings[::-1], NOW, SETTINGS)
    assert [finding.code for finding in again] == found


@given(LOTS, REPORTS, SPRAYINGS, st.floats(0, 400))
def test_one_pesticide_more_never_frees_a_lot(
    lot: Picked, reports: list[Report], sprayings: list[Spraying], days: float
) -> None:
    more = [*sprayings, Spraying("Q", HARVEST - timedelta(days=1), days)]
    before = {finding.code for finding in find(lot, reports, sprayings, NOW, SETTINGS)}
    assert before <= {finding.code for finding in find(lot, reports, more, NOW, SETTINGS)}


@given(LOTS, REPORTS, SPRAYINGS)
def test_a_lot_is_free_only_with_a_valid_passed_report_and_after_every_interval(
    lot: Picked, reports: list[Report], sprayings: list[Spraying]
) -> None:
    held = any(finding.kind == "hold" for finding in find(lot, reports, sprayings, NOW, SETTINGS))
    if held:
        return
    assert any(
        report.passed and report.sampled_at <= NOW <= report.sampled_at + timedelta(days=7) for report in reports
    )
    assert all(
        spraying.applied_at > HARVEST or spraying.applied_at + timedelta(days=spraying.safety_days) <= HARVEST
        for spraying in sprayings
    )
