"""Which network belongs to this software: its file, and the card beside it that says what the file must be."""

import hashlib
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from grader.errors import GraderError
from grader.grading import DecayLimits

NAME = "reader.onnx"
NO_NETWORK = "none"
"""In the record of a run in which nobody looks, where the network's hash would stand."""
Probability = Annotated[float, Field(gt=0, le=1)]


class NetworkError(GraderError, ValueError, code="network"):
    """The network's file is missing, damaged or another one. Install again, or name the right file."""


class Card(BaseModel):
    """What `reader.json` says of `reader.onnx`."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    sha256: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
    """Of the whole file."""
    trained_on: str
    """Date and data, in words."""
    decay_suspected: Probability
    """Probability of decay from which on a person has to look; how it was chosen is in models/README.md."""
    decay_sure: Probability
    """From which on the fruit is waste."""

    @property
    def hash(self) -> str:
        """What records name: of the file's SHA-256 and the two limits, because all three decide."""
        return hashlib.sha256(f"{self.sha256} {self.decay_suspected} {self.decay_sure}".encode()).hexdigest()

    def decay_limits(self) -> DecayLimits:
        """For grading. Raises ValueError where the second is below the first."""
        return DecayLimits(self.decay_suspected, self.decay_sure)


def shipped_network() -> Path:
    """Where the network that came with this software lies: in the package, or in the checkout that it runs from."""
    beside = Path(__file__).with_name(NAME)
    return beside if beside.exists() else Path(__file__).parents[2] / "models" / NAME


def verify(path: Path) -> tuple[bytes, Card]:
    """The network's file and card; raises `NetworkError` where the two do not belong together or one is not there."""
    card_path = path.with_suffix(".json")
    try:
        content, written = path.read_bytes(), card_path.read_text(encoding="utf-8")
    except OSError as error:
        raise NetworkError(
            f"the network cannot be read ({error.filename}: {error.strerror}): install the station again, or work "
            "with --no-network, which assesses no decay"
        ) from error
    try:
        card = Card.model_validate_json(written)
        card.decay_limits()
    except ValueError as error:  # pydantic's own too, and of what is no text
        raise NetworkError(
            f"{card_path} is no card of a network ({_first(error)}): install the station again"
        ) from error
    found = hashlib.sha256(content).hexdigest()
    if found != card.sha256:
        raise NetworkError(
            f"{path} is not the network that its card names (SHA-256 {found[:12]}…, not {card.sha256[:12]}…; "
            f"{len(content)} bytes): it is damaged or another one; install the station again"
        )
    return content, card


def _first(error: ValueError) -> str:
    """What is wrong, in a few words."""
    if isinstance(error, ValidationError):
        wrong = error.errors(include_url=False)[0]
        return f"{'.'.join(map(str, wrong['loc'])) or 'the whole'}: {wrong['msg']}"
    return str(error)
