"""The people at the twin's machine: they press the buttons, change full trays and empty the recheck crate."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from grader.grading import Outlet
from grader.line.calibration_words import CalibrationStep
from grader.line.commands import (
    Clear,
    Command,
    Complete,
    EmptyRecheck,
    OpenOutlet,
    Reset,
    SphereCheck,
    Start,
    Stop,
    SwapTray,
    Unhold,
    Unsuspend,
)
from grader.line.onlooking import LineState
from grader.line.states import State
from grader.twin.boards import BELT_VIEW, EMPTY_BELT, POSES, pose_name

CRATE_IS_FULL = 0.8
"""People do not wait for the belt to stop: they change the recheck crate at this share of what it holds."""
NEXT_BUTTON: Mapping[State, Command] = MappingProxyType(
    {
        State.ABORTED: Clear(),
        State.STOPPED: Reset(),
        State.COMPLETE: Reset(),
        State.IDLE: Start(),
        State.HELD: Unhold(),
        State.SUSPENDED: Unsuspend(),
    }
)
"""What somebody presses who wants the belt to run."""
BY_HAND = "came from the touchscreen"
"""What the machine says of a state that somebody has brought about there."""
AT_HOME = frozenset({State.COMPLETE, State.STOPPED, State.ABORTED, State.IDLE})
"""Here the machine can be left."""


@dataclass(frozen=True, slots=True)
class LayReferences:
    """Somebody lays the reference spheres and the patch on the belt."""


@dataclass(frozen=True, slots=True)
class NewTray:
    """Somebody puts an empty tray in the place of the one that stands at an outlet."""

    outlet: Outlet


@dataclass(frozen=True, slots=True)
class HoldUp:
    """Somebody holds or lays one of `grader.twin.boards.THINGS` under the camera; None: takes it away."""

    thing: str | None


Act = NewTray | LayReferences | HoldUp | Command


@dataclass(slots=True)
class People:
    """One pair of hands for each thing that is to be done."""

    recheck_count: int
    """Fruit that the recheck crate holds."""
    hands_s: float = 2.0
    """From seeing what is to be done until it is."""
    going_home: bool = False
    """They end the run."""
    _run: int | None = None
    _held: HoldUp = HoldUp(None)
    _pose: int = 0
    _began_s: dict[object, float] = field(default_factory=dict)

    def look(self, seen: LineState, now_s: float) -> list[Act]:
        """What they do now, in this order."""
        acts: list[Act] = []
        if self._run is not None and seen.run != self._run:
            # The line begins anew and takes all trays for empty.
            acts += [NewTray(outlet) for outlet in seen.trays]
        self._run = seen.run
        for outlet, (_, reserved, _) in seen.trays.items():
            if self._done(outlet, now_s, wanted=outlet in seen.obstacles and reserved == 0):
                tray = SwapTray(outlet=outlet, tray_id="next")
                acts += [NewTray(outlet), tray, OpenOutlet(outlet=outlet)]
        if self._done("crate", now_s, wanted=seen.in_crate >= CRATE_IS_FULL * self.recheck_count):
            acts.append(EmptyRecheck())
        if (button := self._button(seen)) and (self.going_home or self._done(button, now_s, wanted=True)):
            if isinstance(button, Start) and seen.sphere_check is SphereCheck.DUE:
                acts.append(LayReferences())
            acts.append(button)
        elif button is None:
            self._forget_buttons()
        return acts + self._hold_up(seen.calibrates, now_s)

    def _hold_up(self, step: CalibrationStep | None, now_s: float) -> list[Act]:
        """What somebody calibrates by. Nobody has a colour chart."""
        if step is CalibrationStep.CAMERA and self._done("pose", now_s, wanted=True):
            self._pose = (self._pose + 1) % len(POSES)
        things = {
            CalibrationStep.FOCUS: BELT_VIEW,
            CalibrationStep.CAMERA: pose_name(self._pose),
            CalibrationStep.BELT_PLANE: BELT_VIEW,
            CalibrationStep.BELT_COLOUR: EMPTY_BELT,
        }
        wanted = HoldUp(None if step is None else things.get(step))
        if wanted == self._held:
            return []
        self._held = wanted
        return [wanted]

    def _button(self, seen: LineState) -> Command | None:
        if self.going_home:
            if seen.state is State.EXECUTE:
                return Complete()
            return Stop() if seen.state in {State.HELD, State.SUSPENDED} else None
        # Whoever has pressed something at the touchscreen goes on by themselves.
        left_alone = seen.acting_alarms or seen.calibrates is not None or BY_HAND in seen.why
        return None if left_alone else NEXT_BUTTON.get(seen.state)

    def _forget_buttons(self) -> None:
        self._began_s = {task: began_s for task, began_s in self._began_s.items() if isinstance(task, Outlet | str)}

    def _done(self, task: object, now_s: float, *, wanted: bool) -> bool:
        """Whether hands that see a task as long as it is wanted have just finished it."""
        if not wanted:
            self._began_s.pop(task, None)
            return False
        if now_s - self._began_s.setdefault(task, now_s) < self.hands_s:
            return False
        del self._began_s[task]
        return True
