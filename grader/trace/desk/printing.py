"""A tray's label goes to the printer: only after it is on record that it will, and never twice without being said.

Before the first byte leaves, `begun` is on disk; afterwards, what became of it. A print that was begun and of which
nobody knows the end (the program died, the line broke) counts as printed until somebody has looked.
"""

import hashlib
from dataclasses import replace
from typing import Literal, Protocol

from grader.store.books.prints import last_print
from grader.store.books.records import PrintStep
from grader.store.books.trays import Tray, holds_of_tray
from grader.trace.desk.desk import Desk, checked_name, find_tray, utc_ns
from grader.trace.desk.tray_label import tray_label
from grader.trace.errors import AgainstRulesError, HeldError, NotPrintedError
from grader.trace.labels import LabelFont, Template, pdf_label, zpl_label

State = Literal["printed", "not_sent", "unsure"]


class Report(Protocol):
    """What a printer says of a job."""

    @property
    def state(self) -> State:
        """Whether a label came out: yes, certainly not, nobody knows."""

    @property
    def sentence(self) -> str:
        """What happened and what to do."""


class Printer(Protocol):
    """A label printer, as `grader.hardware.printer` has it."""

    @property
    def name(self) -> str:
        """As people call it."""

    @property
    def language(self) -> Literal["zpl", "pdf"]:
        """What a job is written in."""

    def send(self, job: bytes) -> Report:
        """Print one label."""


def print_label(
    desk: Desk, printer: Printer, number: int, template: Template, who: str, font: LabelFont | None = None
) -> str:
    """Print the label that a tray's record allows, the first or the reprint that was recorded last; says what happened.

    `NotPrintedError` where none came out, or nobody knows; `AgainstRulesError` where it was printed already or nobody
    knows whether, `HeldError` where the tray is held by now: nothing is sent then.
    """
    with desk.asking() as books:
        tray = find_tray(books, number)
        _refuse(tray, [hold.reason for hold in holds_of_tray(books, number)], last_print(books, number, tray.reprints))
        label = tray_label(books, desk.settings, number)
    write = {"zpl": zpl_label, "pdf": pdf_label}[printer.language]
    job = write(label, template, font)
    begun = PrintStep(
        tray=number, nth=tray.reprints, what="begun", printer=printer.name, job_sha256=hashlib.sha256(job).hexdigest(),
        who=checked_name(who), why="label", utc_ns=utc_ns(desk.now()),
    )  # fmt: skip
    desk.write(begun)
    report = printer.send(job)
    desk.write(replace(begun, what=report.state, why=report.sentence, utc_ns=utc_ns(desk.now())))
    if report.state == "printed":
        return report.sentence
    more = (
        "it can be printed again"
        if report.state == "not_sent"
        else f"then say so: grader trace tray printed {number} --yes or --no"
    )
    raise NotPrintedError(f"tray {number}: {report.sentence}; {more}")


def somebody_looked(desk: Desk, number: int, who: str, why: str, *, came_out: bool) -> None:
    """Of a print of which nobody knew the end, somebody says whether the label came out."""
    with desk.asking() as books:
        tray = find_tray(books, number)
        last = last_print(books, number, tray.reprints)
    if last is None or last["what"] not in {"begun", "unsure"}:
        raise AgainstRulesError(f"of tray {number} no print is in doubt: look at `grader trace tray show {number}`")
    if not why.strip():
        raise AgainstRulesError("say what was seen")
    desk.write(
        PrintStep(
            tray=number, nth=tray.reprints, what="printed" if came_out else "not_sent", printer=str(last["printer"]),
            job_sha256=str(last["job_sha256"]), who=checked_name(who), why=why, utc_ns=utc_ns(desk.now()),
        )
    )  # fmt: skip


def _refuse(tray: Tray, holds: list[str], last: dict[str, object] | None) -> None:
    if tray.state != "labelled":
        raise AgainstRulesError(f"tray {tray.tray} is {tray.state}: only a labelled tray has a label to print")
    if holds:
        raise HeldError(f"tray {tray.tray} is held and its label is not printed: {'; '.join(holds)}")
    match None if last is None else last["what"]:
        case "printed":
            raise AgainstRulesError(
                f"the label of tray {tray.tray} was printed: a second one is a reprint, grader trace tray reprint"
            )
        case "begun" | "unsure":
            raise AgainstRulesError(
                f"nobody knows whether the label of tray {tray.tray} came out of {last and last['printer']}: look, and "
                f"say so: grader trace tray printed {tray.tray} --yes or --no"
            )
