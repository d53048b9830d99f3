"""Somebody who has signed in by PIN."""

from grader.api.acts import acts_of
from tests.api.station_api import Answer, StationApi

PIN = "4711"


class Person:
    """An operator at the touchscreen, or at a laptop of one's own (`screen` False)."""

    def __init__(self, api: StationApi, name: str = "Li", *, screen: bool = True) -> None:
        self.api = api
        acts_of(api.service)["give_pin"](name=name, pin=PIN, who="local:test")
        signed = {"name": name, "pin": PIN}
        if screen:
            self.token = api.screen()
            assert api.post("/api/v1/sessions/operator", signed, None, token=self.token).status == 201
        else:
            self.token = api.post("/api/v1/sessions/operator", signed, None).json["token"]

    def post(self, path: str, body: object = None) -> Answer:
        return self.api.post(f"/api/v1{path}", {} if body is None else body, None, token=self.token)

    def ask(self, path: str) -> Answer:
        return self.api.ask(f"/api/v1{path}", None, token=self.token)
