"""`grader msa` on a simulated trial whose spread is known."""

import json
from pathlib import Path

import cv2
import numpy as np
import pytest
from click.testing import CliRunner

from grader.cli.main import grader, main

HEAD = "fruit,lane,pass,diameter_mm,diameter_u_mm,grade,caliper_mm\n"


@pytest.fixture
def form(tmp_path: Path) -> Path:
    """Forty fruit, four lanes, three passes: gauge sd 0.25 mm, bias 0.1 mm, stated uncertainty true."""
    generator = np.random.default_rng(3)
    lines = []
    for fruit in range(40):
        true = generator.uniform(24, 40)
        for lane in range(4):
            for nth in range(3):
                read = true + 0.1 + generator.normal(0, 0.25)
                grade = "super" if read >= 35 else "I" if read >= 30 else "II" if read >= 25 else "substandard"
                lines.append(f"{fruit},{lane},{nth},{read:.3f},0.27,{grade},{true:.3f}\n")
    path = tmp_path / "trial.csv"
    path.write_text(HEAD + "".join(lines), encoding="utf-8")
    return path


def test_a_trial_gives_its_figures_and_charts(form: Path, tmp_path: Path) -> None:
    charts = tmp_path / "trial.png"
    done = CliRunner().invoke(grader, ["msa", str(form), "--json", "--charts", str(charts), "--caliper-u-mm", "0"])
    assert done.exit_code == 0, done.output
    said = json.loads(done.output)
    assert (said["fruit"], said["lanes"], said["passes"]) == (40, 4, 3)
    assert said["gauge_mm"] == pytest.approx(0.25, rel=0.08)
    assert said["grr_of_tolerance"] == pytest.approx(0.30, rel=0.08)
    against = said["against"]["diameter_mm"]
    assert against["bias"] == pytest.approx(0.1, abs=3 * against["bias_u"])
    assert 0.9 <= against["coverage"] <= 0.99
    assert said["same_grade_again"]["pairs"] == 40 * 4 * 3
    picture = cv2.imread(str(charts))
    assert picture is not None
    assert picture.std() > 5


def test_people_read_a_table(form: Path) -> None:
    done = CliRunner().invoke(grader, ["msa", str(form)])
    assert "40 fruit, 4 lanes, 3 passes" in done.output
    assert "distinct categories (ndc)" in done.output


def test_a_form_that_is_no_form_is_a_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "trial.csv"
    path.write_bytes(b"\xff\xfe\x00")
    assert main(["msa", str(path)]) == 2
    assert "no text" in capsys.readouterr().err
    path.write_text("fruit,lane\n", encoding="utf-8")
    assert main(["msa", str(path)]) == 2
    assert "lacks pass" in capsys.readouterr().err
    path.write_text(HEAD + "a,1,1,30,0.2,I,30\n", encoding="utf-8")
    assert main(["msa", str(path)]) == 2
    assert "two of each" in capsys.readouterr().err
