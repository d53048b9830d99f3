"""What a phone's camera makes of a printed label: turned, smeared by the print head, partly hidden."""

import math
from dataclasses import dataclass

import numpy as np
import zxingcpp
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter

Grey = NDArray[np.uint8]

PIXELS_PER_DOT = 2
"""A phone at arm's length sees a dot of 0.125 mm with about two pixels."""
WHITE = 255
SPOT_DOTS = 32
QR_CODES = zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.QRCode])


@dataclass(frozen=True, slots=True)
class Mishap:
    """What happens to a label between printer and camera."""

    angle_deg: float = 0.0
    smear_dots: int = 1
    """How far the ribbon drags each dot; 1: not at all."""
    smeared_across: bool = False
    """Else along the feed."""
    blur_px: float = 1.0
    """Of the camera: standard deviation."""


def photographed(label: Image.Image, mishap: Mishap) -> Grey:
    """The camera's grey picture of `label`, a black and white picture at the printer's dots."""
    grey = np.asarray(label.convert("L"), dtype=np.float64)
    padded = np.pad(grey, mishap.smear_dots, constant_values=WHITE)
    shifted = [np.roll(padded, dots, axis=int(mishap.smeared_across)) for dots in range(mishap.smear_dots)]
    smeared = np.mean(shifted, axis=0)
    picture = Image.fromarray(np.clip(smeared, 0, WHITE).astype(np.uint8))
    picture = picture.resize(
        (picture.width * PIXELS_PER_DOT, picture.height * PIXELS_PER_DOT), Image.Resampling.BICUBIC
    )
    picture = picture.rotate(mishap.angle_deg, resample=Image.Resampling.BICUBIC, expand=True, fillcolor=WHITE)
    return np.asarray(picture.filter(ImageFilter.GaussianBlur(mishap.blur_px)), dtype=np.uint8)


def with_a_patch(label: Image.Image, share: float, chance: np.random.Generator) -> Image.Image:
    """`label` with a square of `share` of its area covered, somewhere: a sticker, a leaf, a thumb."""
    side = math.sqrt(share * label.width * label.height)
    x, y = chance.uniform(0, label.width - side), chance.uniform(0, label.height - side)
    return _covered(label, [(x, y), (x + side, y), (x + side, y + side), (x, y + side)], chance)


def with_a_stripe(label: Image.Image, share: float, chance: np.random.Generator) -> Image.Image:
    """`label` with a stripe across it at any angle, of `share` of its area: tape, a fold, a dead print element."""
    angle = chance.uniform(0, math.pi)
    along, across = np.array([math.cos(angle), math.sin(angle)]), np.array([-math.sin(angle), math.cos(angle)])
    middle = np.array([chance.uniform(0, label.width), chance.uniform(0, label.height)])
    reach = float(label.width + label.height)
    low, high = 0.0, reach
    covered = Image.new("1", label.size)
    for _ in range(20):  # the width that covers the share, which depends on where the stripe lies
        width = (low + high) / 2
        corners = [
            middle + end * reach * along + side * width / 2 * across
            for end, side in ((-1, -1), (1, -1), (1, 1), (-1, 1))
        ]
        covered = Image.new("1", label.size)
        ImageDraw.Draw(covered).polygon([(float(x), float(y)) for x, y in corners], fill=1)
        if np.asarray(covered).mean() < share:
            low = width
        else:
            high = width
    hidden = label.convert("L")
    hidden.paste(int(chance.choice([0, 128, WHITE])), mask=covered)
    return hidden


def with_spots(label: Image.Image, share: float, chance: np.random.Generator) -> Image.Image:
    """`label` with round spots 4 mm across until `share` of it is covered: juice, water."""
    hidden = label.convert("L")
    covered = Image.new("1", label.size)
    pen = ImageDraw.Draw(covered)
    radius = SPOT_DOTS / 2
    while np.asarray(covered).mean() < share:
        x, y = chance.uniform(0, label.width), chance.uniform(0, label.height)
        pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=1)
    hidden.paste(int(chance.choice([0, 128, WHITE])), mask=covered)
    return hidden


def read(picture: Grey) -> set[str]:
    """What a decoder that is none of ours reads in the picture."""
    return {found.text for found in zxingcpp.read_barcodes(picture, formats=QR_CODES)}


def _covered(label: Image.Image, corners: list[tuple[float, float]], chance: np.random.Generator) -> Image.Image:
    hidden = label.convert("L")
    ImageDraw.Draw(hidden).polygon(corners, fill=int(chance.choice([0, 128, WHITE])))
    return hidden
