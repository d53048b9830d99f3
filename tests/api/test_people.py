"""People and growers: entered by a manager who has signed in, each with a PIN of one's own."""

from tests.api.people import Person
from tests.api.station_api import StationApi


def test_who_works_and_who_delivers_here_is_listed(api: StationApi) -> None:
    Person(api, "Li")
    people = api.ask("/api/v1/operators").json["items"]
    assert people == [
        {"name": "Li", "role": "operator", "has_pin": True}, {"name": "Zhao", "role": "manager", "has_pin": False},
    ]  # fmt: skip
    assert [one["code"] for one in api.ask("/api/v1/growers").json["items"]] == ["G1", "G2"]


def test_a_manager_enters_somebody_who_then_signs_in_and_leaves(api: StationApi) -> None:
    zhao = Person(api, "Zhao", screen=False)
    assert zhao.post("/operators", {"name": "Wu", "role": "operator"}).status == 200
    assert zhao.post("/operators/Wu/pin", {"pin": "12"}).status == 422
    assert zhao.post("/operators/Wu/pin", {"pin": "2468"}).json == {"name": "Wu", "role": "operator", "has_pin": True}
    signed = api.post("/api/v1/sessions/operator", {"name": "Wu", "pin": "2468"}, None)
    assert signed.json["scope"] == "operate"
    left = zhao.post("/operators", {"name": "Wu", "role": "left"}).json["items"]
    assert [one["name"] for one in left] == ["Li", "Zhao"]
    assert api.ask("/api/v1/sessions/mine", None, token=signed.json["token"]).status == 401
    assert zhao.post("/operators/Wu/pin", {"pin": "2468"}).status == 404
    entries = api.ask("/api/v1/audit?what=operator").json["items"]
    assert [(one["who"], one["subject"], one["detail"]["role"]) for one in entries] == [
        ("Zhao", "Wu", "operator"), ("Zhao", "Wu", "left"),
    ]  # fmt: skip
    assert b"2468" not in api.ask("/api/v1/audit?limit=1000").body


def test_somebody_is_entered_with_a_pin_at_once_or_not_at_all(api: StationApi) -> None:
    zhao = Person(api, "Zhao")
    assert zhao.post("/operators", {"name": "Wu", "role": "operator", "pin": "12"}).status == 422
    assert "Wu" not in [one["name"] for one in api.ask("/api/v1/operators").json["items"]]
    entered = zhao.post("/operators", {"name": "Wu", "role": "operator", "pin": "2468"}).json["items"]
    assert {"name": "Wu", "role": "operator", "has_pin": True} in entered
    assert api.post("/api/v1/sessions/operator", {"name": "Wu", "pin": "2468"}, None).status == 201
    entries = api.ask("/api/v1/audit?order=newest&limit=3").json["items"]
    assert {("operator.enter", "Wu"), ("pin.set", "Wu")} <= {(one["what"], one["subject"]) for one in entries}


def test_nobody_else_does_and_no_manager_locks_oneself_out(api: StationApi) -> None:
    sent = {"name": "Wu", "role": "manager"}
    assert Person(api, "Li").post("/operators", sent).status == 403
    assert api.post("/api/v1/operators", sent, "configure").status == 403
    zhao = Person(api, "Zhao")
    assert zhao.post("/operators", {"name": "Zhao", "role": "operator"}).status == 409


def test_a_grower_is_entered_once(api: StationApi) -> None:
    zhao = Person(api, "Zhao")
    assert zhao.post("/growers", {"code": "G3", "name": "李娜"}).status == 201
    assert zhao.post("/growers", {"code": "G3", "name": "李娜"}).status == 409
    assert {"code": "G3", "name": "李娜"} in api.ask("/api/v1/growers").json["items"]
