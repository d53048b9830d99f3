"""Lots at the line: fed, graded by hand, finished only when all of it is somewhere, reported, contested."""

import pytest

from grader.store import Outcome
from tests.api.people import Person
from tests.api.station_api import StationApi
from tests.api.waiting import eventually
from tests.store.small_line import SmallLine


@pytest.fixture
def li(api: StationApi) -> Person:
    return Person(api)


def until_fruit(api: StationApi, lot: str, count: int) -> None:
    """Until the books have so many fruit of the lot."""
    eventually(lambda: len(api.ask(f"/api/v1/fruit?lot={lot}&limit=1000").json["items"]) >= count)


def test_a_lot_is_fed_only_with_an_empty_belt_and_then_the_fruit_are_its_own(
    api: StationApi, li: Person, line: SmallLine
) -> None:
    assert api.ask("/api/v1/feed").json["lot"] == "B"
    fruit = line.decide("super")
    rides = li.post("/lots/A/feed", {"pass_number": 2})
    assert (rides.status, "run empty" in rides.json["detail"]) == (409, True)
    line.deliver(fruit, "super")
    fed = li.post("/lots/A/feed", {"pass_number": 2, "mixed": True})
    assert (fed.json["lot"], fed.json["pass_number"], fed.json["closed_trays"]) == ("A", 2, [])
    now = api.ask("/api/v1/feed").json
    assert (now["lot"], now["pass_number"], now["who"], now["on_the_belt"]) == ("A", 2, "Li", 0)
    line.send("super", 3)
    until_fruit(api, "A", 48)
    assert {one["pass_number"] for one in api.ask("/api/v1/fruit?lot=A&order=newest&limit=3").json["items"]} == {2}
    entry = api.ask("/api/v1/audit?what=lot.feed").json["items"][0]
    assert (entry["who"], entry["subject"], entry["detail"]["pass_number"]) == ("Li", "A", 2)
    assert api.ask("/api/v1/state").json["books_behind"] is None


def test_nobody_feeds_a_third_pass_or_without_a_name(api: StationApi, li: Person) -> None:
    assert li.post("/lots/A/feed", {"pass_number": 3}).status == 422
    assert api.post("/api/v1/lots/A/feed", {}, "configure").status == 403
    assert li.post("/lots/nothing/feed", {}).status == 404


def test_a_lot_is_not_finished_before_its_crate_is_fed_again_or_graded_by_hand(api: StationApi, li: Person) -> None:
    assert api.ask("/api/v1/lots/A/balance").json["in_the_crate"] == 3
    refused = li.post("/lots/A/finish", {"why": "all done"})
    assert (refused.status, "second pass" in refused.json["detail"]) == (409, True)
    entered = li.post("/lots/A/hand-graded", {"outlet": "II", "weight_kg": "0.060", "why": "soft ones"}).json
    assert (entered["in_the_crate"], entered["by_hand"]) == (0, [{"where": "II", "kg": 0.06}])
    done = li.post("/lots/A/finish", {"why": "all done"}).json
    assert done["finished_at"] is not None
    assert li.post("/lots/A/finish", {"why": "again"}).status == 409
    fed = li.post("/lots/A/feed", {})
    assert (fed.status, "finished" in fed.json["detail"]) == (409, True)
    assert api.ask("/api/v1/lots?grower=G1").json["items"][0]["finished_at"] == done["finished_at"]


def test_a_lot_is_not_finished_while_some_of_it_is_on_the_belt(li: Person, line: SmallLine) -> None:
    line.decide("super")
    refused = li.post("/lots/B/finish", {"why": "all done"})
    assert (refused.status, "run empty" in refused.json["detail"]) == (409, True)


def test_the_growers_report_counts_every_fruit_once_and_says_what_lacked_little(
    api: StationApi, li: Person, line: SmallLine
) -> None:
    li.post("/lots/A/feed", {"pass_number": 2, "mixed": True})
    line.send("I", 2, diameter_mm=34.6, maturity=0.85)
    line.send("I", 1, diameter_mm=33.5, maturity=0.8)
    line.send("II", 1, Outcome.RECHECK, diameter_mm=29.0)
    until_fruit(api, "A", 49)
    report = api.ask("/api/v1/lots/A/report").json
    found = report["distribution"]
    assert found["fruit"] == 49 == sum(share["fruit"] for share in found["shares"])
    for bars in ("diameter_mm", "maturity"):
        assert sum(bar["fruit"] for bar in found[bars]) == 49
    assert {"begin": 34.0, "end": 35.0, "fruit": 2} in found["diameter_mm"]
    assert {"begin": 0.8, "end": 0.85, "fruit": 1} in found["maturity"]
    assert {"begin": 0.85, "end": 0.9, "fruit": 2} in found["maturity"]
    near = {(one["grade"], one["limit_mm"], one["within_mm"]): one["fruit"] for one in report["near_the_next_size"]}
    assert near == {
        ("I", 35.0, 0.5): 2, ("I", 35.0, 1.0): 2, ("I", 35.0, 2.0): 3,
        ("II", 30.0, 1.0): 1, ("II", 30.0, 2.0): 1,
    }  # fmt: skip
    assert {one["words"]["zh"] for one in found["reasons"]} >= {"特级", "一级"}
    assert report["samples"][0]["key"] == f"{line.run}-4"


def test_a_contested_decision_is_on_record_beside_it_and_stays(api: StationApi, li: Person) -> None:
    fruit = api.ask("/api/v1/fruit?lot=A&limit=1").json["items"][0]
    before = api.ask(f"/api/v1/fruit/{fruit['fruit']}").json
    said = li.post(f"/fruit/{fruit['run']}-{fruit['number']}/contest", {"why": "the grower sees no white patch"})
    assert said.status == 201
    listed = api.ask("/api/v1/lots/A/contests").json["items"]
    assert listed == said.json["items"]
    assert (listed[0]["fruit"], listed[0]["who"]) == (fruit["fruit"], "Li")
    assert api.ask(f"/api/v1/fruit/{fruit['fruit']}").json == before
    assert api.ask("/api/v1/lots/A/report").json["contests"] == 1
    assert li.post("/fruit/9-9/contest", {"why": "x"}).status == 409


def test_a_shift_begins_with_a_name(api: StationApi, li: Person) -> None:
    assert api.ask("/api/v1/shifts/now").json["number"] == 2
    began = li.post("/shifts", {"packed_on": "2026-12-01", "number": 1, "accountable": "Zhao", "operators": ["Li"]})
    assert (began.status, began.json["packed_on"]) == (201, "2026-12-01")
    assert api.ask("/api/v1/shifts/now").json == began.json
