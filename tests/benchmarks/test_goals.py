"""A planted error shows in its row of the table, with its size, and in no other."""

from dataclasses import replace

import numpy as np
import pytest

from benchmarks.goals import accuracy_rows, calibration_rows, network_rows
from benchmarks.judging import Fruit, Outcome, grade_of
from benchmarks.table import Goal, Row, goals_table
from grader.grading import DecayLimits

N = 100


def fruit(number: int, *, isolated: bool = True) -> Fruit:
    """A fruit about which its row is exactly right."""
    diameter_mm = 22.0 + 0.2 * number
    grade = grade_of(diameter_mm, 0.85)
    return Fruit(
        picture="planted",
        camera="station",
        belt="blue",
        number=number,
        isolated=isolated,
        found=True,
        why_not="",
        true_width_mm=diameter_mm,
        true_diameter_mm=diameter_mm,
        true_weight_g=20.0,
        true_maturity=0.85,
        true_axis_deg=10.0,
        true_size_grade=grade,
        true_grade=grade,
        width_mm=diameter_mm,
        width_u_mm=0.1,
        diameter_mm=diameter_mm,
        diameter_u_mm=0.2,
        weight_g=20.0,
        weight_u_g=1.0,
        maturity=0.85,
        maturity_u=0.01,
        axis_deg=10.0,
        size_grade=grade,
        grade=grade,
        iou=0.99,
    )


def perfect() -> Outcome:
    crowd = [fruit(number, isolated=False) for number in range(20)]
    return Outcome([fruit(number) for number in range(N)] + crowd, rows=N + 20, picture_iou=[0.99, 0.99])


def rows_of(outcome: Outcome) -> dict[str, Row]:
    return {row.quantity: row for row in accuracy_rows(outcome, None)}


def missed(outcome: Outcome) -> set[str]:
    """The rows whose must is not met."""
    return {name for name, row in rows_of(outcome).items() if row.must and not row.must.met(row.value)}


def test_without_errors_every_must_but_the_coverages_is_met() -> None:
    # Uncertainties that are never needed are too large: all within 1.96 u is as wrong as too few.
    assert missed(perfect()) == {"diameter_mm, isolated: within 1.96 u"}


def test_a_bias_is_a_bias_and_no_spread() -> None:
    outcome = perfect()
    outcome.fruit = [replace(one, width_mm=one.width_mm + 0.25) for one in outcome.fruit]
    rows = rows_of(outcome)
    assert rows["width_mm, isolated: bias"].value == pytest.approx(0.25)
    assert rows["width_mm, isolated: sd"].value == pytest.approx(0)
    assert rows["width_mm, touching: 95th percentile"].value == pytest.approx(0.25)
    assert "width_mm, isolated: bias" in missed(outcome)


def test_touching_fruit_are_no_part_of_the_isolated_ones_rows() -> None:
    outcome = perfect()
    outcome.fruit = [one if one.isolated else replace(one, width_mm=one.width_mm + 2) for one in outcome.fruit]
    assert missed(outcome) == {"width_mm, touching: 95th percentile", "diameter_mm, isolated: within 1.96 u"}


def test_coverage_counts_what_lies_within_its_own_uncertainty() -> None:
    outcome = perfect()
    outcome.fruit[:5] = [replace(one, diameter_mm=one.diameter_mm + 0.4) for one in outcome.fruit[:5]]
    row = rows_of(outcome)["diameter_mm, isolated: within 1.96 u"]
    assert (row.value, row.n, missed(outcome)) == (95.0, N, set())


def test_a_wrong_grade_counts_against_agreement_only_clear_of_the_limits() -> None:
    outcome = perfect()
    near = next(place for place, one in enumerate(outcome.fruit) if abs(one.true_diameter_mm - 30) < 0.3)
    outcome.fruit[near] = replace(outcome.fruit[near], size_grade="Super")
    rows = rows_of(outcome)
    assert rows["size grade right, isolated, ≥ 0.3 mm from a limit"].value == 100
    assert rows["size grade right, isolated, all"].value == 99


def test_lost_unmeasured_and_false_fruit_are_counted() -> None:
    outcome = perfect()
    outcome.fruit[0] = replace(outcome.fruit[0], found=False, why_not="not found")
    outcome.fruit[1:6] = [replace(one, why_not="hidden") for one in outcome.fruit[1:6]]
    outcome.false_rows = ["planted at (1, 2)"]
    rows = rows_of(outcome)
    assert rows["isolated fruit found"].value == 99
    assert rows["isolated fruit called measurable"].value == 94
    assert rows["false fruit"].value == 1
    assert {"isolated fruit found", "isolated fruit called measurable", "false fruit"} <= missed(outcome)


def test_without_touching_fruit_their_rows_are_empty_and_not_met() -> None:
    outcome = perfect()
    outcome.fruit = outcome.fruit[:N]
    row = rows_of(outcome)["width_mm, touching: 95th percentile"]
    assert row.n == 0
    assert "✗" in row.cells()[-1]
    assert row.record()["value"] is None


def test_focal_length_is_compared_in_per_cent() -> None:
    row = calibration_rows(0.04, 14, 2071.035, 2070.0)[1]
    assert row.value == pytest.approx(0.05)


def test_the_table_has_a_line_a_row_and_marks_what_is_met() -> None:
    lines = goals_table([Row("a", "mm", 2, 7, 0.123, (0.1, 0.2), Goal(high=0.5), Goal(high=0.1))]).splitlines()
    assert len(lines) == 3
    assert [cell.strip() for cell in lines[2].strip("|").split("|")] == [
        "a", "7", "0.12 mm", "0.10 to 0.20", "≤ 0.50 ✓", "≤ 0.10 ✗",
    ]  # fmt: skip


def test_what_was_not_measured_meets_no_goal() -> None:
    assert not Goal(0, 1).met(float(np.nan))


def test_the_network_rows_see_a_turned_axis_and_a_wrong_window() -> None:
    """One fruit in ten turned by 20 degrees across north, one of ten on the other side of the window."""
    planted = [fruit(number) for number in range(N)]
    planted = [replace(one, true_axis_deg=355.0, axis_deg=15.0) if one.number % 10 == 0 else one for one in planted]
    planted = [replace(one, maturity=0.95) if one.number % 10 == 1 else one for one in planted]
    planted = [replace(one, decay=0.3 if one.number % 10 in (2, 3) else 0.01, rot_mm2=0.0) for one in planted]
    rows = {row.quantity: row.value for row in network_rows(Outcome(fruit=planted, rows=N), DecayLimits(0.2, 0.9))}
    assert rows["sound fruit, one view: rot suspected"] == pytest.approx(20)
    assert rows["sound fruit, one view: rot sure"] == 0
    assert rows["axis: median error"] == 0
    assert rows["axis: 95th percentile"] == 20
    assert rows["maturity: mean error"] == pytest.approx(0.01)
    assert rows["maturity class (below, in, above 0.80-0.90) of fruit ≥ 0.02 from a limit"] == pytest.approx(90)
