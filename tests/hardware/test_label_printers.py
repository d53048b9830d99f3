"""Label printers over a real TCP line: what came out, what did not, and what nobody knows is never mixed up."""

import shutil
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.zpl_bench import BenchPrinter
from grader.hardware.drivers.cups_printer import CupsPrinter
from grader.hardware.drivers.zpl_printer import CANCEL_HALF, ZplPrinter, read_status

JOB = b"^XA\n^PW800\n^FO0,0^GFA,4,4,1,FF00^FS\n^PQ1\n^XZ\n"
FORMAT = JOB[: JOB.index(b"^XZ") + 3]


@pytest.fixture
def bench() -> Iterator[BenchPrinter]:
    with BenchPrinter() as bench:
        yield bench


def printer(bench: BenchPrinter, **settings: Any) -> ZplPrinter:  # noqa: ANN401
    return ZplPrinter("127.0.0.1", bench.port, **{"patience_s": 5.0, **settings})


@pytest.mark.parametrize("asks", [True, False])
def test_a_label_comes_out_as_it_was_sent(bench: BenchPrinter, asks: bool) -> None:  # noqa: FBT001
    bench.answers = asks
    sent = printer(bench, asks=asks).send(JOB)
    assert sent.state == "printed", sent.sentence
    assert bench.printed == [FORMAT]


def test_a_printer_that_is_switched_off_gets_nothing() -> None:
    bench = BenchPrinter()
    bench.switch_off()
    sent = printer(bench).send(JOB)
    assert sent.state == "not_sent"
    assert "cannot be reached" in sent.sentence
    assert bench.printed == []


@pytest.mark.parametrize(
    ("what", "why"),
    [
        ("out_of_labels", "is out of labels: load a roll"),
        ("paused", "is paused"),
        ("head_open", "has its head open"),
        ("out_of_ribbon", "is out of ribbon"),
    ],
)
def test_a_printer_that_cannot_print_is_sent_nothing_and_says_why(bench: BenchPrinter, what: str, why: str) -> None:
    setattr(bench, what, True)
    sent = printer(bench).send(JOB)
    assert sent.state == "not_sent"
    assert why in sent.sentence
    assert bench.printed == bench.buffered == []


def test_a_label_that_waits_for_paper_is_not_called_printed(bench: BenchPrinter) -> None:
    bench.out_of_labels_after = 0
    sent = printer(bench).send(JOB)
    assert sent.state == "unsure"
    assert "out of labels" in sent.sentence
    assert (bench.printed, bench.buffered) == ([], [FORMAT])


def test_a_printer_that_has_the_label_and_does_not_print_it_in_time_is_unsure(bench: BenchPrinter) -> None:
    bench.buffered.append(b"somebody else's")
    seconds = iter(range(0, 1000, 4))
    sent = printer(bench, monotonic_s=lambda: float(next(seconds)), sleep=lambda _: None).send(JOB)
    assert sent.state == "unsure"
    assert "still has the label" in sent.sentence


def test_an_answer_that_is_none_says_what_to_set(bench: BenchPrinter) -> None:
    bench.nonsense = True
    sent = printer(bench, patience_s=0.3).send(JOB)
    assert sent.state == "not_sent"
    with pytest.raises(ConnectionError, match="asks = false"):
        read_status([b"what", b"is", b"it"])


def test_half_a_label_of_a_torn_line_is_not_printed_with_the_next_one(bench: BenchPrinter) -> None:
    bench.breaks_after = 20
    assert printer(bench).send(JOB).state == "not_sent"
    bench.breaks_after = None
    assert printer(bench).send(JOB).state == "printed"
    assert bench.printed == [FORMAT]


@settings(max_examples=40)
@given(st.integers(0, len(b"~HS" + CANCEL_HALF + JOB + b"~HS~HS") + 3), st.booleans())
def test_wherever_the_line_is_torn_not_sent_means_that_nothing_came_out(taken: int, asks: bool) -> None:  # noqa: FBT001
    with BenchPrinter() as bench:
        bench.answers = asks
        bench.breaks_after = taken
        sent = printer(bench, asks=asks).send(JOB)
    if sent.state == "not_sent":
        assert bench.printed == []
    if sent.state == "printed":
        assert bench.printed == [FORMAT]


def test_a_job_without_an_end_is_a_fault_of_ours(bench: BenchPrinter) -> None:
    with pytest.raises(ValueError, match="ends in"):
        printer(bench).send(b"^XA")


def answering(code: int, said: bytes) -> Any:  # noqa: ANN401
    def run(command: list[str], **_: Any) -> "subprocess.CompletedProcess[bytes]":  # noqa: ANN401
        return subprocess.CompletedProcess(command, code, stdout=said, stderr=said)

    return run


def failing(error: Exception) -> Any:  # noqa: ANN401
    def run(*_: Any, **__: Any) -> "subprocess.CompletedProcess[bytes]":  # noqa: ANN401
        raise error

    return run


@pytest.mark.parametrize(
    ("run", "state", "words"),
    [
        (answering(0, b"request id is label-12 (1 file(s))"), "printed", "label-12"),
        (answering(1, b"lp: The printer or class does not exist."), "not_sent", "does not exist"),
        (failing(FileNotFoundError()), "not_sent", "cups-client"),
        (failing(subprocess.TimeoutExpired("lp", 30)), "unsure", "lpstat"),
    ],
)
def test_what_cups_says_becomes_a_sentence(run: Any, state: str, words: str) -> None:  # noqa: ANN401
    sent = CupsPrinter("label", run=run).send(b"%PDF-1.4")
    assert sent.state == state
    assert words in sent.sentence


@pytest.mark.skipif(shutil.which("lp") is None, reason="needs CUPS's lp")
def test_the_real_lp_refuses_a_queue_that_there_is_not() -> None:
    sent = CupsPrinter("no-such-queue-here").send(b"%PDF-1.4")
    assert sent.state == "not_sent"
