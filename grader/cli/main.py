"""The entry point of `grader`: arguments in, exit code out; a mistake is a sentence on stderr, never a stack trace."""

from collections.abc import Sequence
from importlib.metadata import version

import click

from grader.cli.lazy import LazyGroup
from grader.errors import GraderError

EXIT_USAGE = 2
"""What was asked cannot be done as asked: usage, calibration, rules, settings. Nothing was changed."""

EXIT_FAILED = 1
"""Some of what was asked could not be done; the rest was."""

EXIT_INTERRUPTED = 130
"""Ctrl-C (128 + SIGINT, as shells count). What was done until then is kept."""

FIGURES_DEPEND_ON = {"NumPy": "numpy", "OpenCV": "opencv-python-headless", "ONNX Runtime": "onnxruntime"}
"""What `--version` names beside ourselves, because a bug report about a measurement needs it."""


def _version_message() -> str:
    """The line of `--version`, in click's terms."""
    libraries = ", ".join(f"{name} {version(package)}" for name, package in FIGURES_DEPEND_ON.items())
    return f"grader %(version)s ({libraries})"


COMMANDS = {
    "calibrate": "grader.cli.calibrate:calibrate",
    "grade": "grader.cli.grade:grade",
    "rules": "grader.cli.rules:rules",
    "bench": "grader.cli.bench:bench",
    "demo": "grader.cli.demo:demo",
    "run": "grader.cli.run:run",
    "doctor": "grader.cli.doctor.command:doctor",
    "settings": "grader.cli.settings:settings",
    "tell": "grader.cli.tell:tell",
    "replay": "grader.cli.replay:replay_command",
    "trace": "grader.cli.trace:trace",
    "api": "grader.cli.api:api",
    "kiosk": "grader.cli.kiosk:kiosk",
    "counts": "grader.cli.counts:counts_command",
    "export": "grader.cli.export:export_command",
    "twin": "grader.cli.twin:twin",
    "model": "grader.cli.model:model",
    "msa": "grader.cli.msa:msa",
}


@click.group(cls=LazyGroup, places=COMMANDS, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="strawberry-grader", message=_version_message())
def grader() -> None:
    """Grade strawberries: measure each fruit, give it a grade that can be defended, and say why."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code.

    `arguments` are the words after `grader`; None takes them from `sys.argv`.
    """
    try:
        code = grader.main(args=arguments, prog_name="grader", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except GraderError as error:
        click.echo(f"error: {error}", err=True)
        return EXIT_USAGE
    except OSError as error:
        # What stdout leads to is full or gone; the commands answer for the files that they write.
        click.echo(f"error: cannot write the result: {error.strerror}", err=True)
        return EXIT_FAILED
    except (click.Abort, KeyboardInterrupt):
        click.echo("interrupted", err=True)
        return EXIT_INTERRUPTED
    return code if isinstance(code, int) else 0
