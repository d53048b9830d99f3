"""What a witness does: it cosigns a log's head only if all that it saw before is still the beginning of it.

The request is what c2sp.org/tlog-witness calls `add-checkpoint`; here it travels as a file, on whatever reaches the
county office. The answer is one signature line.
"""

from dataclasses import dataclass
from typing import Self

from grader.trace.errors import BadProofError, UnreadableError, WitnessRefusalError
from grader.trace.evidence.bundle import LONGEST_PATH
from grader.trace.evidence.checkpoint import Checkpoint
from grader.trace.evidence.checks import is_extended
from grader.trace.evidence.cosignature import cosign
from grader.trace.evidence.encoding import from_base64, from_decimal, to_base64
from grader.trace.evidence.keys import SecretKey
from grader.trace.evidence.note import LARGEST_BYTES, Note, Signature, parse
from grader.trace.evidence.trust import Trust
from grader.trace.evidence.verify import operator_of

OLD = "old "


@dataclass(frozen=True, slots=True)
class Request:
    """A log asks for a cosignature."""

    seen: int
    """The size that the log believes the witness saw last; 0: none."""
    proof: tuple[bytes, ...]
    """That the head is consistent with it."""
    checkpoint: Note

    @property
    def written(self) -> str:
        """The file."""
        proof = "".join(f"{to_base64(node)}\n" for node in self.proof)
        return f"{OLD}{self.seen}\n{proof}\n{self.checkpoint.written}"

    @classmethod
    def parse(cls, data: bytes) -> Self:
        """Read a request; `UnreadableError` if it is none."""
        head, blank, checkpoint = data.partition(b"\n\n")
        lines = head.decode("ascii", "replace").split("\n")
        if len(data) > LARGEST_BYTES or not blank or not lines[0].startswith(OLD):
            raise UnreadableError(f"a request to a witness begins with the line {OLD}N: name the file that is meant")
        proof = tuple(from_base64(line, "a hash of the proof") for line in lines[1:])
        if len(proof) > LONGEST_PATH:
            raise UnreadableError(f"the request has more than {LONGEST_PATH} hashes")
        return cls(from_decimal(lines[0].removeprefix(OLD), "the size seen last"), proof, parse(checkpoint))


def answer(request: Request, trust: Trust, last: Checkpoint | None, key: SecretKey, time_s: int) -> Signature:
    """The witness's cosignature; `WitnessRefusalError` says why there is none.

    `last` is the head of this log that the witness cosigned last, None for none. The caller must have put the new head
    on disk before it hands out the answer, or a witness that lost power could cosign two histories.
    """
    checkpoint = Checkpoint.from_text(request.checkpoint.text)
    log = trust.log(checkpoint.origin)
    if log is None:
        raise WitnessRefusalError(f"the log {checkpoint.origin!r} is not one that this witness watches")
    try:
        operator_of(request.checkpoint, checkpoint, log)
    except BadProofError as error:
        raise WitnessRefusalError(str(error)) from error
    seen = 0 if last is None else last.size
    if request.seen != seen:
        raise WitnessRefusalError(
            f"this witness saw {seen} leaves last, not {request.seen}: ask with a proof from there"
        )
    if last is not None and last.origin != checkpoint.origin:
        raise WitnessRefusalError(f"what was seen last is of the log {last.origin!r}, not of {checkpoint.origin!r}")
    if not _follows(last, checkpoint, request.proof):
        raise WitnessRefusalError(
            f"{checkpoint.origin} does not show that its {checkpoint.size} leaves begin with the {seen} seen last: "
            "its history may have been rewritten; keep this file and ask the operator"
        )
    return cosign(request.checkpoint.text, key, time_s)


def _follows(last: Checkpoint | None, checkpoint: Checkpoint, proof: tuple[bytes, ...]) -> bool:
    if last is None or last.size == 0:
        return not proof  # anything follows nothing
    return is_extended(last.size, checkpoint.size, proof, last.root, checkpoint.root)
