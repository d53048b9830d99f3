"""Whether the limits of one criterion fit each other: no gap, no overlap, every range within reach."""

from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from itertools import pairwise

from grader.grading.ladder import Ladder, build_ladder
from grader.grading.limits import Criterion, Limit
from grader.grading.quantity import quantity_judged


def quoted(names: Sequence[str]) -> str:
    """`"Super", "I", "II"`."""
    return ", ".join(f'"{name}"' for name in names)


def did_you_mean(word: str, known: Sequence[str]) -> str:
    """A hint with a comma behind it, or nothing."""
    close = get_close_matches(word, known, n=1)
    return f'did you mean "{close[0]}"? ' if close else ""


def problems_of_criterion(criterion: Criterion, ranks: Mapping[str, int]) -> list[str]:
    """Say in a sentence each what is wrong with `criterion`; no `ranks`: the names of grades could not be read."""
    limits = sorted(criterion.limits, key=lambda limit: limit.value)
    problems = [*_guard_problems(criterion.quantity, limits), *_chain_problems(criterion.quantity, limits)]
    if ranks:
        problems += _name_problems(criterion.quantity, limits, ranks)
        if not problems:
            problems += _shape_problems(criterion.quantity, limits, ranks)
    return problems


def reached(ladder: Ladder) -> set[int]:
    """Which ranges a fruit can get whose uncertainty is 0: fixed guard bands can leave nothing of a range."""
    marks = {0.0, ladder.quantity.highest}
    for step in ladder.steps:
        marks |= {step.boundary.value, step.acceptance(0.0)}
    marks = {mark for mark in marks if 0 <= mark <= ladder.quantity.highest}
    probes = marks | {(low + high) / 2 for low, high in pairwise(sorted(marks))}
    return {ladder.ranges.index(ladder.place(x, 0.0)) for x in probes}


def _guard_problems(criterion: str, limits: Sequence[Limit]) -> Iterator[str]:
    for limit in limits:
        here = f"{criterion}, limit {limit.value}"
        given = [] if limit.guard is None else [key for key in ("k", "width") if getattr(limit.guard, key) is not None]
        if limit.decision == "simple" and limit.guard is not None:
            yield f'{here}: decision = "simple" has a guard; allowed: decision = "guarded", or no guard'
        elif limit.decision == "guarded" and len(given) != 1:
            yield (
                f'{here}: decision = "guarded" needs one guard band and has {len(given)}; allowed: '
                "guard = { k = above 0, at most 5 } (times the standard uncertainty) or guard = { width = above 0 }"
            )
        elif given == ["k"] and quantity_judged(criterion).uncertainty_field is None:
            yield (
                f"{here}: guard has k, but {criterion} comes without an uncertainty of its own; "
                "allowed: guard = { width = above 0 }"
            )


def _chain_problems(criterion: str, limits: Sequence[Limit]) -> Iterator[str]:
    misplaced = []
    breaks = []
    for lower, upper in pairwise(limits):
        if lower.value == upper.value:
            yield f"{criterion}: two limits overlap at value = {lower.value}; allowed: one limit at a value"
        elif lower.above != upper.below:
            between = [limit for limit in limits if (limit.below, limit.above) == (lower.above, upper.below)]
            misplaced += between
            breaks.append((lower, upper, between))
    for lower, upper, between in breaks:
        span = f"between {lower.value} and {upper.value}"
        if between:
            yield (
                f'{criterion}: "{lower.above}" and "{upper.below}" overlap, because the limit that parts them has '
                f"value = {between[0].value}; allowed: {span}"
            )
        elif lower not in misplaced and upper not in misplaced:
            yield (
                f'{criterion}: gap {span}: the lower limit says above = "{lower.above}", the upper says '
                f'below = "{upper.below}"; allowed: the same name in both, or a further limit between them'
            )


def _name_problems(criterion: str, limits: Sequence[Limit], ranks: Mapping[str, int]) -> Iterator[str]:
    known = list(ranks)
    for limit in limits:
        here = f"{criterion}, limit {limit.value}"
        for key, name in (("above", limit.above), ("below", limit.below)):
            if name not in ranks:
                hint = did_you_mean(name, known)
                yield f'{here}: {key} = "{name}" is no grade and no substandard reason; {hint}allowed: {quoted(known)}'
        if limit.above == limit.below:
            yield f'{here}: above and below are both "{limit.above}", so it parts nothing; allowed: two different names'


def _shape_problems(criterion: str, limits: Sequence[Limit], ranks: Mapping[str, int]) -> Iterator[str]:
    ladder = build_ladder(criterion, quantity_judged(criterion), limits, ranks)
    along = [place.rank for place in ladder.ranges]
    names = quoted([place.outcome for place in ladder.ranges])
    if along[: ladder.peak] != sorted(along[: ladder.peak], reverse=True) or along[ladder.peak :] != sorted(
        along[ladder.peak :]
    ):
        yield (
            f"{criterion}: from its lowest value upwards it gives {names}; allowed: ranges that rise to the best grade "
            "and fall after it"
        )
        return
    if min(along) == max(ranks.values()) and min(along) == max(along):
        yield f"{criterion}: no range gives a grade, only {names}; allowed: at least one of the grades"
        return
    for limit in limits:
        if limit.decision == "guarded" and ranks[limit.above] == ranks[limit.below]:
            yield (
                f'{criterion}, limit {limit.value}: decision = "guarded", but neither "{limit.above}" nor '
                f'"{limit.below}" is the better side; allowed: "simple"'
            )
    yield from (
        f'{criterion}: nobody can reach "{place.outcome}", because guard bands leave nothing of its range; '
        "allowed: narrower bands"
        for index, place in enumerate(ladder.ranges)
        if index not in reached(ladder)
    )
