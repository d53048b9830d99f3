"""A site of some trays' pages, as `grader trace publish` writes it, and a web server that hands it out."""

import functools
import http.server
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from grader.cli.books_publishing import write_site
from grader.store import reading
from grader.store.books import BOOKS
from grader.trace.desk import growers, holds, labelling, trays
from grader.trace.desk.cold_chain import read_temperatures, report_temperatures, sample_for_laboratory
from grader.trace.desk.logbook import ask_witness, sign, take_cosignature
from grader.trace.evidence import Trust, answer
from grader.trace.evidence.trust import LogKey, Witness
from grader.trace.identity import DEMO_PREFIX, Gtin
from tests.trace.counter import CHINA, MORNING, PACK, SETTINGS, Counter, close_counter, open_counter
from tests.trace.world import COSIGNED_S, log_key, trusting, witness_key

KEY, COUNTY = log_key(), witness_key("county")
ALONE = trusting((LogKey(key=KEY.public),), (), 0)
WATCHED = trusting((LogKey(key=KEY.public),), (Witness(holder="County office", key=COUNTY.public),), 1)
STRANGERS = trusting((LogKey(key=log_key(9).public),), (), 0)
GTIN = Gtin.of_company(DEMO_PREFIX, 1).text
PACKER = SETTINGS.model_copy(
    update={"packer": "绿谷合作社 Green Valley", "packer_address": "Hefei", "gtin": {"super": GTIN}}
)


@dataclass(frozen=True)
class Site:
    """Sites with the same trays, by whom they trust."""

    folders: dict[str, Path]
    good: str
    """The path of a tray that is sold."""
    recalled: str
    voided: str
    held: str

    def page(self, trust: str = "alone", path: str | None = None) -> str:
        return (self.folders[trust] / (path or self.good) / "index.html").read_text("utf-8")


def build(folder: Path) -> Site:
    """Trays of lots A (sold), B (recalled) and C (held), and one of A whose label was withdrawn."""
    counter = open_counter(folder / "books")
    desk = replace(counter.desk, settings=PACKER)
    counter.desk = desk
    growers.name_grower(desk, "G1", "Li", shown=True)
    spray = growers.Treatment(
        grower="G1", plot="7", kind="pesticide", product="多菌灵 <carbendazim>", amount="20 ml/15 l",
        applied_at=MORNING - timedelta(days=12), safety_days=7.0,
    )  # fmt: skip
    growers.enter_treatment(desk, spray, "Li")
    paths = {lot: _tray(counter, lot) for lot in ("A", "B", "C")}
    voided = _tray(counter, "A2")
    fridge = read_temperatures("2026-11-25 07:10,4.5\n2026-11-25 07:40,6.5\n", CHINA)
    report_temperatures(desk, fridge, "T-7", "Li", lot="A")
    sample_for_laboratory(desk, "A", "R-12", "Li")
    holds.recall_lot(desk, "B", "glass in a crate", "Zhao")
    holds.hold_lot(desk, "C", "smells", "a visitor")
    trays.void(desk, int(voided.rsplit("/", 1)[1].split("-")[0]), "Li", "dropped")
    sign(desk, [KEY])
    folders = {"alone": folder / "alone", "lonely": folder / "lonely", "strangers": folder / "strangers"}
    for name, trust in (("alone", ALONE), ("lonely", WATCHED), ("strangers", STRANGERS)):
        write_site(desk, folders[name], trust)
    with reading(desk.books.path, BOOKS) as books:
        line = answer(ask_witness(books, COUNTY.public.name), WATCHED, None, COUNTY, COSIGNED_S).line
    take_cosignature(desk, line, WATCHED)
    folders["watched"] = folder / "watched"
    write_site(desk, folders["watched"], WATCHED)
    close_counter(counter)
    return Site(folders, good=paths["A"], recalled=paths["B"], held=paths["C"], voided=voided)


def _tray(counter: Counter, lot: str) -> str:
    counter.receive(lot)
    counter.feed(lot)
    number = counter.line.standing["super"]
    counter.line.send("super", 9, maturity=0.83)
    counter.line.send("super", 5, maturity=0.88)
    counter.line.swap("super")
    counter.follow()
    names = labelling.label(counter.desk, number, PACK, "Li")
    return f"T/{names.batch}/{names.serial}"


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: Any) -> None:  # noqa: ANN401
        """Say nothing."""


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The address of a server that hands `folder` out."""
    handler = functools.partial(_Quiet, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


def trust_of(name: str) -> Trust:
    return {"alone": ALONE, "lonely": WATCHED, "watched": WATCHED, "strangers": STRANGERS}[name]
