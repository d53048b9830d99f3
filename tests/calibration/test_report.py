"""The report shows a technician where the board was seen, and what each corner is off by."""

from datetime import UTC, datetime
from pathlib import Path

import cv2
import numpy as np
import pytest

from grader.calibration import checks
from grader.calibration.board import Board
from grader.calibration.camera import calibrate_camera
from grader.calibration.drawings import BAD, EMPTY, draw_coverage, draw_residuals, enlargement
from grader.calibration.errors import CalibrationFileError, ViewsError
from grader.calibration.record import make_document
from grader.calibration.report import write_report

from .conftest import POSES, KnownCamera, Picture


def test_the_report_names_every_view_and_shows_its_picture(
    pictures: dict[str, Picture], board: Board, tmp_path: Path
) -> None:
    result = calibrate_camera(list(pictures), "belt", pictures.__getitem__, board)
    document = make_document(result, board, datetime(2026, 11, 23, tzinfo=UTC), {})
    write_report(tmp_path / "report", result, document, pictures.__getitem__)
    text = (tmp_path / "report" / "report.md").read_text()
    assert document.content_hash() in text
    for number, name in enumerate(pictures):
        assert f"| {name} | " in text
        drawn = cv2.imread(str(tmp_path / "report" / f"view_{number + 1:03d}.png"))
        assert drawn is not None
        assert drawn.shape == pictures[name].shape
    for name in ("coverage.png", "residuals.png"):
        assert f"({name})" in text
        assert cv2.imread(str(tmp_path / "report" / name)) is not None


def test_a_report_that_cannot_be_written_is_a_sentence(
    pictures: dict[str, Picture], board: Board, tmp_path: Path
) -> None:
    result = calibrate_camera(list(pictures), "belt", pictures.__getitem__, board)
    document = make_document(result, board, datetime(2026, 11, 23, tzinfo=UTC), {})
    with pytest.raises(CalibrationFileError, match="cannot write the report"):
        write_report(tmp_path / "nowhere" / "report", result, document, pictures.__getitem__)


def test_fields_without_corners_are_red_and_counted(camera: KnownCamera, board: Board) -> None:
    left = [camera.see("left", board, POSES["left"])]
    drawn = draw_coverage(left, camera.size_px)
    red = np.all(drawn == EMPTY, axis=2)
    assert red[:, 540:].mean() > 0.8
    assert not red[200:280, 120:240].any()
    counts = checks.seen(left, camera.size_px)
    assert counts.shape == (4, 6)
    assert counts.sum() == len(left[0].ids)


@pytest.mark.parametrize(("share", "says"), [(1.0, None), (0.9, None), (0.8, "80% of the picture")])
def test_moderate_coverage_is_warned_about(share: float, says: str | None) -> None:
    warnings = checks.require_coverage(share)
    assert bool(warnings) == bool(says)
    assert (says or "") in "".join(warnings)


def test_poor_coverage_is_refused() -> None:
    with pytest.raises(ViewsError, match=r"seen in 40% of the picture only \(50% are needed\)"):
        checks.require_coverage(0.4)


def test_arrows_point_from_where_a_corner_should_be_to_where_it_was_seen(camera: KnownCamera, board: Board) -> None:
    view = camera.see("belt", board, POSES["belt"])
    residuals = np.tile([0.1, 0.0], (len(view.ids), 1))
    residuals[0] = [0.0, 0.9]
    blank = np.full((480, 640, 3), 255, np.uint8)
    drawn = draw_residuals(blank, [view], [residuals], rms_px=0.1)
    length = round(0.1 * enlargement(0.1, 640))
    x, y = np.rint(view.corners_px[20]).astype(int)
    beside = drawn[y - 1 : y + 2, x + length // 2].astype(int)
    assert (beside[:, 1] > beside[:, 2] + 20).any()  # green, to the right of the corner
    assert np.all(np.abs(drawn.astype(int) - BAD) < 60, axis=2).any()  # lines are smoothed


@pytest.mark.parametrize(("rms_px", "times"), [(0.042, 500), (0.1, 200), (0.5, 50), (40.0, 1), (0.0, 20_000_000)])
def test_the_enlargement_is_a_round_number(rms_px: float, times: int) -> None:
    assert enlargement(rms_px, 1456) == times
