"""The same errors by camera and by belt, so that a weak spot does not hide in the mean."""

from collections.abc import Sequence

import numpy as np

from benchmarks.intervals import Z
from benchmarks.judging import Fruit
from benchmarks.table import markdown

HEADINGS = (
    "",
    "isolated",
    "measured",
    "width: bias, sd, p95, mm",
    "diameter: p95, mm",
    "within 1.96 u",
    "touching",
    "measured",
)


def parts_table(fruit: Sequence[Fruit]) -> str:
    """A line a camera and a line a belt."""
    cameras = list(dict.fromkeys(one.camera for one in fruit))
    belts = list(dict.fromkeys(one.belt for one in fruit))
    parts = [(camera, [one for one in fruit if one.camera == camera]) for camera in cameras]
    parts += [(f"{belt} belt", [one for one in fruit if one.belt == belt]) for belt in belts]
    return markdown(HEADINGS, [_line(name, part) for name, part in parts])


def _line(name: str, fruit: Sequence[Fruit]) -> list[str]:
    isolated = [one for one in fruit if one.isolated]
    touching = [one for one in fruit if not one.isolated]
    measured = [one for one in isolated if one.measured]
    cells = [name, str(len(isolated)), _share([one.measured for one in isolated])]
    if measured:
        width = np.array([one.width_mm - one.true_width_mm for one in measured])
        diameter = np.array([one.diameter_mm - one.true_diameter_mm for one in measured])
        u = np.array([one.diameter_u_mm for one in measured])
        cells += [
            f"{width.mean():+.2f}, {width.std():.2f}, {np.quantile(np.abs(width), 0.95):.2f}",
            f"{np.quantile(np.abs(diameter), 0.95):.2f}",
            _share((np.abs(diameter) <= Z * u).tolist()),
        ]
    else:
        cells += ["", "", ""]
    return [*cells, str(len(touching)), _share([one.measured for one in touching])]


def _share(hits: Sequence[bool]) -> str:
    return f"{100 * sum(hits) / len(hits):.1f} %" if hits else ""
