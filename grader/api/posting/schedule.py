"""When a failed attempt is made again, and when an endpoint is given a rest."""

import random

RETRY_AFTER_S = (5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400)
"""After the first, second, ... failure: the Standard Webhooks specification's schedule, 75 h 35 min in all."""
GIVE_UP_S = 75 * 3600
"""An endpoint that has failed for so long is paused."""
PROBE_S = 3600
"""A paused endpoint is asked so often whether it answers again."""
JITTER = 0.1
"""Spread, so that stations that failed together do not come back together."""


def retry_in_s(attempts: int, chance: random.Random) -> float:
    """How long after failure number `attempts` (from 1) the next attempt is made."""
    wait_s = RETRY_AFTER_S[min(attempts, len(RETRY_AFTER_S)) - 1]
    return wait_s * chance.uniform(1 - JITTER, 1 + JITTER)


def to_be_paused(failing_since_utc_ns: int | None, now_utc_ns: int) -> bool:
    """Whether an endpoint has failed for so long that it is paused."""
    return failing_since_utc_ns is not None and (now_utc_ns - failing_since_utc_ns) / 1e9 >= GIVE_UP_S
