"""PackML's states, modes and transitions, with the names and numbers of OPC 30050 (ISA-TR88.00.02).

OPC 30060 numbers the same states otherwise: do not mix the two.
"""

from collections.abc import Mapping
from enum import IntEnum, StrEnum
from types import MappingProxyType


class State(IntEnum):
    """What the machine is doing; the numbers are published and never change."""

    CLEARING = 1
    STOPPED = 2
    STARTING = 3
    IDLE = 4
    SUSPENDED = 5
    EXECUTE = 6
    STOPPING = 7
    ABORTING = 8
    ABORTED = 9
    HOLDING = 10
    HELD = 11
    UNHOLDING = 12
    SUSPENDING = 13
    UNSUSPENDING = 14
    RESETTING = 15
    COMPLETING = 16
    COMPLETE = 17

    @property
    def label(self) -> str:
        """The name as OPC 30050 spells it."""
        return self.name.capitalize()


class Mode(IntEnum):
    """What the machine is used for."""

    PRODUCE = 1
    MAINTENANCE = 2
    MANUAL = 3

    @property
    def label(self) -> str:
        """The name as PackML spells it."""
        return self.name.capitalize()


class Trigger(StrEnum):
    """What moves the machine from one state to the next: a command, or the end of what the state has to do (SC)."""

    RESET = "reset"
    START = "start"
    STOP = "stop"
    HOLD = "hold"
    UNHOLD = "unhold"
    SUSPEND = "suspend"
    UNSUSPEND = "unsuspend"
    ABORT = "abort"
    CLEAR = "clear"
    COMPLETE = "complete"
    """`ToComplete` in OPC 30050, where a method may not be named as a state."""
    STATE_COMPLETE = "state_complete"

    @property
    def label(self) -> str:
        """The word on the button."""
        return self.value.capitalize()


NOT_RUNNING = frozenset({State.STOPPING, State.STOPPED, State.ABORTING, State.ABORTED, State.CLEARING})
"""The states outside PackML's parent state Running: from every other one, Stop is possible."""

RUNNING = frozenset(State) - NOT_RUNNING

STATE_COMPLETE: Mapping[State, State] = MappingProxyType(
    {
        State.RESETTING: State.IDLE,
        State.STARTING: State.EXECUTE,
        State.COMPLETING: State.COMPLETE,
        State.HOLDING: State.HELD,
        State.UNHOLDING: State.EXECUTE,
        State.SUSPENDING: State.SUSPENDED,
        State.UNSUSPENDING: State.EXECUTE,
        State.STOPPING: State.STOPPED,
        State.ABORTING: State.ABORTED,
        State.CLEARING: State.STOPPED,
    }
)
"""Where each acting state leads once it has done its work; a state that is not here waits for a command."""

# Stop and Abort leave a whole parent state at once, as in the standard's figure.
_COMMANDED: dict[tuple[State, Trigger], State] = {
    (State.STOPPED, Trigger.RESET): State.RESETTING,
    (State.COMPLETE, Trigger.RESET): State.RESETTING,
    (State.IDLE, Trigger.START): State.STARTING,
    (State.EXECUTE, Trigger.COMPLETE): State.COMPLETING,
    (State.EXECUTE, Trigger.SUSPEND): State.SUSPENDING,
    (State.SUSPENDED, Trigger.UNSUSPEND): State.UNSUSPENDING,
    (State.EXECUTE, Trigger.HOLD): State.HOLDING,
    (State.STARTING, Trigger.HOLD): State.HOLDING,
    (State.SUSPENDING, Trigger.HOLD): State.HOLDING,
    (State.SUSPENDED, Trigger.HOLD): State.HOLDING,
    (State.UNSUSPENDING, Trigger.HOLD): State.HOLDING,
    (State.UNHOLDING, Trigger.HOLD): State.HOLDING,
    (State.HELD, Trigger.UNHOLD): State.UNHOLDING,
    (State.ABORTED, Trigger.CLEAR): State.CLEARING,
    **{(state, Trigger.STOP): State.STOPPING for state in RUNNING},
    **{(state, Trigger.ABORT): State.ABORTING for state in State if state not in {State.ABORTING, State.ABORTED}},
}

TRANSITIONS: Mapping[tuple[State, Trigger], State] = MappingProxyType(
    _COMMANDED | {(state, Trigger.STATE_COMPLETE): to for state, to in STATE_COMPLETE.items()}
)
"""The whole machine: what is not in this table does not happen."""

MODE_CHANGES_IN = frozenset({State.STOPPED, State.IDLE, State.ABORTED})
"""Where the mode may be changed: nothing moves, and nothing is on its way."""
