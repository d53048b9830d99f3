"""Write the table of figures in README.md anew from docs/figures; `make bench` ends with it, and a test keeps it so."""

import json
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
README = ROOT / "README.md"
BEGIN, END = "<!-- figures: tools/readme_figures.py -->\n", "<!-- end of figures -->"
SHOWN: dict[str, dict[str, tuple[str, str]]] = {
    "accuracy": {
        "isolated fruit found": ("Fruit that lie alone: found", "{:.1f} %"),
        "false fruit": ("What is no fruit, called fruit", "{:.0f}"),
        "width_mm, isolated: sd": ("Width: standard deviation", "{:.2f} mm"),
        "diameter_mm, isolated: 95th percentile": ("Diameter: 95 % of errors below", "{:.2f} mm"),
        "diameter_mm, isolated: within 1.96 u": ("Diameter: truth within 1.96 of the stated u", "{:.1f} %"),
        "touching fruit called measurable": ("Touching fruit that can be measured", "{:.0f} %"),
        "size grade right, isolated, all": ("Size grade right, fruit at the limits included", "{:.1f} %"),
        "maturity, isolated: mean error": ("Maturity: mean error", "{:.3f}"),
        "weight, isolated: RMSE": ("Weight: root mean square error", "{:.2f} g"),
        "flesh mask IoU, mean over fruit found": ("Flesh mask: intersection over union", "{:.3f}"),
    },
    "photographs": {"mean IoU, every picture": ("Photographs of single berries: the same", "{:.3f}")},
    "speed": {
        "ours / cvtColor(BGR2HSV), medians": ("Time of a frame, in conversions of it to HSV", "{:.1f}"),
        "ours, median": ("The same on this machine, one thread", "{:.1f} ms"),
        "ours with the network on every fruit / cvtColor, medians": (
            "The same with the network, in conversions",
            "{:.1f}",
        ),
    },
    "network": {
        "decay found at 5.0% false alarms, all sound berries": (
            "Photographs: decay found at 5 % false alarms",
            "{:.1f} %",
        ),
        "decay found at 0.2% false alarms, all sound berries": ("The same at 0.2 % false alarms", "{:.1f} %"),
    },
    "accuracy-network": {
        "sound fruit, one view: rot suspected": ("Sound fruit suspected of rot by one view", "{:.1f} %"),
    },
    "rot": {
        "rot on 4 % and more of what is seen: into a tray of a table grade": (
            "**Rot**, 4 % and more of what is seen, into a table tray",
            "{:.1f} %",
        ),
        "sound: suspected, to recheck": ("Sound fruit to recheck because rot is suspected, all views", "{:.1f} %"),
    },
    "line": {
        "sent to an outlet: delivered there": ("**Running line**, 10 fruit/s: delivered as sent", "{:.2f} %"),
        "in a wrong tray, or in one without a record": ("In a wrong tray, or in one without a record", "{:.0f}"),
        "the same: 99 %": ("From exposure to the durable record: 99 % within", "{:.0f} ms"),
    },
    "repeat": {
        "fused diameter: 95th percentile": ("Diameter from all views: 95 % of errors below", "{:.2f} mm"),
        "same size grade again, other attitude": ("Same size grade on a second pass, otherwise laid", "{:.1f} %"),
        "same whole grade again, same attitude": ("Same grade on a second pass, laid as before", "{:.1f} %"),
    },
    "line-computing": {
        "fruit decided for each second of one core": ("Fruit that one core can decide in a second", "{:.0f}"),
    },
}
"""For each file of docs/figures the quantities that the README shows, in its words."""


def block() -> str:
    """The README's table, between its markers."""
    lines = ["| | value | 95 % interval | n |", "|---|---|---|---|"]
    sources = {}
    for name, shown in SHOWN.items():
        record: dict[str, Any] = json.loads((ROOT / "docs" / "figures" / f"{name}.json").read_text(encoding="utf-8"))
        sources[name] = record
        rows = {row["quantity"]: row for row in record["rows"]}
        for quantity, (words, form) in shown.items():
            row = rows[quantity]
            digits = form.split(" ")[0]
            interval = " to ".join(digits.format(end) for end in row["interval_95"]) if row["interval_95"] else ""
            lines.append(f"| {words} | {form.format(row['value'])} | {interval} | {row['n']} |")
    accuracy = sources["accuracy"]
    source = (
        f"Pictures: {accuracy['pictures']}; photographs: a split that nothing was tuned on. {accuracy['machine']}, "
        f"{accuracy['date']}. `make bench` measures them; all rows, with what they must be and should be: "
        "[accuracy](docs/figures/accuracy.md), [on the station's own twin](docs/figures/accuracy-twin.md), "
        "[photographs](docs/figures/photographs.md), [speed](docs/figures/speed.md), "
        "[the network](docs/figures/network.md). The running line: simulated, in "
        f"pixels, {sources['line']['date']}, `make bench-line`: [in real time](docs/figures/line.md), "
        "[a second pass](docs/figures/repeat.md), [computing alone](docs/figures/line-computing.md), "
        "[rot](docs/figures/rot.md)."
    )
    return "\n".join([*lines, "", source, ""])


def with_figures(readme: str) -> str:
    """`readme` with the table that docs/figures says it should have."""
    before, rest = readme.split(BEGIN)
    return before + BEGIN + block() + END + rest.split(END)[1]


if __name__ == "__main__":
    README.write_text(with_figures(README.read_text(encoding="utf-8")), encoding="utf-8")
