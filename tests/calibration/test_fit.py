"""The fit finds what is true, says how well, and does not claim what the views do not tell."""

import cv2
import numpy as np
import pytest

from grader.calibration.belt import belt_coordinates, belt_plane
from grader.calibration.board import Board
from grader.calibration.errors import ViewsError
from grader.calibration.fit import CameraFit, fit_camera
from grader.calibration.scale import fit_u_rel
from grader.calibration.views import View

from .conftest import POSES, KnownCamera, Pose

SIZE_PX = KnownCamera().size_px


def seen(camera: KnownCamera, board: Board, noise_px: float) -> list[View]:
    return [camera.see(name, board, pose, noise_px) for name, pose in POSES.items()]


def fitted(camera: KnownCamera, board: Board, noise_px: float) -> CameraFit:
    return fit_camera(seen(camera, board, noise_px), board, camera.size_px)


def test_without_noise_the_truth_is_recovered(camera: KnownCamera, board: Board) -> None:
    fit = fitted(camera, board, noise_px=0)
    assert fit.matrix == pytest.approx(camera.matrix, abs=0.02)
    assert fit.distortion == pytest.approx(camera.distortion, abs=0.002)
    assert fit.rms_px < 1e-4


def test_the_stated_deviations_are_opencvs_own(camera: KnownCamera, board: Board) -> None:
    views = seen(camera, board, noise_px=0.1)
    ours = fit_camera(views, board, camera.size_px)
    places = [board.corners_mm()[view.ids] for view in views]
    *_, deviations, _, _ = cv2.calibrateCameraExtended(
        places, [view.corners_px for view in views], camera.size_px, np.eye(3), np.zeros(5), flags=cv2.CALIB_FIX_K3
    )
    assert ours.intrinsics_sd == pytest.approx(np.ravel(deviations)[:9], rel=0.01)


def test_the_stated_deviations_are_those_of_many_fits(board: Board) -> None:
    fits = [fitted(KnownCamera(noise=np.random.default_rng(seed)), board, noise_px=0.1) for seed in range(40)]
    scatter = np.std([fit.intrinsics for fit in fits], axis=0, ddof=1)
    stated = np.mean([fit.intrinsics_sd for fit in fits], axis=0)
    assert scatter[:8] == pytest.approx(stated[:8], rel=0.4)  # 40 fits tell a deviation to a ninth, at one in three


def test_k3_is_not_made_up_for_a_lens_without_it(camera: KnownCamera, board: Board) -> None:
    fit = fitted(camera, board, noise_px=0.1)
    assert (fit.distortion[4], fit.intrinsics_sd[8]) == (0, 0)


def test_k3_is_found_where_a_wide_lens_has_it(board: Board) -> None:
    matrix = np.array([[420.0, 0, 322.3], [0, 421.0, 236.8], [0, 0, 1]])
    camera = KnownCamera(matrix=matrix, distortion=np.array([-0.32, 0.14, 0.0005, -0.0004, -0.03]))
    near = [
        Pose(pose.x_mm, pose.y_mm, pose.distance_mm / 2, pose.tilt_x_deg, pose.tilt_y_deg, pose.turn_deg)
        for pose in POSES.values()
    ]
    views = [camera.see(str(number), board, pose, 0.05) for number, pose in enumerate(near)]
    fit = fit_camera(views, board, camera.size_px)
    assert fit.distortion[4] == pytest.approx(-0.03, abs=3 * fit.intrinsics_sd[8])
    assert fit.intrinsics_sd[8] > 0


def test_the_scales_uncertainty_is_the_scatter_of_lengths(board: Board) -> None:
    """The same camera is calibrated many times: a length on the belt scatters by what each calibration states."""
    fits = [fitted(KnownCamera(noise=np.random.default_rng(seed)), board, noise_px=0.1) for seed in range(40)]
    stated = np.mean([fit_u_rel(fit, 0, 0.0, SIZE_PX) for fit in fits])
    u, v = np.meshgrid([16.0, 167, 319, 471, 623], [16.0, 239, 463])
    starts = np.column_stack([u.ravel(), v.ravel()])
    ends = starts + np.where(starts < 300, 32, -32) * np.array([1, 0])
    lengths = []
    for fit in fits:
        belt = belt_plane(fit.rotations[0], fit.translations_mm[0], 0.0)
        one, other = (belt_coordinates(points, fit.matrix, fit.distortion, belt) for points in (starts, ends))
        lengths.append(np.linalg.norm(other - one, axis=1))
    scatter = np.std(lengths, axis=0, ddof=1) / np.mean(lengths, axis=0)
    assert np.sqrt(np.mean(scatter**2)) == pytest.approx(stated, rel=0.5)  # the grids differ, so do edges and corners


@pytest.mark.parametrize("tilt_deg", [0.0, 1e-3])
def test_views_from_one_direction_only_determine_no_camera(camera: KnownCamera, board: Board, tilt_deg: float) -> None:
    places = [(-40, -20), (40, -20), (-40, 20), (40, 20), (0, 0), (20, 5)]
    views = [camera.see(str(place), board, Pose(*place, 300, tilt_deg, 0, 9 * place[0]), 0.1) for place in places]
    try:
        fit = fit_camera(views, board, camera.size_px)
    except ViewsError:
        return
    assert fit.intrinsics_sd[0] > 0.002 * fit.intrinsics[0]
