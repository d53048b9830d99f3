"""Personal data stay out of the log: a salted hash goes in, and whoever is told value and salt can check it.

The log cannot forget. Deleting the salt from the station's own books makes the hash in the log mean nothing to anybody;
without a salt, anybody could try all names of a village.
"""

import hashlib
import hmac

SALT_BYTES = 16
"""128 bits: not to be guessed. One salt a value; the same name in two events must not look the same."""


def commit(value: str, salt: bytes) -> str:
    """What goes into an event in the place of `value`: HMAC-SHA-256 (RFC 2104) under `salt`, hexadecimal.

    `ValueError` for a salt of another length: a short one hides nothing.
    """
    if len(salt) != SALT_BYTES:
        raise ValueError(f"a salt has {SALT_BYTES} bytes, not {len(salt)}")
    return hmac.digest(salt, value.encode("utf-8"), hashlib.sha256).hex()


def opens(commitment: str, value: str, salt: bytes) -> bool:
    """Whether `commitment` was made from `value` and `salt`."""
    return hmac.compare_digest(commitment, commit(value, salt))
