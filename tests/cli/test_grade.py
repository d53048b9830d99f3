"""`grader grade` from end to end on the bundled pictures: rows, formats, masks, overlays, exit codes."""

import csv
import json
import math
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from grader.cli.batch import INTERNAL
from grader.cli.main import EXIT_INTERRUPTED, EXIT_USAGE, main
from grader.cli.pictures import PictureError
from grader.cli.records import is_borderline
from grader.cli.rows import DECIMALS, MARGIN_DECIMALS, ROW, GradedFruit, as_percent, row_schema
from grader.grading import Measurement, decide, shipped_rule_pack
from grader.network import load_network, shipped_network

ROOT = Path(__file__).parents[2]
GRADER = Path(sys.executable).with_name("grader")
NUMBERS = tuple(DECIMALS)


@pytest.fixture
def frame(demo: Path) -> Path:
    """Twelve strawberries, some of which touch."""
    return demo / "blue-belt" / "frame_011.jpg"


@pytest.fixture
def crowd(demo: Path) -> Path:
    """Ten strawberries, one of which shows no axis of its own."""
    return demo / "blue-belt" / "frame_001.jpg"


def graded(output: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in output.read_text(encoding="utf-8").splitlines()]


def grade(*words: str | Path) -> int:
    return main(["grade", *map(str, words)])


def test_every_row_is_what_the_published_schema_says(frame: Path, crowd: Path, blue_belt: Path, tmp_path: Path) -> None:
    output = tmp_path / "graded.jsonl"
    assert grade(crowd, frame, tmp_path / "missing.jpg", "--calibration", blue_belt, "-o", output) == 1
    lines = output.read_text(encoding="utf-8").splitlines()
    assert len(lines) == 23
    for line in lines:
        ROW.validate_json(line)
    first = json.loads(lines[0])
    assert list(first) == list(GradedFruit.model_fields)
    assert list(json.loads(lines[-1])) == ["image", "error"]


def test_the_published_schema_is_up_to_date() -> None:
    published = json.loads((ROOT / "docs" / "schemas" / "graded-fruit.schema.json").read_text(encoding="utf-8"))
    assert published == row_schema()


def test_every_error_code_of_a_picture_is_documented() -> None:
    documented = (ROOT / "docs" / "output.md").read_text(encoding="utf-8")
    codes = {PictureError.code, INTERNAL} | {leaf.code for leaf in PictureError.__subclasses__()}
    assert {code for code in codes if f"`{code}`" not in documented} == set()


def test_fruit_are_numbered_from_one_in_each_picture(frame: Path, crowd: Path, blue_belt: Path, tmp_path: Path) -> None:
    output = tmp_path / "graded.jsonl"
    assert grade(frame, crowd, "--calibration", blue_belt, "-o", output) == 0
    numbers = [(row["image"], row["fruit"]) for row in graded(output)]
    assert numbers == [*((str(frame), n) for n in range(1, 13)), *((str(crowd), n) for n in range(1, 11))]


def test_numbers_have_the_published_decimals_and_grades_follow_from_them(
    frame: Path, blue_belt: Path, tmp_path: Path
) -> None:
    output = tmp_path / "graded.jsonl"
    assert grade(frame, "--calibration", blue_belt, "--rules", "same-day", "-o", output) == 0
    for row in graded(output):
        assert {name: round(row[name], DECIMALS[name]) for name in NUMBERS} == {name: row[name] for name in NUMBERS}
        assert round(row["margin"], MARGIN_DECIMALS[row["criterion"]]) == row["margin"]
        if row["grade"] == "Super":
            assert row["diameter_mm"] >= 35
        assert (row["margin"] >= 0) == (row["reason_code"] == "graded")


def test_a_fruit_that_cannot_be_measured_keeps_its_place_and_loses_its_numbers(
    crowd: Path, blue_belt: Path, tmp_path: Path
) -> None:
    output = tmp_path / "graded.jsonl"
    assert grade(crowd, "--calibration", blue_belt, "--masks", tmp_path, "-o", output) == 0
    (lost,) = [row for row in graded(output) if not row["measurable"]]
    assert [lost[name] for name in (*NUMBERS, "grade", "criterion", "margin", "borderline")] == [None] * (
        len(NUMBERS) + 4
    )
    assert (lost["why_not"], lost["outlet"], lost["decay"]) == ("no_axis", "recheck", "none")
    x, y = lost["centre_px"]
    x0, y0, x1, y1 = lost["bbox"]
    assert x0 < x < x1
    assert y0 < y < y1
    assert lost["hashes"]["software"]
    mask = cv2.imread(str(tmp_path / f"{crowd.stem}.png"), cv2.IMREAD_UNCHANGED)
    assert mask is not None
    assert (mask == lost["fruit"]).any()


def test_a_mask_is_16_bit_of_the_inputs_size_and_numbered_like_the_rows(
    frame: Path, blue_belt: Path, tmp_path: Path
) -> None:
    output = tmp_path / "graded.jsonl"
    assert grade(frame, "--calibration", blue_belt, "--masks", tmp_path / "masks", "-o", output) == 0
    mask = cv2.imread(str(tmp_path / "masks" / "frame_011.png"), cv2.IMREAD_UNCHANGED)
    assert mask is not None
    assert mask.dtype == np.uint16
    assert mask.shape == (1088, 1456)
    rows = graded(output)
    assert set(np.unique(mask)) == {0, *(row["fruit"] for row in rows)}
    for row in rows:
        y, x = np.nonzero(mask == row["fruit"])
        assert math.hypot(x.mean() - row["centre_px"][0], y.mean() - row["centre_px"][1]) < 2
        x0, y0, x1, y1 = row["bbox"]
        assert (x0 <= x.min(), x.max() < x1, y0 <= y.min(), y.max() < y1) == (True,) * 4


def test_an_overlay_keeps_the_pictures_pixels_in_place(frame: Path, blue_belt: Path, tmp_path: Path) -> None:
    assert grade(frame, "--calibration", blue_belt, "--overlay", tmp_path / "a" / "b", "-o", tmp_path / "x.csv") == 0
    overlay = cv2.imread(str(tmp_path / "a" / "b" / "frame_011.jpg"))
    original = cv2.imread(str(frame))
    assert overlay is not None
    assert original is not None
    assert overlay.shape[0] > original.shape[0]
    assert overlay.shape[1] == original.shape[1]
    changed = np.abs(overlay[: original.shape[0]].astype(int) - original).max(axis=2) > 40
    assert 0.02 < changed.mean() < 0.3


def test_overlays_and_masks_change_no_number(frame: Path, blue_belt: Path, tmp_path: Path) -> None:
    bare, full = tmp_path / "bare.jsonl", tmp_path / "full.jsonl"
    assert grade(frame, "--calibration", blue_belt, "-o", bare) == 0
    assert grade(frame, "--calibration", blue_belt, "--overlay", tmp_path, "--masks", tmp_path, "-o", full) == 0
    assert bare.read_bytes() == full.read_bytes()


def test_a_plain_scale_is_marked_as_such_in_every_row(frame: Path, tmp_path: Path) -> None:
    output = tmp_path / "graded.jsonl"
    assert grade(frame, "--mm-per-px", "0.21", "--overlay", tmp_path, "-o", output) == 0
    rows = graded(output)
    assert {row["scale"] for row in rows} == {"plain"}
    assert {row["hashes"]["calibration"] for row in rows} == {"plain-scale:0.21 mm/px"}


def test_the_summary_names_rules_and_scale_and_says_once_that_decay_is_not_assessed(
    frame: Path, blue_belt: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert grade(frame, "--mm-per-px", "0.21", "--no-network") == 0
    plain = capsys.readouterr()
    pack = shipped_rule_pack()
    assert f"rules: {pack.name} {pack.version} ({pack.hash[:8]})" in plain.err
    assert "scale: plain, 0.21 mm per pixel" in plain.err
    assert "plain-scale mm" in plain.out.splitlines()[0]
    assert "go to recheck instead" in plain.err
    assert "decay" not in plain.out
    assert grade(frame, "--calibration", blue_belt) == 0
    assert "plain" not in "".join(capsys.readouterr())


def test_the_network_looks_for_decay_unless_it_is_left_out(
    frame: Path, blue_belt: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    output = tmp_path / "graded.jsonl"
    assert grade(frame, "--calibration", blue_belt, "-o", output) == 0
    looked = graded(output)
    assert {row["hashes"]["model"] for row in looked} == {f"sha256:{load_network().hash}"}
    assert all(row["decay"] == "none" and 0 <= row["decay_probability"] < 1 for row in looked)
    assert "decay: 0 sure (waste), 0 suspected (recheck)" in capsys.readouterr().err
    assert "processing" in {row["outlet"] for row in looked}
    assert grade(frame, "--calibration", blue_belt, "--no-network", "-o", output) == 0
    blind = graded(output)
    assert {(row["decay"], row["decay_probability"], row["hashes"]["model"]) for row in blind} == {
        ("not_assessed", None, None)
    }
    assert "processing" not in {row["outlet"] for row in blind}
    same = ("width_mm", "diameter_mm", "axis_deg", "maturity", "grade")
    assert [[row[name] for name in same] for row in looked] == [[row[name] for name in same] for row in blind]


def test_a_damaged_network_stops_the_start_with_a_sentence(
    frame: Path, blue_belt: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    damaged = tmp_path / "reader.onnx"
    damaged.write_bytes(shipped_network().read_bytes()[:-1])
    shutil.copy(shipped_network().with_suffix(".json"), tmp_path)
    monkeypatch.setattr("grader.network.session.shipped_network", lambda: damaged)
    assert grade(frame, "--calibration", blue_belt, "-o", tmp_path / "graded.jsonl") == EXIT_USAGE
    assert "install the station again" in capsys.readouterr().err
    assert not (tmp_path / "graded.jsonl").exists()


def test_a_fruit_near_a_limit_is_borderline_and_marked_in_the_table(
    frame: Path, blue_belt: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    output = tmp_path / "graded.jsonl"
    assert grade(frame, "--calibration", blue_belt, "-o", output) == 0
    rows = graded(output)
    assert {row["borderline"] for row in rows} == {False, True}
    capsys.readouterr()
    assert grade(frame, "--calibration", blue_belt) == 0
    shown = capsys.readouterr()
    for line, row in zip(shown.out.splitlines()[1:], rows, strict=True):
        assert f" {row['grade']}{'?' if row['borderline'] else ''} " in line
        assert f" {100 * row['maturity']:.1f}% " in line
    assert f"?: {sum(row['borderline'] for row in rows)} fruit" in shown.err


@pytest.mark.parametrize(
    ("diameter_mm", "maturity", "borderline"),
    [
        (36.0, 0.85, False),
        (35.5, 0.85, True),
        (34.5, 0.85, True),
        (33.0, 0.801, True),
        (35.1, 0.30, False),
        (24.8, 0.79, True),
        (24.8, 0.30, False),
    ],
)
def test_borderline_is_what_could_get_another_grade(diameter_mm: float, maturity: float, *, borderline: bool) -> None:
    measurement = Measurement(diameter_mm=diameter_mm, diameter_u_mm=0.3, maturity=maturity, maturity_u=0.01)
    numbers = {field: getattr(measurement, field, None) for field in DECIMALS}
    pack = shipped_rule_pack()
    assert is_borderline(numbers, measurement.decay, decide(measurement, pack), pack) == borderline


def test_a_volume_is_a_whole_number(frame: Path, blue_belt: Path, tmp_path: Path) -> None:
    assert grade(frame, "--calibration", blue_belt, "-o", tmp_path / "x.jsonl") == 0
    assert {type(row["volume_mm3"]) for row in graded(tmp_path / "x.jsonl")} == {int}


def test_hashes_name_the_rules_and_the_calibration(frame: Path, blue_belt: Path, tmp_path: Path) -> None:
    hashes = []
    for rules in ("cooperative", "same-day"):
        assert grade(frame, "--calibration", blue_belt, "--rules", rules, "-o", tmp_path / "x.jsonl") == 0
        hashes.append(graded(tmp_path / "x.jsonl")[0]["hashes"])
    assert hashes[0]["rule_pack"] != hashes[1]["rule_pack"]
    assert hashes[0]["calibration"] == hashes[1]["calibration"] == json.loads(blue_belt.read_text())["hash"]


def test_weight_is_volume_times_density(frame: Path, blue_belt: Path, tmp_path: Path) -> None:
    assert grade(frame, "--calibration", blue_belt, "--density", "1.1", "-o", tmp_path / "x.jsonl") == 0
    for row in graded(tmp_path / "x.jsonl"):
        assert row["weight_g"] == pytest.approx(row["volume_mm3"] * 1.1e-3, abs=0.051)


def test_csv_has_a_column_for_every_number(frame: Path, blue_belt: Path, tmp_path: Path) -> None:
    assert grade(frame, tmp_path / "no.jpg", "--calibration", blue_belt, "-o", tmp_path / "x.csv") == 1
    assert grade(frame, "--calibration", blue_belt, "-o", tmp_path / "x.jsonl") == 0
    with (tmp_path / "x.csv").open(encoding="utf-8", newline="") as file:
        *rows, failed = csv.DictReader(file)
    for line, row in zip(rows, graded(tmp_path / "x.jsonl"), strict=True):
        assert [float(line[name]) for name in NUMBERS] == [row[name] for name in NUMBERS]
        assert [int(line[f"bbox_{side}"]) for side in ("x0", "y0", "x1", "y1")] == row["bbox"]
        assert (line["measurable"], line["hash_rule_pack"]) == ("true", row["hashes"]["rule_pack"])
    assert (failed["error_code"], failed["fruit"]) == ("picture-missing", "")


def test_the_table_is_for_people_and_goes_to_stdout_alone(
    frame: Path, demo: Path, blue_belt: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert grade(frame, demo / "empty_blue.jpg", demo / "none.jpg", "--calibration", blue_belt) == 1
    shown = capsys.readouterr()
    lines = shown.out.splitlines()
    assert lines[0].split()[:3] == ["picture", "fruit", "diameter"]
    assert len(lines) == 1 + 12 + 1 + 1
    assert "none" in lines[13]
    assert "not graded   " in lines[14]
    assert "12 fruit in 2 pictures" in shown.err
    assert "1 picture failed" in shown.err
    assert "picture-missing: " in shown.err


def test_format_wins_over_the_outputs_suffix(frame: Path, blue_belt: Path, tmp_path: Path) -> None:
    assert grade(frame, "--calibration", blue_belt, "--format", "jsonl", "-o", tmp_path / "x.csv") == 0
    assert len(graded(tmp_path / "x.csv")) == 12


def test_an_empty_belt_has_no_rows_an_empty_mask_and_is_no_failure(demo: Path, blue_belt: Path, tmp_path: Path) -> None:
    empty = demo / "empty_blue.jpg"
    words = ("--overlay", tmp_path, "--masks", tmp_path, "-o", tmp_path / "x.jsonl")
    assert grade(empty, "--calibration", blue_belt, *words) == 0
    assert (tmp_path / "x.jsonl").read_text() == ""
    mask = cv2.imread(str(tmp_path / "empty_blue.png"), cv2.IMREAD_UNCHANGED)
    assert mask is not None
    assert not mask.any()


def test_a_folder_stands_for_its_pictures_sorted_by_name(demo: Path, frame: Path, tmp_path: Path) -> None:
    folder = tmp_path / "pictures"
    folder.mkdir()
    for name in ("b.jpg", "a.JPG"):
        shutil.copy(frame, folder / name)
    (folder / "notes.txt").write_text("not a picture")
    assert grade(folder, demo / "empty_blue.jpg", "--mm-per-px", "0.21", "-o", tmp_path / "x.jsonl") == 0
    images = dict.fromkeys(row["image"] for row in graded(tmp_path / "x.jsonl"))
    assert list(images) == [str(folder / "a.JPG"), str(folder / "b.jpg")]


def test_folders_in_a_folder_are_named_as_not_searched(
    frame: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for place in ("top", "top/deeper", "top/empty"):
        (tmp_path / place).mkdir()
    shutil.copy(frame, tmp_path / "top" / "deeper")
    assert grade(tmp_path / "top", "--mm-per-px", "0.21") == EXIT_USAGE
    assert "folders in it do, but they are not searched" in capsys.readouterr().err
    shutil.copy(frame, tmp_path / "top")
    assert grade(tmp_path / "top", "--mm-per-px", "0.21", "-o", tmp_path / "x.jsonl") == 0
    assert len(graded(tmp_path / "x.jsonl")) == 12
    said = capsys.readouterr().err
    assert f"the folder {tmp_path / 'top' / 'deeper'} is not searched" in said
    assert "empty is not searched" not in said


def test_sixteen_bits_give_the_same_grades_as_eight(frame: Path, blue_belt: Path, tmp_path: Path) -> None:
    pixels = cv2.imread(str(frame))
    assert pixels is not None
    rows = []
    for name, written in (("eight", pixels), ("sixteen", pixels.astype(np.uint16) * 257)):
        cv2.imwrite(str(tmp_path / f"{name}.png"), written)
        assert grade(tmp_path / f"{name}.png", "--calibration", blue_belt, "-o", tmp_path / "x.jsonl") == 0
        rows.append([{**row, "image": ""} for row in graded(tmp_path / "x.jsonl")])
    assert rows[0] == rows[1]
    assert len(rows[0]) == 12


def test_percent_have_one_decimal_and_more_where_the_share_has_more() -> None:
    assert [as_percent(share) for share in (0.29, 0.801, 0.79996, -0.51, None)] == [
        "29.0%",
        "80.1%",
        "79.996%",
        "-51.0%",
        "",
    ]


def test_help_names_the_exit_codes() -> None:
    shown = subprocess.run([GRADER, "grade", "--help"], capture_output=True, text=True, check=True).stdout
    assert "Exit code 0" in shown
    assert (EXIT_USAGE, EXIT_INTERRUPTED) == (2, 130)
