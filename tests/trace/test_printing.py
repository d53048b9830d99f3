"""A label is on record before it leaves, and never comes out twice without being said, whatever the printer does."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.zpl_bench import BenchPrinter
from grader.hardware.drivers.zpl_printer import ZplPrinter
from grader.hardware.printer import Sent
from grader.store import RefusedError, reading
from grader.store.books import BOOKS
from grader.store.books.prints import prints_of
from grader.store.books.records import PrintStep
from grader.trace.desk import Desk, holds, labelling
from grader.trace.desk.printing import print_label, somebody_looked
from grader.trace.desk.tray_label import tray_label
from grader.trace.errors import AgainstRulesError, HeldError, LabelError, NotPrintedError
from grader.trace.labels import shipped_template
from tests.trace.counter import PACK, SETTINGS, Counter, close_counter, open_counter

TEMPLATE = shipped_template("tray-60x40")
PACKER = SETTINGS.model_copy(
    update={"packer": "绿谷合作社", "packer_address": "Hefei", "varieties": {"Hongyan": "红颜"}}
)


class Scripted:
    """A printer that does what the test says; what came out, by what the label says."""

    name, language = "bench", "zpl"

    def __init__(self, counter: Counter, *states: str) -> None:
        self._counter, self._states = counter, list(states)
        self.came_out = 0
        self.dies = False

    def send(self, _job: bytes) -> Sent:
        with reading(self._counter.desk.books.path, BOOKS) as books:
            assert prints_of(books, 1)[-1]["what"] == "begun"  # on record before anything leaves
        if self.dies:
            self.came_out += 1
            raise KeyboardInterrupt
        state = self._states.pop(0)
        self.came_out += state in {"printed", "unsure_and_out"}
        return Sent("unsure" if state.startswith("unsure") else state, f"it {state}")  # type: ignore[arg-type]


def begin(folder: Path) -> Counter:
    counter = open_counter(folder)
    counter.desk = replace(counter.desk, settings=PACKER)
    counter.receive("A")
    counter.feed("A")
    counter.line.send("super", 6, maturity=0.85)
    counter.line.swap("super")
    counter.follow()
    labelling.label(counter.desk, 1, PACK, "Li")
    return counter


@pytest.fixture
def counter(tmp_path: Path) -> Iterator[Counter]:
    counter = begin(tmp_path)
    yield counter
    close_counter(counter)


def prints(counter: Counter) -> list[tuple[int, str]]:
    with reading(counter.desk.books.path, BOOKS) as books:
        return [(step["nth"], step["what"]) for step in prints_of(books, 1)]


def send(desk: Desk, printer: object) -> str:
    return print_label(desk, printer, 1, TEMPLATE, "Li")  # type: ignore[arg-type]


def test_a_label_is_printed_once_and_a_second_one_is_a_recorded_reprint_that_says_so(counter: Counter) -> None:
    with BenchPrinter() as bench:
        printer = ZplPrinter("127.0.0.1", bench.port, patience_s=5)
        assert "printed on" in send(counter.desk, printer)
        with pytest.raises(AgainstRulesError, match="a second one is a reprint"):
            send(counter.desk, printer)
        labelling.reprint(counter.desk, 1, "Li", "torn")
        send(counter.desk, printer)
    assert len(bench.printed) == 2
    assert bench.printed[0] != bench.printed[1]
    with reading(counter.desk.books.path, BOOKS) as books:
        assert tray_label(books, PACKER, 1).fields["reprint"] == "重印 reprint 1"
    assert prints(counter) == [(0, "begun"), (0, "printed"), (1, "begun"), (1, "printed")]


def test_the_label_says_what_the_packing_says(counter: Counter) -> None:
    with reading(counter.desk.books.path, BOOKS) as books:
        fields = tray_label(books, PACKER, 1).fields
    assert (fields["grade_zh"], fields["grade_en"], fields["size"]) == ("特级", "Super", "35 mm+")
    assert (fields["variety_zh"], fields["variety_en"], fields["count"]) == ("红颜", "Hongyan", "6")
    assert (fields["harvested_on"], fields["packed_on"]) == ("2026-11-25", "2026-11-25")
    assert "net_weight" not in fields
    assert "demo" not in fields


def test_a_printer_that_was_away_may_be_tried_again(counter: Counter) -> None:
    printer = Scripted(counter, "not_sent", "printed")
    with pytest.raises(NotPrintedError, match="can be printed again"):
        send(counter.desk, printer)
    send(counter.desk, printer)
    assert printer.came_out == 1
    assert prints(counter) == [(0, "begun"), (0, "not_sent"), (0, "begun"), (0, "printed")]


@pytest.mark.parametrize("came_out", [True, False])
def test_when_nobody_knows_somebody_looks_and_says_it(counter: Counter, came_out: bool) -> None:  # noqa: FBT001
    printer = Scripted(counter, "unsure", "printed")
    with pytest.raises(NotPrintedError, match="--yes or --no"):
        send(counter.desk, printer)
    with pytest.raises(AgainstRulesError, match="nobody knows whether"):
        send(counter.desk, printer)
    with pytest.raises(AgainstRulesError, match="what was seen"):
        somebody_looked(counter.desk, 1, "Li", " ", came_out=came_out)
    somebody_looked(counter.desk, 1, "Li", "looked", came_out=came_out)
    if came_out:
        with pytest.raises(AgainstRulesError, match="was printed"):
            send(counter.desk, printer)
    else:
        send(counter.desk, printer)
    with pytest.raises(AgainstRulesError, match="no print is in doubt"):
        somebody_looked(counter.desk, 1, "Li", "looked", came_out=came_out)


def test_a_program_that_dies_while_it_prints_leaves_a_print_in_doubt(counter: Counter) -> None:
    printer = Scripted(counter)
    printer.dies = True
    with pytest.raises(KeyboardInterrupt):
        send(counter.desk, printer)
    assert prints(counter) == [(0, "begun")]
    with pytest.raises(AgainstRulesError, match="nobody knows whether"):
        send(counter.desk, printer)
    assert printer.came_out == 1


def test_a_held_tray_and_a_label_without_a_packer_are_not_begun(counter: Counter) -> None:
    with pytest.raises(LabelError, match="packer"):
        send(replace(counter.desk, settings=SETTINGS), Scripted(counter))
    holds.hold_lot(counter.desk, "A", "smells", "a visitor")
    with pytest.raises(HeldError, match="smells"):
        send(counter.desk, Scripted(counter))
    assert prints(counter) == []


def test_the_books_themselves_refuse_a_second_print_and_one_of_a_held_tray(counter: Counter) -> None:
    step = PrintStep(tray=1, nth=0, what="begun", printer="p", job_sha256="0", who="Li", why="w", utc_ns=1)
    counter.desk.write(step)
    for wrong in (step, replace(step, nth=1), replace(step, tray=2)):
        with pytest.raises(RefusedError):
            counter.desk.write(wrong)
    counter.desk.write(replace(step, what="not_sent"))
    with pytest.raises(RefusedError):
        counter.desk.write(replace(step, what="printed"))
    holds.hold_lot(counter.desk, "A", "smells", "a visitor")
    with pytest.raises(RefusedError):
        counter.desk.write(step)


ACTS = st.lists(
    st.sampled_from(["printed", "not_sent", "unsure", "unsure_and_out", "dies", "reprint", "look"]), max_size=12
)


@settings(max_examples=15)
@given(ACTS)
def test_whatever_happens_no_label_comes_out_twice_under_one_number(acts: list[str]) -> None:
    with TemporaryDirectory() as folder:
        counter = begin(Path(folder))
        out: dict[int, int] = {}
        for act in acts:
            nth = counter.tray(1).reprints
            if act == "reprint":
                labelling.reprint(counter.desk, 1, "Li", "torn")
                continue
            if act == "look":
                try:
                    somebody_looked(counter.desk, 1, "Li", "looked", came_out=out.get(nth, 0) > 0)
                except AgainstRulesError:
                    continue
                continue
            printer = Scripted(counter, act)
            printer.dies = act == "dies"
            with suppress(NotPrintedError, AgainstRulesError, KeyboardInterrupt):
                send(counter.desk, printer)
            out[nth] = out.get(nth, 0) + printer.came_out
        close_counter(counter)
        assert all(count <= 1 for count in out.values()), out
