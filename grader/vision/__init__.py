"""Pixels in, sightings out: pure functions on arrays that know no hardware, no file, no clock and no database."""

from grader.vision.calibration import Calibration
from grader.vision.pipeline import measure
from grader.vision.sightings import Sightings, WhyNot

__all__ = ["Calibration", "Sightings", "WhyNot", "measure"]
