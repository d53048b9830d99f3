"""Board views in, `calibration.json` out, and back again as the value that `grader.vision` is given."""
