"""Processes of the running station hang for a moment: the belt stands, and moves again only by a deliberate start."""

import os
import signal
import time
from collections.abc import Callable
from typing import Any

import pytest

Begin = Callable[..., Any]


@pytest.mark.parametrize(("name", "state"), [("line", "aborted"), ("ejection", "held")])
def test_a_process_that_hangs_brings_the_belt_to_rest_and_no_fruit_into_a_wrong_tray(
    begin: Begin, name: str, state: str
) -> None:
    demo = begin("--seconds", "10")
    demo.until("execute")
    pid = demo.pids()[name]
    os.kill(pid, signal.SIGSTOP)
    time.sleep(1.5)  # it hangs for so long
    os.kill(pid, signal.SIGCONT)
    demo.until(state)
    said = demo.summary()
    assert said["fruit"] > 30
    assert (said["wrong_delivery"], said["lost"], said["balance"]) == (0, 0, True)
