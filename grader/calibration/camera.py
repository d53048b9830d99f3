"""The way from views of the board to a calibrated camera, step by step."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from grader.calibration import checks
from grader.calibration.belt import belt_plane, require_upright
from grader.calibration.board import Board
from grader.calibration.diagnosis import explain_unreadable, require_stated_ratio, require_stated_size
from grader.calibration.errors import BeltViewError, BoardError
from grader.calibration.fit import CameraFit, fit_camera
from grader.calibration.scale import fit_u_rel
from grader.calibration.views import LeftOut, View, detect, require_one_size, why_unusable
from grader.vision.calibration import BeltPlane

BAD_VIEW_PX, BAD_VIEW_TIMES = 0.3, 3.0
"""A view is left out where its own rms is above the first and this many times the median of all: blurred, or bent."""


@dataclass(frozen=True, slots=True, eq=False)
class LensResult:
    """A calibrated camera, wherever it hangs."""

    size_px: tuple[int, int]
    views: list[View]
    """Those that the fit rests on."""
    left_out: dict[str, str]
    """Views that were not fitted, and why."""
    outliers: dict[str, str]
    """Views that contradicted the others, and how."""
    fit: CameraFit
    seen_share: float
    """As `CameraResult`'s."""
    warnings: list[str]


@dataclass(frozen=True, slots=True, eq=False)
class CameraResult:
    """A calibrated camera over its belt, and what it rests on."""

    size_px: tuple[int, int]
    views: list[View]
    """Those that the fit rests on."""
    left_out: list[LeftOut]
    fit: CameraFit
    belt: BeltPlane
    belt_view: str
    seen_share: float
    """Share of the picture's fields (`checks.FIELDS`) in which corners were seen."""
    fit_u_rel: float
    """Relative standard uncertainty of lengths on the belt from the corners' noise."""
    warnings: list[str]


def calibrate_camera(
    names: Sequence[str], belt_view: str, read: Callable[[str], NDArray[np.uint8]], board: Board
) -> CameraResult:
    """Calibrate from the pictures `names`, in one of which, `belt_view`, the board lies on the belt.

    `read` gives a picture, (h, w, 3) BGR, by its name; it is asked for one at a time, so that none need be kept.

    Raises `BoardError` where another board was shown, `ViewsError` where the views do not suffice, `FitError` where
    they contradict each other, `BeltViewError` where the belt view is not to be used.
    """
    views = [detect(name, read(name), board) for name in names]
    require_one_size(views)
    reasons = {view.name: why for view in views if (why := why_unusable(view, board))}
    if len(reasons) > len(views) / 2:
        unread = list(reasons)
        raise BoardError(
            f"the board cannot be read in {len(unread)} of {len(views)} views ({unread[0]}: {reasons[unread[0]]}): "
            + explain_unreadable(unread, read, board)
        )
    if belt_view in reasons:
        raise BeltViewError(
            f"the belt view {belt_view} cannot be read: {reasons[belt_view]}. "
            "Lay the whole board in sight, flat on the belt, evenly lit, and take it again"
        )
    readable = [view for view in views if view.name not in reasons]
    require_stated_size(readable, board)
    require_stated_ratio(readable, board)
    return calibrate_views(readable, belt_view, board, reasons)


def calibrate_views(
    readable: list[View], belt_view: str, board: Board, unreadable: Mapping[str, str] | None = None
) -> CameraResult:
    """The same from views that were read already; why others could not be, by name, is in `unreadable`."""
    lens = calibrate_lens(readable, board, keep=belt_view, unreadable=unreadable)
    if belt_view in lens.outliers:
        raise BeltViewError(
            f"the belt view {belt_view} contradicts the others: {lens.outliers[belt_view]}. "
            "The board must lie flat and still: take it again"
        )
    number = [view.name for view in lens.views].index(belt_view)
    belt = belt_plane(lens.fit.rotations[number], lens.fit.translations_mm[number], board.thickness_mm)
    require_upright(belt, belt_view)
    return CameraResult(
        size_px=lens.size_px,
        views=lens.views,
        left_out=[LeftOut(name, why) for name, why in (lens.left_out | lens.outliers).items()],
        fit=lens.fit,
        belt=belt,
        belt_view=belt_view,
        seen_share=lens.seen_share,
        fit_u_rel=fit_u_rel(lens.fit, number, board.thickness_mm, lens.size_px),
        warnings=lens.warnings + checks.boards_below_belt(lens.fit, lens.views, number, board),
    )


def calibrate_lens(
    readable: list[View], board: Board, *, keep: str, unreadable: Mapping[str, str] | None = None
) -> LensResult:
    """The camera alone, wherever the belt is; the view named `keep` is not left out as another's twin.

    Raises `ViewsError` where the views do not suffice, `FitError` where they contradict each other.
    """
    size_px = require_one_size(readable)
    used, twins = checks.distinct(readable, keep)
    left_out = dict(unreadable or {}) | {name: f"it is the same shot as {twin}" for name, twin in twins.items()}
    checks.require_enough(used, [f"{name}: {why}" for name, why in left_out.items()])
    fit, used, outliers = _fit_without_outliers(used, board, size_px)
    checks.require_agreement(fit, used)
    checks.require_precise(fit)
    share = float(np.mean(checks.seen(used, size_px) > 0))
    return LensResult(size_px, used, left_out, outliers, fit, share, checks.require_coverage(share))


def _fit_without_outliers(
    views: list[View], board: Board, size_px: tuple[int, int]
) -> tuple[CameraFit, list[View], dict[str, str]]:
    """Fit, leaving out the worst view while it stands far apart: the fit, the views kept, why the others were not."""
    reasons: dict[str, str] = {}
    while True:
        fit = fit_camera(views, board, size_px)
        worst = int(np.argmax(fit.view_rms_px))
        limit_px = max(BAD_VIEW_PX, BAD_VIEW_TIMES * float(np.median(fit.view_rms_px)))
        if fit.view_rms_px[worst] <= limit_px or len(views) == checks.LEAST_VIEWS:
            return fit, views, reasons
        reasons[views[worst].name] = (
            f"its corners are off by {fit.view_rms_px[worst]:.2f} px rms, those of the others by "
            f"{np.median(fit.view_rms_px):.2f}: blurred, moved or bent"
        )
        views = views[:worst] + views[worst + 1 :]
