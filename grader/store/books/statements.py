"""Records become rows of the books. Codes become keys on the way, in the database: no caller holds a stale one."""

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import fields

from grader.store.books.followed import Followed, SourceFound, write_followed, write_source
from grader.store.books.log import write_act, write_checkpoint, write_event
from grader.store.books.records import (
    ActLogged,
    BatchBegan,
    Certified,
    CheckpointSigned,
    Contested,
    Entry,
    EventWritten,
    FeedBegan,
    GrowerEntered,
    GrowerNamed,
    HandGraded,
    HoldPlaced,
    HoldReleased,
    LotEntered,
    LotFacts,
    LotFinished,
    OperatorEntered,
    PrintStep,
    ResidueReported,
    SampleRetained,
    ShiftBegan,
    TrayChanged,
    TrayWeighed,
    Treated,
)
from grader.store.upstream.records import UpstreamRecord
from grader.store.upstream.writing import write_upstream

BookRecord = Entry | Followed | SourceFound | UpstreamRecord

TABLES: Mapping[type[Entry], str] = {
    OperatorEntered: "operator",
    ShiftBegan: "shift",
    GrowerEntered: "grower",
    LotEntered: "lot",
    LotFacts: "lot_facts",
    Treated: "treatment",
    ResidueReported: "residue_report",
    FeedBegan: "feed",
    HandGraded: "hand_graded",
    HoldPlaced: "hold",
    HoldReleased: "release",
    BatchBegan: "batch",
    SampleRetained: "retained_sample",
    TrayChanged: "tray_history",
    PrintStep: "print",
    GrowerNamed: "grower_named",
    Certified: "certificate",
    LotFinished: "lot_finished",
    Contested: "contest",
    TrayWeighed: "tray_weighed",
}
KEYS = {
    "lot": "(SELECT lot FROM lot WHERE code = :lot)",
    "grower": "(SELECT grower FROM grower WHERE code = :grower)",
    "batch": "(SELECT batch FROM batch WHERE code = :batch)",
}
"""What goes by its code."""


def _statement(record: type[Entry], table: str) -> str:
    names = [field.name for field in fields(record)]
    values = ", ".join(KEYS.get(name, f":{name}") for name in names)
    return f"INSERT INTO {table} ({', '.join(names)}) VALUES ({values})"  # noqa: S608 - our own names


STATEMENTS = {record: _statement(record, table) for record, table in TABLES.items()}


def write(connection: sqlite3.Connection, record: BookRecord) -> None:
    """Write `record` in the transaction that is under way; raises sqlite3's errors and `RefusedError`."""
    if isinstance(record, UpstreamRecord):
        write_upstream(connection, record, _write_event)
        return
    match record:
        case Followed():
            write_followed(connection, record)
        case SourceFound():
            write_source(connection, record)
        case EventWritten():
            _write_event(connection, record)
        case ActLogged():
            write_act(connection, record)
        case CheckpointSigned():
            write_checkpoint(connection, record)
        case _:
            connection.execute(STATEMENTS[type(record)], _values(record))


def _values(record: Entry) -> dict[str, object]:
    """As SQLite takes them: what has several members is JSON; not a number is not JSON, whatever Python thinks."""
    values = {field.name: getattr(record, field.name) for field in fields(record)}
    return {
        name: json.dumps(value, ensure_ascii=False, allow_nan=False) if isinstance(value, tuple | Mapping) else value
        for name, value in values.items()
    }


def _write_event(connection: sqlite3.Connection, event: EventWritten) -> int:
    """Its position."""
    position = write_event(connection, event.kind, event.canonical, event.utc_ns)
    for lot in event.lots:
        connection.execute(
            "INSERT INTO event_about (position, lot) VALUES (?, (SELECT lot FROM lot WHERE code = ?))", (position, lot)
        )
    for tray in event.trays:
        connection.execute("INSERT INTO event_about (position, tray) VALUES (?, ?)", (position, tray))
    for person in event.people:
        connection.execute(
            "INSERT INTO event_person (position, field, name, salt) VALUES (?, ?, ?, ?)",
            (position, person.field, person.name, person.salt),
        )
    return position
