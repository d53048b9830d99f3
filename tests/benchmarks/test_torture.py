"""Tracing over many fruit: the benchmark asks what it says it asks. A million fruit take it half a minute: not here."""

from pathlib import Path

from benchmarks.torture import FRUIT_A_TRAY, fill, measure
from grader.store import reading
from grader.store.books import BOOKS
from grader.store.books.tracing import trace_back, trace_forward


def test_every_tray_and_lot_is_found_however_many_there_are(tmp_path: Path) -> None:
    path = tmp_path / "station.db"
    found = [measure(path, size) for size in fill(path, [3_000, 60_000])]
    assert [one["fruit"] for one in found] == [3_000, 60_000]
    assert found[1]["trays"] > 15 * found[0]["trays"]
    with reading(path, BOOKS) as books:
        back, forward = trace_back(books, 1), trace_forward(books, "L1")
    assert back is not None
    assert forward is not None
    assert len(back["fruit"]) == FRUIT_A_TRAY
    assert sum(row["fruit"] for row in forward["fruit"]) == 25_000
