"""What is done to a tray by hand. Each act is a row more; none takes one away."""

from collections.abc import Callable
from datetime import date
from typing import Any

from grader.store.books.outbox import last_event_of_tray
from grader.store.books.records import TrayChanged
from grader.store.books.trays import Tray, composition, step_from, trays_at_the_line
from grader.trace.desk.desk import Desk, checked_name, find_tray, utc_ns
from grader.trace.errors import AgainstRulesError

IN_WORDS = {
    "closed": "closed", "reopened": "opened again", "recounted": "counted", "corrected": "corrected",
    "merged": "put into another", "received": "given another tray's fruit", "labelled": "labelled",
    "reprinted": "labelled again", "voided": "voided",
}  # fmt: skip


ShutOutlet = Callable[[str], None]
"""Tells a line that runs that nothing more goes to this outlet. Raises `AgainstRulesError` with its words where it
refuses."""

MOST_FRUIT = 10_000
"""More than any tray holds, so that a slip of the finger is none."""


def close(desk: Desk, number: int, who: str, why: str, shut: ShutOutlet | None = None) -> None:
    """Nothing more goes into a tray; its composition is written down. Until the line has an empty one, take it away.

    `shut`: a line runs; where the tray stands at it, it hears it first, and fruit of that outlet go to recheck.
    """
    with desk.asking() as books:
        tray = find_tray(books, number)
        stands = max((one.tray for one in trays_at_the_line(books) if one.outlet == tray.outlet), default=None)
    if shut is not None and stands == number:
        shut(tray.outlet)
    _act(desk, number, "closed", who, why)


def reopen(desk: Desk, number: int, who: str, why: str) -> None:
    """A closed tray is filled further. One with a label is voided instead: what the label says would no longer hold."""
    _act(desk, number, "reopened", who, why)


def recount(desk: Desk, number: int, counted: int, who: str, why: str) -> None:
    """Somebody counted the fruit: from now on this is the count, and no doubt is left."""
    if not 0 <= counted <= MOST_FRUIT:
        raise AgainstRulesError(f"{counted} is no count of a tray's fruit: count it again")
    _act(desk, number, "recounted", who, why, counted=counted)


def void(desk: Desk, number: int, who: str, why: str) -> None:
    """A tray is no longer one: emptied, dropped, wrongly filled. If it was packed, its event is withdrawn."""
    with desk.asking() as books:
        tray = find_tray(books, number)
        change = changed(desk, books, tray, "voided", checked_name(who), why)
        packed = last_event_of_tray(books, number, "packed")
    withdrawn = () if packed is None else (desk.correction(packed, None, trays=(number,)),)
    desk.write(change, *withdrawn)


def merge(desk: Desk, number: int, into: int, who: str, why: str, *, mixed: bool = False) -> None:
    """Put a closed tray's fruit into another closed one of the same grade; of several lots only by choice (`mixed`)."""
    with desk.asking() as books:
        tray, other = find_tray(books, number), find_tray(books, into)
        shares = [*composition(books, number), *composition(books, into)]
        lots = {share.lot for share in shares}
        if number == into:
            raise AgainstRulesError(f"tray {number} cannot be put into itself")
        if tray.outlet != other.outlet:
            raise AgainstRulesError(
                f"tray {number} holds {tray.outlet} and tray {into} {other.outlet}: a tray holds one grade"
            )
        for doubted in (one for one in (tray, other) if one.needs_recount or one.counted is not None):
            raise AgainstRulesError(
                f"tray {doubted.tray} holds another number of fruit than fell into it, or may: nobody can say which "
                "lots they are of; label it as it is, or void it"
            )
        if len(lots) > 1 and not mixed:
            raise AgainstRulesError(
                f"trays {number} and {into} hold fruit of {len(lots)} lots: say that the tray is to be mixed"
            )
        gone = changed(desk, books, tray, "merged", checked_name(who), why, into_tray=into)
        got = changed(
            desk, books, other, "received", checked_name(who), why, more={"from_tray": number, "mixed": mixed}
        )
    desk.write(gone, got)


def correct_best_before(desk: Desk, number: int, best_before: date, who: str, why: str) -> None:
    """Write another date down. Where the tray was packed for others, its event is written again with the right one."""
    with desk.asking() as books:
        tray = find_tray(books, number)
        if tray.best_before == best_before.isoformat():
            raise AgainstRulesError(f"tray {number} is best before {best_before} already")
        change = changed(desk, books, tray, "corrected", checked_name(who), why, best_before=best_before.isoformat())
        old = last_event_of_tray(books, number, "packed")
    if old is None:
        desk.write(change)
        return
    right = desk.packed_again(old, best_before, number)
    desk.write(change, right, desk.correction(old, right, trays=(number,)))


def changed(  # noqa: PLR0913 - what was done, to which, by whom, why, and three facts that some acts have
    desk: Desk,
    books: Any,  # noqa: ANN401 - SQL's types stay in store
    tray: Tray,
    what: str,
    who: str,
    why: str,
    *,
    counted: int | None = None,
    into_tray: int | None = None,
    best_before: str | None = None,
    more: dict[str, object] | None = None,
) -> TrayChanged:
    """The row that says so, with the tray's composition now; `AgainstRulesError` where it cannot be done to it."""
    becomes = step_from(books, what, tray.state)
    if becomes is None:
        raise AgainstRulesError(f"tray {tray.tray} is {tray.state}: it cannot be {IN_WORDS[what]}")
    if not why.strip():
        raise AgainstRulesError(f"say why tray {tray.tray} is {IN_WORDS[what]}")
    shares = {str(share.lot): share.fruit for share in composition(books, tray.tray)}
    return TrayChanged(
        tray=tray.tray,
        what=what,
        was=tray.state,
        becomes=becomes,
        who=who,
        why=why,
        utc_ns=utc_ns(desk.now()),
        counted=counted,
        into_tray=into_tray,
        best_before=best_before,
        detail={"fruit_by_lot": shares, **(more or {})},
    )


def _act(desk: Desk, number: int, what: str, who: str, why: str, *, counted: int | None = None) -> None:
    with desk.asking() as books:
        tray = find_tray(books, number)
        change = changed(desk, books, tray, what, checked_name(who), why, counted=counted)
    desk.write(change)
