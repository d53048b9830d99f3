"""Whether a tray may be labelled: one grade, one lot or a chosen mixture, nothing held, nothing in doubt."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from grader.trace.rules.tolerance import OffSize


@dataclass(frozen=True, slots=True)
class Contents:
    """What is known of a tray at the moment when somebody wants its label."""

    tray: int
    state: str
    for_sale: bool
    needs_recount: bool
    fruit_by_lot: dict[str | None, int]
    """None: fruit of which nobody had said whose they are."""
    grades: frozenset[str | None]
    mixed_by_choice: bool
    """Somebody chose to put several lots into one tray."""
    holds: Sequence[str]
    """A sentence each."""
    off_size: OffSize | None
    tolerance: float
    """Share of its fruit that may miss the class."""

    @property
    def fruit(self) -> int:
        """How many there are."""
        return sum(self.fruit_by_lot.values())


def obstacles(contents: Contents) -> list[str]:
    """Why the tray may not be labelled, a sentence each; nothing: it may."""
    return list(_obstacles(contents))


def _obstacles(contents: Contents) -> Iterator[str]:
    if contents.state != "closed":
        yield f"it is {contents.state}, and only a closed tray gets a label"
    if not contents.for_sale:
        yield "what falls into this outlet is not for sale"
    if contents.needs_recount:
        yield "its count is in doubt: count it"
    if not contents.fruit:
        yield "it is empty"
        return
    if unknown := contents.fruit_by_lot.get(None, 0):
        yield f"nobody has said whose {unknown} of its fruit are: void it, and say which lot is fed before feeding it"
    if len(contents.grades) > 1:
        named = ", ".join(sorted(str(grade) for grade in contents.grades))
        yield f"it holds fruit of the grades {named}: a tray holds one grade"
    yield from _mixture(contents)
    yield from contents.holds
    if contents.off_size is not None and contents.off_size.expected > contents.tolerance:
        yield (
            f"{100 * contents.off_size.expected:.1f} % of its fruit are expected to miss the class's size, more than "
            f"{100 * contents.tolerance:g} %: grade it again"
        )


def _mixture(contents: Contents) -> Iterator[str]:
    lots = sorted(lot for lot in contents.fruit_by_lot if lot is not None)
    if len(lots) > 1 and not contents.mixed_by_choice:
        yield f"it holds fruit of {len(lots)} lots ({', '.join(lots)}), which nobody chose: say that it is mixed"


def trays_to_close(open_trays: Collection[tuple[int, Collection[str | None]]], lot: str, *, mixed: bool) -> list[int]:
    """Which of the trays that stand there close before `lot` is fed: those that hold another lot's fruit.

    `open_trays`: each with the lots in it. By choice (`mixed`) none does.
    """
    if mixed:
        return []
    return [tray for tray, lots in open_trays if any(other != lot for other in lots)]
