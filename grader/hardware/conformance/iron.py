"""What the iron promises: the bench that the ejection process holds."""

import time
from typing import Protocol

from grader.grading import Outlet
from grader.hardware.conformance import promised
from grader.hardware.iron import WATCHDOG_S, ExitPulse, Iron, IronState, Power

STEP_S = 0.002
POWER_EVERY_S = 0.05
PULSE_S = 0.1
SLACK_S = 0.1
"""Of rigs whose kernel has ticks of 10 ms, on a loaded computer."""
ALL_ON = Power(belt_mm_s=300.0, infeed_on=True, valves_enabled=True)


class IronRig(Protocol):
    """The iron, and the other ends of its wires."""

    iron: Iron
    outlet: Outlet
    """One that has a lane 0."""

    def belt_runs(self) -> bool:
        """Whether the belt has power."""

    def valve_open(self) -> bool:
        """Whether air flows at lane 0 of `outlet`, the watchdog's relay taken in."""

    def press_e_stop(self, *, pressed: bool) -> None:
        """Press it or pull it out."""

    def pass_exit(self) -> None:
        """Something passes the exit sensor of lane 0 of `outlet`."""


class Loop:
    """What the ejection process does: look all the time, say power every 50 ms."""

    def __init__(self, rig: IronRig) -> None:
        self.rig = rig
        self.power: Power | None = Power()
        self.state: IronState | None = None
        self.pulses: list[ExitPulse] = []
        self._said_s = 0.0
        self.run(0.3)

    def run(self, seconds: float) -> None:
        """So long."""
        until_s = time.monotonic() + seconds
        while (now_s := time.monotonic()) < until_s:
            state, pulses = self.rig.iron.poll()
            self.state = state or self.state
            self.pulses += pulses
            if self.power is not None and now_s - self._said_s > POWER_EVERY_S:
                self.rig.iron.power(self.power)
                self._said_s = now_s
            time.sleep(STEP_S)

    def switch(self, power: Power | None) -> None:
        """Say it from now on; None: fall silent."""
        self.power = power
        self.run(0.2)


def begins_off(rig: IronRig) -> None:
    """Nothing has power before somebody says so."""
    Loop(rig)
    promised(not rig.belt_runs(), "the belt stands")
    promised(not rig.valve_open(), "no valve is open")


def switches_the_belt(rig: IronRig) -> None:
    """On, and off."""
    loop = Loop(rig)
    loop.switch(ALL_ON)
    promised(rig.belt_runs(), "the belt runs")
    loop.switch(Power())
    promised(not rig.belt_runs(), "the belt stands again")


def opens_a_valve_for_a_pulse(rig: IronRig) -> None:
    """Open at once, shut by itself."""
    loop = Loop(rig)
    loop.switch(ALL_ON)
    rig.iron.open_valve(rig.outlet, 0, PULSE_S)
    loop.run(PULSE_S / 2)
    promised(rig.valve_open(), "it is open")
    loop.run(PULSE_S / 2 + SLACK_S)
    promised(not rig.valve_open(), "it is shut again")
    loop.switch(Power())


def opens_none_that_is_not_enabled(rig: IronRig) -> None:
    """Also not later."""
    loop = Loop(rig)
    loop.switch(Power(belt_mm_s=300.0))
    rig.iron.open_valve(rig.outlet, 0, PULSE_S)
    loop.run(PULSE_S / 2)
    promised(not rig.valve_open(), "it stays shut")
    loop.switch(Power())


def rests_when_nobody_speaks(rig: IronRig) -> None:
    """The watchdog takes the power of belt and valves."""
    loop = Loop(rig)
    loop.switch(ALL_ON)
    loop.switch(None)
    time.sleep(WATCHDOG_S + SLACK_S)
    promised(not rig.belt_runs(), "the belt stands")
    rig.iron.open_valve(rig.outlet, 0, PULSE_S)
    time.sleep(PULSE_S / 2)
    promised(not rig.valve_open(), "no valve opens")


def tells_of_the_emergency_stop(rig: IronRig) -> None:
    """Pressed, and pulled out."""
    loop = Loop(rig)
    for pressed in (True, False):
        rig.press_e_stop(pressed=pressed)
        loop.run(0.2)
        promised(loop.state is not None and loop.state.e_stop_pressed is pressed, f"pressed is told as {pressed}")


def tells_of_what_passes_an_exit(rig: IronRig) -> None:
    """Once, and when."""
    loop = Loop(rig)
    loop.pulses.clear()
    began_s = time.monotonic()
    rig.pass_exit()
    loop.run(0.3)
    promised([(pulse.outlet, pulse.lane) for pulse in loop.pulses] == [(rig.outlet, 0)], "one pulse is told of")
    promised(began_s - SLACK_S <= loop.pulses[0].at_s <= time.monotonic(), "with its moment")


WITH_RIG = (
    begins_off,
    switches_the_belt,
    opens_a_valve_for_a_pulse,
    opens_none_that_is_not_enabled,
    tells_of_the_emergency_stop,
    tells_of_what_passes_an_exit,
    rests_when_nobody_speaks,
)
