"""Which characters may stand in a code (GS1 General Specifications, figures 7.11-1 and 7.11-2)."""

import string

from grader.trace.errors import IdentityError

CSET_82 = frozenset(string.ascii_letters + string.digits + "!\"%&'()*+,-./:;<=>?_")
"""GS1 AI encodable character set 82: no space, no #$@[]^`{|}~."""
OURS = frozenset(string.ascii_uppercase + string.digits + "-")
"""What we make codes of. All of it is in the alphanumeric mode of QR codes (ISO/IEC 18004), which takes 5.5 bits a
character instead of 8 and so makes larger modules, and nothing of it is escaped in an address."""
LONGEST = 20
"""Batch (AI 10), serial (AI 21) and variant (AI 22) are X..20."""
QUOTED = 60
"""So much of a text that is too long stands in the error."""


def shortened(text: str) -> str:
    """As an error quotes it."""
    return repr(text if len(text) <= QUOTED else f"{text[:QUOTED]}...")


def check_text(text: str, what: str, allowed: frozenset[str] = CSET_82, longest: int = LONGEST) -> str:
    """`text`; `IdentityError` if it is empty, too long, or has a character that is not `allowed`."""
    if not 1 <= len(text) <= longest:
        raise IdentityError(f"{what} {shortened(text)} has {len(text)} characters; allowed are 1 to {longest}")
    if strangers := sorted(set(text) - allowed):
        raise IdentityError(f"{what} {text!r} contains {' '.join(strangers)!r}, which cannot stand in it")
    return text
