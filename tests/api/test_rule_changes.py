"""Rules are changed in two steps: shown with what they would have meant, then confirmed; the old ones are kept."""

import time
from pathlib import Path
from typing import Any

import pytest

from grader.api.packs import last_rules
from grader.api.settings import OWN_RULES, read_station
from grader.cli.station_file import read_station_file
from grader.grading import load_rule_pack
from tests.api.people import Person
from tests.api.station_api import StationApi
from tests.store.small_line import SmallLine
from tests.trace.counter import PACK

TIGHTER = {"changes": [{"quantity": "size", "value": 35.0, "new_value": 36.0}]}


@pytest.fixture
def line(line: SmallLine) -> SmallLine:
    """Ten fruit of 35.5 mm and thirty of 37 mm have just been decided, and one long ago."""
    facts: dict[str, Any] = {"maturity": 0.85, "decided_utc_ns": time.time_ns()}
    line.send("super", 1, diameter_mm=35.5)
    line.send("super", 10, diameter_mm=35.5, **facts)
    line.send("super", 30, diameter_mm=37.0, **facts)
    line.send("super", 1, reason_code="not_vouched_for", **facts)
    return line


@pytest.fixture
def zhao(api: StationApi) -> Person:
    return Person(api, "Zhao", screen=False)


def test_a_preview_says_what_the_last_hour_would_have_been_and_changes_nothing(
    api: StationApi, zhao: Person, line: SmallLine
) -> None:
    shown = zhao.post("/rule-packs/preview", TIGHTER).json
    assert (shown["fruit"], shown["moved"], shown["version"]) == (40, 10, "1.0.1")
    grades = {one["grade"]: one for one in shown["grades"]}
    assert (grades["Super"]["before"], grades["Super"]["after"]) == (40, 30)
    assert (grades["Super"]["sentence_en"], grades["Super"]["sentence_zh"]) == ("25 % fewer Super", "Super 少 25 %")
    assert grades["I"]["sentence_en"] == "10 I, before none"
    assert grades["II"]["sentence_en"] == "as many II"
    assert [one["sha256"] for one in api.ask("/api/v1/rule-packs").json["items"] if one["in_use"]] == [PACK.hash]
    assert not line.path.with_name(OWN_RULES).exists()


def test_limits_that_do_not_fit_each_other_are_refused_in_sentences(zhao: Person) -> None:
    wrong = zhao.post("/rule-packs/preview", {"changes": [{"quantity": "size", "value": 34.0, "new_value": 36.0}]})
    assert (wrong.status, "35.0" in wrong.json["detail"]) == (422, True)
    order = zhao.post("/rule-packs/preview", {"changes": [{"quantity": "size", "value": 35.0, "new_value": 29.0}]})
    assert (order.status, "overlap" in order.json["detail"]) == (422, True)
    assert zhao.post("/rule-packs/preview", {"pack": "nothing"}).status == 404


def test_what_was_shown_is_done_once_by_who_saw_it_and_is_on_record(
    api: StationApi, zhao: Person, tmp_path: Path
) -> None:
    shown = zhao.post("/rule-packs/preview", TIGHTER).json
    confirmed = {"token": shown["token"], "why": "the shops want larger ones"}
    assert Person(api, "Li").post("/rule-packs/change", confirmed).status == 403
    assert api.post("/api/v1/rule-packs/change", confirmed, "configure").status == 403
    changed = zhao.post("/rule-packs/change", confirmed)
    assert (changed.status, changed.json["sha256"]) == (200, shown["sha256"])
    assert zhao.post("/rule-packs/change", confirmed).status == 409
    own = load_rule_pack(tmp_path / OWN_RULES)
    assert own.hash == shown["sha256"]
    assert "Zhao" in own.criteria[0].limits[0].source
    assert load_rule_pack(last_rules(api.service.station)).hash == PACK.hash
    entry = api.ask("/api/v1/audit?what=rules").json["items"][0]
    assert (entry["who"], entry["detail"]["why"]) == ("Zhao", "the shops want larger ones")
    assert (entry["detail"]["before_sha256"], entry["detail"]["sha256"]) == (PACK.hash, own.hash)
    assert [one["sha256"] for one in api.ask("/api/v1/rule-packs").json["items"] if one["in_use"]] == [own.hash]


def test_a_change_that_was_shown_before_another_is_looked_at_again(zhao: Person) -> None:
    first, second = (zhao.post("/rule-packs/preview", TIGHTER).json["token"] for _ in range(2))
    assert zhao.post("/rule-packs/change", {"token": first, "why": "x"}).status == 200
    late = zhao.post("/rule-packs/change", {"token": second, "why": "x"})
    assert (late.status, "look at the change again" in late.json["detail"]) == (409, True)


def test_the_last_rules_come_back_the_same_way(zhao: Person, tmp_path: Path) -> None:
    for wanted in (TIGHTER, {"pack": "last"}):
        token = zhao.post("/rule-packs/preview", wanted).json["token"]
        assert zhao.post("/rule-packs/change", {"token": token, "why": "x"}).status == 200
    assert load_rule_pack(tmp_path / OWN_RULES).hash == PACK.hash


def test_rules_that_cannot_be_written_leave_the_old_ones_in_use(api: StationApi, zhao: Person, tmp_path: Path) -> None:
    token = zhao.post("/rule-packs/preview", TIGHTER).json["token"]
    (tmp_path / f"{OWN_RULES}.part").mkdir()
    refused = zhao.post("/rule-packs/change", {"token": token, "why": "x"})
    assert (refused.status, "stay in use" in refused.json["detail"]) == (409, True)
    assert [one["accepted"] for one in api.ask("/api/v1/audit?what=rules").json["items"]] == [True, False]
    assert [one["sha256"] for one in api.ask("/api/v1/rule-packs").json["items"] if one["in_use"]] == [PACK.hash]


def test_the_line_and_the_web_process_find_the_rules_that_were_set_at_the_station(zhao: Person, tmp_path: Path) -> None:
    token = zhao.post("/rule-packs/preview", TIGHTER).json["token"]
    changed = zhao.post("/rule-packs/change", {"token": token, "why": "x"}).json
    station = tmp_path / "station.toml"
    station.write_text('rules = "same-day"\n')
    assert load_rule_pack(read_station_file(station).rules).hash == changed["sha256"]
    assert load_rule_pack(read_station(station).own_rules).hash == changed["sha256"]
