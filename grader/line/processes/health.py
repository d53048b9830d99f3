"""Whether the station is healthy, so that systemd's watchdog is fed: all processes beat, fruit in view are decided.

An empty belt, Idle, Suspended, Held and Stopped are healthy: a station that has nothing to do is not ill.
"""

from collections.abc import Iterable

from grader.line.onlooking import LineState
from grader.line.processes.beating import Beats
from grader.line.states import State

BEATS_WITHIN_S = 5.0
"""Each loop turns at least twenty times a second; a computer under heavy load was seen to make one wait for seconds."""
STARTS_WITHIN_S = 30.0
"""Until its first beat a process may take so long: it loads libraries, the network, a large journal."""
DECIDED_WITHIN_S = 10.0
"""The slowest belt (50 mm/s) carries a fruit through the window (250 mm) in 5 s; twice that is a station that looks but
does not see."""


def what_ails(
    names: Iterable[str], beats: Beats, started_s: dict[str, float], seen: LineState | None, now_s: float
) -> str | None:
    """Why the watchdog must not be fed, for the log; None: the station is healthy."""
    for name in names:
        beaten_s = beats.last_s(name)
        since_s, within_s = (beaten_s, BEATS_WITHIN_S) if beaten_s else (started_s[name], STARTS_WITHIN_S)
        if now_s - since_s > within_s:
            return f"the process {name} has not moved for {within_s:g} s"
    waits_since_s = None if seen is None or seen.state is not State.EXECUTE else seen.oldest_undecided_s
    if waits_since_s is not None and now_s - waits_since_s > DECIDED_WITHIN_S:
        return f"a fruit in the camera's view has not been decided for {DECIDED_WITHIN_S:g} s"
    return None
