"""One-time tokens: they open the touchscreen's local session, once and soon."""

import secrets

from grader.api.keys import hashed

VALID_S = 24 * 3600.0
"""A kiosk starts after the station, perhaps on the next morning."""
MOST = 16
PREFIX = "gt_"


class OneTimeTokens:
    """Those that were given and not used yet; they do not outlive the process that gave them."""

    def __init__(self) -> None:
        self._until_s: dict[bytes, float] = {}

    def give(self, now_s: float) -> str:
        """A new one; of too many the oldest goes."""
        token = PREFIX + secrets.token_urlsafe(32)
        while len(self._until_s) >= MOST:
            self._until_s.pop(next(iter(self._until_s)))
        self._until_s[hashed(token)] = now_s + VALID_S
        return token

    def redeem(self, token: str, now_s: float) -> bool:
        """Whether it was good; it is no more. Looked up by its hash, so that time tells nothing about it."""
        return self._until_s.pop(hashed(token), -1.0) >= now_s
