"""What people type goes into the log and onto pages where it is read for ever: it must name nobody."""

import re
from collections.abc import Iterable

from grader.trace.errors import AgainstRulesError

NUMBER = re.compile(r"(?:\d[ -]?){10,}")
"""As long as a telephone number; dates and reports have fewer digits."""
ADDRESS = re.compile(r"\S@\S")


def names_nobody(text: str, people: Iterable[str]) -> str:
    """`text`; `AgainstRulesError` where one of `people` is in it, or what looks like a telephone number or an address.

    It finds what the books know, and no stranger: whoever types is asked to say what happened, not to whom.
    """
    if any(_in(name, text) for name in people) or NUMBER.search(text) or ADDRESS.search(text):
        raise AgainstRulesError(
            "the reason goes into the log and onto the tray's page, and nothing is ever taken out there: say what "
            "happened, without names, telephone numbers and addresses"
        )
    return text


def _in(name: str, text: str) -> bool:
    if name.isascii():
        return bool(re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text, re.IGNORECASE | re.ASCII))
    return len(name) > 1 and name in text
