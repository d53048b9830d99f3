"""How much darker, brighter, redder or bluer the lamp may become before what is measured moves.

    .venv/bin/python benchmarks/lamp.py [FOLDER]    # the path-traced pictures of rendered-belt

The pictures are made darker, brighter and of another colour in linear light, and measured with the calibration that
knew them as they were. The limits of the alarm `lamp_drift` (grader/line/watching.py) come from this table.
"""

import sys
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.figures import ROOT, provenance, publish
from benchmarks.judging import judge
from benchmarks.pictures import Picture
from benchmarks.rendered_belt import read_pictures, set_up
from grader.vision.colour import decode, encode

RENDERED_BELT = ROOT.parent / "shared" / "data" / "rendered-belt"
BRIGHTNESS = (0.4, 0.5, 0.7, 0.8, 0.9, 1.0, 1.1, 1.25, 1.4, 1.6)
COLOUR = (0.8, 0.9, 0.92, 1.08, 1.1, 1.2)
HEAD = "| light | n | measured | maturity: mean error, bias | width: bias, p95, mm |\n|---|---|---|---|---|"


def main() -> int:
    """Measure under each light, print, publish."""
    data = Path(sys.argv[1]) if len(sys.argv) > 1 else RENDERED_BELT
    if not (data / "truth.json").is_file():
        print("no rendered-belt pictures there: name their folder", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory() as folder:
        pictures = list(read_pictures(data, set_up(data, Path(folder))))
    lights = [(f"{share} times as bright", (share, share, share)) for share in BRIGHTNESS]
    lights += [(f"{share} times the red", (1.0, 1.0, share)) for share in COLOUR]
    lights += [(f"{share} times the blue", (share, 1.0, 1.0)) for share in COLOUR]
    rows = [_row(name, gains, pictures) for name, gains in lights]
    cells = [
        "| {light} | {n} | {measured:.1%} | {maturity_error:.3f}, {maturity_bias:+.3f} "
        "| {width_bias_mm:+.2f}, {width_p95_mm:.2f} |".format_map(row)
        for row in rows
    ]
    table = "\n".join([HEAD, *cells])
    title = "Another light than when the belt was learnt"
    print(f"{title}\n\n{table}")
    about = {"pictures": "simulated: path-traced (rendered-belt), isolated fruit, light changed in linear light"}
    publish("lamp", about | provenance(), title, table, {"rows": rows})
    return 0


def _row(name: str, gains: tuple[float, float, float], pictures: list[Picture]) -> dict[str, str | int | float]:
    outcome = judge(_in_light(pictures, gains))
    isolated = [fruit for fruit in outcome.fruit if fruit.isolated]
    measured = [fruit for fruit in isolated if fruit.measured]
    red = np.array([fruit.maturity - fruit.true_maturity for fruit in measured])
    width = np.array([fruit.width_mm - fruit.true_width_mm for fruit in measured])
    return {
        "light": name,
        "n": len(isolated),
        "measured": len(measured) / len(isolated),
        "maturity_error": float(np.abs(red).mean()),
        "maturity_bias": float(red.mean()),
        "width_bias_mm": float(width.mean()),
        "width_p95_mm": float(np.quantile(np.abs(width), 0.95)),
    }


def _in_light(pictures: list[Picture], gains: tuple[float, float, float]) -> Iterator[Picture]:
    levels = decode(np.arange(256.0))
    tables = [np.clip(np.rint(encode(levels * gain)), 0, 255).astype(np.uint8) for gain in gains]
    for picture in pictures:
        yield replace(picture, frame_bgr=_looked_up(picture.frame_bgr, tables))


def _looked_up(frame_bgr: NDArray[np.uint8], tables: list[NDArray[np.uint8]]) -> NDArray[np.uint8]:
    return np.stack([table[frame_bgr[..., channel]] for channel, table in enumerate(tables)], axis=-1)


if __name__ == "__main__":
    sys.exit(main())
