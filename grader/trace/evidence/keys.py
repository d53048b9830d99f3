"""Ed25519 keys with a name, spelt as C2SP signed-note spells them: `name+id+key`.

The id is the beginning of a hash over name, kind and key, so that a signature says which key to check it with. A secret
key is spelt `PRIVATE+KEY+name+id+seed`, as the tools of Go's checksum database spell it: witnesses may use those.
"""

import hashlib
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from grader.trace.errors import UnreadableError
from grader.trace.evidence.encoding import from_base64, to_base64

KEY_BYTES = 32
SIGNATURE_BYTES = 64
ID_BYTES = 4
SECRET = "PRIVATE+KEY+"  # noqa: S105 - how a secret key begins, no secret


class KeyKind(IntEnum):
    """What a key signs: the type byte of C2SP signed-note."""

    LOG = 0x01
    """Plain notes: the log's own checkpoints."""
    WITNESS = 0x04
    """Cosignatures with a time (C2SP tlog-cosignature)."""


@dataclass(frozen=True, slots=True)
class PublicKey:
    """What signatures are checked with."""

    name: str
    """Like an address without its scheme: `example.org/station-1`."""
    kind: KeyKind
    raw: bytes
    """32 bytes (RFC 8032)."""

    def __post_init__(self) -> None:
        check_name(self.name)
        if len(self.raw) != KEY_BYTES:
            raise UnreadableError(f"the key of {self.name} has {len(self.raw)} bytes instead of {KEY_BYTES}")

    @property
    def id(self) -> bytes:
        """The first 4 bytes of SHA-256(name, newline, kind, key)."""
        return hashlib.sha256(self.name.encode() + b"\n" + bytes([self.kind]) + self.raw).digest()[:ID_BYTES]

    @property
    def text(self) -> str:
        """The key in one line."""
        return f"{self.name}+{self.id.hex()}+{to_base64(bytes([self.kind]) + self.raw)}"

    @classmethod
    def from_text(cls, text: str) -> Self:
        """Read a key; `UnreadableError` if it is none, or its id is not that of its name and bytes."""
        name, ident, kind, raw = _parts(text)
        key = cls(name, kind, raw)
        if key.id.hex() != ident:
            raise UnreadableError(f"the key of {name} does not go with its id {ident}: copy the whole line again")
        return key

    def signed(self, message: bytes, signature: bytes) -> bool:
        """Whether `signature` is this key's over `message`."""
        try:
            Ed25519PublicKey.from_public_bytes(self.raw).verify(signature, message)
        except (InvalidSignature, ValueError):
            return False
        return True


@dataclass(frozen=True, slots=True)
class SecretKey:
    """What signatures are made with. Its `repr` does not show the secret."""

    public: PublicKey
    seed: bytes = field(repr=False)
    """32 bytes."""

    @classmethod
    def from_seed(cls, name: str, kind: KeyKind, seed: bytes) -> Self:
        """The key of a `seed` of 32 bytes from a generator fit for secrets (`secrets.token_bytes`)."""
        if len(seed) != KEY_BYTES:
            raise UnreadableError(f"the seed of a key has {KEY_BYTES} bytes, not {len(seed)}")
        raw = Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()
        return cls(PublicKey(name, kind, raw), seed)

    @property
    def text(self) -> str:
        """The secret in one line: into a file that its owner alone can read, and nowhere else."""
        public = self.public
        return f"{SECRET}{public.name}+{public.id.hex()}+{to_base64(bytes([public.kind]) + self.seed)}"

    @classmethod
    def from_text(cls, text: str) -> Self:
        """Read a secret key; `UnreadableError`, which never quotes it."""
        if not text.startswith(SECRET):
            raise UnreadableError("this is no secret key: name the file that `grader trace key` wrote")
        name, ident, kind, seed = _parts(text.removeprefix(SECRET))
        key = cls.from_seed(name, kind, seed)
        if key.public.id.hex() != ident:
            raise UnreadableError(f"the secret key of {name} does not go with its id {ident}: take its backup")
        return key

    def sign(self, message: bytes) -> bytes:
        """64 bytes; the same for the same message."""
        return Ed25519PrivateKey.from_private_bytes(self.seed).sign(message)


def check_name(name: str) -> None:
    """`UnreadableError` for a name that could not stand in a note."""
    if not name or "+" in name or any(char.isspace() or not char.isprintable() for char in name):
        raise UnreadableError(f"{name!r} names no key: allowed is a text without spaces and without +")


def _parts(text: str) -> tuple[str, str, KeyKind, bytes]:
    """Name, id, kind and bytes of a key's line, without its secret in any error."""
    # Base64 may contain a +, a name may not.
    pieces = text.split("+", 2)
    if len(pieces) != 3:  # noqa: PLR2004 - name, id, key
        raise UnreadableError("a key is a line name+id+base64: copy the whole line again")
    name, ident, material = pieces
    data = from_base64(material, f"the key of {name}")
    if not data or data[0] not in set(KeyKind):
        raise UnreadableError(f"the key of {name} is of a kind that this software does not know: Ed25519 is meant")
    return name, ident, KeyKind(data[0]), data[1:]
