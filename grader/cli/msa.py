"""`grader msa`: a field trial's form becomes the figures that a metrologist asks for."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
import numpy as np

from grader.cli.columns import columns
from grader.cli.msa_charts import draw_study
from grader.cli.output import write_picture
from grader.msa import (
    Against,
    GaugeStudy,
    Readings,
    StudyError,
    against_reference,
    analyse,
    read_study,
    same_grade_again,
)
from grader.msa.crossed import BEARABLE, GOOD

CLASS_MM = 5.0
"""Between the limits of two size grades."""
HANDS = {"diameter_mm": "caliper_mm", "weight_g": "scale_g"}
"""What each figure is held against."""
STATED = {"diameter_mm": "diameter_u_mm", "weight_g": "weight_u_g"}


@click.command()
@click.argument("form", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="FILE.csv")
@click.option("--tolerance-mm", type=click.FloatRange(0, min_open=True), default=CLASS_MM, show_default=True,
              help="Width of a size grade, against which six standard deviations of the gauge are held.")  # fmt: skip
@click.option("--caliper-u-mm", type=click.FloatRange(0), default=0.1, show_default=True,
              help="Standard uncertainty of the caliper on a soft fruit.")  # fmt: skip
@click.option("--scale-u-g", type=click.FloatRange(0), default=0.05, show_default=True, help="The same of the scale.")
@click.option("--charts", type=click.Path(dir_okay=False, path_type=Path), help="Draw the usual charts into this PNG.")
@click.option("--json", "as_json", is_flag=True, help="One line of JSON.")
def msa(
    form: Path, *, tolerance_mm: float, caliper_u_mm: float, scale_u_g: float, charts: Path | None, as_json: bool
) -> None:
    """Analyse a field trial: gauge R&R, bias, coverage, the same grade again (docs/field-trial.md has the form)."""
    try:
        readings = read_study(form.read_text(encoding="utf-8"))
    except UnicodeDecodeError as error:
        raise StudyError(f"{form} is no text: save the form as CSV, UTF-8") from error
    study = analyse(readings.whole("diameter_mm"))
    hand_u = {"diameter_mm": caliper_u_mm, "weight_g": scale_u_g}
    against = {
        name: held
        for name, hand in HANDS.items()
        if (reference := readings.of_fruit(hand)) is not None and name in readings.figures
        and (held := against_reference(
            readings.figures[name], readings.figures.get(STATED[name]), reference, hand_u[name]
        ))
    }  # fmt: skip
    if charts is not None:
        if charts.suffix != ".png":
            raise click.UsageError(f"--charts {charts}: name a file that ends with .png")
        write_picture(charts, draw_study(readings, study))
    if as_json:
        click.echo(json.dumps(_record(readings, study, against, tolerance_mm)))
    else:
        click.echo(_said(readings, study, against, tolerance_mm))


def _record(readings: Readings, study: GaugeStudy, against: dict[str, Against], tolerance_mm: float) -> dict[str, Any]:
    record: dict[str, Any] = {
        "fruit": len(readings.fruit),
        "lanes": len(readings.lanes),
        "passes": len(readings.passes),
        "repeatability_mm": study.repeatability,
        "reproducibility_mm": study.reproducibility,
        "gauge_mm": study.gauge,
        "parts_mm": study.parts,
        "grr_of_total": study.share,
        "grr_of_tolerance": study.share_of(tolerance_mm),
        "ndc": study.categories,
        "interaction_pooled": study.pooled,
        "against": {name: asdict(held) for name, held in against.items()},
    }
    if readings.grade is not None:
        record["same_grade_again"] = asdict(same_grade_again(readings.grade))
    return record


def _said(readings: Readings, study: GaugeStudy, against: dict[str, Against], tolerance_mm: float) -> str:
    of_total, of_tolerance = study.share, study.share_of(tolerance_mm)
    rows = [
        ("diameter_mm", "VALUE", "UNIT"),
        ("repeatability: passes over one lane (EV)", f"{study.repeatability:.3f}", "mm"),
        ("reproducibility: lanes (AV)", f"{study.reproducibility:.3f}", "mm"),
        ("gauge: both (GRR)", f"{study.gauge:.3f}", "mm"),
        ("the fruit themselves (PV)", f"{study.parts:.3f}", "mm"),
        ("GRR of the total spread", f"{100 * of_total:.1f}", f"% {_verdict(of_total)}"),
        (f"six GRR of a grade of {tolerance_mm:g} mm", f"{100 * of_tolerance:.1f}", f"% {_verdict(of_tolerance)}"),
        ("distinct categories (ndc)", f"{study.categories}", "(5 and more are wanted)"),
    ]
    for name, held in against.items():
        unit = name.rpartition("_")[2]
        rows += [
            (
                f"{name} against {HANDS[name]}: bias",
                f"{held.bias:+.3f} ± {1.96 * held.bias_u:.3f}",
                f"{unit}, {held.fruit} fruit",
            ),
            ("  spread of single readings (sd)", f"{held.sd:.3f}", unit),
            ("  95 % of the errors are below", f"{held.p95:.3f}", unit),
        ]
        if held.coverage is not None:
            rows.append(("  within 1.96 of the stated uncertainty", f"{100 * held.coverage:.1f}", "% (95 are wanted)"))
    if readings.grade is not None:
        again = same_grade_again(readings.grade)
        same = "-" if np.isnan(again.same) else f"{100 * again.same:.1f}"
        rows.append(("same grade again", same, f"% of {again.pairs} pairs"))
    size = f"{len(readings.fruit)} fruit, {len(readings.lanes)} lanes, {len(readings.passes)} passes"
    return f"{size}\n{columns(rows)}"


def _verdict(share: float) -> str:
    if share < GOOD:
        return "(good: below 10)"
    return "(may do: 10 to 30)" if share <= BEARABLE else "(not fit: above 30)"
