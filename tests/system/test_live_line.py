"""The station's processes against the simulated machine, in real time."""

import os
import signal
from collections.abc import Callable
from typing import Any

import pytest

Begin = Callable[..., Any]


def test_fruit_go_where_they_were_decided_to_go(begin: Begin) -> None:
    said = begin("--seconds", "6").summary()
    delivered = sum(counts["delivered"] for counts in said["per_outlet"].values())
    assert said["fruit"] > 30
    assert delivered > 10
    assert (said["wrong_delivery"], said["lost"], said["balance"]) == (0, 0, True)
    assert said["in_flight"] == 0


def test_ctrl_c_ends_the_run_with_an_empty_belt_and_nothing_left_running(begin: Begin) -> None:
    demo = begin()
    demo.until("execute")
    demo.process.send_signal(signal.SIGINT)
    said = demo.summary()
    assert (said["in_flight"], said["balance"], said["wrong_delivery"]) == (0, True, 0)
    assert not demo.children()


@pytest.mark.parametrize("name", ["ejection", "line"])
def test_a_process_that_is_killed_comes_back_and_no_fruit_is_in_a_wrong_tray(begin: Begin, name: str) -> None:
    demo = begin("--seconds", "10")
    demo.until("execute")
    os.kill(demo.pids()[name], signal.SIGKILL)
    said = demo.summary()
    assert said["fruit"] > 30
    _assert_books_are_right(said)


def _assert_books_are_right(said: dict[str, Any]) -> None:
    assert (said["wrong_delivery"], said["lost"], said["balance"]) == (0, 0, True)
    for outlet, counts in said["per_outlet"].items():
        assert counts["delivered"] <= counts["found"] <= counts["delivered"] + said["unconfirmed"], outlet
