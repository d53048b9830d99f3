"""Whether the views suffice: how many, how different, how much of the picture, and how well they agree."""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from grader.calibration.belt import belt_plane
from grader.calibration.board import Board
from grader.calibration.errors import FitError, ViewsError
from grader.calibration.fit import TOO_ALIKE, CameraFit
from grader.calibration.views import View

LEAST_VIEWS = 6
"""Distinct ones, the belt view among them. Of random sixes out of 14 rendered views all came within 0.1 % of the true
focal length; of random fours some missed it by 0.2 %."""

SAME_SHOT_PX = 0.5
"""Views whose corners all agree within this are the same shot: they add no knowledge, but would feign precision."""

FOCAL_U_LIMIT = 0.002
"""Relative standard uncertainty of the focal length. Height and with it every diameter's correction hang on it; six
good views reach 0.0005."""

RMS_LIMIT_PX = 0.5
"""A flat, sharp, still board gives 0.05 to 0.2 px. At half a pixel the board is bent, blurred or not the one described,
and at 0.2 mm a pixel the figures would be off by a tenth of a millimetre."""

REASONS_SHOWN = 4
"""Reasons for leaving views out that one sentence can bear."""

FIELDS = (6, 4)
"""Across and down: the fields of the picture that are counted for its coverage."""

SEEN_LIMIT, SEEN_WELL = 0.5, 0.9
"""Share of the fields with corners: below the first refused, below the second warned about. Where no corner was seen,
the distortion is a guess."""

BELOW_BELT_MM = 5.0
"""A board further below the belt than this cannot be, if the camera was mounted when the views were taken."""


def distinct(views: Sequence[View], keep: str) -> tuple[list[View], dict[str, str]]:
    """Views of which no two are the same shot, and for each other one its twin; the view named `keep` stays."""
    kept: list[View] = []
    twins: dict[str, str] = {}
    for view in sorted(views, key=lambda view: view.name != keep):
        twin = next((other for other in kept if _same_shot(view, other)), None)
        if twin is None:
            kept.append(view)
        else:
            twins[view.name] = twin.name
    return [view for view in views if view in kept], twins


def require_enough(views: Sequence[View], reasons: Sequence[str]) -> None:
    """Raise `ViewsError` where fewer than `LEAST_VIEWS` are left; `reasons` say what became of the others."""
    if len(views) < LEAST_VIEWS:
        because = (
            f" ({'; '.join(reasons[:REASONS_SHOWN])}{'; ...' * (len(reasons) > REASONS_SHOWN)})" if reasons else ""
        )
        raise ViewsError(
            f"{len(views)} usable and distinct views are too few, {LEAST_VIEWS} are needed and 12 or more are better: "
            f"take more, with the board turned, tilted to all sides and in all corners of the picture{because}"
        )


def require_precise(fit: CameraFit) -> None:
    """Raise `ViewsError` where the poses were too alike to tell the focal length."""
    relative = float(np.max(fit.intrinsics_sd[:2] / fit.intrinsics[:2]))
    if relative > FOCAL_U_LIMIT:
        raise ViewsError(
            f"{TOO_ALIKE} (they leave the focal length uncertain by {relative:.1%}, the limit is {FOCAL_U_LIMIT:.1%})"
        )


def require_agreement(fit: CameraFit, views: Sequence[View]) -> None:
    """Raise `FitError` where the views contradict each other beyond `RMS_LIMIT_PX`."""
    if fit.rms_px > RMS_LIMIT_PX:
        worst = views[int(np.argmax(fit.view_rms_px))].name
        raise FitError(
            f"the views contradict each other by {fit.rms_px:.2f} px rms (limit {RMS_LIMIT_PX} px), {worst} most with "
            f"{fit.view_rms_px.max():.2f} px: the board must be flat and still, the lens sharp and not touched between "
            "views, and its squares all of one size"
        )


def seen(views: Sequence[View], size_px: tuple[int, int]) -> NDArray[np.int64]:
    """How many corners were seen in each field of the picture, (down, across) as in `FIELDS`."""
    corners = np.concatenate([view.corners_px for view in views])
    across, down = FIELDS
    count, _, _ = np.histogram2d(
        corners[:, 1], corners[:, 0], bins=(down, across), range=((0, size_px[1]), (0, size_px[0]))
    )
    return np.asarray(count, np.int64)


def require_coverage(share: float) -> list[str]:
    """Raise `ViewsError` where the share of the fields with corners is too small; warn, in words, where it is small."""
    if share < SEEN_LIMIT:
        raise ViewsError(
            f"the board was seen in {share:.0%} of the picture only ({SEEN_LIMIT:.0%} are needed): "
            "take views with the board in the corners and along the edges of the picture"
        )
    if share < SEEN_WELL:
        advice = "add views with the board in the picture's corners"
        return [f"the board was seen in {share:.0%} of the picture, distortion elsewhere is a guess: {advice}"]
    return []


def boards_below_belt(fit: CameraFit, views: Sequence[View], belt_view: int, board: Board) -> list[str]:
    """Warn, in words, where a board would lie below the belt, through which no board can be moved."""
    belt = belt_plane(fit.rotations[belt_view], fit.translations_mm[belt_view], 0.0)
    up = belt.rotation[:, 2]
    depths_mm = []
    for view, rotation, translation in zip(views, fit.rotations, fit.translations_mm, strict=True):
        in_camera = board.corners_mm()[view.ids] @ np.asarray(cv2.Rodrigues(rotation)[0]).T + translation
        depths_mm.append(float(np.max((belt.translation_mm - in_camera) @ up)))
    deepest = int(np.argmax(depths_mm))
    if depths_mm[deepest] <= BELOW_BELT_MM:
        return []
    advice = f"the board does not lie on the belt in {views[belt_view].name}: take the belt view again"
    place = f"in {views[deepest].name} the board lies {depths_mm[deepest]:.0f} mm below the belt"
    return [f"{place}. If the camera was already mounted, {advice}"]


def _same_shot(one: View, other: View) -> bool:
    """Whether two views show the board at the same place in the picture."""
    _, of_one, of_other = np.intersect1d(one.ids, other.ids, return_indices=True)
    if len(of_one) < min(len(one.ids), len(other.ids)) / 2:
        return False
    return float(np.abs(one.corners_px[of_one] - other.corners_px[of_other]).max(initial=0.0)) < SAME_SHOT_PX
