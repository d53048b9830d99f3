"""What a scikit-image tutorial does: HSV, a threshold, distance transform and watershed, then `regionprops_table`."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from skimage.color import rgb2hsv
from skimage.feature import peak_local_max
from skimage.measure import regionprops_table
from skimage.morphology import remove_small_objects
from skimage.segmentation import watershed

MOMENTS = (
    "label",
    "bbox",
    "area",
    "centroid",
    "orientation",
    "axis_major_length",
    "axis_minor_length",
    "equivalent_diameter_area",
)
"""The cheap ones."""
HULLS = (*MOMENTS, "solidity", "feret_diameter_max")
"""With those that need a convex hull, as size measurements usually do; they dominate the cost."""
SMALLEST_PX = 500
APART_PX = 30


def grade_by_regions(frame_bgr: NDArray[np.uint8], properties: tuple[str, ...]) -> dict[str, NDArray[Any]]:
    """The `properties` of each red object, touching ones split."""
    hue, saturation, value = np.moveaxis(rgb2hsv(frame_bgr[..., ::-1]), -1, 0)
    red = ((hue < 0.07) | (hue > 0.92)) & (saturation > 0.31) & (value > 0.16)  # noqa: PLR2004 - the usual numbers for red
    red = remove_small_objects(red, max_size=SMALLEST_PX)
    depth = ndimage.distance_transform_edt(red)
    peaks = peak_local_max(depth, min_distance=APART_PX, labels=ndimage.label(red)[0])
    markers = np.zeros(red.shape, np.int32)
    markers[tuple(peaks.T)] = np.arange(1, len(peaks) + 1)
    table: dict[str, NDArray[Any]] = regionprops_table(watershed(-depth, markers, mask=red), properties=properties)
    return table
