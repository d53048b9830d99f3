"""What was shown to somebody, waiting to be confirmed; it does not outlive the process."""

import threading
from collections import OrderedDict

MOST = 32


class Offers:
    """By token; of too many the oldest goes."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, object] = OrderedDict()
        self._changing = threading.Lock()

    def keep(self, token: str, offer: object) -> None:
        """Somebody was shown it."""
        with self._changing:
            self._kept[token] = offer
            while len(self._kept) > MOST:
                self._kept.popitem(last=False)

    def take(self, token: str) -> object:
        """What was shown, once; None: nothing, or it was taken."""
        with self._changing:
            return self._kept.pop(token, None)
