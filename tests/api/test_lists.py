"""Lists and counts, over HTTP."""

import csv
import io
from collections import Counter as Tally
from typing import Any

import pytest

from tests.api.station_api import StationApi

LISTS = ("fruit", "lots", "trays", "labels", "events", "audit", "commands", "deliveries", "calibration")


def test_counts_are_of_delivered_fruit_by_grade(api: StationApi) -> None:
    answer = api.ask("/api/v1/counts").json
    assert {row["grade"]: row["fruit"] for row in answer["rows"]} == {"Super": 35, "I": 12}
    assert answer["fruit"] == 47
    assert answer["rows"][1]["estimated_weight_kg"] == pytest.approx(35 * 0.020)


def test_counts_go_by_grade_lot_grower_outlet_and_outcome(api: StationApi) -> None:
    by = "grade,lot,grower,outlet,outcome"
    answer = api.ask(f"/api/v1/counts?by={by}&every_outcome=true").json
    found = {tuple(row[name] for name in by.split(",")): row["fruit"] for row in answer["rows"]}
    assert found == {
        ("Super", "A", "G1", "super", "delivered"): 30,
        ("I", "A", "G1", "I", "delivered"): 12,
        ("II", "A", "G1", "recheck", "recheck"): 3,
        ("Super", "B", "G2", "super", "delivered"): 5,
        ("Super", "B", "G2", None, "unconfirmed"): 2,
    }


def test_a_histogram_counts_each_fruit_by_its_whole_millimetres(api: StationApi) -> None:
    rows = api.ask("/api/v1/counts?by=lot&grade=Super&histogram=true").json["rows"]
    assert [(row["lot"], row["diameter_histogram"]) for row in rows] == [
        ("A", [{"from_mm": 37, "below_mm": 38, "fruit": 30}]),
        ("B", [{"from_mm": 37, "below_mm": 38, "fruit": 5}]),
    ]


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize("order", ["oldest", "newest"])
def test_leafing_page_by_page_gives_what_one_page_gives_and_the_file_has(
    api: StationApi, name: str, order: str
) -> None:
    api.key("read")  # its entry in the audit list comes before
    whole = api.ask(f"/api/v1/{name}?limit=1000&order={order}").json
    assert whole["next_cursor"] is None
    items: list[dict[str, Any]] = []
    cursor: str | None = ""
    while cursor is not None:
        page = api.ask(f"/api/v1/{name}?limit=4&order={order}{cursor and f'&cursor={cursor}'}").json
        items += page["items"]
        cursor = page["next_cursor"]
    assert items == whole["items"]
    answer = api.ask(f"/api/v1/{name}?format=csv&order={order}")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    rows = list(csv.DictReader(io.StringIO(answer.body.decode(), newline="")))
    assert len(rows) == len(items)
    for row, item in zip(rows, items, strict=True):
        assert list(row) == list(item)


def test_a_cursor_of_another_question_or_one_that_was_changed_is_refused(api: StationApi) -> None:
    """An empty page would say that there is nothing more."""
    cursor = api.ask("/api/v1/fruit?limit=4").json["next_cursor"]
    assert api.ask(f"/api/v1/fruit?limit=4&cursor={cursor}").status == 200
    for wrong in (
        f"lot=B&cursor={cursor}",
        f"order=newest&cursor={cursor}",
        f"cursor={cursor}9",
        f"cursor={cursor}%20",
    ):
        refused = api.ask(f"/api/v1/fruit?{wrong}")
        assert (refused.status, refused.json["detail"]) == (
            422,
            "the cursor is none of this list, order and choice: begin without one",
        )
    assert api.ask(f"/api/v1/trays?cursor={cursor}").status == 422


def test_a_parameter_that_a_question_does_not_know_is_an_error(api: StationApi) -> None:
    for path in api.ask("/openapi.json").json["paths"]:
        if path.startswith("/api/v1") and "{" not in path:
            refused = api.ask(f"{path}?sinse=06:00", "configure")
            assert refused.status in (405, 422), path
            assert refused.status == 405 or "sinse" in refused.json["detail"]
    assert "it may have" in api.ask("/api/v1/alarms/history?sinse=06:00").json["detail"]


def test_fruit_are_of_their_lot_and_tray(api: StationApi) -> None:
    of_b = api.ask("/api/v1/fruit?lot=B").json["items"]
    assert Tally(one["outcome"] for one in of_b) == {"delivered": 5, "unconfirmed": 2}
    assert {one["tray"] for one in of_b} == {1, None}
    assert len(api.ask("/api/v1/fruit?tray=1").json["items"]) == 35


def test_times_bear_the_zone_that_is_asked_for(api: StationApi) -> None:
    lot = api.ask("/api/v1/lots").json["items"][0]
    assert lot["harvested_at"] == "2026-11-25T06:00:00+08:00"
    lot = api.ask("/api/v1/lots?time_zone=Europe/Madrid").json["items"][0]
    assert lot["harvested_at"] == "2026-11-24T23:00:00+01:00"
    assert api.ask("/api/v1/lots?time_zone=Mars/Olympus").status == 422


def test_a_tray_says_its_lots_its_holds_and_its_epcis_events(api: StationApi) -> None:
    api.post("/api/v1/lots/B/holds", {"reason": "smells"})
    tray = api.ask("/api/v1/trays/1").json
    assert {share["lot"]: share["fruit"] for share in tray["lots"]} == {"A": 30, "B": 5}
    assert [hold["reason"] for hold in tray["holds"]] == ["smells"]
    assert api.ask("/api/v1/trays/999").status == 404
    document = api.ask("/api/v1/lots/B/epcis").json
    kinds = [event["type"] for event in document["epcisBody"]["eventList"]]
    assert len(kinds) == 2


def test_a_lot_is_created_updated_held_and_released_by_a_manager_alone(api: StationApi) -> None:
    sent = {
        "lot": "C", "grower": "G1", "variety": "Hongyan", "plot": "7", "harvested_at": "2026-11-24T06:10:00+08:00",
        "received_kg": "120.5", "accountable": "Zhao", "precooled_at": "2026-11-24T06:50:00+08:00",
    }  # fmt: skip
    assert api.post("/api/v1/lots", sent, "read").status == 403
    made = api.post("/api/v1/lots", sent)
    assert (made.status, made.json["received_kg"]) == (201, 120.5)
    assert api.post("/api/v1/lots", sent).status == 409
    changed = api.ask("/api/v1/lots/C", "operate", method="PATCH", body={"received_kg": "121", "why": "weighed again"})
    assert changed.json["received_kg"] == 121
    held = api.post("/api/v1/lots/C/holds", {"reason": "smells"})
    hold = held.json["holds"][-1]["hold"]
    refused = api.post(f"/api/v1/holds/{hold}/release", {"reason": "looked"}, "configure")
    assert (refused.status, "manager" in refused.json["detail"]) == (409, True)
    audit = api.ask("/api/v1/audit?what=lot").json["items"]
    assert [(one["what"], one["who"]) for one in audit] == [
        ("lot.create", "key:operate"), ("lot.update", "key:operate"), ("lot.hold", "key:operate"),
    ]  # fmt: skip


def test_an_unknown_grower_unit_or_field_is_a_sentence(api: StationApi) -> None:
    sent = {"lot": "C", "grower": "G9", "variety": "H", "plot": "7", "harvested_at": "2026-11-24T06:10:00+08:00",
            "received_kg": 1, "accountable": "Z"}  # fmt: skip
    assert api.post("/api/v1/lots", sent).status == 404
    assert api.post("/api/v1/lots", sent | {"harvested_at": "2026-11-24T06:10:00"}).status == 422
    wrong = api.post("/api/v1/lots", sent | {"received_lb": 3})
    assert wrong.status == 422
    assert wrong.headers["content-type"] == "application/problem+json"
    assert "received_lb" in wrong.json["detail"]


def test_a_cell_that_a_spreadsheet_would_run_is_text(api: StationApi) -> None:
    sent = {"lot": "D", "grower": "G1", "variety": "=1+1", "plot": "7", "harvested_at": "2026-11-24T06:10:00+08:00",
            "received_kg": 1, "accountable": "Z"}  # fmt: skip
    assert api.post("/api/v1/lots", sent).status == 201
    assert "'=1+1" in api.ask("/api/v1/lots?format=csv").body.decode()
