"""What the exit sensors say: which fruit arrived, which did not, and what nobody has sent.

One row of sensors an outlet, one sensor a lane. Each fruit arrives within its flight window; where the windows of
neighbours overlap, a pulse is that of the fruit which was expected nearest to it.
"""

from collections import deque
from dataclasses import dataclass

from grader.grading import Outlet
from grader.line.ejection import Shot
from grader.line.profile import Ejector, StationProfile

RECENT = 20
"""Shots of an outlet that its health is judged by: what goes wrong is noticed within so many fruit."""
MOST_MISSING = 3
"""So many of them without an answer: the outlet is closed. One in a thousand misses by chance, three of twenty do not
in a hundred million fruit."""
DRIFT_SHARE = 0.3
"""Mean arrival may move by this share of the flight window's half before the outlet is closed."""
FEWEST_FOR_DRIFT = 10


@dataclass(frozen=True, slots=True)
class Flight:
    """A fruit between its jet and the exit sensor."""

    shot: Shot
    earliest_s: float
    latest_s: float

    def place(self, at_s: float) -> float:
        """Where `at_s` lies in the window: -1 earliest, 1 latest."""
        return 2 * (at_s - self.earliest_s) / (self.latest_s - self.earliest_s) - 1


class ExitWatch:
    """The flights of one outlet and how it answered lately."""

    def __init__(self, ejector: Ejector, lanes: int) -> None:
        self._flight_s = ejector.flight_ms[0] / 1000, ejector.flight_ms[1] / 1000
        self._flights: tuple[deque[Flight], ...] = tuple(deque() for _ in range(lanes))
        self._answers: deque[float | None] = deque(maxlen=RECENT)
        """Place of each arrival in its window, -1 to 1; None: it did not come."""
        self._usual: float | None = None
        self.answered = 0
        """Shots until now whose fruit came, or did not."""

    @property
    def place(self) -> float | None:
        """Where in their window fruit arrived lately, -1 earliest to 1 latest; None: too few to say."""
        arrived = self._arrived()
        return None if len(arrived) < FEWEST_FOR_DRIFT else sum(arrived) / len(arrived)

    @property
    def usual(self) -> float | None:
        """Where they arrived first since the outlet was opened; None: too few have."""
        return self._usual

    @property
    def missing_share(self) -> float:
        """Share of the last shots whose fruit did not arrive."""
        return sum(answer is None for answer in self._answers) / max(1, len(self._answers))

    @property
    def most_missing_share(self) -> float:
        """From this share on the outlet is closed."""
        return MOST_MISSING / RECENT

    def _arrived(self) -> list[float]:
        return [answer for answer in self._answers if answer is not None]

    def fired(self, shot: Shot, at_s: float) -> None:
        """The command to open was given at `at_s`."""
        flows_s = at_s + shot.delay_s
        earliest, latest = self._flight_s
        self._flights[shot.lane].append(Flight(shot, flows_s + earliest, flows_s + latest))

    def pulse(self, lane: int, at_s: float) -> Shot | None:
        """The shot whose fruit passed the sensor at `at_s`; None: nobody sent one."""
        flights = self._flights[lane]
        possible = [flight for flight in flights if flight.earliest_s <= at_s <= flight.latest_s]
        if not possible:
            return None
        usual = self._usual or 0.0
        flight = min(possible, key=lambda flight: abs(flight.place(at_s) - usual))
        flights.remove(flight)
        self._answers.append(flight.place(at_s))
        self.answered += 1
        return flight.shot

    def overdue(self, now_s: float) -> list[Shot]:
        """The shots whose fruit can no longer come."""
        gone: list[Shot] = []
        for flights in self._flights:
            while flights and flights[0].latest_s < now_s:
                gone.append(flights.popleft().shot)
                self._answers.append(None)
                self.answered += 1
        return gone

    def fault(self) -> str | None:
        """What is wrong with the outlet by its last answers: `outlet_missing_pulses`, `outlet_drifting`, or None.

        Drift is measured against the outlet's own mean over its first `RECENT` arrivals since it was opened.
        """
        if sum(answer is None for answer in self._answers) >= MOST_MISSING:
            return "outlet_missing_pulses"
        arrived = self._arrived()
        if self._usual is None:
            if len(arrived) == RECENT:
                self._usual = sum(arrived) / RECENT
            return None
        latest = arrived[-FEWEST_FOR_DRIFT:]
        if len(latest) == FEWEST_FOR_DRIFT and abs(sum(latest) / len(latest) - self._usual) > DRIFT_SHARE:
            return "outlet_drifting"
        return None

    def forgive(self) -> None:
        """Somebody has mended it: judge it anew."""
        self._answers.clear()
        self._usual = None


def watches(profile: StationProfile) -> dict[Outlet, ExitWatch]:
    """A watch for each outlet of the station."""
    return {ejector.outlet: ExitWatch(ejector, len(profile.lanes.centres_mm)) for ejector in profile.ejectors}
