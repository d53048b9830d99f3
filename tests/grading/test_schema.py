"""The published JSON Schema of rule packs is the one that the types make."""

import json
from pathlib import Path

from grader.grading.schema import rule_pack_schema

PUBLISHED = Path(__file__).parents[2] / "docs" / "schemas" / "rule-pack.schema.json"


def test_the_published_schema_is_fresh() -> None:
    assert json.loads(PUBLISHED.read_text("utf-8")) == rule_pack_schema(), "grader rules schema > docs/schemas/..."


def test_the_schema_knows_units_and_ranges() -> None:
    limit = rule_pack_schema()["$defs"]["ShareLimit"]["properties"]
    assert (limit["value"]["exclusiveMinimum"], limit["value"]["exclusiveMaximum"]) == (0, 1)
    assert limit["unit"]["const"] == "share"
