"""Reading rule packs: the shipped ones by name, others from files, every mistake said at once."""

import tomllib
from functools import cache
from importlib.resources import files
from pathlib import Path

from pydantic import ValidationError

from grader.errors import GraderError
from grader.grading.chain import did_you_mean, quoted
from grader.grading.mistakes import sentences
from grader.grading.pack import RulePack

DEFAULT = "cooperative"
"""The pack of a station that was told nothing else."""

SUFFIX = ".rules.toml"
LARGEST_FILE_BYTES = 1_000_000
"""A rule pack has a few kB; what is larger is something else."""


class RulePackError(GraderError, ValueError, code="rule-pack"):
    """A rule pack contains mistakes. Mend what `problems` say; `grader rules example NAME` prints a good one."""

    def __init__(self, file: str, problems: list[str]) -> None:
        self.problems = tuple(problems)
        """A sentence each: key, value, what is allowed."""
        count = "1 problem" if len(problems) == 1 else f"{len(problems)} problems"
        super().__init__("\n".join([f"{file} has {count}:", *(f"  - {problem}" for problem in problems)]))


class RulePackFileError(GraderError, ValueError, code="rule-pack-file"):
    """A file is not there, cannot be read, or is no TOML text. Name the `*.rules.toml` that is meant."""


class UnknownRulePackError(GraderError, LookupError, code="rule-pack-unknown"):
    """No rule pack of that name is shipped. Take one of those that the sentence lists, or give a file."""


def shipped_names() -> tuple[str, ...]:
    """The names of the packs that come with the station, the default first."""
    found = (entry.name for entry in (files("grader.grading") / "packs").iterdir())
    names = sorted(name.removesuffix(SUFFIX) for name in found if name.endswith(SUFFIX))
    return (DEFAULT, *(name for name in names if name != DEFAULT))


def shipped_text(name: str) -> str:
    """The file of the shipped pack `name`, comments and all; `UnknownRulePackError` where there is none."""
    if name not in shipped_names():
        hint = did_you_mean(name, shipped_names())
        shipped = quoted(shipped_names())
        raise UnknownRulePackError(f'no rule pack "{name}" is shipped; {hint}allowed: {shipped}, or a *{SUFFIX} file')
    return (files("grader.grading") / "packs" / f"{name}{SUFFIX}").read_text("utf-8")


@cache
def shipped_rule_pack(name: str = DEFAULT) -> RulePack:
    """The pack `name` that comes with the station; `UnknownRulePackError` where there is none."""
    return parse_rule_pack(shipped_text(name), name)


def load_rule_pack(path: str | Path) -> RulePack:
    """Read the pack in the file `path`; `RulePackFileError` and `RulePackError` say what is wrong with it."""
    path = Path(path)
    try:
        if not path.is_file():
            raise RulePackFileError(f"{path} is {'not a file' if path.exists() else 'not there'}: give a *{SUFFIX}")
        if (size := path.stat().st_size) > LARGEST_FILE_BYTES:
            raise RulePackFileError(
                f"{path} has {size} bytes and is no rule pack; allowed: at most {LARGEST_FILE_BYTES}"
            )
        text = path.read_bytes().decode("utf-8")
    except OSError as error:
        raise RulePackFileError(f"{path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise RulePackFileError(f"{path} is no text in UTF-8 (byte {error.start}): give a *{SUFFIX}") from error
    return parse_rule_pack(text, str(path))


def find_rule_pack(name_or_file: str) -> RulePack:
    """The shipped pack of that name, or the pack in that file: what has a suffix or a folder is a file."""
    is_file = bool(Path(name_or_file).suffix) or "/" in name_or_file or "\\" in name_or_file
    return load_rule_pack(name_or_file) if is_file else shipped_rule_pack(name_or_file)


def parse_rule_pack(text: str, file: str) -> RulePack:
    """Read the pack that `text` contains; errors call it `file`."""
    try:
        # a file that was saved with a byte order mark or with the line ends of another system is the same file
        raw = tomllib.loads(text.removeprefix("\ufeff"))
    except ValueError as error:  # TOML's own, and what Python says of a number of thousands of digits
        raise RulePackFileError(f"{file} is not TOML: {error}") from error
    except RecursionError as error:
        raise RulePackFileError(f"{file} is no rule pack: its tables are nested too deeply") from error
    if not raw:
        raise RulePackFileError(f"{file} is empty: `grader rules example {DEFAULT}` prints a pack to start from")
    try:
        return RulePack.model_validate(raw)
    except ValidationError as error:
        raise RulePackError(file, sentences(error, raw)) from error
