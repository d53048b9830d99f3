"""`grader replay`: the frames of a recorded run, measured and decided again."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import click

from grader.calibration import load_calibration
from grader.grading import find_rule_pack, load_rule_pack
from grader.line.recording import CALIBRATION, RULES, RecordingError, Replayed, read_station, replay
from grader.network import NO_NETWORK, OnnxNetwork, limits_of, load_network

DECIMALS = {"width_mm": 3, "diameter_mm": 3, "diameter_u_mm": 3, "weight_g": 2, "maturity": 4, "maturity_u": 4}


@click.command("replay")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--rules", help="Decide by another rule pack, by name or file, than the station did.")
def replay_command(folder: Path, rules: str | None) -> None:
    """Decide the fruit of a recording again (grader run --record FOLDER): one JSON object a fruit.

    The same frames, software, calibration and rules give the same decisions. Which trays were full then frames do not
    tell: `outlet` is what the rules say.
    """
    recorded = read_station(folder)
    calibration = load_calibration(folder / CALIBRATION)
    network = _network(recorded.model_sha256)
    pack = load_rule_pack(folder / RULES) if rules is None else find_rule_pack(rules)
    counts: Counter[str] = Counter()
    for fruit in replay(folder, recorded, calibration, pack, network, limits_of(network)):
        counts[fruit.decision.outlet.value] += 1
        click.echo(json.dumps(_row(fruit), ensure_ascii=False))
    by_outlet = ", ".join(f"{outlet} {number}" for outlet, number in sorted(counts.items()))
    click.echo(f"{counts.total()} fruit: {by_outlet}", err=True)


def _network(model_sha256: str) -> OnnxNetwork | None:
    """The one that looked; None: none did."""
    if model_sha256 == NO_NETWORK:
        return None
    network = load_network()
    if network.hash != model_sha256:
        raise RecordingError(
            f"this was recorded with another network ({model_sha256[:12]}…) than the one installed "
            f"({network.hash[:12]}…): replay it with the software that recorded it"
        )
    return network


def _row(fruit: Replayed) -> dict[str, Any]:
    measured, decision = fruit.fused.measurement, fruit.decision
    figures = {name: getattr(measured, name) for name in DECIMALS}
    return {
        "fruit": fruit.fruit,
        "lane": fruit.lane,
        "encoder_count": fruit.encoder_count,
        "views": fruit.fused.views,
        "sightings": fruit.fused.sightings,
        **{name: None if value is None else round(value, DECIMALS[name]) for name, value in figures.items()},
        "decay": measured.decay.value,
        "why_not": measured.why_not,
        "grade": decision.grade,
        "outlet": decision.outlet.value,
        "criterion": decision.criterion,
        "margin": decision.margin,
        "reason": decision.reason,
    }
