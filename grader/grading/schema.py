"""The JSON Schema of rule packs, made from their types; editors use it, and the sentences about mistakes quote it."""

from collections.abc import Mapping
from typing import Any

from grader.grading.pack import RulePack

JSONDict = dict[str, Any]


def rule_pack_schema() -> JSONDict:
    """The schema, draft 2020-12. It knows types and ranges; `grader rules check` also knows what must fit together."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **RulePack.model_json_schema()}


def node_at(schema: JSONDict, place: tuple[str | int, ...]) -> JSONDict:
    """The part of `schema` that speaks about `place`, as pydantic names places: keys, indices, tags of unions."""
    node = _resolved(schema, schema)
    for part in place:
        if isinstance(part, int):
            node = node["items"]
        elif "discriminator" in node:
            node = {"$ref": node["discriminator"]["mapping"][part]}
        else:
            node = node["properties"][part]
        node = _resolved(schema, node)
    return node


def allowed(schema: JSONDict, node: Mapping[str, Any]) -> str:
    """What `node` of `schema` allows, in words."""
    if "description" in node and node.get("type") == "string":
        return str(node["description"])
    if "enum" in node or "const" in node:
        values = node["enum"] if "enum" in node else [node["const"]]
        return " or ".join(f'"{value}"' if isinstance(value, str) else str(value) for value in values)
    if "discriminator" in node:
        names = " or ".join(f'"{name}"' for name in node["discriminator"]["mapping"])
        return f"a table with quantity = {names}"
    if node.get("type") == "number":
        return "a number " + " and ".join(f"{word} {node[key]:g}" for key, word in _BOUNDS.items() if key in node)
    if node.get("type") == "array":
        entry = allowed(schema, _resolved(schema, node["items"]))
        return f"{node.get('minItems', 0)} to {node['maxItems']} of them, each {entry}"
    return f"a table with the keys {', '.join(node['properties'])}"


_BOUNDS = {"exclusiveMinimum": "above", "minimum": "from", "exclusiveMaximum": "below", "maximum": "up to"}


def _resolved(schema: JSONDict, node: JSONDict) -> JSONDict:
    """`node` behind its reference, and of an optional one the part that is not null."""
    for option in node.get("anyOf", ()):
        if option.get("type") != "null":
            node = {**option, **{key: value for key, value in node.items() if key == "description"}}
    if "$ref" in node:
        return dict(schema["$defs"][node["$ref"].rpartition("/")[2]])
    return node
