"""What can be wrong with a calibration: each leaf says when it is raised and what to do."""

from grader.errors import GraderError


class BoardError(GraderError, ValueError, code="calibration-board"):
    """The board as described cannot exist, or is not the one in the pictures. Describe the board that was printed."""


class ViewsError(GraderError, ValueError, code="calibration-views"):
    """The views cannot determine the camera: too few, too alike, of several sizes. Take more and other views."""


class FitError(GraderError, ValueError, code="calibration-fit"):
    """The views contradict each other beyond the stated limit. Flatten the board, hold it still, take them again."""


class BeltViewError(GraderError, ValueError, code="calibration-belt-view"):
    """The belt's plane cannot be had from the belt view. Lay the board flat on the belt and take that view again."""


class ChartError(GraderError, ValueError, code="calibration-chart"):
    """A colour chart is not found, badly lit, or contradicts its own values. Lay it flat, light it as fruit are lit."""


class CalibrationFileError(GraderError, ValueError, code="calibration-file"):
    """A calibration file is missing, not ours, of another version, or edited. Calibrate again or fetch the original."""


class ScaleError(GraderError, ValueError, code="calibration-scale"):
    """A stated scale is no length per pixel. Measure an object of known length in the picture."""
