"""`calibration.json` on disk: written whole or not at all, and read only as it was written."""

import json
import os
import re
import tempfile
from pathlib import Path

from pydantic import ValidationError

from grader.calibration.document import FORMAT, VERSION, Document
from grader.calibration.errors import CalibrationFileError
from grader.vision.calibration import Calibration


def load_calibration(path: Path) -> Calibration:
    """Read the calibration in the file `path` as the value that vision is given.

    Raises `CalibrationFileError`: missing, not ours, of another version, or edited since it was written.
    """
    return read_document(path).calibration()


def read_document(path: Path) -> Document:
    """Read all that the file `path` says. Raises as `load_calibration` does."""
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise CalibrationFileError(f"cannot read the calibration {path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise CalibrationFileError(f"{path} is not a calibration file: it is not text") from error
    try:
        content = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise CalibrationFileError(f"{path} is not a calibration file: it is not JSON ({error})") from error
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise CalibrationFileError(
            f"{path} is not a calibration file: it does not begin with the format {FORMAT!r}. "
            "Make one with: grader calibrate camera"
        )
    if content.get("version") != VERSION:
        raise CalibrationFileError(
            f"{path} is of version {content.get('version')!r}, this software reads version {VERSION}: "
            "calibrate again, or use the software that wrote it"
        )
    stated = content.pop("hash", None)
    try:
        document = Document.model_validate_json(json.dumps(content))
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(step) for step in first["loc"])
        raise CalibrationFileError(f"{path} was edited or damaged: {place}: {first['msg']}") from error
    if document.content_hash() != stated:
        raise CalibrationFileError(
            f"{path} was edited after it was written: its content no longer has the hash that it states. "
            "Fetch the original, or calibrate again"
        )
    return document


def write_document(document: Document, path: Path) -> None:
    """Write `document` to the file `path`: after a power cut there is the old file or the new one, never half of one.

    Raises `CalibrationFileError` where the folder is missing or cannot be written to.
    """
    path = path.resolve()  # where the path is a link, what it points to is replaced, not the link
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    except OSError as error:
        raise CalibrationFileError(f"cannot write {path}: {error.strerror}") from error
    draft = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(_text(document))
            file.flush()
            os.fsync(file.fileno())
        draft.chmod(_usual_mode())
        draft.replace(path)
    except OSError as error:
        raise CalibrationFileError(f"cannot write {path}: {error.strerror}") from error
    finally:
        draft.unlink(missing_ok=True)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)  # the new name itself must survive a power cut
    finally:
        os.close(folder)


def _text(document: Document) -> str:
    """The file's text: the hash near the top, vectors of numbers on one line."""
    head = {"format": document.format, "version": document.version, "hash": document.content_hash()}
    text = json.dumps(head | document.model_dump(mode="json"), indent=2, ensure_ascii=False, allow_nan=False)
    return re.sub(r"\[\n\s+([-+.,\de\s]+?)\n\s+\]", lambda vector: f"[{' '.join(vector[1].split())}]", text) + "\n"


def _usual_mode() -> int:
    """The mode that a plain `open` would have given; a temporary file is readable by its owner alone."""
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask
