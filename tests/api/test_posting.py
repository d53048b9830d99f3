"""Webhooks: none lost, each once after its id is looked at, in order a key, whatever the receiver does."""

import random
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.api.posting.schedule import GIVE_UP_S, PROBE_S, RETRY_AFTER_S, retry_in_s, to_be_paused
from grader.api.posting.sender import signed
from grader.store import reading
from grader.store.books import BOOKS
from grader.store.upstream.lists import NOTICES, last_sequence, page
from grader.store.upstream.records import Noticed
from tests.api.conftest import PATIENT, Serve
from tests.api.receiver import Receiver
from tests.api.station_api import StationApi
from tests.api.waiting import eventually

LOCAL = PATIENT.model_copy(update={"private_targets": ("127.0.0.1",)})
HOUR_S = 3600


class Clock:
    """The web process's; it moves on as it does outside, and further when a test says so."""

    def __init__(self, now_ns: Any) -> None:  # noqa: ANN401 - a function
        self._now_ns = now_ns
        self.ahead_ns = 0

    def __call__(self) -> int:
        return int(self._now_ns()) + self.ahead_ns


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    found = Receiver()
    yield found
    found.die()


@pytest.fixture
def api(serve: Serve) -> StationApi:
    return serve(LOCAL)


@pytest.fixture
def clock(api: StationApi) -> Clock:
    clock = Clock(api.service.now_ns)
    api.service.now_ns = clock
    return clock


def subscribe(api: StationApi, receiver: Receiver, name: str = "erp", **facts: object) -> dict[str, Any]:
    made = api.post("/api/v1/deliveries/endpoints", {"name": name, "url": receiver.url, **facts}, "configure")
    assert made.status == 201, made.body
    receiver.secret = made.json["secret"]
    return dict(made.json)


def say(api: StationApi, *keys: str) -> None:
    """Something happens to each of `keys`."""
    now_ns = api.service.now_ns()
    api.service.write(*(Noticed(type="test.said", key=key, utc_ns=now_ns, data={"key": key}) for key in keys))


def told(api: StationApi, kind: str = "test") -> list[int]:
    with reading(api.books.path, BOOKS) as books:
        return [one["sequence"] for one in page(books, NOTICES, {"type": kind}, None, 1000, newest=False)]


def endpoint(api: StationApi) -> dict[str, Any]:
    return dict(api.ask("/api/v1/deliveries/endpoints/erp").json)


def later(api: StationApi, receiver: Receiver, clock: Clock, seconds: float) -> None:
    """Time passes, once every attempt that was made is on record: what is due is counted from there."""
    eventually(lambda: sum(one["attempts"] for one in deliveries(api)) == len(receiver.tried))
    clock.ahead_ns += round(seconds * 10**9)


def deliveries(api: StationApi) -> list[dict[str, Any]]:
    return list(api.ask("/api/v1/deliveries?limit=1000").json["items"])


def in_order(receiver: Receiver) -> bool:
    by_key: dict[str, list[int]] = defaultdict(list)
    for event in receiver.once():
        by_key[event["key"]].append(event["sequence"])
    return all(numbers == sorted(numbers) for numbers in by_key.values())


def test_published_values_of_the_specification() -> None:
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"  # noqa: S105 - published
    at = datetime.fromtimestamp(1614265330, UTC)
    headers = signed(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", at, '{"test": 2432232314}')
    assert headers == {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }


def test_events_are_pushed_signed_and_in_order(api: StationApi, receiver: Receiver) -> None:
    subscribe(api, receiver, types=["test"])
    say(api, *"abcabcabc")
    receiver.until(lambda one: len(one.accepted) == 9)
    assert [event["sequence"] for event in receiver.accepted] == told(api)
    assert receiver.headers["webhook-id"] == f"msg_station-1_{told(api)[-1]}"
    assert receiver.accepted[0]["data"] == {"key": "a"}


def test_a_hold_of_a_lot_is_pushed_with_its_epcis_event(api: StationApi, receiver: Receiver) -> None:
    subscribe(api, receiver)
    api.post("/api/v1/lots/A/holds", {"reason": "smells"})
    receiver.until(lambda one: len(one.accepted) == 2)
    by_type = {event["type"]: event for event in receiver.accepted}
    assert by_type["hold.placed"]["data"]["reason"] == "smells"
    assert by_type["epcis.held"]["data"]["type"] == "ObjectEvent"


def test_a_failed_key_keeps_its_successors_back_and_no_other_key(
    api: StationApi, receiver: Receiver, clock: Clock
) -> None:
    subscribe(api, receiver, types=["test"])
    with reading(api.books.path, BOOKS) as books:
        first = last_sequence(books) + 1
    receiver.answers = lambda event, times: 500 if event["sequence"] == first and times < 3 else 200
    say(api, "bad", "good", "bad", "good", "bad")
    receiver.until(lambda one: len(one.accepted) == 2)
    assert {event["key"] for event in receiver.accepted} == {"good"}
    later(api, receiver, clock, HOUR_S)
    receiver.until(lambda one: len(one.tried) == 4)
    later(api, receiver, clock, HOUR_S)
    receiver.until(lambda one: len(one.accepted) == 5)
    assert in_order(receiver)
    assert len({identity for identity, event in receiver.tried if event["sequence"] == told(api)[0]}) == 1


@pytest.mark.parametrize("answer", [500, 404, 301, 302, 307, None])
def test_what_is_no_success_is_tried_again(
    api: StationApi, receiver: Receiver, clock: Clock, answer: int | None
) -> None:
    subscribe(api, receiver, types=["test"])
    receiver.answers = lambda _, times: answer if times == 1 else 204
    say(api, "a", "a")
    receiver.until(lambda one: len(one.tried) == 1)
    later(api, receiver, clock, HOUR_S)
    receiver.until(lambda one: len(one.tried) == 3)
    later(api, receiver, clock, HOUR_S)
    receiver.until(lambda one: len(one.once()) == 2)
    assert in_order(receiver)
    assert {identity for identity, _ in receiver.tried} == {f"msg_station-1_{number}" for number in told(api)}


def test_a_dead_receiver_gets_everything_once_it_lives_again(api: StationApi, receiver: Receiver, clock: Clock) -> None:
    subscribe(api, receiver, types=["test"])
    say(api, "a")
    receiver.until(lambda one: len(one.accepted) == 1)
    receiver.die()
    say(api, *"abab")
    eventually(lambda: sum(one["attempts"] for one in deliveries(api)) == 3)  # one for each key that waits
    receiver.live_again()
    clock.ahead_ns += HOUR_S * 10**9
    receiver.until(lambda one: len(one.once()) == 5)
    assert in_order(receiver)


def test_gone_pauses_at_once_with_an_alarm_and_resuming_sends_all_in_order(api: StationApi, receiver: Receiver) -> None:
    subscribe(api, receiver, types=["test"])
    receiver.answers = lambda _event, _times: 410
    say(api, *"abc")
    receiver.until(lambda one: len(one.tried) == 1)
    eventually(lambda: endpoint(api)["state"] == "paused")
    say(api, *"abc")
    alarm = api.ask("/api/v1/alarms").json["items"][0]
    assert (alarm["code"], alarm["subject"]) == ("delivery_paused", "erp")
    assert told(api, "alarm.raised")
    assert endpoint(api)["waiting"] == 6
    assert len(receiver.tried) == 1
    receiver.answers = lambda _event, _times: 200
    resumed = api.post("/api/v1/deliveries/endpoints/erp/resume", {"why": "mended"}, "configure")
    assert resumed.json["state"] == "active"
    receiver.until(lambda one: len(one.accepted) == 6)
    assert in_order(receiver)
    assert api.ask("/api/v1/alarms").json["items"] == []
    assert told(api, "alarm.cleared")


def test_after_75_hours_it_rests_and_goes_on_by_itself_once_it_answers(
    api: StationApi, receiver: Receiver, clock: Clock
) -> None:
    subscribe(api, receiver, types=["test"])
    receiver.answers = lambda _event, _times: 503
    say(api, "a")
    receiver.until(lambda one: len(one.tried) == 1)
    later(api, receiver, clock, GIVE_UP_S + 1)
    receiver.until(lambda one: len(one.tried) == 2)
    eventually(lambda: endpoint(api)["state"] == "paused")
    assert "75 h" in endpoint(api)["state_why"]
    say(api, *"ab")
    receiver.answers = lambda _event, _times: 200
    later(api, receiver, clock, PROBE_S + 1)
    receiver.until(lambda one: len(one.accepted) == 3)
    assert in_order(receiver)
    assert endpoint(api)["state"] == "active"


def test_who_is_removed_is_sent_nothing_and_a_name_may_be_given_again(api: StationApi, receiver: Receiver) -> None:
    subscribe(api, receiver, types=["test"])
    gone = api.ask("/api/v1/deliveries/endpoints/erp", "configure", method="DELETE")
    assert gone.status == 204
    say(api, "a")
    subscribe(api, receiver, types=["test"])
    say(api, "b")
    receiver.until(lambda one: len(one.accepted) == 1)
    assert receiver.accepted[0]["key"] == "b"


def test_what_is_owed_and_what_was_sent_is_a_list(api: StationApi, receiver: Receiver) -> None:
    subscribe(api, receiver, types=["test"])
    receiver.answers = lambda event, _times: 200 if event["key"] == "a" else 500
    say(api, "a", "b", "b")
    receiver.until(lambda one: len(one.tried) == 2)
    eventually(lambda: [one["attempts"] for one in deliveries(api)] == [1, 1, 0])
    waiting = api.ask("/api/v1/deliveries?waiting=true&endpoint=erp").json["items"]
    assert [(one["attempts"], one["last_status"]) for one in waiting] == [(1, 500), (0, None)]
    sent = api.ask("/api/v1/deliveries?waiting=false").json["items"]
    assert [one["last_status"] for one in sent] == [200]


@given(attempts=st.integers(1, 30), seed=st.integers())
def test_waits_grow_as_the_specification_has_them(attempts: int, seed: int) -> None:
    planned = RETRY_AFTER_S[min(attempts, len(RETRY_AFTER_S)) - 1]
    assert 0.9 * planned <= retry_in_s(attempts, random.Random(seed)) <= 1.1 * planned  # noqa: S311 - not for secrets


def test_all_tries_together_take_75_hours() -> None:
    assert sum(RETRY_AFTER_S) >= GIVE_UP_S
    assert sum(RETRY_AFTER_S[:-1]) < GIVE_UP_S
    assert not to_be_paused(None, 10**18)
    assert not to_be_paused(0, GIVE_UP_S * 10**9 - 1)
    assert to_be_paused(0, GIVE_UP_S * 10**9)
