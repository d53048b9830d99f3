"""What a buyer's page shows and what it keeps to itself, where its files lie, and which trays have one."""

import json
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from grader.cli.books_publishing import write_site
from grader.store import reading
from grader.store.books import BOOKS
from grader.trace.desk import growers, holds, labelling, trays
from grader.trace.desk.logbook import audit, sign
from grader.trace.desk.publishing import tray_page, trays_of_interest
from grader.trace.errors import AgainstRulesError
from grader.trace.identity import DEMO_PREFIX, Gtin
from grader.trace.pages import standing, write_page
from tests.trace.counter import PACK, SETTINGS, Counter, close_counter, open_counter
from tests.trace.test_logbook import ALONE, KEY

PATH = "T/GV1-261125-2S-001/1-"


@pytest.fixture
def counter(tmp_path: Path) -> Iterator[Counter]:
    counter = open_counter(tmp_path)
    counter.receive("A", variety="<i>Hongyan</i>")
    counter.feed("A")
    counter.line.send("super", 6, maturity=0.85)
    counter.line.swap("super")
    counter.follow()
    labelling.label(counter.desk, 1, PACK, "Li")
    yield counter
    close_counter(counter)


def html(counter: Counter) -> str:
    sign(counter.desk, [KEY])
    with reading(counter.desk.books.path, BOOKS) as books:
        return write_page(tray_page(books, counter.desk.settings, ALONE, 1, counter.clock()))


def test_no_name_is_on_a_page_that_its_bearer_did_not_release(counter: Counter) -> None:
    page = html(counter)
    for name in ("王芳", "Zhao", "Li<", ">Li", '"Li'):
        assert name not in page
    growers.name_grower(counter.desk, "G1", "Li", shown=True)
    assert "王芳" in html(counter)
    growers.name_grower(counter.desk, "G1", "Li", shown=False)
    assert "王芳" not in html(counter)


def test_what_people_typed_is_text_and_no_markup(counter: Counter) -> None:
    page = html(counter)
    assert "<i>" not in page
    assert "&lt;i&gt;Hongyan&lt;/i&gt;" in page


def test_a_report_whose_salt_was_forgotten_is_not_shown(counter: Counter) -> None:
    assert "合格 passed" in html(counter)
    connection = sqlite3.connect(counter.desk.books.path)
    connection.execute("DELETE FROM act_salt")
    connection.commit()
    connection.close()
    assert "合格 passed</span>" not in html(counter)


def test_a_tray_without_a_label_or_a_signed_head_has_no_page(counter: Counter) -> None:
    audit(counter.desk)
    sign(counter.desk, [KEY])
    holds.hold_lot(counter.desk, "A", "smells", "a visitor")
    with reading(counter.desk.books.path, BOOKS) as books:
        with pytest.raises(AgainstRulesError, match="no label"):
            tray_page(books, SETTINGS, ALONE, 2, counter.clock())
        with pytest.raises(AgainstRulesError, match="log sign"):
            tray_page(books, SETTINGS, ALONE, 1, counter.clock())


def test_a_corrected_date_is_the_one_that_is_shown(counter: Counter) -> None:
    trays.correct_best_before(counter.desk, 1, date(2026, 12, 3), "Li", "typing error")
    page = html(counter)
    assert ">2026-12-03</span>" in page
    assert ">2026-11-30</span>" not in page


def test_what_is_held_and_released_again_is_sold(counter: Counter) -> None:
    holds.hold_lot(counter.desk, "A", "smells", "a visitor")
    assert 'data-standing="held"' in html(counter)
    holds.release(counter.desk, 1, "looked at it", "Zhao")
    assert 'data-standing="sold"' in html(counter)
    holds.recall_tray(counter.desk, 1, "glass", "Zhao")
    assert 'data-standing="recalled"' in html(counter)


def test_a_recall_outweighs_a_withdrawal() -> None:
    packed = {"eventID": "1"}
    withdrawn = {"eventID": "1", "errorDeclaration": {"reason": "did_not_occur"}}
    recalled = {"eventID": "2", "disposition": "recalled"}
    assert standing([packed, withdrawn]) == "voided"
    assert standing([packed, recalled, withdrawn]) == "recalled"


def test_old_trays_keep_their_page_and_held_ones_are_written_again(counter: Counter) -> None:
    with reading(counter.desk.books.path, BOOKS) as books:
        later = counter.clock() + timedelta(days=90)
        assert trays_of_interest(books, counter.clock()) == [1]
        assert trays_of_interest(books, later) == []
    holds.recall_lot(counter.desk, "A", "glass", "Zhao")
    with reading(counter.desk.books.path, BOOKS) as books:
        assert trays_of_interest(books, later) == [1]


def test_a_site_has_a_file_for_every_way_to_a_tray(counter: Counter, tmp_path: Path) -> None:
    gtin = Gtin.of_company(DEMO_PREFIX, 1).text
    desk = replace(counter.desk, settings=SETTINGS.model_copy(update={"gtin": {"super": gtin}}))
    sign(desk, [KEY])
    site = tmp_path / "site"
    assert write_site(desk, site, ALONE) == 1
    (page,) = site.glob(f"{PATH}*/index.html")
    serial = page.parent.name
    forward = site / "01" / gtin / "10" / "GV1-261125-2S-001" / "21" / serial / "index.html"
    target = forward.read_text().split("url=")[1].split('"')[0]
    assert (forward.parent / target / "index.html").resolve() == page.resolve()
    events = json.loads((page.parent / "epcis.jsonld").read_text())["epcisBody"]["eventList"]
    assert [event["type"] for event in events] == ["TransformationEvent", "ObjectEvent"]
    assert "没有这个追溯码" in (site / "404.html").read_text()
    assert {path.name for path in site.iterdir()} == {
        "01",
        "T",
        "404.html",
        "index.html",
        "trust.json",
        "checkpoint.txt",
    }
