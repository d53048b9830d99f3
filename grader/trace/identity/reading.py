"""What a scanner read, as a tray's identity: a Digital Link, an element string, our own address or trace code."""

import re
from collections.abc import Callable
from urllib.parse import unquote, urlsplit

from biip import ParseError
from biip.gs1_digital_link_uris import GS1DigitalLinkURI
from biip.gs1_element_strings import GS1ElementStrings
from biip.gs1_messages import GS1Message

from grader.trace.errors import IdentityError
from grader.trace.identity.gtin import Gtin
from grader.trace.identity.tray import TRACE_PATH, TrayIdentity

LONGEST_SCAN = 2_000
SYMBOLOGY = re.compile(r"\][A-Za-z][0-9]")
"""How some scanners announce the kind of symbol (ISO/IEC 15424), before the text itself."""
TRACE_CODE = re.compile(r"([A-Z0-9-]{1,20})/([A-Z0-9-]{1,20})")
KNOWN_AIS = frozenset({"01", "22", "10", "21"})


def read_scan(text: str) -> TrayIdentity:
    """The identity in a scanned `text`; `IdentityError` if there is none, or a number's check digit is wrong."""
    if len(text) > LONGEST_SCAN:
        raise IdentityError(f"{len(text)} characters are no tray's code")
    text = SYMBOLOGY.sub("", text, count=1) if SYMBOLOGY.match(text) else text
    if "://" in text:
        return _from_address(text)
    if own := TRACE_CODE.fullmatch(text):
        return TrayIdentity(None, *own.groups())
    return _from_gs1(text, lambda: GS1Message.parse(text).element_strings)


def _from_address(text: str) -> TrayIdentity:
    try:
        path = urlsplit(text).path
    except ValueError as error:
        raise IdentityError(f"{text!r} is no address: scan the label again") from error
    match path.split("/"):
        case ["", mark, batch, serial] if mark == TRACE_PATH:
            return TrayIdentity(None, unquote(batch), unquote(serial))
    return _from_gs1(text, lambda: GS1DigitalLinkURI.parse(text).element_strings)


def _from_gs1(text: str, parse: Callable[[], GS1ElementStrings]) -> TrayIdentity:
    try:
        found = parse()
    except ParseError as error:
        raise IdentityError(f"{text!r} is no tray's code: scan the label again ({error})") from error
    numbered = found.get(ai="01")
    # biip reads an article number with a wrong check digit without complaint, and leaves its `gtin` empty.
    if numbered is None or numbered.gtin is None:
        raise IdentityError(f"{text!r} has no article number, or one whose check digit is wrong: scan the label again")
    values = {element.ai.ai: element.value for element in found if element.ai.ai in KNOWN_AIS}
    if missing := {"10", "21"} - values.keys():
        raise IdentityError(f"{text!r} names no single tray: ({'), ('.join(sorted(missing))}) is missing")
    return TrayIdentity(Gtin(numbered.gtin.as_gtin_14()), values["10"], values["21"], values.get("22"))
