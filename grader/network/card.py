"""Which network belongs to this software: its file, and the card beside it that says what the file must be."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

from grader.errors import GraderError

NAME = "reader.onnx"


class NetworkError(GraderError, ValueError, code="network"):
    """The network's file is missing, damaged or another one. Install again, or name the right file."""


@dataclass(frozen=True, slots=True)
class Card:
    """What `reader.json` says of `reader.onnx`."""

    sha256: str
    """Of the whole file, hexadecimal."""
    trained_on: str
    """Date and data, in words."""


def shipped_network() -> Path:
    """Where the network that came with this software lies: in the package, or in the checkout that it runs from."""
    beside = Path(__file__).with_name(NAME)
    return beside if beside.exists() else Path(__file__).parents[2] / "models" / NAME


def verify(path: Path) -> tuple[bytes, Card]:
    """The network's file and card; raises `NetworkError` where the two do not belong together or one is not there."""
    try:
        content, written = path.read_bytes(), path.with_suffix(".json").read_text(encoding="utf-8")
    except OSError as error:
        raise NetworkError(
            f"the network cannot be read ({error.filename}: {error.strerror}): install the station again, or grade "
            "with --no-network, which assesses no decay"
        ) from error
    try:
        fields = json.loads(written)
        card = Card(str(fields["sha256"]), str(fields["trained_on"]))
    except (ValueError, KeyError, TypeError) as error:
        raise NetworkError(f"{path.with_suffix('.json')} is no card of a network: install the station again") from error
    found = hashlib.sha256(content).hexdigest()
    if found != card.sha256:
        raise NetworkError(
            f"{path} is not the network that its card names (SHA-256 {found[:12]}…, not {card.sha256[:12]}…; "
            f"{len(content)} bytes): it is damaged or another one; install the station again"
        )
    return content, card
