"""Happenings as EPCIS 2.0 events, corrections of them, and the document that carries them to others."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Literal

from grader.trace.errors import EventError
from grader.trace.events.happenings import Happening
from grader.trace.events.names import Names
from grader.trace.events.plain import event_id, offset_text, utc_text
from grader.trace.events.rules import check

CONTEXT = "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"
PREFIX = "trace"
"""Of the fields that EPCIS does not know."""
Event = dict[str, object]
Reason = Literal["did_not_occur", "incorrect_data"]


def write_event(
    happening: Happening,
    at: datetime,
    place: str,
    names: Names,
    operator: str | None = None,
    recorded_at: datetime | None = None,
) -> Event:
    """The event of `happening`, with its id; `EventError` says all that is wrong with it.

    `at`: in the time zone of the place, which the event keeps. `operator`: `commit(name, salt)`, never a name.
    """
    event: Event = {
        **happening.fields(names),
        "eventTime": utc_text(at),
        "eventTimeZoneOffset": offset_text(at),
        "readPoint": {"id": names.place(place)},
    }
    if operator is not None:
        event[f"{PREFIX}:operator"] = operator
    if recorded_at is not None:
        event["recordTime"] = utc_text(recorded_at)
    event["eventID"] = event_id(event)
    check(event)
    return event


def declare_error(
    event: Mapping[str, object], at: datetime, reason: Reason, corrected_by: Iterable[Mapping[str, object]] = ()
) -> Event:
    """`event` as it stands, declared wrong, as EPCIS 2.0 does it. The first one stays; nothing is ever deleted.

    `did_not_occur`: there was no such thing. `incorrect_data`: there was, and `corrected_by` says it rightly.
    """
    if "errorDeclaration" in event:
        raise EventError(["it is declared wrong already; correct the event that corrects it"])
    others = [other["eventID"] for other in corrected_by]
    if (reason == "incorrect_data") != bool(others):
        raise EventError(["data that are wrong are corrected by another event, and what did not occur by none"])
    declaration: Event = {"declarationTime": utc_text(at), "reason": reason}
    if others:
        declaration["correctiveEventIDs"] = others
    declared = {**event, "errorDeclaration": declaration}
    check(declared)
    return declared


def write_document(events: Sequence[Mapping[str, object]], at: datetime, names: Names) -> Event:
    """An EPCIS 2.0 document (JSON-LD) with `events`; `EventError` if one of them breaks a rule."""
    for event in events:
        check(event)
    return {
        "@context": [CONTEXT, {PREFIX: names.namespace}],
        "type": "EPCISDocument",
        "schemaVersion": "2.0",
        "creationDate": utc_text(at),
        "epcisBody": {"eventList": [dict(event) for event in events]},
    }
