"""What was shown to somebody, waiting to be confirmed; it does not outlive the process."""

import secrets
import threading
import time
from collections import OrderedDict
from dataclasses import dataclass
from typing import TypeVar

from grader.api.errors import ConflictError

MOST = 32
VALID_S = 600.0
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Offer:
    what: object
    who: str
    until_s: float


class Offers:
    """By token; of too many the oldest goes."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, _Offer] = OrderedDict()
        self._changing = threading.Lock()

    def show(self, what: object, who: str) -> str:
        """Somebody was shown it: the token that confirms it, within ten minutes."""
        token = secrets.token_urlsafe(16)
        with self._changing:
            self._kept[token] = _Offer(what, who, time.monotonic() + VALID_S)
            while len(self._kept) > MOST:
                self._kept.popitem(last=False)
        return token

    def take(self, token: str, kind: type[T], who: str) -> T:
        """What was shown to the same person, once. Raises `ConflictError`."""
        with self._changing:
            offer = self._kept.pop(token, None)
        if offer is None or not isinstance(offer.what, kind) or offer.who != who or offer.until_s < time.monotonic():
            raise ConflictError("nothing was shown to you with this token, or too long ago: look at the change again")
        return offer.what
