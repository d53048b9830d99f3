"""The lock files: complete, hashed, free of addresses, in step with pyproject.toml."""

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]
LOCKS = ("runtime", "page", "dev")


def read_lock(name: str) -> str:
    return (ROOT / "requirements" / f"{name}.txt").read_text()


def pins(name: str) -> dict[str, str]:
    """Return package → version as locked in `name`."""
    return dict(re.findall(r"^([\w.-]+)==([^\s;]+)", read_lock(name), flags=re.MULTILINE))


def declared(*groups: str) -> set[str]:
    """Return the packages that pyproject.toml asks for at run time and in `groups`."""
    return declared_in(*groups) | _names([_project()["project"]["dependencies"]])


def declared_in(*groups: str) -> set[str]:
    """Return the packages that pyproject.toml asks for in `groups` alone."""
    return _names([_project()["dependency-groups"][group] for group in groups])


def _project() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text())


def _names(asked: list[list[str]]) -> set[str]:
    return {re.split(r"[<>=!~;\[ ]", line, maxsplit=1)[0] for lines in asked for line in lines}


@pytest.mark.parametrize("name", LOCKS)
def test_every_package_has_hashes(name: str) -> None:
    entries = re.findall(r"^[\w.-]+==.*(?:\n    .*)*", read_lock(name), flags=re.MULTILINE)
    assert entries
    assert [entry for entry in entries if "--hash=sha256:" not in entry] == []


@pytest.mark.parametrize("name", LOCKS)
def test_no_lock_bears_an_address(name: str) -> None:
    assert re.findall(r"\S*://\S*|^--(?:extra-)?(?:index|find).*", read_lock(name), flags=re.MULTILINE) == []


@pytest.mark.parametrize("name", LOCKS)
def test_a_package_has_one_version_on_every_python_and_processor(name: str) -> None:
    names = re.findall(r"^([\w.-]+)==", read_lock(name), flags=re.MULTILINE)
    assert len(names) == len(set(names))


def test_the_page_is_built_from_what_its_own_lock_names_without_an_address() -> None:
    lock = json.loads((ROOT / "station_ui" / "package-lock.json").read_text())
    packages = {name: entry for name, entry in lock["packages"].items() if name}
    assert packages
    assert [name for name, entry in packages.items() if "resolved" in entry or "integrity" not in entry] == []


def test_what_pyproject_declares_is_locked() -> None:
    assert declared("build") <= pins("runtime").keys()
    assert declared("build", "test", "lint") <= pins("dev").keys()
    assert declared_in("page") == pins("page").keys()


def test_developers_run_the_versions_that_users_run() -> None:
    assert pins("runtime").items() <= pins("dev").items()


def test_users_get_no_developers_tools() -> None:
    tools = declared("test", "lint") - declared("build")
    assert tools & pins("runtime").keys() == set()
