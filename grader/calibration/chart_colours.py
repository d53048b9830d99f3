"""From the patches of a chart to the matrix that makes this camera's colours, under this light, standard ones."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from grader.calibration.chart import CLASSIC_RGB, GREYS, ChartSeen
from grader.calibration.errors import ChartError
from grader.vision.calibration import ColourMatrix
from grader.vision.colour import decode

Array = NDArray[np.float64]

BRIGHTEST, DARKEST_WHITE = 250.0, 110.0
"""Grey levels: a white patch above the first is clipped; one below the second leaves the fruit too dark."""
UNEVEN = 0.10
"""A patch whose pixels scatter by more than this share of its level is not evenly lit, or shines."""
NOT_SRGB = 0.08
"""The greys, in linear light, are proportional to their true values to this share of white, unless the camera bends
its tones."""
GREY_WEIGHT = 4.0
"""A grey patch counts so much: a grey that comes out tinted shifts every ratio."""
LARGEST_ERROR = 6.0
"""Mean colour difference with the matrix: 2 to 4 are usual for a matrix of 3 x 3."""
MOST_GAIN = 4.0
"""Norm of a row of the matrix, whose white is kept: more would make noise of the colours."""

# From linear sRGB, as BGR, to CIE XYZ over the white point D65 (IEC 61966-2-1).
_TO_XYZ = np.array([[0.1805, 0.3576, 0.4124], [0.0722, 0.7152, 0.2126], [0.9505, 0.1192, 0.0193]])
_WHITE = _TO_XYZ.sum(axis=1)


@dataclass(frozen=True, slots=True)
class ChartColours:
    """What the chart says of the camera's colours."""

    matrix: ColourMatrix
    patches: int
    error_before: float
    """Mean CIE 1976 colour difference of the patches at the true brightness of white: as seen,"""
    error_after: float
    """and with the matrix."""


def learn_colours(chart: ChartSeen) -> ChartColours:
    """The matrix that fits the patches of `chart` best. Raises `ChartError` where the picture does not carry one."""
    _require_light(chart)
    seen, true = decode(chart.bgr), decode(CLASSIC_RGB[:, ::-1])
    weight = np.ones(len(true))
    weight[GREYS] = GREY_WEIGHT
    root = np.sqrt(weight)[:, None]
    matrix = np.linalg.lstsq(seen * root, true * root, rcond=None)[0].T
    # The brightness of white stays as the camera gives it: the matrix is for ratios, exposure is the camera's.
    white = int(GREYS[0])
    gain = (seen[white] @ np.ones(3)) / (matrix @ seen[white]).sum()
    matrix = matrix * gain
    before = _error(seen, true)
    after = _error(seen @ matrix.T, true)
    if after > LARGEST_ERROR:
        raise ChartError(
            f"with the best matrix the patches are still {after:.1f} off (CIE 1976, limit {LARGEST_ERROR:g}): is it a "
            "chart with the classic 24 colours, clean and not faded, lit by one kind of lamp, without a shine? Does "
            "the camera give plain sRGB, without contrast or tone mapping?"
        )
    if np.linalg.norm(matrix, axis=1).max() > MOST_GAIN:
        raise ChartError(
            "this light lacks a colour, so that noise would be taken for it: use lamps with a full spectrum"
        )
    rows = tuple((float(b), float(g), float(r)) for b, g, r in matrix)
    return ChartColours(ColourMatrix((rows[0], rows[1], rows[2])), len(true), before, after)


def _require_light(chart: ChartSeen) -> None:
    greys = chart.bgr[GREYS]
    if greys[0].max() > BRIGHTEST:
        raise ChartError("the white patch is clipped: shorten the exposure until it stays below 250 of 255")
    if greys[0].mean() < DARKEST_WHITE:
        raise ChartError(
            f"the white patch is at {greys[0].mean():.0f} of 255, too dark: more light, or a longer exposure"
        )
    uneven = chart.scatter / np.maximum(chart.bgr.max(axis=1), 40.0)
    if uneven.max() > UNEVEN:
        column, row = int(uneven.argmax()) % 6 + 1, int(uneven.argmax()) // 6 + 1
        raise ChartError(
            f"patch {column} of row {row} is not evenly lit, or shines: turn the chart, or spread the light"
        )
    seen, true = decode(greys).mean(axis=1), decode(CLASSIC_RGB[GREYS]).mean(axis=1)
    scale = (seen @ true) / (true @ true)
    if (bent := float(np.abs(seen / (scale * true[0]) - true / true[0]).max())) > NOT_SRGB:
        raise ChartError(
            f"the greys are off by {bent:.0%} of white: a shadow lies on them, or the camera bends its tones. Light "
            "the chart evenly; switch off contrast, tone mapping and automatic exposure, so that it gives plain sRGB"
        )


def _error(bgr: Array, true_bgr: Array) -> float:
    """Mean CIE 1976 colour difference of linear `bgr` (n, 3), scaled to the true brightness of the white patch."""
    scale = true_bgr[GREYS[0]].sum() / bgr[GREYS[0]].sum()
    return float(np.linalg.norm(_lab(np.maximum(bgr, 0) * scale) - _lab(true_bgr), axis=1).mean())


def _lab(bgr: Array) -> Array:
    """CIE L*a*b* (n, 3) of linear `bgr` (n, 3)."""
    share = bgr @ _TO_XYZ.T / _WHITE
    root = np.where(share > (6 / 29) ** 3, np.cbrt(share), share / (3 * (6 / 29) ** 2) + 4 / 29)
    x, y, z = root.T
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], axis=1)
