"""`grader rules`: what a manager sees of a rule pack, and how mistakes in one come back."""

import json
from pathlib import Path

import pytest

from grader.cli.main import EXIT_USAGE, main
from grader.grading import shipped_names, shipped_rule_pack, shipped_text
from grader.grading.schema import rule_pack_schema
from tests.grading.bruised import BRUISED


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """A copy of the cooperative's pack."""
    path = tmp_path / "own.rules.toml"
    path.write_text(shipped_text("cooperative"), encoding="utf-8")
    return path


def test_list_names_version_hash_and_title_of_every_shipped_pack(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rules", "list"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == ["NAME", *shipped_names()]
    assert lines[1].split(maxsplit=3)[1:] == [
        "1.0.0",
        shipped_rule_pack("cooperative").hash[:12],
        "Strawberry cooperative, fresh for shipping",
    ]


def test_show_says_what_each_grade_asks_for(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rules", "show", "unece"]) == 0
    shown = capsys.readouterr().out
    rows = {line.split()[0]: line for line in shown.splitlines() if line.strip()}
    assert "at least 25 mm" in rows["Extra"]
    assert "5 % by number or weight" in rows["Extra"]
    assert "at least 18 mm" in rows["II"]
    assert "at least 0.80" in rows["II"]
    assert "processing  surface_red below 0.80" in rows["white_patch"]
    assert "EC 843/2002" in shown


def test_show_of_an_edited_file_shows_the_effect(own: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = own.read_text("utf-8").replace("value = 35.0", "value = 36.5").replace('"diameter_mm"', '"width_mm"')
    guarded = text.replace('decision = "simple"', 'decision = "guarded"\nguard = { k = 2.0 }', 1)
    own.write_text(guarded.replace("value = 0.90", "value = 0.905"), encoding="utf-8")
    assert main(["rules", "show", str(own)]) == 0
    shown = capsys.readouterr().out
    assert "Super  super   at least 36.5 mm  at least 0.80 and at most 0.905" in shown
    assert "guarded, band 2 x uncertainty" in shown
    assert "size is decided on width_mm" in shown


def test_show_of_an_unknown_name_lists_the_shipped_ones(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rules", "show", "coperative"]) == EXIT_USAGE
    shown = capsys.readouterr()
    assert shown.out == ""
    assert 'did you mean "cooperative"? allowed: "cooperative", "same-day", "unece"' in shown.err


def test_check_says_that_a_good_file_is_valid(own: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rules", "check", str(own)]) == 0
    assert "is valid: cooperative 1.0.0, 3 grades, 5 limits" in capsys.readouterr().out


def test_check_says_every_mistake_and_exits_with_2(own: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = own.read_text("utf-8").replace("value = 0.80", "value = 80").replace("value = 30.0", "value = 36.0")
    own.write_text(text, encoding="utf-8")
    assert main(["rules", "check", str(own)]) == EXIT_USAGE
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "has 2 problems:" in shown.err
    assert "80 % is 0.8" in shown.err
    assert '"II" and "I" overlap' in shown.err


def test_check_of_a_missing_file_is_a_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rules", "check", str(tmp_path / "absent.rules.toml")]) == EXIT_USAGE
    assert "is not there" in capsys.readouterr().err


def test_an_example_is_a_valid_file_to_start_from(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rules", "example", "same-day"]) == 0
    start = tmp_path / "start.rules.toml"
    start.write_text(capsys.readouterr().out, encoding="utf-8")
    assert main(["rules", "check", str(start)]) == 0


def test_schema_prints_the_json_schema(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rules", "schema"]) == 0
    assert json.loads(capsys.readouterr().out) == rule_pack_schema()


def test_check_warns_of_a_changed_pack_under_a_shipped_name(own: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rules", "check", str(own)]) == 0
    assert capsys.readouterr().err == ""
    own.write_text(own.read_text(encoding="utf-8").replace("value = 35.0", "value = 36.0"), encoding="utf-8")
    assert main(["rules", "check", str(own)]) == 0
    assert "bears the name of the shipped pack cooperative" in capsys.readouterr().err


def test_a_limit_of_bruises_is_warned_about_and_needs_somebody_who_looks(
    own: Path, demo: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    own.write_text(own.read_text(encoding="utf-8") + BRUISED, encoding="utf-8")
    assert main(["rules", "check", str(own)]) == 0
    assert "hardly finds any" in capsys.readouterr().err
    picture = demo / "blue-belt" / "frame_001.jpg"
    assert main(["grade", str(picture), "--mm-per-px", "0.2", "--rules", str(own), "--no-network"]) == EXIT_USAGE
    assert "nobody looks for" in capsys.readouterr().err
