"""What one frame says of its fruit: one structure of arrays, a row a fruit."""

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from grader.vision.objects import Objects

Array = NDArray[np.float64]


class WhyNot(IntEnum):
    """Why a fruit could not be measured; the names, in small letters, are what records say."""

    NOTHING = 0
    """It was measured."""
    CUT = 1
    """The frame's edge cuts it."""
    BLURRED = 2
    """Its edges are too soft: it moved too fast for the exposure, or the lens is dirty or out of focus."""
    NO_AXIS = 3
    """No calyx of its own is seen, so nobody can say which way its axis lies."""
    HIDDEN = 4
    """Another fruit, a leaf or its own calyx hides a flank at its widest place."""


@dataclass(frozen=True, slots=True)
class Sightings:
    """n fruit of one frame, as one camera saw them: lengths in mm on the fruit itself, uncertainties standard (k = 1).

    Where `why_not` is not NOTHING, every measured number is NaN; `bbox_px`, `centre_px`, `decay` and `outline_px` are
    always there.
    """

    centre_px: Array
    """(n, 2) centroid of the flesh that is seen."""
    why_not: NDArray[np.int8]
    """(n,) `WhyNot`."""
    width_mm: Array
    """(n,) greatest horizontal width across the axis."""
    width_u_mm: Array
    diameter_mm: Array
    """(n,) best estimate of the greatest diameter across the stem-apex axis, the unseen side included in the
    uncertainty."""
    diameter_u_mm: Array
    length_mm: Array
    """(n,) extent of the flesh along the axis, as seen from above."""
    axis_deg: Array
    """(n,) stem to apex in the picture, from +x to the right towards +y down, 0-360."""
    maturity: Array
    """(n,) red share of the flesh that is seen, 0-1."""
    maturity_u: Array
    surface_red: Array
    """(n,) the same, each pixel weighted by the surface that it shows: the rim is seen foreshortened."""
    volume_mm3: Array
    volume_u_mm3: Array
    rot_mm2: Array
    """(n,) of its flesh, as seen from above, that is rot or mould; NaN without a network, as the following."""
    bruise_mm2: Array
    """(n,) that is bruised."""
    decay: Array
    """(n,) probability that it rots somewhere that is seen, 0-1; of what could not be measured as well."""
    outline_px: Array
    """(n, RAYS, 2) where the flesh ends; on leaves and neighbours, where its hull does."""
    caliper_px: Array
    """(n, 2, 2) the ends of the widest section."""
    objects: Objects
    """The coarse pixels, for masks and crops; its objects are in the order of the rows."""
    step: int
    """Frame pixels from one coarse pixel to the next."""

    size_px: tuple[int, int]
    """Width and height of the frame."""

    @property
    def bbox_px(self) -> NDArray[np.int32]:
        """(n, 4) x0, y0, x1, y1, the last two outside, about outline and calyx; pixels of the frame as it is."""
        boxes = self.step * self.objects.boxes()
        low = np.minimum(np.floor(self.outline_px.min(axis=1)), boxes[:, :2])
        high = np.maximum(np.floor(self.outline_px.max(axis=1)), boxes[:, 2:]) + 1
        return np.concatenate([np.maximum(low, 0), np.minimum(high, self.size_px)], axis=1).astype(np.int32)

    def __len__(self) -> int:
        return len(self.why_not)
