"""Measurements with their uncertainty in; grade, outlet and reason out, by rule packs that are data."""

from grader.grading.decay import DecayLimits
from grader.grading.decision import Decision, decide, withhold
from grader.grading.measurement import Decay, Measurement
from grader.grading.outlet import Outlet
from grader.grading.pack import RulePack
from grader.grading.reading import (
    RulePackError,
    RulePackFileError,
    UnknownRulePackError,
    find_rule_pack,
    load_rule_pack,
    shipped_names,
    shipped_rule_pack,
    shipped_text,
)
from grader.grading.reasons import SUBSTANDARD, Reason
from grader.grading.rounding import MARGIN, Boundary, round_within

__all__ = [
    "MARGIN",
    "SUBSTANDARD",
    "Boundary",
    "Decay",
    "DecayLimits",
    "Decision",
    "Measurement",
    "Outlet",
    "Reason",
    "RulePack",
    "RulePackError",
    "RulePackFileError",
    "UnknownRulePackError",
    "decide",
    "find_rule_pack",
    "load_rule_pack",
    "round_within",
    "shipped_names",
    "shipped_rule_pack",
    "shipped_text",
    "withhold",
]
