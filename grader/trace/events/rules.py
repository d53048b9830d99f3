"""What the official schema lets through and must not pass: rules of our own, each a sentence if it is broken.

The schema checks shapes. It takes a transformation that has a transformation id and gives nothing out, an article
number whose check digit is wrong, a type of event that nobody knows, a weight below zero, and, without format checks, a
time without a zone.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from urllib.parse import urlsplit

from grader.trace.errors import EventError, IdentityError
from grader.trace.events.plain import event_id
from grader.trace.identity import Gtin

TYPES = frozenset({"ObjectEvent", "TransformationEvent"})
"""What this station writes."""
THINGS = {
    "ObjectEvent": (("epcList", "quantityList"),),
    "TransformationEvent": (("inputEPCList", "inputQuantityList"), ("outputEPCList", "outputQuantityList")),
}
"""Of each pair at least one must name something."""
WHAT_IS_EMPTY = {
    "epcList": "it is about nothing",
    "inputEPCList": "nothing went in",
    "outputEPCList": "nothing came out",
}
GTIN_IN_ADDRESS = re.compile(r"/01/([^/?#]*)/(?:10|21)/")
"""A batch may be called 01 as well: an article number has a batch or a serial behind it."""
PERSON = re.compile(r"[0-9a-f]{64}")
"""A salted hash, which is all that may be said of somebody."""
COLDEST_C, HOTTEST_C = -40.0, 60.0
"""What a thermometer beside fruit can show; anything else is a broken thermometer, or Fahrenheit."""


def check(event: Mapping[str, object]) -> None:
    """`EventError` with all that is wrong with `event`."""
    if problems := list(_problems(event)):
        raise EventError(problems)


def _problems(event: Mapping[str, object]) -> Iterator[str]:
    if event.get("type") not in TYPES:
        yield f"{event.get('type')!r} is no type of event that this station writes"
    yield from _times(event)
    yield from _things(event)
    yield from _addresses(event)
    yield from _sensors(event)
    yield from _persons(event)
    yield from _correction(event)
    if event.get("eventID") != event_id(event):
        yield "its id is not that of what it says: it was changed after it was written"


def _times(event: Mapping[str, object]) -> Iterator[str]:
    """Every time says its zone, and nothing is known before it happens."""
    for name, value in _walk(event):
        if (
            name in {"eventTime", "recordTime", "time", "startTime", "endTime", "declarationTime"}
            and _time(value) is None
        ):
            yield f"{name} {value!r} is no time with its zone"
    happened, recorded = _time(event.get("eventTime")), _time(event.get("recordTime"))
    if happened is not None and recorded is not None and recorded < happened:
        yield "it was recorded before it happened"


def _things(event: Mapping[str, object]) -> Iterator[str]:
    """Something goes in, something comes out, and weighs something."""
    for pair in THINGS.get(str(event.get("type")), ()):
        named = [member for name in pair for member in _members(event, name)]
        if not named:
            yield WHAT_IS_EMPTY[pair[0]]
        texts = [member if isinstance(member, str) else _get(member, "epcClass") for member in named]
        if len(set(map(str, texts))) != len(texts):
            yield f"it names something twice in {' or '.join(pair)}"
        for member in named:
            if isinstance(member, Mapping):
                yield from _quantity(member)


def _quantity(member: Mapping[str, object]) -> Iterator[str]:
    amount = member.get("quantity")
    if isinstance(amount, bool) or not isinstance(amount, int | float) or amount <= 0:
        yield f"{member.get('epcClass')} has the quantity {amount!r}, which is none"
    elif "uom" not in member and amount != int(amount):
        yield f"{member.get('epcClass')} has {amount!r} pieces"


def _addresses(event: Mapping[str, object]) -> Iterator[str]:
    """Every article number has its check digit, and no address is cut off."""
    for name, value in _walk(event):
        if not isinstance(value, str) or "://" not in value or name.startswith("trace:"):
            continue
        parts = urlsplit(value)
        if not parts.hostname or any(char.isspace() for char in value):
            yield f"{value!r} is no address"
        for digits in GTIN_IN_ADDRESS.findall(parts.path):
            try:
                Gtin(digits)
            except IdentityError as error:
                yield str(error)


def _sensors(event: Mapping[str, object]) -> Iterator[str]:
    """A temperature has a value, a unit, and could be one."""
    for element in _members(event, "sensorElementList"):
        reports = _members(element, "sensorReport") if isinstance(element, Mapping) else ()
        if not reports:
            yield "a sensor reports nothing"
        for report in reports:
            if not isinstance(report, Mapping) or report.get("type") != "Temperature":
                continue
            value = report.get("value")
            if report.get("uom") != "CEL" or not isinstance(value, int | float):
                yield "a temperature has no value in degrees Celsius"
            elif not COLDEST_C <= value <= HOTTEST_C:
                yield f"{value!r} °C cannot have been measured beside fruit"


def _persons(event: Mapping[str, object]) -> Iterator[str]:
    """The log cannot forget, so it never learns a name."""
    for name, value in _walk(event):
        if name in {"grower", "operator", "trace:operator"} and not PERSON.fullmatch(str(value)):
            yield f"{name} must be a salted hash, not a name"


def _correction(event: Mapping[str, object]) -> Iterator[str]:
    declaration = event.get("errorDeclaration")
    if declaration is None:
        return
    if not isinstance(declaration, Mapping) or "reason" not in declaration:
        yield "a correction must say its reason"
        return
    happened, declared = _time(event.get("eventTime")), _time(declaration.get("declarationTime"))
    if happened is not None and declared is not None and declared < happened:
        yield "it was corrected before it happened"
    if event.get("eventID") in _members(declaration, "correctiveEventIDs"):
        yield "an event cannot correct itself"


def _walk(value: object, name: str = "") -> Iterator[tuple[str, object]]:
    """Every plain value with the name of the field that it stands in, however deep."""
    if isinstance(value, Mapping):
        for key, member in value.items():
            yield from _walk(member, str(key))
    elif isinstance(value, list | tuple):
        for member in value:
            yield from _walk(member, name)
    else:
        yield name, value


def _members(event: Mapping[str, object], name: str) -> Sequence[object]:
    value = event.get(name, ())
    return value if isinstance(value, list | tuple) else (value,)


def _get(member: object, name: str) -> object:
    return member.get(name) if isinstance(member, Mapping) else None


def _time(value: object) -> datetime | None:
    """The time that `value` spells, if it does and says its zone."""
    try:
        time = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return time if time is not None and time.utcoffset() is not None else None
