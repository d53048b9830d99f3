"""The sightings of one fruit become one measurement.

Width and diameter come from all lines of sight together (`stereo.py`). Red is taken as from the window's middle
(`overhead.py`); volume is a mean weighted by the views' uncertainties. With three and more, a view that contradicts
the median diameter is left out. Not all of an error shrinks with the number of views; `VOLUME_INDEPENDENT` says which
share of its variance differs from view to view.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from grader.grading import Decay, DecayLimits, Measurement
from grader.line.overhead import seen_overhead
from grader.line.profile import Encoder, StationProfile
from grader.line.sightings import BeltSightings
from grader.line.stereo import Section, fit_section, line_u_mm, lines_of_sight
from grader.line.tracking import Track
from grader.vision import WhyNot

Array = NDArray[np.float64]

VOLUME_INDEPENDENT = 0.09
"""Share of a volume's variance that differs from view to view (edge noise, axis, lean); the rest is common to all of
them. Measured with the twin's pixels: docs/figures/twin-errors.md."""
LEAST_DOUBT = 1e-4
"""A view is never surer than this that a fruit rots, or does not: one alone does not outweigh all others."""
MAJORITY = 3
OUTLIER_U = 3.0
"""A view is left out where it differs from the median of three and more by so many of its uncertainties."""


@dataclass(frozen=True, slots=True)
class Fused:
    """What all views of a fruit say together."""

    measurement: Measurement
    length_mm: float | None
    volume_mm3: float | None
    views: int
    """Sightings that were measured and used."""
    sightings: int
    """All, usable or not."""
    exposed_s: float
    """Exposure of the last sighting: whether or not its figures were of use, the fruit's place was taken from it."""


def fuse(track: Track, profile: StationProfile, decay_limits: DecayLimits | None = None) -> Fused:
    """One measurement of the fruit of `track`; not measurable if no view was. `decay_limits`: of whoever looked."""
    decay = assess_decay(track, decay_limits)
    usable = [(frame, row) for frame, row in track.frames if frame.why_not[row] == WhyNot.NOTHING]
    if not usable:
        return _unmeasured(track, decay)
    widths = np.array([frame.diameter_mm[row] for frame, row in usable])
    widths_u = np.array([frame.diameter_u_mm[row] for frame, row in usable])
    used = [view for view, kept in zip(usable, agreeing(widths, widths_u), strict=True) if kept]

    def of(name: str) -> Array:
        return np.array([getattr(frame, name)[row] for frame, row in used])

    section = widest_section(used, profile.encoder)
    off_mm = of("along_mm") - profile.window.middle_mm
    maturity, maturity_u = seen_overhead(of("maturity"), of("maturity_u"), off_mm)
    surface_red, _ = seen_overhead(of("surface_red"), of("maturity_u"), off_mm)
    volume_mm3, volume_u_mm3 = combine(of("volume_mm3"), of("volume_u_mm3"), VOLUME_INDEPENDENT)
    gram_per_mm3 = profile.density_g_cm3 / 1000
    measurement = Measurement(
        diameter_mm=section.diameter_mm,
        diameter_u_mm=section.diameter_u_mm,
        width_mm=section.width_mm,
        width_u_mm=section.width_u_mm,
        maturity=float(np.clip(maturity, 0, 1)),
        maturity_u=maturity_u,
        surface_red=float(np.clip(surface_red, 0, 1)),
        weight_g=volume_mm3 * gram_per_mm3,
        weight_u_g=volume_u_mm3 * gram_per_mm3,
        bruise_mm2=_median_told(of("bruise_mm2")),
        decay=decay,
    )
    return Fused(
        measurement=measurement,
        length_mm=float(np.median(of("length_mm"))),
        volume_mm3=volume_mm3,
        views=len(used),
        sightings=len(track.frames),
        exposed_s=track.frames[-1][0].exposed_s,
    )


def assess_decay(track: Track, limits: DecayLimits | None) -> Decay:
    """What is known of rot on the fruit of `track`: the mean of the log odds that its views give, where one was given.

    Views that are cut are left out where there are others.
    """
    if limits is None:
        return Decay.NOT_ASSESSED
    whole = [view for view in track.frames if view[0].why_not[view[1]] != WhyNot.CUT] or track.frames
    told = np.array([frame.decay[row] for frame, row in whole])
    told = told[~np.isnan(told)].clip(LEAST_DOUBT, 1 - LEAST_DOUBT)
    if not len(told):
        return Decay.NOT_ASSESSED
    return limits.judge(float(1 / (1 + np.exp(-np.log(told / (1 - told)).mean()))))


def widest_section(views: list[tuple[BeltSightings, int]], encoder: Encoder) -> Section:
    """The fruit's widest section, from measured sightings: the frame and its row there."""
    lines = lines_of_sight(
        caliper_mm=np.array([frame.caliper_mm[row] for frame, row in views]),
        camera_mm=views[0][0].camera_mm,
        travel_mm=np.array([frame.count * encoder.mm_per_count for frame, _ in views]),
        u_mm=line_u_mm(*np.array([(frame.width_mm[row], frame.width_u_mm[row]) for frame, row in views]).T),
    )
    return fit_section(lines, encoder.travel_u)


def agreeing(values: Array, u: Array) -> NDArray[np.bool_]:
    """Which of n views agree with their median, (n,); fewer than three cannot outvote one another, nor two halves."""
    agree = np.abs(values - np.median(values)) <= OUTLIER_U * u
    return np.asarray(agree if len(values) >= MAJORITY and agree.any() else np.ones(len(values), np.bool_))


def combine(values: Array, u: Array, independent: float) -> tuple[float, float]:
    """Mean weighted by 1 / u² and its standard uncertainty, of which the share `independent` of u² shrinks with n."""
    weights = 1 / np.maximum(u, 1e-9) ** 2
    weights /= weights.sum()
    common = np.sqrt(1 - independent) * float(weights @ u)
    scatter = np.sqrt(independent) * float(np.sqrt((weights**2) @ u**2))
    return float(weights @ values), float(np.hypot(common, scatter))


def _median_told(values: Array) -> float | None:
    """None where no view was told."""
    told = values[~np.isnan(values)]
    return float(np.median(told)) if len(told) else None


def _unmeasured(track: Track, decay: Decay) -> Fused:
    """The reason is that of the view nearest to the middle of the window: the first and last see it cut."""
    frame, row = min(track.frames, key=lambda view: abs(view[0].along_mm[view[1]]))
    why_not = WhyNot(int(frame.why_not[row])).name.lower()
    exposed_s = track.frames[-1][0].exposed_s
    return Fused(
        Measurement(measurable=False, why_not=why_not, decay=decay), None, None, 0, len(track.frames), exposed_s
    )
