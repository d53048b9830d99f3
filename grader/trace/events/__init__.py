"""What happens to lots and trays, in the words of EPCIS 2.0 and CBV 2.0, so that others' systems understand it."""

from grader.trace.events.happenings import (
    ColdChain,
    Happening,
    Held,
    LotShare,
    Packed,
    Reading,
    Recalled,
    Received,
    Released,
    Sampled,
    Things,
)
from grader.trace.events.names import Names
from grader.trace.events.rules import check
from grader.trace.events.writing import declare_error, write_document, write_event

__all__ = [
    "ColdChain",
    "Happening",
    "Held",
    "LotShare",
    "Names",
    "Packed",
    "Reading",
    "Recalled",
    "Received",
    "Released",
    "Sampled",
    "Things",
    "check",
    "declare_error",
    "write_document",
    "write_event",
]
