"""What the web process puts on record for upstream systems; each value is one row, or one change of a row.

Times (`*_utc_ns`) are nanoseconds since 1970-01-01 UTC. Secrets come hashed, but for those that sign webhooks.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from grader.store.books.records import EventWritten

Scope = Literal["read", "operate", "configure"]


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyMade:
    """A system may use the API from now on."""

    code: str
    """What the key begins with, and is called."""
    name: str
    scope: Scope
    sha256: bytes
    who: str
    utc_ns: int


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyRevoked:
    """A key opens nothing any more; refused where there is none, or it was revoked before."""

    code: str
    who: str
    utc_ns: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PinSet:
    """An operator has another PIN; the lock on the old one is gone."""

    name: str
    salt: bytes
    scrypt: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class PinTried:
    """Somebody typed an operator's PIN."""

    name: str
    failures: int
    """Wrong ones in a row; 0: it was right."""
    locked_until_utc_ns: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionBegan:
    """A screen or an operator is let in, or is somebody else from now on."""

    sha256: bytes
    """Of the session's token."""
    screen: bool
    """Begun with the token that the touchscreen was given."""
    operator: str | None
    expires_utc_ns: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionEnded:
    """Its token opens nothing any more; those that have expired by then go with it."""

    sha256: bytes
    utc_ns: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Audited:
    """A command or a change: who, from where, what, and whether it was done."""

    event: "EventWritten"
    """The same for the log, without names."""
    who: str
    origin: str
    what: str
    subject: str | None
    accepted: bool
    detail: Mapping[str, object]
    utc_ns: int


@dataclass(frozen=True, slots=True, kw_only=True)
class EndpointMade:
    """Somebody is sent notices from now on."""

    name: str
    url: str
    secret: str
    types: tuple[str, ...]
    """Of notices, or how they begin; none: all."""
    who: str
    utc_ns: int


@dataclass(frozen=True, slots=True, kw_only=True)
class EndpointMoved:
    """An endpoint is active, paused or removed from now on, for a reason; what waits is due at once if active.

    What a paused one is owed is kept, what a removed one is owed is not sent any more.
    """

    name: str
    state: Literal["active", "paused", "removed"]
    why: str
    utc_ns: int
    probe_utc_ns: int | None = None
    """Of a paused one: when it is asked whether it answers again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempted:
    """A notice was sent to an endpoint, and how it went."""

    endpoint: int
    sequence: int
    delivered: bool
    status: int | None
    error: str | None
    utc_ns: int
    due_utc_ns: int
    """If it was not delivered: when it is tried again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LineHeard:
    """Events of a journal's line, up to `sequence`; refused unless they were heard up to `after`."""

    source: int
    after: int
    sequence: int
    notices: Sequence["Noticed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Noticed:
    """Something that others hear of."""

    type: str
    key: str
    utc_ns: int
    data: Mapping[str, Any]


UpstreamRecord = (
    KeyMade | KeyRevoked | PinSet | PinTried | SessionBegan | SessionEnded | Audited | EndpointMade | EndpointMoved
    | Attempted | LineHeard | Noticed
)  # fmt: skip
