"""Cosignatures (c2sp.org/tlog-cosignature, the Ed25519 kind): a witness says what it saw of a log, and when.

A cosignature is a statement about the whole history until then: of all heads of this log that the witness ever saw,
this was the largest, and each was a beginning of the next.
"""

from grader.trace.evidence.encoding import LARGEST
from grader.trace.evidence.keys import SIGNATURE_BYTES, KeyKind, PublicKey, SecretKey
from grader.trace.evidence.note import Signature

TIME_BYTES = 8


def cosign(text: str, key: SecretKey, time_s: int) -> Signature:
    """The cosignature of a witness over a checkpoint's `text` at `time_s`, seconds since 1970 in UTC.

    `ValueError` for a log's own key or a time before 1970.
    """
    if key.public.kind != KeyKind.WITNESS:
        raise ValueError(f"{key.public.name} is a log's key; a witness signs with one of its own kind")
    if not 0 <= time_s <= LARGEST:
        raise ValueError(f"{time_s} is no time in seconds since 1970")
    data = time_s.to_bytes(TIME_BYTES, "big") + key.sign(_message(text, time_s))
    return Signature(key.public.name, key.public.id, data)


def cosigned_at_s(text: str, signature: Signature, key: PublicKey) -> int | None:
    """When `key` cosigned the checkpoint's `text`, seconds since 1970; None: it did not."""
    if key.kind != KeyKind.WITNESS or len(signature.data) != TIME_BYTES + SIGNATURE_BYTES:
        return None
    time_s = int.from_bytes(signature.data[:TIME_BYTES], "big")
    if time_s > LARGEST or not key.signed(_message(text, time_s), signature.data[TIME_BYTES:]):
        return None
    return time_s


def _message(text: str, time_s: int) -> bytes:
    return f"cosignature/v1\ntime {time_s}\n{text}".encode()
