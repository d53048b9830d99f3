"""Measurement system analysis: what share of the spread is the machine's, and how far it is from caliper and scale."""

from grader.msa.agreement import Against, Agreement, against_reference, same_grade_again
from grader.msa.crossed import GaugeStudy, analyse
from grader.msa.table import Readings, StudyError, read_study

__all__ = [
    "Against",
    "Agreement",
    "GaugeStudy",
    "Readings",
    "StudyError",
    "against_reference",
    "analyse",
    "read_study",
    "same_grade_again",
]
