"""A small world: a station's log, its operator, two witnesses, and the file that says whom to trust."""

from dataclasses import dataclass

from grader.trace.evidence import Bundle, EventLog, KeyKind, Note, SecretKey, Trust, answer
from grader.trace.evidence.trust import Log, LogKey, Witness

ORIGIN = "station.example/1"
COSIGNED_S = 1_764_000_000
"""2025-11-24T16:00:00Z."""


def log_key(number: int = 1) -> SecretKey:
    return SecretKey.from_seed(ORIGIN, KeyKind.LOG, bytes([number]) * 32)


def witness_key(name: str, number: int = 100) -> SecretKey:
    return SecretKey.from_seed(f"{name}.example/w", KeyKind.WITNESS, bytes([number]) * 32)


@dataclass(frozen=True)
class World:
    log: EventLog
    operator: SecretKey
    county: SecretKey
    laboratory: SecretKey
    trust: Trust

    def head(self, *, cosigned: bool = True) -> Note:
        """The log as it is now, signed by the operator and by both witnesses, who never saw it before."""
        note = self.log.checkpoint([self.operator])
        if not cosigned:
            return note
        request = self.log.request(note, 0)
        witnesses = (self.county, self.laboratory)
        return note.signed_also(*(answer(request, self.trust, None, key, COSIGNED_S) for key in witnesses))

    def bundle(self, index: int = 3) -> Bundle:
        return self.log.prove(index, self.head())


def trusting(log_keys: tuple[LogKey, ...], witnesses: tuple[Witness, ...], needed: int) -> Trust:
    log = Log(origin=ORIGIN, holder="Green Valley cooperative", keys=log_keys, witnesses_needed=needed)
    return Trust(format="grader-trust/1", logs=(log,), witnesses=witnesses)
