"""What the OpenAPI promises is so: schemathesis asks every operation, also one after another; fuzz says the rest."""

import json
import logging
import os
import random
import string
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.stateful import run_state_machine_as_test
from schemathesis.checks import CHECKS, load_all_checks, not_a_server_error

from grader.api.app import application
from grader.api.settings import StationOfApi
from grader.store.books import Books
from grader.trace.desk import Desk
from tests.api.conftest import PATIENT
from tests.api.station_api import StationApi, Web

EXAMPLES = int(os.environ.get("GRADER_FUZZ", "3"))
"""Of each operation; the whole of the issue's table is GRADER_FUZZ=300."""
GENEROUS = PATIENT.model_copy(update={"wrong_credentials_per_min": 10_000})
ENDLESS = "/api/v1/events/stream"
load_all_checks()
CONFORMS = tuple(
    CHECKS.get_one(name)
    for name in ("status_code_conformance", "content_type_conformance", "response_schema_conformance")
)
QUIET = settings(
    max_examples=EXAMPLES, deadline=None, database=None, phases=(Phase.explicit, Phase.generate),
    suppress_health_check=list(HealthCheck), stateful_step_count=8,
)  # fmt: skip


@pytest.fixture
def api(desk: Desk, tmp_path: Path) -> Iterator[StationApi]:
    assert isinstance(desk.books, Books)
    with Web(desk.books, tmp_path / "journal.db", tmp_path / "run", GENEROUS, desk.settings) as api:
        yield api


def documented() -> Any:  # noqa: ANN401 - schemathesis's own
    return schemathesis.openapi.from_dict(application(StationOfApi(), None).openapi()).exclude(path=ENDLESS)


@pytest.mark.parametrize("scope", ["configure", None])
def test_no_operation_fails_or_answers_what_is_not_documented(api: StationApi, scope: str | None) -> None:
    headers = {} if scope is None else {"Authorization": f"Bearer {api.key(scope)}"}
    base = f"http://127.0.0.1:{api.port}"
    for operation in documented().get_all_operations():

        @QUIET
        @given(case=operation.ok().as_strategy())
        def ask(case: Any) -> None:  # noqa: ANN401
            answer = case.call(base_url=base, headers=headers)
            case.validate_response(answer, checks=(not_a_server_error, *CONFORMS))

        ask()


def test_one_after_another_they_do_not_fail_either(api: StationApi) -> None:
    base, bearer = f"http://127.0.0.1:{api.port}", f"Bearer {api.key('configure')}"

    class Client(documented().as_state_machine()):  # type: ignore[misc]  # schemathesis makes it
        def get_call_kwargs(self, case: Any) -> dict[str, Any]:  # noqa: ANN401, ARG002
            return {"base_url": base, "headers": {"Authorization": bearer}}

        def validate_response(self, response: Any, case: Any, **_: Any) -> None:  # noqa: ANN401
            case.validate_response(response, checks=(not_a_server_error, *CONFORMS))

    run_state_machine_as_test(Client, settings=QUIET)


ANYTHING = string.printable + "\x00\x7f\x85\xa0é中\u202e\ud7ff\U0001f353"
PATHS = ("/api/v1/fruit", "/api/v1/counts", "/api/v1/lots", "/api/v1/trays/1", "/api/v1/events", "/api/v1/commands",
         "/api/v1/sessions/operator", "/api/v1/sessions/screen", "/api/v1/deliveries/endpoints")  # fmt: skip


def noise(chance: random.Random, most: int = 60) -> str:
    return "".join(chance.choices(ANYTHING, k=chance.randrange(most)))


def test_noise_is_answered_with_a_sentence_and_no_secret_is_logged(
    api: StationApi, caplog: pytest.LogCaptureFixture
) -> None:
    """Bodies, headers, cursors and tokens that mean nothing; the issue's 10,000 are GRADER_FUZZ=300."""
    chance = random.Random(17)  # noqa: S311 - not for secrets
    key, secret = api.key("configure"), "5ecret-that-somebody-typed"
    with caplog.at_level(logging.DEBUG):
        for number in range(EXAMPLES * 34):
            path = chance.choice(PATHS)
            headers: dict[str, str] = {}
            body: object = None
            match number % 5:
                case 0:
                    path += f"?cursor={quoted(chance)}&limit={quoted(chance)}"
                case 1:
                    path += f"?{quoted(chance)}={quoted(chance)}&since={quoted(chance)}&by={quoted(chance)}"
                case 2:
                    headers["Authorization"] = f"Bearer {secret}{latin(chance)}"
                case 3:
                    headers[chance.choice(["Cookie", "Accept", "Last-Event-ID", "Content-Type"])] = latin(chance)
                case _:
                    body = chance.choice(
                        [noise(chance).encode("utf-8", "replace"), {noise(chance): noise(chance)}, [secret]]
                    )
            method = "GET" if body is None and number % 2 else "POST"
            answer = api.ask(path, None, method=method, body=body, headers={"Authorization": f"Bearer {key}"} | headers)
            assert answer.status < 500, (path, headers, body)
            assert b"Traceback" not in answer.body
            if answer.status >= 400 and answer.headers["content-type"] != "text/plain; charset=utf-8":
                assert json.loads(answer.body)["detail"]
    for logged in (caplog.text,):
        assert secret not in logged
        assert key not in logged


def quoted(chance: random.Random) -> str:
    return "".join(f"%{byte:02x}" for byte in noise(chance).encode("utf-8", "replace"))


def latin(chance: random.Random) -> str:
    """What a header can hold."""
    return "".join(char for char in noise(chance) if char.isprintable() and char < "\x7f")
