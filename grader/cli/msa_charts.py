"""The charts that a gauge study is usually shown with."""

import numpy as np
from numpy.typing import NDArray

from grader.cli.canvas import BLACK, GREEN, GREY, RED, Panel, Picture, blank
from grader.msa import GaugeStudy, Readings

Array = NDArray[np.float64]

PANEL_PX = (640, 340)
RANGE_LIMIT = {2: 3.267, 3: 2.574, 4: 2.282, 5: 2.114}
"""D4: the mean range of so many passes times this is the upper limit of ranges (AIAG, SPC, 2nd edition, appendix E)."""
MEAN_LIMIT = {2: 1.880, 3: 1.023, 4: 0.729, 5: 0.577}
"""A2: times the mean range, the limits of means about the whole mean; from the same table."""
LANE_INKS = (BLACK, RED, GREEN, (180, 90, 20), (150, 40, 150), (20, 130, 190))


def draw_study(readings: Readings, study: GaugeStudy) -> Picture:
    """Four charts: components, every fruit by lane, ranges of the passes, means by lane."""
    diameters = readings.whole("diameter_mm")
    width, height = PANEL_PX
    picture = blank(2 * width, 2 * height)
    places = [(column * width, row * height, width, height) for row in (0, 1) for column in (0, 1)]
    _components(Panel(picture, places[0]), study)
    _by_fruit(Panel(picture, places[1]), diameters, readings)
    _ranges(Panel(picture, places[2]), diameters)
    _means(Panel(picture, places[3]), diameters)
    return picture


def _components(panel: Panel, study: GaugeStudy) -> None:
    parts = {
        "repeatability": study.repeatability,
        "lanes": study.reproducibility,
        "gauge": study.gauge,
        "fruit": study.parts,
        "all": study.total,
    }
    deviations = np.array(list(parts.values()))
    panel.axes((0, len(parts)), (0, 1.1 * max(float(deviations.max()), 1e-6)))
    panel.label(f"standard deviations, mm: {', '.join(parts)}")
    panel.bars(np.arange(len(parts) + 1.0), deviations, GREY)


def _by_fruit(panel: Panel, diameters: Array, readings: Readings) -> None:
    order = diameters.mean(axis=(1, 2)).argsort()
    panel.axes((0, len(order) + 1), _about(diameters))
    panel.label(f"diameter, mm, of each fruit, smallest first; colours: lanes {', '.join(readings.lanes)}")
    place = np.arange(1.0, len(order) + 1)
    for lane in range(diameters.shape[1]):
        ink = LANE_INKS[lane % len(LANE_INKS)]
        for nth in range(diameters.shape[2]):
            panel.points(place, diameters[order, lane, nth], ink)
        panel.curve(place, diameters[order, lane].mean(axis=1), ink)


def _ranges(panel: Panel, diameters: Array) -> None:
    ranges = np.ptp(diameters, axis=2).T.ravel()
    passes = diameters.shape[2]
    mean = float(ranges.mean())
    highest = max(float(ranges.max()), mean * RANGE_LIMIT.get(passes, 0), 1e-6)
    panel.axes((0, len(ranges) + 1), (0, 1.1 * highest))
    panel.label("range of the passes of each fruit, mm, lane after lane")
    panel.points(np.arange(1.0, len(ranges) + 1), ranges, BLACK)
    panel.level(mean, GREEN, "mean")
    if passes in RANGE_LIMIT:
        panel.level(mean * RANGE_LIMIT[passes], RED, "limit")


def _means(panel: Panel, diameters: Array) -> None:
    means = diameters.mean(axis=2).T.ravel()
    passes = diameters.shape[2]
    reach = float(np.ptp(diameters, axis=2).mean()) * MEAN_LIMIT.get(passes, 0)
    whole = float(means.mean())
    panel.axes((0, len(means) + 1), _about(np.append(means, (whole - reach, whole + reach))))
    panel.label("mean of the passes, mm, lane after lane: most should lie outside the limits")
    panel.points(np.arange(1.0, len(means) + 1), means, BLACK)
    panel.level(whole, GREEN, "mean")
    if passes in MEAN_LIMIT:
        panel.level(whole - reach, RED, "limit")
        panel.level(whole + reach, RED, "limit")


def _about(values: Array) -> tuple[float, float]:
    """Limits of an axis that shows all of them with a margin."""
    margin = 0.05 * max(float(np.ptp(values)), 1e-3)
    return float(values.min()) - margin, float(values.max()) + margin
