"""Whoever stands beside a running station with a simulated machine: watches it, and plays the people."""

import time
from pathlib import Path
from typing import cast

from grader.cli.demo_summary import Performance
from grader.cli.showing import Show
from grader.cli.twin_station import Started, StationLostError
from grader.line.commands import Origin
from grader.line.onlooking import LineState
from grader.line.processes.links import Link, Piece, connect, joined, wait
from grader.line.processes.messages import Ask, Finish, Finished
from grader.line.profile import StationProfile
from grader.line.states import State
from grader.twin.live_plant import ChangeTray, PassReferences, TellWhereabouts
from grader.twin.people import AT_HOME, BY_HAND, HoldUp, LayReferences, NewTray, People
from grader.twin.plant import Whereabouts

TURN_S = 0.05
STANDS_S = 60.0
"""A belt that stands for so long, although there are people, will not run again."""
PATIENCE_S = 60.0
"""A station from which nothing is heard for so long, or which does not end, has failed."""


class Onlooker:
    """The people at the machine, and whoever watches them."""

    def __init__(self, folder: Path, profile: StationProfile, show: Show, *, helps: bool = True) -> None:
        """`helps` False: until the end of the run other people do what is to be done."""
        self._helps = helps
        self._folder = folder
        self._show = show
        self._people = People(profile.recheck_count, hands_s=1.0)
        self._line: Link | None = None
        self._plant: Link | None = None
        self._seen: LineState | None = None
        self._executed_before_s = 0.0
        self._finished: Finished | None = None
        self._ran_s = time.monotonic()

    def stay(self, started: Started) -> tuple[Whereabouts, Performance]:
        """Until the run is over."""
        heard_s = time.monotonic()
        while self._finished is None:
            if self._look():
                heard_s = time.monotonic()
            elif time.monotonic() - heard_s > PATIENCE_S:
                raise StationLostError("the station does not answer. The journal has kept what was recorded")
            started.keep()
            wait([self._line], TURN_S)
        done = self._finished
        performance = Performance(
            seconds=self._executed_before_s + done.executed_s,
            latencies_s=done.latencies_s,
            frames_seen=done.frames_seen,
            frames_dropped=done.frames_dropped,
            late=done.late,
            on_record=done.on_record,
        )
        return self._whereabouts(), performance

    def _look(self) -> bool:
        """Whether the line has said anything."""
        if self._plant is None or not self._plant.alive:
            self._plant = connect(self._folder, "plant", "people")
        if self._line is None or not self._line.alive:
            self._line = connect(self._folder, "line", "people")
        messages = self._line.receive() if self._line else []
        for message in messages:
            if isinstance(message, LineState):
                self._take(message)
            elif isinstance(message, Finished):
                self._finished = message
        return bool(messages)

    def _take(self, seen: LineState) -> None:
        if self._seen is not None and seen.run != self._seen.run:
            self._executed_before_s += self._seen.executed_s
        self._seen = seen
        self._show.state(seen)
        self._despair(seen)
        self._people.going_home = self._show.over(self._executed_before_s + seen.executed_s)
        helps = self._helps or self._people.going_home
        for act in self._people.look(seen, time.monotonic()) if helps else ():
            if isinstance(act, NewTray):
                self._tell(self._plant, ChangeTray(act.outlet))
            elif isinstance(act, LayReferences):
                self._tell(self._plant, PassReferences())
            elif isinstance(act, HoldUp):
                self._tell(self._plant, act)
            else:
                self._tell(self._line, Ask(act, Origin.MACHINE))
        if self._people.going_home and seen.state in AT_HOME:
            self._tell(self._line, Finish())

    def _despair(self, seen: LineState) -> None:
        """Give up where the people cannot get the belt to run."""
        now_s = time.monotonic()
        by_hand = seen.calibrates is not None or BY_HAND in seen.why
        if seen.state is State.EXECUTE or by_hand or not self._helps:
            self._ran_s = now_s
        elif now_s - self._ran_s > STANDS_S:
            why = " ".join(f"{alarm.cause} {alarm.action}" for alarm in seen.alarms) or seen.why
            raise StationLostError(f"the belt stands and nobody can start it: {why} The journal has kept what it could")

    def _tell(self, link: Link | None, message: object) -> None:
        if link is not None:
            link.send(message)

    def _whereabouts(self) -> Whereabouts:
        pieces: list[Piece] = []
        self._tell(self._plant, TellWhereabouts())
        while self._plant is not None and self._plant.alive and not (pieces and pieces[-1].left == 0):
            wait([self._plant], TURN_S)
            pieces += [message for message in self._plant.receive() if isinstance(message, Piece)]
        return cast("Whereabouts", joined(pieces))
