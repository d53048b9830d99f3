"""The audit list: every command and change, on record with names here, and without them in the log's events."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from grader.api.caller import Caller
from grader.api.clerk import Clerk
from grader.store.books import BookRecord
from grader.store.books.records import EventWritten, Person
from grader.store.upstream.records import Audited
from grader.trace.desk import Desk
from grader.trace.events.plain import utc_text
from grader.trace.evidence.canonical import canonical
from grader.trace.evidence.commitment import SALT_BYTES, commit

KIND = "audit"
LOCAL = "local"
"""The origin of what is typed on the station's own computer."""


def audited(
    clerk: Clerk,
    caller: Caller | str,
    what: str,
    subject: str | None,
    detail: Mapping[str, object],
    *,
    accepted: bool = True,
    origin: str = LOCAL,
) -> Audited:
    """The record that `caller` did `what`, or that it was refused; secrets are left out of `detail` by the caller.

    `origin`: from where, of a caller who is a mere name.
    """
    who, origin = (caller, origin) if isinstance(caller, str) else (caller.name, caller.origin.value)
    now = clerk.now()
    people = tuple(
        Person(f"trace:{field}", text, clerk.desk.chance(SALT_BYTES))
        for field, text in (("who", who), ("detail", json.dumps(detail, ensure_ascii=False)))
    )
    event = {
        "type": "trace:Audit",
        "eventTime": utc_text(now),
        "what": what,
        "origin": origin,
        "accepted": accepted,
        **{person.field: commit(person.name, person.salt) for person in people},
    }
    written = EventWritten(kind=KIND, canonical=canonical(event), utc_ns=clerk.now_ns(), people=people)
    return Audited(
        event=written, who=who, origin=origin, what=what, subject=subject, accepted=accepted, detail=detail,
        utc_ns=clerk.now_ns(),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class AuditedDesk(Desk):
    """A desk whose next change is written together with its entry in the audit list: neither without the other."""

    entries: list[BookRecord] = field(default_factory=list)

    def write(self, *records: BookRecord) -> None:
        """Desk's."""
        Desk.write(self, *records, *self.entries)
        self.entries.clear()


def audited_desk(
    clerk: Clerk, caller: Caller, what: str, subject: str | None, detail: Mapping[str, object]
) -> AuditedDesk:
    """The station's desk, for one change by `caller`."""
    desk = clerk.desk
    entry = audited(clerk, caller, what, subject, detail)
    return AuditedDesk(desk.books, desk.settings, desk.now, desk.chance, [entry])
