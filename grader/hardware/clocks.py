"""Kernel clocks: cameras and lines stamp by different ones, the station thinks in CLOCK_MONOTONIC alone."""

import time

TRIES = 5


def boottime_to_monotonic_s(stamp_ns: int) -> float:
    """A stamp of CLOCK_BOOTTIME (libcamera's `SensorTimestamp` on a Pi) on the monotonic clock.

    The two differ by the time that the computer slept. Both are read in turn, and the narrowest of some tries is
    taken: good to a microsecond or two.
    """
    return stamp_ns / 1e9 - asleep_ns() / 1e9


def asleep_ns() -> int:
    """By how much CLOCK_BOOTTIME is ahead of CLOCK_MONOTONIC."""
    tries = []
    for _ in range(TRIES):
        before_ns = time.monotonic_ns()
        boot_ns = time.clock_gettime_ns(time.CLOCK_BOOTTIME)
        after_ns = time.monotonic_ns()
        tries.append((after_ns - before_ns, boot_ns - (before_ns + after_ns) // 2))
    return min(tries)[1]
