"""The catalogue and its calibration on disk, so that only the first start has to render and to calibrate.

Files are named by a hash over the settings, the camera and the code that renders. They are written whole or not at all;
what is damaged is made anew, and where nothing can be written, everything is made anew each time.
"""

import hashlib
import json
import os
import tempfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from grader.calibration.document import Document
from grader.calibration.errors import CalibrationFileError
from grader.calibration.files import read_document, write_document
from grader.twin.boards import BoardCamera, calibrate
from grader.twin.catalogue import Catalogue, Progress, build_catalogue
from grader.twin.entries import CatalogueSettings, Entry, Patch
from grader.twin.feed import Specimen
from grader.twin.frames import FrameMaker
from grader.twin.view import View
from grader.vision import Calibration

RENDERS = (
    "belt", "body", "calyx", "contact", "entries", "flesh", "foliage", "foreign", "fruit", "light", "mesh", "placing",
    "pose", "raster", "references", "rot", "scenery", "seeds", "sensor", "shape", "skin", "sprite", "truth", "variety",
    "view",
)  # fmt: skip
"""The modules that a catalogue's bytes depend on,"""
CALIBRATES = (*RENDERS, "boards", "catalogue", "frames", "moving_belt", "silhouette")
"""and those that the calibration depends on beside vision's and calibration's own."""
MOST_KEPT = 6
"""Catalogues (some 80 MB each); the one that was not used for longest goes first."""


def user_cache() -> Path:
    """Where programs of this user keep what can be made anew (XDG Base Directory Specification)."""
    root = os.environ.get("XDG_CACHE_HOME", "")
    return (Path(root) if Path(root).is_absolute() else Path.home() / ".cache") / "strawberry-grader" / "twin"


def kept_catalogue(
    settings: CatalogueSettings,
    view: View,
    folder: Path | None = None,
    progress: Progress | None = None,
    processes: int | None = None,
) -> Catalogue:
    """The catalogue of `settings` as `view` sees it, from `folder` (None: the user's cache) where it is there."""
    path = (folder or user_cache()) / f"catalogue-{_key(settings, view, RENDERS)}.npz"
    # Whatever is wrong with the file, the catalogue can be had without it.
    with suppress(OSError, ValueError, KeyError, TypeError, EOFError, BadZipFile):
        catalogue = Catalogue(settings, view, _read(path))
        with suppress(OSError):
            os.utime(path)
        return catalogue
    catalogue = build_catalogue(settings, view, progress, processes)
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        _write_whole(path, lambda draft: _write(draft, catalogue.entries))
        _forget_old(path.parent)
    return catalogue


def kept_calibration(catalogue: Catalogue, folder: Path | None = None) -> Calibration:
    """What the station's own procedure makes of the twin's board views, from `folder` where it is there."""
    return kept_document(catalogue, folder).calibration()


def kept_document(catalogue: Catalogue, folder: Path | None = None) -> Document:
    """The same as the file has it."""
    folder = folder or user_cache()
    path = folder / f"calibration-{_key(catalogue.settings, catalogue.view, CALIBRATES)}.json"
    with suppress(CalibrationFileError):
        return read_document(path)
    empty = FrameMaker(Catalogue(catalogue.settings, catalogue.view, ()))
    document = calibrate(BoardCamera(empty), datetime.now(UTC).replace(microsecond=0))
    with suppress(OSError, CalibrationFileError):
        folder.mkdir(parents=True, exist_ok=True)
        write_document(document, path)
    return document


def _key(settings: CatalogueSettings, view: View, modules: tuple[str, ...]) -> str:
    digest = hashlib.sha256(settings.model_dump_json().encode())
    camera, belt = view.camera, view.belt
    for numbers in (camera.size_px, camera.matrix, camera.distortion, belt.rotation, belt.translation_mm):
        digest.update(np.asarray(numbers, np.float64).tobytes())
    for module in modules:
        digest.update(Path(__file__).with_name(f"{module}.py").read_bytes())
    for package in ("numpy", "opencv-python-headless"):
        digest.update(version(package).encode())
    return digest.hexdigest()[:20]


def _write(draft: Path, entries: tuple[Entry, ...]) -> None:
    patches = [patch for entry in entries for patch in entry.patches]
    things = [{"lane": entry.lane, "height_mm": entry.height_mm, **asdict(entry.specimen)} for entry in entries]
    pictures = [picture for patch in patches for picture in (patch.light, patch.cover, patch.shade)]
    with draft.open("wb") as file:
        np.savez(
            file,
            things=np.frombuffer(json.dumps(things).encode(), np.uint8),
            axes_mm=np.array([entry.axes_mm for entry in entries]).reshape(-1, 3, 3),
            counts=np.array([len(entry.patches) for entry in entries], np.int64),
            numbers=np.array([(patch.along_mm, patch.red_share, patch.rot_share) for patch in patches]).reshape(-1, 3),
            corners=np.array([(*patch.corner, *patch.shade_corner) for patch in patches], np.int64).reshape(-1, 4),
            shapes=np.array([(*patch.cover.shape, *patch.shade.shape) for patch in patches], np.int64).reshape(-1, 4),
            pictures=np.concatenate([picture.ravel() for picture in pictures] or [np.zeros(0, np.uint8)]),
        )


def _read(path: Path) -> tuple[Entry, ...]:
    """As they were written; the archive's own checksums find damage (`BadZipFile`)."""
    with path.open("rb") as opened, np.load(opened, allow_pickle=False) as file:
        things = json.loads(file["things"].tobytes())
        axes_mm, counts = file["axes_mm"], file["counts"]
        numbers, corners, shapes, pictures = file["numbers"], file["corners"], file["shapes"], file["pictures"]
    patches, begin = [], 0
    for (along_mm, red_share, rot_share), (x, y, sx, sy), (rows, columns, srows, scolumns) in zip(
        numbers.tolist(), corners.tolist(), shapes.tolist(), strict=True
    ):
        ends = begin + np.cumsum([3 * rows * columns, rows * columns, srows * scolumns])
        light, cover, shade = (pictures[first:last] for first, last in zip((begin, *ends), ends, strict=False))
        patches.append(
            Patch(
                along_mm=along_mm,
                red_share=red_share,
                rot_share=rot_share,
                corner=(x, y),
                light=light.reshape(rows, columns, 3),
                cover=cover.reshape(rows, columns),
                shade_corner=(sx, sy),
                shade=shade.reshape(srows, scolumns),
            )
        )
        begin = int(ends[-1])
    return tuple(
        Entry(
            lane=thing.pop("lane"),
            height_mm=thing.pop("height_mm"),
            specimen=Specimen(**thing),
            axes_mm=axes,
            patches=tuple(patches[last - count : last]),
        )
        for thing, axes, count, last in zip(things, axes_mm, counts.tolist(), np.cumsum(counts).tolist(), strict=True)
    )


def _write_whole(path: Path, write: Callable[[Path], None]) -> None:
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".catalogue.", suffix=".part")
    os.close(handle)
    draft = Path(name)
    try:
        write(draft)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def _forget_old(folder: Path) -> None:
    kept = sorted(folder.glob("catalogue-*.npz"), key=lambda path: path.stat().st_mtime, reverse=True)
    for path in kept[MOST_KEPT:]:
        path.unlink(missing_ok=True)
