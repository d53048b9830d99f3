"""The station profile: everything particular to one machine, read from `station.toml`."""

from itertools import pairwise
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from grader.grading import Outlet

PositiveMm = Annotated[float, Field(gt=0, le=20_000)]
Milliseconds = Annotated[float, Field(ge=0, le=10_000)]
LANE_MM = 30.0
"""Lanes nearer to each other than this hold no single file of fruit that are sold."""
DISTINCT_MM = 4.0
"""Reference pieces differ by at least so much in size."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Encoder(_Part):
    """What a turn of the belt's roller says."""

    mm_per_count: Annotated[float, Field(gt=0, le=5)] = 0.1
    """Belt travel of one count (four counts a line of a quadrature encoder)."""
    travel_u: Annotated[float, Field(gt=0, le=0.05)] = 0.002
    """Relative standard uncertainty of that: a roller of 50 mm, known to 0.1 mm. The less it is, the more the views of
    a fruit say of its height."""


class Window(_Part):
    """Where the camera sees the belt; positions along the travel, mm from the origin of the belt frame."""

    from_mm: float = -125.0
    """A fruit's centre behind this is cut by the frame's edge on its way in."""
    to_mm: float = 125.0
    """A fruit's centre beyond this is cut on its way out: it is decided on what was seen until then."""
    direction_deg: Annotated[float, Field(ge=-180, le=360)] = 0.0
    """The way the belt runs, in the calibration's belt frame, from +x towards +y."""
    frame_every_mm: PositiveMm = 50.0
    """Belt travel from one exposure to the next."""

    @property
    def middle_mm(self) -> float:
        """Half way through it."""
        return (self.from_mm + self.to_mm) / 2

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.to_mm <= self.from_mm:
            raise ValueError("the window's to_mm must lie beyond its from_mm")
        if self.to_mm - self.from_mm < self.frame_every_mm:
            raise ValueError("frame_every_mm is longer than the window: fruit would pass unseen; lower it")
        return self


class Lanes(_Part):
    """Single files of fruit side by side."""

    centres_mm: tuple[float, ...] = (-82.5, -27.5, 27.5, 82.5)
    """Across the travel, to its left, in the calibration's belt frame, from right to left."""

    @model_validator(mode="after")
    def _side_by_side(self) -> Self:
        if not self.centres_mm:
            raise ValueError("a station needs at least one lane")
        if any(there - here < LANE_MM for here, there in pairwise(self.centres_mm)):
            raise ValueError(f"centres_mm of the lanes must rise, each {LANE_MM:g} mm or more beyond the one before")
        return self

    def nearest(self, across_mm: float) -> int:
        """The lane that a fruit at `across_mm` lies in."""
        return min(range(len(self.centres_mm)), key=lambda lane: abs(self.centres_mm[lane] - across_mm))


class Ejector(_Part):
    """A row of air jets across the belt, one a lane, and the exit behind them."""

    outlet: Outlet
    at_mm: PositiveMm
    """Where the jets hit, along the travel from the origin of the belt frame."""
    delay_ms: tuple[Milliseconds, ...] = (12.0, 12.0, 12.0, 12.0)
    """From the command until air flows, measured for each lane's valve."""
    pulse_ms: Milliseconds = 15.0
    """How long the valve stays open."""
    flight_ms: tuple[Milliseconds, Milliseconds] = (60.0, 260.0)
    """A fruit that was hit passes the exit sensor so long after the air began to flow: earliest and latest."""
    tray_count: Annotated[int, Field(ge=1, le=10_000)] = 80
    """A tray is full with so many fruit."""
    tray_g: Annotated[float, Field(gt=0, le=100_000)] | None = None
    """And with so much estimated weight, whichever comes first; None: only they are counted."""


class References(_Part):
    """What passes the camera at the start of a shift, and how well it has to be measured."""

    sphere_mm: tuple[PositiveMm, ...] = (25.0, 30.0, 35.0)
    """Diameters of the matt red spheres, smallest first."""
    sphere_within_mm: PositiveMm = 0.4
    """A sphere may be measured wrong by so much: two thirds of what 95 % of the fruit stay within."""
    patch_mm: PositiveMm = 45.0
    """Diameter of the flat, matt disc that is red around a pale middle."""
    patch_red: Annotated[float, Field(gt=0, lt=1)] = 0.85
    """Share of it that is red."""
    patch_within: Annotated[float, Field(gt=0, lt=1)] = 0.04
    valid_h: Annotated[float, Field(gt=0, le=48)] = 12.0
    """A shift: for so long the check holds."""

    @model_validator(mode="after")
    def _distinct(self) -> Self:
        sizes = [*self.sphere_mm, self.patch_mm]
        if any(larger - smaller < DISTINCT_MM for smaller, larger in pairwise(sizes)):
            raise ValueError(f"spheres and patch are told apart by size: make each {DISTINCT_MM:g} mm larger")
        return self


class StationProfile(_Part):
    """One machine."""

    name: str = "twin"
    encoder: Encoder = Encoder()
    window: Window = Window()
    lanes: Lanes = Lanes()
    ejectors: tuple[Ejector, ...] = (
        Ejector(outlet=Outlet.SUPER, at_mm=400),
        Ejector(outlet=Outlet.CLASS_I, at_mm=520),
        Ejector(outlet=Outlet.CLASS_II, at_mm=640),
        Ejector(outlet=Outlet.PROCESSING, at_mm=760),
        Ejector(outlet=Outlet.WASTE, at_mm=880),
    )
    infeed_mm: float = -185.0
    """Where fruit come onto the belt, before the window."""
    end_mm: PositiveMm = 1000.0
    """Where the belt ends, over the recheck crate."""
    recheck_count: Annotated[int, Field(ge=1, le=100_000)] = 400
    """The recheck crate is full with so many fruit."""
    most_diverted: Annotated[float, Field(gt=0, le=1)] = 0.5
    """The belt stands once more than this share of the last fruit went to recheck for want of an open outlet."""
    reach_mm: PositiveMm = 10.0
    """A jet moves a fruit whose centre is within this distance of it."""
    clearance_mm: PositiveMm = 22.0
    """No shot where another fruit's centre, bound elsewhere, comes nearer to the jet than this while air flows."""
    latency_budget_ms: Milliseconds = 250.0
    """From the exposure of a fruit's last sighting until its decision is durable and its shot known to the ejectors."""
    references: References = References()
    density_g_cm3: Annotated[float, Field(gt=0.5, lt=1.2)] = 0.93

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if not self.ejectors:
            raise ValueError("a station needs at least one ejector")
        places = [ejector.at_mm for ejector in self.ejectors]
        way = [self.infeed_mm, self.window.from_mm, self.window.to_mm, *places, self.end_mm]
        if any(here >= there for here, there in pairwise(way)):
            raise ValueError("infeed, window, ejectors and the belt's end must follow each other along the travel")
        outlets = [ejector.outlet for ejector in self.ejectors]
        if Outlet.RECHECK in outlets:
            raise ValueError("recheck is the belt's end: nobody ejects into it")
        if len(set(outlets)) < len(outlets):
            raise ValueError("each outlet has one row of ejectors")
        if any(len(ejector.delay_ms) != len(self.lanes.centres_mm) for ejector in self.ejectors):
            raise ValueError("every ejector needs one delay_ms for each lane")
        return self

    @property
    def runway_mm(self) -> float:
        """From where a fruit is decided to the first ejector."""
        return self.ejectors[0].at_mm - self.window.to_mm

    def fastest_mm_s(self) -> float:
        """The belt speed up to which a decision within the latency budget is in time for the first ejector."""
        slowest_s = (self.latency_budget_ms + max(self.ejectors[0].delay_ms)) / 1000
        return self.runway_mm / slowest_s
