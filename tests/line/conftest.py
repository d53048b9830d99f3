from collections.abc import Callable

import numpy as np
import pytest

from grader.line.profile import StationProfile
from grader.line.sightings import BeltSightings
from grader.twin.grazing import Ellipses
from grader.vision import WhyNot
from grader.vision.size import BUMPS, EQUATOR, FLATNESS
from grader.vision.volume import DIAMETER_PER_WIDTH

MM_PER_COUNT = StationProfile().encoder.mm_per_count

Frame = Callable[..., BeltSightings]


@pytest.fixture(scope="session")
def profile() -> StationProfile:
    return StationProfile()


@pytest.fixture(scope="session")
def frame() -> Frame:
    """Makes frames."""
    return make_frame


def make_frame(  # noqa: PLR0913 - each is one thing that a test may want otherwise
    travel_mm: float,
    places: list[tuple[float, float]],
    *,
    diameter_mm: float | list[float] = 32.0,
    why_not: list[WhyNot] | None = None,
    maturity: float = 0.85,
    yaw: float = 0.3,
    round_mm: list[float] | None = None,
    round_red: float = 1.0,
    decay: list[float] | None = None,
    bruise_mm2: list[float] | None = None,
) -> BeltSightings:
    """A frame of fruit of 32 mm at given places, at a given belt travel."""
    n = len(places)
    reasons = np.array(why_not or [WhyNot.NOTHING] * n, np.int8)
    nan = np.where(reasons == WhyNot.NOTHING, 0.0, np.nan)
    diameter = np.broadcast_to(np.asarray(diameter_mm, np.float64), n) + nan
    spots = np.array(places, np.float64).reshape(-1, 2)
    camera_mm = np.array([0.0, 0.0, 450.0])
    half_mm = diameter / DIAMETER_PER_WIDTH / BUMPS / 2
    fruit = Ellipses(
        along_mm=spots[:, 0],
        across_mm=spots[:, 1],
        yaw=np.full(n, yaw),
        half_mm=half_mm,
        height_mm=EQUATOR * half_mm,
        lean_mm=0 * half_mm,
        flatness=np.full(n, FLATNESS),
    )
    return BeltSightings(
        count=round(travel_mm / MM_PER_COUNT),
        exposed_s=travel_mm / 300.0,
        along_mm=spots[:, 0],
        across_mm=spots[:, 1],
        why_not=reasons,
        width_mm=diameter / DIAMETER_PER_WIDTH,
        width_u_mm=np.full(n, 0.25) + nan,
        diameter_mm=diameter,
        diameter_u_mm=np.full(n, 0.3) + nan,
        length_mm=diameter * 1.1,
        maturity=np.full(n, maturity) + nan,
        maturity_u=np.full(n, 0.01) + nan,
        surface_red=np.full(n, maturity) + nan,
        volume_mm3=0.5 * diameter**3,
        volume_u_mm3=0.03 * diameter**3,
        decay=np.full(n, np.nan if decay is None else decay),
        bruise_mm2=np.full(n, np.nan if bruise_mm2 is None else bruise_mm2) + nan,
        caliper_mm=fruit.grazed(camera_mm),
        camera_mm=camera_mm,
        round_mm=np.array([np.nan] * n if round_mm is None else round_mm, np.float64),
        round_red=np.full(n, np.nan if round_mm is None else round_red),
    )
