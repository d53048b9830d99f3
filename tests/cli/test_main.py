"""`grader` as a program: exit codes, and sentences instead of stack traces."""

import subprocess
import sys
import uuid
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

import click
import pytest

from grader.cli import main as cli
from grader.errors import GraderError

GRADER = Path(sys.executable).with_name("grader")


class BrokenBenchError(GraderError, RuntimeError, code=f"test-{uuid.uuid4()}"):
    """What the planted command raises."""


@pytest.fixture
def planted() -> Iterator[dict[str, BaseException]]:
    """A command `planted` that raises what the test puts under "raises"."""
    behaviour: dict[str, BaseException] = {}

    @cli.grader.command("planted")
    def planted_command() -> None:
        raise behaviour["raises"]

    yield behaviour
    del cli.grader.commands["planted"]


def test_version_names_the_libraries_that_figures_depend_on() -> None:
    shown = subprocess.run([GRADER, "--version"], capture_output=True, text=True, check=True).stdout
    packages = ("strawberry-grader", "numpy", "opencv-python-headless", "onnxruntime")
    grader, numpy, opencv, onnx = map(version, packages)
    assert shown == f"grader {grader} (NumPy {numpy}, OpenCV {opencv}, ONNX Runtime {onnx})\n"


def test_an_unknown_command_is_a_usage_error_on_stderr() -> None:
    result = subprocess.run([GRADER, "graed"], capture_output=True, text=True, check=False)
    assert result.returncode == cli.EXIT_USAGE
    assert result.stdout == ""
    assert "No such command 'graed'" in result.stderr


def test_our_error_is_one_sentence_on_stderr_and_exit_code_2(
    planted: dict[str, BaseException], capsys: pytest.CaptureFixture[str]
) -> None:
    planted["raises"] = BrokenBenchError("the bench is broken: mend it")
    assert cli.main(["planted"]) == cli.EXIT_USAGE
    shown = capsys.readouterr()
    assert (shown.out, shown.err) == ("", "error: the bench is broken: mend it\n")


@pytest.mark.parametrize("interruption", [KeyboardInterrupt(), click.Abort()])
def test_ctrl_c_ends_without_a_stack_trace(
    planted: dict[str, BaseException], capsys: pytest.CaptureFixture[str], interruption: BaseException
) -> None:
    planted["raises"] = interruption
    assert cli.main(["planted"]) == cli.EXIT_INTERRUPTED
    assert "interrupted" in capsys.readouterr().err


def test_a_fault_of_our_own_is_not_dressed_up_as_the_users(planted: dict[str, BaseException]) -> None:
    planted["raises"] = ZeroDivisionError()
    with pytest.raises(ZeroDivisionError):
        cli.main(["planted"])


@pytest.mark.parametrize("code", [0, 1])
def test_a_command_may_end_with_its_own_exit_code(planted: dict[str, BaseException], code: int) -> None:
    planted["raises"] = click.exceptions.Exit(code)
    assert cli.main(["planted"]) == code


def test_a_full_disk_behind_stdout_is_a_sentence() -> None:
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        result = subprocess.run([GRADER, "rules", "list"], stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert result.returncode == cli.EXIT_FAILED
    assert result.stderr.startswith("error: cannot write the result:")
    assert "Traceback" not in result.stderr
