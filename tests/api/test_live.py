"""The live feed over a real connection: from a number on, chosen types, the line's state, a heartbeat."""

import http.client
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from grader.api.acts import acts_of
from grader.api.limits import Accounts
from grader.api.live import KEPT, wanted
from grader.api.one_time import MOST, VALID_S, OneTimeTokens
from grader.api.routes import stream
from grader.store.upstream.records import Noticed
from tests.api.station_api import StationApi

STREAM = "/api/v1/events/stream"


@contextmanager
def listening(api: StationApi, path: str = STREAM, **headers: str) -> Iterator[http.client.HTTPResponse]:
    connection = http.client.HTTPConnection("127.0.0.1", api.port, timeout=30)
    sent = {"Authorization": f"Bearer {api.key('read')}"} | {name.replace("_", "-"): to for name, to in headers.items()}
    connection.request("GET", path, headers=sent)
    answer = connection.getresponse()
    assert answer.status == 200
    try:
        yield answer
    finally:
        connection.close()


def frames(answer: http.client.HTTPResponse) -> Iterator[dict[str, str]]:
    """Frame by frame, its fields by name."""
    while True:
        frame: dict[str, str] = {}
        while line := answer.readline().decode().rstrip("\n"):
            name, _, value = line.partition(": ")
            frame[name] = value
        yield frame


def say(api: StationApi, count: int, kind: str = "test.said") -> None:
    api.service.write(*(Noticed(type=kind, key="k", utc_ns=1, data={"n": number}) for number in range(count)))


def numbers(answer: http.client.HTTPResponse, count: int) -> list[int]:
    found: list[int] = []
    for frame in frames(answer):
        if "id" in frame:
            found.append(int(frame["id"]))
        if len(found) == count:
            return found
    raise AssertionError(found)


def newest(api: StationApi) -> int:
    return int(api.ask("/api/v1/state").json["last_event"])


def test_who_comes_back_goes_on_behind_the_last_event_from_memory_or_from_the_books(api: StationApi) -> None:
    before = newest(api)
    say(api, KEPT + 500)
    with listening(api, Last_Event_ID=str(before)) as answer:
        first = numbers(answer, 700)
    with listening(api, Last_Event_ID=str(first[-1])) as answer:
        rest = numbers(answer, KEPT - 200)
    assert first + rest == list(range(before + 1, before + KEPT + 501))


def test_without_a_number_it_is_from_now_on_and_by_the_address_from_any(api: StationApi) -> None:
    before = newest(api)
    with listening(api) as answer:
        next(frames(answer))  # it has begun
        say(api, 2)
        assert numbers(answer, 2) == [before + 1, before + 2]
    with listening(api, f"{STREAM}?after={before + 1}") as answer:
        assert numbers(answer, 1) == [before + 2]


def test_types_are_chosen_by_how_they_begin(api: StationApi) -> None:
    before = newest(api)
    say(api, 1, "tray.closed")
    say(api, 1, "traybake.baked")
    say(api, 1, "alarm.raised")
    with listening(api, f"{STREAM}?after={before}&type=tray,alarm.raised") as answer:
        assert numbers(answer, 2) == [before + 1, before + 3]


def test_a_listener_whose_key_is_revoked_is_cut_off(api: StationApi, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "LOOK_AGAIN_S", 0.1)
    with listening(api) as answer:
        next(frames(answer))
        acts_of(api.service)["revoke_key"](code=api.key("read").split("_")[1], who="local:test")
        assert b"" in iter(answer.readline, None)


def test_more_than_so_many_do_not_listen_at_once(api: StationApi, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "MOST_LISTENERS", 1)
    with listening(api) as answer:
        next(frames(answer))
        assert api.ask(STREAM).status == 429


def test_a_quiet_second_brings_a_heartbeat(api: StationApi) -> None:
    with listening(api) as answer:
        assert any(frame.get("event") == "heartbeat" for frame in frames(answer))


@pytest.mark.parametrize("number", ["x", "-1", "1.5", "9" * 19, "٣"])
def test_a_number_that_is_none_of_ours_is_a_sentence(api: StationApi, number: str) -> None:
    sent = {"Last-Event-ID": number.encode().decode("latin-1")}
    assert api.ask(STREAM, headers=sent).status == 422


def test_a_number_that_was_never_told_is_a_sentence(api: StationApi) -> None:
    refused = api.ask(STREAM, headers={"Last-Event-ID": "1000000"})
    assert (refused.status, "not told" in refused.json["detail"]) == (422, True)


def test_types() -> None:
    assert wanted("tray.closed", ())
    assert wanted("tray.closed", ("tray",))
    assert not wanted("traybake", ("tray",))


def test_a_one_time_token_is_good_once_and_soon_and_the_oldest_of_many_goes() -> None:
    tokens = OneTimeTokens()
    first = tokens.give(0.0)
    assert tokens.redeem(first, VALID_S)
    assert not tokens.redeem(first, 0.0)
    assert not tokens.redeem(tokens.give(0.0), VALID_S + 1)
    given = [tokens.give(0.0) for _ in range(MOST + 1)]
    assert [tokens.redeem(one, 1.0) for one in given] == [False] + [True] * MOST


def test_accounts_that_nobody_uses_are_forgotten() -> None:
    accounts = Accounts(1.0, 1.0)
    assert [accounts.take(f"{number}", number * 10.0) for number in range(20_100)] == [0.0] * 20_100
