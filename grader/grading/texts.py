"""The words of every reason, in each language: what a decision says is codes and figures until here."""

# Chinese is written with full-width punctuation:
# ruff: noqa: RUF001

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

Language = Literal["en", "zh"]

QUANTITY: Mapping[Language, Mapping[str, str]] = MappingProxyType(
    {
        "en": {
            "diameter_mm": "diameter",
            "width_mm": "width",
            "maturity": "maturity",
            "surface_red": "red share of the skin",
            "weight_g": "weight",
            "bruise_mm2": "bruised area",
        },
        "zh": {
            "diameter_mm": "横径",
            "width_mm": "可见宽度",
            "maturity": "成熟度",
            "surface_red": "果面着色比例",
            "weight_g": "重量",
            "bruise_mm2": "可见碰伤面积",
        },
    }
)

RELATION: Mapping[Language, Mapping[str, str]] = MappingProxyType(
    {
        "en": {
            "at_least": "at least {limit}",
            "above": "above {limit}",
            "at_most": "at most {limit}",
            "below": "below {limit}",
            "within_guard": "not clear of {limit} by its guard band of {band}",
        },
        "zh": {
            "at_least": "不小于 {limit}",
            "above": "大于 {limit}",
            "at_most": "不大于 {limit}",
            "below": "小于 {limit}",
            "within_guard": "距界限 {limit} 不足保护带 {band}",
        },
    }
)

LEAD: Mapping[Language, Mapping[str, str]] = MappingProxyType(
    {
        "en": {
            "decay_sure": "rot found: it goes to waste",
            "decay_suspected": "rot suspected: a person has to look at it",
            "not_measurable": "not measured",
            "not_vouched_for": "no grade: the reference spheres have not passed",
        },
        "zh": {
            "decay_sure": "发现腐烂：剔除为废果",
            "decay_suspected": "疑似腐烂：需人工复检",
            "not_measurable": "未能测量",
            "not_vouched_for": "暂不分级：参考球尚未通过检验",
        },
    }
)

WHY_NOT: Mapping[Language, Mapping[str, str]] = MappingProxyType(
    {
        "en": {
            "cut": "the edge of the picture cuts it",
            "hidden": "another fruit hides part of it",
            "blurred": "the picture of it is blurred",
            "no_axis": "the line from its stem to its apex cannot be seen",
            **{f"no_{field}": f"its {words} is missing or impossible" for field, words in QUANTITY["en"].items()},
        },
        "zh": {
            "cut": "被画面边缘截断",
            "hidden": "被其他果实遮挡",
            "blurred": "图像模糊",
            "no_axis": "无法辨认果蒂至果尖的轴线",
            **{f"no_{field}": f"{words}缺失或不合理" for field, words in QUANTITY["zh"].items()},
        },
    }
)

NOTE: Mapping[Language, Mapping[str, str]] = MappingProxyType(
    {
        "en": {"decay_not_assessed": "decay was not assessed, so it goes to recheck and not to processing"},
        "zh": {"decay_not_assessed": "未评估腐烂情况，因此送复检而不送加工"},
    }
)

AND: Mapping[Language, str] = MappingProxyType({"en": " and ", "zh": "，且"})
COMMA: Mapping[Language, str] = MappingProxyType({"en": ", ", "zh": "，"})
SEMICOLON: Mapping[Language, str] = MappingProxyType({"en": "; ", "zh": "；"})
COLON: Mapping[Language, str] = MappingProxyType({"en": ": ", "zh": "："})
