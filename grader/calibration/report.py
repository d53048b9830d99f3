"""The report that a technician reads: a page of tables, pictures of the coverage and of what each corner is off by."""

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from grader.calibration.camera import CameraResult
from grader.calibration.document import Document
from grader.calibration.drawings import draw_coverage, draw_residuals, enlargement
from grader.calibration.errors import CalibrationFileError


def write_report(
    folder: Path, result: CameraResult, document: Document, read: Callable[[str], NDArray[np.uint8]]
) -> None:
    """Write `report.md` and its pictures into `folder`, which is made if it is missing.

    `read` gives a view's picture, (h, w, 3) BGR, by its name. Raises `CalibrationFileError` where it cannot
    be written.
    """
    width, height = result.size_px
    residuals_px, rms_px = result.fit.residuals_px, result.fit.rms_px
    blank = np.full((height, width, 3), 255, np.uint8)
    try:
        folder.mkdir(exist_ok=True)
        _write_png(folder / "coverage.png", draw_coverage(result.views, result.size_px))
        _write_png(folder / "residuals.png", draw_residuals(blank, result.views, residuals_px, rms_px))
        for number, view in enumerate(result.views):
            drawn = draw_residuals(read(view.name), [view], [residuals_px[number]], rms_px)
            _write_png(folder / picture_name(number), drawn)
        (folder / "report.md").write_text(page(result, document), encoding="utf-8")
    except OSError as error:
        raise CalibrationFileError(f"cannot write the report {folder}: {error.strerror}") from error


def picture_name(number: int) -> str:
    """Name of the picture of the residuals of view `number`, from 0."""
    return f"view_{number + 1:03d}.png"


def page(result: CameraResult, document: Document) -> str:
    """The report's text, Markdown."""
    rms_px, width = result.fit.rms_px, result.size_px[0]
    legend = (
        f"Arrows in the pictures are enlarged {enlargement(rms_px, width)} times: green up to twice the rms of all, "
        "orange up to four times, red beyond. Arrows that point the same way side by side mean a bent board or a lens "
        "that the model does not describe; arrows without order are the corner finder's noise."
    )
    parts = [
        f"# Calibration of {document.created:%Y-%m-%d %H:%M} UTC\n\n`{document.content_hash()}`",
        _warnings(document),
        _figures(document),
        f"## Reprojection error per view\n\n{_views(result)}",
        legend,
        "## Left out\n\n" + ("\n".join(f"* {view.name}: {view.why}" for view in result.left_out) or "Nothing."),
        "## Where the board was seen\n\n![coverage](coverage.png)",
        "## All residuals\n\n![residuals](residuals.png)",
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _warnings(document: Document) -> str:
    """What was warned about, if anything."""
    return "\n".join(f"> **Warning:** {warning}" for warning in document.fit.warnings)


def _figures(document: Document) -> str:
    """The camera, the belt, the scale."""
    camera, belt, scale = document.camera, document.belt, document.scale
    values, deviations = camera.values.model_dump(), camera.standard_deviations.model_dump()
    rows = [f"| {name} | {values[name]:.6g} | {deviations[name]:.2g} |" for name in values]
    place = (
        f"Pictures of {camera.width_px} x {camera.height_px} px. The camera is {belt.height_mm:.2f} mm above the belt, "
        f"tilted by {belt.tilt_deg:.2f} degrees (belt view: {belt.view})."
    )
    lengths = (
        f"Lengths on the belt: relative standard uncertainty {scale.u_rel:.3%}, of it {scale.u_rel_fit:.3%} from the "
        f"corners' noise and {scale.u_rel_board:.3%} from the board's own size."
    )
    head = ["| | value | standard deviation (0: held fixed) |", "|---|---|---|"]
    return "\n".join([*head, *rows, "", place, lengths])


def _views(result: CameraResult) -> str:
    """The table of the views that were used, and all together."""
    rows = ["| view | corners | rms, px | worst corner, px | picture |", "|---|---|---|---|---|"]
    for number, (view, residuals) in enumerate(zip(result.views, result.fit.residuals_px, strict=True)):
        off = np.linalg.norm(residuals, axis=1)
        figures = f"{len(off)} | {result.fit.view_rms_px[number]:.3f} | {off.max():.3f}"
        rows.append(f"| {view.name} | {figures} | [{picture_name(number)}]({picture_name(number)}) |")
    corners = sum(len(view.ids) for view in result.views)
    rows.append(f"| **all** | {corners} | **{result.fit.rms_px:.3f}** | | |")
    return "\n".join(rows)


def _write_png(path: Path, picture: NDArray[np.uint8]) -> None:
    """Write `picture` to the file `path`."""
    path.write_bytes(cv2.imencode(".png", picture)[1].tobytes())
