"""Files that are there whole or not at all, also after the power was cut."""

import os
from pathlib import Path


def write_in_place(path: Path, data: bytes, *, durable: bool = True) -> None:
    """Write `data` to the file `path`, in the place of what was there; raises OSError.

    Not `durable`: it does not wait for the disk, for what can be written anew.
    """
    draft = path.with_name(path.name + ".part")
    with draft.open("wb") as file:
        file.write(data)
        file.flush()
        if durable:
            os.fsync(file.fileno())
    draft.replace(path)
    if not durable:
        return
    # The new name must be on disk too, or a power cut brings the old file back.
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
