"""Plain values as TOML 1.0; Python reads it and does not write it."""

import json
from collections.abc import Mapping, Sequence
from typing import Any


def toml_of(content: Mapping[str, Any]) -> str:
    """The file whose tables and arrays stand within its lines."""
    return "".join(f"{key} = {_toml(value)}\n" for key, value in content.items())


def _toml(value: object) -> str:
    match value:
        case bool():
            return str(value).lower()
        case int() | float():
            return repr(value)
        case str():
            return json.dumps(value, ensure_ascii=False)
        case Mapping():
            return "{ " + ", ".join(f"{key} = {_toml(one)}" for key, one in value.items()) + " }"
        case Sequence():
            return "[\n" + "".join(f"  {_toml(one)},\n" for one in value) + "]"
    raise TypeError(f"{value!r} has no place in such a file")
