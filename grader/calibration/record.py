"""A result becomes the document that is written to `calibration.json`."""

from datetime import datetime

from grader.calibration import belt, document
from grader.calibration.board import Board
from grader.calibration.camera import CameraResult
from grader.calibration.chart_colours import ChartColours
from grader.calibration.fit import INTRINSICS
from grader.calibration.scale import scale_u
from grader.vision.calibration import BeltColour


def make_document(
    result: CameraResult,
    board: Board,
    created: datetime,
    software: dict[str, str],
) -> document.Document:
    """Write down `result`, in numbers that read well.

    They are rounded far below their uncertainty. `created` needs a time zone; `software` maps names to versions.
    """
    width, height = result.size_px
    values, deviations = (
        document.Intrinsics(
            **{
                name: round(float(number), 6 if name.endswith("_px") else 9)
                for name, number in zip(INTRINSICS, numbers, strict=True)
            }
        )
        for numbers in (result.fit.intrinsics, result.fit.intrinsics_sd)
    )
    return document.Document.model_validate(
        {
            "created": created,
            "software": software,
            "camera": {"width_px": width, "height_px": height, "values": values, "standard_deviations": deviations},
            "belt": {
                "rotation": tuple(tuple(_rounded(number, 10) for number in row) for row in result.belt.rotation),
                "translation_mm": tuple(_rounded(number, 6) for number in result.belt.translation_mm),
                "height_mm": round(belt.height_mm(result.belt), 3),
                "tilt_deg": round(belt.tilt_deg(result.belt), 3),
                "view": result.belt_view,
            },
            "scale": {
                "u_rel": round(scale_u(result.fit_u_rel, board.u_rel), 8),
                "u_rel_fit": round(result.fit_u_rel, 8),
                "u_rel_board": board.u_rel,
            },
            "board": {
                "columns": board.columns,
                "rows": board.rows,
                "square_mm": board.square_mm,
                "marker_mm": board.marker_mm,
                "dictionary": board.dictionary,
                "legacy_pattern": board.legacy_pattern,
                "thickness_mm": board.thickness_mm,
                "u_rel": board.u_rel,
            },
            "fit": {
                "rms_px": round(result.fit.rms_px, 4),
                "seen_share": round(result.seen_share, 4),
                "views": tuple(
                    {"name": view.name, "corners": len(view.ids), "rms_px": round(float(rms_px), 4)}
                    for view, rms_px in zip(result.views, result.fit.view_rms_px, strict=True)
                ),
                "left_out": tuple({"name": view.name, "why": view.why} for view in result.left_out),
                "warnings": tuple(result.warnings),
            },
        }
    )


def with_belt_colour(calibration: document.Document, colour: BeltColour, picture: str) -> document.Document:
    """`calibration` with its section on the belt's colour added or replaced; `picture` names where it was learnt."""
    section = document.BeltColourSection(
        median_bgr=colour.median_bgr, brightness=colour.brightness, spread=colour.spread, picture=picture
    )
    return calibration.model_copy(update={"belt_colour": section})


def with_colour(calibration: document.Document, found: ChartColours, picture: str) -> document.Document:
    """`calibration` with its section on colour added or replaced; `picture` names where the chart was seen."""
    section = document.ColourSection.model_validate(
        {
            "matrix_bgr": tuple(tuple(_rounded(number, 6) for number in row) for row in found.matrix.rows),
            "patches": found.patches,
            "error_before": round(found.error_before, 2),
            "error_after": round(found.error_after, 2),
            "picture": picture,
        }
    )
    return calibration.model_copy(update={"colour": section})


def _rounded(number: float, decimals: int) -> float:
    """`number` with that many decimals; nought has no sign."""
    return round(float(number), decimals) + 0.0
