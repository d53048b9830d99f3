"""Who may what: keys, sessions, PINs, and what is open."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.api.acts import acts_of
from grader.api.door import ask
from grader.api.errors import NoDoorError, UnknownError
from grader.api.limits import Accounts
from grader.api.settings import ApiSettings
from grader.store import reading
from grader.store.books import BOOKS
from grader.store.books.asking import rows
from tests.api.conftest import PATIENT, Serve
from tests.api.small_window import SmallWindow, with_line
from tests.api.station_api import StationApi
from tests.api.test_maintenance import TRIALS

STOP, START, HOLD, RESET = ({"command": {"kind": kind}} for kind in ("stop", "start", "hold", "reset"))
AT_THE_MACHINE = (
    {"kind": "start"}, {"kind": "unhold"}, {"kind": "unsuspend"}, {"kind": "clear"}, {"kind": "suspend"},
    {"kind": "set_mode", "mode": 1}, {"kind": "abort"}, {"kind": "complete"}, {"kind": "empty_recheck"},
    {"kind": "open_outlet", "outlet": "I"},
)  # fmt: skip


@pytest.fixture
def line(tmp_path: Path) -> Iterator[SmallWindow]:
    window = SmallWindow(tmp_path / "run")
    yield window
    window.close()


@pytest.mark.parametrize("path", ["/api/v1/state", "/api/v1/counts", "/api/v1/audit", "/metrics", "/openapi.json"])
def test_without_a_credential_nothing_is_told_on_loopback_either(api: StationApi, path: str) -> None:
    refused = api.ask(path, None)
    assert (refused.status, refused.headers["www-authenticate"]) == (401, "Bearer")
    assert "grader api key create" in refused.json["detail"]


def test_health_is_open_on_this_computer(api: StationApi) -> None:
    assert api.ask("/healthz/live", None).json["status"] == "ok"
    assert api.ask("/healthz/ready", None).json == {"status": "ok", "books": "ok", "line": "no line runs"}


def test_a_key_is_kept_as_a_hash_and_shown_once(api: StationApi) -> None:
    key = api.key("read")
    with reading(api.books.path, BOOKS) as books:
        dump = str([rows(books, f"SELECT * FROM {table}") for table in ("api_key", "audit", "event", "event_person")])  # noqa: S608
    assert key not in dump
    assert key.split("_", 2)[2] not in dump


@pytest.mark.parametrize(
    "token",
    ["x", "gk_", "gk_00000000_" + "A" * 43, "gs_" + "A" * 43, "gt_x", "%00", "gk_ééééé", "Ω"],
)
def test_a_wrong_key_opens_nothing(api: StationApi, token: str) -> None:
    answer = api.ask("/api/v1/state", None, headers={"Authorization": f"Bearer {token}".encode().decode("latin-1")})
    assert answer.status == 401


def test_a_revoked_key_opens_nothing(api: StationApi) -> None:
    key = api.key("read")
    assert api.ask("/api/v1/state").status == 200
    acts_of(api.service)["revoke_key"](code=key.split("_")[1], who="local:test")
    assert api.ask("/api/v1/state").status == 401
    with pytest.raises(UnknownError, match="revoked already"):
        acts_of(api.service)["revoke_key"](code=key.split("_")[1], who="local:test")


def test_scopes_have_what_the_narrower_ones_have(api: StationApi) -> None:
    endpoint = {"name": "erp", "url": "https://erp.example.org/hook"}
    assert api.post("/api/v1/deliveries/endpoints", endpoint, "read").status == 403
    assert api.post("/api/v1/deliveries/endpoints", endpoint, "operate").status == 403
    assert api.post("/api/v1/deliveries/endpoints", endpoint, "configure").status == 201
    assert api.ask("/api/v1/counts", "configure").status == 200
    assert api.post("/api/v1/commands", HOLD, "read").status == 403


def test_whoever_asks_too_often_is_told_how_long_to_wait(serve: Serve) -> None:
    api = serve(ApiSettings(requests_per_s=0.5, burst=3))
    answers = [api.ask("/api/v1/counts") for _ in range(5)]
    assert [one.status for one in answers] == [200, 200, 200, 429, 429]
    assert int(answers[-1].headers["retry-after"]) in {1, 2}
    assert api.ask("/api/v1/counts", "operate").status == 200  # another key has its own account


def test_guessing_keys_is_stopped_and_keeps_nobody_out_who_has_a_good_one(serve: Serve) -> None:
    api = serve(PATIENT.model_copy(update={"wrong_credentials_per_min": 3}))
    wrong = [api.ask("/api/v1/state", None, token="gk_wrong").status for _ in range(5)]  # noqa: S106
    assert wrong == [401, 401, 401, 429, 429]
    assert api.ask("/api/v1/state").status == 200
    assert api.ask("/api/v1/state", None, token=api.screen()).status == 200
    assert api.post("/api/v1/commands", STOP, None, token="gk_wrong").status == 409  # noqa: S106 - Stop is heard all the same


def test_the_touchscreens_token_opens_its_session_once(api: StationApi) -> None:
    token = acts_of(api.service)["give_token"]()["token"]
    begun = api.post("/api/v1/sessions/screen", {"token": token}, None)
    assert begun.json["at_the_machine"]
    cookie = begun.headers["set-cookie"]
    assert all(word in cookie for word in ("HttpOnly", "SameSite=strict"))
    by_cookie = api.ask("/api/v1/sessions/mine", None, headers={"Cookie": cookie.split(";")[0]})
    assert by_cookie.json["name"] == "screen"
    assert api.post("/api/v1/sessions/screen", {"token": token}, None).status == 401


def test_only_the_touchscreen_starts_the_machine(api: StationApi, line: SmallWindow) -> None:
    with_line(api, line)
    screen = api.screen()
    for command in (*AT_THE_MACHINE, *TRIALS):
        for scope in ("operate", "configure"):
            refused = api.post("/api/v1/commands", {"command": command}, scope)
            assert (refused.status, "at the machine" in refused.json["detail"]) == (403, True)
    assert line.heard == []
    for command in AT_THE_MACHINE:  # the trials need a manager's PIN too: tests/api/test_maintenance.py
        assert api.post("/api/v1/commands", {"command": command}, None, token=screen).status == 200
    assert {one.origin.value for one in line.heard} == {"screen"}
    for kind in (HOLD, STOP):
        assert api.post("/api/v1/commands", kind, "operate").status == 200
    assert [(one.origin.value, one.by) for one in line.heard[-2:]] == [("upstream", "key:operate")] * 2


def test_stop_needs_no_credential_and_a_bad_one_is_in_nobodys_way(api: StationApi, line: SmallWindow) -> None:
    with_line(api, line)
    for token in (None, "gk_wrong", "gs_over", api.key("read")):
        answer = api.post("/api/v1/commands", STOP, None, token=token)
        assert (answer.status, answer.json["sentence"]) == (200, "It stands now.")
    assert api.post("/api/v1/commands", HOLD, None).status == 401
    audit = api.ask("/api/v1/commands").json["items"]
    assert [(one["what"], one["who"], one["accepted"]) for one in audit] == [("command.stop", "loopback", True)] * 4


def test_the_machines_refusal_is_told_with_what_would_help(api: StationApi, line: SmallWindow) -> None:
    with_line(api, line)
    refused = api.post("/api/v1/commands", RESET, None, token=api.screen())
    assert refused.status == 409
    assert refused.json["detail"] == "Reset is not possible in Execute."
    assert (refused.json["verdict"], refused.json["state"]) == ("wrong_state", 6)
    entry = api.ask("/api/v1/commands?order=newest").json["items"][0]
    assert (entry["what"], entry["accepted"]) == ("command.reset", False)


def test_without_a_line_a_command_says_so(api: StationApi) -> None:
    refused = api.post("/api/v1/commands", HOLD)
    assert (refused.status, "no line runs" in refused.json["detail"]) == (409, True)


def test_the_lines_state_is_told_in_packmls_words(api: StationApi, line: SmallWindow) -> None:
    with_line(api, line)
    state = api.ask("/api/v1/state").json
    assert (state["running"], state["state"], state["state_name"]) == (True, 6, "Execute")
    assert state["line"]["outlets"][0]["in_flight"] == 1
    metrics = api.ask("/metrics").body.decode()
    assert "grader_machine_state 6.0" in metrics
    assert 'grader_fruit_total{grade="Super",outcome="delivered",outlet="super"} 35.0' in metrics


def sign_in(api: StationApi, name: str, pin: str, token: str | None = None) -> int:
    return api.post("/api/v1/sessions/operator", {"name": name, "pin": pin}, None, token=token).status


def test_an_operator_signs_in_by_pin_and_wrong_ones_lock_it(serve: Serve) -> None:
    api = serve(PATIENT.model_copy(update={"pin_failures": 3, "pin_lock_min": 1440}))
    acts_of(api.service)["give_pin"](name="Zhao", pin="4711", who="local:test")
    assert sign_in(api, "Zhao", "4711") == 201
    assert [sign_in(api, "Zhao", pin) for pin in ("1", "12", "123")] == [401, 401, 401]
    assert sign_in(api, "Zhao", "4711") == 429
    assert sign_in(api, "nobody", "4711") == 401
    assert api.post("/api/v1/commands", STOP, None).status == 409  # heard, and no line runs
    acts_of(api.service)["give_pin"](name="Zhao", pin="0815", who="local:test")
    assert sign_in(api, "Zhao", "0815") == 201
    with pytest.raises(UnknownError, match="works here"):
        acts_of(api.service)["give_pin"](name="nobody", pin="0815", who="local:test")


def test_each_lock_is_twice_as_long_but_for_who_stands_at_the_machine(serve: Serve) -> None:
    api = serve(PATIENT.model_copy(update={"pin_failures": 2, "pin_lock_min": 5}))
    acts_of(api.service)["give_pin"](name="Zhao", pin="4711", who="local:test")
    screen = api.screen()
    clock_ns = api.service.now_ns()
    waits = []
    for _ in range(3):
        assert [sign_in(api, "Zhao", pin) for pin in ("1", "12")] == [401, 401]
        locked = api.post("/api/v1/sessions/operator", {"name": "Zhao", "pin": "4711"}, None)
        waits.append(round(int(locked.headers["retry-after"]) / 60))
        here = api.post("/api/v1/sessions/operator", {"name": "Zhao", "pin": "4711"}, None, token=screen)
        assert int(here.headers["retry-after"]) <= 300
        clock_ns += (int(locked.headers["retry-after"]) + 60) * 10**9
        api.service.now_ns = lambda now=clock_ns: now  # type: ignore[misc]
    assert waits == [5, 10, 20]
    assert sign_in(api, "Zhao", "4711") == 201
    assert [sign_in(api, "Zhao", pin) for pin in ("1", "4711")] == [401, 201]


def test_wrong_pins_are_in_the_audit_list_and_names_that_nobody_bears_are_not(serve: Serve) -> None:
    api = serve(PATIENT.model_copy(update={"pin_failures": 2}))
    acts_of(api.service)["give_pin"](name="Zhao", pin="4711", who="local:test")
    for name in ("Zhao", "4711", "Zhao"):
        assert sign_in(api, name, "1") == 401
    found = api.ask("/api/v1/audit?what=session.wrong_pin").json["items"]
    assert [(one["who"], one["origin"], one["accepted"], one["detail"]["locked"]) for one in found] == [
        ("Zhao", "upstream", False, False), ("Zhao", "upstream", False, True),
    ]  # fmt: skip


def test_a_manager_at_the_screen_releases_a_hold_and_signs_out(api: StationApi) -> None:
    acts_of(api.service)["give_pin"](name="Zhao", pin="4711", who="local:test")
    hold = api.post("/api/v1/lots/A/holds", {"reason": "smells"}).json["holds"][0]["hold"]
    screen = api.screen()
    release = f"/api/v1/holds/{hold}/release"
    assert api.post(release, {"reason": "looked"}, None, token=screen).status == 409
    assert sign_in(api, "Zhao", "4711", screen) == 201
    mine = api.ask("/api/v1/sessions/mine", None, token=screen).json
    assert (mine["name"], mine["scope"], mine["at_the_machine"]) == ("Zhao", "configure", True)
    assert api.post(release, {"reason": "looked"}, None, token=screen).status == 200
    assert api.ask("/api/v1/sessions/mine", None, token=screen, method="DELETE").json == {"ended": True}
    assert api.ask("/api/v1/sessions/mine", None, token=screen).json["name"] == "screen"


def test_an_operators_own_session_ends_and_starts_no_machine(api: StationApi, line: SmallWindow) -> None:
    with_line(api, line)
    acts_of(api.service)["give_pin"](name="Li", pin="4711", who="local:test")
    token = api.post("/api/v1/sessions/operator", {"name": "Li", "pin": "4711"}, None).json["token"]
    assert api.post("/api/v1/commands", START, None, token=token).status == 403
    assert api.post("/api/v1/commands", HOLD, None, token=token).status == 200
    assert api.ask("/api/v1/sessions/mine", None, token=token, method="DELETE").status == 200
    assert api.ask("/api/v1/sessions/mine", None, token=token).status == 401


@pytest.mark.parametrize("host", ["evil.example.org", "127.0.0.1.example.org", "localhost.example.org:80", "[::2]", ""])
def test_a_name_that_is_not_this_computers_is_refused(api: StationApi, host: str) -> None:
    assert api.ask("/healthz/live", None, headers={"Host": host}).status == 421


@pytest.mark.parametrize("host", ["localhost", "localhost:8750", "127.0.0.1:1", "[::1]:8750"])
def test_this_computers_names_are_known(api: StationApi, host: str) -> None:
    assert api.ask("/healthz/live", None, headers={"Host": host}).status == 200


def test_the_door_is_for_the_owner_of_the_books_alone(api: StationApi) -> None:
    with pytest.raises(NoDoorError, match="does not listen"):
        ask(api.books.path, "create_key", name="x", scope="read", who="x")


takes = st.lists(st.tuples(st.floats(0, 100), st.sampled_from("ab")), min_size=1, max_size=60)


@given(takes=takes, per_s=st.floats(0.1, 10), burst=st.integers(1, 20))
def test_no_account_gives_more_than_its_burst_and_what_time_brings(
    takes: list[tuple[float, str]], per_s: float, burst: int
) -> None:
    accounts = Accounts(per_s, burst)
    given_at: dict[str, list[float]] = {"a": [], "b": []}
    for at_s, name in sorted(takes):
        wait_s = accounts.take(name, at_s)
        if not wait_s:
            given_at[name].append(at_s)
        else:
            assert wait_s > 0
    for times in given_at.values():
        for first in range(len(times)):
            for last in range(first, len(times)):
                assert last - first + 1 <= burst + (times[last] - times[first]) * per_s + 1e-6
