"""The end of a lot: all of it is sorted, or graded by hand; and what a grower does not agree with."""

from pathlib import Path

from grader.store import reading
from grader.store.books.lots import finished_lot, last_feed
from grader.store.books.records import Contested, LotFinished
from grader.store.tail import on_the_belt
from grader.trace.desk.desk import Desk, checked_name, find_lot, utc_ns
from grader.trace.desk.sums import balance_of
from grader.trace.errors import AgainstRulesError


def finish_lot(desk: Desk, journal: Path, code: str, who: str, why: str) -> None:
    """Nothing more comes of a lot. `AgainstRulesError` while some of it is on the belt or in the recheck crate."""
    with desk.asking() as books:
        find_lot(books, code)
        if finished_lot(books, code) is not None:
            raise AgainstRulesError(f"lot {code} is finished already")
        fed = last_feed(books)
        in_the_crate = balance_of(books, code, desk.settings).in_the_crate
    if fed is not None and fed["lot"] == code and (on_belt := _on_the_belt(journal)):
        raise AgainstRulesError(f"{on_belt} fruit are on the belt: let it run empty, then finish lot {code}")
    if in_the_crate:
        raise AgainstRulesError(
            f"{in_the_crate} fruit of lot {code} lie in the recheck crate: feed them as its second pass, or grade them "
            "by hand and enter grade and kg"
        )
    desk.write(LotFinished(lot=code, who=checked_name(who), why=why, utc_ns=utc_ns(desk.now())))


def contest(desk: Desk, fruit: int, who: str, why: str) -> None:
    """Somebody does not agree with a decision: that is on record beside it, and changes nothing of it."""
    desk.write(Contested(fruit=fruit, who=checked_name(who), why=why, utc_ns=utc_ns(desk.now())))


def _on_the_belt(journal: Path) -> int:
    if not journal.is_file():
        return 0
    with reading(journal) as line:
        return on_the_belt(line)
