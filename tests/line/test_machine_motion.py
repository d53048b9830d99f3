"""Whatever is pressed and whatever happens, in any order: nothing moves by surprise."""

import math
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from grader.grading.outlet import Outlet
from grader.line.commands import (
    Abort,
    Clear,
    Complete,
    Fire,
    Hold,
    Jog,
    MachineCommand,
    Origin,
    OverrideSphereCheck,
    Reaction,
    Reset,
    SetMode,
    SphereCheck,
    Start,
    Stop,
    Suspend,
    Unhold,
    Unsuspend,
)
from grader.line.interlocks import Inputs, Setup, what_cuts_power
from grader.line.machine import Machine
from grader.line.outputs import WARNING, Buzzer, Outputs
from grader.line.states import Mode, State

SETUP = Setup(way_to_first_ejector_mm=200, belt_speed_mm_s=300)
MOVES_IN = {State.EXECUTE, State.HOLDING, State.COMPLETING}
VALVES_IN = {State.EXECUTE, State.COMPLETING, State.HOLDING, State.SUSPENDING, State.STOPPING}

NOW_AND_THEN = st.sampled_from([False] * 9 + [True])
MOSTLY = NOW_AND_THEN.map(lambda rare: not rare)
WORLDS = st.builds(
    Inputs,
    e_stop_pressed=NOW_AND_THEN,
    door_open=NOW_AND_THEN,
    power_failing=NOW_AND_THEN,
    belt_stopped=st.booleans(),
    air_pressure_ok=MOSTLY,
    calibration_loaded=MOSTLY,
    sphere_check=st.sampled_from(SphereCheck),
    encoder_ok=MOSTLY,
    shots_in_flight=st.integers(0, 2),
    fruit_on_belt=st.integers(0, 2),
    screen_lost=st.booleans(),
)
CALM = Inputs(
    e_stop_pressed=False,
    belt_stopped=True,
    air_pressure_ok=True,
    calibration_loaded=True,
    sphere_check=SphereCheck.PASSED,
    encoder_ok=True,
)
MOVING = replace(CALM, belt_stopped=False, shots_in_flight=2, fruit_on_belt=3)
# Weighted towards what gets a machine going, or most sequences would end in Aborted.
GOING: list[MachineCommand] = [Reset(), Start(), Unhold(), Unsuspend(), Clear()]
ANY: list[MachineCommand] = [
    *GOING,
    Stop(),
    Hold(),
    Suspend(),
    Complete(),
    Abort(),
    SetMode(mode=Mode.PRODUCE),
    SetMode(mode=Mode.MANUAL),
    Jog(speed_mm_s=50, duration_s=2),
    Fire(outlet=Outlet.SUPER),
    OverrideSphereCheck(reason="checked by hand", who="Ana"),
]
Command = tuple[MachineCommand, Origin]
Step = tuple[float, Command | Reaction | Inputs]
DEEDS = st.one_of(
    st.tuples(st.sampled_from(GOING), st.sampled_from([Origin.MACHINE, Origin.SCREEN])),
    st.tuples(st.sampled_from(ANY), st.sampled_from(Origin)),
    st.sampled_from(Reaction),
    st.sampled_from([CALM, MOVING]),
    WORLDS,
)
STEPS = st.lists(st.tuples(st.sampled_from([0.0, 0.1, 1.0, 2.9, 3.0, 10.0, 40.0]), DEEDS), min_size=10, max_size=60)

# Chance alone rarely presses the right five things in a row.
TO_IDLE: list[Step] = [(0, CALM), (0, (Clear(), Origin.MACHINE)), (0, CALM), (0, (Reset(), Origin.MACHINE)), (0, CALM)]
BEGINNINGS: list[list[Step]] = [
    [],
    [*TO_IDLE, (0, (Start(), Origin.MACHINE)), (3, MOVING)],
    [*TO_IDLE, (0, (SetMode(mode=Mode.MANUAL), Origin.MACHINE)), (0, (Jog(speed_mm_s=50), Origin.SCREEN))],
]


class Watcher:
    """Does one thing after another to a machine, and looks after each whether the promises hold."""

    def __init__(self, world: Inputs) -> None:
        self.machine = Machine(SETUP, world, 0.0)
        self.world = world
        self.now_s = 0.0
        self.asked_s = -math.inf
        """When somebody at the machine last asked for motion and was not refused."""

    def do(self, seconds: float, deed: Command | Reaction | Inputs) -> None:
        before = self.machine.outputs
        self.now_s += seconds
        if isinstance(deed, Inputs):
            self.world = deed
            self.machine.tick(deed, self.now_s)
        else:
            if isinstance(deed, Reaction):
                self.machine.react(deed, "An alarm.", self.now_s)
            else:
                self.press(*deed)
            jogs = self.machine.state is State.IDLE  # where time alone may end the warning between two ticks
            assert before.belt_on or jogs or not self.machine.outputs.belt_on, "motion begins in a tick alone"
        self.look(before, self.machine.outputs)

    def press(self, command: MachineCommand, origin: Origin) -> None:
        mode, state = self.machine.mode, self.machine.state
        accepted = self.machine.command(command, origin, self.now_s).accepted
        if origin in {Origin.UPSTREAM, Origin.SELF}:
            assert self.machine.mode is mode
            assert self.machine.state is state or self.machine.state not in {*WARNING, State.RESETTING, State.CLEARING}
        elif accepted and command.kind in {"start", "unhold", "unsuspend", "jog"}:
            # A jog that is repeated while it warns or moves began with the first one.
            jogs_on = command.kind == "jog" and self.now_s - self.asked_s < 3 + 2 + 1e-9
            self.asked_s = self.asked_s if jogs_on else self.now_s

    def look(self, before: Outputs, now: Outputs) -> None:
        machine = self.machine
        by_hand = machine.state is State.IDLE and machine.mode is not Mode.PRODUCE
        if now.belt_on:
            assert machine.state in MOVES_IN or by_hand
            assert self.now_s - self.asked_s >= 3 - 1e-9
            assert before.belt_on or before.buzzer is Buzzer.WARNING
        if now.valves_enabled:
            assert machine.state in VALVES_IN or by_hand
        if machine.state in {State.ABORTING, State.ABORTED} or what_cuts_power(self.world) is not None:
            assert not now.belt_on
            assert not now.valves_enabled


@settings(max_examples=300)
@given(first=WORLDS, beginning=st.sampled_from(BEGINNINGS), steps=STEPS)
def test_nothing_moves_by_surprise(first: Inputs, beginning: list[Step], steps: list[Step]) -> None:
    watcher = Watcher(first)
    for seconds, deed in [*beginning, *steps]:
        watcher.do(seconds, deed)


@given(first=WORLDS, steps=STEPS)
def test_without_anybody_at_the_machine_nothing_ever_moves(first: Inputs, steps: list[Step]) -> None:
    machine, now_s = Machine(SETUP, first, 0.0), 0.0
    for seconds, deed in steps:
        now_s += seconds
        if isinstance(deed, Inputs):
            machine.tick(deed, now_s)
        elif isinstance(deed, Reaction):
            machine.react(deed, "An alarm.", now_s)
        else:
            # Resets and clears may come from people: a reset never restarts.
            origin = deed[1] if deed[0].kind in {"reset", "clear"} else Origin.UPSTREAM
            machine.command(deed[0], origin, now_s)
        assert not machine.outputs.belt_on


@given(steps=STEPS)
def test_stop_works_from_every_running_state_and_needs_nobody_in_particular(
    steps: list[Step],
) -> None:
    watcher = Watcher(CALM)
    for seconds, deed in steps:
        watcher.do(seconds, deed)
    watcher.machine.command(Stop(), Origin.UPSTREAM, watcher.now_s)
    assert not watcher.machine.outputs.belt_on
