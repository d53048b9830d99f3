"""Which lot the line is fed: from one fruit on, with the belt empty between two lots, so that no fruit has two."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from grader.store import NotNextError, reading
from grader.store.books import Follower
from grader.store.books.lots import finished_lot
from grader.store.books.records import FeedBegan, ShiftBegan
from grader.store.books.trays import composition, holds_of_lot, trays_at_the_line
from grader.store.tail import last_fruit, on_the_belt
from grader.trace.desk.desk import Desk, checked_name, find_lot, utc_ns
from grader.trace.desk.trays import changed
from grader.trace.errors import AgainstRulesError
from grader.trace.rules.packing import trays_to_close

PASSES = (1, 2)
"""As it came, and out of the recheck crate."""
TellLine = Callable[[str, int, bool, str], None]
"""Tells a line that runs: lot, pass, mixed, who. Raises `AgainstRulesError` with the line's words where it refuses."""


@dataclass(frozen=True, slots=True)
class Fed:
    """What came of it."""

    closed: tuple[int, ...]
    """Trays that hold another lot's fruit: they are closed, and empty ones have to take their place at the line."""
    holds: tuple[str, ...]
    """Why nothing of the lot can be sold yet, a sentence each; it may be graded all the same."""


def begin_shift(desk: Desk, packed_on: date, number: int, accountable: str, operators: tuple[str, ...]) -> None:
    """A shift begins; what is labelled from now on bears its date and number."""
    desk.write(
        ShiftBegan(
            packed_on=packed_on.isoformat(), number=number, began_utc_ns=utc_ns(desk.now()),
            accountable=checked_name(accountable), operators=operators,
        )
    )  # fmt: skip


def feed(
    desk: Desk,
    journal: Path,
    lot: str,
    who: str,
    *,
    pass_number: int = 1,
    mixed: bool = False,
    tell: TellLine | None = None,
) -> Fed:
    """From the next fruit on they are of `lot`. Trays with other lots' fruit are closed, unless `mixed` is chosen.

    `pass_number` 2 feeds the lot's recheck crate. `AgainstRulesError` while fruit are on the belt, which nobody could
    tell apart, and where nothing was ever run. `tell`: a line runs, and hears it first; None: none does.
    """
    if pass_number not in PASSES:
        raise AgainstRulesError(
            f"there is no pass {pass_number}: after the second one what is left is graded by hand, and its kg entered "
            "(grader trace lot hand-graded)"
        )
    source = _followed(desk, journal)
    if source is None:
        raise AgainstRulesError(f"no run has begun in {journal}: start the station, then say which lot it is fed")
    with reading(journal) as line:
        if on_belt := on_the_belt(line):
            raise AgainstRulesError(f"{on_belt} fruit are on the belt: let it run empty, then feed lot {lot}")
    with desk.asking() as books:
        find_lot(books, lot)
        if finished_lot(books, lot) is not None:
            raise AgainstRulesError(f"lot {lot} is finished: nothing of it is fed any more")
        holds = tuple(hold.reason for hold in holds_of_lot(books, lot))
        standing = [(tray, [share.lot for share in composition(books, tray.tray)]) for tray in trays_at_the_line(books)]
        close = set(trays_to_close([(tray.tray, lots) for tray, lots in standing], lot, mixed=mixed))
        closings = [
            changed(desk, books, tray, "closed", checked_name(who), f"lot {lot} is fed")
            for tray, _ in standing
            if tray.tray in close
        ]
    if tell is not None:
        # Killed between the two, the books still say the lot before: its fruit are nobody's until this is done again.
        tell(lot, pass_number, mixed, checked_name(who))
    with reading(journal) as line:
        after = last_fruit(line)
    begun = FeedBegan(
        source=source, after_fruit=after, lot=lot, pass_number=pass_number, mixed=mixed, who=checked_name(who),
        utc_ns=utc_ns(desk.now()),
    )  # fmt: skip
    desk.write(begun, *closings)
    return Fed(tuple(sorted(close)), holds)


def _followed(desk: Desk, journal: Path) -> int | None:
    """Bring the books up to the line; the journal's number in them. A web process that was quicker did it already."""
    while True:
        follower = Follower(desk.books, journal, lambda: utc_ns(desk.now()))
        with suppress(NotNextError):
            follower.follow()
            return follower.source
