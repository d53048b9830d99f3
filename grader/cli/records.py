"""From sightings to rows: each fruit is graded on unrounded numbers, and written with the published ones."""

import math
from dataclasses import dataclass
from itertools import product

from grader.cli.rows import DECAY_DECIMALS, DECIMALS, MARGIN_DECIMALS, GradedFruit, Hashes
from grader.grading import MARGIN, Boundary, Decay, DecayLimits, Decision, Measurement, RulePack, decide, round_within
from grader.grading.ladder import Ladder
from grader.vision import Calibration, Sightings, WhyNot

BORDERLINE_U = 2.0
"""A limit is near if it lies within so many standard uncertainties of the measured value."""
CENTRE_DECIMALS = 1
FULL_TURN_DEG = 360.0


@dataclass(frozen=True, slots=True)
class Standard:
    """What every fruit of a run is graded by."""

    pack: RulePack
    density_g_cm3: float
    decay_limits: DecayLimits | None
    """None: no network looks."""
    model: str | None
    """The network's SHA-256."""
    software: str
    """The version of `grader`."""


def make_rows(image: str, sightings: Sightings, calibration: Calibration, standard: Standard) -> list[GradedFruit]:
    """Grade every fruit of the picture `image`."""
    hashes = Hashes(
        rule_pack=f"sha256:{standard.pack.hash}",
        calibration=calibration.hash,
        model=None if standard.model is None else f"sha256:{standard.model}",
        software=standard.software,
    )
    rows = []
    for index in range(len(sightings)):
        numbers = _numbers(sightings, index, standard.density_g_cm3)
        why_not = WhyNot(int(sightings.why_not[index]))
        probability = float(sightings.decay[index])
        decay = Decay.NOT_ASSESSED if standard.decay_limits is None else standard.decay_limits.judge(probability)
        why = None if why_not is WhyNot.NOTHING else why_not.name.lower()
        decision, why = _decide(numbers, decay, why, standard.pack)
        row = {
            "image": image,
            "fruit": index + 1,
            "bbox": tuple(int(side) for side in sightings.bbox_px[index]),
            "centre_px": tuple(round(float(place), CENTRE_DECIMALS) for place in sightings.centre_px[index]),
            **(dict.fromkeys(DECIMALS) if why else _published(numbers, standard.pack)),
            "grade": decision.grade,
            "outlet": decision.outlet,
            "reason": decision.reason,
            "reason_code": decision.because.code,
            "criterion": decision.criterion,
            "margin": _published_margin(decision),
            "borderline": None if why else is_borderline(numbers, decay, decision, standard.pack),
            "measurable": why is None,
            "why_not": why,
            "decay": decay,
            "decay_probability": _published_decay(probability, standard.decay_limits),
            "scale": "plain" if calibration.plain_scale else "calibrated",
            "hashes": hashes,
        }
        rows.append(GradedFruit.model_validate(row))
    return rows


def _numbers(sightings: Sightings, index: int, density_g_cm3: float) -> dict[str, float | None]:
    """The measured numbers of one fruit, unrounded; None: not known."""
    gram_per_mm3 = density_g_cm3 / 1000
    numbers = {field: float(getattr(sightings, field)[index]) for field in DECIMALS if not field.startswith("weight")}
    numbers["weight_g"] = numbers["volume_mm3"] * gram_per_mm3
    numbers["weight_u_g"] = float(sightings.volume_u_mm3[index]) * gram_per_mm3
    return {field: number if math.isfinite(number) else None for field, number in numbers.items()}


def _decide(
    numbers: dict[str, float | None], decay: Decay, why_not: str | None, pack: RulePack
) -> tuple[Decision, str | None]:
    """The decision, and why the fruit counts as not measured: vision's reason, or a number that no fruit has."""
    measurement = Measurement(
        diameter_mm=numbers["diameter_mm"],
        diameter_u_mm=numbers["diameter_u_mm"],
        width_mm=numbers["width_mm"],
        width_u_mm=numbers["width_u_mm"],
        maturity=numbers["maturity"],
        maturity_u=numbers["maturity_u"],
        surface_red=numbers["surface_red"],
        weight_g=numbers["weight_g"],
        weight_u_g=numbers["weight_u_g"],
        bruise_mm2=numbers["bruise_mm2"],
        decay=decay,
        measurable=why_not is None,
        why_not=why_not,
    )
    decision = decide(measurement, pack)
    return decision, decision.because.why_not


def _published(numbers: dict[str, float | None], pack: RulePack) -> dict[str, float | None]:
    """Rounded, but never across a limit of the pack."""
    published = {
        field: None if number is None else round_within(number, DECIMALS[field], pack.limits_of(field))
        for field, number in numbers.items()
    }
    if published["axis_deg"] == FULL_TURN_DEG:
        published["axis_deg"] = 0.0
    if (volume_mm3 := published["volume_mm3"]) is not None:
        published["volume_mm3"] = int(volume_mm3)
    return published


def is_borderline(numbers: dict[str, float | None], decay: Decay, decision: Decision, pack: RulePack) -> bool:
    """Whether the fruit would get another grade or outlet if the numbers that are judged were a little different."""
    fields = [ladder.quantity.field for ladder in pack.ladders]
    for near in product(*(_numbers_near(ladder, numbers) for ladder in pack.ladders)):
        other, _ = _decide(numbers | dict(zip(fields, near, strict=True)), decay, None, pack)
        if (other.grade, other.outlet) != (decision.grade, decision.outlet):
            return True
    return False


def _numbers_near(ladder: Ladder, numbers: dict[str, float | None]) -> list[float | None]:
    """The ends of what the number that `ladder` judges may well be, and both sides of each limit between them."""
    quantity = ladder.quantity
    x, u = numbers[quantity.field], numbers.get(quantity.uncertainty_field or "")
    if x is None or u is None:
        return [x]
    low, high = max(x - BORDERLINE_U * u, 0.0), min(x + BORDERLINE_U * u, quantity.highest)
    within = [limit.value for limit in ladder.boundaries if low <= limit.value <= high]
    sides = [math.nextafter(value, end) for value in within for end in (-math.inf, math.inf)]
    return [low, high, *sides]


def _published_margin(decision: Decision) -> float | None:
    if decision.margin is None or decision.criterion is None:
        return None
    return round_within(decision.margin, MARGIN_DECIMALS[decision.criterion], MARGIN)


def _published_decay(probability: float, limits: DecayLimits | None) -> float | None:
    if limits is None or not math.isfinite(probability):
        return None
    return round_within(
        probability, DECAY_DECIMALS, [Boundary(limit, "above") for limit in (limits.suspected, limits.sure)]
    )
