"""One fruit: its figures never cross a limit, its reason is the decision's own, its crop is what the camera saw."""

import time
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from grader.grading import Measurement, decide
from grader.grading.measurement import Decay
from tests.api.small_vision import SmallVision
from tests.api.station_api import StationApi
from tests.store.small_line import SmallLine
from tests.trace.counter import PACK


def judged(diameter_mm: float) -> dict[str, Any]:
    """The facts of a fruit, decided as the line does."""
    measured = Measurement(
        diameter_mm=diameter_mm, diameter_u_mm=0.2134, maturity=0.85, maturity_u=0.01, weight_g=21.0, weight_u_g=1.5,
        decay=Decay.NONE,
    )  # fmt: skip
    decision = decide(measured, PACK)
    figures = ("diameter_mm", "diameter_u_mm", "maturity", "maturity_u", "weight_g", "weight_u_g")
    return {name: getattr(measured, name) for name in figures} | {
        "grade": decision.grade, "criterion": decision.criterion, "margin": decision.margin,
        "reason_code": decision.because.code, "reason": decision.reason,
    }  # fmt: skip


def test_a_fruit_below_a_limit_is_never_shown_at_it(api: StationApi, line: SmallLine) -> None:
    line.send("I", 1, **judged(34.9961))
    shown = api.ask(f"/api/v1/fruit/{line.run}-1").json
    size = next(one for one in shown["figures"] if one["name"] == "diameter_mm")
    assert (size["value"], size["u"], size["text"]) == (34.99, 0.213, "34.99 mm")
    assert {"value": 35.0, "at_it": "above"} in size["limits"]
    assert (shown["grade"], shown["criterion"], shown["margin"]) == ("I", "size", 0.0)
    assert "34.99 mm" in shown["reason_en"]
    assert "横径 34.99 mm" in shown["reason_zh"]


def test_a_fruit_is_known_from_its_decision_on_and_its_lot_once_it_has_left_the_belt(
    api: StationApi, line: SmallLine
) -> None:
    listed = api.ask("/api/v1/fruit?lot=A&limit=1").json["items"][0]
    by_list = api.ask(f"/api/v1/fruit/{listed['fruit']}").json
    by_key = api.ask(f"/api/v1/fruit/{listed['run']}-{listed['number']}").json
    assert by_key == by_list
    assert (by_list["lot"], by_list["tray"], by_list["outcome"]) == ("A", listed["tray"], "delivered")
    line.decide("super", **judged(37.0))
    rides = api.ask(f"/api/v1/fruit/{line.run}-1").json
    assert (rides["outcome"], rides["outlet"], rides["lot"], rides["fruit"]) == ("on_the_belt", "super", None, None)


def test_a_reason_that_this_stations_rules_did_not_give_has_no_chinese(api: StationApi, line: SmallLine) -> None:
    line.send("I", 1, **judged(32.0) | {"reason": "a reason of other rules"})
    shown = api.ask(f"/api/v1/fruit/{line.run}-1").json
    assert (shown["reason_en"], shown["reason_zh"]) == ("a reason of other rules", None)


def test_a_fruit_that_is_none_says_where_to_look(api: StationApi) -> None:
    for fruit in ("1-999999", "77", "9" * 16):
        answer = api.ask(f"/api/v1/fruit/{fruit}")
        assert (answer.status, "lists" in answer.json["detail"]) == (404, True)
    assert api.ask("/api/v1/fruit/x").status == 422


def test_the_crop_is_the_cameras_own_pixels_and_says_where_they_lie(api: StationApi, tmp_path: Path) -> None:
    answer = api.ask("/api/v1/fruit/3-17/crop")
    assert (answer.status, "look sooner" in answer.json["detail"]) == (404, True)
    vision = SmallVision(tmp_path / "run")
    try:
        vision.see("3-17", time.monotonic())
        answer = api.ask("/api/v1/fruit/3-17/crop")
        gone = api.ask("/api/v1/fruit/3-18/crop")
    finally:
        vision.close()
    assert (answer.status, answer.headers["content-type"], gone.status) == (200, "image/png", 404)
    crop = cv2.imdecode(np.frombuffer(answer.body, np.uint8), cv2.IMREAD_COLOR)
    assert crop is not None
    left, top = int(answer.headers["crop-left-px"]), int(answer.headers["crop-top-px"])
    there = vision.frame_bgr[top : top + crop.shape[0], left : left + crop.shape[1]]
    assert np.array_equal(crop, there)


def test_the_books_and_the_journal_agree_about_every_fruit(api: StationApi) -> None:
    listed = api.ask("/api/v1/fruit?limit=1000").json["items"]
    for one in listed[::7]:
        shown = api.ask(f"/api/v1/fruit/{one['fruit']}").json
        assert {name: shown[name] for name in ("grade", "outlet", "outcome", "tray", "decay", "lot")} == {
            name: one[name] for name in ("grade", "outlet", "outcome", "tray", "decay", "lot")
        }
