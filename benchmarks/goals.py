"""The table of accuracy: each quantity, how good it must be and how good it should be."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from benchmarks import intervals
from benchmarks.intervals import bootstrap, wilson
from benchmarks.judging import Fruit, Outcome
from benchmarks.table import Goal, Row
from grader.grading import Decay, DecayLimits

Array = NDArray[np.float64]

LIMITS_MM = (25.0, 30.0, 35.0)
"""Of the rule pack `cooperative`."""
CLEAR_MM = 0.3
"""A fruit this far from every limit has one right size grade."""
WINDOW = (0.80, 0.90)
"""Maturity of table grades by `cooperative`."""
CLEAR_RED = 0.02
"""A fruit this far from both limits is on one side of each."""
WITHIN = 1.96
"""Standard uncertainties in which 95 % of the errors should lie."""


def accuracy_rows(outcome: Outcome, coverage_aim: Goal | None) -> list[Row]:
    """All rows but the calibration's. `coverage_aim`: only where there are fruit enough to tell."""
    isolated = [fruit for fruit in outcome.fruit if fruit.isolated]
    touching = [fruit for fruit in outcome.fruit if not fruit.isolated]
    alone, crowd = _measured(isolated), _measured(touching)
    width = _column(alone, "width_mm") - _column(alone, "true_width_mm")
    diameter = _column(alone, "diameter_mm") - _column(alone, "true_diameter_mm")
    diameter_u = _column(alone, "diameter_u_mm")
    crowd_width = _column(crowd, "width_mm") - _column(crowd, "true_width_mm")
    maturity = _column(alone, "maturity") - _column(alone, "true_maturity")
    weight = _column(alone, "weight_g") - _column(alone, "true_weight_g")
    clear = [fruit for fruit in alone if min(abs(fruit.true_diameter_mm - limit) for limit in LIMITS_MM) >= CLEAR_MM]
    mean, spread, p95 = intervals.mean, intervals.standard_deviation, intervals.percentile_95
    return [
        _share("isolated fruit found", [fruit.found for fruit in isolated], Goal(100), Goal(100)),
        Row("false fruit", "", 0, outcome.rows, len(outcome.false_rows), None, Goal(0, 0), Goal(0, 0)),
        _share("isolated fruit called measurable", [fruit.measured for fruit in isolated], Goal(97), Goal(100)),
        _value("width_mm, isolated: bias", "mm", width, mean, Goal(-0.15, 0.15), Goal(-0.03, 0.03)),
        _value("width_mm, isolated: sd", "mm", width, spread, Goal(high=0.30), Goal(high=0.15)),
        _value("width_mm, isolated: 95th percentile", "mm", width, p95, Goal(high=0.60), Goal(high=0.30)),
        _value("diameter_mm, isolated: 95th percentile", "mm", diameter, p95, Goal(high=0.80), Goal(high=0.50)),
        _value("width_mm, touching: 95th percentile", "mm", crowd_width, p95, Goal(high=1.2), Goal(high=0.5)),
        _share("touching fruit called measurable", [fruit.measured for fruit in touching], Goal(85), Goal(95)),
        _share(
            "diameter_mm, isolated: within 1.96 u",
            (np.abs(diameter) <= WITHIN * diameter_u).tolist(),
            Goal(90, 99),
            coverage_aim,
        ),
        _value("diameter_mm, isolated: median u", "mm", diameter_u, intervals.median, Goal(high=0.45), None),
        _share(
            "size grade right, isolated, ≥ 0.3 mm from a limit",
            [fruit.size_grade == fruit.true_size_grade for fruit in clear],
            Goal(95),
            Goal(99),
        ),
        _share("size grade right, isolated, all", [fruit.size_grade == fruit.true_size_grade for fruit in alone]),
        _share("grade right by size and maturity, isolated", [fruit.grade == fruit.true_grade for fruit in alone]),
        *_mask_rows(outcome),
        _value(
            "maturity, isolated: mean error", "", maturity, intervals.mean_absolute, Goal(high=0.05), None, decimals=3
        ),
        _value("weight, isolated: RMSE", "g", weight, intervals.root_mean_square, Goal(high=1.5), Goal(high=0.8)),
    ]


def network_rows(outcome: Outcome, limits: DecayLimits) -> list[Row]:
    """What the network's issue asks of isolated fruit on rendered pictures, none of which rots."""
    alone = _measured([fruit for fruit in outcome.fruit if fruit.isolated])
    maturity = _column(alone, "maturity") - _column(alone, "true_maturity")
    turned = (_column(alone, "axis_deg") - _column(alone, "true_axis_deg") + 180) % 360 - 180
    clear = [fruit for fruit in alone if min(abs(fruit.true_maturity - limit) for limit in WINDOW) >= CLEAR_RED]
    iou = _column([fruit for fruit in outcome.fruit if fruit.found], "iou")
    mean_absolute, median, p95 = intervals.mean_absolute, intervals.median, intervals.percentile_95
    every = [limits.judge(fruit.decay) for fruit in outcome.fruit if fruit.found]
    spots_mm2 = _column(_measured(outcome.fruit), "rot_mm2")
    return [
        _value("maturity: mean error", "", maturity, mean_absolute, Goal(high=0.02), Goal(high=0.01), decimals=3),
        _share(
            "maturity class (below, in, above 0.80-0.90) of fruit ≥ 0.02 from a limit",
            [_window(fruit.maturity) == _window(fruit.true_maturity) for fruit in clear],
            Goal(95),
            Goal(98),
        ),
        _value("axis: median error", "°", np.abs(turned), median, Goal(high=2.5), Goal(high=1.0), decimals=1),
        _value("axis: 95th percentile", "°", turned, p95, Goal(high=8.0), Goal(high=4.0), decimals=1),
        _value("flesh mask IoU", "", iou, intervals.mean, Goal(0.97), Goal(0.985), decimals=3),
        _share("whole grade", [fruit.grade == fruit.true_grade for fruit in alone], Goal(92), Goal(96)),
        _share("sound fruit, one view: rot suspected", [decay == Decay.SUSPECTED for decay in every]),
        _share("sound fruit, one view: rot sure", [decay == Decay.SURE for decay in every], Goal(high=0.5)),
        _value(
            "sound fruit, one view: area taken for rot, 95th percentile", "mm²", spots_mm2, p95, None, None, decimals=1
        ),
    ]


def _window(maturity: float) -> int:
    """0 below the maturity window of `cooperative`, 1 in it (its ends inside), 2 above."""
    low, high = WINDOW
    return int(maturity >= low) + int(maturity > high)


def calibration_rows(rms_px: float, views: int, focal_px: float, true_focal_px: float) -> list[Row]:
    """How well the camera is known."""
    focal = abs(focal_px / true_focal_px - 1) * 100
    return [
        Row("calibration: rms", "px", 3, views, rms_px, None, Goal(high=0.15)),
        Row("calibration: focal length against truth", "%", 3, views, focal, None, Goal(high=0.1)),
    ]


def _mask_rows(outcome: Outcome) -> list[Row]:
    iou = _column([fruit for fruit in outcome.fruit if fruit.found], "iou")
    must, aim = Goal(0.95), Goal(0.98)
    return [
        _value("flesh mask IoU, mean over fruit found", "", iou, intervals.mean, must, aim, decimals=3),
        _value(
            "flesh mask IoU, mean over pictures",
            "",
            np.array(outcome.picture_iou),
            intervals.mean,
            must,
            aim,
            decimals=3,
        ),
    ]


def _measured(fruit: Sequence[Fruit]) -> list[Fruit]:
    return [one for one in fruit if one.measured]


def _column(fruit: Sequence[Fruit], name: str) -> Array:
    return np.array([getattr(one, name) for one in fruit], np.float64)


def _value(
    quantity: str,
    unit: str,
    values: Array,
    statistic: Callable[[Array], Array],
    must: Goal | None,
    aim: Goal | None,
    *,
    decimals: int = 2,
) -> Row:
    n = len(values)
    if n <= 1:
        return Row(quantity, unit, decimals, n, float("nan"), None, must, aim)
    return Row(quantity, unit, decimals, n, float(statistic(values)), bootstrap(values, statistic), must, aim)


def _share(quantity: str, hits: Sequence[bool], must: Goal | None = None, aim: Goal | None = None) -> Row:
    """Row of a share in per cent."""
    n = len(hits)
    if not n:
        return Row(quantity, "%", 1, 0, float("nan"), None, must, aim)
    low, high = wilson(sum(hits), n)
    return Row(quantity, "%", 1, n, 100 * sum(hits) / n, (100 * low, 100 * high), must, aim)
