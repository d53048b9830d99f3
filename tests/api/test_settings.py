"""Settings made at the station: shown, confirmed once, kept with those before, and the line goes by them."""

from pathlib import Path

import pytest

from grader.api.errors import SettingsError
from grader.api.own_settings import read_own
from grader.api.settings import LAST_SETTINGS, OWN_SETTINGS
from grader.cli.station_file import read_station_file
from tests.api.people import Person
from tests.api.station_api import StationApi

WANTED = {"plan_kg_per_h": 250.0, "outlets": {"super": {"tray_count": 60}}}


def change(person: Person, wanted: dict[str, object]) -> int:
    token = person.post("/settings/preview", wanted).json["token"]
    return person.post("/settings/change", {"token": token, "why": "the new trays"}).status


def test_what_would_change_is_shown_and_nothing_is_changed_by_that(api: StationApi, tmp_path: Path) -> None:
    zhao = Person(api, "Zhao", screen=False)
    shown = zhao.post("/settings/preview", WANTED).json["differences"]
    assert shown == [
        {"name": "outlets.super.tray_count", "before": None, "after": 60},
        {"name": "plan_kg_per_h", "before": None, "after": 250.0},
    ]
    assert not (tmp_path / OWN_SETTINGS).exists()
    assert zhao.post("/settings/preview", {"outlets": {"super": {"tray_count": 0}}}).status == 422
    assert zhao.post("/settings/preview", {"colour": "red"}).status == 422


def test_a_manager_confirms_once_and_those_before_are_kept(api: StationApi, tmp_path: Path) -> None:
    zhao = Person(api, "Zhao", screen=False)
    shown = zhao.post("/settings/preview", WANTED).json
    confirmed = {"token": shown["token"], "why": "the new trays"}
    assert Person(api, "Li").post("/settings/change", confirmed).status == 403
    assert zhao.post("/settings/change", confirmed).status == 200
    assert zhao.post("/settings/change", confirmed).status == 409
    assert api.ask("/api/v1/settings").json["outlets"] == {"super": {"tray_count": 60, "tray_g": None}}
    assert change(zhao, WANTED | {"plan_kg_per_h": 300.0}) == 200
    assert read_own(tmp_path / LAST_SETTINGS).plan_kg_per_h == 250.0
    entries = api.ask("/api/v1/audit?what=settings").json["items"]
    assert [(one["who"], one["accepted"]) for one in entries] == [("Zhao", True), ("Zhao", True)]
    assert entries[1]["detail"]["differences"] == [{"name": "plan_kg_per_h", "before": 250.0, "after": 300.0}]


def test_two_changes_that_were_shown_at_once_do_not_both_happen(api: StationApi) -> None:
    zhao = Person(api, "Zhao", screen=False)
    tokens = [zhao.post("/settings/preview", WANTED).json["token"] for _ in range(2)]
    done = [zhao.post("/settings/change", {"token": token, "why": "x"}).status for token in tokens]
    assert done == [200, 409]


def test_the_line_goes_by_what_was_set_at_the_station(api: StationApi, tmp_path: Path) -> None:
    station = tmp_path / "station.toml"
    station.write_text("belt_speed_mm_s = 300.0\n")
    before = {one.outlet: one.tray_count for one in read_station_file(station).profile.ejectors}
    assert change(Person(api, "Zhao", screen=False), WANTED) == 200
    after = {one.outlet: one.tray_count for one in read_station_file(station).profile.ejectors}
    assert {str(outlet) for outlet in after if after[outlet] != before[outlet]} == {"super"}
    assert after[read_station_file(station).profile.ejectors[0].outlet] == 60


def test_a_damaged_file_says_what_to_put_in_its_place(api: StationApi, tmp_path: Path) -> None:
    assert change(Person(api, "Zhao", screen=False), WANTED) == 200
    (tmp_path / OWN_SETTINGS).write_text("outlets = 7")
    answer = api.ask("/api/v1/settings")
    assert (answer.status, LAST_SETTINGS in answer.json["detail"]) == (422, True)
    station = tmp_path / "station.toml"
    station.write_text("belt_speed_mm_s = 300.0\n")
    with pytest.raises(SettingsError, match="in its place"):
        read_station_file(station)
