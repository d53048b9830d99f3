"""Lines are named in the profile, and what conflicts is refused with both names."""

from typing import Any

import pytest
from pydantic import ValidationError

from grader.hardware.wiring import Wiring

ONE_LANE: dict[str, Any] = {
    "encoder_a": 4, "encoder_b": 5,
    "valves": {"super": [6], "I": [7], "II": [8], "processing": [9], "waste": [10]},
    "exits": {"super": [11], "I": [12], "II": [13], "processing": [14], "waste": [15]},
    "e_stop_released": 16, "door_closed": 17, "air_pressure_ok": 18, "power_ok": 19,
    "belt": 20, "infeed": 21, "watchdog": 22,
    "lamp_red": 23, "lamp_yellow": 24, "lamp_green": 25, "lamp_blue": 26, "buzzer": 27,
}  # fmt: skip


def test_one_lane_fits_on_the_header() -> None:
    wiring = Wiring.model_validate(ONE_LANE)
    assert len(list(wiring.pins())) == 24
    assert "valves.super.0" in wiring.outputs()
    assert not wiring.outputs() & {"encoder_a", "exits.I.0", "e_stop_released", "power_ok"}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"buzzer": 4}, "encoder_a and buzzer are both on line 4"),
        ({"belt": 6}, "valves.super.0 and belt are both on line 6"),
        ({"watchdog": 0}, "ID_SD"),
        ({"exits": {"super": [11]}}, "same outlets"),
        ({"belt": True}, "belt"),
        ({"belt": 999}, "belt"),
        ({"no_such_thing": 3}, "no_such_thing"),
    ],
)
def test_a_conflict_is_refused_in_words(change: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        Wiring.model_validate(ONE_LANE | change)


def test_the_same_line_of_another_chip_is_another_line() -> None:
    Wiring.model_validate(ONE_LANE | {"trays_full": {"super": {"chip": "mcp23017", "line": 4}}})
