"""`grader rules`: the grading standards as tables, and what is wrong with one that somebody changed."""

import json
from collections.abc import Iterator, Sequence

import click

from grader.cli.columns import columns
from grader.grading import RulePack, find_rule_pack, load_rule_pack, shipped_names, shipped_rule_pack, shipped_text
from grader.grading.ladder import Ladder, Relation
from grader.grading.limits import Limit
from grader.grading.quantity import Quantity, quantity_judged
from grader.grading.schema import rule_pack_schema
from grader.grading.texts import AND, RELATION

HASH_SHOWN = 12
"""Hexadecimal digits of a hash that a person compares."""


@click.group()
def rules() -> None:
    """List, show and check rule packs, the grading standards."""


@rules.command("list")
def list_packs() -> None:
    """List the rule packs that come with the station, the default first."""
    packs = [shipped_rule_pack(name) for name in shipped_names()]
    head = ("NAME", "VERSION", "HASH", "TITLE")
    click.echo(columns([head, *((pack.name, pack.version, pack.hash[:HASH_SHOWN], pack.title) for pack in packs)]))


@rules.command()
@click.argument("name_or_file", metavar="NAME|FILE")
def show(name_or_file: str) -> None:
    """Show a rule pack: grades, limits, units, decision rules, outlets and sources."""
    pack = find_rule_pack(name_or_file)
    click.echo(f"{pack.name} {pack.version}: {pack.title}")
    click.echo(f"size is decided on {pack.size_metric}; SHA-256 {pack.hash}")
    click.echo("\nA fruit gets the first grade whose requirements it meets:")
    click.echo(columns(list(_grades(pack))))
    click.echo("\nElse it is substandard, for the first of these reasons:")
    click.echo(columns(list(_reasons(pack))))
    click.echo("\nLimits:")
    click.echo(columns(list(_limits(pack))))
    if (weight := pack.harvest_weight) is not None:
        from_ = "at least" if weight.side == "above" else "above"
        said = f"weight {from_} {weight.value:g} {weight.unit} ({weight.status}, {weight.source})"
        click.echo(f"\nReported, changes no grade: {said}")


@rules.command()
@click.argument("file")
def check(file: str) -> None:
    """Look for mistakes in a rule pack: every one is said, and the exit code is 2."""
    pack = load_rule_pack(file)
    limits = sum(len(criterion.limits) for criterion in pack.criteria)
    click.echo(
        f"{file} is valid: {pack.name} {pack.version}, {len(pack.grades)} grades, {limits} limits, "
        f"hash {pack.hash[:HASH_SHOWN]}"
    )
    if pack.name in shipped_names() and pack.hash != shipped_rule_pack(pack.name).hash:
        click.echo(
            f"warning: it bears the name of the shipped pack {pack.name} and differs from it: "
            "give it a name of its own, or nobody can tell the two apart",
            err=True,
        )
    if pack.limits_of("bruise_mm2"):
        click.echo(
            "warning: it limits bruises, and the network that ships with this version hardly finds any: try it on your "
            "own fruit before you pay by it",
            err=True,
        )


@rules.command()
@click.argument("name")
def example(name: str) -> None:
    """Print the file of the shipped rule pack NAME, to start an own one from."""
    click.echo(shipped_text(name), nl=False)


@rules.command()
def schema() -> None:
    """Print the JSON Schema of rule packs, for editors."""
    click.echo(json.dumps(rule_pack_schema(), indent=2, ensure_ascii=False))


def _grades(pack: RulePack) -> Iterator[tuple[str, ...]]:
    yield ("GRADE", "OUTLET", *(_heading(ladder) for ladder in pack.ladders), "TOLERANCE PER PACKAGE")
    for rank, grade in enumerate(pack.grades):
        tolerance = grade.tolerance
        agreed = (
            "none agreed"
            if tolerance is None
            else f"{100 * tolerance.share:g} % by {tolerance.by} ({tolerance.source})"
        )
        yield (grade.name, grade.outlet, *(_said(ladder.requirement(rank)) for ladder in pack.ladders), agreed)


def _reasons(pack: RulePack) -> Iterator[tuple[str, ...]]:
    yield ("REASON", "OUTLET", "WHEN", "IN WORDS")
    for ladder in pack.ladders:
        for place in ladder.ranges:
            if place.rank == len(pack.grades):
                when = f"{ladder.quantity.field} {_said(place.relations)}"
                outcome = pack.outcomes[place.outcome]
                yield (place.outcome, outcome.outlet, when, outcome.words["en"])


def _limits(pack: RulePack) -> Iterator[tuple[str, ...]]:
    yield ("LIMIT", "ITS OWN VALUE IS", "DECISION", "STATUS", "SOURCE")
    for criterion in pack.criteria:
        quantity = quantity_judged(criterion.quantity, pack.size_metric)
        for limit in criterion.limits:
            own = limit.above if limit.side == "above" else limit.below
            name = f"{quantity.field} {quantity.limit_text(limit.value)}"
            yield (name, own, _decision_rule(limit, quantity), limit.status, limit.source)


def _decision_rule(limit: Limit, quantity: Quantity) -> str:
    if limit.guard is None:
        return limit.decision
    band = quantity.limit_text(limit.guard.width) if limit.guard.width else f"{limit.guard.k:g} x uncertainty"
    return f"{limit.decision}, band {band}"


def _heading(ladder: Ladder) -> str:
    return f"{ladder.quantity.field.upper()} ({ladder.quantity.unit})"


def _said(relations: Sequence[Relation]) -> str:
    return AND["en"].join(RELATION["en"][relation.code].format(limit=relation.limit) for relation in relations) or "any"
