"""What the line tells the web process balances at every moment, whatever breaks, and survives the way there."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.grading import Outlet
from grader.line.commands import FROM_LINE, Hold, Origin, Reply, Request, StateReport, Verdict
from grader.line.processes.window import LARGEST_BYTES, MOST_WAITING, NAME, Window
from grader.line.reporting import Reporter
from grader.line.states import State

from .broken_line import BrokenLine

LANES = range(4)


def look(line: BrokenLine, reporter: Reporter) -> StateReport:
    return reporter.look(0.0, line.plant.now_s, 300.0, 1)


@pytest.mark.parametrize("fault", [None, "dead_valves", "dead_exit_sensors"])
def test_every_report_balances_outlet_by_outlet_and_says_the_same_after_the_way_as_json(fault: str | None) -> None:
    line = BrokenLine()
    reporter = Reporter(line.virtual.station)
    if fault is not None:
        getattr(line.plant.faults, fault).update((Outlet.CLASS_I, lane) for lane in LANES)
    reasons = set()  # people open the outlet again
    for number in range(1, 120):
        line.run(0.25)
        report = look(line, reporter)
        assert report.balanced
        assert report.sequence == number
        assert FROM_LINE.validate_json(report.model_dump_json()) == report
        reasons |= {one.why_closed for one in report.outlets if one.outlet is Outlet.CLASS_I}
    assert report.fruit_per_s > 1
    assert report.state is State.EXECUTE
    by_outlet = {one.outlet: one for one in report.outlets}
    assert by_outlet[Outlet.SUPER].delivered > 0
    assert by_outlet[Outlet.RECHECK].open
    if fault is not None:
        assert by_outlet[Outlet.CLASS_I].unconfirmed + by_outlet[Outlet.CLASS_I].recheck > 0
        assert "This outlet takes nothing: outlet missing pulses." in reasons


@pytest.fixture
def window(tmp_path: Path) -> Iterator[Window]:
    opened = Window(tmp_path)
    yield opened
    for guest in opened.guests:
        guest.close()
    opened.close()


def answer(request: Request) -> Reply:
    return Reply(request_id=request.request_id, verdict=Verdict.ACCEPTED, sentence="It stands.", state=State.HELD)


def guest_of(tmp_path: Path) -> socket.socket:
    guest = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    guest.connect(str(tmp_path / NAME))
    guest.settimeout(10)
    return guest


def test_a_guest_that_asks_is_answered_by_its_number(window: Window, tmp_path: Path) -> None:
    with guest_of(tmp_path) as guest:
        guest.send(Request(request_id=7, origin=Origin.UPSTREAM, command=Hold()).model_dump_json().encode())
        window.serve(answer)
        reply = FROM_LINE.validate_json(guest.recv(LARGEST_BYTES))
    assert isinstance(reply, Reply)
    assert reply.request_id == 7


@pytest.mark.parametrize("nonsense", [b"x", b"{}", b"\x80\x04\x95", b'{"request_id": 1, "origin": "god"}'])
def test_whoever_says_what_is_no_request_has_to_go(window: Window, tmp_path: Path, nonsense: bytes) -> None:
    with guest_of(tmp_path) as guest:
        guest.send(nonsense)
        window.serve(answer)
        assert window.guests == []
        assert guest.recv(1) == b""


def test_a_guest_that_never_reads_holds_nobody_up_and_is_sent_away(window: Window, tmp_path: Path) -> None:
    line = BrokenLine()
    report = look(line, Reporter(line.virtual.station))
    asked = Request(request_id=1, origin=Origin.UPSTREAM, command=Hold()).model_dump_json().encode()
    with guest_of(tmp_path) as guest, guest_of(tmp_path) as other:
        window.serve(answer)
        for _ in range(2000):
            window.show(report)
        for _ in range(MOST_WAITING + 2000):
            guest.send(asked)
            window.serve(answer)
            if len(window.guests) == 1:
                break
        assert len(window.guests) == 1
        other.send(asked)
        window.serve(answer)
        assert len(window.guests) == 1
