"""`grader trace publish`: the pages that labels lead to, as files for any web host."""

import json
from datetime import datetime
from pathlib import Path

import click

from grader.cli.books import FILE, answer, at_the_desk, json_option, station_option
from grader.cli.books_backup import back_up_into
from grader.cli.log_heads import must_reach, sign_with
from grader.cli.whole_files import write_whole
from grader.store.books.trays import Tray
from grader.trace.desk.desk import Desk, find_tray
from grader.trace.desk.logbook import head_of, not_vouched
from grader.trace.desk.publishing import proof_of, tray_page, trays_of_interest
from grader.trace.events import Names, write_document
from grader.trace.evidence import Trust, load_trust, trust_text
from grader.trace.identity.tray import TRACE_PATH
from grader.trace.pages import TrayPage, forwarding, index_page, unknown_page, write_page

FOLDER = click.Path(file_okay=False, path_type=Path)
CHECKPOINT = "checkpoint.txt"
KEPT_BACKUPS = 7
STEPS_UP = 6
"""From 01/GTIN/10/BATCH/21/SERIAL back to the top."""


@click.command("publish")
@click.argument("folder", type=FOLDER)
@click.option("--trust", "trust_file", type=FILE, required=True, help="Whom the pages may trust; they show it.")
@click.option("--sign/--no-sign", "signs", default=True, help="Sign the log's head first (log_key of the station).")
@click.option("--backup", type=FOLDER, help="Back up in between: what is published is then never lost.")
@json_option
@station_option
def publish_command(
    *, folder: Path, trust_file: Path, signs: bool, backup: Path | None, station: Path, as_json: bool
) -> None:
    """Write the pages of all trays of the last weeks, with their proofs, into FOLDER, for any web host."""
    trust = load_trust(trust_file)
    with at_the_desk(station) as (desk, file):
        if signs:
            sign_with(desk, (file.log_key,))
        if backup is not None:
            back_up_into(backup, file, KEPT_BACKUPS)
        count = write_site(desk, folder, trust)
        with desk.asking() as books:
            missing = not_vouched(head_of(books, trust), trust)
    words = [f"{count} pages are in {folder}."]
    if missing is not None:
        words.append(
            f"They will say that nothing is proved yet ({missing}): have the head cosigned (grader trace log request, "
            "log cosigned), then publish with --no-sign."
        )
    value = {"pages": count, "folder": str(folder), "not_vouched": missing}
    answer("\n".join(words), value, as_json=as_json)


def write_site(desk: Desk, folder: Path, trust: Trust) -> int:
    """All of it; returns how many trays have a page there. Each file is there whole or not at all.

    `LogAlteredError`, and nothing is written, where the site shows a head that these books do not reach.
    """
    now, shown = desk.now(), folder / CHECKPOINT
    with desk.asking() as books:
        if shown.exists():
            must_reach(books, shown, str(desk.books.path))
        numbers = trays_of_interest(books, now)
        head = head_of(books, trust)
        for number in numbers:
            page, tray = tray_page(books, desk.settings, trust, number, now), find_tray(books, number)
            _write_tray(folder, desk, page, tray, now)
    _write(folder / "index.html", index_page(desk.settings.packer).encode())
    _write(folder / "404.html", unknown_page().encode())
    _write(folder / "trust.json", trust_text(trust).encode())
    _write(shown, head.written.encode())
    return len(numbers)


def _write(path: Path, data: bytes) -> None:
    write_whole(path, data, durable=False)


def _write_tray(folder: Path, desk: Desk, page: TrayPage, tray: Tray, now: datetime) -> None:
    home = folder / TRACE_PATH / page.batch / page.serial
    _write(home / "index.html", write_page(page).encode())
    _write(home / "proof.txt", proof_of(page).written.encode())
    events = [entry.event for entry in page.entries if "eventID" in entry.event]
    document = write_document(events, now, Names(desk.settings.domain))
    _write(home / "epcis.jsonld", json.dumps(document, ensure_ascii=False, indent=1).encode())
    identity = desk.identity(tray.outlet, page.batch, page.serial)
    if identity.gtin is not None:
        steps = [value for pair in identity.pairs for value in pair]
        _write(folder.joinpath(*steps) / "index.html", forwarding(page.batch, page.serial, STEPS_UP).encode())
