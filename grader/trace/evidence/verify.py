"""Does a proof hold, and who says so? Needs the proof and the trust file, no network and no clock."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from grader.merkle import leaf_hash
from grader.trace.errors import BadProofError, NotCanonicalError
from grader.trace.evidence.bundle import Bundle
from grader.trace.evidence.canonical import read_canonical
from grader.trace.evidence.checkpoint import Checkpoint
from grader.trace.evidence.checks import is_included
from grader.trace.evidence.cosignature import cosigned_at_s
from grader.trace.evidence.keys import PublicKey
from grader.trace.evidence.note import Note, Signature
from grader.trace.evidence.trust import Log, LogKey, Standing, Trust, Witness


@dataclass(frozen=True, slots=True)
class Voucher:
    """Somebody who is trusted and whose signature holds."""

    holder: str
    key: PublicKey
    cosigned_at: datetime | None
    """UTC; None: the log's operator, whose signature carries no time."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """A proof that holds."""

    event: dict[str, object]
    index: int
    checkpoint: Checkpoint
    operator: Voucher
    witnesses: tuple[Voucher, ...]


def verify(bundle: Bundle, trust: Trust) -> Verdict:
    """Check `bundle` with nothing but the keys in `trust`.

    `BadProofError` where it does not hold, `UnreadableError` where its note is no checkpoint.
    """
    checkpoint, operator, witnesses = verify_checkpoint(bundle.checkpoint, trust)
    if not is_included(leaf_hash(bundle.event), bundle.index, checkpoint.size, bundle.path, checkpoint.root):
        raise BadProofError("the event is not in the log at that place: it, or the proof, was changed")
    try:
        event = read_canonical(bundle.event)
    except NotCanonicalError as error:
        raise BadProofError(f"the log contains what is no event: {error}") from error
    return Verdict(event, bundle.index, checkpoint, operator, witnesses)


def verify_checkpoint(note: Note, trust: Trust) -> tuple[Checkpoint, Voucher, tuple[Voucher, ...]]:
    """The checkpoint in `note`, its operator and its witnesses; `BadProofError` if too few vouch for it."""
    checkpoint = Checkpoint.from_text(note.text)
    log = trust.log(checkpoint.origin)
    if log is None:
        raise BadProofError(f"the proof is of the log {checkpoint.origin!r}, which the trust file does not name")
    operator = operator_of(note, checkpoint, log)
    witnesses = tuple(_witnesses(note, trust))
    # Somebody who changed keys cosigned twice, and is one witness all the same.
    if (seen := len({witness.holder for witness in witnesses})) < log.witnesses_needed:
        raise BadProofError(
            f"{seen} trusted witnesses cosigned, {log.witnesses_needed} are needed: ask for a proof with more of them"
        )
    return checkpoint, operator, witnesses


def operator_of(note: Note, checkpoint: Checkpoint, log: Log) -> Voucher:
    """The operator of `log`, whose signature on `note` holds; `BadProofError`."""
    remarks, signed = [], []
    for known in log.keys:
        for signature in _of(note, known.key):
            if (remark := _worthless(known, checkpoint.size)) is not None:
                remarks.append(remark)
            elif known.key.signed(note.text.encode(), signature.data):
                signed.append(Voucher(log.holder, known.key, None))
            else:
                # Beside a good one too: somebody has been at this file.
                raise BadProofError(f"the signature of {known.key.name} does not hold: the checkpoint was changed")
    if signed:
        return signed[0]
    said = "; ".join(remarks) or "no key that the trust file names has signed it"
    raise BadProofError(f"the operator of {log.origin} does not vouch for this checkpoint: {said}")


def _worthless(known: LogKey, size: int) -> str | None:
    """Why a signature of this key is worth nothing on a tree of `size`, or None."""
    if known.standing == Standing.REVOKED:
        return f"the key {known.key.id.hex()} is revoked"
    if known.until_size is not None and size > known.until_size:
        return f"the key {known.key.id.hex()} was retired at {known.until_size} leaves, this tree has {size}"
    return None


def _witnesses(note: Note, trust: Trust) -> Iterator[Voucher]:
    for witness in trust.witnesses:
        for signature in _of(note, witness.key):
            if (voucher := _cosigned(note, signature, witness)) is not None:
                yield voucher


def _cosigned(note: Note, signature: Signature, witness: Witness) -> Voucher | None:
    """The witness's word, or None for that of a key which counts no longer."""
    if witness.standing == Standing.REVOKED:
        return None
    time_s = cosigned_at_s(note.text, signature, witness.key)
    if time_s is None:
        raise BadProofError(f"the cosignature of {witness.key.name} does not hold: the checkpoint was changed")
    try:
        time = datetime.fromtimestamp(time_s, UTC)
    except (OverflowError, ValueError) as error:
        raise BadProofError(f"{witness.key.name} cosigned in no year that there is") from error
    return Voucher(witness.holder, witness.key, time) if witness.counts_at(time) else None


def _of(note: Note, key: PublicKey) -> list[Signature]:
    return [signature for signature in note.signatures if signature.is_of(key)]
