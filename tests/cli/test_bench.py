"""`grader bench vision`: one line for programs, sentences for people, and ratios that make sense."""

import json
import time
from collections import Counter
from functools import partial
from pathlib import Path

import cv2
import numpy as np
import pytest

from grader.cli.bench import interleave
from grader.cli.main import main

FIELDS = ["frames", "fruit_per_frame", "ms_p50", "ms_p99", "cvtcolor_ms_p50", "ratio_p50", "ratio_p99"]


@pytest.fixture(scope="module")
def frames(demo: Path) -> list[str]:
    return [str(path) for path in sorted((demo / "blue-belt").glob("*.jpg"))[:2]]


def test_the_line_for_programs_has_exactly_its_fields(
    blue_belt: Path, frames: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["bench", "vision", *frames, "--calibration", str(blue_belt), "--calls", "200", "--json"]) == 0
    (line,) = capsys.readouterr().out.splitlines()
    speed = json.loads(line)
    assert list(speed) == FIELDS
    assert speed["frames"] == len(frames)
    assert speed["fruit_per_frame"] > 1
    assert 0 < speed["ms_p50"] <= speed["ms_p99"]
    assert speed["ratio_p50"] == pytest.approx(speed["ms_p50"] / speed["cvtcolor_ms_p50"], rel=1e-2)
    assert speed["ratio_p99"] == pytest.approx(speed["ms_p99"] / speed["cvtcolor_ms_p50"], rel=1e-2)


def test_people_are_told_in_words(blue_belt: Path, frames: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench", "vision", *frames, "--calibration", str(blue_belt), "--calls", "200"]) == 0
    assert "measure / cvtColor: " in capsys.readouterr().out


def test_no_frames_are_a_usage_error(blue_belt: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench", "vision", "--calibration", str(blue_belt)]) == 2
    assert "FRAMES" in capsys.readouterr().err


def test_a_frame_of_another_size_is_named(blue_belt: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    small = tmp_path / "small.png"
    cv2.imwrite(str(small), np.full((100, 200, 3), (200, 100, 50), np.uint8))
    assert main(["bench", "vision", str(small), "--calibration", str(blue_belt)]) == 2
    said = capsys.readouterr().err
    assert "small.png is 200 x 100 px" in said
    assert "1456 x 1088" in said


def test_too_few_calls_for_a_99th_percentile_are_refused(blue_belt: Path, frames: list[str]) -> None:
    assert main(["bench", "vision", *frames, "--calibration", str(blue_belt), "--calls", "20"]) == 2


def test_calls_take_turns_and_slow_ones_have_fewer() -> None:
    order: list[tuple[str, int]] = []
    clock = iter(range(0, 10**9, 1_000_000))
    times = interleave(
        {"fast": lambda turn: order.append(("fast", turn)), "slow": lambda turn: order.append(("slow", turn))},
        turns=4,
        every={"slow": 2},
        clock_ns=lambda: next(clock),
    )
    warm_up, turns = order[:2], order[2:]
    assert warm_up == [("fast", 0), ("slow", 0)]
    assert [turn for _, turn in turns] == [0, 0, 1, 2, 2, 3]
    assert Counter(turns) == Counter([*(("fast", turn) for turn in range(4)), ("slow", 0), ("slow", 2)])
    assert {name: taken.tolist() for name, taken in times.items()} == {"fast": [1.0] * 4, "slow": [1.0] * 2}


def test_twice_the_work_takes_twice_the_time() -> None:
    def work(rounds: int) -> int:
        return sum(number * number for number in range(rounds))

    times = interleave({"once": lambda _: work(20_000), "twice": lambda _: work(40_000)}, turns=40)
    assert np.median(times["twice"]) / np.median(times["once"]) == pytest.approx(2, rel=0.3)


def test_waiting_is_not_counted() -> None:
    times = interleave({"waits": lambda _: time.sleep(0.005)}, turns=3)
    assert times["waits"].max() < 4


def test_nobody_is_always_the_first_at_a_frame() -> None:
    first: dict[int, str] = {}
    calls = {name: partial(lambda name, turn: first.setdefault(turn, name), name) for name in ("one", "other")}
    interleave(calls, turns=30)
    assert 5 < Counter(first.values())["one"] < 25


def test_frames_of_another_belt_are_refused(demo: Path, blue_belt: Path, capsys: pytest.CaptureFixture[str]) -> None:
    frame = next((demo / "black-belt").glob("*.jpg"))
    assert main(["bench", "vision", str(frame), "--calibration", str(blue_belt)]) == 2
    assert "is not the one that the calibration learnt" in capsys.readouterr().err


def test_a_computer_is_timed_for_a_stations_work(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench", "station", "--folder", str(tmp_path), "--json"]) == 0
    figures = json.loads(capsys.readouterr().out)
    assert 0 < figures["encoder_share_of_a_core"] < 1
    assert {"machine", "real_time_priority", "wakes_late_ms_p99.9", "safe_after_ms_p99"} <= set(figures)
