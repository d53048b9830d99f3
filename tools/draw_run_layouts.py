"""Draw three layouts of the touchscreen's page Run, sharp and as an eye sees them from two metres: `make layouts`.

They were drawn before anything was built; docs/decisions/0026-touchscreen.md judges them. Sizes are of the smallest
screen, 1024 x 600 on 7 inch.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import escape

PICTURES = Path(__file__).parents[1] / "docs" / "pictures"
WIDTH_PX, HEIGHT_PX, PX_PER_MM = 1024, 600, 6.68
BLUR_PX = 2.0
"""Two arc minutes, what a tired eye resolves, at 2 m: 1.2 mm or 7.8 px between two lines that are still two, as after a
Gaussian of a quarter of that."""
INK, GREY, LIGHT, GROUND, DARK = "#171c20", "#7d8b95", "#f6f7f8", "#d5d9dc", "#2f383f"
OUTLETS = ("Super", "Class I", "Class II", "Processing", "Waste", "Recheck")
FRUIT = (1204, 861, 412, 267, 31, 58)
GRADES = "grades"


@dataclass(frozen=True, slots=True)
class Box:
    """One rectangle of the screen, px."""

    kind: str
    x: float
    y: float
    width: float
    height: float
    text: str
    size_px: float
    note: str = ""

    @property
    def dark(self) -> bool:
        """Whether it is drawn light on dark."""
        return self.kind in {"picture", "stop", "page"}


def rails() -> Iterator[Box]:
    """A: pages on the left, the machine on the right, both on every page; the belt between them."""
    for place, page in enumerate(("Run", "Trays", "Lots", "Alarms", "More", "中文")):
        yield Box("page", 0, place * 100, 108, 100, page, 20)
    yield Box(
        "alarm",
        116,
        8,
        744,
        92,
        "Outlet I: fruit do not arrive",
        20,
        "Wipe the sensor. Emergency stop before you reach in",
    )
    yield Box("picture", 116, 108, 415, 312, "belt", 24)
    yield Box("rate", 539, 108, 321, 48, "9.8 fruit/s   412 kg/h", 28)
    for place, (outlet, count) in enumerate(zip(OUTLETS, FRUIT, strict=True)):
        yield Box(GRADES, 539, 164 + place * 42.7, 321, 42, f"{outlet}  {count}", 24)
        yield Box("tray", 116 + place * 125.3, 428, 117, 164, f"{count % 80}/80", 36, outlet)
    yield Box("state", 868, 8, 148, 112, "Execute", 26)
    for kind, label, y, height in (
        ("start", "Start", 128, 135),
        ("hold", "Hold", 271, 135),
        ("stop", "Stop belt", 414, 178),
    ):
        yield Box(kind, 868, y, 148, height, label, 26)


def picture_first() -> Iterator[Box]:
    """B: the picture as large as it goes; the machine in a bar below it, pages in a menu."""
    yield Box("picture", 8, 8, 648, 470, "belt", 24)
    yield Box("state", 664, 8, 352, 60, "Execute", 32)
    yield Box("alarm", 664, 76, 352, 84, "Outlet I: fruit do not arrive", 17, "Wipe the sensor")
    yield Box("rate", 664, 168, 352, 40, "9.8 fruit/s   412 kg/h", 24)
    for place, (outlet, count) in enumerate(zip(OUTLETS, FRUIT, strict=True)):
        yield Box(GRADES, 664, 216 + place * 44, 352, 42, f"{outlet}  {count}  {count % 80}/80", 20)
    yield Box("page", 8, 486, 160, 106, "Menu", 24)
    for place, (kind, label) in enumerate((("start", "Start"), ("hold", "Hold"), ("stop", "Stop belt"))):
        yield Box(kind, 176 + place * 282, 486, 276, 106, label, 28)


def machine_as_it_lies() -> Iterator[Box]:
    """C: the machine as one stands before it, from left to right: the picture, then a column for each outlet."""
    yield Box("state", 8, 8, 200, 84, "Execute", 32)
    yield Box(
        "alarm",
        216,
        8,
        692,
        84,
        "Outlet I: fruit do not arrive",
        20,
        "Wipe the sensor. Emergency stop before you reach in",
    )
    yield Box("page", 916, 8, 100, 84, "Menu", 20)
    yield Box("picture", 8, 100, 280, 376, "belt", 24)
    for place, (outlet, count) in enumerate(zip(OUTLETS, FRUIT, strict=True)):
        x = 296 + place * 120
        yield Box(GRADES, x, 100, 114, 130, f"{count}", 30, outlet)
        yield Box("tray", x, 236, 114, 240, f"{count % 80}/80", 30, "filling")
    yield Box("rate", 8, 484, 200, 108, "9.8 fruit/s", 28, "412 kg/h")
    for place, (kind, label) in enumerate((("start", "Start"), ("hold", "Hold"), ("stop", "Stop belt"))):
        yield Box(kind, 216 + place * 268, 484, 262, 108, label, 28)


LAYOUTS = {"a-rails": rails, "b-picture-first": picture_first, "c-machine-as-it-lies": machine_as_it_lies}


def svg(boxes: list[Box]) -> str:
    """The layout beside itself from two metres."""
    drawn = "".join(map(_drawn, boxes))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {2 * WIDTH_PX + 24} {HEIGHT_PX}" '
        'font-family="sans-serif">'
        f'<defs><filter id="far"><feGaussianBlur stdDeviation="{BLUR_PX}"/></filter>'
        f'<g id="screen"><rect width="{WIDTH_PX}" height="{HEIGHT_PX}" fill="{GROUND}"/>{drawn}</g></defs>'
        f'<use href="#screen"/><use href="#screen" x="{WIDTH_PX + 24}" filter="url(#far)"/></svg>\n'
    )


def _drawn(box: Box) -> str:
    fill, ink = (DARK, "#fff") if box.dark else (LIGHT, INK)
    x, y = box.x + box.width / 2, box.y + box.height / 2 + box.size_px * (0.1 if box.note else 0.35)
    note = (
        f'<text x="{x}" y="{y + box.size_px}" font-size="{max(13, box.size_px * 0.6):.0f}" text-anchor="middle" '
        f'fill="{ink}">{escape(box.note)}</text>'
        if box.note
        else ""
    )
    return (
        f'<rect x="{box.x}" y="{box.y}" width="{box.width}" height="{box.height}" rx="5" fill="{fill}" '
        f'stroke="{GREY}"/>'
        f'<text x="{x}" y="{y:.0f}" font-size="{box.size_px}" font-weight="700" text-anchor="middle" fill="{ink}">'
        f"{escape(box.text)}</text>{note}"
    )


def judged(boxes: list[Box]) -> dict[str, str]:
    """What can be measured on a layout."""

    def first(kind: str) -> Box:
        return next(box for box in boxes if box.kind == kind)

    targets = [box for box in boxes if box.kind in {"page", "start", "hold", "stop"}]
    picture, stop = first("picture"), first("stop")
    filling = first("tray" if any(box.kind == "tray" for box in boxes) else GRADES)
    return {
        "picture, % of the screen": f"{100 * picture.width * picture.height / (WIDTH_PX * HEIGHT_PX):.0f}",
        "state's word, mm high": f"{first('state').size_px / PX_PER_MM:.1f}",
        "a grade's count, mm high": f"{first(GRADES).size_px / PX_PER_MM:.1f}",
        "the tray's filling, mm high": f"{filling.size_px / PX_PER_MM:.1f}",
        "the alarm's cause, mm high": f"{first('alarm').size_px / PX_PER_MM:.1f}",
        "smallest target, mm": f"{min(min(box.width, box.height) for box in targets) / PX_PER_MM:.1f}",
        "Stop, cm2": f"{stop.width * stop.height / PX_PER_MM**2 / 100:.1f}",
        "taps to another page": "1" if sum(box.kind == "page" for box in boxes) > 1 else "2",
    }


def draw(folder: Path) -> dict[str, list[Box]]:
    """Draw all into `folder`; what is on them."""
    found = {name: list(layout()) for name, layout in LAYOUTS.items()}
    for name, boxes in found.items():
        (folder / f"run-layout-{name}.svg").write_text(svg(boxes), encoding="utf-8")
    return found


def main() -> None:
    """Draw all, and print what can be measured on them."""
    found = draw(PICTURES)
    figures = {name: judged(boxes) for name, boxes in found.items()}
    print("| |", " | ".join(found), "|\n|---|" + "---|" * len(found))
    for what in next(iter(figures.values())):
        print(f"| {what} |", " | ".join(of[what] for of in figures.values()), "|")


if __name__ == "__main__":
    main()
