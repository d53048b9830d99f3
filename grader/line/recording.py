"""Frames of a run kept on disk, losslessly, with all that made decisions of them; and the same decisions, made again.

frames.jsonl                 a line a frame: its number, file, SHA-256, encoder count and time of exposure
frame-00000001.png           ...
calibration.json             as the station had it
pack.rules.toml
station.json                 the profile, and how the reference spheres stood
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, ValidationError

from grader.errors import GraderError
from grader.grading import DecayLimits, Decision, RulePack, decide, withhold
from grader.line.commands import SphereCheck
from grader.line.fusion import Fused, fuse
from grader.line.profile import StationProfile
from grader.line.references import ReferenceCheck
from grader.line.sightings import look
from grader.line.tracking import Tracker
from grader.network import NO_NETWORK
from grader.vision import Calibration
from grader.vision.network import Network

INDEX = "frames.jsonl"
CALIBRATION = "calibration.json"
RULES = "pack.rules.toml"
STATION = "station.json"
FASTEST = [cv2.IMWRITE_PNG_COMPRESSION, 1]


class RecordingError(GraderError, ValueError, code="recording"):
    """A recording cannot be written or read; the sentence says what to do."""


class Recorded(BaseModel):
    """`station.json`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    profile: StationProfile
    sphere_check: SphereCheck
    """Before the first frame."""
    model_sha256: str = NO_NETWORK
    """Of the network that looked."""


class Recorder:
    """Writes frames as they are measured."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._written = len((folder / INDEX).read_bytes().splitlines())

    def write(self, frame_bgr: NDArray[np.uint8], count: int, exposed_s: float) -> None:
        """Keep a frame exposed at encoder `count`; the index names only what is there whole."""
        self._written += 1
        path = self._folder / f"frame-{self._written:08}.png"
        encoded = cv2.imencode(path.suffix, frame_bgr, FASTEST)[1].tobytes()
        digest = hashlib.sha256(encoded).hexdigest()
        entry = {
            "frame": self._written,
            "image": path.name,
            "sha256": digest,
            "encoder_count": count,
            "exposed_s": exposed_s,
        }
        try:
            path.write_bytes(encoded)
            with (self._folder / INDEX).open("a", encoding="utf-8") as index:
                index.write(json.dumps(entry) + "\n")
        except OSError as error:
            path.unlink(missing_ok=True)
            raise RecordingError(f"cannot write {path}: {error.strerror}. Make room, or record elsewhere") from error


@dataclass(frozen=True, slots=True)
class Replayed:
    """A fruit, decided again."""

    fruit: int
    """From 1."""
    lane: int
    encoder_count: int
    """The count at which it lay under the camera's foot."""
    fused: Fused
    decision: Decision
    """What the rule pack says; whether its outlet was open then, frames do not tell."""


def begin_recording(folder: Path, recorded: Recorded) -> None:
    """Make `folder` ready for a `Recorder`. Raises `RecordingError` where it holds anything."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise RecordingError(f"{folder} is not empty: nothing is overwritten, name another folder to record to")
        (folder / STATION).write_text(recorded.model_dump_json(indent=2) + "\n", encoding="utf-8")
        (folder / INDEX).touch()
    except OSError as error:
        raise RecordingError(f"cannot record to {folder}: {error.strerror}") from error


def read_station(folder: Path) -> Recorded:
    """The station of a recording. Raises `RecordingError`."""
    try:
        return Recorded.model_validate_json((folder / STATION).read_text(encoding="utf-8"))
    except (OSError, ValidationError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is damaged, or of another version"
        raise RecordingError(f"{folder} holds no recording of a station ({STATION}: {reason})") from error


def replay(
    folder: Path,
    recorded: Recorded,
    calibration: Calibration,
    pack: RulePack,
    network: Network | None = None,
    decay_limits: DecayLimits | None = None,
) -> Iterator[Replayed]:
    """Decide all fruit of a recording again, in the order in which they were decided. Raises `RecordingError`."""
    profile = recorded.profile
    tracker = Tracker(profile)
    check = ReferenceCheck(profile.references, recorded.sphere_check)
    decided = 0
    for frame_bgr, count, exposed_s in _frames(folder):
        for track in tracker.see(look(frame_bgr, calibration, profile.window, count, exposed_s, network)):
            if check.take(track):
                continue
            decided += 1
            fused = fuse(track, profile, decay_limits)
            classes = check.result is SphereCheck.PASSED
            decision = decide(fused.measurement, pack) if classes else withhold(fused.measurement)
            place = round(-track.rides_mm / profile.encoder.mm_per_count)
            yield Replayed(decided, track.lane, place, fused, decision)


def _frames(folder: Path) -> Iterator[tuple[NDArray[np.uint8], int, float]]:
    try:
        lines = (folder / INDEX).read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise RecordingError(f"{folder} holds no recording of a station ({INDEX}: {error.strerror})") from error
    if not lines:
        raise RecordingError(f"{folder} holds no frames: nothing was recorded, or {INDEX} was emptied")
    for number, line in enumerate(lines, 1):
        try:
            entry = json.loads(line)
            path, digest, count, exposed_s = (
                folder / str(entry["image"]),
                str(entry["sha256"]),
                int(entry["encoder_count"]),
                float(entry["exposed_s"]),
            )
            in_order = entry["frame"] == number
        except (ValueError, KeyError, TypeError) as error:
            raise RecordingError(
                f"{folder / INDEX}, line {number} is damaged: cut the recording off before it"
            ) from error
        if not in_order:
            raise RecordingError(
                f"{folder / INDEX}, line {number} is not frame {number}: lines are missing or exchanged"
            )
        try:
            encoded = path.read_bytes()
        except OSError as error:
            raise RecordingError(f"{path} is missing: cut {INDEX} off before line {number}") from error
        if hashlib.sha256(encoded).hexdigest() != digest:
            raise RecordingError(f"{path} is damaged or another one: cut {INDEX} off before line {number}")
        frame = cv2.imdecode(np.frombuffer(encoded, np.uint8), cv2.IMREAD_COLOR)
        yield np.asarray(frame, np.uint8), count, exposed_s
