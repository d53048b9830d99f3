"""Which pictures a command was given: files and folders, and no two that would write over each other."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path

from grader.errors import GraderError

SUFFIXES = frozenset({".jpg", ".jpeg", ".jpe", ".png", ".bmp"})
"""What counts as a picture in a folder; a file that is named is read whatever its suffix."""


class EmptyFolderError(GraderError, ValueError, code="folder-empty"):
    """A folder that was given holds no pictures. Name the folder that is meant."""


class SameStemError(GraderError, ValueError, code="same-stem"):
    """Two pictures would have masks or overlays of the same name. Rename one, or grade them apart."""


class OverwriteError(GraderError, ValueError, code="overwrite"):
    """What is to be written would replace something that is to be read. Choose another place for it."""


def find_pictures(arguments: Iterable[Path]) -> list[Path]:
    """The files among `arguments` and the pictures in the folders among them (sorted), in the order given."""
    pictures: list[Path] = []
    for argument in arguments:
        if not argument.is_dir():
            pictures.append(argument)
            continue
        try:
            found = sorted(path for path in argument.iterdir() if path.suffix.lower() in SUFFIXES and path.is_file())
        except OSError as error:
            raise EmptyFolderError(f"the folder {argument} cannot be read: {error.strerror}") from error
        if not found:
            raise EmptyFolderError(f"the folder {argument} holds no pictures ({', '.join(sorted(SUFFIXES))})")
        pictures += found
    return pictures


def require_own_stems(pictures: Sequence[Path]) -> None:
    """Raise `SameStemError` where two of `pictures` share the stem that their mask and overlay are named after."""
    of_stem = defaultdict(list)
    for picture in pictures:
        of_stem[picture.stem].append(picture)
    shared = [f"{' and '.join(map(str, same))} ({stem})" for stem, same in of_stem.items() if len(same) > 1]
    if shared:
        raise SameStemError(
            f"masks and overlays are named after the pictures, and these share a name: {'; '.join(shared)}. "
            "Rename one, or grade them apart"
        )


def require_no_overwrite(written: Iterable[Path], read: Iterable[Path]) -> None:
    """Raise `OverwriteError` where a file to be `written` is one to be `read`."""
    inputs = {path.resolve(): path for path in read}
    for path in written:
        if (kept := inputs.get(path.resolve())) is not None:
            raise OverwriteError(f"{path} would replace {kept}, which is to be read: choose another place for it")
