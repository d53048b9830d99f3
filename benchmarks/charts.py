"""The charts beside the tables, drawn by OpenCV: errors against the truth, and whether uncertainties cover them."""

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.figures import FOLDER
from benchmarks.judging import Fruit, Outcome
from grader.cli.canvas import BLACK, GREEN, GREY, RED, Panel, blank

Array = NDArray[np.float64]

WITHIN = 1.96
BAR = 0.25
"""Width of a histogram's bar, in standard uncertainties."""
Z_END = 4.0
PANEL_PX = (760, 420)
"""Width and height of a panel."""


def draw_charts(name: str, outcome: Outcome, folder: Path = FOLDER) -> None:
    """Write `name`-errors.png and `name`-coverage.png to `folder`."""
    measured = [fruit for fruit in outcome.fruit if fruit.measured and fruit.isolated]
    if len(measured) <= 1:
        return
    width, height = PANEL_PX
    errors, coverage = blank(width, 2 * height), blank(width, 2 * height)
    for row, quantity in enumerate(("width_mm", "diameter_mm")):
        place = (0, row * height, width, height)
        _errors(Panel(errors, place), quantity, measured)
        _coverage(Panel(coverage, place), quantity, measured)
    folder.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(folder / f"{name}-errors.png"), errors)
    cv2.imwrite(str(folder / f"{name}-coverage.png"), coverage)


def _columns(quantity: str, fruit: list[Fruit]) -> tuple[Array, Array, Array]:
    """Truth, error and standard uncertainty of `quantity`, mm."""
    truth = np.array([getattr(one, f"true_{quantity}") for one in fruit])
    value = np.array([getattr(one, quantity) for one in fruit])
    u = np.array([getattr(one, quantity.replace("_mm", "_u_mm")) for one in fruit])
    return truth, value - truth, u


def _errors(panel: Panel, quantity: str, fruit: list[Fruit]) -> None:
    """Errors against the truth with their mean and 95 % limits of agreement (Bland and Altman 1986)."""
    truth, error, _ = _columns(quantity, fruit)
    mean, spread = float(error.mean()), float(error.std(ddof=1))
    reach = max(1.0, float(np.abs(error).max()) * 1.1)
    panel.axes((float(truth.min()) - 1, float(truth.max()) + 1), (-reach, reach))
    panel.label(f"error of {quantity}, mm, against its truth; mean, mean +- 1.96 sd; n = {len(fruit)}")
    panel.level(mean, GREEN, f"{mean:+.2f}")
    for side in (-1, 1):
        limit = mean + side * WITHIN * spread
        panel.level(limit, RED, f"{limit:+.2f}")
    panel.points(truth, error, BLACK)


def _coverage(panel: Panel, quantity: str, fruit: list[Fruit]) -> None:
    """Histogram of error / standard uncertainty, and what it should be: a standard normal distribution."""
    _, error, u = _columns(quantity, fruit)
    z = np.clip(error / u, -Z_END + BAR / 2, Z_END - BAR / 2)
    edges = np.arange(-Z_END, Z_END + BAR / 2, BAR)
    count, _ = np.histogram(z, edges)
    middle = (edges[:-1] + edges[1:]) / 2
    expected = len(fruit) * BAR * np.exp(-(middle**2) / 2) / np.sqrt(2 * np.pi)
    panel.axes((-Z_END, Z_END), (0, 1.15 * float(max(count.max(), expected.max()))))
    within = 100 * float(np.mean(np.abs(error) <= WITHIN * u))
    panel.label(f"{quantity}: error / u, n = {len(fruit)}; {within:.1f} % within 1.96 u; red: as it should be")
    panel.bars(edges, count.astype(np.float64), GREY)
    panel.curve(middle, expected, RED)
