"""What the line's journal tells of machine and alarms becomes notices, once each, whatever is killed when."""

from typing import Any

from grader.store.books.books import BOOKS, Books
from grader.store.connections import reading
from grader.store.queries import EventRow, events_after
from grader.store.upstream.lists import journal_heard
from grader.store.upstream.records import LineHeard, Noticed

STEP = 500
MUTE = frozenset({"journal_probe"})
"""The line tries its disk with them; they say nothing to others."""


def hear(books: Books, journal: Any, source: int) -> int:  # noqa: ANN401 - SQL's types stay in store
    """Read what the journal's line has said since, and write it down; how many events there were."""
    count = 0
    with reading(books.path, BOOKS) as connection:
        after = journal_heard(connection, source)
    while events := events_after(journal, after, STEP):
        notices = [_noticed(event) for event in events if event.kind not in MUTE]
        last = events[-1].sequence
        books.submit(LineHeard(source=source, after=after, sequence=last, notices=notices)).result()
        after, count = last, count + len(events)
    return count


def _noticed(event: EventRow) -> Noticed:
    if event.kind == "alarm":
        what = event.payload["change"]
        about = {name: event.payload.get(name) for name in ("code", "subject")}
        return Noticed(type=f"alarm.{what}", key=f"alarm:{about['code']}", utc_ns=event.utc_ns, data=about)
    # Names of people stay here.
    data = {name: value for name, value in event.payload.items() if name != "who"}
    return Noticed(type=f"machine.{event.kind}", key="machine", utc_ns=event.utc_ns, data=data | {"run": event.run})
