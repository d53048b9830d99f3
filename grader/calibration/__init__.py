"""Board views in, `calibration.json` out, and back again as the value that `grader.vision` is given."""

from grader.calibration.files import load_calibration
from grader.calibration.plain import plain_scale

__all__ = ["load_calibration", "plain_scale"]
