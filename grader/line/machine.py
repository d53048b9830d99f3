"""The machine: which state it is in, what it answers, and what may have power.

Pure: the clock is an argument, the world comes in as `Inputs`, nothing is switched here. Whoever owns the machine calls
`tick` at least ten times a second and switches what `outputs` says, after every tick and every command.
"""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from grader.line.commands import (
    Fire,
    Jog,
    MachineCommand,
    Origin,
    OverrideSphereCheck,
    Reaction,
    Reply,
    SetMode,
    SphereCheck,
    TryLamp,
    Verdict,
    forbidden,
)
from grader.line.interlocks import Inputs, Setup, what_cuts_power, what_happens, why_no_motion, why_not_in
from grader.line.outputs import LAMPS, WARNING, Buzzer, Lamp, Outputs
from grader.line.states import MODE_CHANGES_IN, STATE_COMPLETE, TRANSITIONS, Mode, State, Trigger


@dataclass(frozen=True, slots=True)
class Change:
    """One step of the machine, for the journal and for whoever asks why."""

    at_s: float
    left: State
    entered: State
    trigger: Trigger
    origin: Origin
    why: str


RUNNING_OUT = frozenset({State.HOLDING, State.COMPLETING})
"""The belt may move on for what is under way, if it moved before."""
COMING_TO_REST = frozenset({State.HOLDING, State.COMPLETING, State.SUSPENDING, State.STOPPING})
"""Recorded shots still fire until the belt stands."""
_AT_REST = frozenset({State.HOLDING, State.HELD, State.SUSPENDING, State.SUSPENDED})
FIRE_WINDOW_S = 0.5
"""How long the valves stay enabled for one commanded pulse: the command's way to the valve, and the pulse."""


@dataclass(frozen=True, slots=True)
class _Jogging:
    speed_mm_s: float
    moves_from_s: float
    until_s: float


class Machine:
    """The state machine of one station. Times are seconds of one monotonic clock."""

    def __init__(self, setup: Setup, inputs: Inputs, now_s: float) -> None:
        self.setup = setup
        self.mode = Mode.PRODUCE
        cut = what_cuts_power(inputs)
        self.state = State.ABORTED if cut else State.STOPPED
        self.why = cut or "The station was switched on."
        self.override: OverrideSphereCheck | None = None
        self.changes: deque[Change] = deque(maxlen=256)
        self._inputs = inputs
        self._now_s = now_s
        self._since_s = now_s
        self._runs_out = False
        self._jogging: _Jogging | None = None
        self._fires_until_s = now_s
        self._lamp_tried: TryLamp | None = None
        self._lamp_until_s = now_s

    # -- what others ask

    @property
    def inputs(self) -> Inputs:
        """The world at the last tick."""
        return self._inputs

    def command(self, command: MachineCommand, origin: Origin, now_s: float) -> Reply:
        """Carry out `command` or refuse it; the reply is the sentence to show."""
        self._now_s = max(self._now_s, now_s)
        verdict, sentence = self._answer(command, origin)
        return Reply(verdict=verdict, sentence=sentence, state=self.state)

    def tick(self, inputs: Inputs, now_s: float) -> Outputs:
        """Take in the world, go on by at most one state, and say what has power.

        Emergency stop, guards and mains act at once.
        """
        self._now_s = max(self._now_s, now_s)
        if inputs.sphere_check != self._inputs.sphere_check:
            self.override = None  # it was given for a result that is no longer the last one
        self._inputs = inputs
        self._end_jog_and_run_out()
        if (cut := what_cuts_power(inputs)) and (self.state, Trigger.ABORT) in TRANSITIONS:
            self._enter(Trigger.ABORT, Origin.SELF, cut)
        elif self.state in WARNING and (obstacle := why_no_motion(inputs, self.setup)):
            self._enter(Trigger.HOLD, Origin.SELF, obstacle)
        elif self._done():
            self._enter(Trigger.STATE_COMPLETE, Origin.SELF, self.why)
        return self.outputs

    def react(self, reaction: Reaction, why: str, now_s: float) -> None:
        """Do what an alarm asks for; harmless when repeated as long as the alarm lasts.

        Where PackML has no such way from here, the next stronger one is taken. A belt that somebody jogs is left to
        them, or no fault could be looked for; only an abort ends that.
        """
        self._now_s = max(self._now_s, now_s)
        if reaction is Reaction.SUSPEND and self.state in _AT_REST:
            self._runs_out = False  # nothing downstream takes what the belt still brings
            return
        if reaction is Reaction.HOLD and self.state in {State.HOLDING, State.HELD}:
            return
        for trigger in _WAYS[reaction]:
            if (self.state, trigger) in TRANSITIONS and (trigger is not Trigger.STOP or self.state is State.COMPLETING):
                self._enter(trigger, Origin.SELF, why)
                return

    @property
    def classes_allowed(self) -> bool:
        """Whether fruit get a class: the reference spheres passed, or somebody answers for it."""
        return self._inputs.sphere_check is SphereCheck.PASSED or self.override is not None

    @property
    def outputs(self) -> Outputs:
        """What has power now."""
        lamp, flashes = LAMPS[self.state]
        buzzer = Buzzer.WARNING if self.state in WARNING else Buzzer.OFF
        if self._jogging is not None:
            lamp, flashes = Lamp.BLUE, True
            buzzer = Buzzer.WARNING if self._now_s < self._jogging.moves_from_s else Buzzer.OFF
        if self._inputs.screen_lost and buzzer is Buzzer.OFF:
            buzzer = Buzzer.CALL
            lamp, flashes = (lamp, flashes) if lamp is Lamp.RED else (Lamp.YELLOW, True)
        if self._lamp_tried is not None and self._now_s < self._lamp_until_s and buzzer is Buzzer.OFF:
            lamp, flashes = self._lamp_tried.lamp, False
            buzzer = Buzzer.CALL if self._lamp_tried.buzzer else buzzer
        infeed_on = self.state is State.EXECUTE
        return Outputs(self._belt_speed_mm_s(), self._valves_enabled(), buzzer, lamp, flashes, infeed_on)

    def _belt_speed_mm_s(self) -> float:
        if self._jogging is not None:
            return self._jogging.speed_mm_s if self._now_s >= self._jogging.moves_from_s else 0.0
        return self.setup.belt_speed_mm_s if self.state is State.EXECUTE or self._runs_out else 0.0

    def _valves_enabled(self) -> bool:
        if self.state is State.IDLE:
            return self._now_s < self._fires_until_s
        moving = self._runs_out or not self._inputs.belt_stopped
        return self._inputs.encoder_ok and (self.state is State.EXECUTE or (self.state in COMING_TO_REST and moving))

    # -- commands

    def _answer(self, command: MachineCommand, origin: Origin) -> tuple[Verdict, str]:
        if (refusal := forbidden(command, origin)) is not None:
            return Verdict.FORBIDDEN, refusal
        if isinstance(command, SetMode):
            return self._set_mode(command)
        if isinstance(command, Jog | Fire | TryLamp):
            return self._try_out(command)
        if isinstance(command, OverrideSphereCheck):
            if self._inputs.sphere_check is SphereCheck.PASSED:
                return Verdict.ACCEPTED, "The reference spheres have passed: fruit get a class anyway."
            self.override = command
            return Verdict.ACCEPTED, f"Fruit get a class. {command.who} answers for it: {command.reason}"[:500]
        return self._move(Trigger(command.kind), origin)

    def _move(self, trigger: Trigger, origin: Origin) -> tuple[Verdict, str]:
        to = TRANSITIONS.get((self.state, trigger))
        if to is None:
            return Verdict.WRONG_STATE, why_not_in(self.state, trigger.label)
        if trigger is Trigger.START and self.mode is not Mode.PRODUCE:
            return Verdict.WRONG_MODE, f"Start is not possible in mode {self.mode.label}. Change to Produce first."
        if trigger is Trigger.CLEAR and (cut := what_cuts_power(self._inputs)):
            return Verdict.INTERLOCK, f"Clear is not possible in Aborted. {cut}"
        if to in WARNING and (obstacle := why_no_motion(self._inputs, self.setup)):
            return Verdict.INTERLOCK, f"{trigger.label} is not possible in {self.state.label}. {obstacle}"
        self._enter(trigger, origin, f"{trigger.label} came from {_FROM[origin]}.")
        sentence = what_happens(trigger, self.setup)
        if to in WARNING and not self.classes_allowed:
            warning = "The reference spheres have not passed: fruit are measured but get no class."
            return Verdict.WITHOUT_CLASSES, f"{sentence} {warning}"
        return Verdict.ACCEPTED, sentence

    def _set_mode(self, command: SetMode) -> tuple[Verdict, str]:
        if self.state not in MODE_CHANGES_IN:
            return Verdict.WRONG_STATE, why_not_in(self.state, "A change of mode") + " Modes change in Stopped or Idle."
        self.mode = command.mode
        self._end_trials()
        return Verdict.ACCEPTED, f"The mode is {self.mode.label}."

    def _try_out(self, command: Jog | Fire | TryLamp) -> tuple[Verdict, str]:
        """Jog, fire, lamp test: in Idle, by somebody who chose Maintenance or Manual for it."""
        name = "Lamp test" if isinstance(command, TryLamp) else type(command).__name__
        if self.mode is Mode.PRODUCE:
            return Verdict.WRONG_MODE, f"{name} is not possible in mode Produce. Change to Maintenance or Manual first."
        if self.state is not State.IDLE:
            return Verdict.WRONG_STATE, why_not_in(self.state, name) + f" {name} needs Idle."
        if cut := what_cuts_power(self._inputs):
            return Verdict.INTERLOCK, f"{name} is not possible. {cut}"
        match command:
            case Jog():
                return self._jog(command)
            case Fire():
                return self._fire(command)
        self._lamp_tried, self._lamp_until_s = command, self._now_s + command.duration_s
        return Verdict.ACCEPTED, f"The lamp is {command.lamp} for {command.duration_s:g} s."

    def _fire(self, command: Fire) -> tuple[Verdict, str]:
        if not self._inputs.air_pressure_ok:
            return Verdict.INTERLOCK, "Fire is not possible while the air pressure is low. Open the air supply."
        self._fires_until_s = self._now_s + FIRE_WINDOW_S
        return Verdict.ACCEPTED, f"Outlet {command.outlet}, lane {command.lane} fires once."

    def _jog(self, command: Jog) -> tuple[Verdict, str]:
        self._end_jog_and_run_out()
        fresh = self._jogging is None
        moves_from_s = self._now_s + self.setup.warning_s if self._jogging is None else self._jogging.moves_from_s
        until_s = max(self._now_s, moves_from_s) + command.duration_s
        self._jogging = _Jogging(command.speed_mm_s, moves_from_s, until_s)
        return Verdict.ACCEPTED, what_happens(Trigger.START, self.setup) if fresh else "The belt moves on."

    # -- steps

    def _enter(self, trigger: Trigger, origin: Origin, why: str) -> None:
        moved = self.outputs.belt_on
        left, self.state = self.state, TRANSITIONS[self.state, trigger]
        self.why, self._since_s = why, self._now_s
        self._end_trials()
        # A belt that stood is not set in motion by holding it.
        self._runs_out = moved and self.state in RUNNING_OUT
        self._end_jog_and_run_out()
        self.changes.append(Change(self._now_s, left, self.state, trigger, origin, why))

    def _end_trials(self) -> None:
        self._jogging = self._lamp_tried = None
        self._fires_until_s = self._now_s

    def _end_jog_and_run_out(self) -> None:
        if self._jogging is not None and self._now_s >= self._jogging.until_s:
            self._jogging = None
        on_the_way = self._inputs.shots_in_flight if self.state is State.HOLDING else self._inputs.fruit_on_belt
        late = self._now_s - self._since_s >= self.setup.run_out_s
        if late or not on_the_way or not self._inputs.encoder_ok:
            self._runs_out = False  # for good: a belt that came to rest here stays at rest

    def _done(self) -> bool:
        """Whether the acting state has done what it is for."""
        if self.state in WARNING:
            return self._now_s - self._since_s >= self.setup.warning_s
        if self.state in {State.RESETTING, State.CLEARING}:
            return True  # whatever cuts the power has aborted them before
        return self.state in STATE_COMPLETE and not self._runs_out and self._inputs.belt_stopped


_FROM: Mapping[Origin, str] = MappingProxyType(
    {
        Origin.MACHINE: "the panel at the machine",
        Origin.SCREEN: "the touchscreen",
        Origin.UPSTREAM: "an upstream system",
        Origin.SELF: "the line itself",
    }
)
_WAYS: Mapping[Reaction, tuple[Trigger, ...]] = MappingProxyType(
    {
        Reaction.NONE: (),
        Reaction.CLOSE_OUTLET: (),
        Reaction.SUSPEND: (Trigger.SUSPEND, Trigger.HOLD, Trigger.STOP),
        Reaction.HOLD: (Trigger.HOLD, Trigger.STOP),
        Reaction.ABORT: (Trigger.ABORT,),
    }
)
