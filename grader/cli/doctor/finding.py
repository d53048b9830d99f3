"""What a check found, and how checks are made of functions that raise."""

from collections.abc import Callable
from dataclasses import dataclass

from grader.errors import GraderError


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the answer."""

    check: str
    ok: bool
    what_to_do: str
    """What is wrong and what to do; where nothing is, what was seen."""


class AilmentError(GraderError, RuntimeError, code="ailment"):
    """Something that a station stands on is not as it must be. The sentence says what to do."""


Check = Callable[[], str]
"""Says what it saw, or raises `GraderError`."""


def examine(name: str, check: Check) -> Finding:
    """Carry it out. An `OSError` of the kernel is a finding, too."""
    try:
        return Finding(name, ok=True, what_to_do=check())
    except GraderError as error:
        return Finding(name, ok=False, what_to_do=str(error))
    except OSError as error:
        return Finding(name, ok=False, what_to_do=f"{error.strerror or error}: {error.filename or 'see the log'}")
