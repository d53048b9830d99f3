"""Reports: every fruit of the time and no other, and every second of the machine's day."""

from datetime import UTC, datetime, timedelta

import pytest

from grader.store.records import EventHappened
from tests.api.station_api import StationApi
from tests.api.waiting import eventually
from tests.store.small_line import SmallLine

NS = 10**9
MORNING = datetime(2026, 11, 30, 6, tzinfo=UTC)
DAY = "since=2026-11-30T06:00Z&until=2026-11-30T07:00Z"


def ns(minutes: float) -> int:
    return round((MORNING + timedelta(minutes=minutes)).timestamp() * NS)


def enter(line: SmallLine, minute: float, state: str, why: str = "w", origin: str = "self") -> None:
    happen(line, "state", minute, {"from": "X", "to": state, "why": why, "origin": origin})


def happen(line: SmallLine, kind: str, minute: float, payload: dict[str, object]) -> None:
    event = EventHappened(kind=kind, payload=payload, utc_ns=ns(minute), monotonic_ns=0, run=line.run)
    line.journal.submit(event).result()


def test_each_stop_has_its_time_its_words_and_the_alarm_that_came_with_it(api: StationApi, line: SmallLine) -> None:
    enter(line, -5, "IDLE")
    enter(line, 0, "STARTING", "Start came from the touchscreen.", "screen")
    enter(line, 1, "EXECUTE")
    happen(line, "alarm", 20.01, {"change": "raised", "code": "air_pressure_low", "subject": None, "who": None})
    enter(line, 20, "HOLDING", "The air pressure is too low for the valves.")
    enter(line, 21, "HELD", "The air pressure is too low for the valves.")
    enter(line, 25, "UNHOLDING", "Unhold came from the touchscreen.", "screen")
    enter(line, 26, "EXECUTE")
    enter(line, 41, "COMPLETING", "Complete came from the touchscreen.", "screen")
    enter(line, 42, "COMPLETE")
    found = api.ask(f"/api/v1/reports?{DAY}&plan_fruit_per_s=2").json
    first, last = found["stops"]
    assert (first["begin"], first["seconds"], first["planned"]) == ("2026-11-30T14:20:00+08:00", 360.0, False)
    assert (first["why"], first["origin"]) == ("The air pressure is too low for the valves.", "self")
    assert [one["code"] for one in first["alarms"]] == ["air_pressure_low"]
    assert (last["end"], last["planned"], last["state_name"]) == (None, True, "Complete")
    machine = found["machine"]
    assert (machine["running_s"], machine["planned_s"]) == (19 * 60 + 15 * 60, 40 * 60)
    assert machine["availability"] == pytest.approx(34 / 40)
    assert machine["oee"] is None, "no fruit, no quality"


def test_a_day_counts_every_fruit_of_its_time_and_no_other(api: StationApi, line: SmallLine) -> None:
    for minute, size_mm in ((-1, 40.0), (5, 35.5), (6, 36.5), (59.9, 36.7), (60, 45.0)):
        line.at_utc_ns = ns(minute)
        line.send("super", 1, diameter_mm=size_mm, maturity=0.85)
    eventually(lambda: len(api.ask("/api/v1/fruit?limit=1000").json["items"]) >= 57)
    found = api.ask(f"/api/v1/reports?{DAY}").json
    assert found["distribution"]["fruit"] == 3
    assert [(bar["begin"], bar["fruit"]) for bar in found["distribution"]["diameter_mm"]] == [(35.0, 1), (36.0, 2)]
    assert sum(row["fruit"] for row in found["throughput"]) == 3
    assert [row["since"] for row in found["throughput"]] == ["2026-11-30T14:00:00+08:00", "2026-11-30T14:45:00+08:00"]
    assert found["machine"]["quality"] is None
    csv = api.ask(f"/api/v1/reports?{DAY}&format=csv&part=diameter").body.decode().splitlines()
    assert csv == ["begin,end,fruit", "35.0,36.0,1", "36.0,37.0,2"]
    enter(line, 1, "EXECUTE")
    enter(line, 2, "HOLDING")
    assert api.ask(f"/api/v1/reports?{DAY}&plan_fruit_per_s=0.1").json["machine"]["performance"] == pytest.approx(0.5)
    api.service.station.own_settings.write_text("plan_fruit_per_s = 0.2\n", encoding="utf-8")
    assert api.ask(f"/api/v1/reports?{DAY}").json["machine"]["performance"] == pytest.approx(0.25)


@pytest.mark.parametrize("asked", ["since=2026-11-30T06:00Z&until=2026-11-29T06:00Z", "since=2026-01-01T06:00Z"])
def test_a_time_that_is_none_or_too_long_is_refused(api: StationApi, asked: str) -> None:
    answer = api.ask(f"/api/v1/reports?{asked}")
    assert (answer.status, "31 days" in answer.json["detail"]) == (422, True)


def test_what_drifts_is_told_figure_by_figure_with_its_limits_and_nothing_else(
    api: StationApi, line: SmallLine
) -> None:
    assert api.ask(f"/api/v1/reports/drift?{DAY}").json["series"] == []
    lamp = {"name": "lamp_brightness", "subject": None, "low": 0.8, "high": 1.25}
    happen(line, "drift", -1, {"figures": [lamp | {"value": 0.5}]})
    happen(line, "drift", 10, {"figures": [lamp | {"value": 0.95}]})
    happen(line, "drift", 20, {"figures": [lamp | {"value": 0.9}]})
    happen(line, "sphere_check", 5, {"result": "passed", "spheres_mm": {"35": 35.2}, "patch_red": None})
    found = {one["name"]: one for one in api.ask(f"/api/v1/reports/drift?{DAY}").json["series"]}
    assert [point["value"] for point in found["lamp_brightness"]["points"]] == [0.95, 0.9]
    assert found["lamp_brightness"]["points"][0] | {"at": ""} == {"at": "", "value": 0.95, "low": 0.8, "high": 1.25}
    assert found["scale_mm"]["subject"] == "35"
    assert found["scale_mm"]["points"][0]["value"] == pytest.approx(0.2)
    assert found.keys() == {"lamp_brightness", "scale_mm"}


def test_of_many_figures_the_ones_nearest_to_their_limits_are_kept(api: StationApi, line: SmallLine) -> None:
    lamp = {"name": "lamp_brightness", "subject": None, "low": 0.8, "high": 1.25}
    for number in range(700):
        value = 0.7 if number == 333 else 1.0
        event = {"kind": "drift", "payload": {"figures": [lamp | {"value": value}]}, "utc_ns": ns(number / 20)}
        waiting = line.journal.submit(EventHappened(**event, monotonic_ns=0, run=line.run))  # type: ignore[arg-type]
    waiting.result()
    (series,) = api.ask(f"/api/v1/reports/drift?{DAY}").json["series"]
    assert 200 < len(series["points"]) <= 300
    assert min(point["value"] for point in series["points"]) == 0.7
