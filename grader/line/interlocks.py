"""What the machine knows of the world around it, and the sentences with which it refuses."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from grader.errors import GraderError
from grader.line.commands import SphereCheck
from grader.line.states import STATE_COMPLETE, State, Trigger

MIN_WARNING_S = 3.0
"""Shortest buzzer and lamp before the belt moves (DESIGN, invariant 5)."""


class SetupError(GraderError, ValueError, code="line_setup"):
    """A figure of the machine's set-up is impossible. Correct the station profile."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """What does not change while the machine has power."""

    way_to_first_ejector_mm: float
    """From where a fruit was last seen to the first ejector, along the belt."""
    belt_speed_mm_s: float
    latency_budget_ms: float = 100.0
    """What exposure, decision and durable record may take together."""
    warning_s: float = MIN_WARNING_S
    run_out_s: float = 30.0
    """Longest that the belt moves on in Holding and Completing, whatever the sensors say."""

    def __post_init__(self) -> None:
        """Refuse a warning that is too short, and figures that are no positive numbers."""
        for name in self.__slots__:
            value = getattr(self, name)
            if not 0 < value < math.inf:
                raise SetupError(f"{name} is {value}: it must be above 0 and finite. Correct the station profile.")
        if self.warning_s < MIN_WARNING_S:
            raise SetupError(f"warning_s is {self.warning_s}: the warning lasts at least {MIN_WARNING_S:g} s.")

    @property
    def highest_speed_mm_s(self) -> float:
        """The belt speed at which a decision is only just in time for the first ejector."""
        return self.way_to_first_ejector_mm / (self.latency_budget_ms / 1000)


@dataclass(frozen=True, slots=True, kw_only=True)
class Inputs:
    """The world at one tick. What bears on safety has no default: whoever asks has to have looked."""

    e_stop_pressed: bool
    belt_stopped: bool
    """By encoder and drive together."""
    air_pressure_ok: bool
    calibration_loaded: bool
    sphere_check: SphereCheck
    encoder_ok: bool
    """False while nobody knows where the fruit are: the belt is not run out, and no valve opens."""
    shots_in_flight: int = 0
    """Recorded shots that have not been fired yet."""
    fruit_on_belt: int = 0
    door_open: bool = False
    """A guard is open: its own relay has stopped the machine, the contact only tells us."""
    power_failing: bool = False
    screen_lost: bool = False


def why_no_motion(inputs: Inputs, setup: Setup) -> str | None:
    """The sentence why the belt may not be started, and what to do; None where it may."""
    return what_cuts_power(inputs) or _what_is_missing(inputs, setup)


def what_cuts_power(inputs: Inputs) -> str | None:
    """The sentence why nothing may have power now, and what to do; None where it may."""
    if inputs.e_stop_pressed:
        return "The emergency stop is pressed. Make sure that nobody reaches in, then pull it out."
    if inputs.door_open:
        return "A guard is open. Make sure that nobody reaches in, then close it."
    if inputs.power_failing:
        return "The mains have failed: the computer runs on its reserve. Wait until the mains are back."
    return None


def _what_is_missing(inputs: Inputs, setup: Setup) -> str | None:
    if not inputs.calibration_loaded:
        return "The station has no calibration, so it cannot measure. Load or make one: grader calibrate."
    if setup.belt_speed_mm_s > setup.highest_speed_mm_s:
        return (
            f"The belt is set to {setup.belt_speed_mm_s:g} mm/s, too fast to decide before the first ejector "
            f"{setup.way_to_first_ejector_mm:g} mm behind the camera. Set at most {setup.highest_speed_mm_s:.4g} mm/s."
        )
    if not inputs.air_pressure_ok:
        return "The air pressure is low, so no valve would move a fruit. Open the air supply and look at the gauge."
    return None


_HELP: Mapping[State, str] = MappingProxyType(
    {
        State.STOPPED: "Press Reset, then Start.",
        State.IDLE: "The machine is ready: press Start.",
        State.EXECUTE: "The belt runs: Hold, Suspend, Complete and Stop are possible.",
        State.HELD: "Press Unhold to go on, or Stop to end.",
        State.SUSPENDED: "Press Unsuspend to go on, or Stop to end.",
        State.COMPLETE: "Press Reset, then Start.",
        State.ABORTED: "Release the emergency stop, then press Clear.",
    }
)


def why_not_in(state: State, what: str) -> str:
    """The sentence that `what` is not possible in `state`, and what would help."""
    hint = _HELP.get(state) or f"Wait until the machine is in {STATE_COMPLETE[state].label}."
    return f"{what} is not possible in {state.label}. {hint}"


def what_happens(trigger: Trigger, setup: Setup) -> str:
    """The sentence that answers an accepted command."""
    return _ANSWERS.get(trigger) or f"The buzzer sounds for {setup.warning_s:g} s, then the belt moves."


_ANSWERS: Mapping[Trigger, str] = MappingProxyType(
    {
        Trigger.RESET: "The machine makes itself ready and waits. Nothing moves before Start.",
        Trigger.STOP: "The belt stops now.",
        Trigger.HOLD: "Fruit on their way are still sorted, then the belt stands.",
        Trigger.SUSPEND: "The belt stops and waits for an operator.",
        Trigger.ABORT: "Belt and valves have no power now.",
        Trigger.CLEAR: "The machine clears and is then stopped. Nothing moves before Reset and Start.",
        Trigger.COMPLETE: "The belt runs empty, then the run is complete.",
    }
)
