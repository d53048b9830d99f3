"""`grader grade` when something is wrong: one bad picture costs no other, and nothing is written over."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from grader.calibration import load_calibration
from grader.cli.interruption import until_interrupted
from grader.cli.main import EXIT_INTERRUPTED, EXIT_USAGE, main
from grader.cli.output import OutputError, write_picture
from grader.vision import measure
from grader.vision.masks import flesh_mask

GRADER = Path(sys.executable).with_name("grader")


@pytest.fixture
def frame(demo: Path) -> Path:
    """Nine strawberries."""
    return demo / "black-belt" / "frame_014.jpg"


def grade(*words: str | Path) -> int:
    return main(["grade", *map(str, words)])


def graded(output: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in output.read_text(encoding="utf-8").splitlines()]


def test_bad_pictures_cost_no_other(frame: Path, tmp_path: Path) -> None:
    whole = frame.read_bytes()
    (tmp_path / "b_truncated.jpg").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "c_text.jpg").write_text("not a picture")
    (tmp_path / "e_empty.png").touch()
    cv2.imwrite(str(tmp_path / "f_pixel.png"), np.zeros((1, 1, 3), np.uint8))
    for name in ("a_good.jpg", "d_good.jpg", "g_good.jpg"):
        shutil.copy(frame, tmp_path / name)
    output = tmp_path / "graded.jsonl"
    assert grade(tmp_path, "--mm-per-px", "0.21", "--masks", tmp_path / "masks", "-o", output) == 1
    rows = graded(output)
    failed = {Path(row["image"]).stem: row["error"]["code"] for row in rows if "error" in row}
    assert failed == {
        "b_truncated": "picture-truncated",
        "c_text": "picture-not-an-image",
        "e_empty": "picture-not-an-image",
        "f_pixel": "picture-too-small",
    }
    assert [len([row for row in rows if f"{name}_good" in row["image"]]) for name in "adg"] == [9, 9, 9]
    assert sorted(mask.name for mask in (tmp_path / "masks").iterdir()) == ["a_good.png", "d_good.png", "g_good.png"]


def test_a_picture_of_another_size_than_the_calibration_fails_alone(
    frame: Path, blue_belt: Path, demo: Path, tmp_path: Path
) -> None:
    small = cv2.imread(str(frame))
    assert small is not None
    cv2.imwrite(str(tmp_path / "small.png"), small[:500, :700])
    good = demo / "blue-belt" / "frame_010.jpg"
    assert grade(tmp_path / "small.png", good, "--calibration", blue_belt, "-o", tmp_path / "x.jsonl") == 1
    first, *others = graded(tmp_path / "x.jsonl")
    assert first["error"]["code"] == "picture-size"
    assert "700 x 500" in first["error"]["text"]
    assert "1456 x 1088" in first["error"]["text"]
    assert len(others) == 11


def test_a_picture_of_another_belt_fails_alone_and_says_what_to_do(
    frame: Path, blue_belt: Path, demo: Path, tmp_path: Path
) -> None:
    good = demo / "blue-belt" / "frame_010.jpg"
    assert grade(frame, good, "--calibration", blue_belt, "-o", tmp_path / "x.jsonl") == 1
    first, *others = graded(tmp_path / "x.jsonl")
    assert first["error"]["code"] == "picture-belt"
    assert "(blue 52, green 51, red 51) is not the one that the calibration learnt (blue 128" in first["error"]["text"]
    assert "grader calibrate belt" in first["error"]["text"]
    assert len(others) == 11


def test_a_picture_without_a_fruit_of_another_belt_fails_too(blue_belt: Path, demo: Path, tmp_path: Path) -> None:
    assert grade(demo / "empty_black.jpg", "--calibration", blue_belt, "-o", tmp_path / "x.jsonl") == 1
    green = np.full((1088, 1456, 3), (60, 140, 70), np.uint8)
    cv2.imwrite(str(tmp_path / "green.png"), green)
    assert grade(tmp_path / "green.png", "--calibration", blue_belt, "-o", tmp_path / "x.jsonl") == 1


@pytest.mark.parametrize("kind", ["ripe and unripe", "unripe"])
def test_a_picture_full_of_fruit_on_the_right_belt_is_graded(
    blue_belt: Path, demo: Path, tmp_path: Path, kind: str
) -> None:
    scene = cv2.imread(str(demo / "blue-belt" / "frame_011.jpg"))
    heap = cv2.imread(str(demo / "empty_blue.jpg"))
    assert scene is not None
    assert heap is not None
    calibration = load_calibration(blue_belt)
    sightings = measure(np.asarray(scene, np.uint8), calibration)
    mask = flesh_mask(np.asarray(scene, np.uint8), calibration, sightings)
    chosen = np.flatnonzero(sightings.maturity < (0.6 if kind == "unripe" else 1.1))
    chance = np.random.default_rng(7)
    for index in chance.choice(chosen, 300):
        y, x = np.nonzero(mask == index + 1)
        to_y = y - y.min() + chance.integers(heap.shape[0] - np.ptp(y))
        to_x = x - x.min() + chance.integers(heap.shape[1] - np.ptp(x))
        heap[to_y, to_x] = scene[y, x]
    full = measure(np.asarray(heap, np.uint8), calibration)
    assert len(full.objects.row) > 0.7 * np.prod(full.objects.size)
    cv2.imwrite(str(tmp_path / "heap.png"), heap)
    assert grade(tmp_path / "heap.png", "--calibration", blue_belt, "-o", tmp_path / "x.jsonl") == 0


def test_a_json_suffix_is_refused_and_the_right_one_named(
    frame: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    output = tmp_path / "results.json"
    assert grade(frame, "--mm-per-px", "0.21", "-o", output) == EXIT_USAGE
    assert "use .jsonl" in capsys.readouterr().err
    assert not output.exists()
    assert grade(frame, "--mm-per-px", "0.21", "--format", "jsonl", "-o", output) == 0


def test_a_fault_of_ours_in_one_picture_is_reported_and_costs_no_other(
    frame: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    calls = iter([True, False])

    def faulty(*arguments: Any) -> Any:  # noqa: ANN401 - stands in for whatever measure is
        if next(calls):
            raise ZeroDivisionError("planted")
        return measure(*arguments)

    monkeypatch.setattr("grader.cli.batch.measure", faulty)
    assert grade(frame, frame, "--mm-per-px", "0.21", "-o", tmp_path / "x.jsonl") == 1
    first, *others = graded(tmp_path / "x.jsonl")
    assert first["error"]["code"] == "internal"
    assert len(others) == 9
    assert "ZeroDivisionError: planted" in capsys.readouterr().err


def test_an_earlier_mask_of_a_picture_that_fails_now_is_removed(frame: Path, tmp_path: Path) -> None:
    picture, masks = tmp_path / "picture.jpg", tmp_path / "masks"
    shutil.copy(frame, picture)
    words = ("--mm-per-px", "0.21", "--masks", masks, "-o", tmp_path / "x.jsonl")
    assert grade(picture, *words) == 0
    assert (masks / "picture.png").exists()
    picture.write_bytes(picture.read_bytes()[:5000])
    assert grade(picture, *words) == 1
    assert not (masks / "picture.png").exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "give either --calibration"),
        (("--mm-per-px", "0.2", "--calibration", "x.json"), "give either --calibration"),
        (("--mm-per-px", "0"), "--mm-per-px"),
        (("--mm-per-px", "nan"), "--mm-per-px"),
        (("--calibration", "nowhere.json"), "cannot read the calibration nowhere.json"),
        (("--mm-per-px", "0.2", "--rules", "nonesuch"), 'no rule pack "nonesuch"'),
        (("--mm-per-px", "0.2", "--rules", "nowhere.rules.toml"), "nowhere.rules.toml is not there"),
        (("--mm-per-px", "0.2", "--format", "xml"), "xml"),
        (("--mm-per-px", "0.2", "--density", "93"), "--density"),
        (("--mm-per-px", "0.2", "--density", "nan"), "--density"),
    ],
)
def test_a_question_that_cannot_be_answered_is_refused(
    frame: Path, words: tuple[str, ...], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert grade(frame, *words) == EXIT_USAGE
    shown = capsys.readouterr()
    assert shown.out == ""
    assert said in shown.err


def test_a_rule_pack_with_mistakes_is_refused_before_work_starts(frame: Path, tmp_path: Path) -> None:
    (tmp_path / "bad.rules.toml").write_text('format = 1\nname = "bad"\n')
    output = tmp_path / "x.jsonl"
    assert grade(frame, "--mm-per-px", "0.2", "--rules", tmp_path / "bad.rules.toml", "-o", output) == EXIT_USAGE
    assert not output.exists()


def test_a_folder_without_pictures_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert grade(tmp_path, "--mm-per-px", "0.2") == EXIT_USAGE
    assert f"the folder {tmp_path} holds no pictures" in capsys.readouterr().err


@pytest.mark.parametrize("wanted", ["--masks", "--overlay"])
def test_two_pictures_of_the_same_stem_are_refused_before_work_starts(
    frame: Path, tmp_path: Path, wanted: str, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copy(frame, tmp_path / "frame_014.png")
    output = tmp_path / "x.jsonl"
    words = (frame, tmp_path / "frame_014.png", "--mm-per-px", "0.2", "-o", output)
    assert grade(*words, wanted, tmp_path / "drawn") == EXIT_USAGE
    assert "share a name" in capsys.readouterr().err
    assert not output.exists()
    assert not (tmp_path / "drawn").exists()
    assert grade(*words) == 0


def test_no_input_is_written_over(frame: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pixels = cv2.imread(str(frame))
    assert pixels is not None
    picture = tmp_path / "picture.png"
    cv2.imwrite(str(picture), pixels)
    shutil.copy(frame, tmp_path / "photo.jpg")
    before = {path: path.read_bytes() for path in tmp_path.iterdir()}
    scale = ("--mm-per-px", "0.2")
    assert grade(picture, *scale, "--masks", tmp_path) == EXIT_USAGE
    assert grade(tmp_path / "photo.jpg", *scale, "--overlay", tmp_path) == EXIT_USAGE
    assert grade(picture, *scale, "-o", picture) == EXIT_USAGE
    assert capsys.readouterr().err.count("would replace") == 3
    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_an_output_that_cannot_be_written_is_noticed_before_work_starts(
    frame: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("in the way")
    for words in (("-o", tmp_path / "file" / "x.jsonl"), ("--masks", tmp_path / "file" / "masks")):
        assert grade(frame, "--mm-per-px", "0.2", *words) == EXIT_USAGE
    assert capsys.readouterr().err.count("cannot write") == 2


def test_missing_folders_of_outputs_are_made(frame: Path, tmp_path: Path) -> None:
    assert grade(frame, "--mm-per-px", "0.2", "-o", tmp_path / "a" / "b" / "x.jsonl") == 0
    assert len(graded(tmp_path / "a" / "b" / "x.jsonl")) == 9


def test_a_picture_is_written_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "mask.png"
    target.write_bytes(b"the old one")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(OutputError, match="No space left"):
        write_picture(target, np.zeros((9, 9), np.uint16))
    assert target.read_bytes() == b"the old one"
    assert list(tmp_path.iterdir()) == [target]


def test_a_full_disk_ends_the_run_with_whole_rows(
    frame: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    writings = iter([None, OutputError("cannot write: No space left on device")])

    def write(*_: object) -> None:
        if (error := next(writings)) is not None:
            raise error

    monkeypatch.setattr("grader.cli.batch.write_picture", write)
    other = shutil.copy(frame, tmp_path / "other.jpg")
    words = ("--mm-per-px", "0.21", "--masks", tmp_path, "-o", tmp_path / "x.jsonl")
    assert grade(frame, other, *words) == 1
    assert len(graded(tmp_path / "x.jsonl")) == 9
    assert "No space left" in capsys.readouterr().err


def test_the_piece_in_work_is_finished_before_an_interruption() -> None:
    done = []
    before = signal.getsignal(signal.SIGINT)

    def work() -> None:
        for piece in until_interrupted(range(5)):
            if piece == 2:
                os.kill(os.getpid(), signal.SIGINT)
            done.append(piece)

    with pytest.raises(KeyboardInterrupt):
        work()
    assert done == [0, 1, 2]
    assert signal.getsignal(signal.SIGINT) is before


def test_ctrl_c_keeps_what_is_done(frame: Path) -> None:
    words = [str(GRADER), "grade", *[str(frame)] * 200, "--mm-per-px", "0.21", "--format", "jsonl"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as run:
        assert run.stdout is not None
        first = run.stdout.readline()
        run.send_signal(signal.SIGINT)
        out = run.stdout.read()
        assert run.stderr is not None
        err = run.stderr.read()
    assert run.returncode == EXIT_INTERRUPTED
    rows = [json.loads(line) for line in (first + out).splitlines()]
    assert len(rows) % 9 == 0
    assert 9 <= len(rows) < 200 * 9
    assert "interrupted" in err
    assert "Traceback" not in err


def test_a_reader_that_leaves_ends_the_run_quietly(frame: Path) -> None:
    words = [str(GRADER), "grade", *[str(frame)] * 200, "--mm-per-px", "0.21", "--format", "jsonl"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as run:
        assert run.stdout is not None
        run.stdout.readline()
        run.stdout.close()
        assert run.stderr is not None
        said = run.stderr.read()
    assert run.returncode == 1
    assert not re.search("Traceback|Exception|BrokenPipe", said)


def test_a_black_picture_is_said_to_be_black(demo: Path, blue_belt: Path, tmp_path: Path) -> None:
    black, output = tmp_path / "black.png", tmp_path / "rows.jsonl"
    cv2.imwrite(str(black), np.zeros_like(cv2.imread(str(demo / "blue-belt" / "frame_010.jpg"))))
    assert grade(black, "--calibration", blue_belt, "-o", output) == 1
    assert "is black" in graded(output)[0]["error"]["text"]


@pytest.mark.parametrize(("light", "code"), [(0.25, "picture-light"), (0.75, None)])
def test_a_picture_in_another_light_than_the_belt_was_learnt_in_is_refused(
    light: float, code: str | None, demo: Path, blue_belt: Path, tmp_path: Path
) -> None:
    frame = cv2.imread(str(demo / "blue-belt" / "frame_010.jpg"))
    assert frame is not None
    dim, output = tmp_path / "dim.png", tmp_path / "rows.jsonl"
    cv2.imwrite(str(dim), cv2.convertScaleAbs(frame, alpha=light))
    grade(dim, "--calibration", blue_belt, "-o", output)
    assert graded(output)[0].get("error", {}).get("code") == code
