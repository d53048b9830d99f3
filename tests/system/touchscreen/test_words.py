"""The words of the page: the same keys in both languages, each used; what the machine may say is translated."""

import json
import re
from typing import Any

import pytest

from grader.grading import Outlet
from grader.line.calibration_words import Advice, CalibrationStep
from grader.line.commands import Command, SphereCheck
from grader.line.interlocks import _ANSWERS, _HELP
from grader.line.states import Mode, State
from tests.conftest import ROOT

SOURCES = ROOT / "station_ui" / "src"


def words(language: str) -> dict[str, str]:
    found: dict[str, str] = json.loads((SOURCES / "words" / f"{language}.json").read_text("utf-8"))
    return found


def test_both_languages_have_the_same_keys_with_the_same_places() -> None:
    en, zh = words("en"), words("zh")
    assert list(en) == list(zh)
    places = re.compile(r"\{\w+\}")
    assert {key for key in en if sorted(places.findall(en[key])) != sorted(places.findall(zh[key]))} == set()
    assert [key for key in en if not en[key].strip() or not zh[key].strip()] == []


def test_every_word_is_said_somewhere() -> None:
    text = "".join(
        path.read_text("utf-8") for path in SOURCES.rglob("*") if path.suffix in {".svelte", ".ts"} and path.is_file()
    )
    prefixes = [f"{prefix}." for prefix in re.findall(r"`([\w.]+)\.\$\{", text)]
    unsaid = [key for key in words("en") if f'"{key}"' not in text and not key.startswith(tuple(prefixes))]
    assert unsaid == []


def figures() -> set[str]:
    """Whatever the calibration's steps measure."""
    steps = (ROOT / "grader" / "line" / "wizard_steps.py").read_text("utf-8")
    return set(re.findall(r'(?:at_most|plain|Figure)\(\s*(?:name=)?"(\w+)"', steps))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_states_modes_commands_and_outlets_have_their_words(language: str) -> None:
    known = words(language)
    kinds: tuple[Any, ...] = Command.__args__
    needed = {f"command.{kind.model_fields['kind'].default}" for kind in kinds}
    needed |= {f"state.{state.value}" for state in State} | {f"state.{state.value}.plain" for state in State}
    needed |= {f"mode.{mode.value}" for mode in Mode} | {f"outlet.{outlet.value}" for outlet in Outlet}
    needed |= {f"calibrate.advice.{advice.value}" for advice in Advice}
    needed |= {f"calibrate.step.{step.value}" for step in CalibrationStep}
    needed |= {f"calibrate.figure.{name}" for name in figures()}
    needed |= {f"spheres.{check.value}" for check in SphereCheck}
    assert needed - known.keys() == set()


def test_what_the_machine_answers_is_translated() -> None:
    translated = json.loads((SOURCES / "words" / "sentences.zh.json").read_text("utf-8"))["sentences"]
    known = {one["en"] for one in translated}
    assert set(_ANSWERS.values()) | set(_HELP.values()) <= known
    assert all(one["zh"].strip() for one in translated)
