"""Which pictures a command was given: files and folders, and no two that would write over each other."""

import os
from collections import defaultdict
from collections.abc import Iterable, Sequence
from contextlib import suppress
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
            found = sorted(path for path in argument.iterdir() if _is_picture(path))
        except OSError as error:
            raise EmptyFolderError(f"the folder {argument} cannot be read: {error.strerror}") from error
        if not found:
            said = f"the folder {argument} holds no pictures ({', '.join(sorted(SUFFIXES))})"
            if passed_over([argument]):
                said += "; folders in it do, but they are not searched: name them"
            raise EmptyFolderError(said)
        pictures += found
    return pictures


def passed_over(arguments: Iterable[Path]) -> list[Path]:
    """The subfolders, one level down, of the folders among `arguments` that hold pictures: nobody searches them."""
    named = [argument for argument in arguments if argument.is_dir()]
    given = {folder.resolve() for folder in named}
    inner = (child for folder in named for child in sorted(folder.iterdir()) if child.is_dir())
    return [child for child in inner if child.resolve() not in given and _holds_pictures(child)]


def _holds_pictures(folder: Path) -> bool:
    try:
        return any(_is_picture(path) for path in folder.iterdir())
    except OSError:
        return False  # what cannot be read cannot have been meant


def _is_picture(path: Path) -> bool:
    return path.suffix.lower() in SUFFIXES and path.is_file()


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
    """Raise `OverwriteError` where a file to be `written` is one to be `read`, or one that is written already."""
    taken = {same: (path, "which is to be read") for path in read for same in _identities(path)}
    for path in written:
        for same in _identities(path):
            if same in taken:
                kept, why = taken[same]
                raise OverwriteError(f"{path} would replace {kept}, {why}: choose another place for it")
        taken |= dict.fromkeys(_identities(path), (path, "which is to be written"))


def _identities(path: Path) -> list[str | tuple[int, int]]:
    """What two names of one file have in common: where it really is, and, for hard links, its place on the disk."""
    place: list[str | tuple[int, int]] = [os.path.realpath(path)]
    with suppress(OSError):
        status = path.stat()
        place.append((status.st_dev, status.st_ino))
    return place
