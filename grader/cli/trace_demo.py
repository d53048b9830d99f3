"""`grader trace demo`: two growers' lots from the crate to labels, proofs, pages and a recall, in some seconds."""

import json
import os
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import click

from grader.cli.books_publishing import write_site
from grader.cli.demo_books import OUTLETS
from grader.cli.log_heads import sign_with
from grader.cli.trace_demo_line import run_lot
from grader.cli.whole_files import write_whole
from grader.errors import GraderError
from grader.grading import RulePack, find_rule_pack
from grader.store.books import Books
from grader.store.books.log import checkpoints
from grader.store.books.outbox import events_after
from grader.store.books.tracing import trace_forward
from grader.store.books.trays import composition, trays_at_the_line, trays_to_label
from grader.trace.desk import Desk, feeding, growers, holds, labelling, lots, trays
from grader.trace.desk.labelling import Labelled
from grader.trace.desk.logbook import ask_witness, check_log, take_cosignature
from grader.trace.desk.publishing import proof_of, tray_page
from grader.trace.desk.tray_label import tray_label
from grader.trace.errors import AgainstRulesError, BadProofError, HeldError
from grader.trace.events import Names, write_document
from grader.trace.evidence import (
    Bundle,
    Checkpoint,
    KeyKind,
    SecretKey,
    Trust,
    answer,
    read_canonical,
    trust_text,
    verify,
)
from grader.trace.evidence.trust import Log, LogKey, Witness
from grader.trace.identity import DEMO_PREFIX, Gtin
from grader.trace.labels import pdf_label, png_label, shipped_template, zpl_label
from grader.trace.settings import TraceSettings

SECONDS_A_LOT = 30.0
GROWERS = (("G1", "王芳 Wang Fang", "A-1", "7"), ("G2", "张伟 Zhang Wei", "B-1", "12"))
MOST_EVENTS = 10_000
ORIGIN, WITNESS = "demo.example/1", "county.example/w"
BETTER = (b'"trace:grade":"II"', b'"trace:grade":"Super"')


class DemoFolderError(GraderError, FileExistsError, code="trace-demo-folder"):
    """The folder for the demonstration has something in it. Name a new one."""


@dataclass(frozen=True, slots=True)
class _Stage:
    """What all acts of the demonstration need."""

    folder: Path
    desk: Desk
    pack: RulePack
    witness: SecretKey
    trust: Trust
    say: Callable[[str], None]


@click.command("demo")
@click.option("--output", type=click.Path(file_okay=False, path_type=Path), required=True, help="A new folder.")
@click.option("--seed", type=click.IntRange(0, 2**31), default=1, show_default=True, help="Of the simulated fruit.")
@click.option("--json", "as_json", is_flag=True, help="End with one line of JSON, and say nothing before.")
def demo_command(output: Path, seed: int, *, as_json: bool) -> None:
    """Take two lots from the crate to labels, proofs, pages and a recall, on the simulated line, into a new folder."""
    began_s = time.monotonic()
    if output.exists() and any(output.iterdir()):
        raise DemoFolderError(f"{output} is not empty: name a new folder")
    output.mkdir(parents=True, exist_ok=True)
    with Books(output / "station.db") as books:
        stage = _stage(output, books, (lambda _: None) if as_json else click.echo)
        labelled = _pack_lots(stage, seed)
        found = _prove(stage, labelled)
        found |= _recall(stage, labelled)
    found["seconds"] = round(time.monotonic() - began_s, 1)
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False))
        return
    page = Path(output, "page", "T", found["batch"], found["serial"], "index.html")
    click.echo(
        f"\n{found['seconds']} s. Made-up numbers, simulated fruit. Now you:\n"
        f"  open {page} in a browser: the page proves itself, or says what was altered\n"
        f"  look at {output / 'label.png'}; its code leads to that page\n"
        f"  grader trace verify {output / 'proof.txt'} --trust {output / 'trust.json'}\n"
        f"  grader trace back {found['tray']} --station {output / 'station.toml'}     (held, forward, log check, ...)"
    )


def _stage(folder: Path, books: Books, say: Callable[[str], None]) -> _Stage:
    """A station with made-up numbers, a fresh key for its log, and a county office that watches it."""
    gtin = {outlet: Gtin.of_company(DEMO_PREFIX, place).text for place, outlet in enumerate(OUTLETS, 1)}
    packer, address = "演示合作社 Demo cooperative", "安徽省合肥市长丰县"
    settings = TraceSettings(
        gtin=gtin, packer=packer, packer_address=address, origin_zh="中国安徽", origin_en="Anhui, China"
    )
    key, witness = (
        SecretKey.from_seed(name, kind, secrets.token_bytes(32))
        for name, kind in ((ORIGIN, KeyKind.LOG), (WITNESS, KeyKind.WITNESS))
    )
    trust = Trust(
        format="grader-trust/1",
        logs=(Log(origin=ORIGIN, holder=packer, keys=(LogKey(key=key.public),), witnesses_needed=1),),
        witnesses=(Witness(holder="县农业农村局 County office (demo)", key=witness.public),),
    )
    numbers = "\n".join(f'{outlet} = "{number}"' for outlet, number in gtin.items())
    toml = f'[trace]\npacker = "{packer}"\npacker_address = "{address}"\n[trace.gtin]\n{numbers}\n'
    write_whole(folder / "station.toml", toml.encode())
    write_whole(folder / "trust.json", trust_text(trust).encode())
    write_whole(folder / "log.key", f"{key.text}\n".encode())
    (folder / "log.key").chmod(0o600)
    desk = Desk(books, settings, lambda: datetime.now(UTC), os.urandom)
    return _Stage(folder, desk, find_rule_pack("cooperative"), witness, trust, say)


def _pack_lots(stage: _Stage, seed: int) -> list[Labelled]:
    """Receive two lots, run each over the line, and label what may be sold."""
    desk, say, now = stage.desk, stage.say, stage.desk.now()
    say("1. A shift begins. Two growers bring a lot each; residue reports, a treatment and the cooling are on record.")
    holds.enter_operator(desk, "Zhao", "manager", "Zhao")
    feeding.begin_shift(desk, now.astimezone(desk.settings.zone).date(), 1, "Zhao", ("Li",))
    for code, name, lot, plot in GROWERS:
        growers.enter_grower(desk, code, name, None, "Li")
        growers.name_grower(desk, code, "Li", shown=code == "G1")
        growers.enter_report(
            desk, code, "County laboratory", f"4711-{code}", now - timedelta(days=1), "Li", passed=True
        )
        spray = growers.Treatment(
            grower=code, plot=plot, kind="pesticide", product="嘧霉胺 pyrimethanil", amount="20 ml/15 l",
            applied_at=now - timedelta(days=9), safety_days=3.0,
        )  # fmt: skip
        growers.enter_treatment(desk, spray, "Li")
        delivery = lots.Delivery(
            code=lot, grower=code, variety="Hongyan", plot=plot, harvested_at=now - timedelta(hours=3),
            precooled_at=now - timedelta(hours=2, minutes=20), precooled_c=Decimal("5.1"), received_at=now,
            received_kg=Decimal("7.000"), accountable="Zhao", retained_sample=f"S-{lot}",
        )  # fmt: skip
        lots.receive(desk, delivery, "Li")
    labelled = []
    for place, (_, name, lot, _) in enumerate(GROWERS):
        count = run_lot(desk, stage.folder / "journal.db", stage.pack, lot, SECONDS_A_LOT, seed + place)
        got, refused = _label_all(stage)
        labelled += got
        by_grade = ", ".join(f"{one.count} {one.grade} (tray {one.tray})" for one in got)
        say(f"{place + 2}. Lot {lot} of {name} runs over the simulated line: {count} fruit. Labelled: {by_grade}.")
        for why in refused:
            say(f"   No label: {why}")
    return labelled


def _label_all(stage: _Stage) -> tuple[list[Labelled], list[str]]:
    """Close what stands at the line and label what may be sold; and what may not, and why."""
    desk = stage.desk
    with desk.asking() as books:
        filled = [tray.tray for tray in trays_at_the_line(books) if tray.for_sale and composition(books, tray.tray)]
    for number in filled:
        trays.close(desk, number, "Li", "the lot ends")
    with desk.asking() as books:
        numbers = trays_to_label(books)
    labelled, refused = [], []
    for number in numbers:
        try:
            labelled.append(labelling.label(desk, number, stage.pack, "Li"))
        except (AgainstRulesError, HeldError) as error:
            refused.append(str(error))
    return labelled, refused


def _prove(stage: _Stage, labelled: list[Labelled]) -> dict[str, Any]:
    """Sign, have it cosigned, write label and proof of one tray, and see that a better grade does not prove."""
    desk, folder = stage.desk, stage.folder
    _publish(stage)
    shown = next(one for one in labelled if "A-1" in one.fruit_by_lot and one.grade == "II")
    with desk.asking() as books:
        label = tray_label(books, desk.settings, shown.tray)
        page = tray_page(books, desk.settings, stage.trust, shown.tray, desk.now())
    template = shipped_template(desk.settings.label_template)
    for name, write in (("label.png", png_label), ("label.pdf", pdf_label), ("label.zpl", zpl_label)):
        write_whole(folder / name, write(label, template))
    proof = proof_of(page)
    write_whole(folder / "proof.txt", proof.written.encode())
    verdict = verify(Bundle.parse((folder / "proof.txt").read_bytes()), stage.trust)
    stage.say(
        f"4. Every event is in a log that only grows, {verdict.checkpoint.size} entries; its head is signed by the "
        f"cooperative and by {len(verdict.witnesses)} witness. The label of tray {shown.tray} reads "
        f"{label.code_text}\n   GOOD: proof.txt proves entry {verdict.index}, with nothing but trust.json."
    )
    try:
        verify(replace(proof, event=proof.event.replace(*BETTER)), stage.trust)
    except BadProofError as error:
        stage.say(f"   BAD, with the grade changed from II to Super: {error}.")
    return {"tray": shown.tray, "batch": shown.batch, "serial": shown.serial, "code": label.code_text,
            "labelled": len(labelled), "fruit": sum(one.count for one in labelled)}  # fmt: skip


def _recall(stage: _Stage, labelled: list[Labelled]) -> dict[str, Any]:
    """Recall the second lot, and publish again: its pages say so, and prove it."""
    desk, folder = stage.desk, stage.folder
    with desk.asking() as books:
        trays_of_lot = [row["tray"] for row in (trace_forward(books, "B-1") or {"trays": []})["trays"]]
    holds.recall_lot(desk, "B-1", "a glass shard in a crate", "Zhao")
    pages = _publish(stage)
    with desk.asking() as books:
        checked = check_log(books)
        events = [read_canonical(bytes(row["canonical"])) for row in events_after(books, 0, MOST_EVENTS)]
    document = write_document([one for one in events if "eventID" in one], desk.now(), Names(desk.settings.domain))
    write_whole(folder / "epcis.jsonld", json.dumps(document, ensure_ascii=False, indent=1).encode())
    recalled = [one.tray for one in labelled if "B-1" in one.fruit_by_lot]
    stage.say(
        f"5. Glass in a crate: lot B-1 is recalled. It is in the trays {', '.join(map(str, trays_of_lot))}; "
        f"{len(recalled)} of them are labelled, and their pages say so from now on.\n"
        f"6. {pages} pages are in page/. The whole log was hashed again: {checked.size} entries under "
        f"{checked.heads} signed heads."
    )
    return {"recalled": recalled, "pages": pages, "entries": checked.size, "heads": checked.heads}


def _publish(stage: _Stage) -> int:
    """Sign the head, have the county office cosign it, write the pages."""
    sign_with(stage.desk, [stage.folder / "log.key"])
    with stage.desk.asking() as books:
        asked = ask_witness(books, WITNESS)
        before = [head for head in checkpoints(books) if head["size"] == asked.seen]
    last = Checkpoint(ORIGIN, asked.seen, bytes(before[0]["root"])) if before else None
    line = answer(asked, stage.trust, last, stage.witness, int(time.time())).line
    take_cosignature(stage.desk, line, stage.trust)
    return write_site(stage.desk, stage.folder / "page", stage.trust)
