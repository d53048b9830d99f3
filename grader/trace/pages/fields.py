"""Values of proved events as elements of a page, each with where it comes from, so that the script can compare them.

`data-e` and `data-p` name the entry and the path in it, `data-d` and `data-p` a disclosed row and its column, `data-n`
a name; `data-f` says how the value is written. verify.js writes values in the same way.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta, timezone
from html import escape
from typing import Any

from grader.trace.evidence.disclosure import Value
from grader.trace.pages.tray_page import TrayPage

SHORT = 12
"""Characters of a hash that people compare."""
NS_PER_S = 10**9
KINDS = {"pesticide": "农药 pesticide", "fertiliser": "肥料 fertiliser"}
PURPOSES = {"retained": "留样 sample retained", "residues": "送检 sample to a laboratory"}
PASSED = {1: "合格 passed", 0: "不合格 failed"}

Form = Callable[[Any, int], str]


def _time(value: Any, offset_min: int) -> str:  # noqa: ANN401 - what JSON holds
    return _wall(datetime.fromisoformat(str(value)), offset_min)


def _ns(value: Any, offset_min: int) -> str:  # noqa: ANN401
    return _wall(datetime.fromtimestamp(int(value) // NS_PER_S, UTC), offset_min)


def _wall(time: datetime, offset_min: int) -> str:
    """As the clock on the station's wall showed it."""
    return f"{time.astimezone(timezone(timedelta(minutes=offset_min))):%Y-%m-%d %H:%M}"


def plain(value: Any) -> str:  # noqa: ANN401
    """A value as JavaScript's `String` writes it."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "-" if value is None else str(value)


FORMS: Mapping[str, Form] = {
    "text": lambda value, _: plain(value),
    "time": _time,
    "ns": _ns,
    "short": lambda value, _: str(value)[:SHORT],
    "kind": lambda value, _: KINDS.get(str(value), str(value)),
    "passed": lambda value, _: PASSED.get(value, str(value)),
    "purpose": lambda value, _: PURPOSES.get(str(value), str(value)),
    "last": lambda value, _: str(value).rsplit("/", 1)[-1],
}


def dig(event: Any, path: str) -> Any:  # noqa: ANN401
    """The value at `path` (names and numbers between strokes); None: there is none."""
    for step in path.split("/"):
        if isinstance(event, list | tuple):
            event = event[int(step)] if int(step) < len(event) else None
        else:
            event = event.get(step) if isinstance(event, Mapping) else None
    return event


def field(page: TrayPage, entry: int, path: str, form: str = "text") -> str:
    """The value at `path` of an entry's event, or a dash where there is none."""
    value = dig(page.entries[entry].event, path)
    if value is None:
        return "-"
    text = FORMS[form](value, page.utc_offset_min)
    return f'<span data-e="{entry}" data-p="{escape(path)}" data-f="{form}">{escape(text)}</span>'


def disclosed(page: TrayPage, row: int, column: str, value: Value, form: str = "text") -> str:
    """A column of a disclosed row."""
    text = FORMS[form](value, page.utc_offset_min)
    return f'<span data-d="{row}" data-p="{escape(column)}" data-f="{form}">{escape(text)}</span>'


def name(number: int, text: str) -> str:
    """A name that its bearer lets everybody see."""
    return f'<b data-n="{number}">{escape(text)}</b>'
