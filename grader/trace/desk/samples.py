"""Retained samples: some fruit of a trace batch are kept, somebody answers for them."""

from grader.store.books.records import SampleRetained
from grader.store.books.trays import samples_of, trays_of_batch
from grader.trace.desk.desk import Desk, checked_name, utc_ns
from grader.trace.errors import AgainstRulesError, NoSuchThingError
from grader.trace.events import Sampled, Things

PURPOSE = "retained"


def retain(desk: Desk, sample: str, batch: str, place: str, accountable: str, who: str) -> None:
    """Keep the sample of that name of a trace batch, with its event."""
    with desk.asking() as books:
        trays = [tray for tray in trays_of_batch(books, batch) if tray.serial is not None]
        known = [one["sample"] for one in samples_of(books, batch)]
    if not trays:
        raise NoSuchThingError(f"the books know no trace batch {batch}: look at a label of it")
    if sample in known:
        raise AgainstRulesError(f"there is a sample {sample} already: choose another name")
    if not place.strip():
        raise AgainstRulesError(f"say where the sample {sample} lies")
    named = tuple(desk.identity(tray.outlet, batch, str(tray.serial)) for tray in trays)
    record = SampleRetained(
        sample=sample,
        batch=batch,
        place=place,
        accountable=checked_name(accountable),
        who=checked_name(who),
        utc_ns=utc_ns(desk.now()),
    )
    happening = Sampled(Things(trays=named), sample, PURPOSE)
    desk.write(record, desk.event("sampled", happening, who, trays=tuple(tray.tray for tray in trays)))
