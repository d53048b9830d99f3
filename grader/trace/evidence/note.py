"""Signed notes (c2sp.org/signed-note): a text, a blank line, and a line for each signature."""

from dataclasses import dataclass, replace
from typing import Self

from grader.trace.errors import UnreadableError
from grader.trace.evidence.encoding import from_base64, to_base64
from grader.trace.evidence.keys import ID_BYTES, KeyKind, PublicKey, SecretKey, check_name

DASH = "\N{EM DASH} "
MOST_SIGNATURES = 64
"""The specification asks for at least 16; a limit there must be, or a note of a gigabyte would be checked."""
LARGEST_BYTES = 1_000_000


@dataclass(frozen=True, slots=True)
class Signature:
    """Somebody's signature; nothing is known of it until it is checked with a key that is trusted."""

    name: str
    key_id: bytes
    """4 bytes."""
    data: bytes

    @property
    def line(self) -> str:
        """As it stands in the note, with its newline."""
        return f"{DASH}{self.name} {to_base64(self.key_id + self.data)}\n"

    @classmethod
    def from_line(cls, line: str) -> Self:
        """Read a signature's line, without its newline."""
        name, space, data = line.removeprefix(DASH).partition(" ")
        if not line.startswith(DASH) or not space:
            raise UnreadableError("a signature's line is not a dash, a name and base64: fetch the file again")
        check_name(name)
        decoded = from_base64(data, f"the signature of {name}")
        if len(decoded) <= ID_BYTES:
            raise UnreadableError(f"the signature of {name} is cut off: fetch the file again")
        return cls(name, decoded[:ID_BYTES], decoded[ID_BYTES:])

    def is_of(self, key: PublicKey) -> bool:
        """Whether it says that it is `key`'s; a signature of another name or id is nobody's business."""
        return self.name == key.name and self.key_id == key.id


@dataclass(frozen=True, slots=True)
class Note:
    """A text with its signatures, none of them checked yet."""

    text: str
    """Ends in a newline."""
    signatures: tuple[Signature, ...]

    @property
    def written(self) -> str:
        """The whole note; `parse` gives the same back."""
        return f"{self.text}\n{''.join(signature.line for signature in self.signatures)}"

    def signed_also(self, *signatures: Signature) -> "Note":
        """The note with more signatures; one of a key that has signed already takes the older one's place."""
        new = {(signature.name, signature.key_id) for signature in signatures}
        kept = tuple(old for old in self.signatures if (old.name, old.key_id) not in new)
        return replace(self, signatures=kept + signatures)


def sign(text: str, *keys: SecretKey) -> Note:
    """A note signed by `keys` of the kind LOG."""
    return Note(text, tuple(sign_text(text, key) for key in keys))


def sign_text(text: str, key: SecretKey) -> Signature:
    """The signature of `key` over `text`; `ValueError` for a key of another kind, whose owner would say too much."""
    if key.public.kind != KeyKind.LOG:
        raise ValueError(f"{key.public.name} is a witness's key; it signs with a time only")
    return Signature(key.public.name, key.public.id, key.sign(text.encode("utf-8")))


def parse(data: bytes) -> Note:
    """Read a note; `UnreadableError` if it is none. Nothing is checked but its form."""
    if len(data) > LARGEST_BYTES:
        raise UnreadableError(f"{len(data)} bytes are no note: at most {LARGEST_BYTES} are")
    try:
        whole = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise UnreadableError(f"this is no text in UTF-8 (byte {error.start}): fetch the file again") from error
    if any(char < " " and char != "\n" for char in whole):
        raise UnreadableError("there are control characters in the text: fetch the file again, as it is")
    # The text may have blank lines of its own: the last one parts it from the signatures.
    text, blank, signatures = whole.rpartition("\n\n")
    if not blank or not text or not signatures.endswith("\n"):
        raise UnreadableError("there is no text, blank line and signatures: fetch the file again, it may be cut off")
    lines = signatures.removesuffix("\n").split("\n")
    if len(lines) > MOST_SIGNATURES:
        raise UnreadableError(f"{len(lines)} signatures are more than the {MOST_SIGNATURES} that are read")
    return Note(text + "\n", tuple(Signature.from_line(line) for line in lines))
