"""What pydantic found wrong in a rule pack, as sentences that quote the key, the value and what is allowed."""

import json
from collections.abc import Sequence
from copy import deepcopy

from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from grader.grading.chain import did_you_mean, problems_of_criterion
from grader.grading.ladder import ranks_of
from grader.grading.limits import Criterion
from grader.grading.schema import JSONDict, allowed, node_at, rule_pack_schema

NAMING_KEYS = ("name", "reason", "quantity", "value")
"""What tells a table of a list from its neighbours, for a person."""

LONGEST_VALUE = 60
"""Characters of a wrong value that a sentence quotes."""

PERCENT = 100

_criterion: TypeAdapter[Criterion] = TypeAdapter(Criterion)


def sentences(error: ValidationError, raw: JSONDict) -> list[str]:
    """Say every problem of the file's content `raw`, for which pydantic raised `error`."""
    problems = []
    for detail in error.errors(include_url=False):
        if detail["type"] == "inconsistent":
            return list(detail["ctx"]["problems"])  # it comes alone, once every value is of the right type
        problems.append(_sentence(detail, raw))
    return problems + _problems_of_readable_criteria(error, raw)


def _sentence(detail: ErrorDetails, raw: JSONDict) -> str:
    schema = rule_pack_schema()
    place = detail["loc"]
    if detail["type"] in {"union_tag_invalid", "union_tag_not_found"}:
        choice = allowed(schema, node_at(schema, place))
        value = detail["input"].get("quantity") if isinstance(detail["input"], dict) else detail["input"]
        return f"{_where(raw, place)}quantity = {_shown(value)} is not known; allowed: {choice}"
    *parent, key = place
    where = _where(raw, parent)
    if detail["type"] == "extra_forbidden":
        known = list(node_at(schema, tuple(parent))["properties"])
        hint = did_you_mean(str(key), known)
        return f"{where}unknown key {key} = {_shown(detail['input'])}; {hint}allowed: {', '.join(known)}"
    choice = allowed(schema, node_at(schema, place))
    if detail["type"] == "missing":
        return f"{where}the key {key} is missing; allowed: {choice}"
    return f"{where}{key} = {_shown(detail['input'])} is not possible; allowed: {choice}{_percent_hint(parent, detail)}"


def _percent_hint(parent: Sequence[str | int], detail: ErrorDetails) -> str:
    """A share above 1 was probably meant in percent."""
    value = detail["input"]
    is_share = detail["loc"][-1] == "share" or {"maturity", "surface_red"} & set(parent)
    if is_share and value == "%":
        return " (0 to 1: 80 % is 0.80)"
    if is_share and isinstance(value, int | float) and 1 < value <= PERCENT:
        return f" ({value:g} % is {value / PERCENT:g})"
    return ""


def _child(here: object, part: str | int) -> object:
    """What lies at `part`; `here` itself where that is the tag of a union, which the file does not contain."""
    if isinstance(here, list) and isinstance(part, int):
        return here[part]
    return here.get(part, here) if isinstance(here, dict) else here


def _where(raw: JSONDict, place: Sequence[str | int]) -> str:
    """`criteria "size", limits 35.0: `, by walking `place` through the file's content."""
    words: list[str] = []
    here: object = raw
    for part in place:
        child = _child(here, part)
        if isinstance(part, int):
            name = next((child[key] for key in NAMING_KEYS if key in child), None) if isinstance(child, dict) else None
            words[-1] += f" {part + 1}" if name is None else f" {_shown(name)}"
        elif child is not here:
            words.append(part)
        here = child
    return f"{', '.join(words)}: " if words else ""


def _shown(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= LONGEST_VALUE else f"{text[:LONGEST_VALUE]}..."


def _problems_of_readable_criteria(error: ValidationError, raw: JSONDict) -> list[str]:
    """Look for gaps and overlaps in the criteria that are sound in themselves, so that one check finds all problems."""
    content = deepcopy(raw)
    for detail in error.errors(include_url=False):
        if detail["type"] == "extra_forbidden":
            _remove(content, detail["loc"])
    grades, reasons = _names(content.get("grades"), "name"), _names(content.get("substandard", []), "reason")
    ranks = ranks_of(grades, reasons) if grades is not None and reasons is not None else {}
    problems: list[str] = []
    criteria = content.get("criteria")
    for entry in criteria if isinstance(criteria, list) else []:
        try:
            criterion = _criterion.validate_python(entry)
        except ValidationError:
            continue  # said already
        problems += problems_of_criterion(criterion, ranks)
    return problems


def _remove(content: JSONDict, place: Sequence[str | int]) -> None:
    """Take the key at `place` out of `content`."""
    here: object = content
    for part in place[:-1]:
        here = _child(here, part)
    if isinstance(here, dict):
        here.pop(place[-1], None)


def _names(entries: object, key: str) -> list[str] | None:
    """The names of a list of tables; None where one cannot be read."""
    if not isinstance(entries, list):
        return None
    names = [entry.get(key) if isinstance(entry, dict) else None for entry in entries]
    texts = [name for name in names if isinstance(name, str)]
    return texts if len(texts) == len(names) else None
