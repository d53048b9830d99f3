"""A log that cannot be rewritten unseen, and proofs of what is in it that anybody can check without us.

A Merkle tree as in RFC 9162 over canonical events (RFC 8785); signed notes, checkpoints, cosignatures and proof files
as C2SP specifies them, so that tools of others read them too.
"""

from grader.trace.evidence.bundle import Bundle
from grader.trace.evidence.canonical import canonical, read_canonical
from grader.trace.evidence.checkpoint import Checkpoint
from grader.trace.evidence.keys import KeyKind, PublicKey, SecretKey
from grader.trace.evidence.log import EventLog
from grader.trace.evidence.note import Note, Signature
from grader.trace.evidence.trust import Trust, load_trust, parse_trust, trust_text
from grader.trace.evidence.verify import Verdict, Voucher, verify, verify_checkpoint
from grader.trace.evidence.witness import Request, answer

__all__ = [
    "Bundle",
    "Checkpoint",
    "EventLog",
    "KeyKind",
    "Note",
    "PublicKey",
    "Request",
    "SecretKey",
    "Signature",
    "Trust",
    "Verdict",
    "Voucher",
    "answer",
    "canonical",
    "load_trust",
    "parse_trust",
    "read_canonical",
    "trust_text",
    "verify",
    "verify_checkpoint",
]
