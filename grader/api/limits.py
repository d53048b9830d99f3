"""How often one may ask: an account that fills with time and is emptied by requests."""

from dataclasses import dataclass

MOST_ACCOUNTS = 10_000
"""Those that are full again are forgotten first."""


@dataclass(slots=True)
class _Account:
    left: float
    at_s: float


class Accounts:
    """One account a name; times are those of a monotonic clock."""

    def __init__(self, per_s: float, burst: float) -> None:
        self._per_s, self._burst = per_s, burst
        self._accounts: dict[str, _Account] = {}

    def take(self, name: str, now_s: float, cost: float = 1.0) -> float:
        """Take `cost` from the account; returns 0 where it was there, else how many seconds to wait for it."""
        account = self._look(name, now_s)
        if account.left >= cost:
            account.left -= cost
            return 0.0
        return (cost - account.left) / self._per_s

    def wait_s(self, name: str, now_s: float) -> float:
        """How long until one more may be taken; nothing is taken."""
        return max(0.0, (1.0 - self._look(name, now_s).left) / self._per_s)

    def _look(self, name: str, now_s: float) -> _Account:
        account = self._accounts.get(name)
        if account is None:
            self._forget(now_s)
            account = self._accounts[name] = _Account(self._burst, now_s)
        account.left = min(self._burst, account.left + (now_s - account.at_s) * self._per_s)
        account.at_s = now_s
        return account

    def _forget(self, now_s: float) -> None:
        if len(self._accounts) < MOST_ACCOUNTS:
            return
        full_s = self._burst / self._per_s
        kept = {name: one for name, one in self._accounts.items() if now_s - one.at_s < full_s}
        # If all are in use, an attacker has made them up: the oldest go.
        self._accounts = dict(sorted(kept.items(), key=lambda item: item[1].at_s)[-MOST_ACCOUNTS // 2 :])
