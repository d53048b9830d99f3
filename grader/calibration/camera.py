"""The way from views of the board to a calibrated camera, step by step."""

from collections.abc import Callable, Sequence
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
    size_px = require_one_size(views)
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
    used, twins = checks.distinct(readable, belt_view)
    reasons |= {name: f"it is the same shot as {twin}" for name, twin in twins.items()}
    checks.require_enough(used, [f"{name}: {why}" for name, why in reasons.items()])

    fit, used, outliers = _fit_without_outliers(used, board, size_px)
    reasons |= outliers
    checks.require_agreement(fit, used)
    checks.require_precise(fit)
    share = float(np.mean(checks.seen(used, size_px) > 0))
    warnings = checks.require_coverage(share)
    if belt_view in outliers:
        raise BeltViewError(
            f"the belt view {belt_view} contradicts the others: {outliers[belt_view]}. "
            "The board must lie flat and still: take it again"
        )
    number = [view.name for view in used].index(belt_view)
    belt = belt_plane(fit.rotations[number], fit.translations_mm[number], board.thickness_mm)
    require_upright(belt, belt_view)
    return CameraResult(
        size_px=size_px,
        views=used,
        left_out=[LeftOut(name, why) for name, why in reasons.items()],
        fit=fit,
        belt=belt,
        belt_view=belt_view,
        seen_share=share,
        fit_u_rel=fit_u_rel(fit, number, board.thickness_mm, size_px),
        warnings=warnings + checks.boards_below_belt(fit, used, number, board),
    )


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
