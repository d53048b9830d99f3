"""How often a printed label is read: clean, turned, smeared, with a tenth of it hidden.

.venv/bin/python benchmarks/labels.py [LABELS [TEMPLATE ...]]
"""

import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Literal

import numpy as np
from PIL import Image, ImageOps

from benchmarks.label_camera import Mishap, photographed, read, with_a_patch, with_a_stripe, with_spots
from grader.trace.identity import DEMO_PREFIX, Gtin, TraceBatch, TrayIdentity, make_serial
from grader.trace.labels import ScaleReading, Template, TrayLabel, Words, draw, shipped_template
from grader.trace.labels.files import DOTS_PER_MM

LABELS = 300
HIDDEN = 0.10
STEEPEST_DEG = 45.0
SMEAR_DOTS = 5
WORSE_SMEAR_DOTS = 6
"""At which levels differ."""
QUIET_DOTS = 20
"""Around a code that is cut out."""

TEMPLATES = ("tray-100x70", "tray-60x40")

Level = Literal["L", "M", "Q", "H"]
LEVELS: tuple[Level, ...] = ("L", "M", "Q", "H")
Fate = Callable[[np.random.Generator], Mishap]
Hide = Callable[[Image.Image, float, np.random.Generator], Image.Image]


def a_label(chance: np.random.Generator) -> TrayLabel:
    """Any tray's label, with made-up numbers."""
    batch = TraceBatch("GV1", date(2026, 11, 25), int(chance.integers(1, 10)), "S", int(chance.integers(1, 1000)))
    serial = make_serial(int(chance.integers(0, 10**6)), chance.bytes(5))
    return TrayLabel(
        identity=TrayIdentity(Gtin.of_company(DEMO_PREFIX, int(chance.integers(0, 10**5))), batch.text, serial),
        domain="trace.example.org",
        packer="绿谷合作社 Green Valley",
        packer_address="安徽省合肥市长丰县水湖镇",
        grade=Words("特级", "Super"),
        size="35 mm+",
        variety=Words("红颜", "Benihoppe"),
        origin=Words("中国安徽", "Anhui, China"),
        harvested_on=date(2026, 11, 25),
        packed_on=date(2026, 11, 25),
        best_before=date(2026, 11, 30),
        count=int(chance.integers(1, 60)),
        net_weight=ScaleReading(Decimal("2.500"), "S-7"),
        demo=True,
    )


def share_read(template: Template, mishap: Fate, hide: Hide | None, labels: int) -> float:
    """The share of `labels` labels that are read right, and nothing wrong beside."""
    chance = np.random.default_rng(7)
    right = 0
    for _ in range(labels):
        label = a_label(chance)
        picture = draw(label, template, DOTS_PER_MM)
        if hide is not None:
            picture = hide(picture, HIDDEN, chance)
        right += read(photographed(picture, mishap(chance))) == {label.code_text}
    return right / labels


def share_read_alone(level: Level, mishap: Fate, hide: Hide | None, labels: int) -> float:
    """The share of codes of that level that are read, each cut out of its label, with a tenth of the code hidden."""
    template = shipped_template()
    place = template.code[0]
    template = template.model_copy(update={"code": (place.model_copy(update={"level": level}),)})
    left, top = int(place.x_mm * DOTS_PER_MM), int(place.y_mm * DOTS_PER_MM)
    box = (left, top, left + int(place.width_mm * DOTS_PER_MM), top + int(place.height_mm * DOTS_PER_MM))
    chance = np.random.default_rng(7)
    right = 0
    for _ in range(labels):
        label = a_label(chance)
        square = draw(label, template, DOTS_PER_MM).crop(box).convert("L")
        symbol = ImageOps.invert(square).getbbox() or square.getbbox()
        code = square.crop(symbol)
        if hide is not None:
            code = hide(code, HIDDEN, chance)
        right += read(photographed(ImageOps.expand(code, QUIET_DOTS, fill=255), mishap(chance))) == {label.code_text}
    return right / labels


def straight(_: np.random.Generator) -> Mishap:
    """As it was printed."""
    return Mishap()


def turned(chance: np.random.Generator) -> Mishap:
    """However the phone is held."""
    return Mishap(angle_deg=chance.uniform(-STEEPEST_DEG, STEEPEST_DEG))


def smeared(chance: np.random.Generator) -> Mishap:
    """And a worn ribbon."""
    return Mishap(turned(chance).angle_deg, SMEAR_DOTS, smeared_across=bool(chance.integers(2)))


def smeared_worse(chance: np.random.Generator) -> Mishap:
    """By one dot more."""
    return replace(smeared(chance), smear_dots=WORSE_SMEAR_DOTS)


def main(labels: int, names: Sequence[str]) -> None:
    """Print a line for each level and mishap, then for each template and mishap; of the templates `names` alone."""
    for level in () if names else LEVELS:
        hidden = share_read_alone(level, turned, with_a_patch, labels)
        spotted = share_read_alone(level, turned, with_spots, labels)
        dragged = share_read_alone(level, smeared_worse, None, labels)
        print(f"one code in 24 mm, level {level}: {HIDDEN:.0%} of it hidden by a patch {hidden:.1%}", end=", ")
        print(f"by spots {spotted:.1%}", end=", ")
        print(f"smeared over {WORSE_SMEAR_DOTS} dots {dragged:.1%} of {labels}")
    for name in names or TEMPLATES:
        template = shipped_template(name)
        one = template.model_copy(update={"code": template.code[:1]})
        print(name)
        print(f"  clean                          {share_read(template, straight, None, labels):.1%} of {labels}")
        print(f"  turned up to 45 degrees        {share_read(template, turned, None, labels):.1%}")
        print(f"  turned, smeared over {SMEAR_DOTS} dots    {share_read(template, smeared, None, labels):.1%}")
        for words, hide in (("patch", with_a_patch), ("stripe", with_a_stripe), ("spots", with_spots)):
            both, alone = share_read(template, turned, hide, labels), share_read(one, turned, hide, labels)
            print(f"  turned, {HIDDEN:.0%} hidden by a {words:<8} {both:.1%}; with one of its codes {alone:.1%}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else LABELS, sys.argv[2:])
