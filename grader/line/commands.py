"""What travels over the Unix socket between the line and the web process: commands, replies, the state.

Web loads this file without OpenCV or numpy. Every message is frozen JSON that refuses fields it does not know.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from grader.grading.outlet import Outlet
from grader.line.calibration_words import CalibrationCommand, CalibrationReport
from grader.line.message import Count, Message, Name, Sentence
from grader.line.outputs import Buzzer, Lamp
from grader.line.states import Mode, State, Trigger


class Origin(StrEnum):
    """Where a command was given, and with that what it may do."""

    MACHINE = "machine"
    """The panel at the machine."""
    SCREEN = "screen"
    """The touchscreen's local session."""
    UPSTREAM = "upstream"
    """An API key, somewhere."""
    SELF = "self"
    """The line itself."""


class Reset(Message):
    """Make a stopped or complete machine ready; it then waits in Idle."""

    kind: Literal["reset"] = "reset"


class Start(Message):
    """Start from Idle, after the warning."""

    kind: Literal["start"] = "start"


class Stop(Message):
    """Stop the belt at once. Needs no login."""

    kind: Literal["stop"] = "stop"


class Hold(Message):
    """Let recorded shots fire, then stand: own fault, or the operator's wish."""

    kind: Literal["hold"] = "hold"


class Unhold(Message):
    """Go on after Held, after the warning."""

    kind: Literal["unhold"] = "unhold"


class Suspend(Message):
    """Stand because nothing comes, or nothing downstream can take it."""

    kind: Literal["suspend"] = "suspend"


class Unsuspend(Message):
    """Go on after Suspended, after the warning."""

    kind: Literal["unsuspend"] = "unsuspend"


class Abort(Message):
    """De-energise at once."""

    kind: Literal["abort"] = "abort"


class Clear(Message):
    """Leave Aborted, once the emergency stop is released."""

    kind: Literal["clear"] = "clear"


class Complete(Message):
    """Run the belt empty and end the run; `ToComplete` in OPC 30050."""

    kind: Literal["complete"] = "complete"


class SetMode(Message):
    """Change what the machine is used for; only while nothing moves."""

    kind: Literal["set_mode"] = "set_mode"
    mode: Mode


class Jog(Message):
    """Move the belt for a moment, after the warning; sent again while it moves, it goes on without another one."""

    kind: Literal["jog"] = "jog"
    speed_mm_s: float = Field(gt=0, le=100)
    duration_s: float = Field(default=0.5, gt=0, le=2)


class Fire(Message):
    """One pulse of one valve."""

    kind: Literal["fire"] = "fire"
    outlet: Outlet
    lane: int = Field(default=0, ge=0, le=15)
    duration_ms: float = Field(default=20, gt=0, le=100)


class TryLamp(Message):
    """Light one colour of the lamp tower for a moment, and sound the buzzer."""

    kind: Literal["try_lamp"] = "try_lamp"
    lamp: Lamp
    buzzer: bool = False
    duration_s: float = Field(default=2, gt=0, le=10)


class OverrideSphereCheck(Message):
    """Give classes although the reference spheres did not pass; kept with the name and the reason."""

    kind: Literal["override_sphere_check"] = "override_sphere_check"
    reason: Sentence
    who: Name


class OpenOutlet(Message):
    """Let fruit into an outlet again, after a look at it."""

    kind: Literal["open_outlet"] = "open_outlet"
    outlet: Outlet


class CloseOutlet(Message):
    """Send an outlet's fruit to recheck."""

    kind: Literal["close_outlet"] = "close_outlet"
    outlet: Outlet


class SwapTray(Message):
    """An empty tray has taken the place of the last one."""

    kind: Literal["swap_tray"] = "swap_tray"
    outlet: Outlet
    tray_id: Name


class FeedLot(Message):
    """From the next fruit on they are of this lot. Trays with another lot's fruit take nothing more, unless `mixed`."""

    kind: Literal["feed_lot"] = "feed_lot"
    lot: Name
    pass_number: int = Field(default=1, ge=1, le=2)
    """2: its recheck crate is fed."""
    mixed: bool = False
    who: Name


class EmptyRecheck(Message):
    """The recheck crate was emptied."""

    kind: Literal["empty_recheck"] = "empty_recheck"


class AcknowledgeAlarm(Message):
    """Somebody has seen an alarm. It does not mend its cause."""

    kind: Literal["acknowledge_alarm"] = "acknowledge_alarm"
    code: Name
    subject: Name | None = None
    who: Name


MachineCommand = (
    Reset | Start | Stop | Hold | Unhold | Suspend | Unsuspend | Abort | Clear | Complete
    | SetMode | Jog | Fire | TryLamp | OverrideSphereCheck
)  # fmt: skip
"""What `grader.line.machine` answers."""
LineCommand = OpenOutlet | CloseOutlet | SwapTray | FeedLot | EmptyRecheck | AcknowledgeAlarm | CalibrationCommand
"""What the line's other parts answer."""
Command = MachineCommand | LineCommand

MaintenanceCommand = Jog | Fire | TryLamp | CalibrationCommand
"""What a manager alone may ask at the touchscreen: it moves, switches or calibrates a machine that is not sorting."""

_SELF = frozenset({"hold", "suspend", "stop", "abort", "complete", "close_outlet"})

# Invariant 5: an upstream key may ask for hold and stop, never for motion. The line itself may only lessen motion too.
MAY_NOT_SAY: Mapping[Origin, str] = MappingProxyType(
    {
        Origin.UPSTREAM: "From elsewhere one may only hold and stop. Ask somebody at the machine.",
        Origin.SELF: "The line never does this by itself. Somebody at the machine has to.",
    }
)
MAY: Mapping[Origin, frozenset[str] | None] = MappingProxyType(
    {Origin.MACHINE: None, Origin.SCREEN: None, Origin.UPSTREAM: frozenset({"hold", "stop"}), Origin.SELF: _SELF}
)
"""The kinds of command that each origin may give; None: every one."""


def forbidden(command: Command, origin: Origin) -> str | None:
    """The sentence why `origin` may not give `command`; None where it may."""
    kinds = MAY[origin]
    return None if kinds is None or command.kind in kinds else MAY_NOT_SAY[origin]


class Request(Message):
    """A command, who gives it, and a number that the reply bears too."""

    request_id: int = Field(ge=0)
    origin: Origin
    by: Name | None = None
    """The operator or the key, where known. Stop never needs it."""
    command: Annotated[Command, Field(discriminator="kind")]


class Verdict(StrEnum):
    """Stable codes of replies, for translations; the sentence says the same in English."""

    ACCEPTED = "accepted"
    WITHOUT_CLASSES = "accepted_without_classes"
    FORBIDDEN = "forbidden"
    WRONG_STATE = "wrong_state"
    WRONG_MODE = "wrong_mode"
    INTERLOCK = "interlock"


class Reply(Message):
    """The machine's answer; a screen shows it, and not its own hope."""

    request_id: int | None = None
    verdict: Verdict
    sentence: Sentence
    """What happens now; or why it does not, and what would help."""
    state: State
    """The state after the command."""

    @property
    def accepted(self) -> bool:
        """Whether the command is carried out."""
        return self.verdict in {Verdict.ACCEPTED, Verdict.WITHOUT_CLASSES}


class SphereCheck(StrEnum):
    """How the reference spheres stand at the start of the shift."""

    DUE = "due"
    FAILED = "failed"
    PASSED = "passed"


class Reaction(StrEnum):
    """What the line does about an alarm by itself, from nothing to the most."""

    NONE = "none"
    CLOSE_OUTLET = "close_outlet"
    SUSPEND = "suspend"
    HOLD = "hold"
    ABORT = "abort"


class AlarmReport(Message):
    """One alarm, as it stands; times are of the wall clock."""

    code: Name
    subject: Name | None
    """Which outlet, process or device; None where there is only one."""
    priority: int = Field(ge=1, le=4)
    reaction: Reaction
    cause: Sentence
    action: Sentence
    """What to do."""
    count: int = Field(ge=1)
    """How often the condition has come, this time and just before."""
    raised_at_unix_s: float
    last_raised_at_unix_s: float
    acknowledged_by: Name | None = None
    acknowledged_at_unix_s: float | None = None
    cleared_at_unix_s: float | None = None


class TrayReport(Message):
    """What stands under an outlet now, and when it is full."""

    fruit: Count
    """Seen to fall in."""
    most_fruit: Annotated[int, Field(ge=1)]
    estimated_weight_g: float | None = Field(ge=0)
    """None: nobody estimates it, as in the recheck crate."""
    most_weight_g: float | None = Field(default=None, gt=0)
    """Full with so much, too; None: its fruit are counted only."""


class OutletReport(Message):
    """One outlet: its tray, and what became of the fruit that were decided for it."""

    outlet: Outlet
    open: bool
    why_closed: Sentence | None = None
    tray_id: Name | None = None
    tray: TrayReport | None = None
    """None: nothing stands there."""
    decided: Count
    delivered: Count
    recheck: Count
    """Decided for it, but not fired at: closed, late, unrecorded in time."""
    unconfirmed: Count
    in_flight: Count

    @property
    def balanced(self) -> bool:
        """Whether every fruit decided for the outlet is in one of the terms (DESIGN, invariant 3)."""
        return self.decided == self.delivered + self.recheck + self.unconfirmed + self.in_flight


class InputsReport(Message):
    """What the sensors say."""

    e_stop_pressed: bool
    door_open: bool
    power_failing: bool
    belt_stopped: bool
    air_pressure_ok: bool
    encoder_ok: bool


class OutputsReport(Message):
    """What is switched on."""

    belt_speed_mm_s: float
    """What the drive is set to."""
    infeed_on: bool
    valves_enabled: bool
    lamp: Lamp
    lamp_flashes: bool
    buzzer: Buzzer


class ReferencesReport(Message):
    """The reference spheres and the patch as they were measured last, or in the check under way."""

    sphere_mm: tuple[float, ...]
    """True diameters,"""
    measured_mm: tuple[float | None, ...]
    """and measured ones; None: it has not passed yet."""
    within_mm: float
    patch_red: float | None
    """Red share of the patch as measured,"""
    true_patch_red: float
    """and as it is."""
    patch_within: float


class StateReport(Message):
    """The line at one moment; `sequence` grows with each report, so that a reader sees what it missed."""

    sequence: Count
    at_unix_s: float
    state: State
    mode: Mode
    why: Sentence
    """Why the machine is in this state."""
    sphere_check: SphereCheck
    classes_allowed: bool
    override_by: Name | None = None
    lot: Name | None = None
    """Which is fed; None: nobody has said."""
    pass_number: int = Field(default=1, ge=1)
    outlets: tuple[OutletReport, ...]
    lanes: int = Field(ge=1)
    """Side by side on the belt, each with a valve at every outlet."""
    recorded: Count
    """Fruit that the journal holds."""
    recheck_crate: Count
    """Fruit in the recheck crate since it was last emptied."""
    alarms: tuple[AlarmReport, ...]
    inputs: InputsReport
    outputs: OutputsReport
    calibration: CalibrationReport | None = None
    """None: nobody calibrates, or what does has not begun yet."""
    references: ReferencesReport | None = None
    """What the last check of the reference pieces found; None: nothing has passed."""
    belt_speed_mm_s: float
    """By the encoder."""
    fruit_per_s: float = Field(ge=0)
    encoder_count: int

    @property
    def balanced(self) -> bool:
        """Whether recorded fruit are all accounted for, outlet by outlet and together."""
        return all(outlet.balanced for outlet in self.outlets) and self.recorded == sum(
            outlet.decided for outlet in self.outlets
        )


TO_LINE: TypeAdapter[Request] = TypeAdapter(Request)
FROM_LINE: TypeAdapter[Reply | StateReport] = TypeAdapter(Reply | StateReport)


def trigger_of(command: Command) -> Trigger | None:
    """The transition that `command` asks for; None where it asks for none."""
    return _TRIGGERS.get(command.kind)


_TRIGGERS = {trigger.value: trigger for trigger in Trigger if trigger is not Trigger.STATE_COMPLETE}
