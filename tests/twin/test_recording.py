"""A recorded run, decided again: the same frames give the same decisions, and damage is said in a sentence."""

import errno
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from grader.grading import find_rule_pack
from grader.line.commands import SphereCheck
from grader.line.profile import StationProfile
from grader.line.recording import Recorded, Recorder, RecordingError, Replayed, begin_recording, read_station, replay
from grader.twin.frames import FrameMaker
from grader.vision import Calibration

from .conftest import Place

RECORDED = Recorded(profile=StationProfile(), sphere_check=SphereCheck.PASSED)
PACK = find_rule_pack("cooperative")


@pytest.fixture
def folder(tmp_path: Path, frames: FrameMaker, item: Place) -> Path:
    """Two fruit pass the camera, 60 mm apart."""
    folder = tmp_path / "recording"
    begin_recording(folder, RECORDED)
    recorder = Recorder(folder)
    for nth in range(9):
        travel_mm = 50.0 * nth
        placed = [(item(0), travel_mm - 150), (item(1), travel_mm - 210)]
        recorder.write(frames.frame(placed, round(travel_mm * 10)), round(travel_mm * 10), nth / 6)
    return folder


def reordered(folder: Path, change: Callable[[list[str]], list[str]]) -> None:
    index = folder / "frames.jsonl"
    index.write_text("".join(change(index.read_text().splitlines(keepends=True))))


def test_a_disk_without_room_ends_the_recording_and_leaves_it_whole(
    folder: Path, frames: FrameMaker, calibration: Calibration, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = decide_again(folder, calibration)

    def no_room(path: Path, content: bytes) -> int:
        with path.open("wb") as file:
            file.write(content[:100])
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", no_room)
    with pytest.raises(RecordingError, match="Make room"):
        Recorder(folder).write(frames.frame([], 9000), 9000, 2.0)
    assert not (folder / "frame-00000010.png").exists()
    assert decide_again(folder, calibration) == before


def decide_again(folder: Path, calibration: Calibration) -> list[Replayed]:
    return list(replay(folder, read_station(folder), calibration, PACK))


def test_the_same_frames_give_the_same_decisions(folder: Path, calibration: Calibration, item: Place) -> None:
    first, again = decide_again(folder, calibration), decide_again(folder, calibration)
    assert first == again
    assert [fruit.lane for fruit in first] == [item(0).lane, item(1).lane]
    for fruit, look in zip(first, (0, 1), strict=True):
        assert fruit.fused.views >= 3
        assert fruit.fused.measurement.diameter_mm == pytest.approx(item(look).diameter_mm, abs=1.2)


def test_without_the_spheres_nothing_gets_a_class_again_either(folder: Path, calibration: Calibration) -> None:
    unchecked = RECORDED.model_copy(update={"sphere_check": SphereCheck.DUE})
    assert {fruit.decision.grade for fruit in replay(folder, unchecked, calibration, PACK)} == {None}


def test_nothing_is_recorded_over_something_else(folder: Path) -> None:
    with pytest.raises(RecordingError, match="not empty"):
        begin_recording(folder, RECORDED)


def test_a_recording_goes_on_after_the_recorder_was_killed(folder: Path, frames: FrameMaker) -> None:
    Recorder(folder).write(frames.frame([], 9000), 9000, 2.0)
    names = [json.loads(line)["image"] for line in (folder / "frames.jsonl").read_text().splitlines()]
    assert len(set(names)) == 10


@pytest.mark.parametrize(
    ("damage", "wanted"),
    [
        (lambda folder: (folder / "frame-00000004.png").unlink(), "before line 4"),
        (lambda folder: (folder / "frame-00000004.png").write_bytes(b"\x89PNG"), "before line 4"),
        (lambda folder: (folder / "frames.jsonl").write_text('{"image": "fra'), "line 1 is damaged"),
        (lambda folder: (folder / "frames.jsonl").unlink(), "no recording"),
        (lambda folder: (folder / "frames.jsonl").write_text(""), "holds no frames"),
        (lambda folder: reordered(folder, lambda lines: lines[:2] + lines[4:]), "line 3 is not frame 3"),
        (lambda folder: reordered(folder, lambda lines: lines[::-1]), "line 1 is not frame 1"),
        (
            lambda folder: (folder / "frame-00000003.png").write_bytes((folder / "frame-00000005.png").read_bytes()),
            "damaged or another one",
        ),
        (lambda folder: (folder / "station.json").write_text("{}"), "no recording"),
        (lambda folder: (folder / "station.json").unlink(), "no recording"),
    ],
)
def test_a_damaged_recording_is_a_sentence(folder: Path, calibration: Calibration, damage: object, wanted: str) -> None:
    assert callable(damage)
    damage(folder)
    with pytest.raises(RecordingError, match=wanted):
        decide_again(folder, calibration)
