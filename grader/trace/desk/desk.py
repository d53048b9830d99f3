"""What every act at the desk needs: the books, the settings, the clock, and the pen that writes events."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from grader.store import reading
from grader.store.books import BOOKS, BookRecord, BooksToWrite
from grader.store.books.lots import Lot, lot_of
from grader.store.books.records import EventWritten, Person
from grader.store.books.trays import Tray, tray_of
from grader.trace.errors import AgainstRulesError, NoSuchThingError
from grader.trace.events import Happening, Names, check, declare_error, write_event
from grader.trace.events.plain import event_id, utc_text
from grader.trace.evidence.canonical import canonical, read_canonical
from grader.trace.evidence.commitment import SALT_BYTES, commit
from grader.trace.identity import Gtin, TrayIdentity
from grader.trace.rules.suitability import Picked
from grader.trace.settings import TraceSettings

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
RESERVED = frozenset({"line", "books", "rules"})
"""Who is no person, in the column `who`."""
G_PER_KG = 1000


@dataclass(frozen=True, slots=True)
class Desk:
    """The station's books, opened to write, and who stands there."""

    books: BooksToWrite
    settings: TraceSettings
    now: Callable[[], datetime]
    """With its zone."""
    chance: Callable[[int], bytes]
    """So many bytes that nobody can guess."""

    def asking(self) -> AbstractContextManager[Any]:
        """A connection for the questions of `grader.store.books`."""
        return reading(self.books.path, BOOKS)

    def write(self, *records: BookRecord) -> None:
        """Put `records` on record, all or none, and wait for the disk; raises what the store raises."""
        self.books.submit(*records).result()

    def event(
        self, kind: str, happening: Happening, who: str, *, at: datetime | None = None, people: tuple[Person, ...] = (),
        lots: tuple[str, ...] = (), trays: tuple[int, ...] = (),
    ) -> EventWritten:  # fmt: skip
        """The event of `happening`, to be written with the change that it is of. `at`: when; None: now."""
        now = self.now()
        person = None if who in RESERVED else Person("trace:operator", who, self.chance(SALT_BYTES))
        event = write_event(
            happening,
            (at or now).astimezone(self.settings.zone),
            self.settings.place,
            Names(self.settings.domain),
            operator=None if person is None else commit(person.name, person.salt),
            recorded_at=now,
        )
        known = people if person is None else (*people, person)
        return EventWritten(
            kind=kind, canonical=canonical(event), utc_ns=utc_ns(now), lots=lots, trays=trays, people=known
        )

    def correction(
        self, old: bytes, by: EventWritten | None, *, lots: tuple[str, ...] = (), trays: tuple[int, ...] = ()
    ) -> EventWritten:
        """The event `old` (canonical bytes) once more, declared wrong. `by` says it rightly; None: it did not occur."""
        event, now = read_canonical(old), self.now()
        right = () if by is None else (read_canonical(by.canonical),)
        declared = declare_error(event, now, "incorrect_data" if right else "did_not_occur", right)
        return EventWritten(
            kind="declared_wrong", canonical=canonical(declared), utc_ns=utc_ns(now), lots=lots, trays=trays
        )

    def packed_again(self, old: bytes, best_before: date, tray: int) -> EventWritten:
        """The event of a packed tray once more, with another date: an event of its own, under another id."""
        event, now = read_canonical(old), self.now()
        facts = event["ilmd"]
        # What it corrects makes it another event even where it says what an earlier one said.
        right = {"trace:bestBefore": best_before.isoformat(), "trace:corrects": event["eventID"]}
        event["ilmd"] = {**(facts if isinstance(facts, dict) else {}), **right}
        event["recordTime"] = utc_text(now)
        event["eventID"] = event_id(event)
        check(event)
        return EventWritten(kind="packed", canonical=canonical(event), utc_ns=utc_ns(now), trays=(tray,))

    def identity(self, outlet: str, batch: str, serial: str) -> TrayIdentity:
        """What a labelled tray is called."""
        number = self.settings.gtin.get(outlet)
        return TrayIdentity(None if number is None else Gtin.from_text(number), batch, serial)


def utc_ns(at: datetime) -> int:
    """`at`, which says its zone, in ns since 1970-01-01 UTC."""
    return (at - EPOCH) // timedelta(microseconds=1) * 1000


def at_utc(ns: int) -> datetime:
    """The time that lies `ns` after 1970-01-01 UTC."""
    return EPOCH + timedelta(microseconds=ns // 1000)


def kg(grams: float) -> Decimal:
    """Grams as kilograms, to the gram."""
    return Decimal(round(grams)).scaleb(-3)


def checked_name(who: str) -> str:
    """`who`; `AgainstRulesError` for nobody, and for who is no person."""
    if not who.strip() or who in RESERVED:
        raise AgainstRulesError(f"{who!r} is nobody: say who does it")
    return who


def find_lot(connection: Any, code: str) -> Lot:  # noqa: ANN401 - SQL's types stay in store
    """The lot with that code, or `NoSuchThingError`."""
    lot = lot_of(connection, code)
    if lot is None:
        raise NoSuchThingError(f"the books know no lot {code}: look at how it is spelt")
    return lot


def find_tray(connection: Any, number: int) -> Tray:  # noqa: ANN401
    """The tray with that number, or `NoSuchThingError`."""
    tray = tray_of(connection, number)
    if tray is None:
        raise NoSuchThingError(f"the books know no tray {number}: follow the line's journal, or look at the number")
    return tray


def picked(lot: Lot) -> Picked:
    """A lot as the rules see it."""
    cooled = lot.precooled_utc_ns
    return Picked(at_utc(lot.harvested_utc_ns), None if cooled is None else at_utc(cooled))
