"""What every device of a kind promises, as checks that run unchanged against the twin's, a virtual and the real one.

A check takes a rig: the device, and what stands at its other end. `ALONE` of a kind are the checks that need no other
end, so that `grader doctor --conformance` can carry them out on a station.
"""

from grader.errors import GraderError


class ConformanceError(GraderError, AssertionError, code="conformance"):
    """A device does not do what its kind promises. Report it with the driver's name and the sentence."""


def promised(kept: object, sentence: str) -> None:
    """Raise `ConformanceError` with what was promised unless it was kept."""
    if not kept:
        raise ConformanceError(f"not kept: {sentence}")
