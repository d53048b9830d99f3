"""Whoever sends a request, and how far that reaches."""

from dataclasses import dataclass

from grader.api.keys import REACH
from grader.line.commands import Origin
from grader.store.upstream.records import Scope


@dataclass(frozen=True, slots=True)
class Caller:
    """Whoever sends a request."""

    name: str
    """In the audit list: `key:NAME`, `screen`, or the operator's own."""
    scope: Scope
    origin: Origin
    operator: str | None = None
    """Signed in by PIN."""
    session: bytes | None = None
    """The hash of the session's token."""

    @property
    def at_the_machine(self) -> bool:
        """In the touchscreen's local session."""
        return self.origin is Origin.SCREEN

    def may(self, scope: Scope) -> bool:
        """Whether `scope` is within reach."""
        return REACH[self.scope] >= REACH[scope]
