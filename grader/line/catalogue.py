"""Every alarm of the line, in words for somebody with gloves on beside a loud belt."""

from collections.abc import Mapping
from types import MappingProxyType

from grader.line.alarms import Cause, Kind, Priority
from grader.line.commands import Reaction

LOW, MEDIUM, HIGH, CRITICAL = Priority.LOW, Priority.MEDIUM, Priority.HIGH, Priority.CRITICAL
NONE, SUSPEND, HOLD, ABORT = Reaction.NONE, Reaction.SUSPEND, Reaction.HOLD, Reaction.ABORT
CLOSE = Reaction.CLOSE_OUTLET

_E_STOP = Cause("e_stop")
_BLIND = (_E_STOP, Cause("encoder_stopped"), Cause("belt_slip"))
_NO_SHOTS = (*_BLIND, Cause("air_pressure_low"), Cause("process_died", "ejection"))


def _kind(code: str, priority: Priority, reaction: Reaction, cause: str, action: str, *follows_from: Cause) -> Kind:
    return Kind(
        code=code,
        priority=priority,
        reaction=reaction,
        cause=cause,
        action=action,
        follows_from=follows_from,
        reaction_by_subject=_BY_PROCESS if code == "process_died" else {},
        only_while_belt_runs=code in _NEED_THE_BELT,
        stays_until_acknowledged=code in _MOMENTARY,
    )


# Without its screen the line goes on; without the process that knows belt and valves nothing may have power; and while
# the line hung, the belt has come to rest, from which only a deliberate start moves it.
_BY_PROCESS = MappingProxyType({"web": NONE, "ejection": ABORT, "line": ABORT})
_NEED_THE_BELT = {"encoder_stopped", "belt_slip", "camera_stalled", "frames_dropped"}
_MOMENTARY = {"clock_jumped", "recording_ended", "process_died", "outlet_unexpected_pulse", "journal_corrupt"}
# These stop the belt, and with it the sign by which they are known: whoever comes must still read why it stands.
_MOMENTARY |= {"encoder_stopped", "belt_slip", "camera_stalled", "encoder_lost_counts"}

_KINDS = (
    _kind("e_stop", CRITICAL, ABORT, "The emergency stop is pressed.",
          "See that nobody reaches in. Pull the button out, then press Clear, Reset and Start."),
    _kind("process_died", CRITICAL, HOLD, "A part of the station's program has died or stood still: {subject}.",
          "Wait until it is back and press what is offered: Unhold or Clear. If it comes again, call the technician."),
    _kind("encoder_stopped", CRITICAL, HOLD, "The belt runs, but its encoder does not count.",
          "Press Stop. Look whether the encoder wheel touches the belt and its plug is in.",
          _E_STOP, Cause("process_died", "ejection")),
    _kind("belt_slip", HIGH, HOLD, "The belt slips: it moves otherwise than its encoder says.",
          "Press Stop. Wipe the encoder wheel and the rollers dry, tighten the belt.",
          _E_STOP, Cause("encoder_stopped"), Cause("process_died", "ejection")),
    _kind("camera_stalled", HIGH, HOLD, "The camera sends no pictures.",
          "Press Stop. Push the camera's plug in, wait for the live picture, then Reset and Start.",
          _E_STOP, Cause("camera_fault"), Cause("process_died", "vision"), Cause("process_died", "line")),
    _kind("frames_dropped", MEDIUM, NONE, "Pictures are lost: the computer does not keep up.",
          "Feed fewer fruit or slow the belt. If it stays, call the technician.",
          Cause("camera_stalled"), Cause("process_died", "vision"), Cause("process_died", "line")),
    _kind("disk_full", HIGH, HOLD, "The disk is full: no fruit can be recorded, so none is sorted.",
          "Call the technician to make room. All fruit go to the recheck crate until then."),
    _kind("disk_stalled", MEDIUM, NONE, "The disk does not answer: fruit that it records too late go to recheck.",
          "Wait a minute. If it comes back again and again, call the technician to change the disk.",
          Cause("disk_full")),
    _kind("journal_corrupt", CRITICAL, HOLD, "The record of the fruit is damaged.",
          "Do not start again. Call the technician, who restores it from the last good copy."),
    _kind("queue_full", HIGH, HOLD, "Decisions wait in line: the computer does not keep up with the belt.",
          "Slow the belt or feed fewer fruit, then press Unhold.",
          Cause("disk_stalled"), Cause("disk_full"), Cause("process_died", "line")),
    _kind("recording_ended", LOW, NONE, "Pictures are no longer kept: there is no room for them.",
          "Sorting goes on. Tell whoever wanted the recording: it ends here, and what it has is whole."),
    _kind("clock_jumped", LOW, NONE, "The computer's clock was set while the line ran.",
          "Look whether date and time on the screen are right. Sorting goes on; only times may be wrong."),
    _kind("door_open", CRITICAL, ABORT, "A guard is open.",
          "See that nobody reaches in. Close the guard, then press Clear, Reset and Start.", _E_STOP),
    _kind("power_failing", CRITICAL, ABORT, "The mains have failed: the computer runs on its reserve.",
          "Wait until the mains are back. Trays are closed and what was recorded is kept."),
    _kind("encoder_lost_counts", HIGH, HOLD, "The encoder has lost counts: jets would miss.",
          "Press Stop. Look for a loose plug or a cable beside a motor's. Then Reset and Start.",
          _E_STOP, Cause("process_died", "ejection")),
    _kind("camera_fault", HIGH, HOLD, "The camera is at fault: {subject}.",
          "Push the camera's plug in and wait for the live picture, then press Unhold. Else call the technician.",
          Cause("process_died", "camera")),
    _kind("air_pressure_low", HIGH, HOLD, "The air pressure is too low for the valves.",
          "Open the air supply and look at the gauge. Look for leaks, then press Unhold.", _E_STOP),
    _kind("outlet_unexpected_pulse", HIGH, CLOSE, "Something fell into outlet {subject} that was not sent there.",
          "Take the tray of outlet {subject} out, count it again, put a new one in and open the outlet."),
    _kind("outlet_missing_pulses", HIGH, CLOSE, "Fruit sent to outlet {subject} do not arrive.",
          "Wipe the sensor of outlet {subject}. Press the emergency stop before you reach in for a jam.",
          *_NO_SHOTS, Cause("tray_absent", same_subject=True)),
    _kind("outlet_drifting", MEDIUM, NONE, "Fruit arrive in outlet {subject} earlier or later than they used to.",
          "Clean the valve of outlet {subject}. If it stays, have the technician measure its delay again.",
          *_NO_SHOTS, Cause("outlet_missing_pulses", same_subject=True)),
    _kind("tray_full", MEDIUM, CLOSE, "The tray of outlet {subject} is full.",
          "Change the tray of outlet {subject} and press Swap tray.", Cause("tray_absent", same_subject=True)),
    _kind("tray_other_lot", MEDIUM, CLOSE, "The tray of outlet {subject} holds fruit of another lot than is fed.",
          "Put an empty tray under outlet {subject} and press Swap tray.", Cause("tray_full", same_subject=True)),
    _kind("tray_absent", MEDIUM, CLOSE, "Outlet {subject} has no tray.",
          "Put an empty tray under outlet {subject} and press Swap tray."),
    _kind("recheck_full", HIGH, SUSPEND, "The recheck crate is full, so the belt stands.",
          "Change the recheck crate, press Recheck emptied, then Unsuspend."),
    _kind("too_many_diverted", HIGH, SUSPEND, "Too many fruit go to recheck instead of a tray, so the belt stands.",
          "Open the outlets that are closed, wipe the camera window, then press Unsuspend.",
          Cause("spheres_failed"), Cause("recheck_full"), Cause("disk_full"), Cause("disk_stalled")),
    _kind("spheres_due", LOW, NONE, "The reference spheres have not been passed in this shift: fruit get no class.",
          "Let the 25, 30 and 35 mm spheres and the colour patch pass the camera.", Cause("spheres_failed")),
    _kind("spheres_failed", HIGH, NONE, "The reference spheres measured wrong: fruit get no class.",
          "Wipe the spheres and the camera window and pass them again. If they fail again, calibrate.",
          Cause("calibration_changed")),
    _kind("calibration_changed", HIGH, HOLD, "The calibration is another one than at the start.",
          "Press Stop, pass the reference spheres with the new calibration, then start again."),
    _kind("lamp_drift", MEDIUM, NONE, "The lamp has become darker or changed its colour.",
          "Wipe the lamp and the camera window at the next break. If it stays, change the lamp and calibrate.",
          Cause("camera_stalled")),
)  # fmt: skip

CATALOGUE: Mapping[str, Kind] = MappingProxyType({kind.code: kind for kind in _KINDS})
"""All alarms by their codes, which never change."""
