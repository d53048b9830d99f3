"""Works at the desk until it is killed: follows the line, labels, prints, holds, releases, signs. Says what is done.

A line on stdout is said only after the act is on disk: what was said must be there afterwards, whatever happens.

.venv/bin/python -m benchmarks.books_worker FOLDER PRINTER_PORT SEED
"""

import os
import random
import sys
from datetime import UTC, datetime
from pathlib import Path

from grader.errors import GraderError
from grader.grading import shipped_rule_pack
from grader.hardware.drivers.zpl_printer import ZplPrinter
from grader.store import reading
from grader.store.books import BOOKS, Books, Follower
from grader.store.books.trays import holds_of_lot, trays_to_label, trays_to_show
from grader.trace.desk import Desk, holds, labelling
from grader.trace.desk.desk import utc_ns
from grader.trace.desk.logbook import sign
from grader.trace.desk.printing import print_label
from grader.trace.errors import AgainstRulesError, HeldError, NotPrintedError
from grader.trace.evidence import Checkpoint, KeyKind, SecretKey
from grader.trace.labels import shipped_template
from grader.trace.settings import TraceSettings

SETTINGS = TraceSettings(packer="Demo", packer_address="Hefei")
KEY = SecretKey.from_seed("kills.example/1", KeyKind.LOG, bytes(range(32)))
TEMPLATE = shipped_template("tray-60x40")
LOT = "A"
AT_ONCE = 2
"""Trays that are labelled in a round."""
HOLDS = 0.3
"""Share of rounds in which the lot is held or released."""


def say(*words: object) -> None:
    """Tell the parent, now."""
    print(*words, flush=True)


class Worker:
    """One life of it."""

    def __init__(self, books: Books, folder: Path, port: int, chance: random.Random) -> None:
        self.desk = Desk(books, SETTINGS, lambda: datetime.now(UTC), os.urandom)
        self.printer = ZplPrinter("127.0.0.1", port, patience_s=5)
        self.follower = Follower(books, folder / "journal.db", lambda: utc_ns(self.desk.now()))
        self.chance = chance
        self.followed = 0

    def work(self) -> None:
        """A round of everything."""
        self.followed += self.follower.follow()
        say("followed", self.followed)
        with self.desk.asking() as books:
            waiting = trays_to_label(books)
        for number in waiting[:AT_ONCE]:
            self._label(number)
        if self.chance.random() < HOLDS:
            self._hold()
        head = Checkpoint.from_text(sign(self.desk, [KEY]).text)
        say("signed", head.size, head.root.hex())

    def _label(self, number: int) -> None:
        try:
            got = labelling.label(self.desk, number, shipped_rule_pack(), "Li")
            say("labelled", number, got.serial)
        except (AgainstRulesError, HeldError):
            return
        self._print(number)

    def _print(self, number: int) -> None:
        try:
            print_label(self.desk, self.printer, number, TEMPLATE, "Li")
            say("printed", number)
        except (AgainstRulesError, NotPrintedError, HeldError):
            return

    def take_up(self) -> None:
        """After a death: a label whose print is in doubt is reprinted, which it says."""
        with reading(self.desk.books.path, BOOKS) as books:
            numbers = trays_to_show(books, 0)
        for number in numbers[-3:]:
            try:
                print_label(self.desk, self.printer, number, TEMPLATE, "Li")
                say("printed", number)
            except AgainstRulesError as error:
                if "nobody knows" in str(error):
                    nth = labelling.reprint(self.desk, number, "Li", "the program was killed")
                    say("reprinted", number, nth)
                    self._print(number)
            except (HeldError, NotPrintedError):
                continue

    def _hold(self) -> None:
        with self.desk.asking() as books:
            standing = holds_of_lot(books, LOT)
        try:
            if standing:
                holds.release(self.desk, standing[0].hold, "looked at it", "Zhao")
                say("released", standing[0].hold)
            else:
                holds.hold_lot(self.desk, LOT, "smells", "a visitor")
                say("held", LOT)
        except GraderError:
            return


def main() -> None:
    """Work until killed."""
    folder, port, seed = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    with Books(folder / "station.db") as books:
        worker = Worker(books, folder, port, random.Random(seed))  # noqa: S311 - not for secrets
        say("ready")
        worker.take_up()
        while True:
            worker.work()


if __name__ == "__main__":
    main()
