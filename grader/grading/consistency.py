"""Whether the parts of a rule pack fit together: names, outlets, and that every grade can be reached."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from grader.grading.chain import problems_of_criterion, quoted, reached
from grader.grading.ladder import ranks_of
from grader.grading.reasons import OWN_CODES, SUBSTANDARD

if TYPE_CHECKING:
    from grader.grading.pack import RulePack


def problems_of_pack(pack: "RulePack") -> list[str]:
    """Say in a sentence each what does not fit in `pack`, whose every value is of the right type and in its range."""
    grades = [grade.name for grade in pack.grades]
    reasons = [entry.reason for entry in pack.substandard]
    problems = [*_name_problems(grades, reasons), *_outlet_problems(pack), *_repeated_criteria(pack)]
    of_criteria = [
        problem
        for criterion in pack.criteria
        for problem in problems_of_criterion(criterion, ranks_of(grades, reasons))
    ]
    return [*problems, *of_criteria] if problems or of_criteria else list(_reach_problems(pack))


def _name_problems(grades: Sequence[str], reasons: Sequence[str]) -> Iterator[str]:
    for name, times in Counter([*grades, *reasons]).items():
        if times > 1:
            yield f'the name "{name}" is given {times} times; allowed: each grade and each substandard reason once'
    for name in sorted({*grades, *reasons} & {*OWN_CODES, SUBSTANDARD}):
        yield f'the name "{name}" is taken by the station; allowed: any but {quoted(sorted({*OWN_CODES, SUBSTANDARD}))}'


def _outlet_problems(pack: "RulePack") -> Iterator[str]:
    for outlet, times in Counter(grade.outlet for grade in pack.grades).items():
        if times > 1 and outlet != "processing":
            sharing = quoted([grade.name for grade in pack.grades if grade.outlet == outlet])
            yield f'outlet = "{outlet}" is shared by the grades {sharing}; allowed: one, as a tray holds one grade'


def _repeated_criteria(pack: "RulePack") -> Iterator[str]:
    for quantity, times in Counter(criterion.quantity for criterion in pack.criteria).items():
        if times > 1:
            yield f'criteria: quantity = "{quantity}" is judged {times} times; allowed: once, with all its limits'


def _reach_problems(pack: "RulePack") -> Iterator[str]:
    """A grade is reached where one criterion gives it and every other gives it or better."""
    ranks = [{ladder.ranges[index].rank for index in reached(ladder)} for ladder in pack.ladders]
    for rank, grade in enumerate(pack.grades):
        if not any(rank in given for given in ranks) or any(min(given) > rank for given in ranks):
            allowed = "grades that some limit names and no criterion rules out"
            yield f'grades: nobody can reach "{grade.name}"; allowed: {allowed}'
    named = {place.outcome for ladder in pack.ladders for place in ladder.ranges}
    for entry in pack.substandard:
        if entry.reason not in named:
            yield f'substandard: no limit leads to reason = "{entry.reason}"; allowed: reasons that some limit names'
