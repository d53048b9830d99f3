"""The label printer on the bench: takes a job, and says what became of it."""

from dataclasses import dataclass
from typing import Literal, Protocol


@dataclass(frozen=True, slots=True)
class Sent:
    """What is known of a job."""

    state: Literal["printed", "not_sent", "unsure"]
    """`not_sent`: no label can have come out of it. `unsure`: one may have, or may still."""
    sentence: str
    """What happened and what to do."""


class LabelPrinter(Protocol):
    """One printer; no call raises because of it."""

    @property
    def name(self) -> str:
        """As people call it."""

    @property
    def language(self) -> Literal["zpl", "pdf"]:
        """What a job is written in."""

    def send(self, job: bytes) -> Sent:
        """Print `job`, one label, and wait until it is known what became of it, some seconds at most."""
