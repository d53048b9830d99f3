"""The rule packs that the station knows: those that are shipped, and its own."""

from grader.api.settings import StationOfApi
from grader.grading import RulePack, find_rule_pack, shipped_names, shipped_rule_pack


def rule_packs(station: StationOfApi) -> dict[str, RulePack]:
    """By name."""
    packs = {name: shipped_rule_pack(name) for name in shipped_names()}
    if station.rules not in packs:
        own = find_rule_pack(station.rules)
        packs[own.name] = own
    return packs


def pack_of(station: StationOfApi, sha256: str) -> RulePack | None:
    """The pack with that hash; None: the station knows it no more, or is none the wiser."""
    return next((pack for pack in rule_packs(station).values() if pack.hash == sha256), None)
