"""The machine does what the table says, answers in sentences, and never moves by surprise."""

import math
from dataclasses import replace
from typing import TYPE_CHECKING, get_args

import pytest

from grader.errors import GraderError
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
    TryLamp,
    Unhold,
    Unsuspend,
    Verdict,
)
from grader.line.interlocks import Inputs, Setup, SetupError
from grader.line.machine import Machine
from grader.line.outputs import Buzzer, Lamp, Outputs
from grader.line.states import Mode, State

if TYPE_CHECKING:
    from collections.abc import Callable

SETUP = Setup(way_to_first_ejector_mm=200, belt_speed_mm_s=300)
CALM = Inputs(
    e_stop_pressed=False,
    belt_stopped=True,
    air_pressure_ok=True,
    calibration_loaded=True,
    sphere_check=SphereCheck.PASSED,
    encoder_ok=True,
)
PRESSED = replace(CALM, e_stop_pressed=True)
MOVING = replace(CALM, belt_stopped=False, shots_in_flight=2, fruit_on_belt=3)
OVERRIDE = OverrideSphereCheck(reason="checked by hand", who="Ana")
COMMANDS: dict[str, MachineCommand] = {
    "reset": Reset(),
    "start": Start(),
    "stop": Stop(),
    "hold": Hold(),
    "unhold": Unhold(),
    "suspend": Suspend(),
    "unsuspend": Unsuspend(),
    "abort": Abort(),
    "clear": Clear(),
    "complete": Complete(),
    "set_mode": SetMode(mode=Mode.MANUAL),
    "jog": Jog(speed_mm_s=50),
    "fire": Fire(outlet=Outlet.SUPER),
    "try_lamp": TryLamp(lamp=Lamp.RED),
    "override_sphere_check": OVERRIDE,
}

# Written down from the brief and OPC 30050, apart from the code: what somebody at the machine gets, in mode Produce.
EXPECTED = {
    "CLEARING": {"abort": "ABORTING"},
    "STOPPED": {"reset": "RESETTING", "abort": "ABORTING", "set_mode": "STOPPED"},
    "STARTING": {"hold": "HOLDING", "stop": "STOPPING", "abort": "ABORTING"},
    "IDLE": {"start": "STARTING", "stop": "STOPPING", "abort": "ABORTING", "set_mode": "IDLE"},
    "SUSPENDED": {"unsuspend": "UNSUSPENDING", "hold": "HOLDING", "stop": "STOPPING", "abort": "ABORTING"},
    "EXECUTE": {
        "complete": "COMPLETING",
        "hold": "HOLDING",
        "suspend": "SUSPENDING",
        "stop": "STOPPING",
        "abort": "ABORTING",
    },
    "STOPPING": {"abort": "ABORTING"},
    "ABORTING": {},
    "ABORTED": {"clear": "CLEARING", "set_mode": "ABORTED"},
    "HOLDING": {"stop": "STOPPING", "abort": "ABORTING"},
    "HELD": {"unhold": "UNHOLDING", "stop": "STOPPING", "abort": "ABORTING"},
    "UNHOLDING": {"hold": "HOLDING", "stop": "STOPPING", "abort": "ABORTING"},
    "SUSPENDING": {"hold": "HOLDING", "stop": "STOPPING", "abort": "ABORTING"},
    "UNSUSPENDING": {"hold": "HOLDING", "stop": "STOPPING", "abort": "ABORTING"},
    "RESETTING": {"stop": "STOPPING", "abort": "ABORTING"},
    "COMPLETING": {"stop": "STOPPING", "abort": "ABORTING"},
    "COMPLETE": {"reset": "RESETTING", "stop": "STOPPING", "abort": "ABORTING"},
}
ORIGIN_MAY = {
    Origin.MACHINE: set(COMMANDS),
    Origin.SCREEN: set(COMMANDS),
    Origin.UPSTREAM: {"hold", "stop"},
    Origin.SELF: {"hold", "suspend", "stop", "abort", "complete"},
}


class Bench:
    """A machine, its world and its clock on the table."""

    def __init__(self, inputs: Inputs = CALM, setup: Setup = SETUP) -> None:
        self.now_s = 1000.0
        self.inputs = inputs
        self.machine = Machine(setup, inputs, self.now_s)

    @property
    def state(self) -> State:
        return State(self.machine.state)

    def press(self, command: MachineCommand, origin: Origin = Origin.MACHINE) -> Verdict:
        reply = self.machine.command(command, origin, self.now_s)
        assert reply.state is self.state
        return reply.verdict

    def sentence(self, command: MachineCommand, origin: Origin = Origin.MACHINE) -> str:
        return self.machine.command(command, origin, self.now_s).sentence

    def run(self, seconds: float = 0.0, **world: object) -> Outputs:
        self.now_s += seconds
        self.inputs = replace(self.inputs, **world)  # type: ignore[arg-type]
        return self.machine.tick(self.inputs, self.now_s)

    def execute(self) -> "Bench":
        self.press(Reset())
        self.run()
        self.press(Start())
        self.run(3)
        assert self.state is State.EXECUTE
        self.run(belt_stopped=False, shots_in_flight=2, fruit_on_belt=3)
        return self


def starting(bench: Bench) -> None:
    bench.press(Reset())
    bench.run()
    bench.press(Start())


def bench_in(state: State) -> Bench:
    """A machine that was led to `state` by hand, on the way that an operator would take."""
    way: dict[State, Callable[[Bench], object]] = {
        State.STOPPED: lambda _: None,
        State.RESETTING: lambda b: b.press(Reset()),
        State.IDLE: lambda b: (b.press(Reset()), b.run()),
        State.STARTING: starting,
        State.EXECUTE: lambda b: b.execute(),
        State.HOLDING: lambda b: b.execute().press(Hold()),
        State.HELD: lambda b: (b.execute().press(Hold()), b.run(9, belt_stopped=True, shots_in_flight=0)),
        State.UNHOLDING: lambda b: lead(b, State.HELD).press(Unhold()),
        State.SUSPENDING: lambda b: b.execute().press(Suspend()),
        State.SUSPENDED: lambda b: (b.execute().press(Suspend()), b.run(1, belt_stopped=True)),
        State.UNSUSPENDING: lambda b: lead(b, State.SUSPENDED).press(Unsuspend()),
        State.COMPLETING: lambda b: b.execute().press(Complete()),
        State.COMPLETE: lambda b: (b.execute().press(Complete()), b.run(9, belt_stopped=True, fruit_on_belt=0)),
        State.STOPPING: lambda b: b.execute().press(Stop()),
        State.ABORTING: lambda b: b.execute().press(Abort()),
        State.ABORTED: lambda b: (b.execute().press(Abort()), b.run(1, belt_stopped=True)),
        State.CLEARING: lambda b: lead(b, State.ABORTED).press(Clear()),
    }

    def lead(bench: Bench, to: State) -> Bench:
        way[to](bench)
        assert bench.state is to
        return bench

    return lead(Bench(), state)


def test_the_test_knows_every_command() -> None:
    assert [type(command) for command in COMMANDS.values()] == list(get_args(MachineCommand))


@pytest.mark.parametrize("origin", Origin)
@pytest.mark.parametrize("kind", COMMANDS)
@pytest.mark.parametrize("state", State)
def test_every_command_in_every_state_from_everywhere(state: State, kind: str, origin: Origin) -> None:
    bench = bench_in(state)
    reply = bench.machine.command(COMMANDS[kind], origin, bench.now_s)
    to = state.name if kind == "override_sphere_check" else EXPECTED[state.name].get(kind)
    if kind in ORIGIN_MAY[origin] and to is not None:
        assert (reply.accepted, reply.state.name) == (True, to)
        return
    assert (reply.accepted, reply.state) == (False, state)
    if kind not in ORIGIN_MAY[origin]:
        assert reply.verdict is Verdict.FORBIDDEN
    else:
        assert state.label in reply.sentence or "mode Produce" in reply.sentence
        assert any(word in reply.sentence for word in ("press", "Press", "Wait", "possible.", "Change to"))


def test_power_comes_up_stopped_or_aborted_when_the_emergency_stop_is_pressed() -> None:
    assert Bench().state is State.STOPPED
    assert Bench(PRESSED).state is State.ABORTED
    assert not Bench(PRESSED).machine.outputs.belt_on


@pytest.mark.parametrize("state", [State.STARTING, State.UNHOLDING, State.UNSUSPENDING])
def test_the_belt_moves_after_three_seconds_of_buzzer_and_lamp(state: State) -> None:
    bench = bench_in(state)
    for seconds in (0.0, 1.5, 1.4):
        now = bench.run(seconds)
        assert (now.belt_on, now.valves_enabled, now.buzzer) == (False, False, Buzzer.WARNING)
        assert (now.lamp, now.lamp_flashes) == (Lamp.GREEN, True)
    now = bench.run(0.2)
    assert bench.state is State.EXECUTE
    assert now == Outputs(
        300, valves_enabled=True, buzzer=Buzzer.OFF, lamp=Lamp.GREEN, lamp_flashes=False, infeed_on=True
    )


def test_a_reset_never_restarts() -> None:
    bench = bench_in(State.COMPLETE)
    bench.press(Reset())
    for _ in range(1000):
        assert not bench.run(1).belt_on
    assert bench.state is State.IDLE


CUTS = ("e_stop_pressed", "door_open", "power_failing")


@pytest.mark.parametrize("cut", CUTS)
@pytest.mark.parametrize("state", sorted(set(State) - {State.ABORTED, State.ABORTING}))
def test_emergency_stop_guards_and_mains_take_all_power_in_the_same_call(state: State, cut: str) -> None:
    bench = bench_in(state)
    now = bench.run(**{cut: True})
    assert bench.state is State.ABORTING
    assert (now.belt_on, now.valves_enabled, now.lamp) == (False, False, Lamp.RED)


@pytest.mark.parametrize("cut", CUTS)
def test_an_abort_cannot_be_cleared_while_its_cause_lasts(cut: str) -> None:
    bench = bench_in(State.ABORTED)
    bench.run(**{cut: True})
    assert bench.press(Clear()) is Verdict.INTERLOCK
    bench.run(**{cut: False})
    assert bench.press(Clear()) is Verdict.ACCEPTED
    bench.run()
    assert bench.state is State.STOPPED


@pytest.mark.parametrize(
    ("state", "command"), [(State.IDLE, Start()), (State.HELD, Unhold()), (State.SUSPENDED, Unsuspend())]
)
@pytest.mark.parametrize(
    ("world", "word"),
    [({"air_pressure_ok": False}, "air pressure"), ({"calibration_loaded": False}, "calibration")],
)
def test_no_motion_begins_while_something_is_missing(
    state: State, command: MachineCommand, world: dict[str, bool], word: str
) -> None:
    bench = bench_in(state)
    bench.run(**world)
    assert word in bench.sentence(command)
    assert bench.press(command) is Verdict.INTERLOCK
    assert bench.state is state


def test_a_way_too_short_for_the_speed_refuses_the_start_and_says_which_speed_would_do() -> None:
    bench = Bench(setup=Setup(way_to_first_ejector_mm=29, belt_speed_mm_s=300, latency_budget_ms=100))
    bench.press(Reset())
    bench.run()
    assert "at most 290 mm/s" in bench.sentence(Start())
    assert bench.press(Start()) is Verdict.INTERLOCK


def test_a_way_that_is_just_long_enough_is_allowed() -> None:
    bench = Bench(setup=Setup(way_to_first_ejector_mm=30, belt_speed_mm_s=300, latency_budget_ms=100))
    bench.execute()


def test_what_fails_during_the_warning_holds_the_machine() -> None:
    bench = bench_in(State.STARTING)
    assert not bench.run(1, air_pressure_ok=False).belt_on
    assert bench.state is State.HOLDING
    assert "air pressure" in bench.machine.why
    assert not bench.run(1, shots_in_flight=5, belt_stopped=False).belt_on, "holding sets nothing in motion"


@pytest.mark.parametrize("check", [SphereCheck.DUE, SphereCheck.FAILED])
def test_without_the_spheres_fruit_get_no_class_until_somebody_answers_for_it(check: SphereCheck) -> None:
    bench = Bench(replace(CALM, sphere_check=check))
    bench.press(Reset())
    bench.run()
    assert bench.press(Start()) is Verdict.WITHOUT_CLASSES
    assert bench.press(OVERRIDE, Origin.UPSTREAM) is Verdict.FORBIDDEN
    assert not bench.machine.classes_allowed
    assert bench.press(OVERRIDE, Origin.SCREEN) is Verdict.ACCEPTED
    assert [bench.machine.classes_allowed] == [True]
    assert bench.machine.override == OVERRIDE


def test_an_override_ends_with_the_result_it_was_given_for() -> None:
    bench = Bench(replace(CALM, sphere_check=SphereCheck.DUE))
    bench.press(OVERRIDE)
    bench.run(sphere_check=SphereCheck.FAILED)
    assert not bench.machine.classes_allowed


def test_modes_other_than_produce_do_not_start() -> None:
    bench = Bench()
    bench.press(SetMode(mode=Mode.MAINTENANCE))
    bench.press(Reset())
    bench.run()
    assert bench.press(Start()) is Verdict.WRONG_MODE


def test_a_jog_warns_moves_goes_on_while_repeated_and_ends_by_itself() -> None:
    bench = bench_in(State.IDLE)
    assert bench.press(Jog(speed_mm_s=50)) is Verdict.WRONG_MODE
    bench.press(SetMode(mode=Mode.MANUAL))
    assert bench.press(Jog(speed_mm_s=50, duration_s=0.5)) is Verdict.ACCEPTED
    assert bench.run(2.9).buzzer is Buzzer.WARNING
    assert not bench.machine.outputs.belt_on
    assert bench.run(0.2).belt_speed_mm_s == 50
    bench.press(Jog(speed_mm_s=50, duration_s=0.5))
    assert bench.run(0.45).belt_on
    assert not bench.run(0.1).belt_on
    bench.press(Jog(speed_mm_s=50))
    assert not bench.run(2).belt_on, "a new jog warns anew"


def test_the_lamp_is_tried_by_hand_for_a_moment_and_a_warning_goes_before_it() -> None:
    bench = bench_in(State.IDLE)
    lamp = TryLamp(lamp=Lamp.RED, buzzer=True, duration_s=2)
    assert bench.press(lamp) is Verdict.WRONG_MODE
    bench.press(SetMode(mode=Mode.MAINTENANCE))
    assert bench.press(lamp) is Verdict.ACCEPTED
    shown = bench.run(1)
    assert (shown.lamp, shown.lamp_flashes, shown.buzzer, shown.belt_on) == (Lamp.RED, False, Buzzer.CALL, False)
    bench.press(Jog(speed_mm_s=50))
    assert bench.run(0.5).buzzer is Buzzer.WARNING
    bench.press(SetMode(mode=Mode.PRODUCE))
    assert bench.run(0.1).lamp is Lamp.BLUE


@pytest.mark.parametrize("end", [Stop(), Abort(), SetMode(mode=Mode.PRODUCE)])
def test_a_jog_ends_with_any_other_command(end: MachineCommand) -> None:
    bench = bench_in(State.IDLE)
    bench.press(SetMode(mode=Mode.MANUAL))
    bench.press(Jog(speed_mm_s=50, duration_s=2))
    assert bench.run(3.1).belt_on
    bench.press(end)
    assert not bench.machine.outputs.belt_on


def test_one_fire_enables_the_valves_for_a_moment_only_by_hand_and_with_air() -> None:
    bench = bench_in(State.IDLE)
    fire = Fire(outlet=Outlet.SUPER)
    assert bench.press(fire) is Verdict.WRONG_MODE
    bench.press(SetMode(mode=Mode.MAINTENANCE))
    assert bench.press(fire, Origin.UPSTREAM) is Verdict.FORBIDDEN
    assert bench.press(fire) is Verdict.ACCEPTED
    assert bench.machine.outputs.valves_enabled
    assert not bench.run(0.6).valves_enabled
    bench.run(air_pressure_ok=False)
    assert bench.press(fire) is Verdict.INTERLOCK


def test_a_hold_lets_recorded_shots_fire_and_then_stands() -> None:
    bench = bench_in(State.HOLDING)
    now = bench.run(1)
    assert (now.belt_on, now.valves_enabled) == (True, True)
    assert not bench.run(1, shots_in_flight=0).belt_on
    assert not bench.run(1, shots_in_flight=3).belt_on, "a belt that comes to rest stays at rest"
    assert not bench.run(1, belt_stopped=True).valves_enabled
    assert bench.state is State.HELD


def test_a_hold_does_not_run_the_belt_for_ever_nor_blindly() -> None:
    assert not bench_in(State.HOLDING).run(31).belt_on
    blind = bench_in(State.HOLDING).run(encoder_ok=False)
    assert (blind.belt_on, blind.valves_enabled) == (False, False)


@pytest.mark.parametrize("command", [Stop(), Suspend(), Abort()])
def test_stop_suspend_and_abort_take_the_belts_power_at_once(command: MachineCommand) -> None:
    bench = bench_in(State.EXECUTE)
    bench.press(command)
    assert not bench.machine.outputs.belt_on
    bench.run(60)
    assert bench.state.label.endswith("ing"), "and wait until the belt stands"


def test_completing_runs_the_belt_empty() -> None:
    bench = bench_in(State.COMPLETING)
    assert bench.run(1).belt_on
    assert not bench.run(1, fruit_on_belt=0).belt_on
    assert bench.state.label == "Completing"
    bench.run(1, belt_stopped=True)
    assert bench.state.label == "Complete"


def test_no_valve_opens_in_execute_while_nobody_knows_where_the_fruit_are() -> None:
    assert not bench_in(State.EXECUTE).run(encoder_ok=False).valves_enabled


@pytest.mark.parametrize(
    ("reaction", "at", "to"),
    [
        (Reaction.NONE, State.EXECUTE, State.EXECUTE),
        (Reaction.CLOSE_OUTLET, State.EXECUTE, State.EXECUTE),
        (Reaction.SUSPEND, State.EXECUTE, State.SUSPENDING),
        (Reaction.SUSPEND, State.STARTING, State.HOLDING),
        (Reaction.SUSPEND, State.SUSPENDED, State.SUSPENDED),
        (Reaction.SUSPEND, State.HELD, State.HELD),
        (Reaction.SUSPEND, State.COMPLETING, State.STOPPING),
        (Reaction.HOLD, State.EXECUTE, State.HOLDING),
        (Reaction.HOLD, State.SUSPENDED, State.HOLDING),
        (Reaction.HOLD, State.HOLDING, State.HOLDING),
        (Reaction.HOLD, State.COMPLETING, State.STOPPING),
        (Reaction.HOLD, State.IDLE, State.IDLE),
        (Reaction.ABORT, State.IDLE, State.ABORTING),
        (Reaction.ABORT, State.ABORTED, State.ABORTED),
    ],
)
def test_an_alarms_reaction_finds_its_way_from_where_the_machine_is(reaction: Reaction, at: State, to: State) -> None:
    bench = bench_in(at)
    for _ in range(2):
        bench.machine.react(reaction, "The recheck crate is full.", bench.now_s)
        assert bench.state is to


def test_a_suspend_ends_a_run_out() -> None:
    bench = bench_in(State.HOLDING)
    assert bench.machine.outputs.belt_on
    bench.machine.react(Reaction.SUSPEND, "The recheck crate is full.", bench.now_s)
    assert not bench.machine.outputs.belt_on


def test_a_lost_screen_is_told_by_lamp_and_buzzer_while_the_line_goes_on() -> None:
    now = bench_in(State.EXECUTE).run(screen_lost=True)
    assert (now.belt_on, now.buzzer, now.lamp, now.lamp_flashes) == (True, Buzzer.CALL, Lamp.YELLOW, True)
    assert bench_in(State.STARTING).run(screen_lost=True).buzzer is Buzzer.WARNING
    assert bench_in(State.STOPPED).run(screen_lost=True).lamp is Lamp.RED


def test_every_step_is_remembered_with_its_reason() -> None:
    bench = bench_in(State.EXECUTE)
    bench.press(Hold(), Origin.UPSTREAM)
    last = bench.machine.changes[-1]
    assert (last.left, last.entered, last.origin) == (State.EXECUTE, State.HOLDING, Origin.UPSTREAM)
    assert last.why == "Hold came from an upstream system."


@pytest.mark.parametrize("wrong", [{"warning_s": 2.9}, {"belt_speed_mm_s": 0}, {"latency_budget_ms": math.nan}])
def test_an_impossible_setup_is_a_sentence(wrong: dict[str, float]) -> None:
    with pytest.raises(SetupError, match=next(iter(wrong))) as caught:
        replace(SETUP, **wrong)
    assert isinstance(caught.value, GraderError)


def test_a_clock_that_steps_back_shortens_no_warning() -> None:
    bench = bench_in(State.STARTING)
    bench.now_s -= 100
    assert not bench.run(102).belt_on
    assert bench.run(1.1).belt_on
