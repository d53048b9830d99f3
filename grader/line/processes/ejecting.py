"""The ejection process: encoder, valves and the drive's power. It knows shots, no fruit; it waits for nobody.

If the line is silent, what it has recorded is still fired, and then the belt stands.
"""

import sys
import time
from collections.abc import Callable
from pathlib import Path

from grader.hardware.iron import Iron, IronState, Power
from grader.line.ejection import Ejection, Fate
from grader.line.processes.beating import DoBeat, silent
from grader.line.processes.links import Door, Link, wait
from grader.line.processes.messages import Arm, Cancel, FireOnce
from grader.line.processes.realtime import be_punctual
from grader.line.profile import StationProfile

PERIOD_S = 0.001
STATE_EVERY_S = 0.005
POWER_EVERY_S = 0.05
LINE_SILENT_S = 0.25
"""The line speaks every few milliseconds; after so long it is dead or hangs."""
RUN_OUT_S = 3.0
"""Recorded shots of a dead line are fired for so long at most."""
EXTRAPOLATE_S = 0.05
"""The belt's place is worked out from its speed for so long after the encoder last spoke, then it is not known."""

OpenIron = Callable[[], Iron]


class EjectionProcess:
    """Its whole state; `step` is one turn of its loop."""

    def __init__(self, folder: Path, profile: StationProfile, iron: Iron) -> None:
        self._door = Door(folder, "ejection")
        self._iron = iron
        self._profile = profile
        self._ejection = Ejection(tolerance_mm=profile.reach_mm / 2)
        self._line: Link | None = None
        self._others: list[Link] = []
        """Who wants to know where the belt is: the camera."""
        self._state = IronState(0, 0.0, 0.0)
        self._wanted = Power()
        self._heard_s = 0.0
        self._told_s = 0.0
        self._powered_s = 0.0
        self._powered = Power()

    def step(self) -> None:
        """Sensors, messages, shots, power."""
        now_s = time.monotonic()
        self._take_in(now_s)
        self._hear(now_s)
        self._fire(now_s)
        self._switch(now_s)
        wait([self._door, self._line], self._idle_s())

    def _idle_s(self) -> float:
        """Until there is something to do: a turn, or less where a shot is due before."""
        travel_mm = self._travel_mm(time.monotonic())
        if travel_mm is None:
            return PERIOD_S
        due_s = self._ejection.next_in_s(travel_mm, self._state.speed_mm_s)
        return min(PERIOD_S, max(due_s, 0.0))

    def _travel_mm(self, now_s: float) -> float | None:
        """Where the belt is; None: the encoder last spoke too long ago."""
        behind_s = now_s - self._state.at_s
        if behind_s > EXTRAPOLATE_S:
            return None
        return self._state.count * self._profile.encoder.mm_per_count + self._state.speed_mm_s * behind_s

    def close(self) -> None:
        """Let go of the line, and let no other in."""
        self._door.close()
        if self._line is not None:
            self._line.close()

    def _take_in(self, now_s: float) -> None:
        state, pulses = self._iron.poll()
        if state is not None:
            self._state = state
        for pulse in pulses:
            self._tell(pulse)
        if now_s - self._told_s >= STATE_EVERY_S and state is not None:
            self._told_s = now_s
            self._tell(self._state)
            for link in self._others:
                link.send(self._state)

    def _hear(self, now_s: float) -> None:
        for link in self._door.come_in():
            if link.name != "line":
                self._others = [other for other in [*self._others, link] if other.alive]
                continue
            # Another line than before: what the last one wanted is on record as unconfirmed.
            self._ejection.cancel(None, now_s)
            self._line, self._heard_s, self._wanted = link, now_s, Power()
        for message in self._line.receive() if self._line else ():
            self._heard_s = now_s
            match message:
                case Arm(shot=shot):
                    self._ejection.arm(shot)
                case Cancel(outlet=outlet):
                    for report in self._ejection.cancel(outlet, now_s):
                        self._tell(report)
                case Power():
                    self._wanted = message
                case FireOnce(outlet=outlet, lane=lane, pulse_s=pulse_s):
                    self._switch(now_s)  # the valves' power goes before the pulse
                    self._iron.open_valve(outlet, lane, pulse_s)

    def _fire(self, now_s: float) -> None:
        travel_mm = self._travel_mm(now_s)
        if travel_mm is None:
            return
        for report in self._ejection.due(travel_mm, self._state.speed_mm_s, now_s):
            if report.fate is Fate.FIRED:
                self._iron.open_valve(report.shot.outlet, report.shot.lane, report.shot.pulse_s)
            self._tell(report)

    def _switch(self, now_s: float) -> None:
        silent_s = now_s - self._heard_s
        power = self._wanted
        if silent_s > LINE_SILENT_S:
            runs_out = power.belt_on and len(self._ejection) > 0 and silent_s < RUN_OUT_S
            # The tower says that nobody is in control: whoever stands there need not know what the line wanted.
            power = Power(power.belt_mm_s if runs_out else 0.0, valves_enabled=runs_out and power.valves_enabled)
            if not runs_out:
                self._wanted = Power()
        if now_s - self._powered_s >= POWER_EVERY_S or power != self._powered:
            self._powered_s, self._powered = now_s, power
            self._iron.power(power)

    def _tell(self, message: object) -> None:
        if self._line is not None:
            self._line.send(message)


def run(
    folder: Path,
    profile: StationProfile,
    open_iron: OpenIron,
    *,
    punctual: bool = False,
    beat: DoBeat = silent,
) -> None:
    """The process's life; it ends by a signal. `punctual`: it goes before all others, where the kernel grants that."""
    process = EjectionProcess(folder, profile, open_iron())
    if punctual and not be_punctual():
        sys.stderr.write("ejection: no real-time priority is granted (LimitRTPRIO): jets may be late under load\n")
    while True:
        process.step()
        beat()
