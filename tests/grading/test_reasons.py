"""Reasons: what a grower reads, in English and Chinese, and the codes and figures behind it."""

# ruff: noqa: RUF001 - Chinese is written with full-width punctuation
import dataclasses
import json
from collections.abc import Mapping

import pytest

from grader.grading import Decay, Measurement, decide, shipped_rule_pack
from grader.grading import texts as words
from grader.grading.quantity import QUANTITIES

COOPERATIVE = shipped_rule_pack("cooperative")


@pytest.mark.parametrize(
    ("measurement", "english", "chinese"),
    [
        (
            Measurement(diameter_mm=33.124, maturity=0.8532),
            "I: diameter 33.12 mm, at least 30 mm and below 35 mm; maturity 0.853, at least 0.80 and at most 0.90",
            "一级：横径 33.12 mm，不小于 30 mm，且小于 35 mm；成熟度 0.853，不小于 0.80，且不大于 0.90",
        ),
        (
            Measurement(diameter_mm=36.0, maturity=0.9004, decay=Decay.NONE),
            "too ripe for shipping: maturity 0.901, above 0.90",
            "过熟，不宜长途运输：成熟度 0.901，大于 0.90",
        ),
        (
            Measurement(diameter_mm=24.997, maturity=0.85),
            f"too small: diameter 24.99 mm, below 25 mm; {words.NOTE['en']['decay_not_assessed']}",
            "果径过小：横径 24.99 mm，小于 25 mm；未评估腐烂情况，因此送复检而不送加工",
        ),
        (Measurement(decay=Decay.SURE), "rot found: it goes to waste", "发现腐烂：剔除为废果"),
        (
            Measurement(decay=Decay.SUSPECTED),
            "rot suspected: a person has to look at it",
            "疑似腐烂：需人工复检",
        ),
        (
            Measurement(measurable=False, why_not="hidden"),
            "not measured: another fruit hides part of it",
            "未能测量：被其他果实遮挡",
        ),
        (Measurement(measurable=False, why_not="too_far"), "not measured: too far", "未能测量：too far"),
        (Measurement(measurable=False), "not measured", "未能测量"),
        (
            Measurement(diameter_mm=36.0),
            "not measured: its maturity is missing or impossible",
            "未能测量：成熟度缺失或不合理",
        ),
    ],
)
def test_a_reason_reads_like_this(measurement: Measurement, english: str, chinese: str) -> None:
    decision = decide(measurement, COOPERATIVE)
    assert decision.reason == english
    assert decision.because.text("zh") == chinese


def test_codes_and_figures_can_be_recorded_as_json() -> None:
    because = decide(Measurement(diameter_mm=33.1, maturity=0.85), COOPERATIVE).because
    recorded = json.loads(json.dumps(dataclasses.asdict(because)))
    assert recorded["code"] == "graded"
    assert recorded["findings"][0] == {
        "field": "diameter_mm",
        "value": "33.10 mm",
        "relations": [
            {"code": "at_least", "limit": "30 mm", "band": ""},
            {"code": "below", "limit": "35 mm", "band": ""},
        ],
    }


@pytest.mark.parametrize("table", [words.QUANTITY, words.RELATION, words.LEAD, words.WHY_NOT, words.NOTE])
def test_every_text_exists_in_both_languages(table: Mapping[words.Language, Mapping[str, str]]) -> None:
    assert table["en"].keys() == table["zh"].keys()


def test_every_quantity_has_a_name() -> None:
    assert words.QUANTITY["en"].keys() == QUANTITIES.keys()
