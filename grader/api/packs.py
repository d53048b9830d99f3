"""The rule packs that the station knows: those that are shipped, its own, and the one that it had before."""

from pathlib import Path

from grader.api.settings import LAST_RULES, StationOfApi
from grader.grading import RulePack, find_rule_pack, load_rule_pack, shipped_names, shipped_rule_pack


def pack_in_use(station: StationOfApi) -> RulePack:
    """What the line grades by from its next start on: what was set at the station, else what its file names."""
    own = station.own_rules
    return load_rule_pack(own) if own.is_file() else find_rule_pack(station.rules)


def rule_packs(station: StationOfApi) -> dict[str, RulePack]:
    """By name; the station's own goes before a shipped one that is called the same."""
    own = pack_in_use(station)
    return {name: shipped_rule_pack(name) for name in shipped_names()} | {own.name: own}


def last_pack(station: StationOfApi) -> RulePack | None:
    """What was in use before the last change at the station; None: nothing was changed."""
    path = last_rules(station)
    return load_rule_pack(path) if path.is_file() else None


def last_rules(station: StationOfApi) -> Path:
    """Where that is."""
    return station.own_rules.with_name(LAST_RULES)


def pack_of(station: StationOfApi, sha256: str) -> RulePack | None:
    """The pack with that hash; None: the station knows it no more."""
    shipped = [shipped_rule_pack(name) for name in shipped_names()]
    known = [pack_in_use(station), last_pack(station), *shipped]
    return next((pack for pack in known if pack is not None and pack.hash == sha256), None)
