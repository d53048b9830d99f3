"""Maintenance: only at the touchscreen, only when a manager has signed in; inputs and outputs as the line says them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.api.people import Person
from tests.api.small_window import SmallWindow
from tests.api.station_api import StationApi
from tests.api.waiting import eventually

TRIALS = (
    {"kind": "set_mode", "mode": 3},
    {"kind": "jog", "speed_mm_s": 50},
    {"kind": "fire", "outlet": "super"},
    {"kind": "try_lamp", "lamp": "red"},
    {"kind": "open_calibration", "step": "camera"},
    {"kind": "save_calibration", "step": "belt_plane", "result": 1},
    {"kind": "expire_sphere_check"},
)


@pytest.fixture
def line(api: StationApi, tmp_path: Path) -> Iterator[SmallWindow]:
    window = SmallWindow(tmp_path / "run")
    eventually(lambda: api.ask("/api/v1/state").json["line"] is not None)
    yield window
    window.close()


@pytest.mark.parametrize("trial", TRIALS, ids=lambda one: str(one["kind"]))
def test_a_manager_at_the_touchscreen_tries_the_machine_out_and_nobody_else(
    api: StationApi, line: SmallWindow, trial: dict[str, object]
) -> None:
    sent = {"command": trial}
    assert api.post("/api/v1/commands", sent, "configure").status == 403
    nobody = api.post("/api/v1/commands", sent, None, token=api.screen())
    assert (nobody.status, "manager" in nobody.json["detail"]) == (403, True)
    assert Person(api, "Li").post("/commands", sent).status == 403
    assert Person(api, "Zhao", screen=False).post("/commands", sent).status == 403
    assert line.heard == []
    assert Person(api, "Zhao").post("/commands", sent).status == 200
    assert [one.command.kind for one in line.heard] == [trial["kind"]]
    accepted = [one["accepted"] for one in api.ask("/api/v1/commands").json["items"]]
    assert accepted == [False, False, False, False, True]


def test_anybody_at_the_touchscreen_goes_back_to_produce(api: StationApi, line: SmallWindow) -> None:
    sent = {"command": {"kind": "set_mode", "mode": 1}}
    assert api.post("/api/v1/commands", sent, None, token=api.screen()).status == 200
    assert len(line.heard) == 1


def test_inputs_and_outputs_are_those_of_the_line(api: StationApi, line: SmallWindow) -> None:
    assert line.shown
    state = api.ask("/api/v1/state").json["line"]
    assert state["inputs"] == {
        "e_stop_pressed": False, "door_open": False, "power_failing": False, "belt_stopped": False,
        "air_pressure_ok": True, "encoder_ok": True,
    }  # fmt: skip
    assert (state["outputs"]["lamp"], state["outputs"]["valves_enabled"]) == ("green", True)
