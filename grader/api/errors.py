"""What can be wrong with a request: each leaf says when it is raised and what to do. `problems` sends them."""

from grader.errors import GraderError


class SettingsError(GraderError, ValueError, code="api-settings"):
    """The station's file cannot be read, or asks for something impossible. Mend what the sentence names."""


class UnauthenticatedError(GraderError, PermissionError, code="api-unauthenticated"):
    """A request without a key or session, or with one that is unknown, revoked or over. Send a valid one."""


class NotAllowedError(GraderError, PermissionError, code="api-not-allowed"):
    """The key or session does not reach so far. Use one of a wider scope, or the touchscreen at the machine."""


class LockedOutError(GraderError, PermissionError, code="api-locked-out"):
    """Too many wrong PINs, keys or tokens. Wait; Stop works all the same."""

    def __init__(self, sentence: str, retry_after_s: float) -> None:
        self.retry_after_s = retry_after_s
        super().__init__(sentence)


class TooManyRequestsError(GraderError, BlockingIOError, code="api-too-many-requests"):
    """More requests than the station takes from one key, session or address. Wait, then ask less often."""

    def __init__(self, sentence: str, retry_after_s: float) -> None:
        self.retry_after_s = retry_after_s
        super().__init__(sentence)


class BadQuestionError(GraderError, ValueError, code="api-bad-question"):
    """A parameter, cursor or time cannot be what is meant. The sentence says which and what it may be."""


class UnknownError(GraderError, LookupError, code="api-unknown"):
    """There is no such thing at this address. Look at how it is spelt; a list says what there is."""


class ConflictError(GraderError, ValueError, code="api-conflict"):
    """What was asked contradicts what is there already. The sentence says with what."""


class NoLineError(GraderError, ConnectionError, code="api-no-line"):
    """No line runs, or it does not answer. Look at the machine; the station's other data can be read all the same."""


class CommandRefusedError(GraderError, RuntimeError, code="api-command-refused"):
    """The machine does not carry out a command, and says why and what would help."""

    def __init__(self, sentence: str, verdict: str, state: int) -> None:
        self.verdict, self.state = verdict, state
        super().__init__(sentence)


class BadTargetError(GraderError, ValueError, code="api-bad-target"):
    """An address where webhooks may not be sent: not HTTPS, or in a private network and not allowed by name."""


class CertificateError(GraderError, OSError, code="api-certificate"):
    """The certificate cannot be made or read. Mend the folder's permissions, or name both of its files."""


class ServerInUseError(GraderError, OSError, code="api-address"):
    """The address cannot be listened on. Stop what uses it, or choose another port."""


class NoPageError(GraderError, LookupError, code="api-no-page"):
    """The touchscreen's page has not been built. `make page` builds it; the rest of the interface works without."""


class NoDoorError(GraderError, OSError, code="api-no-door"):
    """Another process writes to the books and does not do it for us, or refuses. The sentence says what would help."""
