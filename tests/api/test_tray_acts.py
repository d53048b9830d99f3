"""Trays by hand: by whom and why is on record; a held one says why it gets no label; nothing is printed twice."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any, Literal

import pypdfium2
import pytest
import zxingcpp
from PIL import Image

from grader.grading import Outlet
from grader.line.commands import CloseOutlet
from grader.store import reading
from grader.store.books import BOOKS, Books
from grader.store.books.trays import trays_at_the_line
from grader.trace.desk import Desk
from grader.trace.desk.growers import enter_report
from tests.api.conftest import PATIENT
from tests.api.people import Person
from tests.api.small_window import SmallWindow, with_line
from tests.api.station_api import StationApi, Web

TRAY = 1
"""Closed: 30 Super of lot A, 5 of B."""


@dataclass
class Told:
    state: Literal["printed", "not_sent", "unsure"]
    sentence: str = "so it went"


@dataclass
class PaperPrinter:
    """Keeps what it prints, or fails as it is told."""

    name: str = "paper"
    language: Literal["zpl", "pdf"] = "pdf"
    tells: Told = field(default_factory=lambda: Told("printed"))
    jobs: list[bytes] = field(default_factory=list)

    def send(self, job: bytes) -> Told:
        self.jobs.append(job)
        return self.tells


@pytest.fixture
def printer() -> PaperPrinter:
    return PaperPrinter()


@pytest.fixture
def api(desk: Desk, tmp_path: Path, printer: PaperPrinter) -> Iterator[StationApi]:
    settings = desk.settings.model_copy(update={"packer": "绿谷合作社", "packer_address": "Hefei"})
    assert isinstance(desk.books, Books)  # nobody else writes them here
    with Web(desk.books, tmp_path / "journal.db", tmp_path / "run", PATIENT, settings, printer) as api:
        yesterday = api.service.now() - timedelta(days=1)
        for grower in ("G1", "G2"):
            enter_report(api.service.desk, grower, "Lab", f"{grower}-2", yesterday, "Li", passed=True)
        yield api


@pytest.fixture
def li(api: StationApi) -> Person:
    return Person(api)


def audited(api: StationApi, what: str) -> list[tuple[str, str, dict[str, Any]]]:
    entries = api.ask(f"/api/v1/audit?what={what}").json["items"]
    return [(one["who"], one["subject"], one["detail"]) for one in entries]


def test_who_has_not_signed_in_does_nothing_to_a_tray(api: StationApi) -> None:
    for path in ("close", "void", "reopen", "reprint"):
        for scope in ("read", "operate", "configure"):
            answer = api.post(f"/api/v1/trays/{TRAY}/{path}", {"why": "x"}, scope)
            assert answer.status == 403
        screen = api.post(f"/api/v1/trays/{TRAY}/{path}", {"why": "x"}, None, token=api.screen())
        assert (screen.status, "PIN" in screen.json["detail"]) == (403, True)
    assert api.ask("/api/v1/audit?what=tray").json["items"] == []


def test_closing_counting_reopening_and_voiding_are_on_record_with_who_and_why(api: StationApi, li: Person) -> None:
    assert li.post(f"/trays/{TRAY}/reopen", {"why": " "}).status == 422
    assert li.post(f"/trays/{TRAY}/recount", {"counted": 34, "why": "counted twice"}).json["counted"] == 34
    assert li.post(f"/trays/{TRAY}/reopen", {"why": "more fits"}).json["state"] == "open"
    again = li.post(f"/trays/{TRAY}/reopen", {"why": "more fits"})
    assert li.post(f"/trays/{TRAY}/close", {"why": "full enough"}).json["state"] == "closed"
    assert (again.status, again.json["type"]) == (409, "urn:strawberry-grader:problem:trace-against-rules")
    gone = li.post(f"/trays/{TRAY}/void", {"why": "dropped"}).json
    steps = [(step["what"], step["who"], step["why"]) for step in gone["history"] if step["who"] == "Li"]
    assert steps == [
        ("recounted", "Li", "counted twice"), ("reopened", "Li", "more fits"), ("closed", "Li", "full enough"),
        ("voided", "Li", "dropped"),
    ]  # fmt: skip
    assert gone["state"] == "voided"
    assert audited(api, "tray.void") == [("Li", str(TRAY), {"why": "dropped"})]
    assert li.post("/trays/999/close", {"why": "x"}).status == 404


def test_a_held_lot_says_why_its_tray_gets_no_label(api: StationApi, li: Person) -> None:
    li.post("/lots/A/holds", {"reason": "a smell of solvent"})
    refused = li.post(f"/trays/{TRAY}/label", {"mixed": True})
    assert (refused.status, "a smell of solvent" in refused.json["detail"]) == (409, True)
    shown = api.ask(f"/api/v1/trays/{TRAY}").json
    assert [hold["reason"] for hold in shown["holds"]] == ["a smell of solvent"]
    assert "lot A is on hold: a smell of solvent" in shown["no_label_because"]
    assert audited(api, "tray.label") == []


def label(li: Person) -> dict[str, Any]:
    given = li.post(f"/trays/{TRAY}/label", {"mixed": True})
    assert given.status == 201, given.body
    found: dict[str, Any] = given.json
    return found


def test_the_preview_is_the_label_and_its_code_can_be_read(api: StationApi, li: Person) -> None:
    assert api.ask(f"/api/v1/trays/{TRAY}/label").status == 409
    given = label(li)
    answer = api.ask(f"/api/v1/trays/{TRAY}/label")
    assert answer.headers["content-type"] == "image/png"
    picture = Image.open(BytesIO(answer.body))
    assert picture.size == (800, 560)
    texts = {code.text for code in zxingcpp.read_barcodes(picture.convert("L"))}
    assert any(given["batch"] in text and given["serial"] in text for text in texts)


def test_a_label_is_printed_once_and_again_only_as_a_reprint(li: Person, printer: PaperPrinter) -> None:
    label(li)
    assert li.post(f"/trays/{TRAY}/print").json["sentence"] == "so it went"
    assert li.post(f"/trays/{TRAY}/print").status == 409
    assert li.post(f"/trays/{TRAY}/reprint", {"why": "smeared"}).json["nth"] == 1
    printer.tells = Told("unsure", "the line broke")
    assert "the line broke" in li.post(f"/trays/{TRAY}/print").json["detail"]
    assert li.ask(f"/trays/{TRAY}").json["print_state"] == "unsure"
    assert (
        li.post(f"/trays/{TRAY}/printed", {"came_out": True, "why": "it lies there"}).json["print_state"] == "printed"
    )
    assert len(printer.jobs) == 2
    assert [entry[0] for entry in audited(li.api, "tray.print")] == ["Li", "Li"]


def test_the_printer_is_tried_with_a_label_that_says_that_it_is_none(
    api: StationApi, li: Person, printer: PaperPrinter
) -> None:
    printer.tells = Told("not_sent", "it is out of labels")
    assert li.post("/printer/test").json == {"state": "not_sent", "sentence": "it is out of labels"}
    page = pypdfium2.PdfDocument(printer.jobs[0])[0].render(scale=8).to_pil().convert("L")
    assert {code.text for code in zxingcpp.read_barcodes(page)} == {"TEST/TEST"}
    assert audited(api, "printer.test")[0][2]["state"] == "not_sent"
    assert api.post("/api/v1/printer/test", {}, "configure").status == 403


def test_a_station_without_a_printer_says_where_to_name_one(serve: Any) -> None:  # noqa: ANN401
    person = Person(serve())
    assert "station.toml" in person.post(f"/trays/{TRAY}/print").json["detail"]


def test_a_tray_at_a_line_that_runs_is_closed_there_too(api: StationApi, li: Person, tmp_path: Path) -> None:
    with reading(api.books.path, BOOKS) as books:
        standing = next(tray for tray in trays_at_the_line(books) if tray.outlet == "super")
    line = SmallWindow(tmp_path / "run")
    try:
        with_line(api, line)
        assert li.post(f"/trays/{standing.tray}/close", {"why": "end of the day"}).status == 200
        assert [one.command for one in line.heard] == [CloseOutlet(outlet=Outlet.SUPER)]
    finally:
        line.close()
