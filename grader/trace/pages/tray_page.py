"""What a tray's page is made of: entries of the log with their proofs, and what of them is shown to whom."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from grader.trace.evidence import Trust
from grader.trace.evidence.encoding import to_base64
from grader.trace.evidence.trust import trust_text

Event = Mapping[str, Any]
Standing = Literal["sold", "held", "recalled", "voided"]


@dataclass(frozen=True, slots=True)
class Entry:
    """An event, and the way from it up to a signed head."""

    canonical: bytes
    event: Event
    index: int
    path: tuple[bytes, ...]
    note: int
    """Which of the page's heads it is proved under."""


@dataclass(frozen=True, slots=True)
class Disclosed:
    """Columns of a row that the log seals, shown to everybody."""

    entry: int
    source: str
    """The row's table."""
    disclosure: Mapping[str, Any]
    """Of `evidence.disclosure`."""


@dataclass(frozen=True, slots=True)
class Named:
    """A name of which an event has a salted hash, and that its bearer lets everybody see."""

    entry: int
    path: str
    """Of the hash, in the event."""
    name: str
    salt: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class TrayPage:
    """All of a page."""

    batch: str
    serial: str
    entries: tuple[Entry, ...]
    """The packing first, then what came in, then whatever happened, in its order."""
    notes: tuple[str, ...]
    """Signed heads: the newest that is vouched for as `trust` wants it, and, where it is another, the newest."""
    trust: Trust
    packer: str
    packer_address: str
    utc_offset_min: int
    as_of: datetime
    disclosed: tuple[Disclosed, ...] = ()
    named: tuple[Named, ...] = ()

    @property
    def code(self) -> str:
        """As the label has it."""
        return f"{self.batch}/{self.serial}"

    @property
    def packed(self) -> Event:
        """The event of the packing."""
        return self.entries[0].event

    @property
    def data(self) -> str:
        """What the page's script checks, as JSON that may stand in HTML."""
        value = {
            "trust": json.loads(trust_text(self.trust)),
            "notes": self.notes,
            "entries": [
                {
                    "event": entry.canonical.decode(),
                    "index": entry.index,
                    "path": [to_base64(node) for node in entry.path],
                    "note": entry.note,
                }
                for entry in self.entries
            ],
            "disclosed": [{"entry": one.entry, **one.disclosure} for one in self.disclosed],
            "named": [
                {"entry": one.entry, "path": one.path, "text": one.name, "salt": one.salt.hex()} for one in self.named
            ],
            "offset": self.utc_offset_min,
        }
        # Nothing in a script's element may look like its end (HTML, 4.12.1.3).
        return json.dumps(value, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")


def standing(events: Sequence[Event]) -> Standing:
    """What may be done with a tray, by its events in their order; the page's script comes to the same by itself."""
    declared = {
        event["eventID"] for event in events if event.get("errorDeclaration", {}).get("reason") == "did_not_occur"
    }
    if any(event.get("disposition") == "recalled" for event in events):
        return "recalled"
    if events[0]["eventID"] in declared:
        return "voided"
    open_holds = sum(event.get("disposition") == "non_sellable_other" for event in events) - sum(
        event.get("bizStep") == "inspecting" for event in events
    )
    return "held" if open_holds > 0 else "sold"
