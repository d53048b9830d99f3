"""Commands, replies and the state travel as JSON, and only who may give a command may give it."""

import json
import subprocess
import sys
from typing import TYPE_CHECKING, get_args

import pytest
from pydantic import ValidationError

from grader.grading.outlet import Outlet
from grader.line.commands import (
    FROM_LINE,
    TO_LINE,
    AcknowledgeAlarm,
    AlarmReport,
    Command,
    Fire,
    InputsReport,
    Jog,
    Origin,
    OutletReport,
    OutputsReport,
    OverrideSphereCheck,
    Reaction,
    Reply,
    Request,
    SetMode,
    SphereCheck,
    StateReport,
    SwapTray,
    Verdict,
    forbidden,
    trigger_of,
)  # fmt: skip
from grader.line.outputs import Buzzer, Lamp
from grader.line.states import Mode, State, Trigger

if TYPE_CHECKING:
    from grader.line.message import Message

EXAMPLES: dict[str, dict[str, object]] = {
    "set_mode": {"mode": 3},
    "jog": {"speed_mm_s": 50},
    "fire": {"outlet": "super"},
    "try_lamp": {"lamp": "red"},
    "override_sphere_check": {"reason": "spheres lost, sizes checked by hand", "who": "Ana"},
    "open_outlet": {"outlet": "I"},
    "close_outlet": {"outlet": "II"},
    "swap_tray": {"outlet": "super", "tray_id": "T-17"},
    "feed_lot": {"lot": "A-1125", "pass_number": 2, "who": "Ana"},
    "open_calibration": {"step": "camera", "board": {"square_mm": 25, "marker_mm": 18, "thickness_mm": 3}},
    "save_calibration": {"step": "belt_plane", "result": 3},
    "acknowledge_alarm": {"code": "tray_full", "subject": "super", "who": "Ana"},
}
KINDS = [kind.model_fields["kind"].default for kind in get_args(Command)]


def every_command() -> list[Command]:
    return [request(kind).command for kind in KINDS]


def request(kind: str, **fields: object) -> Request:
    body = {"request_id": 7, "origin": "screen", "command": {"kind": kind, **EXAMPLES.get(kind, {}), **fields}}
    return TO_LINE.validate_json(json.dumps(body))


def report() -> StateReport:
    alarm = AlarmReport(
        code="tray_full", subject="super", priority=2, reaction=Reaction.CLOSE_OUTLET, cause="The tray is full.",
        action="Change the tray.", count=1, raised_at_unix_s=1.0, last_raised_at_unix_s=1.0,
    )  # fmt: skip
    outlet = OutletReport(
        outlet=Outlet.SUPER, open=False, why_closed="The tray is full.", tray_id="T-17", decided=10, delivered=6,
        recheck=2, unconfirmed=1, in_flight=1,
    )  # fmt: skip
    return StateReport(
        sequence=3, at_unix_s=2.0, state=State.EXECUTE, mode=Mode.PRODUCE, why="Start was pressed.",
        sphere_check=SphereCheck.PASSED, classes_allowed=True, outlets=(outlet,), lanes=4, recorded=10, recheck_crate=4,
        alarms=(alarm,),
        inputs=InputsReport(
            e_stop_pressed=False, door_open=False, power_failing=False, belt_stopped=False, air_pressure_ok=True,
            encoder_ok=True,
        ),
        outputs=OutputsReport(
            belt_speed_mm_s=300, infeed_on=True, valves_enabled=True, lamp=Lamp.GREEN, lamp_flashes=False,
            buzzer=Buzzer.OFF,
        ),
        belt_speed_mm_s=300, fruit_per_s=9.8, encoder_count=123456,
    )  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_a_command_comes_out_of_the_socket_as_it_went_in(kind: str) -> None:
    sent = request(kind)
    assert TO_LINE.validate_json(sent.model_dump_json()) == sent
    assert sent.command.kind == kind


@pytest.mark.parametrize(
    "message",
    [Reply(request_id=7, verdict=Verdict.WRONG_STATE, sentence="Not in Stopped.", state=State.STOPPED), report()],
)
def test_what_the_line_says_comes_out_as_it_went_in(message: Reply | StateReport) -> None:
    assert FROM_LINE.validate_json(message.model_dump_json()) == message


def test_a_state_travels_as_its_published_number() -> None:
    assert json.loads(report().model_dump_json())["state"] == 6


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        ("start", {"now": True}),
        ("set_mode", {"mode": 4}),
        ("jog", {"speed_mm_s": 500}),
        ("jog", {"speed_mm_s": -1}),
        ("jog", {"duration_s": 60}),
        ("fire", {"outlet": "moon"}),
        ("fire", {"duration_ms": 5000}),
        ("override_sphere_check", {"reason": " "}),
        ("override_sphere_check", {"who": ""}),
        ("acknowledge_alarm", {"who": ""}),
        ("swap_tray", {"tray_id": ""}),
        ("feed_lot", {"lot": " "}),
        ("feed_lot", {"pass_number": 0}),
        ("feed_lot", {"pass_number": 3}),
        ("explode", {}),
    ],
)
def test_a_message_that_is_not_right_is_refused(kind: str, fields: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        request(kind, **fields)


def test_an_upstream_key_may_hold_and_stop_and_nothing_else() -> None:
    assert {c.kind for c in every_command() if forbidden(c, Origin.UPSTREAM) is None} == {"hold", "stop"}


def test_the_line_itself_only_lessens_motion() -> None:
    allowed = {command.kind for command in every_command() if forbidden(command, Origin.SELF) is None}
    assert allowed == {"hold", "suspend", "stop", "abort", "complete", "close_outlet"}


@pytest.mark.parametrize("origin", [Origin.MACHINE, Origin.SCREEN])
def test_at_the_machine_every_command_may_be_given(origin: Origin) -> None:
    assert all(forbidden(command, origin) is None for command in every_command())


def test_a_refused_origin_is_told_what_would_help() -> None:
    sentence = forbidden(Jog(speed_mm_s=10), Origin.UPSTREAM)
    assert sentence is not None
    assert "hold and stop" in sentence
    assert "at the machine" in sentence


def test_commands_of_packml_bear_their_triggers_names() -> None:
    triggers = {trigger_of(command) for command in every_command()}
    assert triggers == {*Trigger, None} - {Trigger.STATE_COMPLETE}
    others = (SetMode(mode=Mode.MANUAL), Fire(outlet=Outlet.SUPER), SwapTray(outlet=Outlet.SUPER, tray_id="T"))
    assert not any(trigger_of(command) for command in others)


def test_a_report_knows_whether_it_balances() -> None:
    good = report()
    assert good.balanced
    assert not good.model_copy(update={"recorded": 11}).balanced
    lost = good.outlets[0].model_copy(update={"delivered": 5})
    assert not good.model_copy(update={"outlets": (lost,)}).balanced


def test_messages_cannot_be_changed() -> None:
    messages: list[Message] = [
        report(),
        OverrideSphereCheck(reason="r", who="w"),
        AcknowledgeAlarm(code="e_stop", who="w"),
    ]
    for message in messages:
        with pytest.raises(ValidationError):
            message.sequence = 9  # type: ignore[attr-defined]


def test_the_web_process_loads_neither_opencv_nor_numpy_with_them() -> None:
    program = "import sys, grader.line.commands; sys.exit(bool({'cv2', 'numpy', 'onnxruntime'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
