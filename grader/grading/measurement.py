"""What grading decides on: one fruit's fused values with their uncertainties."""

from dataclasses import dataclass
from enum import StrEnum


class Decay(StrEnum):
    """What is known of rot and mould on the side of the fruit that was seen."""

    NONE = "none"
    SUSPECTED = "suspected"
    SURE = "sure"
    NOT_ASSESSED = "not_assessed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement:
    """One fruit; `*_u*` are standard uncertainties in the unit of their quantity. None: not known, never guessed."""

    diameter_mm: float | None = None
    """Greatest width at right angles to the line from stem to apex, mm; the best estimate of the equator's."""
    diameter_u_mm: float | None = None
    width_mm: float | None = None
    """The width that one view shows, mm."""
    width_u_mm: float | None = None
    maturity: float | None = None
    """Red flesh pixels / flesh pixels as the camera sees them, 0-1."""
    maturity_u: float | None = None
    surface_red: float | None = None
    """The same, weighted for the foreshortened rim: red skin / skin, 0-1."""
    weight_g: float | None = None
    weight_u_g: float | None = None
    bruise_mm2: float | None = None
    """Bruised flesh as seen from above, mm2; None where no network looked."""
    decay: Decay = Decay.NOT_ASSESSED
    measurable: bool = True
    """False: cut, hidden, blurred, ...; no class is given then, whatever the numbers say."""
    why_not: str | None = None
    """Why it is not measurable, as vision's code."""
