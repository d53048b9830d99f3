"""The folder in which plates are put as they come; a set that was cut short goes on where it stopped."""

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Shelf:
    """`plates/NNNNNN.png`, `plates/NNNNNN.mask.png` and `truth.jsonl`: a plate counts once its line is there."""

    folder: Path

    @property
    def truth(self) -> Path:
        """A JSON object a line, in the order in which plates were finished."""
        return self.folder / "truth.jsonl"

    def picture(self, index: int) -> Path:
        """Of plate `index`."""
        return self.folder / "plates" / f"{index:06d}.png"

    def mask(self, index: int) -> Path:
        """Of plate `index`."""
        return self.folder / "plates" / f"{index:06d}.mask.png"

    def lines(self) -> dict[int, dict[str, Any]]:
        """The truth of every plate that counts, by index; a line that was cut short does not."""
        if not self.truth.exists():
            return {}
        found: dict[int, dict[str, Any]] = {}
        for text in self.truth.read_text(encoding="utf-8").splitlines():
            try:
                line = json.loads(text)
            except json.JSONDecodeError:
                continue
            if isinstance(line, dict) and isinstance(line.get("index"), int):
                found[line["index"]] = line
        return found

    def missing(self, count: int) -> list[int]:
        """Which of the plates 0 to `count` - 1 are still to be made."""
        made = self.lines()
        return [index for index in range(count) if index not in made]

    def put(self, index: int, picture: Path, mask: bytes, truth: dict[str, Any]) -> None:
        """Take in a finished plate: its files first, each whole or not at all, then its line."""
        target = self.picture(index)
        target.parent.mkdir(parents=True, exist_ok=True)
        half = target.with_suffix(f".{os.getpid()}.half")
        half.write_bytes(mask)
        half.replace(self.mask(index))
        picture.replace(target)
        line = json.dumps(truth, separators=(",", ":")) + "\n"
        # One write to a file opened for appending: lines of two workers do not mix.
        with self.truth.open("ab+", buffering=0) as file:
            file.seek(0, os.SEEK_END)
            if file.tell():
                file.seek(-1, os.SEEK_END)
                line = line if file.read(1) == b"\n" else "\n" + line
            file.write(line.encode())
